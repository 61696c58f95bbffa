import ArgumentParser
import Artifacts
import ArtifactsPostgres
import Configuration
import Postgres

/// Lists the audit trail.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "List who was allowed to download, upload, keep, delete, erase or publish what; newest first.",
        discussion: """
            Filters are combined: an event must fulfil all of them. Text and CSV show control characters as \\u{…}; JSON \
            is one object a line, exact, for scripts. No event is no error (status 0).
            """
    )

    @Option(help: "A project's full path, present, previous or as the event has it, or its number.")
    var project: String?

    @Option(help: "A user's name or number.")
    var user: String?

    @Option(help: "The number of the job whose artifacts it concerned.")
    var job: Int64?

    @Option(help: "\(ActionArgument.allValueStrings.joined(separator: ", ")); may be repeated.")
    var action: [ActionArgument] = []

    @Option(help: "From then on: 2026-11-22T10:00Z, or how long ago (90s, 30m, 12h, 7d).")
    var since: Moment?

    @Option(help: "Before then, in the same forms.")
    var until: Moment?

    @Option(help: "SHA-256 of the stored artifact, hexadecimal.")
    var digest: HexDigest?

    @Option(help: "The client's address, or a network such as 10.0.0.0/8.")
    var address: AddressPattern?

    @Option(help: "The X-Request-Id.")
    var requestID: String?

    @Option(help: "The most events to list; 0 is no limit.")
    var limit = 100

    @Option(help: "text, json or csv.")
    var format = AuditFormat.text

    @Flag(help: "The other way round.")
    var oldestFirst = false

    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit: \(limit) is less than 0") }
    }

    func run() throws {
        try CommandFailure.reporting { () throws(CommandFailure) in
            let configuration = try options.load()
            let pool = ConnectionPool(conninfo: configuration.databaseURL, size: 1, applicationName: "artifactd audit")
            try Schema.check(pool, configuration)
            do throws(PostgresError) {
                try list(AuditLog(pool: pool))
            } catch {
                throw .database(error)
            }
        }
    }

    /// Page by page, so that memory does not grow with the list.
    private func list(_ log: AuditLog) throws(PostgresError) {
        var output = AuditOutput(format)
        var rest = limit == 0 ? Int.max : limit
        var last: AuditEvent?
        while rest > 0 {
            let wanted = min(rest, 500)
            let page = try log.page(filter, oldestFirst ? .oldestFirst : .newestFirst, after: last, limit: wanted)
            output.print(page)
            guard page.count == wanted else { return }
            rest -= page.count
            last = page.last?.event
        }
    }

    private var filter: AuditFilter {
        var filter = AuditFilter()
        filter.project = project
        filter.user = user
        filter.jobID = job
        filter.actions = action.map(\.action)
        filter.since = since?.microseconds
        filter.until = until?.microseconds
        filter.digest = digest?.bytes
        filter.address = address?.text
        filter.requestID = requestID
        return filter
    }
}
