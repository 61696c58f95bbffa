/// How connections are made.
public struct CurlOptions: Sendable {
    /// How many milliseconds making a connection may take.
    public var connectLimit: Int64
    /// A file with the certificates that are trusted, in PEM, instead of the system's.
    public var certificates: String?
    /// What the client calls itself.
    public var userAgent: String
    /// After how many seconds without a byte in either direction a call is given up.
    public var stallLimit: Int

    /// Collects options.
    ///
    /// - Parameters:
    ///   - connectLimit: How many milliseconds making a connection may take.
    ///   - certificates: A file with the certificates that are trusted, in PEM, instead of the system's.
    ///   - userAgent: What the client calls itself.
    ///   - stallLimit: After how many seconds without a byte in either direction a call is given up.
    public init(connectLimit: Int64, certificates: String?, userAgent: String, stallLimit: Int = 300) {
        self.connectLimit = connectLimit
        self.certificates = certificates
        self.userAgent = userAgent
        self.stallLimit = stallLimit
    }
}
