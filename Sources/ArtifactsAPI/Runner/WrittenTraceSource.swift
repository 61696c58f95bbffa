internal import Artifacts
internal import ArtifactsPostgres
internal import ContentStore
internal import Cryptography
internal import FastCGI
internal import Postgres

/// A log that is not stored yet, piece by piece; a connection is leased for a few pieces, never for the stream.
///
/// The log of a job that ends meanwhile may become a file: the same bytes, from which the rest is sent.
struct WrittenTraceSource: BodySource {
    let traces: TraceCatalog
    let store: ContentStore
    let jobID: Int64
    let projectID: Int64

    func send(_ window: Range<Int64>, to exchange: Exchange) throws(TransferError) {
        var position = window.lowerBound
        while position < window.upperBound {
            let chunks = try asking { () throws(PostgresError) in try traces.chunks(job: jobID, from: position) }
            if chunks.isEmpty { return try sendStored(position..<window.upperBound, to: exchange) }
            for chunk in chunks where position < window.upperBound {
                let bytes = chunk.bytes[
                    Int(position - chunk.start)..<Int(min(chunk.end, window.upperBound) - chunk.start)
                ]
                do throws(ExchangeError) {
                    try bytes.withUnsafeBufferPointer { (buffer) throws(ExchangeError) in
                        try exchange.send(UnsafeRawBufferPointer(buffer))
                    }
                } catch {
                    throw .exchange(error)
                }
                position += Int64(bytes.count)
            }
        }
    }

    private func sendStored(_ window: Range<Int64>, to exchange: Exchange) throws(TransferError) {
        let record = try asking { () throws(PostgresError) in try traces.trace(job: jobID, project: projectID) }
        guard let content = record?.trace?.content, let digest = SHA256Digest(bytes: content.digest),
            content.size >= window.upperBound
        else {
            throw .gone("the log of job \(jobID) was erased")
        }
        let file: FileSource
        do { file = FileSource(file: try store.open(ContentReference(id: content.id, digest: digest))) } catch {
            throw .damaged(error.description)
        }
        try file.send(window, to: exchange)
    }

    private func asking<R>(_ body: () throws(PostgresError) -> R) throws(TransferError) -> R {
        do { return try body() } catch { throw .gone("the log of job \(jobID): \(error.debugDescription)") }
    }
}
