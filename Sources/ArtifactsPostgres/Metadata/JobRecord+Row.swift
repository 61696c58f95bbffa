internal import Artifacts
package import Postgres

extension JobRecord {
    /// Decodes the columns of ``JobCatalog``'s statement, in their order.
    ///
    /// - Parameter row: One job.
    /// - Throws: `PostgresError` where a column is not what the statement has.
    package init(_ row: Row) throws(PostgresError) {
        var columns = RowCursor(row)
        id = try columns.int64()
        status = try columns.choice(JobStatus.self)
        stage = try columns.text()
        name = try columns.text()
        coverage = try columns.optionalDouble()
        allowFailure = try columns.bool()
        createdAt = try columns.timestamp()
        startedAt = try columns.optionalTimestamp()
        finishedAt = try columns.optionalTimestamp()
        erasedAt = try columns.optionalTimestamp()
        duration = try columns.optionalDouble()
        queuedDuration = try columns.optionalDouble()
        failureReason = try columns.optionalText()
        artifactsExpireAt = try columns.optionalTimestamp()
        tags = try columns.textArray().compactMap { $0 }
        user = try User(columns: &columns)
        pipeline = try Pipeline(columns: &columns)
        project = try Project(columns: &columns)
        artifacts = try Artifact.list(&columns)
    }
}

extension JobRecord.User {
    /// Decodes the columns of a user, each null where there is none.
    init?(columns: inout RowCursor) throws(PostgresError) {
        guard let id = try columns.optionalInt64() else {
            columns.skip(5)
            return nil
        }
        self.id = id
        username = try columns.text()
        name = try columns.text()
        state = try columns.choice(UserState.self)
        isBot = try columns.bool()
        createdAt = try columns.timestamp()
    }
}

extension JobRecord.Pipeline {
    /// Decodes the columns that lists and jobs show of a pipeline.
    init(columns: inout RowCursor) throws(PostgresError) {
        id = try columns.int64()
        iid = try columns.int64()
        ref = try columns.text()
        isTag = try columns.bool()
        sha = try columns.text()
        source = try columns.text()
        status = try columns.choice(PipelineStatus.self)
        createdAt = try columns.timestamp()
        updatedAt = try columns.timestamp()
    }
}

extension JobRecord.Project {
    fileprivate init(columns: inout RowCursor) throws(PostgresError) {
        id = try columns.int64()
        path = try columns.text()
        limitsOutboundTokens = try columns.bool()
    }
}

extension JobRecord.Artifact {
    /// Decodes the three arrays that hold one element a row.
    ///
    /// One aggregate made all of them from columns that are never null, and the schema's types are the domain's.
    fileprivate static func list(_ columns: inout RowCursor) throws(PostgresError) -> [JobRecord.Artifact] {
        let types = try columns.textArray()
        let sizes = try columns.int64Array()
        let names = try columns.textArray()
        return zip(zip(types, names), sizes).compactMap { texts, size in
            guard let type = texts.0.flatMap(FileType.init(rawValue:)), let name = texts.1 else { return nil }
            return JobRecord.Artifact(type: type, size: size, filename: name)
        }
    }
}
