import ArgumentParser
import Configuration
import ContentStore
import Sweeping

/// Finds what only the store or only the database has.
struct GarbageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Find files of the store that no row refers to, and rows whose file is missing.",
        discussion: """
            Files without a row are what a crash between storing a file and committing its row leaves behind. Nothing \
            is changed without --delete. Status 65 if a file that the database refers to is missing.
            """
    )

    @Flag(name: .customLong("dry-run"), help: "Change nothing, only list; the default.")
    var isDryRun = false

    @Flag(name: .customLong("delete"), help: "Remove the files that no row refers to.")
    var deletes = false

    @Option(help: "Pass over what is younger: seconds, or with a unit (30s, 5m, 2h, 1d).")
    var grace = "1h"

    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        if isDryRun, deletes { throw ValidationError("--dry-run and --delete exclude each other") }
        if Configuration.seconds(grace) == nil { throw ValidationError("--grace: not a duration: \(grace)") }
    }

    func run() throws {
        try CommandFailure.reporting { () throws(CommandFailure) in
            let tools = try MaintenanceTools(try options.load(), name: "artifactd gc")
            let collector = GarbageCollector(
                pool: tools.pool,
                store: tools.store,
                grace: Configuration.seconds(grace) ?? 0,
                deletes: deletes
            ) { Terminal.print($0.line) }
            let report: GarbageReport
            do throws(SweepError) {
                report = try collector.run()
            } catch {
                throw .sweeping(error)
            }
            Terminal.print(report.summary(grace: grace, deletes: deletes))
            guard report.lost == 0 else {
                throw CommandFailure(status: .badData, message: "content is lost: restore it from a backup")
            }
        }
    }
}

extension GarbageFinding {
    /// The finding as a line of the list.
    fileprivate var line: String {
        switch self {
        case .withoutRow(let content, let bytes): "no row: \(content.relativePath) (\(Amount.bytes(bytes)))"
        case .unused(let content, let bytes): "not used: \(content.relativePath) (\(Amount.bytes(bytes)))"
        case .lost(let content): "lost: \(content.relativePath)"
        case .lostIndex(let content): "lost member index: \(content.relativePath)"
        case .foreign(let path): "not of artifactd: \(path.debugDescription)"
        }
    }
}

extension GarbageReport {
    /// The counts in one line.
    fileprivate func summary(grace: String, deletes: Bool) -> String {
        var parts: [String] = []
        if withoutRow.count > 0 {
            parts.append("\(Amount.of(withoutRow.count, "content")) without a row (\(Amount.bytes(withoutRow.bytes)))")
        }
        if unused.count > 0 {
            parts.append("\(Amount.of(unused.count, "content")) not used (\(Amount.bytes(unused.bytes)))")
        }
        let isClean = parts.isEmpty
        if isClean { parts.append("nothing to collect that is older than \(grace)") }
        if deletes, !isClean { parts.append("removed \(removed)") }
        if inUse > 0 { parts.append("\(inUse) in use, for another time") }
        if foreign > 0 { parts.append("\(Amount.of(foreign, "file")) not of artifactd") }
        if lost > 0 { parts.append("\(lost) lost") }
        return parts.joined(separator: ", ") + (deletes || isClean ? "" : "; --delete removes them")
    }
}
