/// The boundary of a `multipart/form-data` body (RFC 2046 §5.1.1).
public struct MultipartBoundary: Sendable, Equatable {
    /// The boundary's bytes, without the dashes that precede it in the body.
    public let bytes: [UInt8]

    /// What a `Content-Type` says of a body.
    public enum Outcome: Sendable, Equatable {
        /// A form whose parts this boundary separates.
        case form(MultipartBoundary)
        /// Another media type, or none.
        case other
        /// A form whose boundary is missing or not allowed.
        case invalid
    }

    /// Takes a boundary from its bytes.
    ///
    /// - Parameter bytes: 1 to 70 characters of `bchars`, not ending in a space; nil for anything else.
    public init?(_ bytes: [UInt8]) {
        guard (1...70).contains(bytes.count), bytes.last != UInt8(ascii: " ") else { return nil }
        guard bytes.allSatisfy(Self.characters.contains) else { return nil }
        self.bytes = bytes
    }

    /// Finds the boundary in a `Content-Type`.
    ///
    /// - Parameter contentType: The field's value, if any.
    /// - Returns: What it says.
    public static func find(in contentType: ArraySlice<UInt8>?) -> Outcome {
        guard let contentType else { return .other }
        let type = contentType.prefix { $0 != UInt8(ascii: ";") }.trimmingWhitespace()
        guard type.equalsIgnoringCase("multipart/form-data") else { return .other }
        guard let parameters = FieldParameters(contentType, escapes: .any),
            let bytes = parameters.bytes(of: "boundary".utf8), let boundary = MultipartBoundary(bytes)
        else { return .invalid }
        return .form(boundary)
    }

    private static let characters = ByteSet(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'()+_,-./:=? "
    )
}
