package import ArtifactsPostgres
public import FastCGI
internal import HTTPSemantics

/// The HTTP edge: takes each request through routing, decision and delivery, and tells every failure.
public final class ArtifactsHandler: RequestHandler {
    private let reads: ReadEndpoint
    private let uploads: UploadEndpoint
    private let runnerArchives: RunnerArchiveEndpoint
    private let traces: TraceAppendEndpoint
    private let metadata: MetadataEndpoint
    private let changes: ChangeEndpoint
    private let publishing: PublishingEndpoint
    private let jobUpdates: JobUpdateEndpoint
    private let openAPI: [UInt8]?
    private let buffers = BufferPool()
    private let places: StreamPlaces
    private let reporter: RequestReporter

    /// Puts the edge together.
    ///
    /// - Parameter parts: What it is made of.
    public convenience init(_ parts: EdgeParts) {
        self.init(parts, answeringReadsWith: nil)
    }

    /// The same, with reads decided on given facts, so that all that happens beside the database can be measured alone.
    ///
    /// - Parameters:
    ///   - parts: What it is made of.
    ///   - facts: What the database would know of every read, or `nil` to ask it.
    package init(_ parts: EdgeParts, answeringReadsWith facts: ReadFacts?) {
        let audit = AuditRecorder(trail: parts.audit, trustedProxies: parts.trustedProxies)
        reads = ReadEndpoint(parts, audit: audit, lookup: facts.map(ReadService.knowing))
        uploads = UploadEndpoint(
            catalog: UploadCatalog(pool: parts.changes),
            store: parts.store,
            settings: parts.uploads,
            audit: audit
        )
        runnerArchives = RunnerArchiveEndpoint(parts, audit: audit)
        traces = TraceAppendEndpoint(log: TraceLog(pool: parts.changes), limit: parts.uploads.maxTraceSize)
        metadata = MetadataEndpoint(
            catalog: MetadataCatalog(pool: parts.pool),
            store: parts.store,
            audit: audit,
            externalURL: parts.externalURL,
            release: parts.release
        )
        changes = ChangeEndpoint(
            catalog: ChangeCatalog(pool: parts.changes),
            audit: audit,
            externalURL: parts.externalURL,
            wakeSweeper: parts.wakeSweeper
        )
        let publishingCatalog = PublishingCatalog(pool: parts.changes)
        publishing = PublishingEndpoint(
            service: PublishingService(
                access: AccessCatalog(pool: parts.pool),
                catalog: publishingCatalog,
                settings: parts.uploads,
                externalURL: parts.externalURL
            ),
            audit: audit,
            keepsLatestArtifact: parts.keepsLatestArtifact
        )
        jobUpdates = JobUpdateEndpoint(catalog: publishingCatalog, settings: parts.uploads, audit: audit)
        places = StreamPlaces(workers: parts.workers)
        openAPI = parts.openAPI
        reporter = RequestReporter(metrics: parts.metrics, logger: parts.logger)
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
        case .read(let route): return try reads.answer(route, request, buffers)
        case .upload(let route): return try uploads.answer(route, request, exchange, buffers.block)
        case .runner(.archive(let job)): return try runnerArchives.answer(job, request)
        case .runner(.appendTrace(let job)): return try traces.answer(job, request, exchange, buffers.block)
        case .runner(.update(let job)): return try jobUpdates.answer(job, request, exchange, buffers.block)
        case .publishing(let route): return try publishing.answer(route, request, exchange, buffers.block)
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

    /// Sends the answer; a body that breaks must look broken to the client.
    private func send(
        _ answer: Answer,
        _ method: Method,
        _ requestID: String,
        to exchange: Exchange,
        _ report: inout RequestReport
    ) {
        var answer = answer
        let isLong = method != .head && answer.isLongStream
        let place = isLong ? places.take(unless: exchange.clientIsGone) : nil
        if isLong, place == nil {
            let failure = RequestFailure.unavailable(cause: "too many streams")
            report.failed(failure)
            answer = Answer(failure)
        }
        // The place is given back behind the last byte.
        defer { withExtendedLifetime(place) {} }
        report.answered(answer, method)
        do throws(TransferError) {
            try AnswerWriter.send(answer, method: method, requestID: requestID, to: exchange)
        } catch {
            exchange.breakTransfer()
            report.broke(error)
        }
    }
}
