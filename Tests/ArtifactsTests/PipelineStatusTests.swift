import Testing

@testable import Artifacts

@Suite("A pipeline's status follows from its jobs")
struct PipelineStatusTests {
    typealias Case = (jobs: String, status: PipelineStatus)

    /// A job is its status; `?` behind it: allowed to fail.
    static let table: [Case] = [
        ("", .created),
        ("created created", .created),
        ("skipped skipped", .skipped),
        ("manual? skipped", .skipped),
        ("success", .success),
        ("success skipped", .success),
        ("success failed?", .success),
        ("success canceled?", .success),
        ("failed?", .success),
        ("success manual?", .success),
        ("success canceling failed", .canceling),
        ("pending", .pending),
        ("pending created", .pending),
        ("pending skipped", .pending),
        ("pending success", .running),
        ("running created", .running),
        ("running failed", .running),
        ("created success", .running),
        ("created failed", .running),
        ("created canceled", .running),
        ("manual", .manual),
        ("manual created", .manual),
        ("manual success", .manual),
        ("manual failed", .manual),
        ("manual pending", .running),
        ("canceled success", .canceled),
        ("canceled failed", .canceled),
        ("failed", .failed),
        ("failed success skipped", .failed),
        ("failed failed?", .failed),
    ]

    @Test("the first rule that fits decides", arguments: table)
    func status(row: Case) throws {
        let jobs = try row.jobs.split(separator: " ").map { word in
            let status = try #require(JobStatus(rawValue: String(word.filter { $0 != "?" })))
            return JobOutcome(status: status, allowFailure: word.hasSuffix("?"))
        }
        #expect(PipelineStatus(jobs: jobs) == row.status, "\(row.jobs)")
    }

    @Test("a blocked manual pipeline has come to an end", arguments: PipelineStatus.allCases)
    func finished(status: PipelineStatus) {
        let finished: Set<PipelineStatus> = [.success, .failed, .canceled, .skipped, .manual]
        #expect(status.isFinished == finished.contains(status))
    }
}
