/// When a job is run, as far as it is shown: nothing here schedules jobs.
public enum JobWhen: String, Sendable, CaseIterable {
    /// When all jobs of earlier stages have succeeded.
    case onSuccess = "on_success"
    /// When a person starts it.
    case manual
    /// Whatever became of earlier jobs.
    case always
    /// When a job of an earlier stage has failed.
    case onFailure = "on_failure"
    /// When a time has passed.
    case delayed
}
