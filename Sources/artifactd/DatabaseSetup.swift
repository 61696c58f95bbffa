import Configuration
import Postgres

/// The database connections of the server, and what is checked before it serves.
enum DatabaseSetup {
    /// The pool that requests share.
    static func pool(_ configuration: Configuration) -> ConnectionPool {
        var options = ConnectionOptions()
        options.statementTimeout = .seconds(15)
        // Parameters never change a plan here: every lookup is by a unique key.
        options.forcesGenericPlans = true
        return ConnectionPool(
            conninfo: configuration.databaseURL,
            size: configuration.databaseConnections,
            applicationName: "artifactd",
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
