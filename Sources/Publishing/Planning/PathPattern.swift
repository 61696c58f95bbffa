/// A pattern that leaves paths out, as `artifacts:exclude` of GitLab has it.
///
/// `*` is any part of a name, `?` one character, `[a-z]` and `[!a-z]` one of a set, `**` any number of directories, and a
/// backslash takes the next character as it is. A pattern without a slash is about names at any depth.
public struct PathPattern: Equatable, Sendable {
    private let segments: [[Unicode.Scalar]]

    /// Reads a pattern.
    ///
    /// - Parameter text: The pattern; slashes at its end mean nothing.
    public init(_ text: String) {
        var parts = text.unicodeScalars.split(separator: "/").map(Array.init)
        if parts.first == ["."] { parts.removeFirst() }
        let isAnywhere = !text.unicodeScalars.dropLast().contains("/") && !parts.isEmpty
        segments = isAnywhere ? [["*", "*"]] + parts : parts
    }

    /// Whether a path fits.
    ///
    /// - Parameter path: The path, its segments joined by slashes.
    /// - Returns: Whether the whole of it fits; what is below a directory that fits is left out by whoever walks.
    public func matches(_ path: String) -> Bool {
        Self.matches(segments[...], path.unicodeScalars.split(separator: "/").map(Array.init)[...])
    }

    private static func matches(_ pattern: ArraySlice<[Unicode.Scalar]>, _ path: ArraySlice<[Unicode.Scalar]>) -> Bool {
        guard let first = pattern.first else { return path.isEmpty }
        if first == ["*", "*"] {
            return (path.startIndex...path.endIndex).contains { matches(pattern.dropFirst(), path[$0...]) }
        }
        guard let name = path.first, nameMatches(first, name) else { return false }
        return matches(pattern.dropFirst(), path.dropFirst())
    }

    /// Goes back to the last `*` only: what an earlier one could take as well, the last one can.
    private static func nameMatches(_ pattern: [Unicode.Scalar], _ name: [Unicode.Scalar]) -> Bool {
        var (position, taken) = (0, 0)
        var star: (after: Int, taken: Int)?
        while taken < name.count {
            if position < pattern.count, pattern[position] == "*" {
                star = (position + 1, taken)
                position += 1
            } else if let next = step(pattern, position, name[taken]) {
                (position, taken) = (next, taken + 1)
            } else if let last = star {
                star = (last.after, last.taken + 1)
                (position, taken) = (last.after, last.taken + 1)
            } else {
                return false
            }
        }
        return pattern[position...].allSatisfy { $0 == "*" }
    }

    /// The position behind the part of the pattern that takes one character, or `nil` if it does not.
    private static func step(_ pattern: [Unicode.Scalar], _ position: Int, _ character: Unicode.Scalar) -> Int? {
        guard position < pattern.count else { return nil }
        switch pattern[position] {
        case "?": return position + 1
        case "[":
            guard let set = CharacterSet(pattern, position) else { return character == "[" ? position + 1 : nil }
            return set.contains(character) ? set.end : nil
        case "\\" where position + 1 < pattern.count: return pattern[position + 1] == character ? position + 2 : nil
        case let literal: return literal == character ? position + 1 : nil
        }
    }
}

/// A set of characters in brackets.
private struct CharacterSet {
    private var ranges: [ClosedRange<Unicode.Scalar>] = []
    private let isNegated: Bool
    /// Position behind the closing bracket.
    let end: Int

    /// `nil` where the bracket is never closed.
    init?(_ pattern: [Unicode.Scalar], _ start: Int) {
        var position = start + 1
        isNegated = position < pattern.count && (pattern[position] == "!" || pattern[position] == "^")
        if isNegated { position += 1 }
        let first = position
        while position < pattern.count, pattern[position] != "]" || position == first {
            let low = pattern[position]
            if position + 2 < pattern.count, pattern[position + 1] == "-", pattern[position + 2] != "]" {
                let high = pattern[position + 2]
                if low <= high { ranges.append(low...high) }
                position += 3
            } else {
                ranges.append(low...low)
                position += 1
            }
        }
        guard position < pattern.count else { return nil }
        end = position + 1
    }

    func contains(_ character: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(character) } != isNegated
    }
}
