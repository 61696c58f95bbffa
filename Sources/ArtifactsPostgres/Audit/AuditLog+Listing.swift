public import Artifacts
public import Postgres

extension AuditLog {
    /// In which order events are listed.
    public enum Order: Sendable {
        case newestFirst
        case oldestFirst
    }

    /// Fetches a page of events.
    ///
    /// Pages go by key, so that a page costs the same however far it is down the list, and events that come in meanwhile
    /// neither repeat nor hide others.
    ///
    /// - Parameters:
    ///   - filter: Which events are wanted.
    ///   - order: In which order.
    ///   - last: The last event of the page before, or `nil` for the first page.
    ///   - limit: The most events of the page.
    /// - Returns: The events.
    /// - Throws: `PostgresError` where the database refuses or is away.
    public func page(
        _ filter: AuditFilter,
        _ order: Order,
        after last: AuditEvent?,
        limit: Int
    ) throws(PostgresError) -> [AuditEntry] {
        let rows = try pool.query(try Self.listing(resolve(filter), order, after: last, limit: limit), idempotent: true)
        var entries: [AuditEntry] = []
        for row in rows { entries.append(try AuditEntry(row)) }
        return entries
    }

    /// A filter whose names have been looked up: numbers reach the indexes.
    struct ResolvedFilter {
        let filter: AuditFilter
        let projectID: Int64?
        let userID: Int64?
    }

    /// Looks names up; a name that nothing has any more is compared with the events' own.
    private func resolve(_ filter: AuditFilter) throws(PostgresError) -> ResolvedFilter {
        ResolvedFilter(
            filter: filter,
            projectID: try filter.project.flatMap { (name) throws(PostgresError) in try projectID(name) },
            userID: try filter.user.flatMap { (name) throws(PostgresError) in try userID(name) }
        )
    }

    private func projectID(_ name: String) throws(PostgresError) -> Int64? {
        let key = FullPath.key(of: name)
        let found = try pool.query(
            """
            SELECT project_id FROM routes WHERE path_key = \(key) AND project_id IS NOT NULL
            UNION ALL
            SELECT project_id FROM redirect_routes WHERE path_key = \(key)
            LIMIT 1
            """,
            idempotent: true
        ).optionalRow()
        return try found?.int64(0) ?? Int64(name)
    }

    private func userID(_ name: String) throws(PostgresError) -> Int64? {
        let found = try pool.query("SELECT id FROM users WHERE lower(username) = lower(\(name))", idempotent: true)
        return try found.optionalRow()?.int64(0) ?? Int64(name)
    }

    static func listing(_ resolved: ResolvedFilter, _ order: Order, after last: AuditEvent?, limit: Int) -> SQL {
        var conditions = conditions(resolved)
        if let last { conditions.append(beyond(last, order)) }
        let direction: SQL = order == .newestFirst ? "DESC" : "ASC"
        return """
            SELECT created_at, id, action, user_id, username, token_id, token_job_id, project_id, project_path, job_id,
                   file_type, paths, sha256, delivery, status::int8, host(address), request_id,
                   size, pipeline_id
            FROM audit_events WHERE \(conditions.joined(separator: " AND "))
            ORDER BY created_at \(direction), id \(direction) LIMIT \(limit)
            """
    }

    private static func beyond(_ last: AuditEvent, _ order: Order) -> SQL {
        let moment = SQLTimestamp(microseconds: last.createdAt)
        return order == .newestFirst
            ? "(created_at, id) < (\(moment), \(last.id))" : "(created_at, id) > (\(moment), \(last.id))"
    }

    private static func conditions(_ resolved: ResolvedFilter) -> [SQL] {
        let filter = resolved.filter
        var conditions: [SQL] = ["true"]
        if let id = resolved.projectID {
            conditions.append("project_id = \(id)")
        } else if let path = filter.project {
            conditions.append("lower(project_path) = lower(\(path))")
        }
        if let id = resolved.userID {
            conditions.append("user_id = \(id)")
        } else if let name = filter.user {
            conditions.append("lower(username) = lower(\(name))")
        }
        if let job = filter.jobID { conditions.append("job_id = \(job)") }
        if !filter.actions.isEmpty { conditions.append("action = ANY (\(filter.actions.map(\.rawValue)))") }
        if let since = filter.since { conditions.append("created_at >= \(SQLTimestamp(microseconds: since))") }
        if let until = filter.until { conditions.append("created_at < \(SQLTimestamp(microseconds: until))") }
        if let digest = filter.digest { conditions.append("sha256 = \(digest)") }
        if let address = filter.address { conditions.append("address <<= \(address)::text::inet") }
        if let requestID = filter.requestID { conditions.append("request_id = \(requestID)") }
        return conditions
    }
}

extension AuditEntry {
    /// Decodes a row of the listing.
    fileprivate init(_ row: Row) throws(PostgresError) {
        var columns = RowCursor(row)
        let createdAt = try columns.timestamp()
        let id = try columns.int64()
        let action = try columns.choice(AuditAction.self)
        let userID = try columns.optionalInt64()
        username = try columns.optionalText()
        let actor = AuditActor(
            userID: userID,
            accessTokenID: try columns.optionalInt64(),
            tokenJobID: try columns.optionalInt64()
        )
        var event = AuditEvent(
            id: id,
            createdAt: createdAt,
            action: action,
            actor: actor,
            projectID: try columns.int64(),
            projectPath: try columns.text(),
            jobID: try columns.optionalInt64(),
            subject: AuditSubject(
                fileType: try columns.optionalText(),
                paths: try columns.textArray().compactMap(\.self),
                digest: try columns.optionalBytes()
            ),
            delivery: try columns.optionalText().flatMap(AuditDelivery.init),
            status: Int(try columns.int64()),
            address: try columns.optionalText(),
            requestID: try columns.text()
        )
        event.subject.size = try columns.optionalInt64()
        event.subject.pipelineID = try columns.optionalInt64()
        self.event = event
    }
}
