/// The 32 bytes of a SHA-256 digest (FIPS 180-4).
///
/// Held inline as four words, in the byte order of the digest, so that a digest is a key without any allocation.
public struct SHA256Digest: Hashable, Sendable {
    /// How many bytes a digest has.
    public static let byteCount = 32

    private let word0: UInt64
    private let word1: UInt64
    private let word2: UInt64
    private let word3: UInt64

    /// Takes a digest from its bytes.
    ///
    /// - Parameter bytes: Exactly 32 bytes; nil for any other count.
    public init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == SHA256Digest.byteCount else { return nil }
        self.init(thirtyTwoBytes: bytes)
    }

    /// Takes a digest from its bytes.
    ///
    /// - Parameter bytes: Exactly 32 bytes, as PostgreSQL returns a `bytea`; nil for any other count.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == SHA256Digest.byteCount else { return nil }
        self = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: SHA256Digest.byteCount) { buffer in
            _ = buffer.initialize(fromContentsOf: bytes)
            return SHA256Digest(thirtyTwoBytes: UnsafeRawBufferPointer(buffer))
        }
    }

    /// Reads a digest in hexadecimal.
    ///
    /// - Parameter hex: Exactly 64 digits of either case; nil for anything else.
    public init?(hex: String) {
        guard hex.utf8.count == 2 * SHA256Digest.byteCount, let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes: bytes)
    }

    /// Takes 32 bytes that are known to be there.
    init(thirtyTwoBytes bytes: UnsafeRawBufferPointer) {
        word0 = bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
        word1 = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        word2 = bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
        word3 = bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
    }

    /// Lends the 32 bytes.
    ///
    /// - Parameter body: Uses the bytes, which are valid only during the call.
    /// - Returns: What the closure returns.
    /// - Throws: What the closure throws.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let words = (word0, word1, word2, word3)
        return try Swift.withUnsafeBytes(of: words, body)
    }

    /// The bytes as an array.
    public var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

    /// The digest as 64 lower-case hexadecimal digits.
    public var hex: String { withUnsafeBytes { Hex.encode($0) } }

    /// The digest in standard Base64 with padding, as `Repr-Digest` wants it (RFC 9530).
    public var base64: String { withUnsafeBytes { Base64.encode($0) } }
}

extension SHA256Digest: CustomStringConvertible {
    /// The digest as 64 lower-case hexadecimal digits.
    public var description: String { hex }
}
