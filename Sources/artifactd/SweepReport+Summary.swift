import ArtifactsPostgres
import Sweeping

extension SweepReport {
    /// Whether there is anything to tell but what waits.
    var didSomething: Bool {
        var report = self
        report.backlog = nil
        return report != SweepReport()
    }

    /// What was done, in one line.
    var summary: String {
        var parts = [
            "expired \(Amount.of(Int(clamping: expired.rows), "artifact row"))",
            "removed \(Amount.of(Int(clamping: removed.rows), "file")) (\(Amount.bytes(removed.bytes)))",
        ]
        if deleted.rows > 0 || finishedDeletions > 0 {
            parts.append(
                "deleted \(Amount.of(Int(clamping: deleted.rows), "row")) of projects "
                    + "(\(Amount.of(finishedDeletions, "request")) done)"
            )
        }
        if archivedLogs.rows > 0 {
            parts.append(
                "stored \(Amount.of(Int(clamping: archivedLogs.rows), "job log")) (\(Amount.bytes(archivedLogs.bytes)))"
            )
        }
        if changedLocks > 0 { parts.append("corrected the lock of \(Amount.of(changedLocks, "pipeline"))") }
        if temporaryFiles > 0 { parts.append("cleared \(Amount.of(temporaryFiles, "temporary file"))") }
        if failures > 0 { parts.append("could not remove \(Amount.of(failures, "file"))") }
        return parts.joined(separator: ", ")
    }
}

/// Numbers for people.
enum Amount {
    /// A number of things, in the singular for one.
    static func of(_ count: Int, _ thing: String) -> String { count == 1 ? "1 \(thing)" : "\(count) \(thing)s" }

    /// Bytes in the largest decimal unit that leaves a whole number in front of the point.
    static func bytes(_ bytes: Int64) -> String {
        let units = ["kB", "MB", "GB", "TB", "PB", "EB"]
        guard bytes >= 1000 else { return of(Int(clamping: bytes), "byte") }
        var tenths = bytes / 100
        var unit = 0
        while tenths >= 10_000, unit + 1 < units.count {
            tenths /= 1000
            unit += 1
        }
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}
