internal import Artifacts
package import Postgres

extension ReadFacts {
    /// Decodes the columns of ``ReadStatement``, in their order.
    ///
    /// - Parameter row: The statement's only row.
    /// - Throws: `PostgresError` where a column is not what the statement has.
    package init(_ row: Row) throws(PostgresError) {
        var columns = RowCursor(row)
        access = try AccessFacts(columns: &columns)
        jobID = try columns.optionalInt64()
        archive = try ArchiveRow(columns: &columns)
    }
}

extension ArchiveRow {
    fileprivate init?(columns: inout RowCursor) throws(PostgresError) {
        guard let id = try columns.optionalInt64() else { return nil }
        self.id = id
        access = try columns.choice(ArtifactAccess.self)
        filename = try columns.text()
        isAvailable = try columns.bool()
        createdAt = try columns.timestamp()
        content = ContentRow(id: try columns.int64(), digest: try columns.bytes(), size: try columns.int64())
    }
}
