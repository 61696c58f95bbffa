/// Why there is nothing to read: the most asked question about this API.
///
/// Told in the header `X-Artifact-Reason`, and only to callers who may read the project's builds.
public enum AbsenceReason: String, Error, Sendable, Equatable {
    /// No pipeline of the ref has succeeded.
    case noSuccessfulPipeline = "no_successful_pipeline"
    /// The pipeline that was looked at has no job of that name.
    case jobNotInPipeline = "job_not_in_pipeline"
    /// The job has no artifacts.
    case noArchive = "no_archive"
    /// The job has reports and no archive.
    case reportsOnly = "reports_only"
    /// The job had artifacts, which are not available any more.
    case expired
    /// The archive has no member of that path.
    case memberNotFound = "member_not_found"
}
