import CurlHTTP
import Glibc
import HTTPSemantics

@testable import Publishing

/// A server that knows keys and digests, as the real one does, behind a network that can be told to fail.
final class FakeServer: HTTPTransport {
    /// What happens to a request on its way.
    enum Fault: Equatable {
        /// It does not arrive.
        case lostRequest
        /// It arrives, and its answer is lost.
        case lostAnswer
        /// It is answered by something between.
        case status(Int, retryAfter: String?)
        /// A signal comes while it is under way, after it has arrived.
        case interrupted(Int32)
        case failure(TransferError.Kind)
    }

    /// The requests as they were sent: method and the path below `/api/v4`.
    private(set) var requests: [String] = []
    private(set) var waits: [Int64] = []
    private(set) var pipelines: [String: (id: Int, status: String)] = [:]
    private(set) var jobs: [String: (id: Int, state: String)] = [:]
    private(set) var uploads: [[UInt8]] = []
    private var now: Int64 = 0
    let interruption = Interruption()
    /// What happens to the next requests that fit, one after the other.
    var faults: [(request: String, fault: Fault)] = []
    /// How long each request takes, in milliseconds.
    var duration: Int64 = 0

    var clock: ClientClock {
        ClientClock(
            milliseconds: { [self] in now },
            wallSeconds: { [self] in now / 1000 },
            sleep: { [self] in
                waits.append($0)
                now += $0
                return !interruption.isPressing
            },
            random: { 0 }
        )
    }

    func perform(_ call: HTTPCall, limit: Int64, onProgress: (Int64) -> Void) throws(TransferError) -> HTTPReply {
        let name = "\(call.method) \(call.url.components(after: "/api/v4"))"
        requests.append(name)
        now += duration
        guard !interruption.isPressing else { throw TransferError(.interrupted, "stopped") }
        guard let index = faults.firstIndex(where: { name.hasPrefix($0.request) }) else { return answer(call, name) }
        switch faults.remove(at: index).fault {
        case .lostRequest: throw TransferError(.connection, "refused")
        case .lostAnswer:
            _ = answer(call, name)
            throw TransferError(.connection, "reset")
        case .status(let status, let retryAfter):
            return HTTPReply(
                status: status,
                headers: retryAfter.map { [("Retry-After", $0)] } ?? [],
                body: Array("{}".utf8)
            )
        case .interrupted(let signal):
            _ = answer(call, name)
            _ = interruption.raise(signal)
            throw TransferError(.interrupted, "stopped")
        case .failure(let kind): throw TransferError(kind, "failed")
        }
    }

    private func answer(_ call: HTTPCall, _ name: String) -> HTTPReply {
        let key = call.headers.first { $0.name == "Idempotency-Key" }?.value ?? ""
        let fields = (try? JSONValue(parsing: Self.bytes(call.body))) ?? .null
        switch name {
        case "GET /projects/acme%2Fsite": return reply(200, #"{"id":3}"#)
        case "POST /projects/3/pipelines":
            let pipeline = pipelines[key] ?? (pipelines.count + 70, "running")
            pipelines[key] = pipeline
            return reply(201, #"{"id":\#(pipeline.id)}"#)
        case "POST /projects/3/pipelines/70/jobs", "POST /projects/3/pipelines/5/jobs":
            let job = jobs[key] ?? (jobs.count + 80, "running")
            jobs[key] = job
            return reply(201, #"{"id":\#(job.id),"token":"glcbt-\#(job.id)"}"#)
        case "PUT /jobs/80":
            for (key, job) in jobs { jobs[key] = (job.id, fields["state"]?.text ?? "") }
            return reply(200, "{}")
        case "PUT /projects/3/pipelines/70", "PUT /projects/3/pipelines/5":
            for (key, pipeline) in pipelines { pipelines[key] = (pipeline.id, "finished") }
            return reply(200, #"{"status":"success"}"#)
        default:
            guard name.hasPrefix("POST /jobs/80/artifacts?") else { return reply(404, #"{"message":"404 Not found"}"#) }
            let body = Self.bytes(call.body)
            if !uploads.contains(body) { uploads.append(body) }
            return reply(201, "{}")
        }
    }

    private func reply(_ status: Int, _ body: String) -> HTTPReply { HTTPReply(status: status, body: Array(body.utf8)) }

    static func bytes(_ body: HTTPCall.Body) -> [UInt8] {
        switch body {
        case .none: return []
        case .bytes(let bytes): return bytes
        case .file(let before, let descriptor, let length, let after):
            var content = [UInt8](repeating: 0, count: Int(length))
            let count = pread(descriptor, &content, content.count, 0)
            return before + content.prefix(max(0, count)) + after
        }
    }
}

extension String {
    /// What stands behind a text.
    fileprivate func components(after text: String) -> String {
        var rest = self[...]
        while !rest.isEmpty, !rest.hasPrefix(text) { rest.removeFirst() }
        return String(rest.dropFirst(text.count))
    }
}
