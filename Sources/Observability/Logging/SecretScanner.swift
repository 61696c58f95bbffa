/// One pass over a text that finds the places of secrets by the byte that must precede them.
struct SecretScanner {
    private let source: UnsafeBufferPointer<UInt8>
    private var output: [UInt8] = []
    /// How much of the source is in the output; nothing is copied until the first secret.
    private var copied = 0

    init(_ source: UnsafeBufferPointer<UInt8>) { self.source = source }

    /// The masked text; nil if there is nothing to mask.
    mutating func mask() -> [UInt8]? {
        var index = 0
        while index < source.count {
            if let secret = secret(at: index), !secret.isEmpty {
                output.append(contentsOf: source[copied..<secret.lowerBound])
                output.append(contentsOf: Redaction.placeholder.utf8)
                copied = secret.upperBound
                index = secret.upperBound
            } else {
                index += 1
            }
        }
        guard copied > 0 else { return nil }
        output.append(contentsOf: source[copied...])
        return output
    }

    /// The secret that the byte at an index introduces.
    private func secret(at index: Int) -> Range<Int>? {
        switch source[index] {
        case UInt8(ascii: "="): namedValue(nameEnd: index, valueStart: index + 1, separator: UInt8(ascii: "="))
        case UInt8(ascii: ":"):
            userInformation(colon: index)
                ?? namedValue(nameEnd: index, valueStart: index + 1, separator: UInt8(ascii: ":"))
        case UInt8(ascii: "%") where matches("%3d", at: index):
            namedValue(nameEnd: index, valueStart: index + 3, separator: UInt8(ascii: "="))
        case UInt8(ascii: "g"), UInt8(ascii: "G"): tokenWord(at: index)
        case UInt8(ascii: "b"), UInt8(ascii: "B"): bearer(at: index)
        default: nil
        }
    }

    // MARK: Names and their values

    /// `name=value`, `name = 'value'`, `Name: value`, `"name": "value"`.
    private func namedValue(nameEnd: Int, valueStart: Int, separator: UInt8) -> Range<Int>? {
        var end = skipBack(from: nameEnd)
        let isQuoted = end > 0 && isQuote(source[end - 1])
        if isQuoted {
            end -= 1
            // The quotes of a JSON text within a JSON text are escaped.
            if end > 0, source[end - 1] == 0x5C { end -= 1 }
        }
        var start = end
        while start > 0, end - start < SecretName.longest, isNameByte(source[start - 1]) { start -= 1 }
        guard start < end, let kind = SecretName.kind(of: source[start..<end]) else { return nil }
        // "unexpected token: x" is prose; a header has a name of two words, JSON has quotes.
        if separator == UInt8(ascii: ":"), kind == .token, !isQuoted, !isCompound(source[start..<end]) { return nil }
        return value(from: valueStart, kind: kind)
    }

    private func value(from start: Int, kind: SecretName.Kind) -> Range<Int>? {
        var start = start
        while start < source.count, source[start] == 0x20 { start += 1 }
        guard start < source.count else { return nil }
        if isQuote(source[start]) { return quoted(from: start) }
        if source[start] == 0x5C, start + 1 < source.count, source[start + 1] == 0x22 { start += 2 }
        var end = start
        while end < source.count, !ends(source[end], kind) { end += 1 }
        return start..<end
    }

    private func ends(_ byte: UInt8, _ kind: SecretName.Kind) -> Bool {
        switch kind {
        case .token: byte <= 0x20 || byte == 0x22 || byte == UInt8(ascii: "&")
        case .password: byte <= 0x20 || byte == 0x22
        case .header: byte < 0x20 || byte == 0x22
        }
    }

    private func quoted(from start: Int) -> Range<Int> {
        var end = start + 1
        while end < source.count, source[end] != source[start] {
            end += source[end] == 0x5C ? 2 : 1
        }
        return start + 1..<min(end, source.count)
    }

    // MARK: Words

    /// Prefixes of tokens, as GitLab gives them out.
    private static let tokenPrefixes: [StaticString] = [
        "glpat-", "glcbt-", "gldt-", "glrt-", "glptt-", "glft-", "glsoat-", "gloas-", "glagent-", "glimt-", "glffct-",
    ]

    private func tokenWord(at index: Int) -> Range<Int>? {
        guard index + 1 < source.count, source[index + 1] | 0x20 == UInt8(ascii: "l") else { return nil }
        guard let prefix = SecretScanner.tokenPrefixes.first(where: { matches($0, at: index) }) else { return nil }
        let start = index + prefix.utf8CodeUnitCount
        var end = start
        while end < source.count, isNameByte(source[end]) { end += 1 }
        return start..<end
    }

    private func bearer(at index: Int) -> Range<Int>? {
        guard matches("bearer ", at: index) else { return nil }
        return value(from: index + 7, kind: .password)
    }

    // MARK: URIs

    /// The user information of `scheme://user:password@host`, whole: a token may be the user name.
    private func userInformation(colon: Int) -> Range<Int>? {
        guard matches("://", at: colon) else { return nil }
        let start = colon + 3
        var (end, slash, firstColon) = (start, source.count, source.count)
        var at: Int?
        // libpq allows a password with a raw "/", so there the last "@" of the word counts (RFC 3986: of the authority).
        let isDatabase = hasSuffix("postgresql", before: colon) || hasSuffix("postgres", before: colon)
        while end < source.count, source[end] > 0x20, source[end] != 0x22 {
            switch source[end] {
            case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"): slash = min(slash, end)
            case UInt8(ascii: ":"): firstColon = min(firstColon, end)
            case UInt8(ascii: "@") where slash == source.count || (isDatabase && firstColon < slash): at = end
            default: break
            }
            if slash < source.count, !isDatabase { break }
            end += 1
        }
        return at.map { start..<$0 }
    }

    // MARK: Bytes

    private func skipBack(from index: Int) -> Int {
        var index = index
        while index > 0, source[index - 1] == 0x20 { index -= 1 }
        return index
    }

    private func hasSuffix(_ word: StaticString, before index: Int) -> Bool {
        let start = index - word.utf8CodeUnitCount
        return start >= 0 && matches(word, at: start)
    }

    /// Whether a lower-case word stands at an index, in any case.
    private func matches(_ word: StaticString, at index: Int) -> Bool {
        let count = word.utf8CodeUnitCount
        guard index + count <= source.count else { return false }
        for offset in 0..<count {
            let byte = source[index + offset]
            let lowered = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
            if lowered != word.utf8Start[offset] { return false }
        }
        return true
    }

    private func isQuote(_ byte: UInt8) -> Bool { byte == 0x22 || byte == 0x27 }

    private func isCompound(_ name: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        name.contains { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "%"):
            true
        default:
            false
        }
    }
}
