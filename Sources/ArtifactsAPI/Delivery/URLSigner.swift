internal import ContentStore
public import Cryptography
internal import HTTPSemantics
internal import Synchronization

/// Makes the signed URLs under which nginx serves stored content without asking anybody.
///
/// Everything that the answer depends on is a part of the path, and the signature covers the path as nginx decodes it:
///
///     <base>/<key>/<expiry>/<ab>/<cd>/<sha256>.<row>/<digest>/<last modified>/<disposition>?s=<signature>
///
/// The parts can hold no `/` but for the content's path and the digest, which are of fixed form, so no two URLs have the
/// same signed text. It is not a query, because nginx decodes paths and not arguments: the disposition goes into the header
/// as it was decoded. The secret stands at both ends of the signed text. At the end alone, a caller who chooses
/// file names could search for two URLs whose MD5 collides before the secret counts, and have one signed for the other.
public final class URLSigner: Sendable {
    private let base: String
    private let lifetime: Int64
    private let clock: @Sendable () -> Int64
    private let keys: Mutex<SigningKeys>

    /// Makes a signer.
    ///
    /// - Parameters:
    ///   - base: What every signed URL starts with, without a slash at its end.
    ///   - lifetime: How long a URL is good, in seconds.
    ///   - keys: The keys; the first signs.
    ///   - clock: Seconds since the Unix epoch.
    /// - Throws: `algorithmUnavailable` under a policy that forbids MD5.
    public init(
        base: String,
        lifetime: Int64,
        keys: SigningKeys,
        clock: @escaping @Sendable () -> Int64
    ) throws(CryptographyError) {
        _ = try SecureLinkMD5.sign("")
        self.base = base
        self.lifetime = lifetime
        self.clock = clock
        self.keys = Mutex(keys)
    }

    /// Takes other keys from the next URL on.
    ///
    /// - Parameter keys: The keys; the first signs. URLs that are out stay good as long as nginx knows their key.
    public func replaceKeys(_ keys: SigningKeys) {
        self.keys.withLock { $0 = keys }
    }

    /// Signs the URL of a content.
    ///
    /// - Parameters:
    ///   - content: The content.
    ///   - lastModified: What `Last-Modified` shall say, in seconds since the Unix epoch.
    ///   - disposition: What `Content-Disposition` shall say.
    /// - Returns: The URL, or `nil` where the disposition cannot be a part of a path.
    /// - Throws: `algorithmUnavailable`.
    func url(
        of content: ContentReference,
        lastModified: Int64,
        disposition: ContentDisposition
    ) throws(CryptographyError) -> String? {
        let header = disposition.fieldValue.utf8
        guard header.count <= Self.longestDisposition, header.allSatisfy(Self.mayBeInPath) else { return nil }
        let key = keys.withLock { $0.current }
        let (sum, overflow) = clock().addingReportingOverflow(lifetime)
        let expiry = overflow ? Int64.max : sum
        let fixed = "/\(key.id)/\(expiry)/\(content.relativePath)/"
        let (digest, date) = (content.digest.base64, HTTPDate.format(lastModified))
        let signed = "\(fixed)\(digest)/\(date)/\(disposition.fieldValue)"
        let signature = try SecureLinkMD5.sign("\(key.secret) \(signed) \(key.secret)")
        let variable = [digest, date, disposition.fieldValue].map {
            PercentCoding.encode($0.utf8, allowed: .queryValue)
        }
        return "\(base)\(fixed)\(variable.joined(separator: "/"))?s=\(signature)"
    }

    /// Encoded it is up to three times as long, and must pass through clients that take URLs of 8 KiB at most.
    private static let longestDisposition = 2 << 10

    /// Printable ASCII without the slash, as the pattern of `cdn.conf` has it.
    private static func mayBeInPath(_ byte: UInt8) -> Bool {
        (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "/")
    }
}
