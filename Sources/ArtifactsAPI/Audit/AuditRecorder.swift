internal import Artifacts
internal import ArtifactsPostgres
internal import Glibc
internal import HTTPSemantics

/// Makes events of the audit trail out of requests and what was decided about them.
struct AuditRecorder: Sendable {
    let trail: AuditTrail
    let trustedProxies: [IPNetwork]

    /// Records a download, if the answer hands out stored bytes: 200, 206, or the 302 to a signed URL.
    ///
    /// HEAD and 304 hand out nothing; neither does a refusal.
    ///
    /// - Parameters:
    ///   - answer: The answer that is about to be sent.
    ///   - archive: What it is made from.
    ///   - fileType: Which of the job's artifacts it is.
    ///   - paths: The file, or what was selected, in the archive; empty for the whole. Only computed where it is needed.
    ///   - request: The request.
    /// - Returns: The same answer.
    /// - Throws: `RequestFailure.unavailable` where the trail has to be written first and cannot.
    func download(
        _ answer: Answer,
        of archive: ReadableArchive,
        fileType: FileType = .archive,
        paths: @autoclosure () -> [String] = [],
        _ request: APIRequest
    ) throws(RequestFailure) -> Answer {
        try download(
            answer,
            AuditSubject(fileType: fileType.rawValue, paths: paths(), digest: archive.row.content.digest),
            archive.admission,
            job: archive.jobID,
            request
        )
    }

    /// Records the download of any stored artifact, if the answer hands it out.
    ///
    /// - Parameters:
    ///   - answer: The answer that is about to be sent.
    ///   - subject: What it is made from. Only computed where it is needed.
    ///   - admission: Who reads it, and in which project.
    ///   - job: The job that it belongs to.
    ///   - request: The request.
    /// - Returns: The same answer.
    /// - Throws: `RequestFailure.unavailable` where the trail has to be written first and cannot.
    func download(
        _ answer: Answer,
        _ subject: @autoclosure () -> AuditSubject,
        _ admission: Admission,
        job: Int64,
        _ request: APIRequest
    ) throws(RequestFailure) -> Answer {
        guard trail.isOn, request.method == .get, let delivery = AuditDelivery(answer.delivery) else { return answer }
        var event = event(.download, admission, job: job, subject(), status: answer.status, request)
        event.delivery = delivery
        try trail.record(event)
        return answer
    }

    /// Makes an event of something that was allowed.
    ///
    /// - Parameters:
    ///   - action: What.
    ///   - admission: Who, and in which project.
    ///   - job: The job, or `nil` for all jobs of the project.
    ///   - subject: What is touched.
    ///   - status: The status of the answer.
    ///   - request: The request.
    /// - Returns: The event, with a number and the time.
    func event(
        _ action: AuditAction,
        _ admission: Admission,
        job: Int64?,
        _ subject: AuditSubject = AuditSubject(),
        status: Int,
        _ request: APIRequest
    ) -> AuditEvent {
        AuditEvent(
            id: trail.makeID(),
            createdAt: Self.now(),
            action: action,
            actor: AuditActor(admission.credential),
            projectID: admission.project.id,
            projectPath: admission.project.path,
            jobID: job,
            subject: subject,
            status: status,
            address: request.clientAddress(trusting: trustedProxies)?.description,
            requestID: request.requestID
        )
    }

    /// Makes an event of something that a job did with its own token.
    ///
    /// - Parameters:
    ///   - action: What.
    ///   - job: The job.
    ///   - facts: What is known of it.
    ///   - subject: What is touched.
    ///   - status: The status of the answer.
    ///   - request: The request.
    /// - Returns: The event, with a number and the time.
    func event(
        _ action: AuditAction,
        byJob job: Int64,
        of facts: UploadFacts,
        _ subject: AuditSubject,
        status: Int,
        _ request: APIRequest
    ) -> AuditEvent {
        AuditEvent(
            id: trail.makeID(),
            createdAt: Self.now(),
            action: action,
            actor: AuditActor(userID: facts.userID, tokenJobID: job),
            projectID: facts.projectID,
            projectPath: facts.projectPath,
            jobID: job,
            subject: subject,
            status: status,
            address: request.clientAddress(trusting: trustedProxies)?.description,
            requestID: request.requestID
        )
    }

    /// Microseconds since the Unix epoch.
    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}

extension AuditDelivery {
    /// Who sends the bytes of an answer, or `nil` where it hands out none that are stored.
    init?(_ delivery: Answer.Delivery) {
        switch delivery {
        case .none: return nil
        case .accel: self = .accel
        case .redirect: self = .redirect
        case .worker: self = .worker
        }
    }
}
