internal import HTTPSemantics

/// Where a piece of a log begins, as runners say it in `Content-Range`: `0-2347`, without the unit of RFC 9110.
enum TraceRange {
    /// Reads the field.
    ///
    /// Only the beginning counts, as in GitLab: gitlab-runner names the last byte, gitlab-python-runner the one behind it,
    /// and how many bytes there are is known from the body. An end before the beginning stands for no bytes.
    ///
    /// - Parameter field: The field's value.
    /// - Returns: The place of the piece's first byte, or `nil` where the field is malformed.
    static func start(of field: String) -> Int64? {
        let bytes = Array(field.utf8)
        guard let hyphen = bytes.firstIndex(of: UInt8(ascii: "-")) else { return nil }
        let end = bytes[(hyphen + 1)...]
        // "0--1": the end of a piece without bytes at the beginning of a log.
        let digits = end.first == UInt8(ascii: "-") ? end.dropFirst() : end
        guard isNumber(bytes[..<hyphen]), isNumber(digits) else { return nil }
        return Int64(String(decoding: bytes[..<hyphen], as: UTF8.self))
    }

    private static func isNumber(_ bytes: ArraySlice<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
