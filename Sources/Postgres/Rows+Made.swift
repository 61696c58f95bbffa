import CLibPQ

extension Rows {
    /// Makes the result of a statement with one row, as libpq would have received it, so that reading rows can be measured
    /// without a server (`PQmakeEmptyPGresult`, `PQsetvalue`).
    ///
    /// - Parameter row: The values of the columns, which have no names.
    /// - Returns: The row, or `nil` where there is no memory for it.
    package static func made(_ row: [Bind]) -> Rows? {
        guard let result = PQmakeEmptyPGresult(nil, PGRES_TUPLES_OK) else { return nil }
        var columns = row.map(column)
        guard PQsetResultAttrs(result, Int32(clamping: columns.count), &columns) != 0 else {
            PQclear(result)
            return nil
        }
        for (position, value) in row.enumerated() where !put(value, at: Int32(clamping: position), in: result) {
            PQclear(result)
            return nil
        }
        return Rows(taking: result)
    }

    /// A column of a type in the binary format.
    private static func column(_ value: Bind) -> PGresAttDesc {
        var column = PGresAttDesc()
        column.format = 1
        column.typid = value.type.rawValue
        return column
    }

    private static func put(_ value: Bind, at column: Int32, in result: OpaquePointer) -> Bool {
        var bytes: [UInt8] = []
        let isNull = WireEncoder.append(value, to: &bytes)
        let length = isNull ? -1 : Int32(clamping: bytes.count)
        return bytes.withUnsafeMutableBytes { buffer in
            // An empty array may have no address, and none means NULL.
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1) { empty in
                let start = buffer.assumingMemoryBound(to: CChar.self).baseAddress ?? empty.baseAddress
                return PQsetvalue(result, 0, column, start, length) != 0
            }
        }
    }
}
