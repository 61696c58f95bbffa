/// The parameters behind the value of `Content-Type` or `Content-Disposition`: `; name=token; name="quoted"`.
struct FieldParameters {
    /// How a backslash in a quoted-string is read.
    enum Escapes {
        /// It makes any next character literal (RFC 9110 §5.6.4).
        case any
        /// Only before `"` and `\`: elsewhere it is a part of a Windows path, which some clients send unescaped.
        case quoteAndBackslash
    }

    /// The value before the first parameter, in lower case.
    let value: String
    private var parameters: [(name: [UInt8], value: [UInt8])] = []
    /// More than any client sends: each one is compared with those before it.
    private static let limit = 32

    /// Reads a value with its parameters.
    ///
    /// Nil where it is malformed, has too many parameters, or repeats one: two readers could take different ones.
    ///
    /// - Parameters:
    ///   - bytes: The field's value.
    ///   - escapes: How a backslash is read.
    init?(_ bytes: ArraySlice<UInt8>, escapes: Escapes) {
        var rest = bytes.trimmingWhitespace()
        let end = rest.firstIndex(of: UInt8(ascii: ";")) ?? rest.endIndex
        let value = rest[..<end].trimmingWhitespace()
        guard !value.isEmpty, value.allSatisfy({ $0.isTokenCharacter || $0 == UInt8(ascii: "/") }) else { return nil }
        self.value = String(decoding: value.map(\.lowercased), as: UTF8.self)
        rest = rest[end...]
        while let separator = rest.first {
            guard separator == UInt8(ascii: ";") else { return nil }
            rest = rest.dropFirst().drop(while: \.isBlank)
            // A semicolon at the end is common.
            if rest.isEmpty { return }
            if rest.first == UInt8(ascii: ";") { continue }
            guard parameters.count < Self.limit, let parameter = Self.parameter(&rest, escapes),
                Self.value(of: parameter.name, in: parameters) == nil
            else { return nil }
            parameters.append(parameter)
        }
    }

    /// The value of a parameter.
    ///
    /// - Parameter name: The name in lower case.
    /// - Returns: The bytes, or nil where there is no such parameter.
    func bytes(of name: some Sequence<UInt8>) -> [UInt8]? { Self.value(of: name, in: parameters) }

    private static func value(
        of name: some Sequence<UInt8>,
        in parameters: [(name: [UInt8], value: [UInt8])]
    ) -> [UInt8]? {
        parameters.first { $0.name.elementsEqual(name) }?.value
    }

    private static func parameter(
        _ rest: inout ArraySlice<UInt8>,
        _ escapes: Escapes
    ) -> (name: [UInt8], value: [UInt8])? {
        let name = rest.prefix(while: \.isTokenCharacter)
        rest = rest[name.endIndex...].drop(while: \.isBlank)
        guard !name.isEmpty, rest.first == UInt8(ascii: "=") else { return nil }
        rest = rest.dropFirst().drop(while: \.isBlank)
        guard let value = rest.first == UInt8(ascii: "\"") ? quoted(&rest, escapes) : token(&rest) else { return nil }
        rest = rest.drop(while: \.isBlank)
        return (name.map(\.lowercased), value)
    }

    /// What is not quoted ends at a semicolon; lenient, as boundaries with `:` or `/` come without quotes too.
    private static func token(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        let token = rest.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "\"") && !$0.isBlank }
        rest = rest[token.endIndex...]
        return token.isEmpty ? nil : Array(token)
    }

    private static func quoted(_ rest: inout ArraySlice<UInt8>, _ escapes: Escapes) -> [UInt8]? {
        var value: [UInt8] = []
        var index = rest.startIndex + 1
        while index < rest.endIndex {
            let byte = rest[index]
            index += 1
            if byte == UInt8(ascii: "\"") {
                rest = rest[index...]
                return value
            }
            if byte == UInt8(ascii: "\\"), index < rest.endIndex, escapes.cover(rest[index]) {
                value.append(rest[index])
                index += 1
            } else {
                value.append(byte)
            }
        }
        return nil
    }
}

extension FieldParameters.Escapes {
    fileprivate func cover(_ byte: UInt8) -> Bool {
        self == .any || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }
}

extension UInt8 {
    /// Whether this is a space or a tab.
    var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}

extension ArraySlice<UInt8> {
    /// The same without spaces and tabs at either end.
    func trimmingWhitespace() -> ArraySlice<UInt8> {
        let start = drop(while: \.isBlank)
        let end = start.lastIndex { !$0.isBlank }.map { $0 + 1 }
        return start[..<(end ?? start.startIndex)]
    }
}
