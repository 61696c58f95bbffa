internal import Cryptography
internal import FastCGI
internal import HTTPSemantics

/// The form in the body of an upload, event by event, through one buffer.
///
/// Not `Sendable`: it belongs to the thread of its request.
final class FormReader {
    private var body: UploadBody
    private let parser: MultipartParser
    private let buffer: UnsafeMutableRawBufferPointer
    private var chunk = UnsafeRawBufferPointer(start: nil, count: 0)
    private var valueBytes = 0

    /// All fields of a form together; what is no file is a few words.
    private static let longestValues = 32 << 10

    /// Starts at the first byte of the body.
    ///
    /// - Parameters:
    ///   - body: The body.
    ///   - boundary: What separates the parts.
    ///   - buffer: Where the body is read to; must outlive the reader.
    init(_ body: consuming UploadBody, boundary: MultipartBoundary, buffer: UnsafeMutableRawBufferPointer) {
        self.body = body
        self.buffer = buffer
        parser = MultipartParser(boundary: boundary)
    }

    /// Reads up to the next event.
    ///
    /// - Returns: The event, or `nil` at the end of a body that is complete.
    /// - Throws: `RequestFailure` where the body is malformed, breaks off or is too slow.
    func next() throws(RequestFailure) -> MultipartParser.Event? {
        while true {
            do throws(MultipartError) {
                if let event = try parser.next(in: &chunk) { return event }
            } catch {
                throw .form(error)
            }
            let count = try body.read(into: buffer)
            guard count > 0 else {
                if parser.isComplete { return nil }
                throw .upload(.incomplete)
            }
            chunk = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        }
    }

    /// Notes that the client has shown its token, so that it may take its time.
    func admit() { body.admit() }

    /// Reads the value of the field that has just begun.
    ///
    /// - Returns: The value; bytes that are not UTF-8 become U+FFFD.
    /// - Throws: `RequestFailure` as ``next()``, or where the form's fields are too large.
    func value() throws(RequestFailure) -> String {
        var value: [UInt8] = []
        while case .data(let bytes) = try next() {
            valueBytes += bytes.count
            if valueBytes > Self.longestValues { throw .upload(.fieldsTooLarge) }
            value.append(contentsOf: bytes)
        }
        return String(decoding: value, as: UTF8.self)
    }

    /// The digest of the whole body, once it has been read to its end.
    func digest() throws(RequestFailure) -> SHA256Digest? { try body.digest() }
}
