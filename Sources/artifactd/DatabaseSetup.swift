import Configuration
import Postgres

/// The database connections of the server, and what is checked before it serves.
enum DatabaseSetup {
    /// The connections that requests share: those of what reads, and those of what changes something.
    ///
    /// A change may wait for the lock of a row and for the disk. In one pool, a few that wait would keep every download
    /// from being decided.
    struct Pools {
        let reads: ConnectionPool
        let changes: ConnectionPool

        /// Both together, as one pool shows them.
        var figures: PoolFigures {
            reads === changes ? reads.figures : reads.figures + changes.figures
        }

        func close() {
            reads.close()
            if changes !== reads { changes.close() }
        }
    }

    /// Divides the connections that are configured; where there is only one, everything shares it.
    static func pools(_ configuration: Configuration) -> Pools {
        let count = configuration.databaseConnections
        let forChanges = count < 4 ? 1 : max(2, count / 4)
        let reads = pool(configuration, size: max(1, count - forChanges))
        return Pools(reads: reads, changes: count == 1 ? reads : pool(configuration, size: forChanges))
    }

    private static func pool(_ configuration: Configuration, size: Int) -> ConnectionPool {
        var options = ConnectionOptions()
        options.statementTimeout = .seconds(15)
        // A lock that is held so long belongs to maintenance: the client is told to come again.
        options.lockTimeout = .seconds(4)
        // Parameters never change a plan here: every lookup is by a unique key.
        options.forcesGenericPlans = true
        return ConnectionPool(
            conninfo: configuration.databaseURL,
            size: size,
            applicationName: "artifactd",
            // In a rush everybody is served within seconds, later than the first and well before the web server gives up
            // after 60 s. A database that cannot be reached is refused at once and needs no such patience.
            leaseTimeout: .seconds(20),
            options: options
        )
    }

    /// Refuses to go on without a database of this release's schema that has room for our connections.
    static func check(_ pool: ConnectionPool, _ configuration: Configuration) throws(CommandFailure) {
        let room: Int64
        do {
            room = try pool.query(
                """
                SELECT current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint
                """,
                idempotent: true
            ).onlyRow().int64(0)
        } catch {
            throw .database(error)
        }
        guard Int64(configuration.databaseConnections) <= room else {
            throw CommandFailure(
                status: .configuration,
                message: "ARTIFACTD_DB_CONNECTIONS: \(configuration.databaseConnections) is more than the \(room) "
                    + "connections that the database server allows"
            )
        }
        try Schema.check(pool, configuration)
    }

    /// What readiness says of the database, or `nil` where it answers.
    static func problem(_ pool: ConnectionPool) -> String? {
        do throws(PostgresError) {
            try pool.ping()
            return nil
        } catch {
            return error.description
        }
    }
}
