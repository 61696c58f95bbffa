import ArtifactsPostgres
import ContentStore
import Cryptography
import Glibc
import Postgres

/// One pass of a sweeper, step by step.
struct SweepPass {
    private(set) var report = SweepReport()
    /// The first failure that the pass went on behind.
    private var failure: SweepError?

    let sweeper: Sweeper
    let control: SweepControl

    init(_ sweeper: Sweeper, _ control: SweepControl) {
        self.sweeper = sweeper
        self.control = control
    }

    private var pool: ConnectionPool { sweeper.pool }
    private var batch: Int { sweeper.options.batch }

    /// Takes a step of the pass, and goes on where it fails: what one row or project prevents must not keep others.
    mutating func attempt(_ step: (inout SweepPass) throws(SweepError) -> Void) {
        do { try step(&self) } catch { failure = failure ?? error }
    }

    /// Works off the deletions of projects until none is open that nobody else works on.
    mutating func drain() throws(SweepError) {
        let deletions = ArtifactDeletions(pool: pool, limit: batch)
        var last: Int64 = 0
        var failed: [Int64] = []
        while !control.shouldStop() {
            do throws(SweepError) {
                let next = try retrying { () throws(PostgresError) in
                    try deletions.deleteBatch(after: last, passingOver: failed)
                }
                guard let next else { return }
                last = next.request
                note {
                    $0.deleted = next.gone
                    $0.finishedDeletions = next.isFinished ? 1 : 0
                }
            } catch {
                let request = try retrying { () throws(PostgresError) in
                    try deletions.next(after: last, passingOver: failed)
                }
                guard let request else { throw error }
                failed.append(request)
                passOver("deletion \(request)", error)
            }
        }
    }

    /// Deletes the rows that are not available any more.
    mutating func expire() throws(SweepError) {
        var sweep = ExpirySweep(pool: pool, limit: batch)
        while !sweep.isFinished, !control.shouldStop() {
            do throws(SweepError) {
                // Rows that are locked for long would otherwise be waited for in each of the smaller batches.
                let gone = try retrying(attempts: sweep.isNarrow ? 3 : 20) { () throws(PostgresError) in
                    try sweep.deleteBatch()
                }
                note { $0.expired = gone }
            } catch {
                if sweep.narrow() { continue }
                let row = try retrying { () throws(PostgresError) in try sweep.passOver() }
                if let row { passOver("artifact \(row)", error) }
            }
        }
    }

    /// Leaves alone what cannot be done, and says so; the pass fails in the end.
    mutating func passOver(_ what: String, _ error: SweepError) {
        failure = failure ?? error
        control.onFailure(what, error.description)
    }

    /// Begins the wait for what has been released since.
    mutating func notice() throws(SweepError) {
        let removal = ContentRemoval(pool: pool, limit: batch)
        var count = batch
        while count >= batch, !control.shouldStop() {
            count = try retrying { () throws(PostgresError) in try removal.notice() }
        }
    }

    /// Unlinks what is condemned already and has been left, then what can be condemned now.
    mutating func remove(retryingAllBegunBefore moment: Int64? = nil) throws(SweepError) {
        try notice()
        let removal = ContentRemoval(pool: pool, limit: batch)
        while !control.shouldStop() {
            let left = try retrying { () throws(PostgresError) in try removal.retry(begunBefore: moment) }
            if left.isEmpty { break }
            try unlink(left, removal)
        }
        var position: ContentRemoval.Position? = ContentRemoval.Position()
        while let start = position, !control.shouldStop() {
            let found = try retrying { () throws(PostgresError) in
                try removal.condemn(after: start, delay: sweeper.options.removalDelay)
            }
            try unlink(found.condemned, removal)
            position = found.next
        }
    }

    /// Waits until what this pass released may be unlinked, where that is a matter of seconds.
    ///
    /// - Returns: The moment by the database's clock before which removals may have been begun by somebody who crashed.
    mutating func waitForReleases() throws(SweepError) -> Int64 {
        try notice()
        let delay = sweeper.options.removalDelay
        let wait = try retrying { () throws(PostgresError) in try SweepBacklog.wait(pool, delay: delay) }
        guard delay <= SweepOptions.patience else { return wait.now }
        var rest = min(wait.microseconds, delay * 1_000_000)
        while rest > 0, !control.shouldStop() {
            usleep(UInt32(min(rest, 50_000)))
            rest -= 50_000
        }
        return wait.now
    }

    mutating func repairLocks() throws(SweepError) {
        let changed = try retrying { () throws(PostgresError) in
            try LockRepair.run(pool, shouldStop: control.shouldStop)
        }
        note { $0.changedLocks = changed }
    }

    mutating func reclaimTemporaryFiles() throws(SweepError) {
        guard !control.shouldStop() else { return }
        let reclaimed = try SweepError.storing { () throws(ContentStoreError) in
            try sweeper.store.reclaimTemporaryFiles()
        }
        note { $0.temporaryFiles = reclaimed }
    }

    /// Ends the pass with what waits for a later one.
    mutating func finish() throws(SweepError) -> SweepReport {
        if let failure { throw failure }
        let backlog = try retrying { () throws(PostgresError) in try SweepBacklog.read(pool) }
        report.backlog = backlog
        return report
    }

    private mutating func unlink(
        _ contents: [CondemnedContent],
        _ removal: ContentRemoval
    ) throws(SweepError) {
        var gone: [ContentReference] = []
        var failures = 0
        for content in contents {
            if control.shouldStop() { return }
            guard let digest = SHA256Digest(bytes: content.digest) else { continue }
            let reference = ContentReference(id: content.id, digest: digest)
            do throws(ContentStoreError) {
                try sweeper.store.remove(reference)
                gone.append(reference)
            } catch {
                failures += 1
                control.onFailure(reference.description, error.description)
                try retrying { () throws(PostgresError) in try removal.fail(content.id, error: error.description) }
            }
        }
        guard !contents.isEmpty, !control.shouldStop() else { return }
        try SweepError.storing { () throws(ContentStoreError) in try sweeper.store.synchronizeRemoval(of: gone) }
        let removed = try retrying { () throws(PostgresError) in try removal.finish(gone.map(\.id)) }
        note {
            $0.removed = removed
            $0.failures = failures
        }
    }

    mutating func note(_ fill: (inout SweepReport) -> Void) {
        var part = SweepReport()
        fill(&part)
        report.add(part)
        control.onBatch(part)
    }

    /// Runs a batch again whose lock was taken, or that met another one crosswise: those pass in a moment.
    private func retrying<R>(
        attempts: Int = 20,
        _ body: () throws(PostgresError) -> R
    ) throws(SweepError) -> R {
        try repeating(attempts: attempts) { () throws(SweepError) in try SweepError.wrapping(body) }
    }

    /// The same for a batch that works with the store too.
    func repeating<R>(attempts: Int, _ body: () throws(SweepError) -> R) throws(SweepError) -> R {
        var attempt = 0
        while true {
            do {
                return try body()
            } catch {
                attempt += 1
                guard case .database(let cause) = error else { throw error }
                let mayPass = cause.isRetryable || cause.sqlState == .lockNotAvailable
                guard mayPass, attempt < attempts, !control.shouldStop() else { throw error }
                usleep(UInt32(attempt * 10_000))
            }
        }
    }
}
