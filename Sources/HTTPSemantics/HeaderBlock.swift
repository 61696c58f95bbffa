/// The header of a response as the bytes that a FastCGI or CGI program sends (RFC 3875 §6.3).
///
/// Append-only and reusable, so that a worker builds every header in one buffer. Names are literals of the program; values may
/// come from outside, and control characters are dropped from them: a value can never start another field (CRLF injection).
public struct HeaderBlock: Sendable {
    /// What has been appended so far.
    public private(set) var bytes: [UInt8]

    /// Starts an empty block.
    ///
    /// - Parameter minimumCapacity: How many bytes fit before the buffer grows.
    public init(minimumCapacity: Int = 1024) {
        bytes = []
        bytes.reserveCapacity(minimumCapacity)
    }

    /// Appends the status in its CGI form, `Status: 200 OK`, which comes first.
    ///
    /// - Parameter status: The status code.
    public mutating func appendStatus(_ status: Int) {
        bytes.append(literal: "Status: ")
        bytes.appendDecimal(Int64(status))
        bytes.append(literal: " ")
        bytes.append(literal: ReasonPhrase.of(status))
        bytes.append(literal: "\r\n")
    }

    /// Appends a field.
    ///
    /// - Parameters:
    ///   - name: The field's name.
    ///   - value: The field's value; CR, LF, NUL and every other control character but the tab are dropped.
    public mutating func append(_ name: StaticString, _ value: String) {
        var value = value
        value.withUTF8 { append(name, $0) }
    }

    /// Appends a field whose value is bytes already.
    ///
    /// - Parameters:
    ///   - name: The field's name.
    ///   - value: The field's value; control characters are dropped as from text.
    public mutating func append(_ name: StaticString, bytes value: some Collection<UInt8>) {
        let isDone: Void? = value.withContiguousStorageIfAvailable { append(name, $0) }
        if isDone == nil { Array(value).withUnsafeBufferPointer { append(name, $0) } }
    }

    private mutating func append(_ name: StaticString, _ value: UnsafeBufferPointer<UInt8>) {
        start(name)
        if value.hasNone(where: { $0 < 0x20 && $0 != UInt8(ascii: "\t") || $0 == 0x7F }) {
            bytes.append(contentsOf: value)
        } else {
            bytes.append(contentsOf: value.lazy.filter(HeaderBlock.mayHold))
        }
        bytes.append(literal: "\r\n")
    }

    /// Appends the fields of another block.
    ///
    /// - Parameter fields: The other block, which was not finished.
    public mutating func append(_ fields: HeaderBlock) {
        bytes.append(contentsOf: fields.bytes)
    }

    /// Appends a field with a number.
    ///
    /// - Parameters:
    ///   - name: The field's name.
    ///   - value: The number.
    public mutating func append(_ name: StaticString, _ value: Int64) {
        start(name)
        bytes.appendDecimal(value)
        bytes.append(literal: "\r\n")
    }

    /// Appends a field with a date.
    ///
    /// - Parameters:
    ///   - name: The field's name, such as `Last-Modified`.
    ///   - unixSeconds: Seconds since the Unix epoch.
    public mutating func append(_ name: StaticString, date unixSeconds: Int64) {
        start(name)
        HTTPDate.append(unixSeconds, to: &bytes)
        bytes.append(literal: "\r\n")
    }

    /// Appends the empty line that ends the header.
    public mutating func finish() {
        bytes.append(literal: "\r\n")
    }

    /// Makes the block empty for the next response.
    ///
    /// - Parameter keepingCapacity: Whether the memory is kept.
    public mutating func removeAll(keepingCapacity: Bool = true) {
        bytes.removeAll(keepingCapacity: keepingCapacity)
    }

    private static func mayHold(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F || byte == UInt8(ascii: "\t")
    }

    private mutating func start(_ name: StaticString) {
        bytes.append(literal: name)
        bytes.append(literal: ": ")
    }
}
