extension [UInt8] {
    /// Lends the elements with typed throws, which the standard library's own method does not offer.
    ///
    /// - Parameter body: Uses the bytes, which are valid only during the call.
    /// - Returns: What the closure returns.
    /// - Throws: What the closure throws.
    func withRawBytes<Result>(
        _ body: (UnsafeRawBufferPointer) throws(CryptographyError) -> Result
    ) throws(CryptographyError) -> Result {
        try span.withUnsafeBytes(body)
    }
}

extension String {
    /// Lends the UTF-8 form with typed throws.
    ///
    /// - Parameter body: Uses the bytes, which are valid only during the call.
    /// - Returns: What the closure returns.
    /// - Throws: What the closure throws.
    func withUTF8Bytes<Result>(
        _ body: (UnsafeRawBufferPointer) throws(CryptographyError) -> Result
    ) throws(CryptographyError) -> Result {
        try utf8.span.withUnsafeBytes(body)
    }
}
