import CLibCrypto

/// HMAC with SHA-256 (RFC 2104): the signature of what the service itself will verify.
public enum HMACSHA256 {
    /// Computes the authentication code; the C function is `HMAC`.
    ///
    /// - Parameters:
    ///   - message: The bytes to be authenticated.
    ///   - key: The key, of any length.
    /// - Returns: The code, 32 bytes.
    /// - Throws: `CryptographyError` if libcrypto cannot.
    public static func authenticate(
        _ message: UnsafeRawBufferPointer,
        key: UnsafeRawBufferPointer
    ) throws(CryptographyError) -> SHA256Digest {
        let algorithm = try MessageDigest.sha256()
        // HMAC(3) does not promise that a null pointer is an empty key or message.
        let empty: [UInt8] = [0]
        guard let keyLength = Int32(exactly: key.count) else { throw .functionFailed(.hmac) }
        return try empty.withRawBytes { nothing throws(CryptographyError) in
            let keyStart = key.baseAddress ?? nothing.baseAddress
            let start = (message.baseAddress ?? nothing.baseAddress)?.assumingMemoryBound(to: UInt8.self)
            return try SHA256Digest.filled { output throws(CryptographyError) in
                let code = HMAC(
                    algorithm.pointer,
                    keyStart,
                    keyLength,
                    start,
                    message.count,
                    output.baseAddress,
                    nil
                )
                guard code != nil else { throw .functionFailed(.hmac) }
            }
        }
    }

    /// Computes the authentication code of bytes.
    ///
    /// - Parameters:
    ///   - message: The bytes to be authenticated.
    ///   - key: The key, of any length.
    /// - Returns: The code, 32 bytes.
    /// - Throws: `CryptographyError` if libcrypto cannot.
    public static func authenticate(_ message: [UInt8], key: [UInt8]) throws(CryptographyError) -> SHA256Digest {
        try message.withRawBytes { message throws(CryptographyError) in
            try key.withRawBytes { key throws(CryptographyError) in try authenticate(message, key: key) }
        }
    }

    /// Computes the authentication code of a text.
    ///
    /// - Parameters:
    ///   - text: The text, authenticated in its UTF-8 form.
    ///   - key: The key, of any length.
    /// - Returns: The code, 32 bytes.
    /// - Throws: `CryptographyError` if libcrypto cannot.
    public static func authenticate(_ text: String, key: [UInt8]) throws(CryptographyError) -> SHA256Digest {
        try text.withUTF8Bytes { text throws(CryptographyError) in
            try key.withRawBytes { key throws(CryptographyError) in try authenticate(text, key: key) }
        }
    }
}
