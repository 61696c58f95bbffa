import ArtifactsPostgres
import ContentStore
import Cryptography
import Postgres

extension SweepPass {
    /// Makes artifacts of the logs of jobs that have ended; one that the database refuses is passed over.
    mutating func archiveTraces() throws(SweepError) {
        var archiver = TraceArchiver(store: sweeper.store, archival: TraceArchival(pool: sweeper.pool))
        while !control.shouldStop() {
            let before = archiver.jobID
            do throws(SweepError) {
                let next = try repeating(attempts: 3) { () throws(SweepError) in try archiver.archive(after: before) }
                guard let next else { return }
                if let bytes = next.bytes { note { $0.archivedLogs = RowCount(rows: 1, bytes: bytes) } }
            } catch {
                // A store that is full or a database that is away would fail for all others too.
                guard case .database(let cause) = error, !cause.isUnavailable, archiver.jobID > before else {
                    throw error
                }
                passOver("log of job \(archiver.jobID)", error)
            }
        }
    }
}

/// Puts one log together.
private struct TraceArchiver {
    let store: ContentStore
    let archival: TraceArchival
    /// The job whose log was worked on last.
    private(set) var jobID: Int64 = 0

    init(store: ContentStore, archival: TraceArchival) {
        self.store = store
        self.archival = archival
    }

    /// What became of one log.
    struct Outcome {
        /// How many bytes were stored, `nil` for none.
        let bytes: Int64?
    }

    /// Archives the log of the next job.
    ///
    /// - Returns: What became of it, or `nil` where no log is left.
    mutating func archive(after job: Int64) throws(SweepError) -> Outcome? {
        var staged: StagedContent?
        do throws(SweepError) {
            let next = try archival.next(after: job, throwing: SweepError.self) { trace throws(SweepError) in
                jobID = trace.jobID
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
            return next.map { Outcome(bytes: $0.result) }
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
