import Artifacts
import HTTPSemantics
import Testing

@testable import ArtifactsAPI
@testable import ArtifactsPostgres

@Suite("Projects and pipelines as JSON")
struct MetadataDocumentTests {
    private func facts(_ path: String) -> ProjectFacts {
        ProjectFacts(
            id: 7,
            path: path,
            visibility: .internal,
            publicJobs: true,
            buildsAccessLevel: .private,
            isArchived: false
        )
    }

    private func json(_ path: String, _ group: ProjectRecord.Group?, isFull: Bool) -> String {
        let record = ProjectRecord(
            name: "The \"Site\"",
            createdAt: 0,
            defaultBranch: "main",
            keepsLatestArtifact: true,
            group: group,
            artifactsSize: 12,
            projectRole: nil,
            groupRole: .developer
        )
        let document = ProjectDocument(
            facts: facts(path),
            record: record,
            showsPermissions: isFull,
            showsStatistics: isFull,
            externalURL: "https://ci.example"
        )
        var writer = JSONWriter()
        document.append(to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test("a project in a group, with permissions and statistics")
    func project() {
        #expect(
            json("Acme/Web/site", .init(id: 3, parentID: 2), isFull: true)
                == #"""
                {"id":7,"description":null,"name":"The \"Site\"","name_with_namespace":"Acme / Web / The \"Site\"",\#
                "path":"site","path_with_namespace":"Acme/Web/site","created_at":"1970-01-01T00:00:00.000Z",\#
                "default_branch":"main","tag_list":[],"topics":[],"web_url":"https://ci.example/Acme/Web/site",\#
                "avatar_url":null,"_links":{"self":"https://ci.example/api/v4/projects/7"},\#
                "namespace":{"id":3,"name":"Web","path":"Web","kind":"group","full_path":"Acme/Web","parent_id":2,\#
                "avatar_url":null,"web_url":"https://ci.example/groups/Acme/Web"},\#
                "archived":false,"visibility":"internal","jobs_enabled":true,"builds_access_level":"private",\#
                "public_jobs":true,"keep_latest_artifact":true,\#
                "permissions":{"project_access":null,"group_access":{"access_level":30}},\#
                "statistics":{"storage_size":12,"job_artifacts_size":12}}
                """#
        )
    }

    @Test("a project at the top has no namespace, and strangers see neither permissions nor statistics")
    func alone() {
        let text = json("site", nil, isFull: false)
        #expect(text.contains(#""name_with_namespace":"The \"Site\"","path":"site","path_with_namespace":"site""#))
        #expect(text.contains(#""namespace":null"#))
        #expect(!text.contains("permissions") && !text.contains("statistics"))
    }

    @Test("each status has GitLab's words", arguments: PipelineStatus.allCases)
    func detailedStatus(status: PipelineStatus) {
        let summary = JobRecord.Pipeline(
            id: 4,
            iid: 1,
            ref: "main",
            isTag: false,
            sha: "abcdef0",
            source: "push",
            status: status,
            createdAt: 0,
            updatedAt: 0
        )
        var writer = JSONWriter()
        PipelineDocument(projectID: 7, path: "a/b", externalURL: "https://ci.example")
            .append(PipelineRecord(summary: summary), to: &writer)
        let text = String(decoding: writer.bytes, as: UTF8.self)
        #expect(text.contains(#""group":"\#(status.rawValue)""#), "\(text)")
        #expect(text.contains(#""details_path":"/a/b/-/pipelines/4""#), "\(text)")
        #expect(text.contains(#""web_url":"https://ci.example/a/b/-/pipelines/4","name":null"#), "\(text)")
    }
}
