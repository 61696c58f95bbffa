import Artifacts
import Testing

@Suite("What a runner's word makes of its job")
struct JobReportTests {
    /// The status after `running`, `success` and `failed`; nil where the word is refused, the same where nothing changes.
    private static let table: [JobStatus: [JobStatus?]] = [
        .created: [nil, nil, nil], .pending: [.running, nil, nil], .running: [.running, .success, .failed],
        .canceling: [.canceling, .canceled, .canceled], .success: [nil, .success, nil], .failed: [nil, nil, .failed],
        .canceled: [nil, nil, nil], .skipped: [nil, nil, nil], .manual: [nil, nil, nil],
    ]

    @Test("follows one table", arguments: JobStatus.allCases)
    func transitions(status: JobStatus) throws {
        let row = try #require(Self.table[status])
        for (report, expected) in zip([JobReport.running, .success, .failed], row) {
            let job = UploadingJob(status: status, userState: .active)
            do {
                let next = try job.status(after: report)
                #expect((next ?? status) == expected, "\(report)")
                #expect((next == nil) == (expected == status), "\(report)")
            } catch {
                #expect(error == .notRunning(status), "\(report)")
                #expect(expected == nil, "\(report)")
            }
        }
    }

    @Test(
        "is refused for an erased job and a user who is not let in, whatever the status",
        arguments: JobStatus.allCases
    )
    func refusals(status: JobStatus) {
        #expect(throws: UploadRefusal.erased) {
            try UploadingJob(status: status, isErased: true).status(after: .running)
        }
        #expect(throws: UploadRefusal.userNotActive(.blocked)) {
            try UploadingJob(status: status, isErased: true, userState: .blocked).status(after: .success)
        }
    }
}
