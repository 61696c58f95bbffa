import Configuration
import ContentStore
import Postgres
import Sweeping

/// What the commands that tidy up work with: a checked database and the store.
struct MaintenanceTools {
    let pool: ConnectionPool
    let store: ContentStore

    /// Refuses a database of another release and a store that is not there.
    init(_ configuration: Configuration, name: String) throws(CommandFailure) {
        pool = try Self.pool(configuration, name: name)
        do throws(ContentStoreError) {
            store = try ContentStore(root: configuration.store)
        } catch {
            throw .store(error)
        }
    }

    /// One connection to a checked database.
    static func pool(_ configuration: Configuration, name: String) throws(CommandFailure) -> ConnectionPool {
        let pool = ConnectionPool(
            conninfo: configuration.databaseURL,
            size: 1,
            applicationName: name,
            options: Sweeper.connectionOptions
        )
        try Schema.check(pool, configuration)
        return pool
    }
}
