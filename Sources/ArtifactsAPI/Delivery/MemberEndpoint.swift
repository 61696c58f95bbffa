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
    private let decisions = TextDecisions()
    private let turns = GatheringTurns()

    init(store: ContentStore) {
        self.store = store
    }

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
        let form = Form(of: member, for: request)
        let file = try open(archive)
        // What can never be read is told before conditions and ranges: 304 and 206 stand only where 200 would follow. It
        // also bounds the declared size by the bytes that are there, so that sums of ranges cannot overflow.
        let data = try reading { () throws(MemberError) in
            try MemberData(member, in: file, buffers: buffers.member, prefetching: form.readsFromStart)
        }
        let found = Found(data: data, path: path, archive: archive)
        return try answer(found, form, typing, request, buffers)
    }

    /// A member and where it was found.
    struct Found {
        let data: MemberData
        let path: MemberPath
        let archive: ReadableArchive

        var member: Member { data.member }
    }

    /// Which form of a member a request asks for.
    private struct Form {
        /// Whether there is a choice: a deflated member can be sent as gzip too.
        let isNegotiated: Bool
        /// A range is always one of the plain bytes; HEAD has none (RFC 9110 §14.2).
        let isGzip: Bool
        /// Whether the plain bytes will be read from the first one on, as far as can be told already.
        let readsFromStart: Bool

        init(of member: Member, for request: APIRequest) {
            let conditions = request.conditions
            let hasRange = conditions.range != nil && request.method != .head
            isNegotiated = member.method == 8
            isGzip = isNegotiated && !hasRange && AcceptEncoding.acceptsGzip(request.field("HTTP_ACCEPT_ENCODING"))
            readsFromStart =
                !isGzip && !hasRange && conditions.ifNoneMatch == nil && conditions.ifModifiedSince == nil
        }
    }

    private func answer(
        _ found: Found,
        _ form: Form,
        _ typing: Typing,
        _ request: APIRequest,
        _ buffers: WorkerBuffers
    ) throws(RequestFailure) -> Answer {
        var representation = Representation(
            validators: try validators(found, form),
            size: form.isGzip ? GzipSource(data: found.data).size : found.member.uncompressedSize,
            contentType: "",
            isNegotiated: form.isNegotiated,
            isGzip: form.isGzip
        )
        let selection = try representation.select(request)
        switch selection {
        case .notModified: return representation.notModified()
        case .unsatisfiable: return representation.unsatisfiable()
        case .whole where !form.isGzip:
            let points = request.method == .head ? nil : pointsToGather(found)
            let started = try reading { () throws(MemberError) in
                try StartedMember(found.data, points: points, buffers: buffers)
            }
            representation.contentType = contentType(found, typing, prefix: started.firstBlock)
            return representation.whole(fields(found), body: started)
        case .whole, .single, .multiple:
            representation.contentType = try contentType(found, typing, buffers)
        }
        switch selection {
        case .single(let range):
            return representation.single(range, fields(found), body: source(found, [range], buffers))
        case .multiple(let ranges):
            return representation.multiple(ranges, fields(found), body: source(found, ranges, buffers))
        default: return representation.whole(fields(found), body: GzipSource(data: found.data))
        }
    }

    private func pointsToGather(_ found: Found) -> MemberPointsInUse? {
        MemberPointsInUse(gatheringIn: found.member, of: found.archive, in: store, turns: turns)
    }

    /// Where ranges come from: stored bytes straight from the file, others out of the deflate stream.
    private func source(_ found: Found, _ ranges: [ByteRange], _ buffers: WorkerBuffers) -> any BodySource {
        guard found.member.method == 8 else {
            return FileSource(file: found.data.file, start: found.data.extent.lowerBound)
        }
        let goesBack = zip(ranges, ranges.dropFirst()).contains { $0.first > $1.first }
        let points = MemberPointsInUse(
            found.member,
            of: found.archive,
            in: store,
            turns: turns,
            needsGathering: goesBack
        )
        return MemberSource(found.data, points: points, buffers: buffers)
    }

    private func find(_ path: MemberPath, in archive: ReadableArchive) throws(RequestFailure) -> Member {
        let index: MemberIndex
        do { index = try store.index(of: archive.content) } catch { throw .store(error) }
        let member: Member?
        do { member = try index.lookup(path) } catch { throw .index(error) }
        guard let member else { throw .missing(.file, reason: .memberNotFound) }
        return member
    }

    private func open(_ archive: ReadableArchive) throws(RequestFailure) -> ArchiveFile {
        do { return try store.open(archive.content) } catch { throw .store(error) }
    }

    private func reading<R>(_ body: () throws(MemberError) -> R) throws(RequestFailure) -> R {
        do { return try body() } catch { throw .member(error) }
    }

    /// The tags of both forms: `If-None-Match` knows either, all else is about the one that is sent (RFC 9110 §13.1).
    private func validators(_ found: Found, _ form: Form) throws(RequestFailure) -> Validators {
        let digest: SHA256Digest
        do {
            digest = try SHA256Digest(hashing: Array("\(found.archive.content.digest.hex):".utf8) + found.path.bytes)
        } catch {
            throw .internal(cause: "\(error)")
        }
        let (plain, gzip) = (EntityTag(digest.hex), EntityTag("\(digest.hex)-gzip"))
        return Validators(
            entityTag: form.isGzip ? gzip : plain,
            alternates: form.isNegotiated ? [form.isGzip ? plain : gzip] : [],
            lastModified: found.archive.lastModified
        )
    }

    private func fields(_ found: Found) -> HeaderBlock {
        var fields = HeaderBlock()
        let path = String(decoding: found.path.bytes, as: UTF8.self)
        fields.append("Content-Disposition", ContentDisposition.file(path: path).fieldValue)
        fields.append("Content-Security-Policy", "sandbox; default-src 'none'")
        fields.append("Cache-Control", "private, no-cache")
        return fields
    }

    /// The content type of a member whose first bytes are at hand.
    private func contentType(_ found: Found, _ typing: Typing, prefix: UnsafeRawBufferPointer) -> String {
        guard case .textIsPlain = typing else { return contentType(found, isText: false) }
        let (digest, ordinal) = (found.archive.content.digest, found.member.ordinal)
        if let isText = decisions.decision(digest, ordinal) { return contentType(found, isText: isText) }
        let isText = !prefix.isEmpty && MediaType.isText(prefix: prefix.prefix(MediaType.sniffedLength))
        decisions.remember(isText, digest, ordinal)
        return contentType(found, isText: isText)
    }

    private func contentType(_ found: Found, isText: Bool) -> String {
        if isText { return MediaType.plainText }
        return MediaType.contentType(fileName: String(decoding: found.path.lastSegment, as: UTF8.self))
    }

    /// The content type where the answer does not begin with the member's first bytes: they are read once.
    private func contentType(
        _ found: Found,
        _ typing: Typing,
        _ buffers: WorkerBuffers
    ) throws(RequestFailure) -> String {
        guard case .textIsPlain = typing else { return contentType(found, isText: false) }
        if let isText = decisions.decision(found.archive.content.digest, found.member.ordinal) {
            return contentType(found, isText: isText)
        }
        let count = try reading { () throws(MemberError) in
            let window = 0..<Int64(MediaType.sniffedLength)
            var reader = try MemberReader(found.data, buffers: buffers.member, window: window)
            return try reader.read(into: buffers.block)
        }
        return contentType(found, typing, prefix: UnsafeRawBufferPointer(rebasing: buffers.block[..<count]))
    }
}
