import Artifacts
import Cryptography
import Postgres

extension ApplyRun {
    /// Fills in what the document says of its jobs.
    func fillJobs() throws(PostgresError) {
        for item in pipelines.items {
            for job in item.jobs { fill(job, of: item) }
        }
        settleStatuses()
    }

    private func fill(_ job: JobItem, of item: PipelineItem) {
        let entry = job.entry
        if job.stored == nil { fillDefaults(job, of: item) }
        job.row.key = entry.key ?? job.row.key
        job.row.name = entry.name ?? job.row.name
        job.row.stage = entry.stage ?? job.row.stage
        job.row.status = entry.status?.rawValue ?? job.row.status
        job.row.allowsFailure = entry.allowsFailure ?? job.row.allowsFailure
        job.row.when = entry.when?.rawValue ?? job.row.when
        job.row.isRetried = entry.isRetried ?? job.row.isRetried
        job.row.failureReason.take(entry.failureReason)
        job.row.tags = entry.tags ?? job.row.tags
        job.row.coverage.take(entry.coverage)
        fillReferences(job)
        fillTimes(job)
    }

    /// A job without a status has succeeded; one that was started, not finished, and has left nothing, runs.
    private func fillDefaults(_ job: JobItem, of item: PipelineItem) {
        let entry = job.entry
        if entry.name == nil { problems.report(entry.path["name"], "is missing") }
        let runs = entry.startedAt?.value != nil && entry.finishedAt?.value == nil && entry.artifacts.isEmpty
        job.row.status = (runs ? JobStatus.running : .success).rawValue
        job.row.createdAt.moment = item.row.createdAt.moment
    }

    private func fillReferences(_ job: JobItem) {
        switch job.entry.username {
        case nil: break
        case .null: job.row.userID = nil
        case .value(let username):
            job.row.userID = user(named: username)?.id
            if job.row.userID == nil {
                problems.report(job.entry.path["user"], "no such user: \(Quotation.of(username))")
            }
        }
        guard let digest = job.entry.tokenDigest else { return }
        job.row.tokenDigest = digest.value?.bytes
        if let digest = digest.value {
            checkToken(digest, at: job.entry.path["token"], of: job.stored.map { .job($0.id) })
        }
    }

    /// A job that ends without saying when ended as it was created, or now if it was there before.
    private func fillTimes(_ job: JobItem) {
        job.row.createdAt.take(job.entry.createdAt, now: now)
        job.row.startedAt.take(job.entry.startedAt, now: now)
        job.row.finishedAt.take(job.entry.finishedAt, now: now)
        job.row.erasedAt.take(job.entry.erasedAt, now: now)
        let hasEnded = JobStatus(rawValue: job.row.status)?.hasEnded ?? false
        let isNews = job.stored?.status != job.row.status
        guard hasEnded, isNews, job.entry.finishedAt == nil, job.row.finishedAt.moment == nil else { return }
        let start = job.row.startedAt.moment ?? job.row.createdAt.moment
        job.row.finishedAt.moment = job.stored == nil ? start : now
    }

    func writeJobs() throws(PostgresError) {
        let jobs = pipelines.items.flatMap(\.jobs)
        let new = jobs.filter { $0.stored == nil }
        if !new.isEmpty {
            try connection.query(Self.insertJobs, BatchColumns(new.map { batch($0.row) }, width: 23).binds)
        }
        let changed = jobs.filter { $0.stored != nil && $0.row != $0.stored }
        if !changed.isEmpty {
            try connection.query(Self.updateJobs, BatchColumns(changed.map { batch($0.row) }, width: 23).binds)
        }
    }

    private func batch(_ row: JobRow) -> [String?] {
        [
            String(row.id), String(row.pipelineID), String(row.projectID), row.key, row.name, row.stage, row.status,
            row.allowsFailure.batchText, row.when, row.isRetried.batchText, row.userID.map { String($0) },
            row.tokenDigest.map { Hex.encode($0) }, row.failureReason, row.tags.joined(separator: "\u{1F}"),
            row.coverage.map { String($0) }, row.createdAt.batchText, row.createdAt.expression,
            row.startedAt.batchText, row.startedAt.expression, row.finishedAt.batchText, row.finishedAt.expression,
            row.erasedAt.batchText, row.erasedAt.expression,
        ]
    }

    private static let columns = """
        id, pipeline_id, project_id, manifest_key, name, stage, status, allow_failure, "when", retried, user_id, token,
        failure_reason, tags, coverage, created_at, created_expression, started_at, started_expression, finished_at,
        finished_expression, erased_at, erased_expression
        """

    /// Words hold no control character, so the unit separator parts them.
    private static let values = """
        r.name, r.stage, r.status, r.allow_failure::boolean, r."when", r.retried::boolean, r.user_id::bigint,
        decode(r.token, 'hex'), r.failure_reason, string_to_array(r.tags, chr(31)), r.coverage::double precision,
        \(BatchColumns.moment("r.created_at")), \(BatchColumns.moment("r.started_at")),
        \(BatchColumns.moment("r.finished_at")), \(BatchColumns.moment("r.erased_at")),
        jsonb_strip_nulls(jsonb_build_object('created_at', r.created_expression, 'started_at', r.started_expression,
            'finished_at', r.finished_expression, 'erased_at', r.erased_expression))
        """

    private static let targets = """
        name, stage, status, allow_failure, "when", retried, user_id, token_digest, failure_reason, tags, coverage,
        created_at, started_at, finished_at, erased_at, declared_times
        """

    private static let insertJobs = Statement(
        """
        INSERT INTO jobs (id, pipeline_id, project_id, manifest_key, \(targets))
        SELECT r.id::bigint, r.pipeline_id::bigint, r.project_id::bigint, r.manifest_key, \(values)
        FROM unnest(\(BatchColumns.placeholders(23))) AS r (\(columns))
        """
    )

    private static let updateJobs = Statement(
        """
        UPDATE jobs j SET (manifest_key, \(targets)) = ROW (r.manifest_key, \(values))
        FROM unnest(\(BatchColumns.placeholders(23))) AS r (\(columns))
        WHERE j.id = r.id::bigint
        """
    )
}
