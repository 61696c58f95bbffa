extension UInt8 {
    /// Whether this is one of `0` to `9`.
    var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }

    /// Whether this is a letter of ASCII.
    var isLetter: Bool { lowercased &- UInt8(ascii: "a") < 26 }

    /// Whether this may stand in a `token` (RFC 9110 §5.6.2).
    var isTokenCharacter: Bool { ByteSet.token.contains(self) }

    /// Whether this may stand between the quotes of an entity tag: `etagc` of RFC 9110 §8.8.3.
    var isEntityTagCharacter: Bool { self == 0x21 || (self > 0x22 && self != 0x7F) }

    /// The lower-case form of a capital of ASCII, any other byte unchanged.
    var lowercased: UInt8 { self &- UInt8(ascii: "A") < 26 ? self | 0x20 : self }

    /// The value of a hexadecimal digit of either case.
    var hexadecimalValue: UInt8? {
        if isDigit { return self &- UInt8(ascii: "0") }
        let letter = lowercased &- UInt8(ascii: "a")
        return letter < 6 ? letter &+ 10 : nil
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether no byte is one of those.
    ///
    /// All of them are looked at, without a branch, so that the loop runs over vectors.
    @inline(__always)
    func hasNone(where isOne: (UInt8) -> Bool) -> Bool {
        var found: UInt8 = 0
        for byte in self { found |= isOne(byte) ? 1 : 0 }
        return found == 0
    }
}

extension Sequence<UInt8> {
    /// Compares ASCII letters without regard to their case.
    ///
    /// - Parameter other: The text to compare with, in lower case.
    /// - Returns: Whether both are the same.
    func equalsIgnoringCase(_ other: String) -> Bool {
        elementsEqual(other.utf8) { $0.lowercased == $1 }
    }
}

extension [UInt8] {
    /// Appends a number in decimal without making a String.
    ///
    /// - Parameter value: The number.
    mutating func appendDecimal(_ value: Int64) {
        if value < 0 { append(UInt8(ascii: "-")) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var magnitude = value.magnitude
            var start = digits.count
            repeat {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: magnitude % 10)
                magnitude /= 10
            } while magnitude > 0
            append(contentsOf: digits[start...])
        }
    }

    /// Appends a number as two digits, as dates have them.
    ///
    /// - Parameter value: 0 to 99.
    mutating func appendTwoDigits(_ value: Int64) {
        append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / 10 % 10))
        append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10))
    }

    /// Appends the bytes of a text.
    ///
    /// - Parameter text: The text.
    mutating func append(text: String) {
        append(contentsOf: text.utf8)
    }

    /// Appends a literal without making a String.
    ///
    /// - Parameter literal: The literal.
    mutating func append(literal: StaticString) {
        literal.withUTF8Buffer { append(contentsOf: $0) }
    }
}

extension String {
    /// Compares byte for byte: `==` would find canonically equivalent texts equal, and is slower.
    ///
    /// - Parameter other: The other text.
    /// - Returns: Whether both have the same UTF-8 form.
    func hasSameBytes(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        let answer = utf8.withContiguousStorageIfAvailable { bytes in
            other.utf8.withContiguousStorageIfAvailable { bytes.elementsEqual($0) }
        }
        return answer.flatMap(\.self) ?? utf8.elementsEqual(other.utf8)
    }
}
