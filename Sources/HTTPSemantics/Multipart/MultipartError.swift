/// Why a body is no `multipart/form-data` that this server takes.
///
/// Every case is the client's error. The descriptions hold nothing that the client sent.
public enum MultipartError: Error, Equatable, Sendable {
    /// `Content-Type` names no boundary, or one that RFC 2046 §5.1.1 does not allow.
    case invalidBoundary
    /// A line begins like a boundary and goes on otherwise.
    case malformedDelimiter
    /// The header of a part has a line that is no field, or an ambiguous one.
    case malformedHeader
    /// The header of a part is longer than ``MultipartParser/Limits/headerBytes``.
    case headerTooLarge
    /// More parts than ``MultipartParser/Limits/parts``.
    case tooManyParts
    /// More than ``MultipartParser/Limits/outsideBytes`` before the first or behind the last boundary.
    case tooMuchOutside
    /// A `Content-Transfer-Encoding` other than the identity (RFC 7578 §4.7 deprecates the field).
    case unsupportedEncoding
}

extension MultipartError: CustomStringConvertible {
    /// The sentence that the client may read.
    public var description: String {
        switch self {
        case .invalidBoundary: "The multipart boundary is missing or invalid."
        case .malformedDelimiter: "A multipart boundary is malformed."
        case .malformedHeader: "The header of a multipart part is malformed."
        case .headerTooLarge: "The header of a multipart part is too large."
        case .tooManyParts: "The multipart body has too many parts."
        case .tooMuchOutside: "The multipart body has too many bytes outside of its parts."
        case .unsupportedEncoding: "The transfer encoding of a multipart part is not supported."
        }
    }
}
