internal import Artifacts
internal import Postgres

extension ChangeFacts {
    /// Decodes the columns of ``ChangeStatement``, in their order.
    init(_ row: Row) throws(PostgresError) {
        var columns = RowCursor(row)
        access = try AccessFacts(columns: &columns)
        job = try ChangeableJob(columns: &columns)
    }
}

extension ChangeableJob {
    fileprivate init?(columns: inout RowCursor) throws(PostgresError) {
        guard let id = try columns.optionalInt64() else { return nil }
        self.id = id
        userID = try columns.optionalInt64()
        let ref = try columns.text()
        archiveAccess = try columns.optionalText().flatMap(ArtifactAccess.init(rawValue:))
        archiveDigest = try columns.optionalBytes()
        let names = try columns.textArray()
        pushLevels = try zip(names, columns.textArray()).compactMap { name, level in
            guard let name, RefPattern(name).matches(ref) else { return nil }
            // A level that this program does not know yet lets nobody push.
            return level.flatMap(PushAccessLevel.init(rawValue:)) ?? .noOne
        }
    }
}
