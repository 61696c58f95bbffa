import Glibc
import Testing

@testable import FastCGI

/// The web server's side of FastCGI, as small as the tests need it.
///
/// Reads and writes give up after five seconds, so that a fault fails a test instead of hanging the run.
final class FastCGIClient {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private(set) var descriptor: Int32

    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let address = SocketAddress(path: path)
        guard address.withPointer({ connect(descriptor, $0, $1) }) == 0 else {
            let code = errno
            _ = Glibc.close(descriptor)
            throw FastCGIError.system(call: "connect", errno: code)
        }
        let limit = timeval(tv_sec: 5, tv_usec: 0)
        setOption(descriptor, SOL_SOCKET, SO_RCVTIMEO, limit)
        setOption(descriptor, SOL_SOCKET, SO_SNDTIMEO, limit)
    }

    deinit {
        close()
    }

    func close() {
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
        descriptor = -1
    }

    /// Sends bytes as they are.
    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Failure(description: "send: errno \(errno)") }
            rest = rest.dropFirst(count)
        }
    }

    /// Sends a whole request.
    func request(_ parameters: [(String, String)] = [], body: [UInt8] = [], keep: Bool = false) throws {
        try send(Wire.begin(keep: keep) + Wire.parameters(parameters) + Wire.body(body))
    }

    /// Sends a request and reads the answer to its end.
    func exchange(
        _ parameters: [(String, String)] = [],
        body: [UInt8] = [],
        keep: Bool = false
    ) throws -> Answer {
        try request(parameters, body: body, keep: keep)
        return try answer()
    }

    /// Reads up to the end of the request, or up to the end of the connection.
    func answer() throws -> Answer {
        var answer = Answer()
        while let header = try read(8, allowEnd: true) {
            let length = Int(header[4]) << 8 | Int(header[5])
            let content = try read(length + Int(header[6]), allowEnd: false) ?? []
            answer.take(type: header[1], content: Array(content.prefix(length)))
            if answer.isEnded { return answer }
        }
        return answer
    }

    /// Whether the server has closed the connection; waits for it.
    func isClosedByServer() throws -> Bool {
        try read(1, allowEnd: true) == nil
    }

    /// Whether the server says that the connection is not kept, in a record behind the end of the request, and closes it.
    func isToldThatItIsClosed() throws -> Bool {
        try read(8, allowEnd: true) == [1, 10, 0, 0, 0, 0, 0, 0] && isClosedByServer()
    }

    /// Reads exactly so many bytes; nil at the end of the connection.
    private func read(_ count: Int, allowEnd: Bool) throws -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = bytes.withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress.map { $0 + done }, count - done, 0)
            }
            if got == 0 || (got < 0 && errno == ECONNRESET) {
                guard allowEnd, done == 0 else { throw Failure(description: "the connection ended within a record") }
                return nil
            }
            guard got > 0 else { throw Failure(description: "recv: errno \(errno)") }
            done += got
        }
        return bytes
    }
}

/// What the server sent for one request.
struct Answer {
    /// The content of the FCGI_STDOUT records that are not empty.
    var records: [[UInt8]] = []
    /// The body of FCGI_END_REQUEST.
    var end: [UInt8]?

    var isEnded: Bool { end != nil }
    var output: [UInt8] { records.reduce(into: []) { $0 += $1 } }
    var text: String { String(decoding: output, as: UTF8.self) }

    /// What follows the header block.
    var body: [UInt8] {
        let output = output
        for index in output.indices.dropLast(3) where output[index..<index + 4].elementsEqual("\r\n\r\n".utf8) {
            return Array(output[(index + 4)...])
        }
        return []
    }

    fileprivate mutating func take(type: UInt8, content: [UInt8]) {
        if type == 6, !content.isEmpty { records.append(content) }
        if type == 3 { end = content }
    }
}

/// The records that a web server sends (FastCGI specification 1.0).
enum Wire {
    static func record(_ type: UInt8, _ content: [UInt8], id: UInt8 = 1) -> [UInt8] {
        [1, type, 0, id, UInt8(content.count >> 8), UInt8(content.count & 255), 0, 0] + content
    }

    static func begin(role: UInt8 = 1, keep: Bool = false) -> [UInt8] {
        record(1, [0, role, keep ? 1 : 0, 0, 0, 0, 0, 0])
    }

    /// The parameters, in records of at most 32 KiB, and their end.
    static func parameters(_ pairs: [(String, String)]) -> [UInt8] {
        stream(4, pairs.flatMap { length($0.utf8.count) + length($1.utf8.count) + Array($0.utf8) + Array($1.utf8) })
    }

    /// The body, in records of at most 32 KiB, and its end.
    static func body(_ bytes: [UInt8]) -> [UInt8] { stream(5, bytes) }

    private static func stream(_ type: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            result += record(type, Array(rest.prefix(32_768)))
            rest = rest.dropFirst(32_768)
        }
        return result + record(type, [])
    }

    private static func length(_ count: Int) -> [UInt8] {
        guard count > 127 else { return [UInt8(count)] }
        return [UInt8(count >> 24) | 0x80, UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255)]
    }
}
