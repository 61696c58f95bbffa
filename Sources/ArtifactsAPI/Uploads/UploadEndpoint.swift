internal import Artifacts
internal import ArtifactsPostgres
internal import ContentStore
internal import Cryptography
internal import FastCGI
internal import HTTPSemantics
internal import Postgres

/// Takes artifacts from runners (the contract, section 8): the token first, then the body, which goes to disk once.
struct UploadEndpoint {
    let catalog: UploadCatalog
    let store: ContentStore
    let settings: UploadSettings
    private let audit: AuditRecorder
    private let door: StrangersDoor

    /// Puts the endpoint together.
    ///
    /// - Parameters:
    ///   - catalog: Knows jobs and takes artifacts in.
    ///   - store: Where the bytes go.
    ///   - settings: What the operator decides.
    ///   - audit: Records uploads.
    init(catalog: UploadCatalog, store: ContentStore, settings: UploadSettings, audit: AuditRecorder) {
        self.catalog = catalog
        self.store = store
        self.settings = settings
        self.audit = audit
        door = StrangersDoor(limit: settings.strangers)
    }

    /// Answers a request on one of the routes.
    ///
    /// A refusal leaves the rest of the body unread, and must: a web server that has the answer stops sending.
    ///
    /// - Parameters:
    ///   - route: The route.
    ///   - request: The request.
    ///   - exchange: Where the body comes from.
    ///   - buffer: Where it is read to, block by block.
    /// - Returns: The answer.
    /// - Throws: `RequestFailure` with the first check that fails.
    func answer(
        _ route: UploadRoute,
        _ request: APIRequest,
        _ exchange: Exchange,
        _ buffer: UnsafeMutableRawBufferPointer
    ) throws(RequestFailure) -> Answer {
        switch route {
        case .authorize(let job):
            var session = try UploadSession(job, request, catalog, settings, holdsFile: false)
            try readParameters(of: &session, request, exchange, buffer)
            try session.check()
            return Self.answer(200, "200 OK")
        case .artifacts(let job):
            var session = try UploadSession(job, request, catalog, settings, holdsFile: true)
            try upload(&session, request, exchange, buffer)
            return Self.answer(201, "201 Created")
        }
    }

    private static func answer(_ status: Int, _ message: String) -> Answer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("message", message)
        writer.endObject()
        var fields = HeaderBlock()
        fields.append("Content-Type", "application/json")
        return Answer(status: status, fields: fields, body: .bytes(writer.bytes))
    }

    /// Takes the parameters of a question from its body, whichever form that has.
    private func readParameters(
        of session: inout UploadSession,
        _ request: APIRequest,
        _ exchange: Exchange,
        _ buffer: UnsafeMutableRawBufferPointer
    ) throws(RequestFailure) {
        let type = request.field("CONTENT_TYPE").map { ArraySlice($0.utf8) }
        if case .form(let boundary) = MultipartBoundary.find(in: type) {
            let body = try body(of: exchange, session, isHashed: false)
            _ = try session.readFields(of: FormReader(body, boundary: boundary, buffer: buffer))
        } else if FormEncoding.isURLEncoded(type) {
            var body = try body(of: exchange, session, isHashed: false)
            for parameter in try FormEncoding.read(&body, buffer).parameters {
                try session.take(parameter.name, parameter.value)
            }
        } else if JSONParameters.isJSON(type) {
            var body = try body(of: exchange, session, isHashed: false)
            for parameter in try JSONParameters.read(&body, buffer) {
                try session.take(parameter.name, parameter.value)
            }
        }
    }

    private func body(
        of exchange: Exchange,
        _ session: UploadSession,
        isHashed: Bool
    ) throws(RequestFailure) -> UploadBody {
        let stranger = session.admission == nil ? try door.enter() : nil
        return try UploadBody(exchange, settings, stranger: stranger, isHashed: isHashed)
    }

    private func upload(
        _ session: inout UploadSession,
        _ request: APIRequest,
        _ exchange: Exchange,
        _ buffer: UnsafeMutableRawBufferPointer
    ) throws(RequestFailure) {
        var digests = try DeclaredDigests(request)
        let boundary = try Self.boundary(of: request, session)
        let body = try body(of: exchange, session, isHashed: digests.concernBody)
        let form = FormReader(body, boundary: boundary, buffer: buffer)
        guard let part = try session.readFields(of: form) else {
            _ = try session.admitted()
            throw .parameters([.missing("file")])
        }
        let filename = try Self.filename(part, session)
        try digests.add(part)
        try session.check()
        let incoming = try receive(form, session)
        if try session.readFields(of: form) != nil { throw .upload(.moreThanOneFile) }
        let checked = try session.check()
        try session.parameters.checkFormat(of: checked.type)
        let content: StagedContent
        do { content = try incoming.finish(as: checked.type.format == .zip ? .zip(settings.zipLimits) : .opaque) } catch
        {
            throw .intake(error)
        }
        try digests.check(file: content.digest, body: form.digest())
        try takeIn(content, filename, checked, session, request)
    }

    private static func boundary(
        of request: APIRequest,
        _ session: UploadSession
    ) throws(RequestFailure) -> MultipartBoundary {
        switch MultipartBoundary.find(in: request.field("CONTENT_TYPE").map { ArraySlice($0.utf8) }) {
        case .form(let boundary): return boundary
        case .other:
            _ = try session.admitted()
            throw .parameters([.missing("file")])
        case .invalid:
            _ = try session.admitted()
            throw .form(.invalidBoundary)
        }
    }

    /// The name that the file is stored under, or an empty one.
    private static func filename(_ part: MultipartPart, _ session: UploadSession) throws(RequestFailure) -> String {
        _ = try session.admitted()
        guard part.name == "file" else { throw .upload(.moreThanOneFile) }
        // What a browser sends where no file was chosen.
        guard let filename = part.filename, !filename.isEmpty else { throw .parameters([.missing("file")]) }
        return MultipartPart.lastComponent(of: filename)
    }

    /// Writes the file that has just begun to the store, as it arrives.
    private func receive(_ form: FormReader, _ session: UploadSession) throws(RequestFailure) -> IncomingContent {
        let admission = try session.admitted()
        var incoming: IncomingContent
        do { incoming = try store.begin() } catch { throw .intake(error) }
        while case .data(let bytes) = try form.next() {
            try session.check(size: incoming.size + Int64(bytes.count), admission)
            do { try incoming.write(bytes) } catch { throw .intake(error) }
        }
        return incoming
    }

    /// Gives the bytes their place and the artifact its row, both or neither.
    private func takeIn(
        _ content: StagedContent,
        _ filename: String,
        _ checked: UploadParameters.Checked,
        _ session: UploadSession,
        _ request: APIRequest
    ) throws(RequestFailure) {
        let admission = try session.admitted()
        let artifact = IncomingArtifact(
            jobID: session.jobID,
            token: admission.token.bytes,
            type: checked.type,
            filename: filename.isEmpty ? checked.type.defaultFilename : filename,
            access: checked.access,
            expiry: checked.expiry ?? settings.defaultExpiry,
            digest: content.digest.bytes,
            size: content.size,
            isIndexed: content.isIndexed
        )
        let change = change(artifact, admission.facts, request)
        do throws(IntakeFailure<ContentStoreError>) {
            let outcome = try catalog.takeIn(artifact, limits: session.limits) { intake throws(ContentStoreError) in
                if intake.isNew {
                    try content.place(contentID: intake.id)
                } else {
                    try content.placeIndex(contentID: intake.id)
                }
            } recording: { connection throws(PostgresError) in
                try change.record(in: connection)
            }
            if outcome == .stored { change.committed() }
        } catch {
            // A connection lost in COMMIT leaves open whether there is a row: then the bytes stay, for gc to judge.
            if !error.leavesOutcomeOpen { content.unplace() }
            throw .intake(error, change)
        }
    }

    private func change(_ artifact: IncomingArtifact, _ facts: UploadFacts, _ request: APIRequest) -> AuditedChange {
        let subject = AuditSubject(
            fileType: artifact.type.rawValue,
            digest: artifact.digest,
            size: artifact.size,
            pipelineID: facts.pipelineID
        )
        let event = audit.event(.upload, byJob: artifact.jobID, of: facts, subject, status: 201, request)
        return AuditedChange(event, audit.trail)
    }
}

extension IntakeFailure {
    fileprivate var leavesOutcomeOpen: Bool {
        if case .database(let error) = self { error.isConnectionLost } else { false }
    }
}
