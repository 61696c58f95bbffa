import ArtifactsAPI
import Configuration
import Cryptography
import Glibc

/// How archives get to the client, from the settings.
enum DeliverySetup {
    /// The signer of URLs, or `nil` where none are signed.
    static func signer(_ configuration: Configuration) throws(CommandFailure) -> URLSigner? {
        guard configuration.delivery == .redirect, let base = configuration.cdnURL else { return nil }
        let keys = try keys(configuration)
        let lifetime = configuration.urlTTL.components.seconds
        do throws(CryptographyError) {
            return try URLSigner(base: base, lifetime: lifetime, keys: keys) { Int64(time(nil)) }
        } catch {
            throw CommandFailure(status: .configuration, message: "ARTIFACTD_DELIVERY: redirect needs MD5: \(error)")
        }
    }

    /// The way that whole archives take.
    static func delivery(_ configuration: Configuration, _ signer: URLSigner?) -> ArchiveDelivery {
        signer.map(ArchiveDelivery.redirect) ?? .accel(inlineBelow: configuration.inlineBelow ?? 0)
    }

    /// The keys in the file that the settings name.
    ///
    /// No message holds anything of the file but the number of a line.
    static func keys(_ configuration: Configuration) throws(CommandFailure) -> SigningKeys {
        guard let path = configuration.cdnKeyFile else {
            throw CommandFailure(status: .configuration, message: "ARTIFACTD_CDN_KEY_FILE: missing")
        }
        let text = try text(of: path)
        do throws(SigningKeyError) {
            return try SigningKeys(parsing: text)
        } catch {
            throw failure(path, error.description)
        }
    }

    private static func text(of path: String) throws(CommandFailure) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, "cannot open: \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 16 << 10)
        while bytes.count <= sizeLimit {
            let count = read(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(path, "cannot read: \(String(cString: strerror(errno)))") }
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += block[..<count]
        }
        throw failure(path, "larger than \(sizeLimit) bytes")
    }

    /// No key file is larger; something else was named by mistake.
    private static let sizeLimit = 64 << 10

    private static func failure(_ path: String, _ message: String) -> CommandFailure {
        CommandFailure(status: .configuration, message: "ARTIFACTD_CDN_KEY_FILE: \(path): \(message)")
    }
}
