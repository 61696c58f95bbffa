import Artifacts
import Postgres
import Testing

@testable import ArtifactsPostgres

@Suite("Lists of jobs")
struct JobListingTests {
    private let database: Database
    private let listing: JobListing

    /// Project 1 has the pipelines 1 and 2, project 2 has pipeline 3; the odd jobs of pipeline 1 have been replaced.
    init() throws {
        database = try Database()
        listing = JobListing(pool: database.pool)
        try database.pipeline(1)
        try database.pipeline(2)
        try database.pipeline(3, project: 2)
        for id in Int64(1)...8 { try database.job(id, in: 1, status: "failed", isRetried: id % 2 == 1) }
        for id in Int64(9)...11 { try database.job(id, in: 2, status: "success") }
        try database.job(12, in: 2, status: "running")
        try database.job(13, in: 3, status: "failed")
    }

    struct Case: Sendable {
        let statuses: [JobStatus]?
        let includesRetried: Bool
        let ids: [Int64]
    }

    @Test(
        "a project's jobs are the newest first, replaced ones only if wanted",
        arguments: [
            Case(statuses: nil, includesRetried: false, ids: [12, 11, 10, 9, 8, 6, 4, 2]),
            Case(statuses: nil, includesRetried: true, ids: Array((1...12).reversed())),
            Case(statuses: [.failed], includesRetried: false, ids: [8, 6, 4, 2]),
            Case(statuses: [.failed], includesRetried: true, ids: Array((1...8).reversed())),
            Case(statuses: [.failed, .success], includesRetried: false, ids: [11, 10, 9, 8, 6, 4, 2]),
            Case(statuses: [.canceled], includesRetried: true, ids: []),
            Case(statuses: [], includesRetried: true, ids: []),
        ]
    )
    func ofProject(example: Case) throws {
        let filter = JobFilter(statuses: example.statuses, includesRetried: example.includesRetried)
        let all = try listing.jobs(project: 1, filter, ListWindow(limit: 100, offset: 0))
        #expect(all == ListPage(ids: example.ids, total: Int64(example.ids.count)))
        for offset in 0...example.ids.count + 1 {
            let page = try listing.jobs(project: 1, filter, ListWindow(limit: 3, offset: Int64(offset)))
            #expect(page.ids == Array(example.ids.dropFirst(offset).prefix(3)), "offset \(offset)")
            #expect(page.total == all.total, "offset \(offset)")
        }
    }

    @Test(
        "a pipeline's jobs too",
        arguments: [
            Case(statuses: nil, includesRetried: false, ids: [8, 6, 4, 2]),
            Case(statuses: nil, includesRetried: true, ids: Array((1...8).reversed())),
            Case(statuses: [.failed, .running], includesRetried: false, ids: [8, 6, 4, 2]),
            Case(statuses: [.success], includesRetried: true, ids: []),
            Case(statuses: [], includesRetried: true, ids: []),
        ]
    )
    func ofPipeline(example: Case) throws {
        let filter = JobFilter(statuses: example.statuses, includesRetried: example.includesRetried)
        let page = try listing.jobs(pipeline: 1, filter, ListWindow(limit: 2, offset: 1))
        #expect(page.ids == Array(example.ids.dropFirst().prefix(2)))
        #expect(page.total == Int64(example.ids.count))
    }

}
