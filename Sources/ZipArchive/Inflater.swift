import CZlib

/// zlib's inflate for raw deflate data (RFC 1951), made once and used for one stream after the other.
///
/// zlib keeps the address of its state, so the state is in memory of its own: a value in an object could be moved.
public final class Inflater {
    /// How far one step came.
    public struct Step {
        /// Bytes taken from the input.
        public var consumed: Int
        /// Bytes written to the output.
        public var produced: Int
        /// Whether the stream has ended.
        public var isAtEnd: Bool
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
        let inputCount = min(input.count, Int(UInt32.max))
        let outputCount = min(output.count, Int(UInt32.max))
        let source = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.next_in = UnsafeMutablePointer(mutating: source)
        stream.pointee.avail_in = UInt32(inputCount)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(outputCount)
        let status = inflate(stream, Z_NO_FLUSH)
        guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else { return nil }
        return Step(
            consumed: inputCount - Int(stream.pointee.avail_in),
            produced: outputCount - Int(stream.pointee.avail_out),
            isAtEnd: status == Z_STREAM_END
        )
    }
}
