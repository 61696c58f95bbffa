internal import Artifacts
internal import Cryptography
public import CurlHTTP

/// One run of the publishing client, from the files to the URLs.
///
/// The files come first: what is missing is known before anything is asked of the server. Whatever goes wrong after a job was
/// made, the job is ended as failed, so that none is left running.
public final class Publication {
    private let request: PublishRequest
    private let observer: PublishObserver
    private let interruption: Interruption
    private let clock: ClientClock
    private let api: PublishingAPI
    private let cleaningAPI: PublishingAPI
    private let keys: IdempotencyKeys
    private var result: PublishResult
    /// What a failure has to put in order.
    private var unfinished = Unfinished()

    private struct Unfinished {
        /// A job that may have been asked for: its answer has not come.
        var jobIsPending = false
        var job: PublishedJob?
        var pipeline: Int64?
    }

    /// Prepares a run.
    ///
    /// - Parameters:
    ///   - request: What is to be published.
    ///   - token: The access token.
    ///   - transport: What sends requests.
    ///   - clock: Time and chance.
    ///   - policy: When something is tried again.
    ///   - interruption: Tells when to stop.
    ///   - observer: Who is told how it goes.
    /// - Throws: ``PublishError`` where there are no random numbers.
    public init(
        _ request: PublishRequest,
        token: String,
        transport: any HTTPTransport,
        clock: ClientClock,
        policy: RetryPolicy = RetryPolicy(),
        interruption: Interruption,
        observer: PublishObserver
    ) throws(PublishError) {
        self.request = request
        self.observer = observer
        self.interruption = interruption
        self.clock = clock
        keys = try IdempotencyKeys()
        func api(_ policy: RetryPolicy, deadline: Int64) -> PublishingAPI {
            let client = APIClient(
                transport: transport,
                clock: clock,
                policy: policy,
                deadline: deadline,
                warn: observer.warn
            )
            return PublishingAPI(client: client, server: request.server, token: token)
        }
        let deadline = clock.milliseconds() + request.timeLimit
        self.api = api(policy, deadline: deadline)
        // Who has pressed ^C, or whose time is over, waits for this.
        cleaningAPI = api(RetryPolicy(attempts: 3, firstDelay: policy.firstDelay, longestDelay: 2000), deadline: .max)
        result = PublishResult(
            server: request.server,
            project: request.project,
            projectID: 0,
            pipelineID: 0
        )
    }

    /// Publishes.
    ///
    /// - Returns: What was published.
    /// - Throws: ``PublishError``; what had been begun has then been ended, as far as the server could be reached.
    public func run() throws(PublishError) -> PublishResult {
        do {
            result.projectID = try api.project(request.project)
            let staged = try request.job.map { (job) throws(PublishError) in try stage(job) }
            try openPipeline()
            if let job = request.job, let staged { try publish(job, staged) }
            if request.finishes { try finishPipeline() }
            return result
        } catch {
            throw putInOrder(after: error)
        }
    }

    private func openPipeline() throws(PublishError) {
        switch request.pipeline {
        case .existing(let id):
            result.pipelineID = id
        case .create(let ref, _, _, _):
            result.ref = ref
            result.pipelineID = try api.createPipeline(request.pipeline, in: result.projectID, key: keys.pipeline)
            if request.finishes { unfinished.pipeline = result.pipelineID }
            observer.note("pipeline \(result.pipelineID) of \(ref)")
        }
    }

    private func finishPipeline() throws(PublishError) {
        result.pipelineStatus = try api.finish(result.pipelineID, in: result.projectID)
        unfinished.pipeline = nil
        observer.note("pipeline \(result.pipelineID) is finished: \(result.pipelineStatus ?? "")")
    }

    private func publish(_ job: PublishRequest.Job, _ staged: PackedArtifact) throws(PublishError) {
        unfinished.jobIsPending = true
        let made = try api.createJob(job, in: result.projectID, result.pipelineID, key: keys.job)
        unfinished.job = made
        observer.note("job \(made.id): \(job.name)")
        try upload(job, staged, of: made)
        try api.end(made, failureReason: job.hasFailed ? "script_failure" : nil)
        unfinished.job = nil
        unfinished.jobIsPending = false
        result.artifact = PublishResult.Artifact(
            jobID: made.id,
            name: job.name,
            hasFailed: job.hasFailed,
            type: job.type,
            filename: staged.filename,
            size: staged.file.length,
            sha256: staged.file.digest?.hex ?? ""
        )
    }

    private func upload(
        _ job: PublishRequest.Job,
        _ staged: PackedArtifact,
        of made: PublishedJob
    ) throws(PublishError) {
        let upload = UploadCall(
            job: made,
            file: staged.file,
            filename: staged.filename,
            type: job.type,
            expireIn: job.expireIn,
            access: job.access,
            boundary: keys.boundary
        )
        let call = upload.call(request.server)
        let total = call.body.length
        let observer = observer
        _ = try api.client.send("upload of \(staged.filename)", call, accepting: [201]) { sent in
            observer.progress(.uploading, sent, total)
        }
        observer.note("\(staged.filename): \(staged.file.length) bytes, sha256 \(staged.file.digest?.hex ?? "")")
    }
}

extension Publication {
    private func stage(_ job: PublishRequest.Job) throws(PublishError) -> PackedArtifact {
        let interruption = interruption
        let progress = observer.progress
        return try PackedArtifact(job, warn: observer.warn) { (done, total) throws(PublishError) in
            guard !interruption.isPressing else { throw APIClient.interrupted }
            progress(.packing, done, total)
        }
    }

    /// Ends what was begun, and says what the run ended by.
    private func putInOrder(after error: PublishError) -> PublishError {
        var error = error
        if case .interrupted = error.kind { error.kind = .interrupted(signal: interruption.number) }
        interruption.beginCleaning()
        if let job = jobToEnd(after: error) {
            let reason = error.kind == .outOfTime ? "job_execution_timeout" : "runner_system_failure"
            do { try cleaningAPI.end(job, failureReason: reason) } catch {
                observer.warn("job \(job.id) could not be ended: \(error.message)")
            }
        }
        if let pipeline = unfinished.pipeline {
            do { _ = try cleaningAPI.finish(pipeline, in: result.projectID) } catch {
                observer.warn("pipeline \(pipeline) could not be finished: \(error.message)")
            }
        }
        return error
    }

    /// A job whose making was not answered may be there: asked for again by its key, it tells its token.
    private func jobToEnd(after error: PublishError) -> PublishedJob? {
        if let job = unfinished.job { return job }
        guard unfinished.jobIsPending, let job = request.job else { return nil }
        switch error.kind {
        case .interrupted, .unavailable, .outOfTime: break
        default: return nil
        }
        return try? cleaningAPI.createJob(job, in: result.projectID, result.pipelineID, key: keys.job)
    }
}
