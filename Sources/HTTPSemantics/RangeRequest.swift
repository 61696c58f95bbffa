/// What of a representation is to be sent.
public enum RangeOutcome: Sendable, Equatable {
    /// All of it, with 200.
    case whole
    /// One range, with 206 and `Content-Range`.
    case single(ByteRange)
    /// Several ranges in the order of the request, with 206 and `multipart/byteranges`.
    case multiple([ByteRange])
    /// Nothing, with 416.
    case unsatisfiable
}

/// The range request of RFC 9110 §14.2, guarded by `If-Range` (§13.1.5).
public enum RangeRequest {
    /// How many ranges one request may name before all of it is ignored.
    ///
    /// Many small or overlapping ranges are a known denial of service (RFC 9110 §17.15).
    public static let maximumRangeCount = 16

    /// Decides what is sent: step 5 of RFC 9110 §13.2.2, to be asked when the conditions let the request proceed.
    ///
    /// A `Range` is ignored (200) when the method is not `GET`, the unit is not `bytes`, the value is malformed, a range is
    /// reversed, there are more than 16 ranges, satisfiable ranges overlap, or `If-Range` does not hold. A suffix of an empty
    /// representation is all of it, hence 200 too: `Content-Range` cannot name an empty range.
    ///
    /// - Parameters:
    ///   - range: The value of `Range`, if any.
    ///   - ifRange: The value of `If-Range`, if any.
    ///   - method: The request's method.
    ///   - size: The size of the representation in bytes.
    ///   - validators: The current state of the representation.
    /// - Returns: What is to be sent.
    public static func evaluate(
        range: String?,
        ifRange: String?,
        method: Method,
        size: Int64,
        validators: Validators
    ) -> RangeOutcome {
        guard method == .get, let range, let specifiers = specifiers(range) else { return .whole }
        if let ifRange, !holds(ifRange, validators) { return .whole }
        if size == 0, specifiers.contains(where: \.isSatisfiableSuffix) { return .whole }
        let ranges = specifiers.compactMap { $0.range(of: size) }
        guard !hasOverlaps(ranges) else { return .whole }
        guard let first = ranges.first else { return .unsatisfiable }
        return ranges.count == 1 ? .single(first) : .multiple(ranges)
    }

    /// Whether the client's part still belongs to the current representation.
    ///
    /// A tag is compared strongly. A date must be exactly that of `Last-Modified`, not merely later, and counts as a strong
    /// validator (RFC 9110 §8.8.2.2) because the content behind one creation time never changes.
    private static func holds(_ ifRange: String, _ validators: Validators) -> Bool {
        if let tag = EntityTag(parsing: ifRange) { return tag.stronglyMatches(validators.entityTag) }
        guard let date = HTTPDate.parse(ifRange) else { return false }
        return date == validators.lastModified
    }

    private static func hasOverlaps(_ ranges: [ByteRange]) -> Bool {
        ranges.indices.contains { index in
            ranges[..<index].contains { $0.overlaps(ranges[index]) }
        }
    }

    /// Reads `bytes=0-499,-500`; nil if it is to be ignored.
    private static func specifiers(_ value: String) -> [RangeSpecifier]? {
        var scanner = ByteScanner(value)
        scanner.skipWhitespace()
        let unit = scanner.take(while: \.isTokenCharacter)
        guard unit.equalsIgnoringCase("bytes"), scanner.skip(UInt8(ascii: "=")) else { return nil }
        var specifiers: [RangeSpecifier] = []
        scanner.skipListSeparators()
        while !scanner.isAtEnd {
            guard specifiers.count < maximumRangeCount, let specifier = scanner.rangeSpecifier() else { return nil }
            specifiers.append(specifier)
            scanner.skipWhitespace()
            guard scanner.isAtEnd || scanner.upcoming == UInt8(ascii: ",") else { return nil }
            scanner.skipListSeparators()
        }
        return specifiers.isEmpty ? nil : specifiers
    }
}

/// One `range-spec` of RFC 9110 §14.1.1, before the size is known.
private enum RangeSpecifier {
    case from(Int64, to: Int64)
    case suffix(Int64)

    var isSatisfiableSuffix: Bool {
        if case .suffix(let length) = self { return length > 0 }
        return false
    }

    /// The bytes of a representation that are meant, nil if there are none.
    func range(of size: Int64) -> ByteRange? {
        switch self {
        case .from(let first, let last):
            first < size ? ByteRange(first: first, last: min(last, size - 1)) : nil
        case .suffix(let length):
            length > 0 && size > 0 ? ByteRange(first: max(0, size - length), last: size - 1) : nil
        }
    }
}

extension ByteScanner {
    /// Reads `first-last`, `first-` or `-length`; nil if it is malformed or reversed.
    fileprivate mutating func rangeSpecifier() -> RangeSpecifier? {
        guard let first = decimal() else {
            guard skip(UInt8(ascii: "-")), let length = decimal() else { return nil }
            return .suffix(length.value)
        }
        guard skip(UInt8(ascii: "-")) else { return nil }
        guard let last = decimal() else { return .from(first.value, to: .max) }
        return last < first ? nil : .from(first.value, to: last.value)
    }
}
