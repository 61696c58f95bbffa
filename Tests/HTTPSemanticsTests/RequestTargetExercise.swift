import HTTPSemantics

/// Feeds bytes of a client to every parser of the request line and of the conditional fields, and checks what must always hold.
///
/// The fuzzer `Tests/Fuzz/RequestTarget` and the tests share it. The lines of the input are, in this order, the request target and
/// the fields Range, If-Range, If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since, Authorization and Accept-Encoding,
/// then a size in decimal; missing lines are absent fields.
enum RequestTargetExercise {
    /// Runs the parsers.
    ///
    /// - Parameter input: What the fuzzer made up.
    /// - Returns: Which property was violated, nil if all hold.
    static func violation(in input: UnsafeRawBufferPointer) -> String? {
        let lines = input.split(separator: UInt8(ascii: "\n"), maxSplits: 9, omittingEmptySubsequences: false).map(
            Array.init
        )
        let fields = lines.dropFirst().map { String(decoding: $0, as: UTF8.self) }
        func field(_ index: Int) -> String? { index < fields.count ? fields[index] : nil }
        let conditions = Conditions(
            ifMatch: field(2),
            ifNoneMatch: field(3),
            ifModifiedSince: field(4),
            ifUnmodifiedSince: field(5),
            ifRange: field(1),
            range: field(0)
        )
        var size: Int64 = 1000
        if let text = field(8), case .value(let value) = ParameterValue.identifier(text) { size = value }
        return targetViolation(lines.first ?? [])
            ?? conditionViolation(conditions)
            ?? rangeViolation(conditions, size: size)
            ?? dateViolation(field(4) ?? "")
            ?? credentialViolation(authorization: field(6), acceptEncoding: field(7))
    }

    private static func targetViolation(_ bytes: [UInt8]) -> String? {
        guard let target = try? RequestTarget(bytes) else { return nil }
        guard target.path.first == UInt8(ascii: "/") else { return "a path does not start with a slash" }
        let joined = target.pathSegments.flatMap { [UInt8(ascii: "/")] + $0 }
        guard joined.elementsEqual(target.path) else { return "the segments do not make up the path" }
        for segment in target.pathSegments {
            guard let decoded = PercentCoding.decode(segment, plusIsSpace: false) else { continue }
            let encoded = PercentCoding.encode(decoded, allowed: .pathSegment)
            guard PercentCoding.decode(ArraySlice(encoded.utf8), plusIsSpace: false) == decoded else {
                return "a segment does not survive encoding"
            }
            let text = PercentCoding.decodeToString(segment, plusIsSpace: false)
            guard text == nil || text?.utf8.elementsEqual(decoded) == true else { return "text and bytes differ" }
            let names = [ContentDisposition.archive(name: text ?? ""), .file(path: text ?? "")].map(\.fieldValue)
            guard names.allSatisfy(isOneLine) else { return "a control character in a disposition" }
            _ = MediaType.contentType(fileName: text ?? "")
        }
        return queryViolation(target)
    }

    private static func queryViolation(_ target: RequestTarget) -> String? {
        guard let query = try? Query(target.query) else { return nil }
        for parameter in query.parameters {
            guard query.all(parameter.name).last == query.last(parameter.name) else {
                return "last is not the last of all"
            }
            _ = ParameterValue.boolean(parameter.value)
            _ = ParameterValue.identifier(parameter.value)
            if let time = Timestamp.parse(parameter.value) {
                let text = Timestamp.format(microseconds: time)
                guard text.utf8.count == 24, Timestamp.parse(text) != nil else {
                    return "a timestamp is not read back: \(text)"
                }
            }
        }
        guard let pagination = try? Pagination(query: query) else { return nil }
        let link = PageLink(externalURL: "https://host", path: target.path, query: query)
        let value = pagination.linkValue(total: .max, link: link)
        let brackets = value.count { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">") }
        let commas = value.split(separator: UInt8(ascii: "<")).count
        return brackets == 2 * commas && value.allSatisfy { (0x20..<0x7F).contains($0) } ? nil : "a link is broken"
    }

    private static func conditionViolation(_ conditions: Conditions) -> String? {
        let tags = [conditions.ifMatch, conditions.ifNoneMatch].compactMap { $0 }.map(EntityTagList.init(parsing:))
        for case .tags(let list) in tags {
            for tag in list {
                guard EntityTag(parsing: tag.fieldValue) == tag else { return "a tag is not read back: \(tag)" }
                let validators = Validators(entityTag: tag, lastModified: 0)
                let verdict = Conditions(ifNoneMatch: tag.fieldValue).evaluate(method: .get, validators: validators)
                guard verdict == .notModified else { return "a tag does not match itself: \(tag)" }
            }
        }
        let validators = Validators(entityTag: EntityTag("a"), alternates: [EntityTag("b")], lastModified: 784_111_777)
        let verdict = conditions.evaluate(method: .put, validators: validators)
        return verdict == .notModified ? "304 for a PUT" : nil
    }

    private static func rangeViolation(_ conditions: Conditions, size: Int64) -> String? {
        let validators = Validators(entityTag: EntityTag("a"), lastModified: 784_111_777)
        for size in [size, 0, 1, .max] {
            let outcome = RangeRequest.evaluate(
                range: conditions.range,
                ifRange: conditions.ifRange,
                method: .get,
                size: size,
                validators: validators
            )
            switch outcome {
            case .whole, .unsatisfiable:
                continue
            case .single(let range):
                guard isInside(range, size) else { return "\(range) is not inside \(size)" }
            case .multiple(let ranges):
                guard (2...RangeRequest.maximumRangeCount).contains(ranges.count) else {
                    return "\(ranges.count) ranges"
                }
                guard ranges.allSatisfy({ isInside($0, size) }) else { return "\(ranges) are not inside \(size)" }
                let sorted = ranges.sorted { $0.first < $1.first }
                guard zip(sorted, sorted.dropFirst()).allSatisfy({ $0.last < $1.first }) else {
                    return "\(ranges) overlap"
                }
            }
        }
        return nil
    }

    private static func dateViolation(_ text: String) -> String? {
        guard let date = HTTPDate.parse(text) else { return nil }
        return HTTPDate.parse(HTTPDate.format(date)) == date ? nil : "a date is not read back: \(text)"
    }

    private static func credentialViolation(authorization: String?, acceptEncoding: String?) -> String? {
        _ = AcceptEncoding.acceptsGzip(acceptEncoding)
        guard let token = AuthorizationHeader.bearerToken(authorization) else { return nil }
        guard !token.isEmpty, authorization?.utf8.count ?? 0 > token.utf8.count else { return "a token out of nothing" }
        var header = HeaderBlock()
        header.append("X", token)
        return header.bytes.count { $0 == UInt8(ascii: "\n") } == 1 ? nil : "a value starts a field"
    }

    private static func isInside(_ range: ByteRange, _ size: Int64) -> Bool {
        0 <= range.first && range.first <= range.last && range.last < size && range.count >= 1
    }

    private static func isOneLine(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
}
