public import Artifacts
public import Postgres

extension UploadCatalog {
    /// What became of an artifact.
    public enum Outcome: Sendable, Equatable {
        /// It is there now.
        case stored
        /// It was there already, with the same bytes: a repeated upload changes nothing.
        case unchanged
    }

    /// Takes an artifact in: row, expiry, lock state and usage in one transaction, with the bytes in place before it ends.
    ///
    /// The job is locked and checked again, as it may have ended while the body arrived. Locks are taken in the order job,
    /// content, pipeline, statistics; an upload that meets another order in a deadlock is tried again, as long as its bytes
    /// have no place yet.
    ///
    /// - Parameters:
    ///   - artifact: The artifact.
    ///   - limits: Finds the limits that count from the facts.
    ///   - place: Puts bytes, or only their member index, in their place; called at most once, inside the transaction.
    ///   - record: Called last in the transaction if it stores the artifact, for the audit trail.
    /// - Returns: What became of it.
    /// - Throws: ``IntakeFailure``. With ``IntakeFailure/database(_:)`` of a lost connection it is open whether it took place.
    public func takeIn<Placing: Error>(
        _ artifact: IncomingArtifact,
        limits: (UploadFacts) -> UploadLimits,
        place: (Contents.Intake) throws(Placing) -> Void,
        recording record: (Connection) throws(PostgresError) -> Void = { _ in }
    ) throws(IntakeFailure<Placing>) -> Outcome {
        var isPlaced = false
        var attempts = 4
        while true {
            attempts -= 1
            do {
                return try pool.transaction(throwing: IntakeFailure<Placing>.self) {
                    connection throws(IntakeFailure<Placing>) in
                    let intake = ArtifactIntake<Placing>(artifact: artifact, connection: connection)
                    let outcome = try intake.run(limits) { content throws(Placing) in
                        isPlaced = true
                        try place(content)
                    }
                    if outcome == .stored {
                        try IntakeFailure<Placing>.wrapping { () throws(PostgresError) in try record(connection) }
                    }
                    return outcome
                }
            } catch {
                guard case .database(let cause) = error, cause.isRetryable, !isPlaced, attempts > 0 else { throw error }
            }
        }
    }
}

/// The statements of one intake, inside its transaction.
private struct ArtifactIntake<Placing: Error> {
    typealias Failure = IntakeFailure<Placing>

    let artifact: IncomingArtifact
    let connection: Connection

    func run(
        _ limits: (UploadFacts) -> UploadLimits,
        _ place: (Contents.Intake) throws(Placing) -> Void
    ) throws(Failure) -> UploadCatalog.Outcome {
        let facts = try lockJob()
        let limits = limits(facts)
        if limits.forbidSize(artifact.size) { throw .tooLarge }
        if try isThere() { return .unchanged }
        let content = try Failure.wrapping { () throws(PostgresError) in
            try Contents.intake(
                connection,
                digest: artifact.digest,
                size: artifact.size,
                isIndexed: artifact.isIndexed
            )
        }
        if content.isNew || content.needsIndex {
            do { try place(content) } catch { throw .placing(error) }
        }
        try Failure.wrapping { () throws(PostgresError) in try insert(content.id) }
        try checkQuota(limits, facts)
        return .stored
    }

    /// Checks what may have changed while the bytes arrived.
    private func lockJob() throws(Failure) -> UploadFacts {
        let found = try Failure.wrapping { () throws(PostgresError) in
            try UploadCatalog.lockedFacts(connection, job: artifact.jobID, token: artifact.token, type: artifact.type)
        }
        guard let facts = found else { throw .refused(.unknown) }
        do { try facts.job.check() } catch { throw .refused(error) }
        return facts
    }

    private func isThere() throws(Failure) -> Bool {
        let isSame = try Failure.wrapping { () throws(PostgresError) in
            let rows = try connection.query(
                """
                SELECT c.sha256 = \(artifact.digest) FROM artifacts a JOIN contents c ON c.id = a.content_id
                WHERE a.job_id = \(artifact.jobID) AND a.file_type = \(artifact.type.rawValue)
                """
            )
            return rows.isEmpty ? nil : try rows.onlyRow().bool(0)
        }
        if isSame == false { throw .otherContentExists }
        return isSame == true
    }

    /// The pipeline's row is locked, so that its lock state cannot change between being read and being referred to.
    private func insert(_ contentID: Int64) throws(PostgresError) {
        let lifetime = artifact.lifetime
        try connection.query(
            """
            INSERT INTO artifacts (project_id, pipeline_id, job_id, file_type, file_format, filename, size, content_id,
                                   access, expire_at, locked)
            SELECT p.project_id, p.id, \(artifact.jobID), \(artifact.type.rawValue), \(artifact.type.format.rawValue),
                   \(artifact.filename), \(artifact.size), \(contentID), \(artifact.access.rawValue),
                   now() + \(lifetime) * interval '1 microsecond', p.locked
            FROM pipelines p WHERE p.id = (SELECT pipeline_id FROM jobs WHERE id = \(artifact.jobID))
            FOR KEY SHARE OF p
            """
        )
        // The log is no artifact to those who look when a job's artifacts expire.
        guard artifact.type != .trace else { return }
        try connection.query(
            """
            UPDATE jobs SET artifacts_expire_at = now() + \(lifetime) * interval '1 microsecond'
            WHERE id = \(artifact.jobID)
            """
        )
    }

    /// The trigger of the new row has counted it and holds the project's statistics: nobody can change them meanwhile.
    private func checkQuota(_ limits: UploadLimits, _ facts: UploadFacts) throws(Failure) {
        guard let quota = limits.quota else { return }
        let total = try Failure.wrapping { () throws(PostgresError) in
            try connection.query(
                "SELECT job_artifacts_size FROM project_statistics WHERE project_id = \(facts.projectID)"
            ).onlyRow().int64(0)
        }
        guard total > quota else { return }
        let lack = QuotaExceeded(projectPath: facts.projectPath, used: total - artifact.size, quota: quota)
        throw .quotaExceeded(lack)
    }
}
