import CZlib

#if canImport(ZipArchive)
@testable import ZipArchive
#endif

/// Inflates a stream by libz in one go, and in pieces by what this build has for streams without access points.
///
/// Of a whole stream both must give the same bytes and find the end at the same byte. Of any other there is no end, and
/// no byte that libz does not give; there may be fewer, as ISA-L finds damage early. The fuzzer and the unit tests share it.
struct InflateExercise {
    /// What became of a stream.
    struct Outcome: Equatable {
        var bytes: [UInt8] = []
        /// Where the stream ended, in bytes of the input; nowhere if it is damaged, cut off, or too long.
        var end: Int?
    }

    /// More output than this is not looked at.
    static let limit = 1 << 18

    let stream: [UInt8]
    var inputPiece = 65_536
    var outputPiece = 65_528

    private static let pieces = [
        1, 2, 3, 7, 8, 9, 64, 257, 300, 4_096, 32_768, 40_000, 65_528, 65_536, 100_000, 1 << 18,
    ]

    init(_ stream: [UInt8], inputPiece: Int = 65_536, outputPiece: Int = 65_528) {
        self.stream = stream
        self.inputPiece = inputPiece
        self.outputPiece = outputPiece
    }

    /// Takes a fuzzer's input: the first byte chooses the pieces.
    init?(fuzzed input: some Collection<UInt8>) {
        guard let first = input.first else { return nil }
        self.init(
            Array(input.dropFirst()),
            inputPiece: Self.pieces[Int(first & 15)],
            outputPiece: Self.pieces[Int(first >> 4)]
        )
    }

    /// In words, how the outcomes differ; `nil` when they do not.
    func difference() -> String? {
        let (expected, message) = libz()
        let seen = inPieces()
        if seen == expected { return nil }
        let same = zip(seen.bytes, expected.bytes).prefix { $0 == $1 }.count
        let isPrefix = same == seen.bytes.count && seen.end == nil
        if expected.end == nil, expected.bytes.count < Self.limit, isPrefix { return nil }
        // ISA-L takes codes with unused room (zlib's inftrees.c refuses them), and refuses data that use it.
        if Self.refusesTheCode(message), same == expected.bytes.count { return nil }
        return """
            \(seen.bytes.count) bytes, the end at \(String(describing: seen.end)); libz: \(expected.bytes.count) bytes, \
            the end at \(String(describing: expected.end)), \(message ?? "no message"); \(same) bytes are the same
            """
    }

    private static func refusesTheCode(_ message: String?) -> Bool {
        ["invalid code lengths set", "invalid literal/lengths set", "invalid distances set"].contains(message)
    }

    /// The oracle, and why it refuses the stream, if it does.
    func libz() -> (Outcome, message: String?) {
        var state = z_stream()
        guard inflateInit2_(&state, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return (Outcome(), "no memory")
        }
        defer { inflateEnd(&state) }
        var input = stream
        var output = [UInt8](repeating: 0, count: Self.limit)
        let status = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                state.next_in = input.baseAddress
                state.avail_in = UInt32(input.count)
                state.next_out = output.baseAddress
                state.avail_out = UInt32(output.count)
                return inflate(&state, Z_NO_FLUSH)
            }
        }
        let bytes = Array(output[..<Int(state.total_out)])
        // A stream that has just fitted may have its end before it or behind it.
        let isWhole = status == Z_STREAM_END && bytes.count < Self.limit
        let outcome = Outcome(bytes: bytes, end: isWhole ? Int(state.total_in) : nil)
        return (outcome, status == Z_DATA_ERROR ? state.msg.map { String(cString: $0) } : nil)
    }

    /// As a reader of members does it: new input when the last is used up, and no step without progress.
    func inPieces() -> Outcome {
        guard let inflater = MemberInflater() else { return Outcome() }
        inflater.reset(gathering: false)
        var outcome = Outcome()
        var output = [UInt8](repeating: 0, count: outputPiece)
        var buffered = 0..<0
        while outcome.bytes.count < Self.limit {
            if buffered.isEmpty { buffered = buffered.upperBound..<min(buffered.upperBound + inputPiece, stream.count) }
            let count = min(output.count, Self.limit - outcome.bytes.count)
            let step = stream[buffered].withUnsafeBytes { input in
                output.withUnsafeMutableBytes { output in
                    inflater.step(from: input, into: UnsafeMutableRawBufferPointer(rebasing: output[..<count]))
                }
            }
            guard let step, step.consumed > 0 || step.produced > 0 || step.isAtEnd else { return outcome }
            outcome.bytes += output[..<step.produced]
            let position = buffered.lowerBound + step.consumed
            if step.isAtEnd {
                outcome.end = outcome.bytes.count < Self.limit ? position : nil
                return outcome
            }
            buffered = position..<buffered.upperBound
        }
        return outcome
    }
}
