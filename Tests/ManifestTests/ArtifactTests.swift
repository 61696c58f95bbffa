import Manifest
import Postgres
import Testing

@Suite("Artifacts")
struct ArtifactTests {
    let instance: Instance

    init() throws {
        instance = try Instance()
        try instance.makeZip("a.zip", holding: "first")
        try instance.makeZip("b.zip", holding: "second, and longer")
    }

    private func document(_ artifacts: String) -> String {
        "projects: [{path: p, pipelines: [{key: k, ref: main, jobs: [{name: j, artifacts: [\(artifacts)]}]}]}]"
    }

    @Test("other content needs replace: true, and changes the usage")
    func replacement() throws {
        try instance.apply(document("{file: a.zip}"))
        #expect(
            try instance.problems(document("{file: b.zip}")) == [
                "projects[0].pipelines[0].jobs[0].artifacts[0].file: another artifact of type archive with other "
                    + "content exists; say replace: true to replace it"
            ]
        )
        let summary = try instance.apply(document("{file: b.zip, replace: true}"), now: Instance.now + 1_000_000)
        #expect(summary == "created 0; updated 1; removed 0; unchanged 3")
        #expect(
            try instance.rows(
                "a.filename, c.size = a.size, s.job_artifacts_size = a.size, "
                    + "a.created_at - '2026-11-22T13:37:00Z' FROM artifacts a JOIN contents c ON c.id = a.content_id, "
                    + "project_statistics s"
            ) == ["a.zip,t,t,00:00:01"]
        )
        #expect(
            try instance.rows("c.id = r.content_id FROM content_releases r, contents c ORDER BY c.id") == ["t", "f"]
        )
        #expect(
            try instance.apply(document("{file: b.zip, replace: true}"))
                == "created 0; updated 0; removed 0; unchanged 4"
        )
    }

    /// Deletes the job's only row as a sweeper does.
    private func sweep() throws {
        try instance.pool.query(
            """
            WITH gone AS (DELETE FROM artifacts RETURNING job_id, file_type, content_id)
            INSERT INTO gone_artifacts (job_id, file_type, expired, sha256)
            SELECT job_id, file_type, true, sha256 FROM gone JOIN contents c ON c.id = content_id
            ON CONFLICT (job_id, file_type) DO UPDATE SET sha256 = excluded.sha256
            """
        )
    }

    @Test("what has gone is not made again, but other content is")
    func gone() throws {
        try instance.apply(document("{file: a.zip, expire_at: now-1d}"))
        try sweep()
        let before = try instance.snapshot()
        for entry in [
            "{file: a.zip, expire_at: now-1d}", "{file: a.zip, expire_at: now+1d}", "{file: a.zip, replace: true}",
        ] {
            #expect(try instance.apply(document(entry)) == "created 0; updated 0; removed 0; unchanged 4", "\(entry)")
            #expect(try instance.snapshot() == before, "\(entry)")
        }
        #expect(
            try instance.apply(document("{file: a.zip, type: lsif}, {file: a.zip}"))
                == "created 1 artifact; updated 0; removed 0; unchanged 4"
        )
        for summary in [
            "created 1 artifact; updated 0; removed 0; unchanged 3", "created 0; updated 0; removed 0; unchanged 4",
        ] {
            #expect(try instance.apply(document("{file: b.zip}")) == summary)
        }
        try sweep()
        #expect(try instance.apply(document("{file: b.zip}")) == "created 0; updated 0; removed 0; unchanged 4")
    }

    @Test("an erased job gets no artifacts, until it is none any more")
    func erased() throws {
        try instance.apply(document(""))
        try instance.pool.query("UPDATE jobs SET erased_at = now()")
        for entry in ["{file: a.zip}", "{file: a.zip, replace: true}"] {
            #expect(try instance.apply(document(entry)) == "created 0; updated 0; removed 0; unchanged 4", "\(entry)")
        }
        let revived = document("{file: a.zip}").replacing("{name: j,", with: "{name: j, erased_at: null,")
        #expect(try instance.apply(revived) == "created 1 artifact; updated 1; removed 0; unchanged 2")
    }

    @Test("equal content is stored once and shared")
    func sharing() throws {
        try instance.apply(document("{file: a.zip}, {file: a.zip, type: lsif}, {file: ./a.zip, type: sast}"))
        #expect(try instance.rows("count(DISTINCT content_id), count(*) FROM artifacts") == ["1,3"])
        #expect(try instance.rows("indexed FROM contents") == ["t"])
        #expect(instance.storedFiles().count == 2)
    }

    @Test("an expiry is resolved when it is declared, and kept until it is declared otherwise")
    func expiry() throws {
        let day: Int64 = 86_400_000_000
        let query = "expire_at - '2026-11-22T13:37:00Z' FROM artifacts"
        try instance.apply(document("{file: a.zip, expire_in: 30 days}"))
        #expect(try instance.rows(query) == [#""30 days""#])
        try instance.apply(document("{file: a.zip, expire_in: 30 days}"), now: Instance.now + day)
        #expect(try instance.rows(query) == [#""30 days""#])
        try instance.apply(document("{file: a.zip, expire_in: 1 week}"), now: Instance.now + day)
        #expect(try instance.rows(query) == [#""7 days""#], "counted from the artifact's creation")
        try instance.apply(document("{file: a.zip, expire_at: now+1d}"), now: Instance.now + day)
        #expect(try instance.rows(query) == [#""2 days""#])
        try instance.apply(document("{file: a.zip}"), now: Instance.now + day)
        #expect(try instance.rows(query) == [#""2 days""#])
        try instance.apply(document("{file: a.zip, expire_at: null}"), now: Instance.now + day)
        #expect(try instance.rows(query) == [""])
        #expect(try instance.rows("declared_times FROM artifacts") == ["{}"])
    }

    @Test("a job shows the last of its artifacts' expiries, none if one never expires")
    func shownExpiry() throws {
        let two = "{file: a.zip, expire_at: 2027-01-01}, {file: b.zip, type: lsif, expire_at: 2027-02-01}"
        try instance.apply(document(two + ", {file: b.zip, type: trace}"))
        #expect(try instance.rows("artifacts_expire_at::date FROM jobs") == ["2027-02-01"])
        try instance.apply(document("{file: a.zip, expire_at: null}"))
        #expect(try instance.rows("artifacts_expire_at FROM jobs") == [""])
    }

    @Test("an error after the last artifact leaves the database and the store as they were")
    func atomicity() throws {
        try instance.apply(document("{file: a.zip}"))
        let before = try instance.snapshot()
        try instance.pool.query(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$
            """
        )
        try instance.pool.query(
            "CREATE TRIGGER refuse BEFORE UPDATE OF artifacts_expire_at ON jobs FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
        let expiring = "{file: a.zip, expire_at: now+1d}, {file: b.zip, type: lsif, expire_at: now+1d}"
        #expect(throws: ManifestError.self) { try instance.apply(document(expiring)) }
        #expect(try instance.snapshot() == before)
    }

    @Test("a commit that the database refuses takes back content that was already put in place")
    func refusedCommit() throws {
        try instance.apply(document("{file: a.zip}"))
        let before = try instance.snapshot()
        try instance.pool.query(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$
            """
        )
        try instance.pool.query(
            """
            CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON artifacts DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION refuse()
            """
        )
        #expect(throws: ManifestError.self) { try instance.apply(document("{file: b.zip, type: lsif}")) }
        #expect(try instance.snapshot() == before)
    }

    @Test("a later problem takes back content that was already put in place")
    func takenBack() throws {
        try instance.apply(document("{file: a.zip}"))
        let before = try instance.snapshot()
        let other = ", {path: q, pipelines: [{key: k, ref: main, jobs: [{name: j, artifacts: [{file: b.zip}]}]}]}]"
        let refused = String(document("{file: b.zip}").dropLast()) + other
        #expect(try instance.problems(refused).count == 1)
        #expect(try instance.snapshot() == before)
    }
}
