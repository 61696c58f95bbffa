import Artifacts
import Postgres
import Testing

@testable import ArtifactsPostgres

@Suite("Stored locks")
struct PipelineLocksTests {
    @Test("equal their definition after any sequence of events", arguments: 1...10 as ClosedRange<UInt64>)
    func equalDefinition(seed: UInt64) throws {
        var history = try LockHistory(seed: seed)
        for step in 1...60 {
            let event = try history.advance()
            let (stored, defined) = try history.locks()
            let pipelines = try history.dump()
            try #require(stored == defined, "seed \(seed), step \(step), \(event)\n\(pipelines)")
            #expect(try history.artifactsThatDiffer() == 0, "seed \(seed), step \(step), \(event)")
        }
    }

    @Test("nothing is computed for no refs, and nothing changes twice")
    func idempotent() throws {
        let database = try Database()
        try database.pipeline(1)
        let main = PipelineRef(projectID: 1, isTag: false, name: "main")
        let changes = try database.connection.transaction { connection throws(PostgresError) in
            [
                try PipelineLocks.recompute(connection, refs: []),
                try PipelineLocks.recompute(connection, refs: [main, main]),
                try PipelineLocks.recompute(connection, refs: [main]),
            ]
        }
        #expect(changes == [0, 1, 0])
    }

    @Test("the pipelines of other projects stay as they are")
    func otherProjects() throws {
        let database = try Database()
        try database.pipeline(1, project: 2)
        try database.pipeline(2, source: "pipeline", parent: 1, parentProject: 2)
        let main = PipelineRef(projectID: 1, isTag: false, name: "main")
        _ = try database.connection.transaction { connection throws(PostgresError) in
            try PipelineLocks.recompute(connection, refs: [main])
        }
        let locked = try database.connection.query("SELECT id FROM pipelines WHERE locked").map { try $0.int64(0) }
        #expect(locked == [2])
    }
}

/// Random pipelines of one project, changed by random events that each recompute the refs they touch, and no others.
///
/// Families have any depth and cross refs, branches and tags; keep-latest is on for some; refs are deleted; pipelines get
/// other parents and other refs, as a manifest may say, and leave final statuses again, as retried jobs make them.
struct LockHistory {
    private let database: Database
    private var random: SplitMix
    private var nextID: Int64 = 1

    init(seed: UInt64) throws {
        database = try Database()
        random = SplitMix(state: seed)
    }

    /// Makes one event happen.
    mutating func advance() throws -> String {
        switch Int.random(in: 0..<12, using: &random) {
        case _ where nextID < 4, 0..<4: try create()
        case 4: try deleteRef()
        case 5: try changeParent()
        case 6: try changeRef()
        default: try changeStatus()
        }
    }

    /// The numbers of the locked pipelines, as stored and as the rule says.
    func locks() throws -> (stored: [Int64], defined: [Int64]) {
        let pipelines = try pipelines()
        let stored = try database.connection.query("SELECT id FROM pipelines WHERE locked ORDER BY id")
        return (try stored.map { try $0.int64(0) }, LockRule.locked(pipelines).sorted())
    }

    func dump() throws -> String { try pipelines().map { "\($0)" }.joined(separator: "\n") }

    func artifactsThatDiffer() throws -> Int64 {
        try database.connection.query(
            """
            SELECT count(*) FILTER (WHERE a.locked IS DISTINCT FROM p.locked)
            FROM pipelines p LEFT JOIN artifacts a ON a.pipeline_id = p.id
            """
        ).onlyRow().int64(0)
    }

    private func pipelines() throws -> [LockRule.Pipeline] {
        try database.connection.query(
            """
            SELECT id, ref, tag, status, dangling, CASE WHEN parent_project_id = project_id THEN parent_id END,
                   keep_latest, ref_deleted
            FROM pipelines ORDER BY id
            """
        ).map { row in
            LockRule.Pipeline(
                id: try row.int64(0),
                ref: try row.text(1),
                isTag: try row.bool(2),
                status: try row.choice(3, of: PipelineStatus.self),
                isDangling: try row.bool(4),
                parentID: try row.optionalInt64(5),
                keepLatest: try row.bool(6),
                refIsDeleted: try row.bool(7)
            )
        }
    }

    private mutating func create() throws -> String {
        let id = nextID
        nextID += 1
        let ref = anyRef()
        let parent = id > 1 && chance(40) ? Int64.random(in: 1..<id, using: &random) : nil
        let status = anyStatus()
        let source = chance(10) ? "webide" : "push"
        let keepLatest = chance(75)
        try inTransaction([ref], pipelines: parent == nil ? [] : [id]) { connection throws(PostgresError) in
            try connection.query(
                """
                INSERT INTO pipelines (id, project_id, iid, ref, tag, sha, status, source, parent_id, parent_project_id,
                                       keep_latest)
                VALUES (\(id), 1, \(id), \(ref.name), \(ref.isTag), 'abcdef0', \(status), \(source), \(parent),
                        \(parent.map { _ in Int64(1) }), \(keepLatest))
                """
            )
        }
        try database.build(id, in: id)
        return "pipeline \(id) created"
    }

    private mutating func changeStatus() throws -> String {
        let id = Int64.random(in: 1..<nextID, using: &random)
        let status = anyStatus()
        try inTransaction([ref(of: id)]) { connection throws(PostgresError) in
            try connection.query("UPDATE pipelines SET status = \(status) WHERE id = \(id)")
        }
        return "pipeline \(id) is now \(status)"
    }

    private mutating func deleteRef() throws -> String {
        let ref = anyRef()
        let outcome = try RefDeletion.record(database.pool, project: "top/SUB/app", isTag: ref.isTag, ref: ref.name)
        return "\(ref) was deleted: \(outcome.map { "\($0)" } ?? "no such project")"
    }

    private mutating func changeParent() throws -> String {
        let id = Int64.random(in: 1..<nextID, using: &random)
        let parent = id > 1 && chance(70) ? Int64.random(in: 1..<id, using: &random) : nil
        let former = try pipelines().first { $0.id == id }?.parentID
        try inTransaction([ref(of: id)], pipelines: [id] + [former].compactMap(\.self)) {
            connection throws(PostgresError) in
            try connection.query(
                """
                UPDATE pipelines SET parent_id = \(parent), parent_project_id = \(parent.map { _ in Int64(1) })
                WHERE id = \(id)
                """
            )
        }
        return "pipeline \(id) has the parent \(parent ?? 0), had \(former ?? 0)"
    }

    private mutating func changeRef() throws -> String {
        let id = Int64.random(in: 1..<nextID, using: &random)
        let ref = anyRef()
        try inTransaction([self.ref(of: id), ref]) { connection throws(PostgresError) in
            try connection.query("UPDATE pipelines SET tag = \(ref.isTag), ref = \(ref.name) WHERE id = \(id)")
        }
        return "pipeline \(id) is on \(ref)"
    }

    private func inTransaction(
        _ refs: [PipelineRef],
        pipelines: [Int64] = [],
        _ event: (Connection) throws(PostgresError) -> Void
    ) throws {
        try database.connection.transaction { connection throws(PostgresError) in
            try event(connection)
            try PipelineLocks.recompute(connection, refs: refs, pipelines: pipelines)
        }
    }

    private func ref(of pipeline: Int64) throws -> PipelineRef {
        let row = try database.connection.query("SELECT tag, ref FROM pipelines WHERE id = \(pipeline)").onlyRow()
        return PipelineRef(projectID: 1, isTag: try row.bool(0), name: try row.text(1))
    }

    private mutating func anyRef() -> PipelineRef {
        PipelineRef(projectID: 1, isTag: chance(25), name: chance(60) ? "main" : "v1")
    }

    private mutating func anyStatus() -> String {
        (chance(30) ? PipelineStatus.success : PipelineStatus.allCases.randomElement(using: &random) ?? .failed)
            .rawValue
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
}

/// SplitMix64: a random sequence that a seed reproduces.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
