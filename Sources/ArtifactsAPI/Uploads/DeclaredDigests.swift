internal import Cryptography
internal import HTTPSemantics

/// The SHA-256 digests that a client announced by `Content-Digest` and `Repr-Digest` (RFC 9530).
///
/// By the letter, `Content-Digest` of a form is that of the whole body, while the client that computes one mostly means the
/// file. So a digest of the request may be of either, since both prove that the file is whole; one in the header of the
/// file's part is the file's.
struct DeclaredDigests {
    /// Of the request: the body's, or the file's.
    private var ofRequest: [String] = []
    /// Of the part: the file's.
    private var ofPart: [String] = []

    /// Reads the fields of a request.
    ///
    /// - Parameter request: The request.
    /// - Throws: `RequestFailure` where a field holds a malformed sha-256.
    init(_ request: APIRequest) throws(RequestFailure) {
        try Self.add(request.field("HTTP_CONTENT_DIGEST"), "Content-Digest", to: &ofRequest)
        try Self.add(request.field("HTTP_REPR_DIGEST"), "Repr-Digest", to: &ofRequest)
    }

    /// Reads the fields of the file's part.
    mutating func add(_ part: MultipartPart) throws(RequestFailure) {
        try Self.add(part.field("content-digest"), "Content-Digest", to: &ofPart)
        try Self.add(part.field("repr-digest"), "Repr-Digest", to: &ofPart)
    }

    /// Whether the body's own digest must be computed.
    var concernBody: Bool { !ofRequest.isEmpty }

    /// Compares what was announced with what came.
    ///
    /// - Parameters:
    ///   - file: The file's digest.
    ///   - body: The body's digest, or `nil` where it was not computed.
    /// - Throws: `RequestFailure` where one does not match.
    func check(file: SHA256Digest, body: SHA256Digest?) throws(RequestFailure) {
        let fileDigest = file.base64
        let bodyDigest = body?.base64
        guard ofPart.allSatisfy({ $0 == fileDigest }), ofRequest.allSatisfy({ $0 == fileDigest || $0 == bodyDigest })
        else {
            throw .upload(.wrongDigest)
        }
    }

    private static func add(_ field: String?, _ name: StaticString, to digests: inout [String]) throws(RequestFailure) {
        guard let field else { return }
        switch DigestField.sha256(in: field) {
        case .absent: return
        case .malformed: throw .parameters([.invalid(name)])
        case .base64(let text): digests.append(text)
        }
    }
}
