import Postgres

extension ApplyRun {
    /// What only the stored pipelines beside those of the document can tell.
    func checkPipelines() throws(PostgresError) {
        let items = Dictionary(uniqueKeysWithValues: pipelines.items.map { ($0.row.id, $0) })
        try checkOrder(items)
        try checkAncestors(items)
    }

    /// Within a ref the newest pipeline has the highest id, so that both mean the same to every reader.
    private func checkOrder(_ items: [Int64: PipelineItem]) throws(PostgresError) {
        let moved = pipelines.items.filter(\.hasMoved)
        guard !moved.isEmpty else { return }
        let refs = Set(moved.map { PipelineTable.Name(projectID: $0.project.id, key: $0.row.ref) })
        let list = Array(refs)
        let rows = try connection.query(
            """
            SELECT o.id, o.id_before FROM (
                SELECT p.id, p.created_at, lag(p.id) OVER w AS id_before, lag(p.created_at) OVER w AS created_before
                FROM (SELECT DISTINCT * FROM unnest(\(list.map(\.projectID)), \(list.map(\.key)))) AS r (project_id, ref)
                JOIN pipelines p ON p.project_id = r.project_id AND p.ref = r.ref
                WINDOW w AS (PARTITION BY p.project_id, p.ref ORDER BY p.id)
            ) o
            WHERE o.created_at < o.created_before ORDER BY o.id
            """
        )
        for row in rows {
            let (id, before) = (try row.int64(0), try row.int64(1))
            if let item = items[id], item.hasMoved || items[before]?.hasMoved != true {
                let sentence = "contradicts the order of ids: the pipeline \(id) would be older than \(before)"
                problems.report(item.entry.path["created_at"], "\(sentence) of the same ref")
            } else if let item = items[before] {
                let sentence = "contradicts the order of ids: the pipeline \(before) would be newer than \(id)"
                problems.report(item.entry.path["created_at"], "\(sentence) of the same ref")
            }
        }
    }

    private func checkAncestors(_ items: [Int64: PipelineItem]) throws(PostgresError) {
        let changed = pipelines.items.filter { $0.row.parent != nil && $0.row.parent != $0.stored?.parent }.map(
            \.row.id
        )
        guard !changed.isEmpty else { return }
        let rows = try connection.query(
            """
            WITH RECURSIVE line (start, id) AS (
                SELECT p.id, p.parent_id FROM pipelines p WHERE p.id = ANY (\(changed))
                UNION
                SELECT l.start, p.parent_id FROM line l JOIN pipelines p ON p.id = l.id WHERE p.parent_id IS NOT NULL
            )
            SELECT start FROM line WHERE id = start ORDER BY start
            """
        )
        for row in rows {
            guard let item = items[try row.int64(0)] else { continue }
            problems.report(item.entry.path["parent"], "a pipeline cannot be its own ancestor")
        }
    }
}
