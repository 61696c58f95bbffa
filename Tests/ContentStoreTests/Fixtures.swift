import Cryptography
import Foundation
import TestSupport
import ZipArchive

@testable import ContentStore

/// A zip archive of one empty member `a`.
let zip: [UInt8] = {
    let local: [UInt8] = [0x50, 0x4B, 3, 4] + [20] + [UInt8](repeating: 0, count: 21) + [1, 0, 0, 0, 0x61]
    let record: [UInt8] =
        [0x50, 0x4B, 1, 2, 20, 3, 20] + [UInt8](repeating: 0, count: 21) + [1] + [UInt8](repeating: 0, count: 11)
        + [0xA4, 0x81, 0, 0, 0, 0, 0x61]
    let size = UInt8(record.count)
    return local + record + [
        0x50, 0x4B, 5, 6, 0, 0, 0, 0, 1, 0, 1, 0, size, 0, 0, 0, UInt8(local.count), 0, 0, 0, 0, 0,
    ]
}()

/// A store in a directory of its own.
struct StoreFixture {
    let directory: TemporaryDirectory
    let store: ContentStore

    init() throws {
        directory = try TemporaryDirectory()
        store = try ContentStore(root: directory.path)
    }

    /// Takes in bytes and leaves them without a place.
    func stage(_ bytes: [UInt8], as kind: ContentStore.Kind = .zip(ZipLimits())) throws -> StagedContent {
        var incoming = try store.begin()
        try bytes.withUnsafeBytes { buffer in
            // In two pieces, because a client's arrive in any.
            try incoming.write(UnsafeRawBufferPointer(rebasing: buffer[..<(bytes.count / 2)]))
            try incoming.write(UnsafeRawBufferPointer(rebasing: buffer[(bytes.count / 2)...]))
        }
        return try incoming.finish(as: kind)
    }

    /// Takes in bytes and puts them in place.
    func place(
        _ bytes: [UInt8],
        id: Int64 = 1,
        as kind: ContentStore.Kind = .zip(ZipLimits())
    ) throws -> ContentReference {
        let staged = try stage(bytes, as: kind)
        try staged.place(contentID: id)
        return ContentReference(id: id, digest: staged.digest)
    }

    /// All files below a directory of the store, relative to it.
    func files(_ below: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: "\(directory.path)/\(below)").filter { path in
            var isDirectory: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: "\(directory.path)/\(below)/\(path)", isDirectory: &isDirectory)
            return !isDirectory.boolValue
        }.sorted()
    }

    /// The permission bits of a path below the store's root.
    func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: "\(directory.path)/\(path)")[.posixPermissions] as? Int
    }
}

/// The bytes of an open file.
func bytes(of file: ArchiveFile) throws -> [UInt8] {
    let size = Int(try file.size())
    return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        count = try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: 0)
    }
}

/// The error that a closure throws, or nil.
func failure(_ body: () throws -> Void) -> ContentStoreError? {
    do {
        try body()
        return nil
    } catch {
        return error as? ContentStoreError
    }
}
