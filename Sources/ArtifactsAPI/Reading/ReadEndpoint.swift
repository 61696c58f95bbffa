internal import ArtifactsPostgres
internal import HTTPSemantics

/// Answers requests for archives, single files and their lists: finds, decides, delivers, and has each download recorded.
struct ReadEndpoint: Sendable {
    private let reading: ReadService
    private let archives: ArchiveEndpoint
    private let partials: PartialArchiveEndpoint
    private let members: MemberEndpoint
    private let trees: TreeEndpoint
    private let audit: AuditRecorder

    init(_ parts: EdgeParts, audit: AuditRecorder, lookup: ReadService.Lookup? = nil) {
        reading = ReadService(
            lookup: lookup ?? ReadService.asking(ReadCatalog(pool: parts.pool)),
            absences: AbsenceCatalog(pool: parts.pool),
            externalURL: parts.externalURL
        )
        archives = ArchiveEndpoint(store: parts.store, delivery: parts.delivery)
        partials = PartialArchiveEndpoint(store: parts.store)
        members = MemberEndpoint(store: parts.store)
        trees = TreeEndpoint(store: parts.store, externalURL: parts.externalURL)
        self.audit = audit
    }

    /// Makes the answer to a request.
    ///
    /// - Parameters:
    ///   - route: What is asked for.
    ///   - request: The request.
    ///   - buffers: The request's buffers.
    /// - Returns: The answer.
    /// - Throws: `RequestFailure` with the first check that fails.
    func answer(
        _ route: ReadRoute,
        _ request: APIRequest,
        _ buffers: WorkerBuffers
    ) throws(RequestFailure) -> Answer {
        switch route {
        case .jobArchive(let project, let job):
            return try answer(ArchiveParameters(job: job, request.query), in: project, request)
        case .refArchive(let project, let ref):
            return try answer(ArchiveParameters(ref: ref, request.query), in: project, request)
        case .jobFile(let project, let job, let path):
            let archive = try reading.archive(for: ReadParameters.job(job), in: project, request)
            let answer = try members.answer(path, of: archive, typing: .byExtension, request, buffers)
            return try audit.download(answer, of: archive, paths: Self.decoded(path), request)
        case .refFile(let project, let ref, let path):
            let target = try ReadParameters.latest(ref, request.query)
            let archive = try reading.archive(for: target, in: project, request)
            let answer = try members.answer(path, of: archive, typing: .textIsPlain, request, buffers)
            return try audit.download(answer, of: archive, paths: Self.decoded(path), request)
        case .tree(let project, let job):
            let parameters = try TreeParameters(job: job, request.query)
            let archive = try reading.archive(for: parameters.target, in: project, request, missing: .artifacts)
            return try trees.answer(parameters, of: archive, request)
        }
    }

    private func answer(
        _ parameters: ArchiveParameters,
        in project: ArraySlice<UInt8>,
        _ request: APIRequest
    ) throws(RequestFailure) -> Answer {
        let fileType = parameters.fileType
        let archive = try reading.archive(for: parameters.target, fileType: fileType, in: project, request)
        if parameters.paths.isEmpty {
            return try audit.download(archives.answer(archive, request), of: archive, fileType: fileType, request)
        }
        let answer = try partials.answer(parameters.paths, of: archive, request)
        return try audit.download(answer, of: archive, paths: parameters.paths.map(Self.withoutSlash), request)
    }

    /// The directory's path for the audit trail: with and without a slash at its end it is the same one.
    private static func withoutSlash(_ path: String) -> String {
        path.utf8.last == UInt8(ascii: "/") ? String(path.dropLast()) : path
    }

    /// The member's path for the audit trail; that it can be decoded is known by then.
    private static func decoded(_ path: ArraySlice<UInt8>) -> [String] {
        PercentCoding.decodeToString(path, plusIsSpace: false).map { [$0] } ?? []
    }
}
