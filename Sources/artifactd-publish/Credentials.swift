import Glibc
import Publishing

/// What comes from the environment and from files.
enum Credentials {
    /// No token is longer.
    private static let longestToken = 4096

    /// The access token.
    static func token(_ settings: PublishSettings) throws(PublishError) -> String {
        let token: String
        if let file = settings.tokenFile {
            token = try content(of: file)
        } else if let value = getenv("ARTIFACTD_TOKEN") {
            token = String(cString: value)
        } else {
            throw PublishError(.configuration, "no token: set ARTIFACTD_TOKEN, or name a file by --token-file")
        }
        // It becomes a header field: nothing in it may end the line.
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw PublishError(.configuration, "the token is empty, or holds what no token can")
        }
        return token
    }

    /// The certificates must be readable: libcurl's own message names no file.
    static func checkCertificates(_ settings: PublishSettings) throws(PublishError) {
        guard let file = settings.certificates, access(file, R_OK) != 0 else { return }
        throw PublishError(.configuration, "\(file): \(String(cString: strerror(errno)))")
    }

    /// The first line's worth of a file, without white space around it.
    private static func content(of path: String) throws(PublishError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw PublishError(.configuration, "\(path): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: longestToken)
        while bytes.count <= longestToken {
            let count = read(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw PublishError(.configuration, "\(path): \(String(cString: strerror(errno)))") }
            if count == 0 { break }
            bytes += block[..<count]
        }
        let trimmed = bytes.drop { $0 <= 0x20 }
        let end = trimmed.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? trimmed.startIndex
        return String(decoding: trimmed[..<end], as: UTF8.self)
    }
}
