public import Postgres

/// Everything that the API tells around artifacts, each kind by its own catalog.
public struct MetadataCatalog: Sendable {
    /// Who asks, and for which project.
    public let access: AccessCatalog
    /// Users.
    public let users: UserCatalog
    /// Projects.
    public let projects: ProjectCatalog
    /// Pipelines.
    public let pipelines: PipelineCatalog
    /// Jobs, by their numbers.
    public let jobs: JobCatalog
    /// Jobs, by where they belong.
    public let jobLists: JobListing
    /// Logs of jobs.
    public let traces: TraceCatalog

    /// Looks things up over a pool of connections.
    ///
    /// - Parameter pool: The pool; one connection is leased for one statement.
    public init(pool: ConnectionPool) {
        access = AccessCatalog(pool: pool)
        users = UserCatalog(pool: pool)
        projects = ProjectCatalog(pool: pool)
        pipelines = PipelineCatalog(pool: pool)
        jobs = JobCatalog(pool: pool)
        jobLists = JobListing(pool: pool)
        traces = TraceCatalog(pool: pool)
    }
}
