/// Which job's archive a request wants.
public enum ReadTarget: Sendable, Equatable {
    /// The job of that number; 0 stands for a number that no job can have.
    case job(Int64)
    /// The job of that name in the newest successful pipeline of a ref or, when asked for, in the newest of the recent
    /// successful pipelines that has it.
    case latest(ref: String, jobName: String, searchesRecentPipelines: Bool)
}
