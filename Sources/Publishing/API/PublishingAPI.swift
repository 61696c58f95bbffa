internal import Artifacts
internal import CurlHTTP
internal import HTTPSemantics

/// The endpoints that publishing needs.
struct PublishingAPI {
    let client: APIClient
    let server: ServerAddress
    let token: String

    /// The number of a project, also of one that was renamed (301 to its number).
    func project(_ project: String) throws(PublishError) -> Int64 {
        let call = call("GET", ["projects", project])
        let reply = try client.send("project \(project)", call, accepting: [200, 301])
        guard reply.status == 301 else { return try number("id", in: reply, of: "the project") }
        let target = reply["Location"] ?? ""
        let path = target.utf8.prefix { $0 != UInt8(ascii: "?") }
        guard let last = String(path)?.split(separator: "/").last, let id = Int64(last) else {
            throw PublishError(.internal, "the server redirects to \(target)")
        }
        return id
    }

    /// Makes a pipeline, which stays open; of the same key the server makes one only, however often it is asked.
    func createPipeline(
        _ pipeline: PublishRequest.Pipeline,
        in project: Int64,
        key: String
    ) throws(PublishError) -> Int64 {
        guard case .create(let ref, let tag, let sha, let source) = pipeline else { return 0 }
        let call = call("POST", ["projects", "\(project)", "pipelines"], key: key) { json in
            json.member("ref", ref)
            json.member("tag", tag)
            if let sha { json.member("sha", sha) }
            if let source { json.member("source", source) }
        }
        return try number("id", in: client.send("new pipeline", call, accepting: [200, 201]), of: "the pipeline")
    }

    /// Makes a running job; of the same key the server makes one only, and hands out its token again.
    func createJob(
        _ job: PublishRequest.Job,
        in project: Int64,
        _ pipeline: Int64,
        key: String
    ) throws(PublishError) -> PublishedJob {
        let call = call("POST", ["projects", "\(project)", "pipelines", "\(pipeline)", "jobs"], key: key) { json in
            json.member("name", job.name)
            if let stage = job.stage { json.member("stage", stage) }
            json.member("allow_failure", job.allowFailure)
            json.member("status", "running")
        }
        let reply = try client.send("new job", call, accepting: [200, 201])
        guard let token = (try? JSONValue(parsing: reply.body))?["token"]?.text else {
            throw PublishError(.internal, "the server's answer has no token of the job")
        }
        return PublishedJob(id: try number("id", in: reply, of: "the job"), token: token)
    }

    /// Ends a job; a repeat of the same state changes nothing.
    func end(_ job: PublishedJob, failureReason: String?) throws(PublishError) {
        let url = server.endpoint(["jobs", "\(job.id)"])
        let body = Self.json { json in
            json.member("token", job.token)
            json.member("state", failureReason == nil ? "success" : "failed")
            if let failureReason { json.member("failure_reason", failureReason) }
        }
        let headers = [("JOB-TOKEN", job.token), ("Content-Type", "application/json")]
        _ = try client.send(
            "end of the job",
            HTTPCall("PUT", url, headers: headers, body: .bytes(body)),
            accepting: [200]
        )
    }

    /// Finishes a pipeline.
    ///
    /// - Returns: The status that it has then, where the server says so.
    func finish(_ pipeline: Int64, in project: Int64) throws(PublishError) -> String? {
        let call = call("PUT", ["projects", "\(project)", "pipelines", "\(pipeline)"]) { json in
            json.member("state", "finished")
        }
        let reply = try client.send("end of the pipeline", call, accepting: [200])
        return (try? JSONValue(parsing: reply.body))?["status"]?.text
    }

    /// A request with the access token.
    private func call(
        _ method: String,
        _ path: [String],
        key: String? = nil,
        _ members: ((inout JSONWriter) -> Void)? = nil
    ) -> HTTPCall {
        var headers = [("PRIVATE-TOKEN", token), ("Accept", "application/json")]
        // draft-ietf-httpapi-idempotency-key-header: a string of RFC 9651.
        if let key { headers.append(("Idempotency-Key", "\"\(key)\"")) }
        guard let members else { return HTTPCall(method, server.endpoint(path), headers: headers) }
        headers.append(("Content-Type", "application/json"))
        return HTTPCall(method, server.endpoint(path), headers: headers, body: .bytes(Self.json(members)))
    }

    private static func json(_ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter()
        json.object(members)
        return json.bytes
    }

    private func number(_ name: String, in reply: HTTPReply, of what: String) throws(PublishError) -> Int64 {
        guard let id = (try? JSONValue(parsing: reply.body))?[name]?.integer, id > 0 else {
            throw PublishError(.internal, "the server's answer has no number of \(what)")
        }
        return id
    }
}

/// A job that was made, and what it may upload with.
struct PublishedJob: Equatable {
    let id: Int64
    let token: String
}
