import Glibc
import Testing

@testable import FastCGI

@Suite("Listening sockets")
struct ListenerTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path + "/s" }

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func listen(backlog: Int = 16) throws -> Listener {
        try Listener(address: ListenAddress("unix:\(path)"), backlog: backlog)
    }

    @Test("a unix socket has mode 0660, does not block and is closed on exec")
    func socketProperties() throws {
        let listener = try listen()
        var status = stat()
        #expect(lstat(path, &status) == 0)
        #expect(status.st_mode == S_IFSOCK | 0o660)
        #expect(fcntl(listener.descriptor, F_GETFL) & O_NONBLOCK != 0)
        #expect(fcntl(listener.descriptor, F_GETFD) & FD_CLOEXEC != 0)
    }

    @Test("closing removes the file that the listener made")
    func closeRemovesTheFile() throws {
        let listener = try listen()
        listener.close()
        listener.close()
        #expect(access(path, F_OK) != 0)
    }

    @Test("closing leaves the file that another process has put in the place")
    func closeLeavesAForeignFile() throws {
        let old = try listen()
        unlink(path)
        let new = try listen()
        old.close()
        #expect(access(path, F_OK) == 0)
        #expect((try? FastCGIClient(path: path)) != nil, "\(new.name) must still answer")
    }

    @Test("a socket that nobody answers on is replaced")
    func replacesAStaleSocket() throws {
        let dead = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        try #require(SocketAddress(path: path).withPointer { bind(dead, $0, $1) } == 0)
        close(dead)
        let listener = try listen()
        #expect((try? FastCGIClient(path: path)) != nil, "\(listener.name) must answer")
    }

    @Test("a socket that another process answers on is left alone")
    func refusesALiveSocket() throws {
        let first = try listen()
        #expect(throws: FastCGIError.inUse(path)) { try listen() }
        #expect((try? FastCGIClient(path: path)) != nil, "\(first.name) must still answer")
    }

    @Test("a socket whose queue is full is in use")
    func refusesABusySocket() throws {
        let first = try listen(backlog: 1)
        var waiting: [OwnedDescriptor] = []
        for _ in 0..<8 {
            let probe = OwnedDescriptor(try openSocket(family: AF_UNIX))
            _ = SocketAddress(path: path).withPointer { connect(probe.number, $0, $1) }
            waiting.append(probe)
        }
        #expect(throws: FastCGIError.inUse(path), "\(first.name) has a full queue") { try listen() }
    }

    @Test("a file that is no socket is left alone")
    func refusesAPlainFile() throws {
        close(open(path, O_CREAT | O_WRONLY, 0o600))
        #expect(throws: FastCGIError.notASocket(path)) { try listen() }
        #expect(access(path, F_OK) == 0)
    }

    @Test("TCP is refused unless it is allowed")
    func tcpNeedsPermission() throws {
        let free = try freePort()
        let address = try ListenAddress("127.0.0.1:\(free)")
        #expect(throws: FastCGIError.tcpNotAllowed) { try Listener(address: address) }
        let listener = try Listener(address: address, allowTCP: true)
        #expect(listener.isTCP)
        #expect(fcntl(listener.descriptor, F_GETFL) & O_NONBLOCK != 0)
    }

    private func freePort() throws -> UInt16 {
        let probe = OwnedDescriptor(try openSocket(family: AF_INET))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(probe.number, $0, length) | getsockname(probe.number, $0, &length)
            }
        }
        try #require(result == 0)
        return UInt16(bigEndian: address.sin_port)
    }
}
