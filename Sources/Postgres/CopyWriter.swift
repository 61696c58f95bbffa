import CLibPQ

/// Sends the rows of a `COPY ... FROM STDIN (FORMAT binary)` (PostgreSQL documentation, COPY, "Binary Format").
///
/// Rows gather until they fill what libpq sends at once, so that neither its buffer nor this one grows with their number.
public final class CopyWriter {
    /// libpq sends whole blocks of 8 KiB (`pqPutMsgEnd`) and doubles its buffer of 16 KiB for what is larger.
    private static let block = 8192
    /// What one message may have (1 GB, `PQ_LARGE_MESSAGE_LIMIT`): a row and at most a block before it.
    private static let maximumLength = 0x3FFF_FFFF - 2 * block

    private let handle: OpaquePointer
    private var bytes: [UInt8] = []

    init(_ handle: OpaquePointer) {
        self.handle = handle
        bytes.reserveCapacity(2 * Self.block)
        bytes.append(contentsOf: "PGCOPY\n".utf8)
        bytes.append(contentsOf: [0xFF, 0x0D, 0x0A, 0x00])
        // No flags, and no extension of the header.
        bytes.append(contentsOf: [0, 0, 0, 0, 0, 0, 0, 0])
    }

    /// Adds a row.
    ///
    /// - Parameter row: A value for each of the statement's columns, in their order.
    /// - Throws: `.encoding` when there are too many values, or they are too large; then nothing of the row is sent. A lost
    ///   connection.
    public func append(_ row: [Bind]) throws(PostgresError) {
        guard let count = Int16(exactly: row.count) else {
            throw PostgresError(.encoding, "\(row.count) columns; COPY takes \(Int16.max)")
        }
        let start = bytes.count
        WireEncoder.append(count, to: &bytes)
        for value in row {
            append(value)
            guard bytes.count - start <= Self.maximumLength else {
                bytes.removeSubrange(start...)
                throw PostgresError(.encoding, "a row is longer than \(Self.maximumLength) bytes")
            }
        }
        if bytes.count >= Self.block { try send() }
    }

    private func append(_ value: Bind) {
        let start = bytes.count
        WireEncoder.append(Int32(-1), to: &bytes)
        if WireEncoder.append(value, to: &bytes) { return }
        WireEncoder.set(Int32(truncatingIfNeeded: bytes.count - start - 4), at: start, in: &bytes)
    }

    /// Sends what is left, with the trailer.
    func finish() throws(PostgresError) {
        WireEncoder.append(Int16(-1), to: &bytes)
        try send()
    }

    private func send() throws(PostgresError) {
        defer { bytes.removeAll(keepingCapacity: bytes.count <= 16 * Self.block) }
        let sent = bytes.withUnsafeBytes { buffer in
            let base = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            return PQputCopyData(handle, base, Int32(truncatingIfNeeded: buffer.count))
        }
        guard sent == 1 else {
            let isLost = PQstatus(handle) != CONNECTION_OK
            throw PostgresError(isLost ? .connectionLost : .protocolViolation, "the rows of COPY cannot be sent")
        }
    }
}
