#if ISAL

import CIsal
import Glibc

/// ISA-L's inflate for raw deflate data (RFC 1951), made once and used for one stream after the other.
///
/// It takes and gives what ``Inflater`` does, save that it cannot stop at the end of a block, and that it does not refuse
/// codes with unused room, only data in which such a place is used.
final class IsalInflater {
    private let state: UnsafeMutablePointer<inflate_state>
    /// Whether the stream turned out to be damaged.
    private var isDamaged = false

    /// Allocates the state, 86 KiB; `nil` when there is no memory for it.
    ///
    /// The corresponding C function is `isal_inflate_init`.
    init?() {
        guard let memory = calloc(1, MemoryLayout<inflate_state>.stride) else { return nil }
        state = memory.bindMemory(to: inflate_state.self, capacity: 1)
        isal_inflate_init(state)
    }

    deinit { free(state) }

    /// Begins a new stream.
    ///
    /// The corresponding C function is `isal_inflate_reset`.
    func reset() {
        isal_inflate_reset(state)
        isDamaged = false
    }

    /// Inflates until the input is used up, the output is full or the stream ends.
    ///
    /// ISA-L inflates ahead into its own buffer, so the input may be used up with output still to come, and damage is found
    /// up to 64 KiB of output early. What a call that finds it has written is not used: with a distance that is too large
    /// ISA-L counts bytes as output that it has not written.
    ///
    /// The corresponding C function is `isal_inflate`.
    ///
    /// - Parameters:
    ///   - input: Compressed bytes; what is not consumed must be given again.
    ///   - output: Where the data go.
    /// - Returns: How far it came, or `nil` when the data are not deflate. At the end fewer than no bytes are consumed if
    ///   what lies behind it was consumed before.
    func step(from input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Inflater.Step? {
        let inputCount = min(input.count, Int(Int32.max))
        let outputCount = min(output.count, Int(Int32.max))
        let source = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        state.pointee.next_in = UnsafeMutablePointer(mutating: source)
        state.pointee.avail_in = UInt32(inputCount)
        state.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        state.pointee.avail_out = UInt32(outputCount)
        if !isDamaged { isDamaged = isal_inflate(state) != ISAL_DECOMP_OK }
        if isDamaged { return nil }
        let isAtEnd = state.pointee.block_state == ISAL_BLOCK_FINISH
        let left = Int(state.pointee.avail_in) + (isAtEnd ? giveBack() : 0)
        return Inflater.Step(
            consumed: inputCount - left,
            produced: outputCount - Int(state.pointee.avail_out),
            isAtEnd: isAtEnd,
            bitsAtBlockEnd: nil
        )
    }

    /// Begins in the middle of a stream, at an access point.
    ///
    /// The corresponding C functions are `isal_inflate_reset` and `isal_inflate_set_dict`; the bits go where ISA-L keeps
    /// those that it has read.
    ///
    /// - Parameters:
    ///   - point: The point.
    ///   - lastByte: The byte before its input.
    ///   - window: The output before it.
    /// - Returns: Whether ISA-L took it.
    func resume(at point: AccessPoint, after lastByte: UInt8, window: UnsafeMutableRawBufferPointer) -> Bool {
        reset()
        if point.bits > 0 {
            state.pointee.read_in = UInt64(lastByte >> UInt8(8 - point.bits))
            state.pointee.read_in_length = Int32(point.bits)
        }
        let dictionary = window.baseAddress?.assumingMemoryBound(to: UInt8.self)
        return isal_inflate_set_dict(state, dictionary, UInt32(window.count)) == COMP_OK
    }

    /// The whole bytes that were read and lie behind the end of the stream; they may be of an earlier input.
    private func giveBack() -> Int {
        let count = Int(state.pointee.read_in_length) / 8
        state.pointee.read_in_length = 0
        state.pointee.read_in = 0
        return max(0, count)
    }
}

#endif
