import CZlib

/// zlib's inflate for raw deflate data (RFC 1951), made once and used for one stream after the other.
///
/// zlib keeps the address of its state, so the state is in memory of its own: a value in an object could be moved.
public final class Inflater {
    /// How far one step came.
    public struct Step {
        /// Bytes taken from the input; at the end of a stream below zero if bytes of an earlier input are given back.
        public var consumed: Int
        /// Bytes written to the output.
        public var produced: Int
        /// Whether the stream has ended.
        public var isAtEnd: Bool
        /// Where the step stopped at the end of a block that is not the last: how many bits of the last byte are unused.
        var bitsAtBlockEnd: Int?
    }

    private let stream: UnsafeMutablePointer<z_stream>

    /// Allocates the state, about 40 KiB; `nil` when there is no memory for it.
    ///
    /// The corresponding C function is `inflateInit2` with -15 window bits.
    public init?() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard artifactd_inflateInit2(stream, -15) == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Begins a new stream.
    ///
    /// The corresponding C function is `inflateReset`.
    public func reset() {
        inflateReset(stream)
    }

    /// Inflates until the input is used up, the output is full or the stream ends.
    ///
    /// The corresponding C function is `inflate`.
    ///
    /// - Parameters:
    ///   - input: Compressed bytes; what is not consumed must be given again.
    ///   - output: Where the data go.
    /// - Returns: How far it came, or `nil` when the data are not deflate.
    public func step(from input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Step? {
        step(from: input, into: output, stoppingAtBlockEnd: false)
    }

    /// As ``step(from:into:)``, and if asked to, stops at the end of a block too (`Z_BLOCK`).
    func step(
        from input: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer,
        stoppingAtBlockEnd stops: Bool
    ) -> Step? {
        let inputCount = min(input.count, Int(UInt32.max))
        let outputCount = min(output.count, Int(UInt32.max))
        let source = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.next_in = UnsafeMutablePointer(mutating: source)
        stream.pointee.avail_in = UInt32(inputCount)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(outputCount)
        let status = inflate(stream, stops ? Z_BLOCK : Z_NO_FLUSH)
        guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else { return nil }
        return Step(
            consumed: inputCount - Int(stream.pointee.avail_in),
            produced: outputCount - Int(stream.pointee.avail_out),
            isAtEnd: status == Z_STREAM_END,
            bitsAtBlockEnd: stops ? bitsAtBlockEnd : nil
        )
    }

    /// Bit 7 of `data_type` tells the end of a block, bit 6 the last block, and then bits 0 to 2 the unused bits (zlib.h).
    private var bitsAtBlockEnd: Int? {
        let kind = stream.pointee.data_type
        return kind & 128 != 0 && kind & 64 == 0 ? Int(kind & 7) : nil
    }

    /// Copies the last 32 KiB of the output.
    ///
    /// The corresponding C function is `inflateGetDictionary`.
    ///
    /// - Parameter window: Room for ``AccessPoint/windowSize`` bytes.
    /// - Returns: Whether there are as many.
    func copyWindow(to window: UnsafeMutableRawBufferPointer) -> Bool {
        var length: UInt32 = 0
        let target = window.baseAddress?.assumingMemoryBound(to: UInt8.self)
        return inflateGetDictionary(stream, target, &length) == Z_OK && Int(length) == window.count
    }

    /// Begins in the middle of a stream, at an access point.
    ///
    /// The corresponding C functions are `inflateReset`, `inflatePrime` and `inflateSetDictionary`.
    ///
    /// - Parameters:
    ///   - point: The point.
    ///   - lastByte: The byte before its input.
    ///   - window: The output before it.
    /// - Returns: Whether zlib took it.
    func resume(at point: AccessPoint, after lastByte: UInt8, window: UnsafeMutableRawBufferPointer) -> Bool {
        inflateReset(stream)
        if point.bits > 0 {
            let value = Int32(lastByte) >> Int32(8 - point.bits)
            guard inflatePrime(stream, Int32(point.bits), value) == Z_OK else { return false }
        }
        let dictionary = window.baseAddress?.assumingMemoryBound(to: UInt8.self)
        return inflateSetDictionary(stream, dictionary, UInt32(window.count)) == Z_OK
    }
}
