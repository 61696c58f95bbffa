/// PostgreSQL's binary formats: what each type's `_recv` function reads.
///
/// Integers are big-endian.
enum WireEncoder {
    /// Appends a value.
    ///
    /// - Parameters:
    ///   - bind: The value.
    ///   - bytes: Where it goes.
    /// - Returns: Whether the value is NULL, which has no bytes.
    static func append(_ bind: Bind, to bytes: inout [UInt8]) -> Bool {
        switch bind {
        case .null: return true
        case .int4(let value): append(value, to: &bytes)
        case .int8(let value): append(value, to: &bytes)
        case .bool(let value): bytes.append(value ? 1 : 0)
        case .text(let value): bytes.append(contentsOf: value.utf8)
        case .bytes(let value): bytes.append(contentsOf: value)
        case .timestamp(let value): append(PostgresTime.wireValue(unixMicroseconds: value), to: &bytes)
        case .float8(let value): append(value.bitPattern, to: &bytes)
        case .jsonb(let value):
            // jsonb_recv wants the version of the format first.
            bytes.append(1)
            bytes.append(contentsOf: value.utf8)
        case .int8Array(let values):
            appendArray(values, of: .int8, to: &bytes) { value, bytes in append(value, to: &bytes) }
        case .textArray(let values):
            appendArray(values, of: .text, to: &bytes) { value, bytes in bytes.append(contentsOf: value.utf8) }
        case .byteaArray(let values):
            appendArray(values, of: .bytea, to: &bytes) { value, bytes in bytes.append(contentsOf: value) }
        case .array(let values, let type):
            appendArray(values.map { $0.isNull ? nil : $0 }, of: type, to: &bytes) { value, bytes in
                _ = append(value, to: &bytes)
            }
        }
        return false
    }

    private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// `array_recv`: dimensions, a NULL flag, the element type, length and lower bound, then length-prefixed elements.
    private static func appendArray<Element>(
        _ values: [Element?],
        of type: PostgresType,
        to bytes: inout [UInt8],
        _ appendElement: (Element, inout [UInt8]) -> Void
    ) {
        append(Int32(values.isEmpty ? 0 : 1), to: &bytes)
        append(Int32(values.contains { $0 == nil } ? 1 : 0), to: &bytes)
        append(type.rawValue, to: &bytes)
        guard !values.isEmpty else { return }
        append(Int32(truncatingIfNeeded: values.count), to: &bytes)
        append(Int32(1), to: &bytes)
        for value in values {
            guard let value else {
                append(Int32(-1), to: &bytes)
                continue
            }
            let start = bytes.count
            append(Int32(0), to: &bytes)
            appendElement(value, &bytes)
            let length = Int32(truncatingIfNeeded: bytes.count - start - 4).bigEndian
            withUnsafeBytes(of: length) { bytes.replaceSubrange(start..<(start + 4), with: $0) }
        }
    }
}
