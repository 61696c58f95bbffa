extension SHA256Digest {
    /// Hashes bytes that are in memory.
    ///
    /// - Parameter bytes: The message.
    /// - Throws: `CryptographyError` if libcrypto cannot.
    public init(hashing bytes: UnsafeRawBufferPointer) throws(CryptographyError) {
        self = try SHA256Digest.filled { output throws(CryptographyError) in
            try MessageDigest.sha256().hash(bytes, into: output)
        }
    }

    /// Hashes bytes that are in memory.
    ///
    /// - Parameter bytes: The message.
    /// - Throws: `CryptographyError` if libcrypto cannot.
    public init(hashing bytes: [UInt8]) throws(CryptographyError) {
        self = try bytes.withRawBytes { raw throws(CryptographyError) in try SHA256Digest(hashing: raw) }
    }

    /// Hashes the UTF-8 form of a text, such as a token.
    ///
    /// - Parameter text: The message.
    /// - Throws: `CryptographyError` if libcrypto cannot.
    public init(hashing text: String) throws(CryptographyError) {
        self = try text.withUTF8Bytes { raw throws(CryptographyError) in try SHA256Digest(hashing: raw) }
    }

    /// Makes a digest from what a function of libcrypto writes.
    ///
    /// - Parameter fill: Writes 32 bytes.
    /// - Returns: The digest.
    /// - Throws: What the closure throws.
    static func filled(
        _ fill: (UnsafeMutableBufferPointer<UInt8>) throws(CryptographyError) -> Void
    ) throws(CryptographyError) -> SHA256Digest {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        return try withUnsafeMutableBytes(of: &words) { buffer throws(CryptographyError) in
            try fill(buffer.assumingMemoryBound(to: UInt8.self))
            return SHA256Digest(thirtyTwoBytes: UnsafeRawBufferPointer(buffer))
        }
    }
}
