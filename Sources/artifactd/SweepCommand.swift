import ArgumentParser
import ArtifactsPostgres
import Configuration
import ContentStore
import Postgres
import Sweeping

/// Makes one full pass of the sweeper.
struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Expire artifacts, check locks, store job logs and remove files that nothing uses: one full pass.",
        discussion: """
            'artifactd serve' does the same in the background unless ARTIFACTD_SWEEP_INTERVAL is 0; several at once are \
            safe. Works off deletions of projects too, and waits a few seconds (ARTIFACTD_REMOVAL_DELAY) so that \
            downloads that were just let in find their files. Status 69 if a file could not be removed.
            """
    )

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        try CommandFailure.reporting { () throws(CommandFailure) in
            let configuration = try options.load()
            let tools = try MaintenanceTools(configuration, name: "artifactd sweep")
            let sweeper = Sweeper(pool: tools.pool, store: tools.store, options: SweepOptions(configuration))
            let report = try Self.sweep(sweeper)
            Terminal.print(report.summary)
            if let backlog = report.backlog, let waiting = backlog.summary { Terminal.print(waiting) }
            guard report.failures == 0 else {
                throw CommandFailure(status: .unavailable, message: "some files could not be removed")
            }
        }
    }

    private static func sweep(_ sweeper: Sweeper) throws(CommandFailure) -> SweepReport {
        let isWatched = Terminal.isWatched
        var soFar = SweepReport()
        defer { if isWatched { Terminal.redraw("") } }
        let control = SweepControl(
            onBatch: { part in
                soFar.add(part)
                if isWatched { Terminal.redraw(soFar.summary) }
            },
            onFailure: { what, reason in Terminal.error("\(what): \(reason)") }
        )
        do {
            return try sweeper.fullPass(control)
        } catch {
            throw .sweeping(error)
        }
    }
}

extension SweepBacklog {
    /// What a later pass has to do, in one line; `nil` where it has nothing.
    fileprivate var summary: String? {
        var parts: [String] = []
        if released > 0 { parts.append("\(Amount.of(Int(clamping: released), "file")) to be looked at") }
        if condemned > 0 { parts.append("\(Amount.of(Int(clamping: condemned), "file")) to be unlinked") }
        if deletions > 0 { parts.append("\(Amount.of(Int(clamping: deletions), "deletion")) of a project") }
        return parts.isEmpty ? nil : "waiting for a later pass: \(parts.joined(separator: ", "))"
    }
}
