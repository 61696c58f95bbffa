import Glibc
import HTTPSemantics
import Testing

@testable import ArtifactsAPI
@testable import FastCGI

/// What the web server gets of an answer.
struct SentAnswer {
    /// The header block as text, up to the empty line.
    let header: String
    let body: [UInt8]
    /// Why the transfer was broken off, or `nil`.
    let failure: TransferError?

    /// Sends an answer through a connection whose other end is read here; it must fit the socket's buffer.
    init(_ answer: Answer, method: Method = .get) throws {
        var ends: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        defer { close(ends[1]) }
        failure = Self.send(answer, method, to: ends[0])
        close(ends[0])
        let content = Self.standardOutput(of: Self.readAll(ends[1]))
        let end = Array("\r\n\r\n".utf8)
        let split = content.indices.first { content[$0...].starts(with: end) } ?? content.endIndex
        header = String(decoding: content[..<split], as: UTF8.self)
        body = Array(content[split...].dropFirst(end.count))
    }

    /// The values of a field.
    func values(_ name: String) -> [String] {
        lines.filter { $0.hasPrefix("\(name): ") }.map { String($0.dropFirst(name.utf8.count + 2)) }
    }

    /// The lines of the header block.
    var lines: [String] { header.split(separator: "\r\n").map(String.init) }

    private static func send(_ answer: Answer, _ method: Method, to descriptor: Int32) -> TransferError? {
        let exchange = Exchange()
        exchange.writer.begin(descriptor, requestID: 1)
        defer { try? exchange.writer.finish() }
        do throws(TransferError) {
            try AnswerWriter.send(answer, method: method, requestID: "test", to: exchange)
            return nil
        } catch {
            exchange.breakTransfer()
            return error
        }
    }

    private static func readAll(_ descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// The content of the records of type `FCGI_STDOUT` (FastCGI specification 1.0, section 3.3).
    private static func standardOutput(of records: [UInt8]) -> [UInt8] {
        var content: [UInt8] = []
        var rest = records[...]
        while rest.count >= 8 {
            let start = rest.startIndex
            let length = Int(rest[start + 4]) << 8 | Int(rest[start + 5])
            let padding = Int(rest[start + 6])
            if rest[start + 1] == 6 { content += rest.dropFirst(8).prefix(length) }
            rest = rest.dropFirst(8 + length + padding)
        }
        return content
    }
}
