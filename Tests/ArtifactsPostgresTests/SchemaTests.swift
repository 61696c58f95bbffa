import Artifacts
import Postgres
import Testing

@testable import ArtifactsPostgres

@Suite("The schema")
struct SchemaTests {
    private let database: Database

    init() throws {
        database = try Database()
    }

    private func texts(_ sql: SQL) throws -> [String] {
        try database.connection.query(sql).map { try $0.text(0) }
    }

    @Test("every table, column and function tells what it is for")
    func comments() throws {
        let tables = try texts(
            """
            SELECT c.relname FROM pg_class c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND obj_description(c.oid, 'pg_class') IS NULL
            """
        )
        #expect(tables == [])
        let columns = try texts(
            """
            SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
              AND c.relname <> 'schema_migrations' AND col_description(c.oid, a.attnum) IS NULL
            """
        )
        #expect(columns == [])
        let functions = try texts(
            """
            SELECT proname::text FROM pg_proc
            WHERE pronamespace = 'public'::regnamespace AND obj_description(oid, 'pg_proc') IS NULL
            """
        )
        #expect(functions == [])
    }

    @Test("every foreign key is backed by an index")
    func foreignKeys() throws {
        let bare = try texts(
            """
            SELECT k.conrelid::regclass || ' ' || k.conname FROM pg_constraint k
            WHERE k.contype = 'f' AND k.confrelid <> 'artifact_types'::regclass AND NOT EXISTS (
                SELECT 1 FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indkey[0] = ANY (k.conkey)
            )
            """
        )
        #expect(bare == [])
    }

    @Test("the artifact types are the domain's")
    func artifactTypes() throws {
        let rows = try database.connection.query("SELECT name, format, downloadable, erasable FROM artifact_types")
        let stored = try rows.map { [try $0.text(0), try $0.text(1), "\(try $0.bool(2))", "\(try $0.bool(3))"] }
        let domain = FileType.allCases.map {
            [$0.rawValue, $0.format.rawValue, "\($0.isDownloadable)", "\($0.isErasable)"]
        }
        #expect(Set(stored) == Set(domain))
        #expect(stored.count == domain.count)
    }

    @Test("the dangling sources are the domain's")
    func danglingSources() throws {
        for (index, source) in (PipelineSource.dangling.sorted() + ["push", "pipeline", "external"]).enumerated() {
            try database.pipeline(Int64(index + 1), source: source)
        }
        let dangling = try texts("SELECT source FROM pipelines WHERE dangling")
        #expect(Set(dangling) == PipelineSource.dangling)
    }

    @Test("the finished statuses are the domain's")
    func finishedStatuses() throws {
        for (index, status) in PipelineStatus.allCases.enumerated() {
            try database.pipeline(Int64(index + 1), status: status.rawValue)
        }
        let finished = try texts("SELECT status FROM pipelines WHERE finished")
        #expect(Set(finished) == Set(PipelineStatus.allCases.filter(\.isFinished).map(\.rawValue)))
    }

    private func ancestors(_ table: String, _ id: Int64) throws -> [Int64] {
        let sql: SQL = "SELECT ancestor_ids FROM \(unescaped: table) WHERE id = \(id)"
        return try database.connection.query(sql).onlyRow().int64Array(0)
    }

    @Test("a moved group takes all below it along")
    func movedGroup() throws {
        #expect(try ancestors("groups", 2) == [2, 1])
        #expect(try ancestors("projects", 1) == [2, 1])
        #expect(try ancestors("projects", 3) == [])
        try database.connection.execute("UPDATE groups SET parent_id = 4 WHERE id = 1")
        #expect(try ancestors("groups", 1) == [1, 4, 3])
        #expect(try ancestors("groups", 2) == [2, 1, 4, 3])
        #expect(try ancestors("projects", 1) == [2, 1, 4, 3])
        #expect(try ancestors("projects", 2) == [4, 3])
        try database.connection.execute("UPDATE groups SET parent_id = NULL WHERE id = 2")
        #expect(try ancestors("projects", 1) == [2])
        try database.connection.execute("UPDATE projects SET group_id = 5 WHERE id = 1")
        #expect(try ancestors("projects", 1) == [5])
        try database.connection.execute("UPDATE projects SET group_id = NULL WHERE id = 1")
        #expect(try ancestors("projects", 1) == [])
    }

    private func isReleased(_ content: Int64) throws -> Bool {
        let sql: SQL = "SELECT EXISTS (SELECT 1 FROM content_releases WHERE content_id = \(content))"
        return try database.connection.query(sql).onlyRow().bool(0)
    }

    @Test("a content is queued for removal when it loses a row")
    func orphans() throws {
        try database.pipeline(1)
        for job in [10, 11, 12] as [Int64] { try database.job(job, in: 1) }
        let shared = try database.artifact(of: 10)
        let own = try database.artifact(of: 11)
        let replacement = try database.artifact(of: 12)
        try database.connection.query("UPDATE artifacts SET content_id = \(shared) WHERE job_id = 11")
        #expect(try isReleased(own), "its row uses another one now")
        #expect(try !isReleased(shared))
        try database.connection.execute("DELETE FROM jobs WHERE id = 11")
        #expect(try isReleased(shared), "the row went with its job")
        #expect(try !isReleased(replacement))
    }

    @Test("a project that is deleted takes its rows along", arguments: ["projects", "pipelines"])
    func deletedProject(table: String) throws {
        try database.pipeline(1)
        try database.job(10, in: 1)
        let content = try database.artifact(of: 10)
        try database.connection.execute("DELETE FROM \(table) WHERE id = 1")
        #expect(try isReleased(content))
    }

    @Test("the usage of a project is the sum of its rows after any changes", arguments: 1...3 as ClosedRange<UInt64>)
    func statistics(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        for project in 1...3 as ClosedRange<Int64> {
            try database.pipeline(project, project: project)
            for job in 0..<5 as Range<Int64> { try database.job(10 * project + job, in: project) }
        }
        let types = ["archive", "junit", "trace"]
        for step in 1...80 {
            let job = 10 * Int64.random(in: 1...3, using: &random) + Int64.random(in: 0..<5, using: &random)
            let size = Int64.random(in: 0...1000, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: try database.connection.query("UPDATE artifacts SET size = \(size) WHERE job_id = \(job)")
            case 1: try database.connection.query("DELETE FROM artifacts WHERE job_id = \(job)")
            case 2: try database.connection.query("UPDATE artifacts SET size = size + 1 WHERE size < \(size)")
            case 3: try database.connection.query("DELETE FROM artifacts WHERE size % 7 = \(size % 7)")
            default: try addRow(job, types[step % types.count])
            }
            #expect(try wrongStatistics() == 0, "seed \(seed), step \(step)")
        }
    }

    private func addRow(_ job: Int64, _ type: String) throws {
        let sql: SQL = "SELECT 1 FROM artifacts WHERE job_id = \(job) AND file_type = \(type)"
        guard try database.connection.query(sql).isEmpty else { return }
        try database.connection.execute(
            "DELETE FROM contents c WHERE NOT EXISTS (SELECT 1 FROM artifacts a WHERE a.content_id = c.id)"
        )
        try database.artifact(of: job, type)
    }

    private func wrongStatistics() throws -> Int64 {
        try database.connection.query(
            """
            SELECT count(*) FROM projects p LEFT JOIN project_statistics s ON s.project_id = p.id
            CROSS JOIN LATERAL (SELECT COALESCE(sum(size), 0) AS size, count(*) AS count
                                FROM artifacts WHERE project_id = p.id) a
            WHERE (COALESCE(s.job_artifacts_size, 0), COALESCE(s.job_artifacts_count, 0)) <> (a.size, a.count)
            """
        ).onlyRow().int64(0)
    }
}
