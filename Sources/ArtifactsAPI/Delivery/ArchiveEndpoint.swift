internal import ArtifactsPostgres
internal import ContentStore
internal import Cryptography
internal import HTTPSemantics
internal import ZipArchive

/// Answers requests for whole archives (5.1 and 5.2).
///
/// nginx sends the file where it does right what was asked: the whole of it, or one range without conditions on it; after
/// `X-Accel-Redirect`, or at a signed URL. Everything else is answered from the file by the worker (RFC 9110 §13, §14).
struct ArchiveEndpoint: Sendable {
    let store: ContentStore
    let delivery: ArchiveDelivery

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
        let selection = try representation.select(request)
        if Self.canAccelerate(selection, request), let answer = try delegated(archive, representation) { return answer }
        switch selection {
        case .notModified: return representation.notModified()
        case .unsatisfiable: return representation.unsatisfiable()
        case .whole: return try representation.whole(fields(of: archive), body: source(archive))
        case .single(let range): return try representation.single(range, fields(of: archive), body: source(archive))
        case .multiple(let ranges):
            return try representation.multiple(ranges, fields(of: archive), body: source(archive))
        }
    }

    /// Whether nginx would do right what the client asks for.
    ///
    /// It knows no entity tag that the worker set, answers 416 to a range that is to be ignored, and applies a range to
    /// HEAD; so it gets no precondition that it would test itself, and a range only where that range is served, in its
    /// plainest form.
    private static func canAccelerate(_ selection: Representation.Selection, _ request: APIRequest) -> Bool {
        let conditions = request.conditions
        guard request.method == .get, conditions.ifMatch == nil, conditions.ifUnmodifiedSince == nil else {
            return false
        }
        switch selection {
        case .whole: return conditions.range == nil
        case .single: return conditions.ifRange == nil && conditions.range.map(isPlain) ?? false
        case .multiple, .unsatisfiable, .notModified: return false
        }
    }

    /// `bytes=`, digits and one hyphen: no list, no white space, and no number beyond 64 bits, which is 416 to nginx.
    private static func isPlain(_ range: String) -> Bool {
        let unit = "bytes="
        guard range.hasPrefix(unit) else { return false }
        let ends = range.utf8.dropFirst(unit.utf8.count)
            .split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return ends.count == 2
            && ends.allSatisfy { digits in digits.count <= 18 && digits.allSatisfy { (0x30...0x39).contains($0) } }
    }

    /// The answer that leaves the bytes to nginx, or `nil` where the worker sends them.
    private func delegated(
        _ archive: ReadableArchive,
        _ representation: Representation
    ) throws(RequestFailure) -> Answer? {
        switch delivery {
        case .accel(let inlineBelow):
            guard representation.size >= inlineBelow else { return nil }
            try checkStored(archive)
            return accelerated(archive, representation, fields(of: archive))
        case .redirect(let signer):
            try checkStored(archive)
            // A name that no URL can carry does not keep the archive from its reader.
            return try redirected(archive, signer) ?? accelerated(archive, representation, fields(of: archive))
        }
    }

    /// 302 to the signed URL, which is nobody's business but the client's: no cache keeps it, no `Referer` tells it, and
    /// the target learns nothing of this request.
    private func redirected(_ archive: ReadableArchive, _ signer: URLSigner) throws(RequestFailure) -> Answer? {
        let location: String?
        do {
            location = try signer.url(
                of: archive.content,
                lastModified: archive.lastModified,
                disposition: .archive(name: archive.row.filename)
            )
        } catch {
            throw .internal(cause: "\(error)")
        }
        guard let location else { return nil }
        var header = HeaderBlock()
        header.append("Location", location)
        header.append("Cache-Control", "private, no-store")
        header.append("Referrer-Policy", "no-referrer")
        header.append("Content-Type", "application/json")
        let body = Array(#"{"message":"302 Found"}"#.utf8)
        return Answer(status: 302, fields: header, body: .bytes(body), delivery: .redirect)
    }

    private func accelerated(
        _ archive: ReadableArchive,
        _ representation: Representation,
        _ fields: consuming HeaderBlock
    ) -> Answer {
        var header = fields
        representation.appendValidators(to: &header)
        header.append("Content-Type", representation.contentType)
        header.append("X-Accel-Redirect", "/_content/" + archive.content.relativePath)
        return Answer(status: 200, fields: header, body: .accelerated, delivery: .accel)
    }

    private func source(_ archive: ReadableArchive) throws(RequestFailure) -> any BodySource {
        let file: ArchiveFile
        do { file = try store.open(archive.content) } catch { throw .store(error) }
        try check(file, archive)
        return FileSource(file: file)
    }

    /// A file of another size is told before the first byte, not by breaking the transfer off.
    private func check(_ file: ArchiveFile, _ archive: ReadableArchive) throws(RequestFailure) {
        let size: Int64
        do { size = try file.size() } catch { throw .internal(cause: "\(error)") }
        try check(size, archive)
    }

    /// The same for a file that is left to nginx, which would send a part of it, or an error of its own, in our name.
    private func checkStored(_ archive: ReadableArchive) throws(RequestFailure) {
        let size: Int64
        do { size = try store.size(of: archive.content) } catch { throw .store(error) }
        try check(size, archive)
    }

    private func check(_ size: Int64, _ archive: ReadableArchive) throws(RequestFailure) {
        guard size == archive.row.content.size else {
            throw .corruptArchive(
                cause: "content \(archive.content) has \(size) bytes instead of \(archive.row.content.size)"
            )
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
