import Cryptography
import Postgres

/// One transaction that applies one document.
///
/// Each step finds as many problems as it can; after a step with problems the transaction ends. The parts are in
/// extensions, in the order of their steps: users, groups, projects, pipelines, jobs, artifacts, and what holds for all.
final class ApplyRun {
    let connection: Connection
    let files: FileIntake
    let options: ApplyOptions
    let problems = ProblemList()
    var summary = ApplySummary()

    var tokenHolders = TokenHolders()
    var users: [String: UserRow] = [:]
    var namespaces = Namespaces()
    var pipelines = PipelineTable()

    init(connection: Connection, files: FileIntake, options: ApplyOptions) {
        self.connection = connection
        self.files = files
        self.options = options
    }

    var now: Int64 { options.now }

    func apply(_ document: ManifestDocument) throws(ManifestError) -> ApplySummary {
        try step { () throws(PostgresError) in try begin(document) }
        try step { () throws(PostgresError) in try applyUsers(document) }
        try step { () throws(PostgresError) in try applyGroups(document) }
        try step { () throws(PostgresError) in try applyProjects(document) }
        try step { () throws(PostgresError) in try applyLists(document) }
        try step { () throws(PostgresError) in try identifyPipelines(document) }
        try step { () throws(PostgresError) in try fillPipelines() }
        try step { () throws(PostgresError) in try identifyJobs() }
        try step { () throws(PostgresError) in try fillJobs() }
        try step { () throws(PostgresError) in try writePipelines() }
        try step { () throws(PostgresError) in try writeJobs() }
        try step { () throws(PostgresError) in try checkPipelines() }
        try applyArtifacts()
        try step { () throws(PostgresError) in try finishPipelines() }
        return summary
    }

    func step(_ body: () throws(PostgresError) -> Void) throws(ManifestError) {
        try ManifestError.wrapping(body)
        try problems.throwIfAny()
    }

    /// Two manifests are applied one after the other; one could otherwise miss what the other has just made.
    ///
    /// The timeouts of sessions that serve requests are not made for loading thousands of jobs.
    private func begin(_ document: ManifestDocument) throws(PostgresError) {
        try connection.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
        try connection.query("SELECT pg_advisory_xact_lock(\(Self.lock))")
        tokenHolders = try TokenHolders(of: document, connection)
    }

    /// "artifact" in ASCII: any number that nothing else in the database takes for a lock.
    static let lock: Int64 = 0x6172_7469_6661_6374
}
