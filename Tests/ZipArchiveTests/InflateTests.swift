import CZlib
import Foundation
import Testing

@testable import ZipArchive

/// Whatever library inflates in this build, libz is the oracle: the same bytes, the same end, the same refusals.
@Suite("Inflating")
struct InflateTests {
    /// Text whose matches are near and far, and some that is not compressible.
    private static func sample(_ size: Int) -> [UInt8] {
        var state: UInt32 = 1
        func next() -> UInt32 {
            state = state &* 1_664_525 &+ 1_013_904_223
            return state >> 8
        }
        var output: [UInt8] = []
        while output.count < size {
            switch next() % 4 {
            case 0: output += (0..<40).map { _ in UInt8(truncatingIfNeeded: next()) }
            case 1 where output.count > 100:
                let distance = 1 + Int(next()) % min(output.count, 32_768)
                let start = output.count - distance
                for offset in 0..<3 + Int(next() % 300) { output.append(output[start + offset]) }
            case 2: output += [UInt8](repeating: UInt8(truncatingIfNeeded: next()), count: Int(next() % 700))
            default: output += Array("line \(next() % 1000) of a log\n".utf8)
            }
        }
        return Array(output[..<size])
    }

    private static let streams: [(name: String, bytes: [UInt8])] = {
        let data = sample(150_000)
        let compressed = (0..<10).map { ("level \($0)", deflated(data, level: $0)) }
        let strategies = (1...4).map {
            ("strategy \($0)", deflated(data, level: 6, strategy: $0, pieces: 1, flush: Z_NO_FLUSH))
        }
        let flushes = [Z_PARTIAL_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_BLOCK].map {
            ("flush \($0)", deflated(data, level: 6, pieces: 37, flush: $0))
        }
        return compressed + strategies + flushes + [
            ("one block", deflatedAsOneBlock(data)),
            ("zeros", deflated([UInt8](repeating: 0, count: 250_000))),
            ("more than the limit", deflated([UInt8](repeating: 0, count: 3_000_000))),
            ("nothing", deflated([])),
            ("one byte", deflated([7])),
            ("65,528 bytes", deflated(sample(65_528))),
            ("65,536 bytes", deflated(sample(65_536))),
            ("no stream", []),
            ("the reserved type of block", [0b111]),
            ("a stored block with wrong lengths", [1, 2, 0, 2, 0, 0x41, 0x42]),
            ("a distance before the start", [0b0101_1011, 0x02, 0]),
        ]
    }()

    private static let pieces = [(3, 65_528), (30, 70), (300, 9), (65_536, 65_528), (65_536, 100_000), (4_096, 32_768)]

    @Test("every kind of block gives libz's bytes, in pieces of any size", arguments: streams)
    func agrees(_ name: String, _ stream: [UInt8]) {
        for (input, output) in Self.pieces {
            let exercise = InflateExercise(stream, inputPiece: input, outputPiece: output)
            #expect(exercise.difference() == nil, "\(name), \(input) bytes in, \(output) out")
        }
    }

    @Test("what follows a stream is not consumed", arguments: [1, 2, 7, 8, 9, 100])
    func trailing(_ count: Int) {
        for size in [0, 1, 100, 65_528, 100_000] {
            let stream = deflated(Self.sample(size))
            for (input, output) in Self.pieces {
                let exercise = InflateExercise(
                    stream + [UInt8](repeating: 0x55, count: count),
                    inputPiece: input,
                    outputPiece: output
                )
                #expect(exercise.inPieces().end == stream.count, "\(size) bytes, \(input) in, \(output) out")
            }
        }
    }

    @Test("a stream that is cut off has no end, and no bytes but libz's")
    func cutOff() {
        let stream = deflated(Self.sample(1_000))
        for count in stream.indices {
            for (input, output) in Self.pieces {
                let exercise = InflateExercise(Array(stream[..<count]), inputPiece: input, outputPiece: output)
                #expect(exercise.difference() == nil, "cut at \(count), \(input) bytes in, \(output) out")
            }
        }
    }

    @Test("a damaged stream has no end, and no bytes but libz's", arguments: [0x01, 0x10, 0x80, 0xFF] as [UInt8])
    func damaged(_ mask: UInt8) {
        let sound = deflated(Self.sample(1_000))
        for position in sound.indices {
            var stream = sound
            stream[position] ^= mask
            for (input, output) in [(65_536, 65_528), (5, 100)] {
                let exercise = InflateExercise(stream, inputPiece: input, outputPiece: output)
                #expect(exercise.difference() == nil, "byte \(position), \(input) bytes in, \(output) out")
            }
        }
    }

    @Test("a range that ends far before the damage is read, one that reaches it is not")
    func rangeBeforeDamage() throws {
        let data = Self.sample(400_000)
        var member = ZipBuilder.Member(Array("a".utf8), data, method: 8)
        var stream = deflated(Array(data[..<200_000]), level: 6, pieces: 1, flush: Z_SYNC_FLUSH)
        // What follows the flush, instead of the empty last block, is a block of the reserved type.
        stream.removeLast(2)
        member.storedData = stream + [0b111] + [UInt8](repeating: 0, count: 1_000)
        let archive = try Archive(ZipBuilder([member]))
        let found = try #require(try archive.member("a"))
        #expect(try archive.read(found, window: 10..<60_000) == Array(data[10..<60_000]))
        #expect(throws: MemberError.self) { try archive.read(found, window: 10..<200_001) }
    }

    @Test("a CRC-32 is libz's, whatever the length, the alignment and the bytes before")
    func checksum() {
        let data = Self.sample(60_000)
        for offset in [0, 1, 8, 13] {
            for count in Array(8_000...8_300) + [0, 1, 2_400, 10_592, 10_656, 12_288, 14_688, 14_689, 27_000, 59_000] {
                let bytes = Array(data[offset..<offset + count])
                let expected = UInt32(truncatingIfNeeded: CZlib.crc32(77, bytes, UInt32(count)))
                let seen = data.withUnsafeBytes {
                    Checksum.crc32(UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count]), continuing: 77)
                }
                #expect(seen == expected, "\(count) bytes at \(offset)")
            }
        }
    }

    @Test("the fuzzer's corpus", arguments: corpus)
    func replays(_ name: String) throws {
        let input = try Array(Data(contentsOf: Self.directory.appendingPathComponent(name)))
        #expect(InflateExercise(fuzzed: input)?.difference() == nil)
    }

    private static let directory = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fuzz/Inflate/corpus")
    private static let corpus: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []).sorted()
}
