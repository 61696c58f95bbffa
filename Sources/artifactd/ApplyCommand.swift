import ArgumentParser
import Configuration
import ContentStore
import Glibc
import Manifest
import Postgres
import ZipArchive

/// Brings a manifest into the database and the store.
struct ApplyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Apply a manifest of users, groups, projects, pipelines, jobs and artifacts.",
        discussion: "All of it or nothing: an error anywhere leaves database and store as they were (status 65)."
    )

    @Argument(help: "The manifest, YAML or JSON; files are relative to it.", completion: .file())
    var file: String

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        try CommandFailure.reporting { () throws(CommandFailure) in
            let configuration = try options.load()
            let document: ManifestDocument
            do throws(ManifestError) {
                document = try ManifestDocument.load(path: file)
            } catch {
                throw .manifest(error)
            }
            let pool = ConnectionPool(conninfo: configuration.databaseURL, size: 1, applicationName: "artifactd apply")
            try Schema.check(pool, configuration)
            let store: ContentStore
            do throws(ContentStoreError) {
                store = try ContentStore(root: configuration.store)
            } catch {
                throw .store(error)
            }
            Terminal.print("\(try apply(document, pool, store, configuration))")
        }
    }

    private func apply(
        _ document: ManifestDocument,
        _ pool: ConnectionPool,
        _ store: ContentStore,
        _ configuration: Configuration
    ) throws(CommandFailure) -> ApplySummary {
        let bar = ProgressBar(isShown: Terminal.isWatched)
        defer { bar.clear() }
        do {
            return try ManifestApplier.apply(
                document,
                directory: directory,
                pool: pool,
                store: store,
                options: ApplyOptions(
                    now: Self.now(),
                    keepsLatestArtifact: configuration.keepLatestArtifact,
                    zipLimits: ZipLimits(members: configuration.maxMembers)
                )
            ) { bar.show($0) }
        } catch {
            throw .manifest(error)
        }
    }

    /// The directory of the manifest.
    private var directory: String {
        file.lastIndex(of: "/").map { String(file[...$0]) } ?? "."
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec / 1000)
    }
}
