public import ArtifactsPostgres
public import ContentStore
public import FastCGI
public import HTTPSemantics
public import Logging
public import Observability

/// The HTTP edge: takes each request through routing, decision and delivery, and tells every failure.
public final class ArtifactsHandler: RequestHandler {
    private let reading: ReadService
    private let archives: ArchiveEndpoint
    private let partials: PartialArchiveEndpoint
    private let members: MemberEndpoint
    private let uploads: UploadEndpoint
    private let metadata: MetadataEndpoint
    private let changes: ChangeEndpoint
    private let trees: TreeEndpoint
    private let buffers = BufferPool()
    private let reporter: RequestReporter
    private let audit: AuditRecorder
    private let openAPI: [UInt8]?

    /// Puts the edge together.
    ///
    /// - Parameters:
    ///   - externalURL: What every URL that is handed out starts with, without a slash at its end.
    ///   - catalog: Looks up what decides about reading.
    ///   - absences: Explains misses.
    ///   - uploadCatalog: Looks up what decides about uploads, and takes them in.
    ///   - uploads: What the operator decides about uploads.
    ///   - changes: Keeps, deletes and erases.
    ///   - wakeSweeper: Called when there is something for the sweeper to do.
    ///   - metadata: Looks up what is asked around artifacts.
    ///   - store: Where the content is.
    ///   - release: The release of this program.
    ///   - audit: Where what was allowed is recorded.
    ///   - trustedProxies: The networks whose `X-Forwarded-For` counts.
    ///   - openAPI: The description of this API, or `nil` where it is not installed.
    ///   - delivery: How whole archives get to the client.
    ///   - metrics: Counts what happens.
    ///   - logger: Where failures are told.
    public init(
        externalURL: String,
        catalog: ReadCatalog,
        absences: AbsenceCatalog,
        uploadCatalog: UploadCatalog,
        uploads: UploadSettings,
        changes: ChangeCatalog,
        wakeSweeper: @escaping @Sendable () -> Void = {},
        metadata: MetadataCatalog,
        store: ContentStore,
        release: String,
        audit: AuditTrail,
        trustedProxies: [IPNetwork],
        openAPI: [UInt8]? = nil,
        delivery: ArchiveDelivery,
        metrics: ServerMetrics,
        logger: Logger
    ) {
        reading = ReadService(catalog: catalog, absences: absences, externalURL: externalURL)
        archives = ArchiveEndpoint(store: store, delivery: delivery)
        members = MemberEndpoint(store: store)
        self.uploads = UploadEndpoint(catalog: uploadCatalog, store: store, settings: uploads)
        self.metadata = MetadataEndpoint(catalog: metadata, store: store, externalURL: externalURL, release: release)
        self.openAPI = openAPI
        partials = PartialArchiveEndpoint(store: store)
        trees = TreeEndpoint(store: store, externalURL: externalURL)
        let audit = AuditRecorder(trail: audit, trustedProxies: trustedProxies)
        self.audit = audit
        self.changes = ChangeEndpoint(
            catalog: changes,
            audit: audit,
            externalURL: externalURL,
            wakeSweeper: wakeSweeper
        )
        reporter = RequestReporter(metrics: metrics, logger: logger)
    }

    /// Answers one request.
    ///
    /// - Parameter exchange: The request and the way to answer it.
    public func handle(_ exchange: Exchange) {
        let requestID = APIRequest.identifier(of: exchange.parameters)
        var report = reporter.begin(requestID)
        let method = Method(exchange.parameters.bytes("REQUEST_METHOD") ?? [])
        let isServed: Void? = buffers.withBuffers { buffers in
            let answer: Answer
            do throws(RequestFailure) {
                let request = try APIRequest(exchange.parameters, requestID: requestID)
                answer = try self.answer(request, exchange, buffers, &report)
            } catch {
                report.failed(error)
                answer = Answer(error)
            }
            send(answer, method, requestID, to: exchange, &report)
        }
        if isServed == nil {
            let failure = RequestFailure.unavailable(cause: "no memory for buffers")
            report.failed(failure)
            send(Answer(failure), method, requestID, to: exchange, &report)
        }
        reporter.end(report)
    }

    private func answer(
        _ request: APIRequest,
        _ exchange: Exchange,
        _ buffers: WorkerBuffers,
        _ report: inout RequestReport
    ) throws(RequestFailure) -> Answer {
        let route = try Self.route(request)
        report.route = route.name
        switch route {
        case .read(let route): return try answer(route, request, buffers)
        case .upload(let route): return try uploads.answer(route, request, exchange, buffers.block)
        case .change(let route): return try changes.answer(route, request)
        case .metadata(let route): return try metadata.answer(route, request)
        case .openAPI: return try Answer.description(openAPI)
        }
    }

    private static func route(_ request: APIRequest) throws(RequestFailure) -> Route {
        switch Router.route(request.method, request.target.path) {
        case .found(let route): return route
        case .unknown: throw .unknownRoute
        case .methodNotAllowed(let allowed): throw .methodNotAllowed(allowed: allowed)
        case .versionGone: throw .versionGone
        }
    }

    private func answer(
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
        return try audit.download(answer, of: archive, paths: parameters.paths, request)
    }

    /// The member's path for the audit trail; that it can be decoded is known by then.
    private static func decoded(_ path: ArraySlice<UInt8>) -> [String] {
        PercentCoding.decodeToString(path, plusIsSpace: false).map { [$0] } ?? []
    }

    /// Sends the answer; a body that breaks must look broken to the client.
    private func send(
        _ answer: Answer,
        _ method: Method,
        _ requestID: String,
        to exchange: Exchange,
        _ report: inout RequestReport
    ) {
        report.answered(answer, method)
        do throws(TransferError) {
            try AnswerWriter.send(answer, method: method, requestID: requestID, to: exchange)
        } catch {
            exchange.breakTransfer()
            report.broke(error)
        }
    }
}
