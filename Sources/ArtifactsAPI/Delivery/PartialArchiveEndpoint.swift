internal import ArtifactsPostgres
internal import ContentStore
internal import Cryptography
internal import HTTPSemantics
internal import ZipArchive

/// Answers requests for a part of an archive (`path` on 5.1 and 5.2): a zip of some of its members, sent by the worker.
struct PartialArchiveEndpoint: Sendable {
    /// How many members' places are checked before the header of the answer: damage behind them breaks the transfer.
    private static let checkedMembers = 256

    let store: ContentStore

    /// Makes the answer for some members of an archive that the caller may read.
    ///
    /// - Parameters:
    ///   - paths: The members and directories that are wanted.
    ///   - archive: The archive.
    ///   - request: The request, for its conditions and range.
    /// - Returns: The answer.
    /// - Throws: `RequestFailure` where a path is none or leads to nothing, or the archive is damaged.
    func answer(
        _ paths: [String],
        of archive: ReadableArchive,
        _ request: APIRequest
    ) throws(RequestFailure) -> Answer {
        let paths = try Self.memberPaths(paths)
        let partial = try open(archive, paths)
        let representation = Representation(
            validators: Validators(entityTag: try entityTag(archive, paths), lastModified: archive.lastModified),
            size: partial.archive.size,
            contentType: "application/octet-stream"
        )
        switch try representation.select(request) {
        case .notModified: return representation.notModified()
        case .unsatisfiable: return representation.unsatisfiable()
        case .whole: return representation.whole(fields(archive), body: partial)
        case .single(let range): return representation.single(range, fields(archive), body: partial)
        case .multiple(let ranges): return representation.multiple(ranges, fields(archive), body: partial)
        }
    }

    /// The paths in byte order, each once.
    private static func memberPaths(_ texts: [String]) throws(RequestFailure) -> [MemberPath] {
        var paths: [MemberPath] = []
        for text in texts {
            guard let path = MemberPath(text.utf8, droppingTrailingSlash: true) else { throw .badRequest }
            paths.append(path)
        }
        paths.sort { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        return paths.enumerated().filter { $0.offset == 0 || paths[$0.offset - 1] != $0.element }.map(\.element)
    }

    private func open(_ archive: ReadableArchive, _ paths: [MemberPath]) throws(RequestFailure) -> PartialArchiveSource
    {
        let index: MemberIndex
        let file: ArchiveFile
        do {
            index = try store.index(of: archive.content)
            file = try store.open(archive.content)
        } catch {
            throw .store(error)
        }
        let partial: PartialArchive
        do { partial = try PartialArchive(of: paths, in: index, file: file) } catch { throw .partialArchive(error) }
        do { try partial.checkLocalHeaders(first: Self.checkedMembers) } catch { throw .member(error) }
        return PartialArchiveSource(archive: partial, file: file)
    }

    private func entityTag(_ archive: ReadableArchive, _ paths: [MemberPath]) throws(RequestFailure) -> EntityTag {
        let joined = paths.map(\.bytes).joined(separator: [0])
        do {
            return EntityTag(try SHA256Digest(hashing: Array("\(archive.content.digest.hex):".utf8) + joined).hex)
        } catch {
            throw .internal(cause: "\(error)")
        }
    }

    /// As of the archive, but without its digest.
    private func fields(_ archive: ReadableArchive) -> HeaderBlock {
        var fields = HeaderBlock()
        fields.append("Content-Disposition", ContentDisposition.archive(name: archive.row.filename).fieldValue)
        fields.append("Content-Transfer-Encoding", "binary")
        fields.append("Cache-Control", "private, no-cache")
        return fields
    }
}
