import FastCGI
import Glibc

/// The web server's side: sends the same request and expects an answer of the same length, on one connection as long as the
/// worker keeps it.
final class WebServer {
    /// How long the first answer's connection is watched for its end, in milliseconds.
    private static let patience: Int32 = 200

    private let pool: WorkerPool
    private let listener: Listener
    private let path: String
    private var descriptor: Int32 = -1
    private var buffer = [UInt8](repeating: 0, count: 1 << 20)

    /// Starts one worker on a socket in a directory.
    init(_ directory: String, _ handler: any RequestHandler) throws {
        path = "\(directory)/\(getpid()).sock"
        listener = try Listener(address: ListenAddress("unix:\(path)"))
        pool = try WorkerPool(name: "worker", listener: listener, workers: 1, handler: handler)
        try pool.start()
    }

    private func connect() throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { throw Failure("\(path): too long") }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isConnected else { throw Failure("\(path): errno \(errno)") }
    }

    /// Whether the worker leaves the connection open and says nothing more.
    private func isKept() -> Bool {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&watched, 1, Self.patience) == 0
    }

    /// Asks so many times; every answer has the status and the length of the first.
    func ask(_ request: [(String, String)], count: Int, status: String) throws {
        let bytes = Self.request(request)
        try connect()
        try send(bytes)
        let length = try readFirst()
        let expected = "Status: \(status)"
        let text = String(decoding: buffer[8..<min(length, 600)], as: UTF8.self)
        guard text.hasPrefix(expected) else { throw Failure("\(expected) expected, not\n\(text)") }
        let isKept = isKept()
        for _ in 1..<count {
            if !isKept {
                close(descriptor)
                try connect()
            }
            try send(bytes)
            try readAgain(length)
        }
        close(descriptor)
        pool.beginDrain()
        _ = pool.waitUntilDrained(deadlineSeconds: 5)
        listener.close()
    }

    private func send(_ bytes: [UInt8]) throws {
        guard Glibc.send(descriptor, bytes, bytes.count, 0) == bytes.count else {
            throw Failure("send: errno \(errno)")
        }
    }

    /// Reads records up to the end of the request.
    private func readFirst() throws -> Int {
        var length = 0
        while true {
            try read(8, at: length)
            let type = buffer[length + 1]
            let content = Int(buffer[length + 4]) << 8 | Int(buffer[length + 5])
            try read(content, at: length + 8)
            length += 8 + content
            if type == 3 { return length }
        }
    }

    private func readAgain(_ length: Int) throws {
        try read(length, at: 0)
        guard buffer[length - 15] == 3 else { throw Failure("an answer of another length") }
    }

    private func read(_ count: Int, at offset: Int) throws {
        guard offset + count <= buffer.count else { throw Failure("a longer answer than expected") }
        let received = buffer.withUnsafeMutableBytes { buffer in
            recv(descriptor, buffer.baseAddress.map { $0 + offset }, count, Int32(MSG_WAITALL))
        }
        guard received == count else { throw Failure("recv: \(received) of \(count) bytes, errno \(errno)") }
    }

    /// The records of a request without a body, on a connection that is kept (FastCGI specification 1.0).
    private static func request(_ parameters: [(String, String)]) -> [UInt8] {
        var pairs: [UInt8] = []
        for (name, value) in parameters {
            pairs += length(name.utf8.count) + length(value.utf8.count) + Array(name.utf8) + Array(value.utf8)
        }
        return record(1, [0, 1, 1, 0, 0, 0, 0, 0]) + record(4, pairs) + record(4, []) + record(5, [])
    }

    private static func record(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
        [1, type, 0, 1, UInt8(content.count >> 8), UInt8(content.count & 255), 0, 0] + content
    }

    private static func length(_ count: Int) -> [UInt8] {
        guard count > 127 else { return [UInt8(count)] }
        return [UInt8(count >> 24) | 0x80, UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255)]
    }
}
