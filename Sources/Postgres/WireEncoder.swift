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
        case .int2(let value): append(value, to: &bytes)
        case .int4(let value): append(value, to: &bytes)
        case .int8(let value): append(value, to: &bytes)
        case .bool(let value): bytes.append(value ? 1 : 0)
        case .text(let value): bytes.append(contentsOf: value.utf8)
        case .bytes(let value): bytes.append(contentsOf: value)
        case .timestamp(let value): append(PostgresTime.wireValue(unixMicroseconds: value), to: &bytes)
        case .float8(let value): append(value.bitPattern, to: &bytes)
        case .inet(let value): append(value, to: &bytes)
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

    /// Appends an integer, big-endian.
    ///
    /// - Parameters:
    ///   - value: The integer.
    ///   - bytes: Where it goes.
    static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Puts in a length that was not known before what it counts.
    ///
    /// - Parameters:
    ///   - value: The length.
    ///   - start: Where its four bytes are, which were appended before.
    ///   - bytes: What they are in.
    static func set(_ value: Int32, at start: Int, in bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.bigEndian) { bytes.replaceSubrange(start..<(start + 4), with: $0) }
    }

    /// `inet_recv`: the family, the bits of the mask, whether it is a network, the length, the address.
    private static func append(_ value: SQLAddress, to bytes: inout [UInt8]) {
        let count = UInt8(truncatingIfNeeded: value.bytes.count)
        bytes.append(contentsOf: [count == 4 ? 2 : 3, 8 * count, 0, count])
        bytes.append(contentsOf: value.bytes)
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
            set(Int32(truncatingIfNeeded: bytes.count - start - 4), at: start, in: &bytes)
        }
    }
}
