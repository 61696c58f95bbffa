import CZlib
import Glibc

#if canImport(ZipArchive)
@testable import ZipArchive
#endif

/// Reads a deflated member by windows, with access points gathered, kept, damaged and used: what comes must be what the
/// member is when it is read from its start, or an error where that is one.
///
/// The first 16 bytes choose how; the others are the deflate stream, or what one is made of.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPoints(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count > 16 else { return 0 }
    let input = Array(UnsafeRawBufferPointer(start: data, count: count))
    let choices = Array(input[..<16])
    let stream = choices[0] & 1 == 0 ? deflated(expanded(input[16...], to: largest), choices) : Array(input[16...])
    guard let buffers = MemberBuffers(), let size = inflatedSize(stream), size > 0 else { return 0 }
    let file = scratch([UInt8](repeating: 0, count: 30) + stream)
    defer { close(file.descriptor) }
    exercise(Subject(stream, size, file, buffers), choices)
    return 0
}

private let largest = 700_000
/// 64 KiB, so that small members have points.
private let spacingShift = 16
private let digest = [UInt8](repeating: 7, count: 32)

private struct Subject {
    let member: Member
    let file: ArchiveFile
    let buffers: MemberBuffers

    init(_ stream: [UInt8], _ size: Int, _ file: ArchiveFile, _ buffers: MemberBuffers) {
        self.file = file
        self.buffers = buffers
        var header = [UInt8](repeating: 0, count: 30)
        header.replaceSubrange(0..<4, with: [0x50, 0x4B, 3, 4])
        _ = pwrite(file.descriptor, header, header.count, 0)
        member = Member(
            index: 0,
            kind: .file,
            flags: [],
            method: 8,
            crc32: 0,
            compressedSize: Int64(stream.count),
            uncompressedSize: Int64(size),
            localHeaderOffset: 0,
            recordOffset: 0,
            recordLength: 0,
            ordinal: 0,
            mode: 0,
            dosTime: 0,
            dosDate: 0,
            nameOffset: 0,
            nameLength: 0,
            directory: 0,
            dataLimit: Int64(30 + stream.count)
        )
    }

    /// A window's bytes; `nil` where reading fails.
    func read(_ windows: [Range<Int64>], _ points: MemberPoints?) -> [[UInt8]?] {
        guard let data = try? MemberData(member, in: file, buffers: buffers, prefetching: true),
            var reader = try? MemberReader(data, buffers: buffers, window: windows[0], points: points)
        else { return windows.map { _ in nil } }
        return windows.enumerated().map { number, window in
            if number > 0, (try? reader.move(to: window)) == nil { return nil }
            var bytes = [UInt8](repeating: 0, count: window.count)
            guard let count = try? bytes.withUnsafeMutableBytes({ try reader.read(into: $0) }) else { return nil }
            precondition(count == window.clamped(to: 0..<member.uncompressedSize).count)
            return Array(bytes[..<count])
        }
    }
}

private func exercise(_ subject: Subject, _ choices: [UInt8]) {
    let size = subject.member.uncompressedSize
    let windows = (1..<9).map { number -> Range<Int64> in
        let start = Int64(choices[number]) * size / 256
        return start..<min(size, start + 1 + Int64(choices[16 - number]) * 300)
    }
    // Each for itself from the start; what follows must agree.
    let expected = windows.map { subject.read([$0], nil)[0] }
    var known: AccessPoints?
    for round in 0..<3 {
        var spool: ArchiveFile?
        let points = MemberPoints(of: subject.member, known: known, limit: 1 << 20, spacingShift: spacingShift) {
            spool = scratch([])
            return spool?.descriptor
        }
        let order = round == 1 ? Array(windows.indices.reversed()) : Array(windows.indices)
        let seen = subject.read(order.map { windows[$0] }, points)
        for (index, bytes) in zip(order, seen) {
            // Behind an error a reader stays in error; with points it may begin behind the damage.
            precondition(bytes == nil || expected[index] == nil || bytes == expected[index], "other bytes")
            precondition(bytes != nil || expected.contains { $0 == nil }, "an error that the start does not have")
        }
        guard points.gatheredCount > 0 else { continue }
        let old = known
        if (try? old?.file.size()).map(points.canBeAdded) != true {
            let file = scratch([])
            precondition(AccessPoints.layOut(file.descriptor, digest: digest))
            known = AccessPoints(file, digest: digest)
        }
        guard let target = known else { continue }
        points.write(to: target, keeping: old ?? target)
        if choices[0] & 2 != 0 { damage(target.file, choices) }
        known = AccessPoints(target.file, digest: digest)
    }
}

private func damage(_ file: ArchiveFile, _ choices: [UInt8]) {
    guard let size = try? file.size(), size > 0 else { return }
    let place = (Int64(choices[9]) << 8 | Int64(choices[10])) * size >> 16
    var byte: UInt8 = 0
    _ = pread(file.descriptor, &byte, 1, off_t(place))
    byte ^= choices[11] | 1
    _ = pwrite(file.descriptor, &byte, 1, off_t(place))
}

private func inflatedSize(_ stream: [UInt8]) -> Int? {
    guard let inflater = Inflater() else { return nil }
    var output = [UInt8](repeating: 0, count: 1 << 20)
    return stream.withUnsafeBytes { input in
        output.withUnsafeMutableBytes { inflater.step(from: input, into: $0)?.produced }
    }
}

/// More of the same, and a little different each time.
private func expanded(_ bytes: ArraySlice<UInt8>, to size: Int) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(size + bytes.count)
    var round: UInt32 = 0
    while output.count < size {
        round &+= 1
        output += bytes
        withUnsafeBytes(of: round &* 2_654_435_761) { output += $0 }
    }
    return output
}

private func deflated(_ data: [UInt8], _ choices: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    var data = data
    let strategy = Int32(choices[12] % 5)
    let size = Int32(MemoryLayout<z_stream>.size)
    guard
        deflateInit2_(
            &stream,
            Int32(choices[13] % 10),
            Z_DEFLATED,
            -15,
            1 + Int32(choices[14] % 9),
            strategy,
            ZLIB_VERSION,
            size
        ) == Z_OK
    else { return [] }
    defer { deflateEnd(&stream) }
    let flushes = [Z_NO_FLUSH, Z_PARTIAL_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_BLOCK]
    let piece = 1 + data.count / (1 + Int(choices[15]))
    var output = [UInt8](repeating: 0, count: 2 * data.count + (1 << 16))
    data.withUnsafeMutableBufferPointer { data in
        output.withUnsafeMutableBufferPointer { output in
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            for start in stride(from: 0, to: data.count, by: piece) {
                stream.next_in = data.baseAddress.map { $0 + start }
                stream.avail_in = UInt32(min(piece, data.count - start))
                deflate(&stream, flushes[Int(choices[0] >> 2) % flushes.count])
            }
            deflate(&stream, Z_FINISH)
        }
    }
    return Array(output[..<(output.count - Int(stream.avail_out))])
}

private func scratch(_ bytes: [UInt8]) -> ArchiveFile {
    var template = Array("/dev/shm/fuzz-points-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    precondition(descriptor >= 0)
    unlink(template)
    _ = pwrite(descriptor, bytes, bytes.count, 0)
    return ArchiveFile(descriptor: descriptor, closing: true)
}
