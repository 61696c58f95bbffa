import Artifacts
import Testing

@testable import ArtifactsPostgres

@Suite("Rows of the wanted type")
struct FileTypeTests {
    private let database: Database

    init() throws {
        database = try Database()
        try database.pipeline(1)
        try database.job(10, in: 1)
        try database.artifact(of: 10, "junit")
        try database.artifact(of: 10, "sast", expiresInHours: -1)
    }

    private static let targets: [ReadTarget] = [
        .job(10),
        .latest(ref: "main", jobName: "build", searchesRecentPipelines: false),
        .latest(ref: "main", jobName: "build", searchesRecentPipelines: true),
    ]

    @Test("are found whatever way the job is found", arguments: targets)
    func found(target: ReadTarget) throws {
        func row(_ type: FileType) throws -> ArchiveRow? {
            let facts = try ReadCatalog(pool: database.pool).facts(
                for: target,
                fileType: type,
                in: .id(1),
                accessToken: nil,
                jobToken: nil
            )
            #expect(facts.jobID == 10)
            return facts.archive
        }
        #expect(try row(.junit)?.filename == "junit.bin")
        #expect(try row(.junit)?.isAvailable == true)
        #expect(try row(.sast)?.isAvailable == false)
        #expect(try row(.archive) == nil)
    }
}
