public import Postgres

/// The rows of stored contents, and how an intake and a removal exclude each other.
public enum Contents {
    /// A content that an intake may refer to until its transaction ends.
    public struct Intake: Sendable, Equatable {
        /// The content's number, which is also a part of its file's name.
        public let id: Int64
        /// Whether the row is new: the bytes must be put in place before the transaction commits.
        public let isNew: Bool
        /// Whether the bytes came in before as no zip: only the member index must be put in place.
        public let needsIndex: Bool
    }

    /// Finds or makes the row of a content, inside the transaction that will refer to it.
    ///
    /// A found row is locked, so that it cannot be condemned meanwhile (``ContentRemoval``); what the update sets does not
    /// matter. Two intakes of the same bytes wait for each other. A content that is being removed is not found: the bytes get a new row and a file of their own.
    ///
    /// - Parameters:
    ///   - connection: A connection inside a transaction.
    ///   - digest: SHA-256 of the bytes.
    ///   - size: Number of bytes.
    ///   - isIndexed: Whether a member index stands beside the file.
    /// - Returns: The row, and whether it is new.
    /// - Throws: `PostgresError` where the database refuses or is away.
    public static func intake(
        _ connection: Connection,
        digest: [UInt8],
        size: Int64,
        isIndexed: Bool
    ) throws(PostgresError) -> Intake {
        let row = try connection.query(
            """
            INSERT INTO contents (sha256, size, indexed) VALUES (\(digest), \(size), \(isIndexed))
            ON CONFLICT (sha256) WHERE removing_at IS NULL
            DO UPDATE SET orphaned_at = NULL
            RETURNING id, xmax = 0, indexed
            """
        ).onlyRow()
        let id = try row.int64(0)
        let wasIndexed = try row.bool(2)
        let needsIndex = isIndexed && !wasIndexed
        if needsIndex { try connection.query("UPDATE contents SET indexed = true WHERE id = \(id)") }
        return Intake(id: id, isNew: try row.bool(1), needsIndex: needsIndex)
    }
}
