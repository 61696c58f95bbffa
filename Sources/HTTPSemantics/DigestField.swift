/// The fields `Content-Digest` and `Repr-Digest` (RFC 9530 §2 and §3): a dictionary of algorithms and byte sequences.
public enum DigestField {
    /// What a field says of SHA-256.
    public enum Outcome: Sendable, Equatable {
        /// Only other algorithms.
        case absent
        /// The digest in Base64, 44 characters.
        case base64(String)
        /// Something that is no digest.
        case malformed
    }

    /// Finds the SHA-256 digest in a field.
    ///
    /// - Parameter field: The field's value, such as `sha-256=:…:`; several lines are joined by commas (RFC 9110 §5.2).
    /// - Returns: What it says. Of a repeated key the last counts (RFC 9651 §3.2).
    public static func sha256(in field: String) -> Outcome {
        var outcome = Outcome.absent
        for member in field.utf8.split(separator: UInt8(ascii: ",")) {
            let member = ArraySlice(Array(member)).trimmingWhitespace()
            guard let mark = member.firstIndex(of: UInt8(ascii: "=")) else { continue }
            guard member[..<mark].equalsIgnoringCase("sha-256") else { continue }
            outcome = digest(member[(mark + 1)...])
        }
        return outcome
    }

    /// A byte sequence (RFC 9651 §3.3.5) of 32 bytes; parameters behind it mean nothing here.
    private static func digest(_ value: ArraySlice<UInt8>) -> Outcome {
        let colon = UInt8(ascii: ":")
        let text = value.dropFirst().prefix { $0 != colon }
        guard value.first == colon, text.endIndex < value.endIndex, text.count == 44, text.last == UInt8(ascii: "=")
        else {
            return .malformed
        }
        guard
            text.dropLast().allSatisfy({
                $0.isDigit || $0.isLetter || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/")
            })
        else { return .malformed }
        return .base64(String(decoding: text, as: UTF8.self))
    }
}
