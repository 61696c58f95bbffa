import Glibc
import Testing

@testable import Observability

@Suite("Notifying the service manager")
struct SystemdNotifyTests {
    /// A datagram socket as the manager has one.
    private final class Manager {
        let name: String
        private let descriptor: Int32

        /// Binds a name; `@` starts an abstract one.
        init(_ name: String) throws {
            self.name = name
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let bytes = name.hasPrefix("@") ? [0] + Array(name.utf8.dropFirst()) : Array(name.utf8)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
            let length = socklen_t(2 + bytes.count)
            let status = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
            }
            try #require(status == 0, "bind: errno \(errno)")
        }

        deinit {
            close(descriptor)
            if name.hasPrefix("/") { unlink(name) }
        }

        func receive() -> String {
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }
    }

    @Test("messages arrive as one datagram each", arguments: ["/tmp/artifactd-notify-", "@artifactd-notify-"])
    func messages(prefix: String) throws {
        let manager = try Manager(prefix + RequestID.generate().description)
        let notify = SystemdNotify(environment: ["NOTIFY_SOCKET": manager.name])
        #expect(notify.ready(status: "64 workers"))
        #expect(manager.receive() == "READY=1\nSTATUS=64 workers")
        #expect(notify.status("a\nREADY=0"))
        #expect(manager.receive() == "STATUS=a READY=0")
        #expect(notify.watchdog())
        #expect(manager.receive() == "WATCHDOG=1")
        #expect(notify.stopping())
        #expect(manager.receive() == "STOPPING=1")
    }

    @Test(
        "without a usable socket nothing happens",
        arguments: [nil, "", "relative", "vsock:2:1", "/nonexistent/notify", "/" + String(repeating: "a", count: 200)]
    )
    func noSocket(path: String?) {
        var environment: [String: String] = [:]
        environment["NOTIFY_SOCKET"] = path
        #expect(!SystemdNotify(environment: environment).ready(status: "x"))
    }

    @Test("the watchdog is fed at half its period, if it is meant for this process")
    func watchdog() {
        func interval(_ environment: [String: String]) -> Duration? {
            SystemdNotify(environment: environment).watchdogInterval
        }
        #expect(interval(["WATCHDOG_USEC": "30000000"]) == .seconds(15))
        #expect(interval(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "\(getpid())"]) == .seconds(15))
        #expect(interval(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"]) == nil)
        #expect(interval(["WATCHDOG_USEC": "x"]) == nil)
        #expect(interval([:]) == nil)
    }
}
