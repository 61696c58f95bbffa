import Artifacts
import Cryptography
import Postgres

/// An artifact that is made or changed.
private struct ArtifactChange {
    let jobID: Int64
    let type: FileType
    let row: ArtifactRow
    let facts: FileIntake.Facts
    let isNew: Bool
}

/// The key of an artifact.
private struct ArtifactKey: Hashable {
    let jobID: Int64
    let type: String
}

extension ApplyRun {
    func applyArtifacts() throws(ManifestError) {
        var changes: [ArtifactChange] = []
        try step { () throws(PostgresError) in
            let jobs = pipelines.items.flatMap(\.jobs).filter { $0.stored != nil && !$0.entry.artifacts.isEmpty }
            let stored = try loadArtifacts(of: jobs)
            let gone = try loadGoneArtifacts(of: jobs)
            for job in pipelines.items.lazy.flatMap(\.jobs) {
                for entry in job.entry.artifacts {
                    let key = ArtifactKey(jobID: job.row.id, type: entry.type.rawValue)
                    if stored[key] == nil, job.isErased || isContent(of: entry, gone[key]) {
                        summary.count(.artifact, isNew: false, hasChanged: false)
                    } else if let change = change(entry, job.row.id, stored[key]) {
                        changes.append(change)
                    }
                }
            }
        }
        // In one order, so that two intakes of the same contents cannot wait for each other.
        let inOrder = changes.sorted { $0.facts.digest.hex < $1.facts.digest.hex }
        var contents: [SHA256Digest: Int64] = [:]
        for change in inOrder { contents[change.facts.digest] = try files.contentID(of: change.facts, connection) }
        try step { () throws(PostgresError) in try write(changes, contents) }
    }

    private func loadArtifacts(of jobs: [JobItem]) throws(PostgresError) -> [ArtifactKey: ArtifactRow] {
        guard !jobs.isEmpty else { return [:] }
        let rows = try connection.query(
            """
            SELECT a.job_id, a.file_type, a.filename, c.sha256, a.access, a.expire_at,
                   a.declared_times->>'expire_at', a.declared_times->>'expire_in', a.created_at
            FROM artifacts a JOIN contents c ON c.id = a.content_id
            WHERE a.job_id = ANY (\(jobs.map(\.row.id))) ORDER BY a.id FOR NO KEY UPDATE OF a
            """
        )
        var artifacts: [ArtifactKey: ArtifactRow] = [:]
        for row in rows {
            artifacts[ArtifactKey(jobID: try row.int64(0), type: try row.text(1))] = ArtifactRow(
                filename: try row.text(2),
                digest: try row.bytes(3),
                access: try row.text(4),
                expiry: ArtifactRow.Expiry(
                    moment: try row.optionalTimestamp(5),
                    expression: try row.optionalText(6),
                    period: try row.optionalText(7)
                ),
                createdAt: try row.timestamp(8)
            )
        }
        return artifacts
    }

    /// The digests of artifacts that were there and have gone: swept, deleted or erased.
    ///
    /// The same content is not made again. Asked for after the rows are locked, so that none can go unseen in between.
    private func loadGoneArtifacts(of jobs: [JobItem]) throws(PostgresError) -> [ArtifactKey: [UInt8]] {
        guard !jobs.isEmpty else { return [:] }
        let rows = try connection.query(
            "SELECT job_id, file_type, sha256 FROM gone_artifacts WHERE job_id = ANY (\(jobs.map(\.row.id)))"
        )
        var gone: [ArtifactKey: [UInt8]] = [:]
        for row in rows { gone[ArtifactKey(jobID: try row.int64(0), type: try row.text(1))] = try row.bytes(2) }
        return gone
    }

    private func isContent(of entry: ArtifactEntry, _ digest: [UInt8]?) -> Bool {
        digest != nil && files.facts(of: entry)?.digest.bytes == digest
    }

    /// What an entry changes; other content needs `replace: true`, and makes the artifact as good as new.
    private func change(_ entry: ArtifactEntry, _ jobID: Int64, _ stored: ArtifactRow?) -> ArtifactChange? {
        guard let facts = files.facts(of: entry) else { return nil }
        let digest = facts.digest.bytes
        var row = stored ?? ArtifactRow(filename: entry.defaultFilename, digest: digest, createdAt: now)
        if row.digest != digest {
            guard entry.replaces else {
                let sentence = "another artifact of type \(entry.type.rawValue) with other content exists"
                problems.report(entry.path["file"], "\(sentence); say replace: true to replace it")
                return nil
            }
            row.digest = digest
            row.createdAt = now
            if entry.expiry != nil { row.expiry = ArtifactRow.Expiry() }
        }
        row.filename = entry.filename ?? row.filename
        row.access = entry.access?.rawValue ?? row.access
        row.take(entry.expiry, now: now)
        summary.count(.artifact, isNew: stored == nil, hasChanged: row != stored)
        guard row != stored else { return nil }
        return ArtifactChange(jobID: jobID, type: entry.type, row: row, facts: facts, isNew: stored == nil)
    }

    private func write(_ changes: [ArtifactChange], _ contents: [SHA256Digest: Int64]) throws(PostgresError) {
        guard !changes.isEmpty else { return }
        let batch = { (change: ArtifactChange) -> [String?] in
            [
                String(change.jobID), change.type.rawValue, change.type.format.rawValue, change.row.filename,
                String(change.facts.size), contents[change.facts.digest].map { String($0) }, change.row.access,
                change.row.expiry.moment.map { String($0) }, change.row.expiry.expression, change.row.expiry.period,
                String(change.row.createdAt),
            ]
        }
        let new = changes.filter(\.isNew)
        if !new.isEmpty {
            try connection.query(Self.insertArtifacts, BatchColumns(new.map(batch), width: 11).binds)
        }
        let changed = changes.filter { !$0.isNew }
        if !changed.isEmpty {
            try connection.query(Self.updateArtifacts, BatchColumns(changed.map(batch), width: 11).binds)
        }
        try showExpiry(ofJobs: Set(changes.map(\.jobID)).sorted())
    }

    /// What a job shows: the last of its artifacts' expiries, none if one of them never expires.
    private func showExpiry(ofJobs ids: [Int64]) throws(PostgresError) {
        try connection.query(
            """
            UPDATE jobs j SET artifacts_expire_at = a.last FROM (
                SELECT job_id, CASE WHEN bool_and(expire_at IS NOT NULL) THEN max(expire_at) END AS last
                FROM artifacts WHERE job_id = ANY (\(ids)) AND file_type <> 'trace' GROUP BY job_id
            ) a
            WHERE j.id = a.job_id AND j.artifacts_expire_at IS DISTINCT FROM a.last
            """
        )
    }

    private static let columns = """
        ordinal, job_id, file_type, file_format, filename, size, content_id, access, expire_at, expire_expression,
        expire_period, created_at
        """

    /// The rows in the order of the document, numbered so that their ids follow it.
    private static let rows = """
        (SELECT row_number() OVER () AS ordinal, n.* FROM unnest(\(BatchColumns.placeholders(11))) AS n) AS r (\(columns))
        """

    private static let declaredTimes = """
        jsonb_strip_nulls(jsonb_build_object('expire_at', r.expire_expression, 'expire_in', r.expire_period))
        """

    private static let insertArtifacts = Statement(
        """
        INSERT INTO artifacts (project_id, pipeline_id, job_id, file_type, file_format, filename, size, content_id,
                               access, expire_at, locked, created_at, declared_times)
        SELECT j.project_id, j.pipeline_id, j.id, r.file_type, r.file_format, r.filename, r.size::bigint,
               r.content_id::bigint, r.access, \(BatchColumns.moment("r.expire_at")), p.locked,
               \(BatchColumns.moment("r.created_at")), \(declaredTimes)
        FROM \(rows) JOIN jobs j ON j.id = r.job_id::bigint JOIN pipelines p ON p.id = j.pipeline_id
        ORDER BY r.ordinal
        """
    )

    private static let updateArtifacts = Statement(
        """
        UPDATE artifacts a SET filename = r.filename, size = r.size::bigint, content_id = r.content_id::bigint,
            access = r.access, expire_at = \(BatchColumns.moment("r.expire_at")),
            created_at = \(BatchColumns.moment("r.created_at")), declared_times = \(declaredTimes)
        FROM \(rows)
        WHERE a.job_id = r.job_id::bigint AND a.file_type = r.file_type
        """
    )
}

extension ArtifactEntry {
    /// The last component of the file's path, without control characters.
    fileprivate var defaultFilename: String {
        var name = String.UnicodeScalarView()
        let last = file.split(separator: "/").last ?? Substring(file)
        name.append(contentsOf: last.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F })
        return name.isEmpty ? type.rawValue : String(name)
    }
}
