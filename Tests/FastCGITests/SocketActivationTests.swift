import Glibc
import Testing

@testable import FastCGI

@Suite("Sockets handed over by systemd")
struct SocketActivationTests {
    private func activation(_ variables: [String: String], first: Int32 = 3) throws -> SocketActivation {
        try SocketActivation(processID: 42, first: first) { variables[$0] }
    }

    @Test("the names follow the order of the descriptors")
    func names() throws {
        let variables = ["LISTEN_PID": "42", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "api:uploads"]
        let activation = try activation(variables)
        #expect(activation.names == ["api", "uploads"])
        #expect(activation.descriptor(named: "uploads") == 4)
        #expect(activation.descriptor(at: 0) == 3)
        #expect(activation.descriptor(at: 2) == nil)
        #expect(activation.descriptor(named: "other") == nil)
    }

    @Test("descriptors without names are unknown")
    func withoutNames() throws {
        #expect(try activation(["LISTEN_PID": "42", "LISTEN_FDS": "2"]).names == ["unknown", "unknown"])
    }

    @Test(
        "variables meant for another process are ignored",
        arguments: [[:], ["LISTEN_FDS": "1"], ["LISTEN_PID": "41", "LISTEN_FDS": "1"], ["LISTEN_PID": "42"]]
    )
    func ignored(variables: [String: String]) throws {
        #expect(try activation(variables).names.isEmpty)
    }

    @Test(
        "variables that make no sense are an error",
        arguments: [
            (["LISTEN_PID": "42", "LISTEN_FDS": "x"], "LISTEN_FDS"),
            (["LISTEN_PID": "42", "LISTEN_FDS": "-1"], "LISTEN_FDS"),
            (["LISTEN_PID": "42", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "one"], "LISTEN_FDNAMES"),
        ]
    )
    func invalid(variables: [String: String], culprit: String) {
        #expect(throws: FastCGIError.activationInvalid(culprit)) { try activation(variables) }
    }

    @Test("a listening socket is taken over, made non-blocking, and left in place when it is closed")
    func takesOver() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/s"
        let systemd = try Listener(address: ListenAddress("unix:\(path)"))
        let handed = dup(systemd.descriptor)
        _ = fcntl(handed, F_SETFL, 0)
        let activation = try activation(
            ["LISTEN_PID": "42", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "api"],
            first: handed
        )
        #expect(try Listener.inherited(named: "uploads", from: activation) == nil)
        let listener = try #require(try Listener.inherited(named: "api", from: activation))
        #expect(listener.descriptor == handed)
        #expect(fcntl(handed, F_GETFL) & O_NONBLOCK != 0)
        #expect(fcntl(handed, F_GETFD) & FD_CLOEXEC != 0)
        listener.refuse()
        listener.close()
        #expect((try? FastCGIClient(path: path)) != nil, "the socket belongs to systemd and must go on listening")
    }

    @Test("a descriptor that does not listen is refused")
    func refusesOtherDescriptors() throws {
        let plain = OwnedDescriptor(try openSocket(family: AF_UNIX))
        let activation = try activation(["LISTEN_PID": "42", "LISTEN_FDS": "1"], first: plain.number)
        #expect(throws: FastCGIError.notListening(descriptor: plain.number)) {
            try Listener.inherited(at: 0, from: activation)
        }
    }

    @Test("a socket of TCP is refused unless it is allowed")
    func refusesTCP() throws {
        let tcp = OwnedDescriptor(try openSocket(family: AF_INET))
        try #require(listen(tcp.number, 1) == 0)
        let number = dup(tcp.number)
        let activation = try activation(["LISTEN_PID": "42", "LISTEN_FDS": "1"], first: number)
        #expect(throws: FastCGIError.tcpNotAllowed) { try Listener.inherited(at: 0, from: activation) }
        #expect(try Listener.inherited(at: 0, from: activation, allowTCP: true)?.isTCP == true)
    }
}
