import ArgumentParser
import ArtifactsPostgres
import Configuration
import Postgres

/// Takes note of the deletion of a branch or a tag.
struct UnlockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlock",
        abstract: "Say that a branch or a tag was deleted: its pipelines' artifacts may expire.",
        discussion: """
            Pipelines that are made on a ref of that name later keep their artifacts as usual. A project that does not \
            exist is an error (status 65), a ref without pipelines is not.
            """
    )

    @Option(help: "The project's full path; a previous path will do.")
    var project: String

    @Option(help: "The name of the branch or tag.")
    var ref: String

    @Flag(help: "The ref is a tag.")
    var tag = false

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        try CommandFailure.reporting { () throws(CommandFailure) in
            let pool = try MaintenanceTools.pool(options.load(), name: "artifactd unlock")
            let outcome: RefDeletion.Outcome?
            do throws(PostgresError) {
                outcome = try RefDeletion.record(pool, project: project, isTag: tag, ref: ref)
            } catch {
                throw .database(error)
            }
            guard let outcome else {
                throw CommandFailure(status: .badData, message: "--project: there is no project \(project)")
            }
            Terminal.print(
                "\(outcome.project): \(tag ? "tag" : "branch") \(ref) had \(Amount.of(outcome.pipelines, "pipeline")), "
                    + "unlocked \(Amount.of(outcome.unlocked, "pipeline"))"
            )
        }
    }
}
