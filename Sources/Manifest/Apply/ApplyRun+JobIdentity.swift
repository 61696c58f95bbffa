import Postgres

extension ApplyRun {
    /// Finds the stored jobs of the document by key or id, and gives the new ones their ids.
    func identifyJobs() throws(PostgresError) {
        let stored = try loadJobs()
        let owners = try jobsWithGivenIDs()
        for item in pipelines.items { match(item, stored[item.row.id] ?? [], owners) }
        guard problems.problems.isEmpty else { return }
        let inOrder = pipelines.items.sorted { $0.row.id < $1.row.id }
        let new = inOrder.flatMap(\.jobs).filter { $0.stored == nil }
        try reserve(new.compactMap(\.entry.id), in: .jobs)
        var drawn = try drawIDs(new.count { $0.entry.id == nil }, in: .jobs)[...]
        for job in new { job.row.id = job.entry.id ?? drawn.popFirst() ?? 0 }
    }

    private func loadJobs() throws(PostgresError) -> [Int64: [JobRow]] {
        let ids = pipelines.items.compactMap(\.stored?.id)
        guard !ids.isEmpty else { return [:] }
        let rows = try connection.query(
            """
            SELECT \(unescaped: JobRow.columns) FROM jobs j WHERE j.pipeline_id = ANY (\(ids))
            ORDER BY j.id FOR NO KEY UPDATE OF j
            """
        )
        var jobs: [Int64: [JobRow]] = [:]
        for row in rows {
            let job = try JobRow(row)
            jobs[job.pipelineID, default: []].append(job)
        }
        return jobs
    }

    /// The pipelines that have the jobs whose ids the document gives.
    private func jobsWithGivenIDs() throws(PostgresError) -> [Int64: Int64] {
        let ids = pipelines.items.flatMap(\.entry.jobs).compactMap(\.id)
        guard !ids.isEmpty else { return [:] }
        var owners: [Int64: Int64] = [:]
        for row in try connection.query("SELECT id, pipeline_id FROM jobs WHERE id = ANY (\(ids))") {
            owners[try row.int64(0)] = try row.int64(1)
        }
        return owners
    }

    private func match(_ item: PipelineItem, _ stored: [JobRow], _ owners: [Int64: Int64]) {
        var byKey: [String: JobRow] = [:]
        for job in stored { if let key = job.key { byKey[key] = job } }
        var seen: [Int64: DocumentPath] = [:]
        for entry in item.entry.jobs {
            let row = match(entry, byKey, stored, item, owners)
            if let row, let other = seen.updateValue(entry.path, forKey: row.id) {
                problems.report(entry.path["id"], "\(row.id) is the id of \(other) too")
            }
            item.jobs.append(JobItem(entry, stored: row, row: row ?? JobRow(of: item.row)))
        }
        item.otherJobs = stored.filter { seen[$0.id] == nil }
    }

    private func match(
        _ entry: JobEntry,
        _ byKey: [String: JobRow],
        _ stored: [JobRow],
        _ item: PipelineItem,
        _ owners: [Int64: Int64]
    ) -> JobRow? {
        if let key = entry.key, let job = byKey[key] {
            if let id = entry.id, id != job.id {
                problems.report(entry.path["id"], "the job \(Quotation.of(key)) exists with the id \(job.id)")
            }
            return job
        }
        guard let id = entry.id, let owner = owners[id] else { return nil }
        guard owner == item.stored?.id, let job = stored.first(where: { $0.id == id }) else {
            problems.report(entry.path["id"], "\(id) is the id of a job of another pipeline")
            return nil
        }
        if let key = job.key, entry.key != nil {
            problems.report(entry.path["id"], "\(id) is the id of the job \(Quotation.of(key))")
        }
        return job
    }
}
