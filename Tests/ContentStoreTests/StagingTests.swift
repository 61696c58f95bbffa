import Cryptography
import Foundation
import TestSupport
import Testing
import ZipArchive

@testable import ContentStore

@Suite("Taking content in")
struct StagingTests {
    private let fixture: StoreFixture

    init() throws {
        fixture = try StoreFixture()
    }

    @Test("digest and size are those of the bytes", arguments: [0, 1, 5, 3_000_000])
    func digest(count: Int) throws {
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, size in
            for index in 0..<count { buffer.initializeElement(at: index, to: UInt8(truncatingIfNeeded: index &* 31)) }
            size = count
        }
        let staged = try fixture.stage(bytes, as: .opaque)
        #expect(try staged.digest == SHA256Digest(hashing: bytes))
        #expect(staged.size == Int64(count))
        #expect(!staged.isIndexed)
    }

    @Test("a zip gets a member index")
    func index() throws {
        #expect(try fixture.stage(zip).isIndexed)
        let content = try fixture.place(zip)
        let index = try fixture.store.openIndex(content)
        #expect(index.recordCount == 1)
        #expect(index.archiveSize == Int64(zip.count))
        #expect(index.archiveDigest == content.digest.bytes)
    }

    @Test(
        "an archive that could not be served is refused, with a sentence, and nothing is left",
        arguments: [
            (Array("hello".utf8), ZipError.notAZip), (Array(zip.dropLast(30)), .truncated), ([], .notAZip),
        ]
    )
    func badArchive(bytes: [UInt8], reason: ZipError) throws {
        let error = failure { _ = try fixture.stage(bytes) }
        #expect(error == .unreadableArchive(reason))
        #expect(error?.description == reason.description)
        #expect(try fixture.files("tmp") == [])
        #expect(try fixture.files("contents") == [])
    }

    @Test("an archive above the limits is refused")
    func limits() throws {
        var limits = ZipLimits()
        limits.members = 0
        #expect(
            failure { _ = try fixture.stage(zip, as: .zip(limits)) } == .unreadableArchive(.tooManyMembers(limit: 0))
        )
        #expect(try fixture.files("tmp") == [])
    }

    @Test("what is let go of without a place vanishes")
    func abandoned() throws {
        do {
            let staged = try fixture.stage(zip)
            #expect(try fixture.files("tmp").count == 2)
            #expect(staged.isIndexed)
        }
        #expect(try fixture.files("tmp") == [])
        do {
            let incoming = try fixture.store.begin()
            #expect(try fixture.files("tmp").count == 1)
            #expect(incoming.size == 0)
        }
        #expect(try fixture.files("tmp") == [])
    }

    @Test("a file is copied in, and progress told")
    func file() throws {
        let source = try TemporaryDirectory()
        let bytes = [UInt8](repeating: 7, count: 2_500_000)
        try source.write("big.bin", bytes)
        var told: [Int64] = []
        let staged = try fixture.store.stage(file: "\(source.path)/big.bin", as: .opaque) { told.append($0) }
        #expect(try staged.digest == SHA256Digest(hashing: bytes))
        #expect(told.reduce(0, +) == 2_500_000)
        #expect(told.count == 3)
    }

    @Test("what is no regular file is told by its path")
    func noFile() throws {
        let missing = "\(fixture.directory.path)/missing"
        #expect(failure { _ = try fixture.store.stage(file: missing, as: .opaque) } == .noSuchFile(path: missing))
        let directory = fixture.directory.path
        #expect(failure { _ = try fixture.store.stage(file: directory, as: .opaque) } == .noSuchFile(path: directory))
        #expect(try fixture.files("tmp") == [])
    }

    @Test("leftovers are reclaimed, and files in use are left alone")
    func reclaim() throws {
        let used = try fixture.stage(zip)
        try fixture.directory.write("tmp/leftover", "half")
        try fixture.directory.write("tmp/other", "")
        #expect(try fixture.store.reclaimTemporaryFiles() == 2)
        #expect(try fixture.files("tmp").count == 2)
        try used.place(contentID: 1)
        #expect(try fixture.files("contents").count == 2)
        #expect(try fixture.store.reclaimTemporaryFiles() == 0)
    }

    @Test("a full disk is told as such, and leaves room behind")
    func full() throws {
        let directory = try TemporaryDirectory()
        let mount = Process.arguments("mount", "-t", "tmpfs", "-o", "size=256k", "none", directory.path)
        guard geteuid() == 0, mount == 0 else {
            print("skipped: a small file system cannot be mounted here")
            return
        }
        defer { _ = Process.arguments("umount", "-l", directory.path) }
        let store = try ContentStore(root: directory.path)
        let block = [UInt8](repeating: 1, count: 400_000)
        let source = try TemporaryDirectory()
        try source.write("big", block)
        let error = failure { _ = try store.stage(file: "\(source.path)/big", as: .opaque) }
        #expect(error == .full)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(directory.path)/tmp") == [])
        try source.write("small", "enough room")
        try store.stage(file: "\(source.path)/small", as: .opaque).place(contentID: 1)
    }
}

extension Process {
    /// Runs a program quietly to its end.
    ///
    /// - Returns: Its exit status, or -1 where it cannot be run.
    fileprivate static func arguments(_ arguments: String...) -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return -1 }
        process.waitUntilExit()
        return process.terminationStatus
    }
}
