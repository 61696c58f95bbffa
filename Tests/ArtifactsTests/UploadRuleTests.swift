import Artifacts
import Testing

@Suite("Rules of uploads")
struct UploadRuleTests {
    struct Case: Sendable {
        let instance: Int64?
        let project: Int64?
        let type: Int64?
        let size: Int64?

        init(_ instance: Int64?, _ project: Int64?, _ type: Int64?, _ size: Int64?) {
            (self.instance, self.project, self.type, self.size) = (instance, project, type, size)
        }
    }

    @Test(
        "a project's limit replaces the instance's, a type's narrows it, and 0 is none",
        arguments: [
            Case(nil, nil, nil, nil), Case(10, nil, nil, 10), Case(10, 20, nil, 20), Case(10, 5, nil, 5),
            Case(10, 0, nil, nil), Case(10, nil, 3, 3), Case(10, nil, 30, 10), Case(10, 0, 30, 30),
            Case(nil, nil, 3, 3),
            Case(10, nil, 0, 10), Case(10, 20, 15, 15),
        ]
    )
    func size(_ limits: Case) {
        let found = UploadLimits(
            instanceSize: limits.instance,
            projectSize: limits.project,
            typeSize: limits.type,
            instanceQuota: nil,
            projectQuota: nil
        )
        #expect(found.size == limits.size)
        if let size = limits.size {
            #expect(!found.forbidSize(size))
            #expect(found.forbidSize(size + 1))
        } else {
            #expect(!found.forbidSize(.max))
        }
    }

    @Test(
        "a project's quota replaces the instance's, and 0 is none",
        arguments: [(nil, nil, nil), (10, nil, 10), (10, 20, 20), (10, 0, nil), (nil, 5, 5)]
            as [(Int64?, Int64?, Int64?)]
    )
    func quota(instance: Int64?, project: Int64?, quota: Int64?) {
        let found = UploadLimits(
            instanceSize: nil,
            projectSize: nil,
            typeSize: nil,
            instanceQuota: instance,
            projectQuota: project
        )
        #expect(found.quota == quota)
        #expect(found.forbidAdding(.max, to: .max) == (quota != nil))
        if let quota {
            #expect(!found.forbidAdding(2, to: quota - 2))
            #expect(found.forbidAdding(3, to: quota - 2))
        }
    }

    @Test("only a job that runs or is being canceled may upload", arguments: JobStatus.allCases)
    func status(status: JobStatus) {
        let job = UploadingJob(status: status, userState: .active)
        var refusal: UploadRefusal?
        do throws(UploadRefusal) { try job.check() } catch { refusal = error }
        #expect(refusal == (status == .running || status == .canceling ? nil : .some(.notRunning(status))))
    }

    @Test("an erased job may not upload, nor one whose user is not let in")
    func others() {
        #expect(throws: UploadRefusal.erased) { try UploadingJob(status: .running, isErased: true).check() }
        #expect(throws: UploadRefusal.erased) { try UploadingJob(status: .success, isErased: true).check() }
        for state in UserState.allCases where state != .active {
            #expect(throws: UploadRefusal.userNotActive(state)) {
                try UploadingJob(status: .running, userState: state).check()
            }
        }
    }

    @Test("every type has a name for files that have none", arguments: FileType.allCases)
    func defaultNames(type: FileType) {
        #expect(!type.defaultFilename.isEmpty)
        #expect(type != .archive || type.defaultFilename == "artifacts.zip")
    }
}
