/// The rules for the names of members.
public enum MemberName {
    /// Whether bytes are a path that a member can have and a request can ask for.
    ///
    /// Not a path are: nothing, an empty, `.` or `..` segment (so neither a leading nor a trailing `/`), a backslash, NUL,
    /// and what is not UTF-8 (RFC 3629). Everything else is only a name: nothing is ever extracted to a file system.
    ///
    /// - Parameter bytes: The path, percent-decoded.
    /// - Returns: Whether it is valid.
    public static func isValidPath(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var segment = 0
        var isASCII = true
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case 0x2F:
                guard isValidSegment(bytes, segment, index) else { return false }
                segment = index + 1
            case 0x5C, 0:
                return false
            default:
                if byte >= 0x80 { isASCII = false }
            }
        }
        return isValidSegment(bytes, segment, bytes.count) && (isASCII || isUTF8(bytes))
    }

    /// Appends the UTF-8 form of a stored name.
    ///
    /// That is the Unicode path of extra field 0x7075 (APPNOTE 4.6.9) if its CRC is that of the stored name; else the
    /// stored bytes if they are valid UTF-8, whether bit 11 says so (APPNOTE 4.4.4) or not, because common tools do not
    /// set it; else the stored bytes as code page 437 (APPNOTE appendix D).
    static func appendUTF8(raw: UnsafeRawBufferPointer, extra: UnsafeRawBufferPointer, to output: inout [UInt8]) {
        if let path = unicodePath(raw: raw, extra: extra) {
            output.append(contentsOf: path)
        } else if isUTF8(raw) {
            output.append(contentsOf: raw)
        } else {
            CP437.appendUTF8(of: raw, to: &output)
        }
    }

    private static func unicodePath(
        raw: UnsafeRawBufferPointer,
        extra: UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer? {
        guard !extra.isEmpty, let field = ExtraFields(extra).first(0x7075), field.count > 5, field[0] == 1,
            field.u32(at: 1) == Checksum.crc32(raw)
        else { return nil }
        let path = field.part(5, field.count - 5)
        return isUTF8(path) ? path : nil
    }

    private static func isValidSegment(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Bool {
        switch end - start {
        case 0: false
        case 1: bytes[start] != 0x2E
        case 2: bytes[start] != 0x2E || bytes[start + 1] != 0x2E
        default: true
        }
    }

    private static func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return true }
        return bytes.withMemoryRebound(to: UInt8.self) { buffer in
            (try? UTF8Span(validating: buffer.span)) != nil
        }
    }
}
