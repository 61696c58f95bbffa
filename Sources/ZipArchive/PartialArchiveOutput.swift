/// The bytes that are made of a partial archive, before they are sent.
struct PartialArchiveOutput {
    private let buffer: HeapBuffer
    private(set) var count = 0

    init(capacity: Int) {
        buffer = HeapBuffer(count: capacity)
    }

    /// A part of what was written, valid until the next write.
    func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(buffer.part(range.lowerBound, range.count))
    }

    /// Forgets what was written.
    mutating func removeAll() {
        count = 0
    }

    /// Appends bytes; the caller has seen to it that there is room.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        buffer.part(count, bytes.count).copyMemory(from: bytes)
        count += bytes.count
    }

    /// Appends a number in little-endian order.
    mutating func put(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { append($0) }
    }

    /// Replaces a number, as many bytes from the end as told.
    func patch(_ value: some FixedWidthInteger, back distance: Int) {
        withUnsafeBytes(of: value.littleEndian) { bytes in
            buffer.part(count - distance, bytes.count).copyMemory(from: bytes)
        }
    }
}
