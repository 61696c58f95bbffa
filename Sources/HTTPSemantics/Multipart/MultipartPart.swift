/// The header of one part of a form (RFC 7578 §4).
public struct MultipartPart: Sendable, Equatable {
    /// The field's name, or nil where `Content-Disposition` gives none.
    public let name: String?
    /// The file's name as it was sent, path components included; nil where the part is no file.
    public let filename: String?

    private let fields: [Field]

    private struct Field: Sendable, Equatable {
        /// In lower case.
        let name: [UInt8]
        let value: [UInt8]
    }

    /// Reads the header of a part.
    ///
    /// - Parameter block: The header's lines, each with its CR LF, without the empty line at the end.
    /// - Throws: `MultipartError` where a line is no field, a parameter is repeated or the encoding is not supported.
    init(_ block: ArraySlice<UInt8>) throws(MultipartError) {
        fields = try Self.fields(of: block)
        try Self.checkEncoding(fields)
        let dispositions = fields.filter { $0.name.elementsEqual("content-disposition".utf8) }
        guard dispositions.count <= 1 else { throw .malformedHeader }
        guard let disposition = dispositions.first else {
            (name, filename) = (nil, nil)
            return
        }
        guard let parameters = FieldParameters(disposition.value[...], escapes: .quoteAndBackslash) else {
            throw .malformedHeader
        }
        let isForm = parameters.value.hasSameBytes(as: "form-data")
        name = isForm ? parameters.bytes(of: "name".utf8).map(Self.text) : nil
        let extended = parameters.bytes(of: "filename*".utf8).flatMap(Self.extendedText)
        filename = isForm ? extended ?? parameters.bytes(of: "filename".utf8).map(Self.text) : nil
    }

    /// The value of a field of the part.
    ///
    /// - Parameter name: The field's name in lower case.
    /// - Returns: The value, or nil where the part has no such field; of repeated ones the last.
    public func field(_ name: String) -> String? {
        fields.last { $0.name.elementsEqual(name.utf8) }.map { String(decoding: $0.value, as: UTF8.self) }
    }

    /// The last component of a path that a client sent, without control characters.
    ///
    /// Both slashes separate: browsers on Windows used to send whole paths (RFC 7578 §4.2 says to drop them).
    ///
    /// - Parameter filename: What the client sent.
    /// - Returns: The name, which may be empty.
    public static func lastComponent(of filename: String) -> String {
        let last = filename.unicodeScalars.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }.last
        var name = String.UnicodeScalarView()
        for scalar in last ?? Substring().unicodeScalars
        where scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value) {
            name.append(scalar)
        }
        let text = String(name)
        return text == "." || text == ".." ? "" : text
    }

    private static func fields(of block: ArraySlice<UInt8>) throws(MultipartError) -> [Field] {
        var fields: [Field] = []
        var rest = block
        while !rest.isEmpty {
            guard let end = rest.firstIndex(of: UInt8(ascii: "\r")), end + 1 < rest.endIndex,
                rest[end + 1] == UInt8(ascii: "\n")
            else { throw .malformedHeader }
            let line = rest[..<end]
            rest = rest[(end + 2)...]
            guard !line.contains(UInt8(ascii: "\n")), !line.contains(0) else { throw .malformedHeader }
            fields.append(try field(line, continuing: fields.popLast(if: line.first?.isBlank == true)))
        }
        return fields
    }

    /// A line that begins with white space continues the one before (RFC 5322 §2.2.3).
    private static func field(_ line: ArraySlice<UInt8>, continuing last: Field?) throws(MultipartError) -> Field {
        if let last {
            return Field(name: last.name, value: last.value + [UInt8(ascii: " ")] + line.trimmingWhitespace())
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { throw .malformedHeader }
        let name = line[..<colon]
        guard !name.isEmpty, name.allSatisfy(\.isTokenCharacter) else { throw .malformedHeader }
        return Field(name: name.map(\.lowercased), value: Array(line[(colon + 1)...].trimmingWhitespace()))
    }

    /// What was encoded for mail would be stored encoded.
    private static func checkEncoding(_ fields: [Field]) throws(MultipartError) {
        for field in fields where field.name.elementsEqual("content-transfer-encoding".utf8) {
            let identities = ["binary", "8bit", "7bit"]
            guard identities.contains(where: field.value.equalsIgnoringCase) else { throw .unsupportedEncoding }
        }
    }

    /// Undoes the escapes of browsers and Go: `%22`, `%0D` and `%0A` (WHATWG HTML, "Multipart form data"), and no others,
    /// because a name may hold percent signs of its own.
    private static func text(_ bytes: [UInt8]) -> String {
        guard bytes.contains(UInt8(ascii: "%")) else { return String(decoding: bytes, as: UTF8.self) }
        var decoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let byte = escaped(bytes[index + 1...index + 2])
            {
                decoded.append(byte)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    private static func escaped(_ digits: ArraySlice<UInt8>) -> UInt8? {
        if digits.elementsEqual("22".utf8) { return UInt8(ascii: "\"") }
        if digits.equalsIgnoringCase("0d") { return UInt8(ascii: "\r") }
        return digits.equalsIgnoringCase("0a") ? UInt8(ascii: "\n") : nil
    }

    /// `UTF-8''percent%20encoded` (RFC 8187 §3.2.1); nil for another character set or a bad escape.
    private static func extendedText(_ bytes: [UInt8]) -> String? {
        let parts = bytes.split(separator: UInt8(ascii: "'"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].equalsIgnoringCase("utf-8") else { return nil }
        guard let decoded = PercentCoding.decode(parts[2], plusIsSpace: false) else { return nil }
        return String(validating: decoded, as: UTF8.self)
    }
}

extension Array {
    /// Takes the last element away if a condition holds.
    fileprivate mutating func popLast(if condition: Bool) -> Element? { condition ? popLast() : nil }
}
