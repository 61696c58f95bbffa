import Foundation
import Manifest
import Testing

@Suite("The documented example")
struct ExampleTests {
    let instance: Instance

    init() throws {
        instance = try Instance()
        try FileManager.default.createDirectory(
            atPath: instance.directory + "/dist",
            withIntermediateDirectories: true
        )
        try instance.makeZip("dist/site.zip")
        try instance.write("not looked at", to: "dist/junit.xml.gz")
    }

    @Test("it is stored as it says")
    func stored() throws {
        let summary = try instance.apply(ExampleManifest.yaml)
        #expect(
            summary
                == "created 2 users, 4 groups, 2 projects, 2 pipelines, 1 job, 2 artifacts; updated 0; removed 0; unchanged 0"
        )
        let expectations = [
            (
                "id, username, name, email, admin, state FROM users WHERE kind = 'human' ORDER BY id",
                ["1,root,Administrator,root@example.com,t,active", #"2,dev,"","",f,active"#]
            ),
            ("kind, name FROM users WHERE kind <> 'human' ORDER BY id", ["group_bot,ci", "project_bot,bot"]),
            (
                "r.path, g.visibility, array_length(g.ancestor_ids, 1) FROM groups g JOIN routes r ON r.group_id = g.id "
                    + "ORDER BY r.path",
                ["acme,public,1", "acme/platform,private,2", "contractors,public,1", "partners,public,1"]
            ),
            (
                "id, path, name, visibility, public_jobs, builds_access_level, default_branch, "
                    + "array_length(ancestor_ids, 1) FROM projects ORDER BY id",
                ["1,acme/platform/site,site,private,t,enabled,main,2", "2,acme/app,app,private,t,enabled,,1"]
            ),
            ("path, project_id FROM redirect_routes", ["acme/old-site,1"]),
            (
                "direction, allowed_project_id, allowed_group_id IS NULL, policies FROM job_token_allowlist ORDER BY id",
                ["inbound,2,t,{read_jobs}", "inbound,,f,", "outbound,2,t,"]
            ),
            (
                "u.kind, m.role, m.expires_at IS NULL FROM members m JOIN users u ON u.id = m.user_id ORDER BY 1, 2",
                ["group_bot,20,t", "human,30,f", "human,30,t", "project_bot,40,t"]
            ),
            (
                "name, scopes, encode(token_digest, 'hex') = encode(sha256('glpat-abcdefghij0123456789'), 'hex'), "
                    + "extract(epoch FROM expires_at)::bigint FROM access_tokens WHERE name = 'laptop'",
                ["laptop,{api},t,1798761600"]
            ),
            (
                "id, iid, status, source, parent_id, dangling, locked, keep_latest FROM pipelines ORDER BY id",
                ["99,8,running,push,,f,t,t", "100,7,success,push,99,t,t,t"]
            ),
            (
                "id, name, stage, status, tags, coverage, finished_at - started_at, erased_at, declared_times->>'started_at', "
                    + "token_digest = sha256('glcbt-job0000000000000001'), artifacts_expire_at - '2026-11-22T13:37:00Z' FROM jobs",
                [#"42,build,build,success,"{docker,""two words""}",81.5,01:00:00,,now-1d,t,"30 days""#]
            ),
            (
                "file_type, file_format, filename, access, locked, expire_at - created_at FROM artifacts ORDER BY id",
                [#"archive,zip,artifacts.zip,all,t,"30 days""#, #"junit,gzip,junit.xml.gz,all,t,"7 days""#]
            ),
            (
                "job_artifacts_count, job_artifacts_size = (SELECT sum(size) FROM contents) FROM project_statistics",
                ["2,t"]
            ),
        ]
        for (query, rows) in expectations {
            #expect(try instance.rows(query) == rows, "\(query)")
        }
        #expect(instance.storedFiles().count == 3, "two contents and the archive's member index")
    }

    @Test("applying it again changes nothing, whenever that is")
    func again() throws {
        try instance.apply(ExampleManifest.yaml)
        let before = try instance.snapshot()
        let summary = try instance.apply(ExampleManifest.yaml, now: Instance.now + 3_600_000_000)
        #expect(summary == "created 0; updated 0; removed 0; unchanged 12")
        #expect(try instance.snapshot() == before)
    }

    @Test("progress counts each file once")
    func progress() throws {
        var last: ApplyProgress?
        try instance.apply(ExampleManifest.yaml) { last = $0 }
        #expect(last?.files == 2)
        #expect(last?.bytes == last?.totalBytes)
    }
}
