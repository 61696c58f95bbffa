internal import Artifacts
internal import ArtifactsPostgres
internal import Cryptography
internal import FastCGI
internal import HTTPSemantics
internal import Postgres

/// Takes the word of runners about their jobs: `PUT /jobs/:id` (the contract, section 8).
struct JobUpdateEndpoint: Sendable {
    let catalog: PublishingCatalog
    let settings: UploadSettings
    let audit: AuditRecorder

    /// Takes one word.
    ///
    /// Most of them say that the job still runs and change nothing; only others open a transaction, which looks again.
    ///
    /// - Parameters:
    ///   - segment: The raw segment that names the job.
    ///   - request: The request.
    ///   - exchange: Where the body comes from.
    ///   - buffer: Where it is read to.
    /// - Returns: The answer, with the job's status in `Job-Status`.
    /// - Throws: `RequestFailure` with the first check that fails.
    func answer(
        _ segment: ArraySlice<UInt8>,
        _ request: APIRequest,
        _ exchange: Exchange,
        _ buffer: UnsafeMutableRawBufferPointer
    ) throws(RequestFailure) -> Answer {
        let jobID = try ListParameters.id(segment, "id")
        let parameters = try RequestBody.parameters(of: request, exchange, settings, buffer)
        guard let token = try Self.token(parameters, request) else { throw .denied(.forbidden) }
        let facts = try facts(jobID, token)
        do throws(UploadRefusal) { try facts.job.checkExistence() } catch { throw .refused(error) }
        let report = try Self.report(parameters)
        let next: JobStatus?
        do throws(UploadRefusal) { next = try facts.job.status(after: report) } catch { throw .refused(error) }
        guard next != nil else { return Self.answer(facts.job.status) }
        let reason = Self.failureReason(parameters)
        let change = AuditedChange(
            audit.event(
                .endJob,
                byJob: jobID,
                of: facts,
                AuditSubject(pipelineID: facts.pipelineID),
                status: 200,
                request
            ),
            audit.trail
        )
        let outcome = try change.publishing { record throws(PublishingFailure) in
            try catalog.take(report, job: jobID, token: token.bytes, failureReason: reason, recording: record)
        }
        if outcome.hasChanged, outcome.status.hasEnded { change.committed() }
        return Self.answer(outcome.status)
    }

    private func facts(_ jobID: Int64, _ token: SHA256Digest) throws(RequestFailure) -> UploadFacts {
        let facts: UploadFacts?
        do { facts = try catalog.facts(job: jobID, token: token.bytes) } catch { throw .database(error) }
        guard let facts else { throw .denied(.forbidden) }
        return facts
    }

    /// Older runners send their token in the body only, newer ones in the header as well.
    private static func token(
        _ parameters: BodyParameters,
        _ request: APIRequest
    ) throws(RequestFailure) -> SHA256Digest? {
        guard let text = parameters.last("token") ?? parameters.last("job_token") else {
            return try UploadToken.outsideBody(of: request)
        }
        return try UploadToken.digest(of: text)
    }

    private static func report(_ parameters: BodyParameters) throws(RequestFailure) -> JobReport {
        var problems: [RequestFailure.ParameterProblem] = []
        let report = parameters.choice("state", JobReport.self, &problems)
        guard let report else { throw .parameters(problems.isEmpty ? [.missing("state")] : problems) }
        return report
    }

    /// GitLab's reasons are words of a list that grows; what is no such word is no reason.
    private static func failureReason(_ parameters: BodyParameters) -> String? {
        guard let reason = parameters.last("failure_reason"), reason.utf8.count <= 64 else { return nil }
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        return reason.utf8.allSatisfy { letters.contains($0) || $0 == UInt8(ascii: "_") } ? reason : nil
    }

    /// The status as a JSON string, as in GitLab.
    private static func answer(_ status: JobStatus) -> Answer {
        var fields = HeaderBlock()
        fields.append("Job-Status", status.rawValue)
        fields.append("Content-Type", "application/json")
        return Answer(status: 200, fields: fields, body: .bytes(Array(#""200""#.utf8)))
    }
}
