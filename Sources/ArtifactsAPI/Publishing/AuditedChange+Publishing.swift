internal import Artifacts
internal import ArtifactsPostgres
internal import Postgres

extension AuditedChange {
    /// Runs a change that publishes something.
    ///
    /// - Parameter body: The transaction; it is given what it has to call inside, as its last step.
    /// - Returns: What `body` returns.
    /// - Throws: `RequestFailure` where nothing was changed: 503 if that is because the event could not be written.
    func publishing<R>(
        _ body: (_ record: (Connection) throws(PostgresError) -> Void) throws(PublishingFailure) -> R
    ) throws(RequestFailure) -> R {
        do throws(PublishingFailure) {
            return try body { connection throws(PostgresError) in try record(in: connection) }
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ error: PublishingFailure) -> RequestFailure {
        switch error {
        case .noProject: .denied(.projectNotFound)
        case .noPipeline: .missing(.job, reason: nil)
        case .pipelineFinished: .pipelineFinished
        case .keyReused: .parameters([.invalid("Idempotency-Key")])
        case .notRetryable: .parameters([.unknownValue("retry_of")])
        case .refused(let refusal): .refused(refusal)
        case .database(let error): failure(error)
        }
    }
}
