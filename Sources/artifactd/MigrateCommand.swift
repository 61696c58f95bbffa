import ArgumentParser
import Configuration
import Postgres

/// Brings the database's schema up to this release.
struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Apply the migrations that the database lacks; run again it does nothing."
    )

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        try CommandFailure.reporting { () throws(CommandFailure) in
            let configuration = try options.load()
            let migrator = try Schema.migrator(configuration)
            let pool = ConnectionPool(
                conninfo: configuration.databaseURL,
                size: 1,
                applicationName: "artifactd migrate"
            )
            let applied: [Migration]
            do throws(MigrationError) {
                applied = try pool.withConnection(throwing: MigrationError.self) { connection throws(MigrationError) in
                    try migrator.apply(connection) { Terminal.print("applied \($0.identifier)") }
                }
            } catch {
                throw .database(error)
            }
            Terminal.print(applied.isEmpty ? "the schema is current" : "the schema is current now")
        }
    }
}
