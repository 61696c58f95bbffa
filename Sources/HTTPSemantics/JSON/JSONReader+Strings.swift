/// Strings (RFC 8259 §7).
extension JSONReader {
    /// Reads a string, its quotes included; runs without escapes are copied as they stand.
    mutating func string() throws(JSONError) -> String {
        let start = position
        position += 1
        var text: [UInt8] = []
        while true {
            let run = position
            while let byte = upcoming, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                position += 1
            }
            text += bytes[run..<position]
            guard let byte = upcoming else { throw failure() }
            guard byte >= 0x20 else { throw failure(.controlCharacter) }
            position += 1
            if byte == UInt8(ascii: "\"") { break }
            try escape(into: &text)
        }
        guard let string = String(validating: text, as: UTF8.self) else {
            throw JSONError(problem: .invalidUTF8, offset: start)
        }
        return string
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
        guard let letter = upcoming else { throw failure() }
        if letter == UInt8(ascii: "u") {
            position += 1
            text += try escapedScalar().utf8
            return
        }
        guard let byte = Self.escaped(letter) else { throw failure(.invalidEscape) }
        position += 1
        text.append(byte)
    }

    private static func escaped(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }

    /// Reads what follows `\u`: one unit, or a pair of surrogates; a lone surrogate is no character.
    private mutating func escapedScalar() throws(JSONError) -> String {
        let invalid = failure(.invalidEscape)
        let first = try unit()
        if let scalar = Unicode.Scalar(first) { return String(Character(scalar)) }
        guard UTF16.isLeadSurrogate(first), skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")) else { throw invalid }
        let second = try unit()
        guard UTF16.isTrailSurrogate(second) else { throw invalid }
        return String(decoding: [first, second], as: UTF16.self)
    }

    private mutating func unit() throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = upcoming.flatMap(Self.hexadecimal) else { throw failure(.invalidEscape) }
            unit = unit << 4 | digit
            position += 1
        }
        return unit
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt16? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
