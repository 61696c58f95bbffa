internal import ArtifactsPostgres
public import ContentStore
internal import Glibc
public import Postgres

/// Deletes rows that are not available any more, and the files that no row uses.
///
/// Any number of sweepers may run at once, in this process or others. Each transaction is one batch, none is open while
/// a file is unlinked, and what a crash interrupts is taken up by whoever comes next.
public struct Sweeper: Sendable {
    let pool: ConnectionPool
    let store: ContentStore
    let options: SweepOptions

    /// Prepares a sweeper.
    ///
    /// - Parameters:
    ///   - pool: Connections for it alone, one is enough; see ``connectionOptions``.
    ///   - store: Where the files are.
    ///   - options: How it works.
    public init(pool: ConnectionPool, store: ContentStore, options: SweepOptions = SweepOptions()) {
        self.pool = pool
        self.store = store
        self.options = options
    }

    /// The options of its connections: it gives up waiting for a lock before the server looks for deadlocks (1 s by
    /// default), so that it is never the reason why somebody else's transaction is the victim of one.
    public static var connectionOptions: ConnectionOptions {
        var options = ConnectionOptions()
        options.statementTimeout = .seconds(60)
        options.lockTimeout = .milliseconds(500)
        options.forcesGenericPlans = true
        return options
    }

    /// One pass: works off deletions of projects, expires rows, removes files whose time has come, stores logs.
    ///
    /// Logs come last, so that a full store has room first.
    ///
    /// - Parameter control: Follows the pass and ends it early.
    /// - Returns: What was done.
    /// - Throws: ``SweepError`` where database or store cannot be used, or the first of what could not be done; all else
    ///   stays done.
    public func pass(_ control: SweepControl = SweepControl()) throws(SweepError) -> SweepReport {
        var pass = SweepPass(self, control)
        pass.attempt { pass throws(SweepError) in try pass.drain() }
        pass.attempt { pass throws(SweepError) in try pass.expire() }
        pass.attempt { pass throws(SweepError) in try pass.remove() }
        pass.attempt { pass throws(SweepError) in try pass.archiveTraces() }
        return try pass.finish()
    }

    /// The pass of an operator, who wants everything done when it ends.
    ///
    /// Beside what every pass does it checks the stored locks, waits until the files that it released may be unlinked
    /// where that is a matter of seconds, tries anew whatever could not be unlinked, and clears temporary files away.
    ///
    /// - Parameter control: Follows the pass and ends it early.
    /// - Returns: What was done, and what still waits.
    /// - Throws: ``SweepError`` where database or store cannot be used; what is committed until then stays done.
    public func fullPass(_ control: SweepControl = SweepControl()) throws(SweepError) -> SweepReport {
        var pass = SweepPass(self, control)
        pass.attempt { pass throws(SweepError) in try pass.drain() }
        pass.attempt { pass throws(SweepError) in try pass.repairLocks() }
        pass.attempt { pass throws(SweepError) in try pass.expire() }
        pass.attempt { pass throws(SweepError) in try pass.remove(retryingAllBegunBefore: pass.waitForReleases()) }
        pass.attempt { pass throws(SweepError) in try pass.archiveTraces() }
        pass.attempt { pass throws(SweepError) in try pass.reclaimTemporaryFiles() }
        return try pass.finish()
    }

    /// Begins the wait for files that were released since, between two passes: the next one can then remove them.
    ///
    /// - Throws: ``SweepError`` where the database cannot be used.
    func notice() throws(SweepError) {
        var pass = SweepPass(self, SweepControl())
        try pass.notice()
    }

    /// Works off the deletions of projects, and nothing else.
    ///
    /// - Parameter control: Follows the work and ends it early.
    /// - Returns: What was done.
    /// - Throws: ``SweepError`` where the database cannot be used; what is committed until then stays done.
    public func drain(_ control: SweepControl = SweepControl()) throws(SweepError) -> SweepReport {
        var pass = SweepPass(self, control)
        try pass.drain()
        return pass.report
    }

    /// Whether deletions of projects wait to be worked off.
    ///
    /// - Returns: True if they do.
    /// - Throws: ``SweepError/database(_:)`` where the database is away.
    public func hasDeletions() throws(SweepError) -> Bool {
        try SweepError.wrapping { () throws(PostgresError) in
            try ArtifactDeletions(pool: pool, limit: options.batch).areOpen()
        }
    }
}
