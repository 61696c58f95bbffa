import CurlHTTP
import Testing

@testable import Publishing

/// The working directory is the process's; `Package.swift` lies in it when the tests run.
@Suite("One run")
struct PublicationTests {
    private static let address = ["--url", "http://a.example", "--project", "acme/site"]
    private static let arguments =
        address + ["--ref", "main", "--job", "build", "--exclude", "*.resolved", "Package.swift"]

    private static let pipeline = "POST /projects/3/pipelines"
    private static let job = "POST /projects/3/pipelines/70/jobs"
    private static let upload = "POST /jobs/80/artifacts?artifact_format=zip&artifact_type=archive"
    private static let endOfJob = "PUT /jobs/80"
    private static let endOfPipeline = "PUT /projects/3/pipelines/70"
    private static let steps = ["GET /projects/acme%2Fsite", pipeline, job, upload, endOfJob, endOfPipeline]

    private func run(_ server: FakeServer, _ arguments: [String] = Self.arguments) throws(PublishError) -> PublishResult
    {
        guard case .publish(let request, _) = try PublishArguments(arguments) else {
            throw PublishError(.internal, "no request")
        }
        return try Publication(
            request,
            token: "glpat-x",
            transport: server,
            clock: server.clock,
            interruption: server.interruption,
            observer: PublishObserver()
        ).run()
    }

    private func expectOne(_ server: FakeServer, job state: String) {
        #expect(server.pipelines.values.map(\.id) == [70] && server.pipelines.values.map(\.status) == ["finished"])
        #expect(server.jobs.values.map(\.id) == [80] && server.jobs.values.map(\.state) == [state])
    }

    @Test("Each step once, and the URLs of the job and of the ref")
    func plain() throws {
        let server = FakeServer()
        let result = try run(server)
        #expect(server.requests == Self.steps)
        expectOne(server, job: "success")
        #expect(
            result.urls == [
                "http://a.example/api/v4/projects/acme%2Fsite/jobs/80/artifacts",
                "http://a.example/api/v4/projects/acme%2Fsite/jobs/artifacts/main/download?job=build",
            ]
        )
    }

    @Test(
        "Whatever is lost on the way, one pipeline, one job and one artifact come out",
        arguments: steps,
        [
            .lostRequest, .lostAnswer, .status(502, retryAfter: nil), .status(503, retryAfter: "7"),
            .status(429, retryAfter: "1"),
        ] as [FakeServer.Fault]
    )
    func faults(step: String, fault: FakeServer.Fault) throws {
        let server = FakeServer()
        server.faults = [(step, fault), (step, fault), (step, fault)]
        _ = try run(server)
        expectOne(server, job: "success")
        #expect(server.uploads.count == 1 && server.waits.count == 3)
        if case .status(_, let wanted?) = fault {
            #expect(server.waits == [Int64](repeating: 1000 * (Int64(wanted) ?? 0), count: 3))
        }
    }

    @Test("What fails for good ends the job as failed", arguments: [upload, endOfJob])
    func failureAfterJob(step: String) {
        let server = FakeServer()
        server.faults = [(step, .status(400, retryAfter: nil))]
        let error = #expect(throws: PublishError.self) { try run(server) }
        #expect(error?.kind == .data)
        expectOne(server, job: "failed")
    }

    @Test("A signal ends the job as failed, also one whose making was not answered", arguments: [job, upload])
    func interrupted(step: String) {
        let server = FakeServer()
        server.faults = [(step, .interrupted(15))]
        let error = #expect(throws: PublishError.self) { try run(server) }
        #expect(error?.exitStatus == 143)
        expectOne(server, job: "failed")
    }

    @Test("A signal before that leaves nothing behind", arguments: [steps[0]])
    func interruptedEarly(step: String) {
        let server = FakeServer()
        server.faults = [(step, .interrupted(2))]
        let error = #expect(throws: PublishError.self) { try run(server) }
        #expect(error?.exitStatus == 130 && server.pipelines.isEmpty && server.requests.count == 1)
    }

    @Test("Tries come to an end")
    func attempts() {
        let server = FakeServer()
        server.faults = Array(repeating: (Self.steps[0], .lostRequest), count: 100)
        let error = #expect(throws: PublishError.self) { try run(server) }
        #expect(error?.kind == .unavailable && server.requests.count == 8)
    }

    @Test("No time is left for another try")
    func timeLimit() {
        let server = FakeServer()
        server.duration = 4000
        server.faults = Array(repeating: (Self.upload, .lostAnswer), count: 100)
        let error = #expect(throws: PublishError.self) { try run(server, Self.arguments + ["--timeout", "20s"]) }
        #expect(error?.kind == .outOfTime && error?.exitStatus == 69)
        expectOne(server, job: "failed")
    }

    @Test(
        "Refusals have their exit statuses",
        arguments: [
            (.status(401, retryAfter: nil), 77), (.status(403, retryAfter: nil), 77),
            (.status(404, retryAfter: nil), 65),
            (.status(413, retryAfter: nil), 65), (.status(507, retryAfter: nil), 69),
            (.status(204, retryAfter: nil), 70),
            (.failure(.trust), 78), (.failure(.libcurl), 70), (.failure(.body), 70),
        ] as [(FakeServer.Fault, Int32)]
    )
    func statuses(fault: FakeServer.Fault, status: Int32) {
        let server = FakeServer()
        server.faults = [(Self.pipeline, fault)]
        let error = #expect(throws: PublishError.self) { try run(server) }
        #expect(error?.exitStatus == status && server.requests.count == 2)
    }

    @Test("A job in somebody else's pipeline does not finish it")
    func existing() throws {
        let server = FakeServer()
        let result = try run(server, Self.address + ["--pipeline", "5", "--job", "x", "--failed", "Package.swift"])
        #expect(server.requests.suffix(3) == ["POST /projects/3/pipelines/5/jobs", Self.upload, Self.endOfJob])
        #expect(server.jobs.values.map(\.state) == ["failed"] && result.urls.count == 1)
    }

    @Test("A pipeline can be opened and finished without a job")
    func withoutJob() throws {
        let server = FakeServer()
        #expect(try run(server, Self.address + ["--ref", "main", "--keep-open"]).pipelineID == 70)
        #expect(server.pipelines.values.map(\.status) == ["running"])
        _ = try run(server, Self.address + ["--pipeline", "5", "--finish"])
        #expect(server.requests.last == "PUT /projects/3/pipelines/5")
    }

    @Test(
        "A file that is missing is found out before anything is made",
        arguments: ["nowhere", "..", "Package.swift/x"]
    )
    func missing(path: String) {
        let server = FakeServer()
        let error = #expect(throws: PublishError.self) { try run(server, Self.arguments + [path]) }
        #expect(error?.exitStatus == 65 && server.requests.count == 1)
    }
}
