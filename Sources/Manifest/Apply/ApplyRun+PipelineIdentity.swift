import Artifacts
import Postgres

extension ApplyRun {
    /// Finds the stored pipelines of the document by key or id, and gives the new ones their ids.
    func identifyPipelines(_ document: ManifestDocument) throws(PostgresError) {
        for entry in document.projects {
            guard let project = namespaces.projects[entry.fullPath.key] else { continue }
            pipelines.items += entry.pipelines.map { PipelineItem($0, of: project) }
        }
        guard !pipelines.items.isEmpty else { return }
        try loadPipelines()
        var seen: [Int64: DocumentPath] = [:]
        for item in pipelines.items {
            match(item)
            guard let id = item.stored?.id else { continue }
            if let other = seen.updateValue(item.entry.path, forKey: id) {
                problems.report(item.entry.path["id"], "\(id) is the id of \(other) too")
            }
        }
        guard problems.problems.isEmpty else { return }
        let new = pipelines.items.filter(\.isNew)
        try drawPipelineIDs(new)
        try numberPipelines(new.sorted { $0.row.id < $1.row.id })
    }

    private func loadPipelines() throws(PostgresError) {
        var names: [PipelineTable.Name] = []
        for item in pipelines.items {
            if let key = item.entry.key { names.append(PipelineTable.Name(projectID: item.project.id, key: key)) }
            guard let parent = item.entry.parent else { continue }
            names.append(PipelineTable.Name(projectID: item.project.id, key: parent))
            if let reference = PipelineReference(parent), let project = namespaces.projects[reference.project.key] {
                names.append(PipelineTable.Name(projectID: project.id, key: reference.key))
            }
        }
        let ids = pipelines.items.compactMap(\.entry.id)
        let rows = try connection.query(
            """
            SELECT \(unescaped: PipelineRow.columns) FROM pipelines p
            WHERE p.id = ANY (\(ids)) OR p.id IN (
                SELECT n.id FROM unnest(\(names.map(\.projectID)), \(names.map(\.key))) AS given (project_id, key)
                JOIN pipelines n ON n.project_id = given.project_id AND n.manifest_key = given.key)
            ORDER BY p.id FOR NO KEY UPDATE OF p
            """
        )
        for row in rows {
            let pipeline = try PipelineRow(row)
            pipelines.storedByID[pipeline.id] = pipeline
            guard let key = pipeline.key else { continue }
            pipelines.stored[PipelineTable.Name(projectID: pipeline.projectID, key: key)] = pipeline
        }
    }

    private func match(_ item: PipelineItem) {
        let entry = item.entry
        let byKey = entry.key.flatMap { pipelines.stored[PipelineTable.Name(projectID: item.project.id, key: $0)] }
        let byID = entry.id.flatMap { pipelines.storedByID[$0] }
        if let byKey {
            if let id = entry.id, id != byKey.id {
                problems.report(entry.path["id"], "the pipeline \(shown(entry)) exists with the id \(byKey.id)")
            }
        } else if let byID, byID.projectID != item.project.id {
            problems.report(entry.path["id"], "\(byID.id) is the id of a pipeline of another project")
        } else if let byID, let key = byID.key, entry.key != nil {
            problems.report(entry.path["id"], "\(byID.id) is the id of the pipeline \(Quotation.of(key))")
        }
        item.stored = byKey ?? byID
        if let stored = item.stored {
            item.row = stored
            item.row.key = entry.key ?? stored.key
            if let iid = entry.iid, iid != stored.iid {
                problems.report(entry.path["iid"], "the pipeline \(shown(entry)) exists with the iid \(stored.iid)")
            }
        } else {
            item.row.key = entry.key
            if entry.ref == nil { problems.report(entry.path["ref"], "is missing") }
        }
    }

    private func shown(_ entry: PipelineEntry) -> String {
        entry.key.map(Quotation.of) ?? entry.id.map { String($0) } ?? ""
    }

    private func drawPipelineIDs(_ new: [PipelineItem]) throws(PostgresError) {
        try reserve(new.compactMap(\.entry.id), in: .pipelines)
        var drawn = try drawIDs(new.count { $0.entry.id == nil }, in: .pipelines)[...]
        for item in new { item.row.id = item.entry.id ?? drawn.popFirst() ?? 0 }
    }

    /// Numbers within the project, in the order of the ids.
    private func numberPipelines(_ new: [PipelineItem]) throws(PostgresError) {
        let projects = Set(new.map(\.project.id)).sorted()
        var highest: [Int64: Int64] = [:]
        let rows = try connection.query(
            """
            SELECT g.id, COALESCE((SELECT max(p.iid) FROM pipelines p WHERE p.project_id = g.id), 0)
            FROM unnest(\(projects)) AS g (id)
            """
        )
        for row in rows { highest[try row.int64(0)] = try row.int64(1) }
        try checkNumbers(new.filter { $0.entry.iid != nil })
        for item in pipelines.items {
            highest[item.project.id] = max(highest[item.project.id] ?? 0, item.entry.iid ?? 0)
        }
        for item in new {
            let next = (highest[item.project.id] ?? 0) + 1
            item.row.iid = item.entry.iid ?? next
            if item.entry.iid == nil { highest[item.project.id] = next }
        }
    }

    private func checkNumbers(_ new: [PipelineItem]) throws(PostgresError) {
        guard !new.isEmpty else { return }
        let rows = try connection.query(
            """
            SELECT p.project_id, p.iid, p.id
            FROM unnest(\(new.map(\.project.id)), \(new.compactMap(\.entry.iid))) AS given (project_id, iid)
            JOIN pipelines p ON p.project_id = given.project_id AND p.iid = given.iid
            """
        )
        for row in rows {
            let (project, iid) = (try row.int64(0), try row.int64(1))
            guard let item = new.first(where: { $0.project.id == project && $0.entry.iid == iid }) else { continue }
            problems.report(item.entry.path["iid"], "\(iid) is the iid of the pipeline \(try row.int64(2))")
        }
    }
}
