import ContentStore
import Cryptography
import Glibc
import ZipArchive

/// A store with two archives: one as small as most are, one with more members than the index cache takes.
struct Archives: CustomStringConvertible {
    struct Archive {
        let content: ContentReference
        let size: Int64
    }

    static let memberSize = 2048
    /// The member that is asked for in both.
    static let member = "output/reports/part-7.txt"

    let store: ContentStore
    let directory: String
    let small: Archive
    let large: Archive

    /// Makes the archives.
    init(preparing directory: String) throws {
        mkdir("\(directory)/store", 0o755)
        store = try ContentStore(root: "\(directory)/store")
        self.directory = directory
        small = try Self.place(1, members: 10, directory, store)
        large = try Self.place(2, members: 50_000, directory, store)
    }

    /// Opens what was made before.
    init(directory: String, _ text: String) throws {
        let parts = text.split(separator: ",").map { $0.split(separator: ":").map(String.init) }
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 }) else { throw Failure("archives: \(text)") }
        let archives = try parts.enumerated().map { index, part in
            guard let digest = SHA256Digest(hex: part[0]), let size = Int64(part[1]) else { throw Failure(text) }
            return Archive(content: ContentReference(id: Int64(index + 1), digest: digest), size: size)
        }
        store = try ContentStore(root: "\(directory)/store")
        self.directory = directory
        (small, large) = (archives[0], archives[1])
    }

    var description: String {
        [small, large].map { "\($0.content.digest.hex):\($0.size)" }.joined(separator: ",")
    }

    private static func place(
        _ id: Int64,
        members: Int,
        _ directory: String,
        _ store: ContentStore
    ) throws -> Archive {
        let path = "\(directory)/\(members).zip"
        let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0 else { throw Failure("\(path): errno \(errno)") }
        defer { close(descriptor) }
        try write(members, to: ZipWriter(descriptor: descriptor))
        let staged = try store.stage(file: path, as: .zip(ZipLimits()))
        try staged.place(contentID: id)
        unlink(path)
        return Archive(content: ContentReference(id: id, digest: staged.digest), size: staged.size)
    }

    private static func write(_ count: Int, to writer: ZipWriter) throws {
        let line = Array("It is the same line over and over, so that it is deflated.\n".utf8)
        let content = (0..<memberSize).map { line[$0 % line.count] }
        for number in 0..<count {
            let size = number == 7 ? memberSize : 16
            try writer.beginFile(Array("output/reports/part-\(number).txt".utf8), mode: 0o644, size: Int64(size))
            try content.withUnsafeBytes { try writer.append(UnsafeRawBufferPointer(rebasing: $0[..<size])) }
            try writer.endFile()
        }
        _ = try writer.finish()
    }
}
