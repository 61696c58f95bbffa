internal import Artifacts
internal import ArtifactsPostgres
internal import ContentStore
internal import Cryptography
internal import HTTPSemantics
internal import Postgres
internal import ZipArchive

/// The logs of jobs.
extension MetadataEndpoint {
    /// `GET /projects/:id/jobs/:job_id/trace`: the stored bytes, those that have come in so far, or none.
    ///
    /// Conditions and ranges are those of archives, so that a long log can be resumed, or read from its end.
    func trace(
        _ job: ArraySlice<UInt8>,
        _ project: ArraySlice<UInt8>,
        _ request: APIRequest
    ) throws(RequestFailure) -> Answer {
        let id = try ListParameters.id(job, "job_id")
        let admission = try admit(project, request)
        let record = try asking { () throws(PostgresError) in
            try catalog.traces.trace(job: id, project: admission.project.id)
        }
        guard let record else { throw .missing(.job, reason: nil) }
        guard let row = record.trace else { return try written(record.writtenBytes, id, admission, request) }
        guard AccessPolicy.canReadArtifact(row.access, admission.caller) else { throw .denied(.forbidden) }
        guard let digest = SHA256Digest(bytes: row.content.digest) else {
            throw .internal(cause: "content \(row.content.id) has no digest")
        }
        let file = try open(ContentReference(id: row.content.id, digest: digest), size: row.content.size)
        let representation = Representation(
            validators: Validators(
                entityTag: EntityTag(digest.hex),
                lastModified: Timestamp.unixSeconds(microseconds: row.createdAt)
            ),
            size: row.content.size,
            contentType: "text/plain"
        )
        let answer = try answer(representation, FileSource(file: file), id, request)
        let subject = AuditSubject(fileType: FileType.trace.rawValue, digest: row.content.digest)
        return try audit.download(answer, subject, admission, job: id, request)
    }

    /// The log as far as it has been written.
    ///
    /// Its bytes never change, so that job and length are as good a tag as their digest would be.
    private func written(
        _ size: Int64,
        _ id: Int64,
        _ admission: Admission,
        _ request: APIRequest
    ) throws(RequestFailure) -> Answer {
        guard size > 0 else { return Self.emptyTrace(id) }
        let source = WrittenTraceSource(
            traces: catalog.traces,
            store: store,
            jobID: id,
            projectID: admission.project.id
        )
        let representation = Representation(
            validators: Validators(entityTag: EntityTag("trace-\(id)-\(size)")),
            size: size,
            contentType: "text/plain"
        )
        let answer = try answer(representation, source, id, request)
        return try audit.download(answer, AuditSubject(fileType: FileType.trace.rawValue), admission, job: id, request)
    }

    private func answer(
        _ representation: Representation,
        _ source: any BodySource,
        _ id: Int64,
        _ request: APIRequest
    ) throws(RequestFailure) -> Answer {
        switch try representation.select(request) {
        case .notModified: representation.notModified()
        case .unsatisfiable: representation.unsatisfiable()
        case .whole: representation.whole(Self.traceFields(id), body: source)
        case .single(let range): representation.single(range, Self.traceFields(id), body: source)
        case .multiple(let ranges): representation.multiple(ranges, Self.traceFields(id), body: source)
        }
    }

    private static func emptyTrace(_ id: Int64) -> Answer {
        var fields = traceFields(id)
        fields.append("Content-Type", "text/plain")
        return Answer(status: 200, fields: fields, body: .bytes([]))
    }

    /// The disposition is GitLab's own word.
    private static func traceFields(_ id: Int64) -> HeaderBlock {
        var fields = HeaderBlock()
        fields.append("Content-Disposition", "infile; filename=\"\(id).log\"")
        fields.append("Content-Security-Policy", "sandbox; default-src 'none'")
        fields.append("Cache-Control", "private, no-cache")
        return fields
    }

    /// A file of another size is told before the first byte, not by breaking the transfer off.
    private func open(_ content: ContentReference, size: Int64) throws(RequestFailure) -> ArchiveFile {
        let file: ArchiveFile
        do { file = try store.open(content) } catch { throw .store(error) }
        let found: Int64
        do { found = try file.size() } catch { throw .internal(cause: "\(error)") }
        guard found == size else {
            throw .corruptArchive(cause: "content \(content) has \(found) bytes instead of \(size)")
        }
        return file
    }
}
