/// Why there is no partial archive of some paths.
public enum PartialArchiveError: Error, Equatable, Sendable {
    /// The archive has neither a member nor a directory of one of the paths.
    case noMatch
    /// A member's extra fields leave no room for the zip64 sizes that it needs now (APPNOTE 4.5.3).
    case extraFieldsTooLong
    /// The archive's directory, or a member's place, is damaged.
    case member(MemberError)
    /// The index is damaged.
    case index(IndexError)
}

extension PartialArchiveError: CustomStringConvertible, CustomDebugStringConvertible {
    /// One sentence, safe to show to a client.
    public var description: String {
        switch self {
        case .noMatch: "Path Not Found"
        case .extraFieldsTooLong: "The extra fields of a member are too long for a partial archive"
        case .member(let error): error.description
        case .index(let error): error.description
        }
    }

    /// The detail for the log.
    public var debugDescription: String {
        switch self {
        case .noMatch, .extraFieldsTooLong, .index: description
        case .member(let error): error.debugDescription
        }
    }
}
