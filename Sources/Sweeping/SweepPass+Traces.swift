import ArtifactsPostgres
import ContentStore
import Cryptography
import Postgres

extension SweepPass {
    /// Makes artifacts of the logs of jobs that have ended.
    mutating func archiveTraces() throws(SweepError) {
        let archival = TraceArchival(pool: sweeper.pool)
        let archiver = TraceArchiver(store: sweeper.store)
        var last: Int64 = 0
        while !control.shouldStop() {
            let after = last
            let next = try repeating { () throws(SweepError) in try archiver.archive(archival, after: after) }
            guard let next else { return }
            last = next.jobID
            if let bytes = next.bytes { note { $0.archivedLogs = RowCount(rows: 1, bytes: bytes) } }
        }
    }
}

/// Puts one log together.
private struct TraceArchiver {
    let store: ContentStore

    /// Archives the log of the next job.
    ///
    /// - Returns: The job, and how many bytes were stored, `nil` for none; `nil` where no log is left.
    func archive(
        _ archival: TraceArchival,
        after job: Int64
    ) throws(SweepError) -> (jobID: Int64, bytes: Int64?)? {
        var staged: StagedContent?
        do throws(SweepError) {
            let next = try archival.next(after: job, throwing: SweepError.self) { trace throws(SweepError) in
                let content = try stage(trace)
                staged = content
                let outcome = try trace.store(
                    digest: content.digest.bytes,
                    size: content.size,
                    throwing: SweepError.self
                ) { intake throws(SweepError) in
                    try SweepError.storing { () throws(ContentStoreError) in try content.place(contentID: intake.id) }
                }
                return outcome == .stored ? content.size : nil
            }
            return next.map { ($0.jobID, $0.result) }
        } catch {
            // A connection lost in COMMIT leaves open whether there is a row: then the bytes stay, for gc to judge.
            if !error.leavesOutcomeOpen { staged?.unplace() }
            throw error
        }
    }

    private func stage(_ trace: EndedTrace) throws(SweepError) -> StagedContent {
        var incoming: IncomingContent
        do { incoming = try store.begin() } catch { throw .store(error) }
        try trace.read(throwing: SweepError.self) { bytes throws(SweepError) in
            do throws(ContentStoreError) {
                try bytes.withUnsafeBufferPointer { (buffer) throws(ContentStoreError) in
                    try incoming.write(UnsafeRawBufferPointer(buffer))
                }
            } catch {
                throw .store(error)
            }
        }
        do { return try incoming.finish(as: .opaque) } catch { throw .store(error) }
    }
}

extension SweepError {
    fileprivate var leavesOutcomeOpen: Bool {
        if case .database(let error) = self { error.isConnectionLost } else { false }
    }
}
