import Synchronization
import Testing

@testable import Observability

@Suite("The operators' listener")
struct MonitoringServerTests {
    /// What the injected check answers, and how often it was asked.
    private final class Health: Sendable {
        let failure = Mutex<String?>(nil)
        let asked = Atomic(0)

        var check: HealthCheck {
            HealthCheck("database") { [self] in
                asked.wrappingAdd(1, ordering: .relaxed)
                return failure.withLock { $0 }
            }
        }
    }

    /// Runs a body against a server on a port of its own.
    private func withServer(
        _ health: Health = Health(),
        _ body: (MonitoringServer, UInt16) throws -> Void
    ) throws {
        let registry = MetricsRegistry()
        try registry.gauge("answer", help: "The answer.")[0].set(42)
        let server = try MonitoringServer(address: "127.0.0.1:0", registry: registry, checks: [health.check])
        try server.start()
        defer { server.stop() }
        let port = try #require(server.address.split(separator: ":").last.flatMap { UInt16($0) })
        try body(server, port)
    }

    private func get(_ port: UInt16, _ target: String, method: String = "GET") throws -> String {
        try RawHTTPClient.exchange(port, "\(method) \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
    }

    @Test(
        "each path answers its document",
        arguments: [
            ("/-/health", "200 OK", "text/plain; charset=utf-8", "artifactd OK\n"),
            ("/-/liveness", "200 OK", "application/json", #"{"status":"ok"}"#),
            ("/-/readiness", "200 OK", "application/json", #"{"status":"ok"}"#),
            (
                "/-/readiness?all=1", "200 OK", "application/json",
                #"{"status":"ok","database_check":[{"status":"ok"}]}"#
            ),
            (
                "/-/metrics", "200 OK", "text/plain; version=0.0.4; charset=utf-8",
                "# HELP answer The answer.\n# TYPE answer gauge\nanswer 42\n"
            ),
            ("/", "404 Not Found", "application/json", #"{"error":"404 Not Found"}"#),
            ("/-/metrics/", "404 Not Found", "application/json", #"{"error":"404 Not Found"}"#),
        ]
    )
    func documents(target: String, status: String, mediaType: String, body: String) throws {
        try withServer { (_, port) throws in
            let head = """
                HTTP/1.1 \(status)\r
                Content-Type: \(mediaType)\r
                Content-Length: \(body.utf8.count)\r
                Cache-Control: no-store\r
                X-Content-Type-Options: nosniff\r
                X-Frame-Options: SAMEORIGIN\r
                Connection: close\r
                \r

                """
            #expect(try get(port, target) == head + body)
            #expect(try get(port, target, method: "HEAD") == head)
        }
    }

    @Test("other methods are refused with those that are allowed", arguments: ["POST", "DELETE", "get"])
    func methods(method: String) throws {
        try withServer { (_, port) throws in
            let body = "Content-Length: 5\r\n\r\nhello"
            let response = try RawHTTPClient.exchange(port, "\(method) /-/health HTTP/1.1\r\n\(body)")
            #expect(response.hasPrefix("HTTP/1.1 405 Not Allowed\r\n"))
            #expect(response.contains("\r\nAllow: GET, HEAD\r\n"))
            #expect(try get(port, "/x", method: method).hasPrefix("HTTP/1.1 404 "))
        }
    }

    @Test(
        "what is no request is 400",
        arguments: ["\n\n", "GET\r\n\r\n", "GET /-/health\r\n\r\n", "GET http://a/ HTTP/1.1\r\n\r\n", "a b c\r\n\r\n"]
    )
    func malformed(request: String) throws {
        try withServer { (_, port) throws in
            #expect(try RawHTTPClient.exchange(port, request).hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        }
    }

    @Test("a head beyond the limit is 431")
    func tooLong() throws {
        try withServer { (_, port) throws in
            let request = "GET /-/health HTTP/1.1\r\nX: " + String(repeating: "a", count: 20_000)
            #expect(try RawHTTPClient.exchange(port, request).hasPrefix("HTTP/1.1 431 "))
        }
    }

    @Test("a request may come in pieces, and by HTTP/1.0 with bare line feeds")
    func pieces() throws {
        try withServer { (_, port) throws in
            let client = try RawHTTPClient(port: port)
            for piece in ["GE", "T /-/live", "ness HTTP/1.0", "\n", "\n"] { client.send(piece) }
            #expect(client.receive().hasSuffix(#"{"status":"ok"}"#))
        }
    }

    @Test("a failing check makes readiness 503 with its reason, and nothing else")
    func failing() throws {
        let health = Health()
        health.failure.withLock { $0 = "password=hunter2 refused" }
        try withServer(health) { (_, port) throws in
            let response = try get(port, "/-/readiness")
            #expect(response.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
            let reason = #""database_check":[{"status":"failed","message":"password=[FILTERED] refused"}]}"#
            #expect(response.hasSuffix(#"{"status":"failed","# + reason))
            #expect(try get(port, "/-/liveness").hasPrefix("HTTP/1.1 200 "))
            #expect(try get(port, "/-/health").hasPrefix("HTTP/1.1 200 "))
            #expect(health.asked.load(ordering: .relaxed) >= 1)
        }
    }

    @Test("a server that is stopping is not ready but alive")
    func stopping() throws {
        try withServer { (server, port) throws in
            server.beginStopping()
            #expect(try get(port, "/-/readiness").hasPrefix("HTTP/1.1 503 "))
            #expect(try get(port, "/-/liveness").hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test("mute clients are dropped and do not keep others from their answer")
    func muteClients() throws {
        try withServer { (_, port) throws in
            let mute = try (0..<8).map { _ in try RawHTTPClient(port: port) }
            mute[0].send("GET /-/health HTTP/1.1\r\n")
            #expect(try get(port, "/-/liveness").hasPrefix("HTTP/1.1 200 "))
            for client in mute { #expect(client.receive() == "") }
        }
    }

    @Test("stop ends open connections and frees the port")
    func stop() throws {
        let server = try MonitoringServer(address: "127.0.0.1:0", registry: MetricsRegistry(), checks: [])
        try server.start()
        let port = try #require(server.address.split(separator: ":").last.flatMap { UInt16($0) })
        let client = try RawHTTPClient(port: port)
        client.send("GET")
        server.stop()
        server.stop()
        #expect(client.receive() == "")
        let next = try MonitoringServer(address: server.address, registry: MetricsRegistry(), checks: [])
        #expect(next.address == server.address)
    }

    @Test("a port in use is an error that names the address")
    func portInUse() throws {
        try withServer { (server, _) throws in
            #expect(throws: ObservabilityError(.addressInUse, server.address)) {
                try MonitoringServer(address: server.address, registry: MetricsRegistry(), checks: [])
            }
            let error = ObservabilityError(.addressInUse, server.address)
            #expect(error.description == "\(server.address) is in use by another process")
        }
    }

    @Test("an address that cannot be is an error", arguments: ["", "8082", ":8082", "a:b", "127.0.0.1:65536", "[::1]"])
    func invalidAddress(address: String) {
        #expect(throws: ObservabilityError(.invalidAddress, address)) {
            try MonitoringServer(address: address, registry: MetricsRegistry(), checks: [])
        }
    }

    @Test("an address of another machine cannot be listened on")
    func foreignAddress() {
        #expect(throws: ObservabilityError(.cannotListen, "192.0.2.1:0")) {
            try MonitoringServer(address: "192.0.2.1:0", registry: MetricsRegistry(), checks: [])
        }
    }
}
