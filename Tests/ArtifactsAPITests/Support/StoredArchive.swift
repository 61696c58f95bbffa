import Artifacts
import ContentStore
import Cryptography
import Foundation
import Testing
import ZipArchive

@testable import ArtifactsAPI
@testable import ArtifactsPostgres

/// An archive in a store of its own, as the database would name it.
final class StoredArchive {
    /// When the row was made, and what `Last-Modified` says of it.
    static let created: Int64 = 784_111_777_000_005
    static let lastModified = "Sun, 06 Nov 1994 08:49:37 GMT"

    let store: ContentStore
    let archive: ReadableArchive
    let bytes: [UInt8]
    private let directory: String
    private var endpoint: MemberEndpoint

    private static let admission = Admission(
        project: ProjectFacts(
            id: 1,
            path: "g/p",
            visibility: .public,
            publicJobs: true,
            buildsAccessLevel: .enabled,
            isArchived: false
        ),
        caller: .anonymous,
        credential: nil
    )

    convenience init(_ members: [ZipFile.Member]) throws {
        try self.init(ZipFile.bytes(members), kind: .zip(ZipLimits()))
    }

    init(_ bytes: [UInt8], kind: ContentStore.Kind = .opaque) throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("api-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        directory = url.path
        self.bytes = bytes
        store = try ContentStore(root: directory)
        endpoint = MemberEndpoint(store: store)
        var incoming = try store.begin()
        try bytes.withUnsafeBytes { try incoming.write($0) }
        let staged = try incoming.finish(as: kind)
        try staged.place(contentID: 1)
        let row = ArchiveRow(
            id: 7,
            access: .all,
            filename: "artifacts.zip",
            isAvailable: true,
            createdAt: Self.created,
            content: ContentRow(id: 1, digest: staged.digest.bytes, size: Int64(bytes.count))
        )
        archive = ReadableArchive(
            row: row,
            content: ContentReference(id: 1, digest: staged.digest),
            jobID: 42,
            admission: Self.admission
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    /// The file of the content.
    var path: String { "\(directory)/contents/\(archive.content.relativePath)" }

    /// The answer of the archive endpoints, failures included.
    func answer(_ request: APIRequest, _ delivery: ArchiveDelivery = .accel(inlineBelow: 0)) -> Answer {
        do throws(RequestFailure) {
            return try ArchiveEndpoint(store: store, delivery: delivery).answer(archive, request)
        } catch {
            return Answer(error)
        }
    }

    /// Sends the answer for a member, failures included.
    func send(
        _ path: String,
        _ typing: MemberEndpoint.Typing = .byExtension,
        method: String = "GET",
        fields: [(name: String, value: String)] = []
    ) throws -> SentAnswer {
        let request = try makeRequest(method: method, fields: fields)
        let sent = BufferPool().withBuffers { buffers in
            Result { try SentAnswer(self.answer(path, typing, request, buffers), method: request.method) }
        }
        return try #require(sent, "no memory for buffers").get()
    }

    /// Changes bytes of the file in place, which the server never does.
    func overwrite(_ bytes: [UInt8], at offset: UInt64) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try file.seek(toOffset: offset)
        try file.write(contentsOf: Data(bytes))
        try file.close()
    }

    /// The same, as a server that has just started sees it.
    func withAnotherEndpoint() -> StoredArchive {
        endpoint = MemberEndpoint(store: store)
        return self
    }

    func answer(
        _ path: String,
        _ typing: MemberEndpoint.Typing,
        _ request: APIRequest,
        _ buffers: WorkerBuffers
    ) -> Answer {
        do throws(RequestFailure) {
            return try endpoint.answer(raw(path), of: archive, typing: typing, request, buffers)
        } catch {
            return Answer(error)
        }
    }
}
