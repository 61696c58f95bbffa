/// The extra fields of a record as a partial archive takes them over.
struct PartialArchiveExtra {
    private static let zip64: UInt16 = 0x0001
    private static let extendedTimestamp: UInt16 = 0x5455

    private let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// Every field with its head, save zip64's, which is made anew; what follows the last whole field comes last.
    func forEachKept(_ body: (UnsafeRawBufferPointer) -> Void) {
        var offset = 0
        while offset + 4 <= bytes.count {
            let length = 4 + Int(bytes.u16(at: offset + 2))
            guard offset + length <= bytes.count else { break }
            if bytes.u16(at: offset) != Self.zip64 { body(bytes.part(offset, length)) }
            offset += length
        }
        if offset < bytes.count { body(bytes.part(offset, bytes.count - offset)) }
    }

    /// Makes Info-ZIP's field of times that was just written say what it holds.
    ///
    /// In the directory it holds the time of modification alone, while its flags tell of those in the local header too
    /// (proginfo/extrafld.txt of Info-ZIP); there they would promise times that are not there.
    static func limitTimes(_ field: UnsafeRawBufferPointer, in output: inout PartialArchiveOutput) {
        guard field.count > 4, field.u16(at: 0) == extendedTimestamp else { return }
        let present = UInt8(truncatingIfNeeded: (1 << min((field.count - 5) / 4, 3)) - 1)
        output.patch(field[4] & present, back: field.count - 4)
    }
}
