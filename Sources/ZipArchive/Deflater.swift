import CZlib

/// zlib's deflate, made once and used for one stream after the other.
///
/// zlib keeps the address of its state, so the state is in memory of its own: a value in an object could be moved.
public final class Deflater {
    /// What stands around the compressed data.
    public enum Container: Sendable {
        /// Nothing (RFC 1951), as members of a zip are stored.
        case raw
        /// A gzip file (RFC 1952) without a name and a time, so that the same content gives the same bytes.
        case gzip

        /// The `windowBits` of `deflateInit2`: 15 bits, negative for none, 16 more for gzip (zlib.h).
        fileprivate var windowBits: Int32 {
            switch self {
            case .raw: -15
            case .gzip: 15 + 16
            }
        }
    }

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

    /// Allocates the state, about 256 KiB; `nil` when there is no memory for it.
    ///
    /// The corresponding C function is `deflateInit2`.
    ///
    /// - Parameters:
    ///   - container: What stands around the data.
    ///   - level: From 1, fast, to 9, small.
    public init?(_ container: Container, level: Int32 = 6) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard artifactd_deflateInit2(stream, level, container.windowBits, 8) == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Begins a new stream.
    ///
    /// The corresponding C function is `deflateReset`.
    public func reset() {
        deflateReset(stream)
    }

    /// Compresses until the input is used up or the output is full, and if it is the last input, until the stream ends.
    ///
    /// The corresponding C function is `deflate`.
    ///
    /// - Parameters:
    ///   - input: What is to be compressed; what is not consumed must be given again.
    ///   - output: Where the compressed bytes go.
    ///   - isLast: Whether nothing comes behind this input.
    /// - Returns: How far it came.
    public func step(
        from input: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer,
        isLast: Bool
    ) -> Step {
        let inputCount = min(input.count, Int(UInt32.max))
        let outputCount = min(output.count, Int(UInt32.max))
        let source = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.next_in = UnsafeMutablePointer(mutating: source)
        stream.pointee.avail_in = UInt32(inputCount)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(outputCount)
        let status = deflate(stream, isLast && inputCount == input.count ? Z_FINISH : Z_NO_FLUSH)
        return Step(
            consumed: inputCount - Int(stream.pointee.avail_in),
            produced: outputCount - Int(stream.pointee.avail_out),
            isAtEnd: status == Z_STREAM_END
        )
    }
}
