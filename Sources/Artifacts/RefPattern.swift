/// A protected ref's name, in which `*` stands for any characters.
public struct RefPattern: Sendable, Equatable {
    private let pieces: [[UInt8]]

    /// Takes over a name.
    ///
    /// - Parameter text: A ref name, byte for byte but for `*`.
    public init(_ text: String) {
        pieces = text.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
    }

    /// Whether a ref's name fits.
    ///
    /// Pieces between stars are found from the left, greedily, which is exact for patterns without other wildcards.
    ///
    /// - Parameter ref: The name of a branch or tag.
    /// - Returns: `true` where the ref is protected by this rule.
    public func matches(_ ref: String) -> Bool {
        let name = Array(ref.utf8)
        guard let first = pieces.first, let last = pieces.last, pieces.count > 1 else {
            return pieces.first == name
        }
        guard name.count >= first.count + last.count, name.starts(with: first),
            name.suffix(last.count).elementsEqual(last)
        else { return false }
        var rest = name[first.count..<(name.count - last.count)]
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let end = Self.end(of: piece, in: rest) else { return false }
            rest = rest[end...]
        }
        return true
    }

    private static func end(of piece: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count >= piece.count else { return nil }
        for start in bytes.startIndex...(bytes.endIndex - piece.count)
        where bytes[start..<(start + piece.count)].elementsEqual(piece) {
            return start + piece.count
        }
        return nil
    }
}
