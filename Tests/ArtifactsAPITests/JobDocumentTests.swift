import Artifacts
import Foundation
import HTTPSemantics
import Testing

@testable import ArtifactsAPI
@testable import ArtifactsPostgres

@Suite("A job as JSON")
struct JobDocumentTests {
    private static let plain = JobRecord(
        id: 7,
        status: .success,
        stage: "test",
        name: "rspec \"a\"",
        coverage: nil,
        allowFailure: false,
        createdAt: 1_452_507_213_506_000,
        startedAt: nil,
        finishedAt: nil,
        erasedAt: nil,
        duration: nil,
        queuedDuration: nil,
        failureReason: nil,
        artifactsExpireAt: nil,
        tags: [],
        user: nil,
        pipeline: JobRecord.Pipeline(
            id: 6,
            iid: 3,
            ref: "main",
            isTag: false,
            sha: "0ff3ae198f8601a285adcf5c0fff204ee6fba5fd",
            source: "push",
            status: .failed,
            createdAt: 1_452_507_213_506_000,
            updatedAt: 1_452_507_213_507_999
        ),
        project: JobRecord.Project(id: 1, path: "acme/Site", limitsOutboundTokens: false),
        artifacts: []
    )

    private func text(_ job: JobRecord) -> String {
        var writer = JSONWriter()
        JobDocument.append(job, to: &writer, externalURL: "https://ci.example:8443/x")
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test("a job of which little is known")
    func plain() {
        let expected = #"""
            {"id":7,"status":"success","stage":"test","name":"rspec \"a\"","ref":"main","tag":false,"coverage":null,
            "allow_failure":false,"created_at":"2016-01-11T10:13:33.506Z","started_at":null,"finished_at":null,
            "erased_at":null,"duration":null,"queued_duration":null,"user":null,
            "commit":{"id":"0ff3ae198f8601a285adcf5c0fff204ee6fba5fd","short_id":"0ff3ae19","title":"","message":null,
            "author_name":null,"author_email":null,"created_at":null},
            "pipeline":{"id":6,"iid":3,"project_id":1,"sha":"0ff3ae198f8601a285adcf5c0fff204ee6fba5fd","ref":"main",
            "status":"failed","source":"push","created_at":"2016-01-11T10:13:33.506Z",
            "updated_at":"2016-01-11T10:13:33.507Z","web_url":"https://ci.example:8443/x/acme/Site/-/pipelines/6"},
            "web_url":"https://ci.example:8443/x/acme/Site/-/jobs/7","project":{"ci_job_token_scope_enabled":false},
            "artifacts":[],"runner":null,"runner_manager":null,"artifacts_expire_at":null,"archived":false,"tag_list":[]}
            """#
        #expect(text(Self.plain) == expected.replacingOccurrences(of: "\n", with: ""))
    }

    @Test("what is known more stands in its place")
    func full() {
        var job = Self.plain
        job.status = .failed
        job.failureReason = "script_failure"
        job.coverage = 81
        job.duration = 8.25
        job.tags = ["docker", "x"]
        job.project.limitsOutboundTokens = true
        job.user = JobRecord.User(
            id: 5,
            username: "ann",
            name: "Ann",
            state: .pendingApproval,
            isBot: true,
            createdAt: 0
        )
        job.artifacts = [
            JobRecord.Artifact(type: .trace, size: 1, filename: "job.log"),
            JobRecord.Artifact(type: .archive, size: 1 << 40, filename: "a.zip"),
        ]
        let text = text(job)
        let parts = [
            #""coverage":81.0,"#,
            #""duration":8.25,"#,
            #""user":{"id":5,"username":"ann","name":"Ann","state":"blocked_pending_approval","locked":false,"#
                + #""avatar_url":null,"web_url":"https://ci.example:8443/x/ann","created_at":"1970-01-01T00:00:00.000Z","#
                + #""bot":true},"commit":"#,
            #"},"failure_reason":"script_failure","web_url":"#,
            #""project":{"ci_job_token_scope_enabled":true},"artifacts_file":{"filename":"a.zip","size":1099511627776},"#
                + #""artifacts":[{"file_type":"trace","size":1,"filename":"job.log","file_format":"raw"},"#
                + #"{"file_type":"archive","size":1099511627776,"filename":"a.zip","file_format":"zip"}],"runner":null"#,
            #""tag_list":["docker","x"]}"#,
        ]
        for part in parts { #expect(text.contains(part), "\(part) is not in \(text)") }
    }

    @Test("a failure without a reason has GitLab's name for it")
    func unknownFailure() {
        var job = Self.plain
        job.status = .failed
        #expect(text(job).contains(#""failure_reason":"unknown_failure""#))
        job.status = .canceled
        job.failureReason = "script_failure"
        #expect(!text(job).contains("failure_reason"))
    }
}
