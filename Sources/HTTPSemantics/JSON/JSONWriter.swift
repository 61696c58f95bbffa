/// Builds JSON (RFC 8259) in call order into one buffer, without reflection and without an intermediate tree.
///
/// Commas are set by the writer; that every `begin` has its `end`, and every value in an object its key, is the caller's part.
public struct JSONWriter: Sendable {
    /// What has been written so far.
    public private(set) var bytes: [UInt8]

    /// Whether the next key or element must be preceded by a comma.
    private var needsComma = false

    /// Starts an empty document.
    ///
    /// - Parameter minimumCapacity: How many bytes fit before the buffer grows.
    public init(minimumCapacity: Int = 512) {
        bytes = []
        bytes.reserveCapacity(minimumCapacity)
    }

    /// Makes the document empty for the next use.
    ///
    /// - Parameter keepingCapacity: Whether the memory is kept.
    public mutating func removeAll(keepingCapacity: Bool = true) {
        bytes.removeAll(keepingCapacity: keepingCapacity)
        needsComma = false
    }

    /// Opens an object.
    public mutating func beginObject() { open(UInt8(ascii: "{")) }

    /// Closes the innermost object.
    public mutating func endObject() { close(UInt8(ascii: "}")) }

    /// Opens an array.
    public mutating func beginArray() { open(UInt8(ascii: "[")) }

    /// Closes the innermost array.
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// Writes the name of the next member.
    ///
    /// - Parameter name: The name, in which nothing needs an escape.
    public mutating func key(_ name: StaticString) {
        bytes.append(literal: needsComma ? ",\"" : "\"")
        bytes.append(literal: name)
        bytes.append(literal: "\":")
        needsComma = false
    }

    /// Writes a name of the next member that is not known before.
    ///
    /// - Parameter name: The name.
    public mutating func key(text name: String) {
        separate()
        appendQuoted(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a string.
    ///
    /// - Parameter value: The text. UTF-8 stays as it is; `"`, `\` and control characters are escaped.
    public mutating func string(_ value: String) {
        separate()
        appendQuoted(value)
    }

    /// Writes a time as a string, as `Timestamp` formats it.
    ///
    /// - Parameter microseconds: Microseconds since the Unix epoch.
    public mutating func time(_ microseconds: Int64) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        Timestamp.append(microseconds: microseconds, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes an integer.
    ///
    /// - Parameter value: The number.
    public mutating func integer(_ value: Int64) {
        separate()
        bytes.appendDecimal(value)
    }

    /// Writes a floating-point number in its shortest form that reads back the same.
    ///
    /// - Parameter value: The number; infinities and NaN, which JSON does not have, become `null`.
    public mutating func double(_ value: Double) {
        guard value.isFinite else { return null() }
        separate()
        bytes.append(text: value.description)
    }

    /// Writes `true` or `false`.
    ///
    /// - Parameter value: The value.
    public mutating func boolean(_ value: Bool) {
        separate()
        bytes.append(literal: value ? "true" : "false")
    }

    /// Writes `null`.
    public mutating func null() {
        separate()
        bytes.append(literal: "null")
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    /// Copies what needs no escape at once, which is nearly always all of it.
    private mutating func appendQuoted(_ text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { utf8 in
            if utf8.hasNone(where: JSONWriter.needsEscape) {
                bytes.append(contentsOf: utf8)
            } else {
                appendEscaped(utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func appendEscaped(_ utf8: UnsafeBufferPointer<UInt8>) {
        var runStart = 0
        for index in utf8.indices where JSONWriter.needsEscape(utf8[index]) {
            bytes.append(contentsOf: utf8[runStart..<index])
            appendEscape(utf8[index])
            runStart = index + 1
        }
        bytes.append(contentsOf: utf8[runStart...])
    }

    @inline(__always)
    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func appendEscape(_ byte: UInt8) {
        guard byte < 0x20 else {
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte)
            return
        }
        bytes.append(literal: byte < 0x10 ? "\\u000" : "\\u001")
        let digit = byte & 0x0F
        bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
}
