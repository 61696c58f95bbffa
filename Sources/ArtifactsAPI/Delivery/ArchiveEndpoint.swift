internal import ArtifactsPostgres
internal import ContentStore
internal import Cryptography
internal import HTTPSemantics

/// Answers requests for whole archives (5.1 and 5.2).
///
/// nginx sends the file where it does right what was asked: the whole of it, or one range without conditions on it.
/// Everything else is answered from the file by the worker (RFC 9110 §13, §14).
struct ArchiveEndpoint: Sendable {
    let store: ContentStore

    /// Makes the answer for an archive that the caller may read.
    ///
    /// - Parameters:
    ///   - archive: The archive.
    ///   - request: The request, for its conditions and range.
    /// - Returns: The answer.
    /// - Throws: `RequestFailure` where a condition fails or the content is lost.
    func answer(_ archive: ReadableArchive, _ request: APIRequest) throws(RequestFailure) -> Answer {
        let size = archive.row.content.size
        let representation = Representation(
            validators: Validators(
                entityTag: EntityTag(archive.content.digest.hex),
                lastModified: archive.lastModified
            ),
            size: size,
            contentType: "application/octet-stream"
        )
        let fields = fields(of: archive)
        switch try representation.select(request) {
        case .notModified: return representation.notModified(fields)
        case .unsatisfiable: return representation.unsatisfiable(fields)
        case .whole where canAccelerate(request), .single where canAccelerate(request):
            return accelerated(archive, representation, fields)
        case .whole: return try representation.whole(fields, body: source(archive))
        case .single(let range): return try representation.single(range, fields, body: source(archive))
        case .multiple(let ranges): return try representation.multiple(ranges, fields, body: source(archive))
        }
    }

    /// Whether nginx would do right what the client asks for.
    ///
    /// It knows no entity tag that the worker set, takes a malformed range for an unsatisfiable one, and applies a range
    /// to HEAD; so it gets no precondition that it would test itself, and a range only in its plainest form.
    private func canAccelerate(_ request: APIRequest) -> Bool {
        let conditions = request.conditions
        guard request.method == .get, conditions.ifMatch == nil, conditions.ifUnmodifiedSince == nil else {
            return false
        }
        guard let range = conditions.range else { return true }
        return conditions.ifRange == nil && Self.isPlain(range)
    }

    /// `bytes=`, digits and one hyphen: no list, no white space, nothing that parsers disagree on.
    private static func isPlain(_ range: String) -> Bool {
        let prefix = "bytes="
        guard range.hasPrefix(prefix) else { return false }
        let rest = range.utf8.dropFirst(prefix.utf8.count)
        return rest.count <= 40 && rest.allSatisfy { $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) }
    }

    private func accelerated(
        _ archive: ReadableArchive,
        _ representation: Representation,
        _ fields: HeaderBlock
    ) -> Answer {
        var header = fields
        representation.appendValidators(to: &header)
        header.append("Content-Type", representation.contentType)
        header.append("X-Accel-Redirect", "/_content/" + archive.content.relativePath)
        return Answer(status: 200, fields: header, body: .accelerated, delivery: .accel)
    }

    private func source(_ archive: ReadableArchive) throws(RequestFailure) -> any BodySource {
        do {
            return FileSource(file: try store.open(archive.content))
        } catch {
            throw .store(error)
        }
    }

    private func fields(of archive: ReadableArchive) -> HeaderBlock {
        var fields = HeaderBlock()
        fields.append("Content-Disposition", ContentDisposition.archive(name: archive.row.filename).fieldValue)
        fields.append("Content-Transfer-Encoding", "binary")
        fields.append("Repr-Digest", "sha-256=:\(archive.content.digest.base64):")
        fields.append("Cache-Control", "private, no-cache")
        return fields
    }
}
