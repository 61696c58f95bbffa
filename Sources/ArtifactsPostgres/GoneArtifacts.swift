/// What is remembered of artifact rows that have gone (`gone_artifacts`): a table of its own, as writing it touches neither
/// the job's row, which others hold, nor the many indexes of `jobs`.
enum GoneArtifacts {
    /// The INSERT that belongs into each statement which deletes rows.
    ///
    /// A row that goes after a new upload takes the place of what was noted before, so that uploads need not clear it. The
    /// subquery keeps the planner from a join that could read the whole table.
    ///
    /// - Parameters:
    ///   - deleted: The name of a CTE with ``columns`` of the deleted rows.
    ///   - isExpired: Whether they have expired, or somebody has deleted them.
    /// - Returns: The INSERT.
    static func remember(_ deleted: String, isExpired: Bool) -> String {
        """
        INSERT INTO gone_artifacts (job_id, file_type, expired, sha256)
        SELECT job_id, file_type, \(isExpired), (SELECT c.sha256 FROM contents c WHERE c.id = content_id) FROM \(deleted)
        ON CONFLICT (job_id, file_type) DO UPDATE SET expired = excluded.expired, sha256 = excluded.sha256
        """
    }

    /// What the deletion of rows must return.
    static let columns = "job_id, file_type, content_id"

    /// Whoever deletes a job's artifacts also deletes those that had expired: whether a sweeper had been there must not
    /// matter.
    static let expireNothing = "UPDATE gone_artifacts SET expired = false WHERE job_id = $1 AND expired"
}
