internal import Artifacts
internal import ArtifactsPostgres
internal import ContentStore
internal import Cryptography
internal import HTTPSemantics
internal import ZipArchive

/// Answers requests for one file out of an archive (5.3 and 5.4).
struct MemberEndpoint: Sendable {
    /// How the content type is found.
    enum Typing: Sendable {
        /// By the name's extension (5.3).
        case byExtension
        /// Text is plain text whatever its name (5.4).
        case textIsPlain
    }

    let store: ContentStore

    /// Makes the answer for a member of an archive that the caller may read.
    ///
    /// - Parameters:
    ///   - rawPath: The raw part of the request target that names the member.
    ///   - archive: The archive.
    ///   - typing: How the content type is found.
    ///   - request: The request, for its conditions and range.
    ///   - buffers: The request's buffers.
    /// - Returns: The answer.
    /// - Throws: `RequestFailure` where there is no such member, or it cannot be read.
    func answer(
        _ rawPath: ArraySlice<UInt8>,
        of archive: ReadableArchive,
        typing: Typing,
        _ request: APIRequest,
        _ buffers: WorkerBuffers
    ) throws(RequestFailure) -> Answer {
        guard let bytes = PercentCoding.decode(rawPath, plusIsSpace: false), let path = MemberPath(bytes) else {
            throw .badRequest
        }
        let member = try find(path, in: archive)
        let file = try open(archive)
        try checkReadable(member, in: file, buffers)
        let found = Found(member: member, path: path, file: file, archive: archive)
        return try answer(found, typing, request, buffers)
    }

    /// A member and where it was found.
    private struct Found {
        let member: Member
        let path: MemberPath
        let file: ArchiveFile
        let archive: ReadableArchive
    }

    private func answer(
        _ found: Found,
        _ typing: Typing,
        _ request: APIRequest,
        _ buffers: WorkerBuffers
    ) throws(RequestFailure) -> Answer {
        var representation = Representation(
            validators: Validators(entityTag: try entityTag(found), lastModified: found.archive.lastModified),
            size: found.member.uncompressedSize,
            contentType: ""
        )
        switch try representation.select(request) {
        case .notModified: return representation.notModified()
        case .unsatisfiable: return representation.unsatisfiable()
        case .whole:
            let started = try reading { () throws(MemberError) in
                try StartedMember(found.member, in: found.file, buffers: buffers)
            }
            representation.contentType = contentType(found, typing, prefix: started.firstBlock)
            return representation.whole(fields(found), body: started)
        case .single(let range):
            representation.contentType = try contentType(found, typing, buffers)
            return representation.single(range, fields(found), body: source(found, buffers))
        case .multiple(let ranges):
            representation.contentType = try contentType(found, typing, buffers)
            return representation.multiple(ranges, fields(found), body: source(found, buffers))
        }
    }

    private func source(_ found: Found, _ buffers: WorkerBuffers) -> MemberSource {
        MemberSource(member: found.member, file: found.file, buffers: buffers)
    }

    private func find(_ path: MemberPath, in archive: ReadableArchive) throws(RequestFailure) -> Member {
        let index: MemberIndex
        do { index = try store.openIndex(archive.content) } catch { throw .store(error) }
        let member: Member?
        do { member = try index.lookup(path) } catch { throw .index(error) }
        guard let member else { throw .missing(.file, reason: .memberNotFound) }
        return member
    }

    /// What can never be read is told before conditions and ranges: 304 and 206 stand only where 200 would follow.
    ///
    /// It also bounds the size that the directory declares by the bytes that are there, so that sums of ranges of it
    /// cannot overflow.
    private func checkReadable(
        _ member: Member,
        in file: ArchiveFile,
        _ buffers: WorkerBuffers
    ) throws(RequestFailure) {
        _ = try reading { () throws(MemberError) in
            try MemberReader.dataExtent(of: member, in: file, buffers: buffers.member)
        }
    }

    private func open(_ archive: ReadableArchive) throws(RequestFailure) -> ArchiveFile {
        do { return try store.open(archive.content) } catch { throw .store(error) }
    }

    private func reading<R>(_ body: () throws(MemberError) -> R) throws(RequestFailure) -> R {
        do { return try body() } catch { throw .member(error) }
    }

    private func entityTag(_ found: Found) throws(RequestFailure) -> EntityTag {
        do {
            let digest = try SHA256Digest(
                hashing: Array("\(found.archive.content.digest.hex):".utf8) + found.path.bytes
            )
            return EntityTag(digest.hex)
        } catch {
            throw .internal(cause: "\(error)")
        }
    }

    private func fields(_ found: Found) -> HeaderBlock {
        var fields = HeaderBlock()
        let path = String(decoding: found.path.bytes, as: UTF8.self)
        fields.append("Content-Disposition", ContentDisposition.file(path: path).fieldValue)
        fields.append("Content-Security-Policy", "sandbox; default-src 'none'")
        fields.append("Cache-Control", "private, no-cache")
        return fields
    }

    private func contentType(_ found: Found, _ typing: Typing, prefix: UnsafeRawBufferPointer) -> String {
        if case .textIsPlain = typing, !prefix.isEmpty, MediaType.isText(prefix: prefix.prefix(MediaType.sniffedLength))
        {
            return MediaType.plainText
        }
        return MediaType.contentType(fileName: String(decoding: found.path.lastSegment, as: UTF8.self))
    }

    /// The content type where the answer does not begin with the member's first bytes.
    private func contentType(
        _ found: Found,
        _ typing: Typing,
        _ buffers: WorkerBuffers
    ) throws(RequestFailure) -> String {
        guard case .textIsPlain = typing else { return contentType(found, typing, prefix: .init(start: nil, count: 0)) }
        let count = try reading { () throws(MemberError) in
            let window = 0..<Int64(MediaType.sniffedLength)
            var reader = try MemberReader(found.member, in: found.file, buffers: buffers.member, window: window)
            return try reader.read(into: buffers.block)
        }
        return contentType(found, typing, prefix: UnsafeRawBufferPointer(rebasing: buffers.block[..<count]))
    }
}
