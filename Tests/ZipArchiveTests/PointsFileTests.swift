import Testing

@testable import ZipArchive

@Suite("Files of access points")
struct PointsFileTests {
    private static func made() throws -> PointedArchive {
        let pointed = try PointedArchive(text(18 << 15))
        try pointed.read()
        return pointed
    }

    @Test("a file of which any bytes are damaged gives no wrong data")
    func damage() throws {
        let pointed = try Self.made()
        let intact = try #require(pointed.pointsFile).contents()
        let entry = Int(PointsFormat.Entry.offset(of: UInt32(pointed.member.ordinal)))
        var random = FixedRandom(state: 11)
        for round in 0..<60 {
            var bytes = intact
            for _ in 0...Int(random.next() % 3) {
                // The hole is most of the file, and then the windows; what stands around them must be hit as well.
                let place =
                    switch round % 4 {
                    case 0: Int.random(in: 0..<64, using: &random)
                    case 1: Int.random(in: entry..<entry + PointsFormat.Entry.length, using: &random)
                    case 2: Int.random(in: bytes.count - 200..<bytes.count, using: &random)
                    default: Int.random(in: Int(PointsFormat.firstFreeOffset)..<bytes.count, using: &random)
                    }
                bytes[place] ^= UInt8(truncatingIfNeeded: random.next() | 1)
            }
            pointed.pointsFile = try TemporaryFile(bytes)
            #expect(try pointed.isRight([pointed.window(using: &random)]), "round \(round)")
        }
    }

    @Test(
        "a file that is cut off, empty or something else counts as none",
        arguments: [0, 1, 63, 64, 1000, 1 << 16, 1 << 16 + 1000]
    )
    func cut(length: Int) throws {
        let pointed = try Self.made()
        let intact = try #require(pointed.pointsFile).contents()
        pointed.pointsFile = try TemporaryFile(Array(intact[..<length]))
        #expect(pointed.points.isEmpty)
        #expect(try pointed.isRight([580_000..<580_003]))
        #expect(pointed.points.count == 4, "it was not made anew")
        pointed.pointsFile = try TemporaryFile([UInt8](repeating: 0x5A, count: length))
        #expect(pointed.known == nil)
        let file = try TemporaryFile(intact)
        let other = ArchiveFile(descriptor: file.descriptor, closing: false)
        #expect(AccessPoints(other, digest: [UInt8](repeating: 1, count: 32)) == nil, "another archive's")
    }

    @Test("a damaged window is replaced when the member is read again")
    func mended() throws {
        let pointed = try Self.made()
        var bytes = try #require(pointed.pointsFile).contents()
        let last = try #require(pointed.points.last)
        bytes[Int(last.window.offset) + 5] ^= 0xFF
        pointed.pointsFile = try TemporaryFile(bytes)
        let window = last.output + 10..<last.output + 20
        #expect(try pointed.isRight([window]))
        let mended = try #require(pointed.pointsFile)
        let file = ArchiveFile(descriptor: mended.descriptor, closing: false)
        var buffer = [UInt8](repeating: 0, count: AccessPoint.windowSize)
        #expect(pointed.points.count == 4)
        for point in pointed.points {
            let isIntact = buffer.withUnsafeMutableBytes { bytes in
                file.isIntact(
                    point.window,
                    readInto: UnsafeMutableRawBufferPointer(rebasing: bytes[..<point.window.length])
                )
            }
            #expect(isIntact, "\(point)")
        }
    }

    @Test("points that contradict themselves or the member are refused, checksums or not")
    func impossible() throws {
        let pointed = try Self.made()
        let section = AccessPoints.Section(of: pointed.member, spacingShift: PointedArchive.spacingShift)
        let sound = try #require(pointed.points.first)
        var bytes = [UInt8](repeating: 0, count: PointsFormat.Point.length)
        func reads(_ change: (UnsafeMutableRawBufferPointer) -> Void) -> Bool {
            bytes.withUnsafeMutableBytes { record in
                sound.write(to: record)
                change(record)
                return AccessPoint(UnsafeRawBufferPointer(record), in: section) != nil
            }
        }
        #expect(reads { _ in })
        #expect(!reads { $0.put(UInt64(section.uncompressedSize), at: PointsFormat.Point.output) })
        #expect(!reads { $0.put(UInt64.max, at: PointsFormat.Point.output) })
        #expect(!reads { $0.put(100 as UInt64, at: PointsFormat.Point.output) })
        #expect(!reads { $0.put(0 as UInt64, at: PointsFormat.Point.input) })
        #expect(!reads { $0.put(UInt64(section.compressedSize + 1), at: PointsFormat.Point.input) })
        #expect(!reads { $0.put(UInt64.max, at: PointsFormat.Point.windowOffset) })
        #expect(!reads { $0.put(0 as UInt32, at: PointsFormat.Point.windowLengthAndBits) })
        #expect(!reads { $0.put(32_769 as UInt32, at: PointsFormat.Point.windowLengthAndBits) })
        let nineBits = UInt32(100 + (8 << 24))
        #expect(!reads { $0.put(nineBits, at: PointsFormat.Point.windowLengthAndBits) })
    }

    @Test("one file holds the points of several members, and each can be added to")
    func severalMembers() throws {
        let contents = (1...3).map { text(19 << 15, seed: $0) }
        let archive = try Archive(
            ZipBuilder(contents.enumerated().map { ZipBuilder.Member(Array("m\($0)".utf8), $1, method: 8) })
        )
        let file = try PointedArchive.emptyFile()
        let known = try #require(
            AccessPoints(ArchiveFile(descriptor: file.descriptor, closing: false), digest: Archive.digest)
        )
        var grown: Int64 = 0
        for end in [380_000, 19 << 15] as [Int64] {
            for number in 0..<3 {
                let member = try #require(try archive.member("m\(number)"))
                var spool: TemporaryFile?
                let points = MemberPoints(
                    of: member,
                    known: known,
                    limit: .max,
                    spacingShift: PointedArchive.spacingShift
                ) {
                    spool = try? TemporaryFile()
                    return spool?.descriptor
                }
                let start = try MemberData(member, in: archive.file, buffers: archive.buffers, prefetching: true)
                var reader = try MemberReader(
                    start,
                    buffers: archive.buffers,
                    window: end - 10..<end,
                    points: points
                )
                let expected = Array(contents[number][Int(end) - 10..<Int(end)])
                #expect(try PointedArchive.drain(&reader, 65_536) == expected)
                let size = try known.file.size()
                #expect(points.write(to: known, keeping: known))
                grown = max(grown, try known.file.size() - size)
                // Points stand at the ends of deflate's blocks: the fourth may come to lie behind the member's end.
                let count = known.points(of: member, spacingShift: PointedArchive.spacingShift).count
                #expect((end == 380_000 ? 2...2 : 3...4).contains(count), "\(count) points of m\(number) up to \(end)")
            }
        }
        #expect(grown < 3 * Int64(AccessPoint.windowSize), "what is there already was written again")
    }

    @Test("two that gather at once both end in a sound file")
    func concurrent() throws {
        let pointed = try PointedArchive(text(18 << 15))
        let spools = [PointedArchive.Spool(), PointedArchive.Spool()]
        let gathered = spools.map { pointed.gather($0) }
        for points in gathered {
            let start = try MemberData(
                pointed.member,
                in: pointed.archive.file,
                buffers: pointed.archive.buffers,
                prefetching: true
            )
            var reader = try MemberReader(start, buffers: pointed.archive.buffers, points: points)
            #expect(try isSame(PointedArchive.drain(&reader, 65_536), pointed.data[...]))
        }
        for points in gathered {
            try pointed.keep(points)
            #expect(pointed.points.count == 4)
        }
        withExtendedLifetime(spools) {}
        #expect(try pointed.isRight([580_000..<580_003]))
    }
}
