/// Reads a JSON text (RFC 8259) strictly: no comments, no trailing commas, nothing behind the value.
///
/// Recursion ends at ``maximumDepth``, so that no input can exhaust the stack.
struct JSONReader {
    /// How deeply arrays and objects may be nested.
    static let maximumDepth = 64

    let bytes: [UInt8]
    var position = 0

    /// Starts at the first byte.
    ///
    /// - Parameter text: The bytes.
    init(_ text: some Collection<UInt8>) {
        bytes = Array(text)
    }

    /// The byte that would be read next.
    var upcoming: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Reads the one value of the text, and white space around it.
    mutating func document() throws(JSONError) -> JSONValue {
        skipWhitespace()
        let value = try value(depth: 0)
        skipWhitespace()
        guard upcoming == nil else { throw failure() }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        switch upcoming {
        case UInt8(ascii: "{"): return .object(try members(depth: depth))
        case UInt8(ascii: "["): return .array(try elements(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func members(depth: Int) throws(JSONError) -> [JSONMember] {
        var members: [JSONMember] = []
        try enter(depth)
        if skip(UInt8(ascii: "}")) { return members }
        repeat {
            skipWhitespace()
            guard upcoming == UInt8(ascii: "\"") else { throw failure() }
            let name = try string()
            skipWhitespace()
            guard skip(UInt8(ascii: ":")) else { throw failure() }
            skipWhitespace()
            members.append(JSONMember(name, try value(depth: depth + 1)))
            skipWhitespace()
        } while skip(UInt8(ascii: ","))
        guard skip(UInt8(ascii: "}")) else { throw failure() }
        return members
    }

    private mutating func elements(depth: Int) throws(JSONError) -> [JSONValue] {
        var elements: [JSONValue] = []
        try enter(depth)
        if skip(UInt8(ascii: "]")) { return elements }
        repeat {
            skipWhitespace()
            elements.append(try value(depth: depth + 1))
            skipWhitespace()
        } while skip(UInt8(ascii: ","))
        guard skip(UInt8(ascii: "]")) else { throw failure() }
        return elements
    }

    /// Steps into an array or object, over its opening bracket.
    private mutating func enter(_ depth: Int) throws(JSONError) {
        guard depth < Self.maximumDepth else { throw failure(.tooDeep) }
        position += 1
        skipWhitespace()
    }

    private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        for byte in wanted {
            guard skip(byte) else { throw failure() }
        }
        return value
    }

    /// Reads a number (RFC 8259 §6): no leading zero, no plus, digits on both sides of the point.
    private mutating func number() throws(JSONError) -> String {
        let start = position
        _ = skip(UInt8(ascii: "-"))
        guard let first = upcoming, first.isDigit else { throw start == position ? failure() : failure(.invalidNumber) }
        let whole = skipDigits()
        if first == UInt8(ascii: "0"), whole > 1 { throw failure(.invalidNumber) }
        if skip(UInt8(ascii: ".")), skipDigits() == 0 { throw failure(.invalidNumber) }
        if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
            if !skip(UInt8(ascii: "-")) { _ = skip(UInt8(ascii: "+")) }
            guard skipDigits() > 0 else { throw failure(.invalidNumber) }
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func skipDigits() -> Int {
        let start = position
        while let byte = upcoming, byte.isDigit { position += 1 }
        return position - start
    }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard upcoming == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipWhitespace() {
        while let byte = upcoming, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    func failure(_ problem: JSONError.Problem = .unexpectedByte) -> JSONError {
        let isAtEnd = problem == .unexpectedByte && position >= bytes.count
        return JSONError(problem: isAtEnd ? .unexpectedEnd : problem, offset: position)
    }
}
