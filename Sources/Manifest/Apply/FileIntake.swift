import Artifacts
import ArtifactsPostgres
import ContentStore
import Cryptography
import Glibc
import Postgres
import ZipArchive

/// The files of one document on their way into the store; each distinct file is read once.
final class FileIntake {
    /// What the database needs to know of a file.
    struct Facts {
        let digest: SHA256Digest
        let size: Int64
    }

    /// The contents that this run gave a name in the store.
    private(set) var placed: [ContentReference] = []

    private let store: ContentStore
    private let directory: String
    private let limits: ZipLimits
    private var facts: [String: Facts] = [:]
    private var staged: [SHA256Digest: StagedContent] = [:]
    private var contentIDs: [SHA256Digest: Int64] = [:]

    init(store: ContentStore, directory: String, limits: ZipLimits) {
        self.store = store
        self.directory = directory
        self.limits = limits
    }

    func facts(of entry: ArtifactEntry) -> Facts? { facts[resolved(entry.file)] }

    /// Copies all files into the store, where they have no name yet.
    func stage(_ document: ManifestDocument, progress: (ApplyProgress) -> Void) throws(ManifestError) {
        let problems = ProblemList()
        let sources = sources(of: document, problems)
        try problems.throwIfAny()
        Self.raiseFileLimit()
        var state = ApplyProgress(totalFiles: sources.count, totalBytes: sources.reduce(0) { $0 + $1.size })
        for source in sources {
            if let content = try stage(
                source,
                problems,
                counting: {
                    state.bytes += $0
                    progress(state)
                }
            ) {
                keep(content, for: source)
            }
            state.files += 1
            progress(state)
        }
        try problems.throwIfAny()
    }

    /// The row of a file's content, made and the file given its name if it is new.
    func contentID(of facts: Facts, _ connection: Connection) throws(ManifestError) -> Int64 {
        if let known = contentIDs[facts.digest] { return known }
        guard let content = staged[facts.digest] else { throw .store(.noSuchFile(path: "\(facts.digest)")) }
        let intake = try ManifestError.wrapping { () throws(PostgresError) in
            try Contents.intake(
                connection,
                digest: content.digest.bytes,
                size: content.size,
                isIndexed: content.isIndexed
            )
        }
        if intake.isNew {
            do { try content.place(contentID: intake.id) } catch { throw .store(error) }
            placed.append(ContentReference(id: intake.id, digest: content.digest))
        } else if intake.needsIndex {
            do { try content.placeIndex(contentID: intake.id) } catch { throw .store(error) }
        }
        // Letting go of it closes its file.
        staged[facts.digest] = nil
        contentIDs[facts.digest] = intake.id
        return intake.id
    }

    /// Takes the names away again; what cannot be unlinked is left for gc.
    func unplace() {
        for content in placed { try? store.remove(content) }
        placed = []
    }

    private func resolved(_ file: String) -> String {
        file.utf8.first == UInt8(ascii: "/") ? file : "\(directory)/\(file)"
    }

    private func keep(_ content: StagedContent, for source: Source) {
        facts[source.path] = Facts(digest: content.digest, size: content.size)
        // Of two files with the same bytes, the one that has an index serves both.
        if let other = staged[content.digest], other.isIndexed || !content.isIndexed { return }
        staged[content.digest] = content
    }

    private func stage(
        _ source: Source,
        _ problems: ProblemList,
        counting: (Int64) -> Void
    ) throws(ManifestError) -> StagedContent? {
        do {
            return try store.stage(file: source.path, as: source.isZip ? .zip(limits) : .opaque, progress: counting)
        } catch .unreadableArchive(let error) {
            problems.report(source.documentPath, "not a readable zip: \(source.shown): \(error)")
        } catch .noSuchFile {
            problems.report(source.documentPath, "no such file: \(source.shown)")
        } catch .system(_, source.path, let code) {
            problems.report(source.documentPath, "cannot be read: \(source.shown): \(SystemMessage.of(code))")
        } catch {
            throw .store(error)
        }
        return nil
    }

    /// Every file that is taken in stays open until it has its name.
    private static func raiseFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

extension FileIntake {
    /// A file to read.
    private struct Source {
        let path: String
        let shown: String
        var documentPath: DocumentPath
        let size: Int64
        var isZip: Bool
    }

    /// The distinct files in the order of the document; one that is a zip to any of its artifacts is read as a zip.
    private func sources(of document: ManifestDocument, _ problems: ProblemList) -> [Source] {
        var sources: [Source] = []
        var positions: [String: Int] = [:]
        for entry in document.artifacts {
            let path = resolved(entry.file)
            let isZip = entry.type.format == .zip
            if let position = positions[path] {
                guard isZip, !sources[position].isZip else { continue }
                sources[position].isZip = true
                sources[position].documentPath = entry.path["file"]
            } else if let size = size(path, entry, problems) {
                positions[path] = sources.count
                let documentPath = entry.path["file"]
                let shown = Quotation.of(entry.file)
                sources.append(
                    Source(path: path, shown: shown, documentPath: documentPath, size: size, isZip: isZip)
                )
            }
        }
        return sources
    }

    private func size(_ path: String, _ entry: ArtifactEntry, _ problems: ProblemList) -> Int64? {
        var status = stat()
        let shown = Quotation.of(entry.file)
        if stat(path, &status) != 0 {
            let isMissing = errno == ENOENT || errno == ENOTDIR
            let reason = isMissing ? "no such file: \(shown)" : "cannot be read: \(shown): \(SystemMessage.of(errno))"
            problems.report(entry.path["file"], reason)
            return nil
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            problems.report(entry.path["file"], "not a regular file: \(shown)")
            return nil
        }
        return Int64(status.st_size)
    }
}

extension ManifestDocument {
    /// All artifacts in the order of the document.
    var artifacts: some Sequence<ArtifactEntry> {
        projects.lazy.flatMap { $0.pipelines.lazy.flatMap { $0.jobs.lazy.flatMap(\.artifacts) } }
    }
}
