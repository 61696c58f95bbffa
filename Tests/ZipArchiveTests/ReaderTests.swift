import Testing

@testable import ZipArchive

@Suite("Streaming a member")
struct ReaderTests {
    private static let log: [UInt8] = (0..<9000).flatMap { Array("line \($0 * 7919 % 1000) of a log\n".utf8) }

    private static func archive(_ change: (inout ZipBuilder.Member) -> Void = { _ in }) throws -> Archive {
        var member = ZipBuilder.Member(Array("log".utf8), log, method: 8)
        change(&member)
        return try Archive(ZipBuilder([member, ZipBuilder.Member("other", "fine")]))
    }

    private static func failure(_ archive: Archive, bufferSize: Int = 65_536) throws -> (MemberError?, delivered: Int) {
        let member = try #require(try archive.member("log"))
        var delivered = 0
        do throws(MemberError) {
            var reader = try MemberReader(member, in: archive.file, buffers: archive.buffers)
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bufferSize, alignment: 1)
            defer { buffer.deallocate() }
            while true {
                let count = try reader.read(into: buffer)
                if count == 0 { return (nil, delivered) }
                delivered += count
            }
        } catch {
            return (error, delivered)
        }
    }

    @Test("data come whole, whatever the buffer's size", arguments: [1, 7, 4096, 65_536, 1 << 20])
    func bufferSizes(_ size: Int) throws {
        for method in [0, 8] as [UInt16] {
            #expect(try Self.archive { $0.method = method }.read("log", bufferSize: size) == Self.log)
        }
    }

    @Test("a buffer is filled wholly unless the member ends")
    func fills() throws {
        let archive = try Self.archive()
        let member = try #require(try archive.member("log"))
        var reader = try MemberReader(member, in: archive.file, buffers: archive.buffers)
        var buffer = [UInt8](repeating: 0, count: 10_000)
        var counts: [Int] = []
        repeat {
            counts.append(try buffer.withUnsafeMutableBytes { try reader.read(into: $0) })
        } while counts.last != 0
        let full = Self.log.count / 10_000
        #expect(counts == Array(repeating: 10_000, count: full) + [Self.log.count % 10_000, 0])
    }

    @Test(
        "sizes come from the directory: descriptors and zeroed local headers are normal",
        arguments: [0, 8] as [UInt16]
    )
    func descriptors(method: UInt16) throws {
        let archive = try Self.archive {
            $0.method = method
            $0.hasDescriptor = true
        }
        #expect(try archive.read("log") == Self.log)
        #expect(try archive.text("other") == "fine")
    }

    @Test("local extra fields of any length are skipped", arguments: [0, 28, 96, 500, 65_535])
    func localExtra(_ count: Int) throws {
        for method in [0, 8] as [UInt16] {
            let archive = try Self.archive {
                $0.localExtra = Array(repeating: 7, count: count)
                $0.method = method
            }
            #expect(try archive.read("log") == Self.log)
            #expect(try archive.read("log", window: 0..<10) == Array(Self.log[..<10]))
        }
    }

    @Test("zip64 sizes are read from the extra field")
    func zip64() throws {
        let archive = try Self.archive {
            $0.isZip64 = true
            $0.extra = .extraField(0x5455, [1, 2, 3, 4, 5])
        }
        #expect(try archive.read("log") == Self.log)
    }

    @Test("an empty member is read, stored or deflated", arguments: [0, 8] as [UInt16])
    func empty(method: UInt16) throws {
        #expect(try Archive(ZipBuilder([ZipBuilder.Member("e", "", method: method)])).read("e") == [])
    }

    @Test("a window is that part of the data", arguments: [0, 8] as [UInt16])
    func windows(method: UInt16) throws {
        let archive = try Self.archive { $0.method = method }
        let end = Int64(Self.log.count)
        let windows: [Range<Int64>] = [
            0..<1, 0..<end, 1..<2, 100..<70_000, 65_536..<65_537, end - 1..<end, end - 1..<end + 5, 5..<5,
            end..<end + 1,
        ]
        for window in windows {
            for size in [13, 65_536] {
                let expected = Array(Self.log[Int(min(end, window.lowerBound))..<Int(min(end, window.upperBound))])
                #expect(try archive.read("log", bufferSize: size, window: window) == expected, "\(window)")
            }
        }
    }

    @Test("a wrong CRC holds the last block back", arguments: [0, 8] as [UInt16])
    func wrongChecksum(method: UInt16) throws {
        let archive = try Self.archive {
            $0.crc = 1
            $0.method = method
        }
        let (error, delivered) = try Self.failure(archive)
        #expect(error == .corrupt(.checksum))
        #expect(delivered == Self.log.count / 65_536 * 65_536)
        #expect(try Self.failure(archive, bufferSize: 1 << 20).delivered == 0)
        #expect(try archive.text("other") == "fine")
    }

    @Test("a reader that has thrown throws again")
    func throwsAgain() throws {
        let archive = try Self.archive { $0.crc = 1 }
        let member = try #require(try archive.member("log"))
        var reader = try MemberReader(member, in: archive.file, buffers: archive.buffers)
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        for _ in 0..<2 {
            #expect(throws: MemberError.corrupt(.checksum)) {
                try buffer.withUnsafeMutableBytes { bytes throws(MemberError) in try reader.read(into: bytes) }
            }
        }
    }

    @Test("a stream that makes more or less than the declared size is damaged")
    func wrongSizes() throws {
        let more = try Self.archive { $0.uncompressedSize = UInt64(Self.log.count - 1) }
        #expect(try Self.failure(more).0 == .corrupt(.size))
        let less = try Self.archive { $0.uncompressedSize = UInt64(Self.log.count + 1) }
        #expect(try Self.failure(less).0 == .corrupt(.size))
        let stored = try Self.archive {
            $0.method = 0
            $0.uncompressedSize = UInt64(Self.log.count - 1)
        }
        #expect(try Self.failure(stored).0 == .corrupt(.size))
    }

    @Test("a stream without an end, or with data behind it, is damaged")
    func wrongStreams() throws {
        let stream = deflated(Self.log)
        let cut = try Self.archive { $0.storedData = Array(stream.dropLast(3)) }
        #expect(try Self.failure(cut).0 == .corrupt(.stream))
        let long = try Self.archive { $0.storedData = stream + [0] }
        #expect(try Self.failure(long).0 == .corrupt(.size))
        let noise = try Self.archive { $0.storedData = Array(repeating: 0xFF, count: stream.count) }
        #expect(try Self.failure(noise).0 == .corrupt(.stream))
        let empty = try Self.archive { $0.storedData = [] }
        #expect(try Self.failure(empty).0 == .corrupt(.size))
    }

    @Test("a size that deflate cannot reach is refused before the first byte")
    func impossibleSize() throws {
        let archive = try Self.archive { $0.uncompressedSize = 1 << 31 }
        let member = try #require(try archive.member("log"))
        #expect(throws: MemberError.corrupt(.size)) {
            try MemberReader(member, in: archive.file, buffers: archive.buffers)
        }
    }

    @Test("encrypted and unsupported members spoil only themselves, and say what they are")
    func refusedMembers() throws {
        let encrypted = try Self.archive { $0.flags = 1 }
        #expect(try Self.failure(encrypted).0 == .encrypted)
        #expect(try encrypted.text("other") == "fine")
        let zstandard = try Self.archive {
            $0.method = 93
            $0.storedData = [1, 2, 3]
        }
        #expect(try Self.failure(zstandard).0 == .unsupportedMethod(93))
        #expect(MemberError.unsupportedMethod(93).description == "Compression method 93 is not supported")
        #expect(try zstandard.member("log")?.flags == .unsupportedMethod)
        #expect(try zstandard.text("other") == "fine")
    }

    @Test("a member whose local header is not there is damaged")
    func localHeader() throws {
        var bytes = try Self.archive().temporary.contents()
        bytes[0] = 0
        #expect(try Self.failure(Archive(bytes)).0 == .corrupt(.localHeader))
        bytes[0] = 0x50
        bytes[28] = 0xFF
        bytes[29] = 0xFF
        #expect(try Self.failure(Archive(bytes)).0 == .corrupt(.extent))
    }

    @Test("an archive that was shortened after intake is damaged, not a crash")
    func shortened() throws {
        let archive = try Self.archive { $0.method = 0 }
        try archive.temporary.resize(to: 70_000)
        #expect(try Self.failure(archive).0 == .corrupt(.truncated))
        try archive.temporary.resize(to: 5)
        #expect(try Self.failure(archive).0 == .corrupt(.truncated))
    }

    @Test("the stored bytes of a member are told for pass-through")
    func extent() throws {
        let archive = try Self.archive { $0.localExtra = [1, 2, 3] }
        let member = try #require(try archive.member("log"))
        let extent = try MemberReader.dataExtent(of: member, in: archive.file, buffers: archive.buffers)
        let bytes = try archive.temporary.contents()
        #expect(Array(bytes[Int(extent.lowerBound)..<Int(extent.upperBound)]) == deflated(Self.log))
    }

    @Test("an implied directory has no data")
    func impliedDirectory() throws {
        let archive = try Archive(ZipBuilder([ZipBuilder.Member("a/b", "x")]))
        let entry = try archive.index.entry(at: 0)
        #expect(throws: MemberError.corrupt(.noData)) { try archive.read(entry) }
    }
}
