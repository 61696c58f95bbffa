/// The conditional fields of a request (RFC 9110 §13.1), as they were sent.
public struct Conditions: Sendable, Equatable {
    /// What becomes of the request.
    public enum Verdict: Sendable, Equatable {
        /// Go on as if there were no conditions.
        case proceed
        /// Answer 304.
        case notModified
        /// Answer 412.
        case preconditionFailed
    }

    /// The value of `If-Match`.
    public var ifMatch: String?
    /// The value of `If-None-Match`.
    public var ifNoneMatch: String?
    /// The value of `If-Modified-Since`.
    public var ifModifiedSince: String?
    /// The value of `If-Unmodified-Since`.
    public var ifUnmodifiedSince: String?
    /// The value of `If-Range`.
    public var ifRange: String?
    /// The value of `Range`, which `If-Range` guards.
    public var range: String?

    /// Collects the fields.
    ///
    /// - Parameters:
    ///   - ifMatch: The value of `If-Match`.
    ///   - ifNoneMatch: The value of `If-None-Match`.
    ///   - ifModifiedSince: The value of `If-Modified-Since`.
    ///   - ifUnmodifiedSince: The value of `If-Unmodified-Since`.
    ///   - ifRange: The value of `If-Range`.
    ///   - range: The value of `Range`.
    public init(
        ifMatch: String? = nil,
        ifNoneMatch: String? = nil,
        ifModifiedSince: String? = nil,
        ifUnmodifiedSince: String? = nil,
        ifRange: String? = nil,
        range: String? = nil
    ) {
        self.ifMatch = ifMatch
        self.ifNoneMatch = ifNoneMatch
        self.ifModifiedSince = ifModifiedSince
        self.ifUnmodifiedSince = ifUnmodifiedSince
        self.ifRange = ifRange
        self.range = range
    }

    /// Decides in the order of RFC 9110 §13.2.2, steps 1 to 4; step 5 is `RangeRequest`.
    ///
    /// To be asked only when the answer without conditions would be a 2xx. A date that is no date is ignored.
    ///
    /// - Parameters:
    ///   - method: The request's method.
    ///   - validators: The current state of the selected representation.
    /// - Returns: What becomes of the request.
    public func evaluate(method: Method, validators: Validators) -> Verdict {
        guard isUnchanged(validators) else { return .preconditionFailed }
        if let ifNoneMatch {
            guard Conditions.matches(ifNoneMatch, validators) else { return .proceed }
            return method.isSafe ? .notModified : .preconditionFailed
        }
        return method.isSafe && isOld(validators) ? .notModified : .proceed
    }

    /// Steps 1 and 2: `If-Match` or, only in its absence, `If-Unmodified-Since`.
    private func isUnchanged(_ validators: Validators) -> Bool {
        if let ifMatch {
            return EntityTagList(parsing: ifMatch).contains { $0.stronglyMatches(validators.entityTag) }
        }
        guard let limit = ifUnmodifiedSince.flatMap({ HTTPDate.parse($0) }), let lastModified = validators.lastModified
        else { return true }
        return lastModified <= limit
    }

    /// Step 3: `If-None-Match`, by weak comparison with every encoding.
    private static func matches(_ value: String, _ validators: Validators) -> Bool {
        EntityTagList(parsing: value).contains { tag in
            tag.weaklyMatches(validators.entityTag) || validators.alternates.contains(where: tag.weaklyMatches)
        }
    }

    /// Step 4: `If-Modified-Since`.
    private func isOld(_ validators: Validators) -> Bool {
        guard let limit = ifModifiedSince.flatMap({ HTTPDate.parse($0) }), let lastModified = validators.lastModified
        else { return false }
        return lastModified <= limit
    }
}
