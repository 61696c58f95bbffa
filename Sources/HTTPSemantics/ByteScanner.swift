/// A cursor over the bytes of a header value.
///
/// Every parser of this module reads with it. It works on the UTF-8 view, so no Character is ever formed and no copy made.
struct ByteScanner {
    private var rest: Substring.UTF8View

    /// Starts at the first byte.
    ///
    /// - Parameter text: The text to read.
    init(_ text: String) {
        rest = text[...].utf8
    }

    /// Whether everything has been read.
    var isAtEnd: Bool { rest.isEmpty }

    /// The byte that would be read next.
    var upcoming: UInt8? { rest.first }

    /// What has not been read yet, without the white space at its end.
    var trimmedRemainder: String {
        let end = rest.lastIndex { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }.map(rest.index(after:))
        return String(Substring(rest[..<(end ?? rest.startIndex)]))
    }

    /// Reads one byte if it is the wanted one.
    ///
    /// - Parameter byte: The wanted byte.
    /// - Returns: Whether it was there.
    mutating func skip(_ byte: UInt8) -> Bool {
        guard rest.first == byte else { return false }
        rest.removeFirst()
        return true
    }

    /// Reads a literal if it comes next, byte for byte.
    ///
    /// - Parameter literal: The wanted text.
    /// - Returns: Whether it was there; if not, nothing has been read.
    mutating func skip(literal: String) -> Bool {
        guard rest.starts(with: literal.utf8) else { return false }
        rest = rest.dropFirst(literal.utf8.count)
        return true
    }

    /// Reads optional white space: spaces and tabs (RFC 9110 §5.6.3).
    mutating func skipWhitespace() {
        while rest.first == UInt8(ascii: " ") || rest.first == UInt8(ascii: "\t") { rest.removeFirst() }
    }

    /// Reads the separators of a list, empty elements included (RFC 9110 §5.6.1.2).
    mutating func skipListSeparators() {
        while let byte = rest.first,
            byte == UInt8(ascii: ",") || byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
        {
            rest.removeFirst()
        }
    }

    /// Reads as many bytes as fulfil a condition.
    ///
    /// - Parameter condition: The condition.
    /// - Returns: The bytes, none if the first does not fulfil it.
    mutating func take(while condition: (UInt8) -> Bool) -> Substring.UTF8View {
        let end = rest.firstIndex { !condition($0) } ?? rest.endIndex
        defer { rest = rest[end...] }
        return rest[..<end]
    }

    /// Reads a number of exactly so many digits.
    ///
    /// - Parameter count: How many digits, at most 18.
    /// - Returns: The number, or nil if there are fewer digits.
    mutating func digits(_ count: Int) -> Int64? {
        var value: Int64 = 0
        var cursor = rest
        for _ in 0..<count {
            guard let byte = cursor.popFirst(), byte.isDigit else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        rest = cursor
        return value
    }

    /// Reads a number of any length.
    ///
    /// - Returns: The number, or nil if no digit comes next.
    mutating func decimal() -> Decimal? {
        let digits = take(while: \.isDigit)
        return digits.isEmpty ? nil : Decimal(digits: digits)
    }
}
