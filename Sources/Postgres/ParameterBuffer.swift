import CLibPQ

/// The binds of one statement in the arrays that libpq wants, reused from one statement to the next.
///
/// All values lie behind one another in one byte array, so a statement with ten binds costs no allocation once the
/// array has grown.
package final class ParameterBuffer {
    /// The largest field the server takes (1 GB, `MaxAllocSize`); also keeps every length within `Int32`.
    private static let maximumLength = 0x3FFF_FFFF
    /// The wire format counts parameters in 16 bits.
    private static let maximumCount = 65_535

    private(set) var types: [Oid] = []
    private var bytes: [UInt8] = []
    private var offsets: [Int] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []
    private var pointers: [UnsafePointer<CChar>?] = []

    /// An empty buffer.
    package init() {}

    /// Replaces the content.
    ///
    /// - Parameter binds: The values, in the order of `$1`, `$2` and so on.
    /// - Throws: `.encoding` when there are too many, or they are too large.
    package func load(_ binds: [Bind]) throws(PostgresError) {
        clear()
        guard binds.count <= Self.maximumCount else {
            throw PostgresError(.encoding, "\(binds.count) binds; a statement takes \(Self.maximumCount)")
        }
        for bind in binds {
            let start = bytes.count
            let isNull = WireEncoder.append(bind, to: &bytes)
            guard bytes.count <= Self.maximumLength else {
                throw PostgresError(.encoding, "the binds are longer than \(Self.maximumLength) bytes")
            }
            types.append(bind.type.rawValue)
            offsets.append(isNull ? -1 : start)
            lengths.append(Int32(truncatingIfNeeded: bytes.count - start))
            formats.append(1)
        }
    }

    /// Lends the arrays to a libpq call.
    ///
    /// - Parameter body: Receives the count, the values, their lengths and their formats.
    /// - Returns: What `body` returns.
    func withArrays<R>(
        _ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> R
    ) -> R {
        bytes.withUnsafeBytes { buffer in
            let base = buffer.baseAddress.map { $0.assumingMemoryBound(to: CChar.self) }
            pointers.removeAll(keepingCapacity: true)
            for offset in offsets {
                pointers.append(offset < 0 ? nil : base.map { $0 + offset })
            }
            return pointers.withUnsafeBufferPointer { values in
                body(Int32(truncatingIfNeeded: offsets.count), values.baseAddress, lengths, formats)
            }
        }
    }

    private func clear() {
        types.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: bytes.count < 1 << 20)
        // One byte ahead of the values: an empty value needs an address too, since none means NULL.
        bytes.append(0)
        offsets.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        formats.removeAll(keepingCapacity: true)
    }
}
