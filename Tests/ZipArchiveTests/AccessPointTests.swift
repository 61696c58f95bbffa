import CZlib
import Testing

@testable import ZipArchive

@Suite("Access points of deflated members")
struct AccessPointTests {
    static let spacing: Int64 = 4 << 15

    /// How a deflate stream of some data was made.
    struct Making: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let stream: @Sendable ([UInt8]) -> [UInt8]
        /// Whether it has a block's end in each 4 MiB.
        var hasPoints = true
    }

    static let makings = [
        Making(testDescription: "level 1") { deflated($0, level: 1) },
        Making(testDescription: "level 6") { deflated($0, level: 6) },
        Making(testDescription: "level 9") { deflated($0, level: 9) },
        Making(testDescription: "stored blocks") { deflated($0, level: 0) },
        Making(testDescription: "fixed codes") { deflated($0, level: 6, strategy: Z_FIXED, pieces: 7, flush: Z_BLOCK) },
        Making(testDescription: "Huffman codes only") {
            deflated($0, level: 6, strategy: Z_HUFFMAN_ONLY, pieces: 1, flush: Z_NO_FLUSH)
        },
        Making(testDescription: "runs") { deflated($0, level: 6, strategy: Z_RLE, pieces: 1, flush: Z_NO_FLUSH) },
        Making(testDescription: "sync flushes") { deflated($0, level: 6, pieces: 300, flush: Z_SYNC_FLUSH) },
        Making(testDescription: "full flushes") { deflated($0, level: 1, pieces: 300, flush: Z_FULL_FLUSH) },
        Making(testDescription: "partial flushes") { deflated($0, level: 9, pieces: 300, flush: Z_PARTIAL_FLUSH) },
        Making(testDescription: "one block", stream: { deflatedAsOneBlock($0) }, hasPoints: false),
    ]

    @Test("windows anywhere are the data, before there are points and after", arguments: makings)
    func windows(_ making: Making) throws {
        let data = text(18 << 15)
        let pointed = try PointedArchive(data, stream: making.stream(data))
        var random = FixedRandom(state: 7)
        #expect(try pointed.isRight([531_250..<531_253]))
        pointed.pointsFile = nil
        #expect(try pointed.isRight())
        #expect(pointed.points.count == (making.hasPoints ? 4 : 0))
        for _ in 0..<30 {
            let window = pointed.window(using: &random)
            #expect(try pointed.isRight([window], bufferSize: 1 + Int(random.next() % 70_000)), "\(window)")
        }
        let end = Int64(data.count)
        for point in pointed.points {
            for window in [point.output..<point.output + 1, point.output - 1..<point.output + 40_000] {
                #expect(try pointed.isRight([window.clamped(to: 0..<end)]), "\(window)")
            }
        }
        #expect(try pointed.isRight([end - 1..<end]))
        #expect(try pointed.isRight())
    }

    @Test("data that do not compress, or wholly repeat, have points too", arguments: [false, true])
    func extremes(isConstant: Bool) throws {
        var random = FixedRandom(state: 3)
        let data =
            isConstant
            ? [UInt8](repeating: 0x61, count: 17 << 15)
            : (0..<(17 << 12)).flatMap { _ in withUnsafeBytes(of: random.next()) { Array($0) } }
        let stream = deflated(data, level: 6, pieces: 40, flush: Z_BLOCK)
        let pointed = try PointedArchive(data, stream: stream)
        #expect(try pointed.isRight())
        #expect(pointed.points.count == 4)
        // Windows are packed: 32 KiB of the same byte are a few bytes, and noise is not more than it is.
        for length in pointed.points.map(\.window.length) {
            #expect(isConstant ? length < 200 : length == AccessPoint.windowSize)
        }
        for _ in 0..<20 { #expect(try pointed.isRight([pointed.window(using: &random)])) }
    }

    @Test("a range inflates no more than what is behind the nearest point")
    func cost() throws {
        let data = text(24 << 15)
        let pointed = try PointedArchive(data)
        try pointed.read()
        #expect(pointed.points.count == 5)
        let start = try MemberData(
            pointed.member,
            in: pointed.archive.file,
            buffers: pointed.archive.buffers,
            prefetching: false
        )
        for begin in stride(from: Int64(0), to: Int64(data.count), by: 31_250) {
            let reader = try MemberReader(
                start,
                buffers: pointed.archive.buffers,
                window: begin..<begin + 1,
                points: pointed.gather(.init())
            )
            #expect(reader.skipping < 2 * Self.spacing, "\(begin)")
        }
    }

    @Test("several windows in any order are what they name, and going back does not begin at the start")
    func severalWindows() throws {
        let data = text(20 << 15)
        let pointed = try PointedArchive(data)
        let back = (1...16).reversed().map { number in Int64(number) * 37_500..<Int64(number) * 37_500 + 1000 }
        #expect(try pointed.isRight(back))
        pointed.pointsFile = nil
        #expect(try pointed.isRight(back.reversed()))
        var random = FixedRandom(state: 5)
        for _ in 0..<5 {
            #expect(try pointed.isRight((0..<6).map { _ in pointed.window(using: &random) }))
        }
        // What the first window passed by is known to those that go back, before anything was kept.
        let spool = PointedArchive.Spool()
        pointed.pointsFile = nil
        let points = pointed.gather(spool)
        let start = try MemberData(
            pointed.member,
            in: pointed.archive.file,
            buffers: pointed.archive.buffers,
            prefetching: true
        )
        var reader = try MemberReader(
            start,
            buffers: pointed.archive.buffers,
            window: 593_750..<593_760,
            points: points
        )
        _ = try PointedArchive.drain(&reader, 100)
        try reader.move(to: 406_250..<406_260)
        #expect(reader.skipping < 2 * Self.spacing)
    }

    @Test("what a part gathered is kept and added to, and gaps are filled")
    func extending() throws {
        let data = text(30 << 15)
        let pointed = try PointedArchive(data)
        try pointed.read([380_000..<380_010])
        #expect(pointed.points.map { $0.output / Self.spacing } == [1, 2])
        try pointed.read([640_000..<640_010])
        #expect(pointed.points.map { $0.output / Self.spacing } == [1, 2, 3, 4])
        try pointed.read()
        #expect(pointed.points.map { $0.output / Self.spacing } == [1, 2, 3, 4, 5, 6, 7])
        #expect(try pointed.isRight([906_250..<909_375]))
    }

    @Test("an eighth more is worth writing the file anew, less is not, and the last is")
    func worth() throws {
        let pointed = try PointedArchive(text(60 << 15))
        try pointed.read([1_562_500..<1_562_510])
        #expect(pointed.points.count == 11)
        try pointed.read([1_680_000..<1_680_010])
        #expect(pointed.points.count == 11, "one more than eleven")
        try pointed.read([1_820_000..<1_820_010])
        #expect(pointed.points.count == 13, "two more than eleven")
        try pointed.read()
        #expect(pointed.points.count == 14, "the last one")
    }

    @Test("a member that turns out to be damaged leaves no points")
    func damagedMember() throws {
        let data = text(18 << 15)
        let pointed = try PointedArchive(data, crc: 1)
        #expect(throws: MemberError.corrupt(.checksum)) { try pointed.read() }
        #expect(pointed.pointsFile == nil)
        var stream = deflated(data)
        stream[stream.count / 2] ^= 0xFF
        let broken = try PointedArchive(data, stream: stream)
        #expect(throws: MemberError.self) { try broken.read() }
        #expect(broken.pointsFile == nil)
    }

    @Test("a file of points has a limit")
    func limit() throws {
        let data = text(60 << 15)
        let pointed = try PointedArchive(data)
        let limit = PointsFormat.firstFreeOffset + 64 << 10
        for _ in 0..<2 {
            #expect(try pointed.isRight(limit: limit))
            #expect(try Int64(#require(pointed.pointsFile).contents().count) <= limit)
        }
        #expect((2..<14).contains(pointed.points.count))
        #expect(try pointed.isRight([1_843_750..<1_843_753]))
    }

    @Test("a spool that cannot be made, or is taken away, costs nothing but the points")
    func noSpool() throws {
        let data = text(18 << 15)
        let pointed = try PointedArchive(data)
        let points = MemberPoints(of: pointed.member, known: nil) { nil }
        let start = try MemberData(
            pointed.member,
            in: pointed.archive.file,
            buffers: pointed.archive.buffers,
            prefetching: true
        )
        var reader = try MemberReader(start, buffers: pointed.archive.buffers, points: points)
        #expect(try isSame(PointedArchive.drain(&reader, 65_536), data[...]))
        #expect(!points.isWorthKeeping)
        let spool = PointedArchive.Spool()
        let gathered = pointed.gather(spool)
        var again = try MemberReader(
            start,
            buffers: pointed.archive.buffers,
            window: 531_250..<531_253,
            points: gathered
        )
        #expect(try PointedArchive.drain(&again, 65_536) == Array(data[531_250..<531_253]))
        try spool.file?.resize(to: 0)
        try again.move(to: 406_250..<406_253)
        #expect(try PointedArchive.drain(&again, 65_536) == Array(data[406_250..<406_253]))
    }

    @Test("a small member has points for its reader alone")
    func small() throws {
        let pointed = try PointedArchive(text(10 << 15))
        #expect(!pointed.member.deservesAccessPoints)
        #expect(try PointedArchive([UInt8](repeating: 0, count: 17 << 20)).member.deservesAccessPoints)
        #expect(try pointed.isRight([281_250..<281_253, 250_000..<250_003, 156_250..<156_253, 0..<10]))
    }
}
