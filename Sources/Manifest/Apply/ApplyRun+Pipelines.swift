import Artifacts
import ArtifactsPostgres
import Postgres

extension ApplyRun {
    /// Fills in what the document says of its pipelines, but for the status, which may follow from the jobs.
    func fillPipelines() throws(PostgresError) {
        var known: [PipelineTable.Name: PipelineRow.Parent] = [:]
        for (name, row) in pipelines.stored {
            known[name] = PipelineRow.Parent(id: row.id, projectID: row.projectID)
        }
        for item in pipelines.items {
            guard let key = item.row.key else { continue }
            let name = PipelineTable.Name(projectID: item.project.id, key: key)
            known[name] = PipelineRow.Parent(id: item.row.id, projectID: item.project.id)
        }
        for item in pipelines.items { fill(item, known) }
    }

    private func fill(_ item: PipelineItem, _ known: [PipelineTable.Name: PipelineRow.Parent]) {
        let entry = item.entry
        item.row.ref = entry.ref ?? item.row.ref
        item.row.isTag = entry.isTag ?? item.row.isTag
        item.row.sha = entry.sha ?? item.row.sha
        if entry.parent != nil { item.row.parent = parent(of: item, known) }
        if item.isNew {
            let isChild = item.row.parent?.projectID == item.project.id
            item.row.source = PipelineSource.standard(hasParent: item.row.parent != nil, parentIsInSameProject: isChild)
            item.row.keepsLatest = item.project.keepsLatestArtifact && options.keepsLatestArtifact
            item.row.createdAt.moment = now
        }
        item.row.source = entry.source ?? item.row.source
        item.row.createdAt.take(entry.createdAt, now: now)
        if let status = entry.status {
            item.row.declaredStatus = status.value?.rawValue
            // A declared end is an end, also of a pipeline that was made over the API and waits for one.
            if status.value?.isFinished == true { item.row.isOpen = false }
        }
    }

    private func parent(
        of item: PipelineItem,
        _ known: [PipelineTable.Name: PipelineRow.Parent]
    ) -> PipelineRow.Parent? {
        guard let text = item.entry.parent else { return nil }
        var parent = known[PipelineTable.Name(projectID: item.project.id, key: text)]
        if parent == nil, let reference = PipelineReference(text),
            let project = namespaces.projects[reference.project.key]
        {
            parent = known[PipelineTable.Name(projectID: project.id, key: reference.key)]
        }
        if parent == nil {
            problems.report(item.entry.path["parent"], "no such pipeline: \(Quotation.of(text))")
        } else if parent?.id == item.row.id {
            problems.report(item.entry.path["parent"], "a pipeline cannot be its own ancestor")
        }
        return parent
    }

    /// The statuses, when the jobs are known: all stored ones count, not only those of the document.
    func settleStatuses() {
        for item in pipelines.items {
            let jobs = item.jobs.map(\.row) + item.otherJobs
            let outcomes = jobs.filter { !$0.isRetried }.map { job in
                JobOutcome(status: JobStatus(rawValue: job.status) ?? .created, allowFailure: job.allowsFailure)
            }
            let computed = item.row.isOpen ? PipelineStatus.running : PipelineStatus(jobs: outcomes)
            item.row.status = item.row.declaredStatus ?? computed.rawValue
        }
    }

    func writePipelines() throws(PostgresError) {
        let new = pipelines.items.filter(\.isNew)
        if !new.isEmpty {
            try connection.query(Self.insertPipelines, BatchColumns(new.map(batch), width: 17).binds)
        }
        let changed = pipelines.items.filter { !$0.isNew && $0.hasChanged }
        if !changed.isEmpty {
            try connection.query(Self.updatePipelines, BatchColumns(changed.map(batch), width: 17).binds)
        }
    }

    private func batch(_ item: PipelineItem) -> [String?] {
        let row = item.row
        // When the status last changed: for a new pipeline, when the last of its jobs ended.
        let lastEnd = item.jobs.compactMap(\.row.finishedAt.moment).max() ?? 0
        let updatedAt = item.isNew ? max(lastEnd, row.createdAt.moment ?? now) : now
        return [
            String(row.id), String(row.projectID), String(row.iid), row.key, row.ref, row.isTag.batchText, row.sha,
            row.source, row.status, row.declaredStatus, row.isOpen.batchText, row.parent.map { String($0.id) },
            row.parent.map { String($0.projectID) }, row.keepsLatest.batchText, row.createdAt.batchText,
            row.createdAt.expression, String(updatedAt),
        ]
    }

    private static let columns = """
        id, project_id, iid, manifest_key, ref, tag, sha, source, status, declared_status, open, parent_id,
        parent_project_id, keep_latest, created_at, created_expression, updated_at
        """

    private static let insertPipelines = Statement(
        """
        INSERT INTO pipelines (id, project_id, iid, manifest_key, ref, tag, sha, source, status, declared_status, open,
                               parent_id, parent_project_id, keep_latest, created_at, updated_at, declared_times)
        SELECT r.id::bigint, r.project_id::bigint, r.iid::bigint, r.manifest_key, r.ref, r.tag::boolean, r.sha,
               r.source, r.status, r.declared_status, r.open::boolean, r.parent_id::bigint,
               r.parent_project_id::bigint, r.keep_latest::boolean, \(BatchColumns.moment("r.created_at")),
               \(BatchColumns.moment("r.updated_at")),
               jsonb_strip_nulls(jsonb_build_object('created_at', r.created_expression))
        FROM unnest(\(BatchColumns.placeholders(17))) AS r (\(columns))
        """
    )

    private static let updatePipelines = Statement(
        """
        UPDATE pipelines p SET manifest_key = r.manifest_key, ref = r.ref, tag = r.tag::boolean, sha = r.sha,
            source = r.source, status = r.status, declared_status = r.declared_status, open = r.open::boolean,
            parent_id = r.parent_id::bigint, parent_project_id = r.parent_project_id::bigint,
            created_at = \(BatchColumns.moment("r.created_at")),
            updated_at = CASE WHEN p.status = r.status THEN p.updated_at
                         ELSE \(BatchColumns.moment("r.updated_at")) END,
            declared_times = jsonb_strip_nulls(jsonb_build_object('created_at', r.created_expression))
        FROM unnest(\(BatchColumns.placeholders(17))) AS r (\(columns))
        WHERE p.id = r.id::bigint
        """
    )

    /// Brings the locks of all refs that were touched to their definition, which depends on the final state only.
    func finishPipelines() throws(PostgresError) {
        var refs: Set<PipelineRef> = []
        for item in pipelines.items where item.hasChanged {
            for row in [item.stored, item.row].compactMap(\.self) {
                refs.insert(PipelineRef(projectID: row.projectID, isTag: row.isTag, name: row.ref))
            }
        }
        let moved = pipelines.items.filter { $0.stored?.parent != $0.row.parent }
        try PipelineLocks.recompute(
            connection,
            refs: Array(refs),
            pipelines: moved.map(\.row.id) + moved.compactMap(\.stored?.parent?.id)
        )
        for item in pipelines.items {
            summary.count(.pipeline, isNew: item.isNew, hasChanged: item.hasChanged)
            for job in item.jobs { summary.count(.job, isNew: job.stored == nil, hasChanged: job.row != job.stored) }
        }
    }
}
