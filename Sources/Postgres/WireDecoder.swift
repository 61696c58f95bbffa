/// PostgreSQL's binary formats: what each type's `_send` function writes.
///
/// Each answers nil for another type.
enum WireDecoder {
    static func int64(_ field: Row.Field) -> Int64? {
        switch field.type {
        case .int8: field.integer(Int64.self)
        case .int4: field.integer(Int32.self).map(Int64.init)
        case .int2: field.integer(Int16.self).map(Int64.init)
        case .oid: field.integer(UInt32.self).map(Int64.init)
        default: nil
        }
    }

    static func bool(_ field: Row.Field) -> Bool? {
        guard field.type == .bool, field.bytes.count == 1 else { return nil }
        return field.bytes[0] != 0
    }

    static func double(_ field: Row.Field) -> Double? {
        switch field.type {
        case .float8: field.integer(UInt64.self).map(Double.init(bitPattern:))
        case .float4: field.integer(UInt32.self).map { Double(Float(bitPattern: $0)) }
        default: nil
        }
    }

    static func timestamp(_ field: Row.Field) -> Int64? {
        guard field.type == .timestamptz, let value = field.integer(Int64.self) else { return nil }
        return PostgresTime.unixMicroseconds(wireValue: value)
    }

    static func bytes(_ field: Row.Field) -> [UInt8]? {
        field.type == .bytea ? [UInt8](field.bytes) : nil
    }

    static func text(_ field: Row.Field) -> String? {
        switch field.type {
        case .text, .varchar, .bpchar, .char, .name, .json, .xml, .unknownLiteral:
            return String(decoding: field.bytes, as: UTF8.self)
        case .jsonb:
            guard field.bytes.first == 1 else { return nil }
            return String(decoding: field.bytes.dropFirst(), as: UTF8.self)
        default:
            return userDefinedText(field)
        }
    }

    /// An enum or `citext` has an identifier that only its database knows.
    ///
    /// Text never holds a NUL, and the binary form of a composite, a range or an hstore always does (it starts with a
    /// count or a length).
    private static func userDefinedText(_ field: Row.Field) -> String? {
        guard field.type.rawValue >= PostgresType.firstUserDefined, !field.bytes.contains(0) else { return nil }
        return String(validating: field.bytes, as: UTF8.self)
    }

    static func int64Array(_ field: Row.Field) -> [Int64]? {
        switch field.type {
        case .int8Array, .int4Array, .int2Array: array(field) { $0.flatMap(int64) }
        default: nil
        }
    }

    static func bytesArray(_ field: Row.Field) -> [[UInt8]]? {
        field.type == .byteaArray ? array(field) { $0.flatMap(bytes) } : nil
    }

    static func textArray(_ field: Row.Field) -> [String?]? {
        switch field.type {
        case .textArray, .varcharArray, .nameArray:
            array(field) { element -> String?? in
                guard let element else { return .some(nil) }
                return text(element).map { .some($0) }
            }
        default: nil
        }
    }

    /// Reads what `array_send` writes: dimensions, a NULL flag, the element type, length and lower bound, elements.
    ///
    /// - Parameters:
    ///   - field: The array.
    ///   - decode: Reads an element, which is nil for NULL; answers nil where it must not be.
    /// - Returns: The elements, or nil when the array has several dimensions or an element is not as it must be.
    private static func array<Element>(_ field: Row.Field, _ decode: (Row.Field?) -> Element?) -> [Element]? {
        var reader = WireReader(field.bytes)
        guard let dimensions = reader.int32(), reader.int32() != nil, let type = reader.int32() else { return nil }
        guard dimensions != 0 else { return [] }
        guard dimensions == 1, let count = reader.int32(), reader.int32() != nil, count >= 0 else { return nil }
        let elementType = PostgresType(rawValue: UInt32(bitPattern: type))
        var elements: [Element] = []
        elements.reserveCapacity(min(Int(count), field.bytes.count / 4))
        for _ in 0..<count {
            guard let length = reader.int32() else { return nil }
            var element: Row.Field?
            if length >= 0 {
                guard let bytes = reader.bytes(Int(length)) else { return nil }
                element = Row.Field(bytes: bytes, type: elementType)
            }
            guard let value = decode(element) else { return nil }
            elements.append(value)
        }
        return elements
    }
}

/// Reads big-endian integers and byte strings one behind the other, never past the end.
private struct WireReader {
    private let buffer: UnsafeRawBufferPointer
    private var position = 0

    init(_ buffer: UnsafeRawBufferPointer) {
        self.buffer = buffer
    }

    mutating func int32() -> Int32? {
        bytes(4).map { Int32(bigEndian: $0.loadUnaligned(as: Int32.self)) }
    }

    mutating func bytes(_ count: Int) -> UnsafeRawBufferPointer? {
        guard count <= buffer.count - position else { return nil }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: buffer[position..<(position + count)])
    }
}
