/// Bytes on the heap with a fixed address, freed with their owner.
///
/// C keeps pointers into it across calls, which an array's storage does not allow.
final class HeapBuffer {
    let bytes: UnsafeMutableRawBufferPointer

    init(count: Int) {
        bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    }

    deinit {
        bytes.deallocate()
    }

    /// A part of the buffer for writing, counted from zero again.
    func part(_ offset: Int, _ count: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }
}
