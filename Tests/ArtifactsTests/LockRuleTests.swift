import Testing

@testable import Artifacts

@Suite("Whose artifacts do not expire")
struct LockRuleTests {
    private func locked(_ pipelines: LockRule.Pipeline...) -> [Int64] { LockRule.locked(pipelines).sorted() }

    @Test("of two successes the newer one is locked")
    func twoSuccesses() {
        #expect(locked(.init(id: 1, status: .success), .init(id: 2, status: .success)) == [2])
    }

    @Test("a failure does not unlock the last success")
    func successThenFailure() {
        #expect(locked(.init(id: 1, status: .success), .init(id: 2, status: .failed)) == [1, 2])
    }

    @Test("of two failures the newer one is locked")
    func twoFailures() {
        #expect(locked(.init(id: 1, status: .failed), .init(id: 2, status: .failed)) == [2])
    }

    @Test("a pipeline that has not finished is locked and unlocks nothing")
    func running() {
        #expect(locked(.init(id: 1, status: .success), .init(id: 2, status: .running)) == [1, 2])
    }

    @Test("a blocked manual pipeline counts as finished")
    func blocked() {
        #expect(locked(.init(id: 1, status: .failed), .init(id: 2, status: .manual)) == [2])
    }

    @Test("an older pipeline that finishes late stays unlocked")
    func late() {
        #expect(locked(.init(id: 1, status: .running), .init(id: 2, status: .success)) == [2])
    }

    @Test("branch and tag of one name are two refs")
    func branchAndTag() {
        #expect(locked(.init(id: 1, isTag: true, status: .success), .init(id: 2, status: .success)) == [1, 2])
    }

    @Test("the children of a locked pipeline are locked, those of others are not")
    func children() {
        let pipelines: [LockRule.Pipeline] = [
            .init(id: 1, status: .success), .init(id: 2, status: .success, isDangling: true, parentID: 1),
            .init(id: 3, status: .success), .init(id: 4, status: .success, isDangling: true, parentID: 3),
            .init(id: 5, status: .success, isDangling: true, parentID: 4),
        ]
        #expect(LockRule.locked(pipelines).sorted() == [3, 4, 5])
    }

    @Test("a successful child of a failed pipeline does not unlock the last success")
    func childOfFailure() {
        let pipelines: [LockRule.Pipeline] = [
            .init(id: 1, status: .success), .init(id: 2, status: .failed),
            .init(id: 3, status: .success, isDangling: true, parentID: 2),
        ]
        #expect(LockRule.locked(pipelines).sorted() == [1, 2, 3])
    }

    @Test("keep-latest at creation and the ref's deletion decide for each pipeline")
    func switches() {
        #expect(locked(.init(id: 1, status: .success, keepLatest: false)) == [])
        #expect(locked(.init(id: 1, status: .success, refIsDeleted: true)) == [])
        #expect(locked(.init(id: 1, status: .success), .init(id: 2, status: .success, keepLatest: false)) == [])
    }
}
