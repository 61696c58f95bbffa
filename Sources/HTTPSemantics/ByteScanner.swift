/// A cursor over the bytes of a header value.
///
/// Every parser of this module reads with it. It holds the UTF-8 bytes in an array: one copy is cheaper than the index
/// arithmetic of a String for each byte, and every access stays checked.
struct ByteScanner {
    private let bytes: [UInt8]
    private var position = 0

    /// Starts at the first byte.
    ///
    /// - Parameter text: The text to read.
    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// Whether everything has been read.
    var isAtEnd: Bool { position == bytes.count }

    /// The byte that would be read next.
    var upcoming: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// What has not been read yet, without the white space at its end.
    var trimmedRemainder: String {
        let rest = bytes[position...]
        let end = rest.lastIndex { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }.map { $0 + 1 }
        return String(decoding: rest[..<(end ?? position)], as: UTF8.self)
    }

    /// Reads one byte if it is the wanted one.
    ///
    /// - Parameter byte: The wanted byte.
    /// - Returns: Whether it was there.
    mutating func skip(_ byte: UInt8) -> Bool {
        guard upcoming == byte else { return false }
        position += 1
        return true
    }

    /// Reads a literal if it comes next, byte for byte.
    ///
    /// - Parameter literal: The wanted text.
    /// - Returns: Whether it was there; if not, nothing has been read.
    mutating func skip(literal: StaticString) -> Bool {
        let length = literal.utf8CodeUnitCount
        guard bytes.count - position >= length else { return false }
        guard literal.withUTF8Buffer({ bytes[position..<position + length].elementsEqual($0) }) else { return false }
        position += length
        return true
    }

    /// Reads optional white space: spaces and tabs (RFC 9110 §5.6.3).
    mutating func skipWhitespace() {
        while let byte = upcoming, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { position += 1 }
    }

    /// Reads the separators of a list, empty elements included (RFC 9110 §5.6.1.2).
    mutating func skipListSeparators() {
        skipWhitespace()
        while skip(UInt8(ascii: ",")) { skipWhitespace() }
    }

    /// Reads as many bytes as fulfil a condition.
    ///
    /// - Parameter condition: The condition.
    /// - Returns: The bytes, none if the first does not fulfil it.
    mutating func take(while condition: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let start = position
        while position < bytes.count, condition(bytes[position]) { position += 1 }
        return bytes[start..<position]
    }

    /// Reads a number of exactly so many digits.
    ///
    /// - Parameter count: How many digits, at most 18.
    /// - Returns: The number, or nil if there are fewer digits; then nothing has been read.
    mutating func digits(_ count: Int) -> Int64? {
        guard bytes.count - position >= count else { return nil }
        var value: Int64 = 0
        for digit in bytes[position..<position + count] {
            guard digit.isDigit else { return nil }
            value = value * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        position += count
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
