import Glibc

/// Writes a zip archive (PKZIP APPNOTE) into an empty file, member by member.
///
/// The bytes follow from names, modes and contents alone: no times, no owners. The sizes of a member are put into its
/// header when its data have been written, so readers of a stream can follow, and memory does not grow with the files;
/// it grows by the record of each member, about as much as its name.
public final class ZipWriter {
    /// The bytes that a call of ``append(_:)`` should bring, but for the last of a member.
    public static let blockSize = 128 << 10

    private static let stored: UInt16 = 0
    private static let deflated: UInt16 = 8
    private static let fileType: UInt16 = 0o100000
    private static let directoryType: UInt16 = 0o040000
    private static let symlinkMode: UInt16 = 0o120777
    /// Bytes of a file from which it is guessed whether it can be compressed.
    private static let sampleSize = 32 << 10

    private let descriptor: Int32
    private let zip64Limit: Int64
    private let deflater: Deflater
    private let sampler: Deflater
    private let output = HeapBuffer(count: ZipWriter.blockSize)
    private var position: Int64 = 0
    private var directory: [UInt8] = []
    private var count: UInt64 = 0
    /// The file that is being written, and the size that it was announced with.
    private var open: (member: WrittenMember, announced: Int64)?
    private var pending: (name: [UInt8], mode: UInt16, size: Int64)?

    /// Begins an archive at the start of a file.
    ///
    /// - Parameter descriptor: An empty file, open for writing; it stays the caller's.
    /// - Throws: ``ZipWriteError/outOfMemory``.
    public convenience init(descriptor: Int32) throws(ZipWriteError) {
        // Deflate makes incompressible data longer, by five bytes in 16 KiB (RFC 1951 §3.2.4).
        try self.init(descriptor: descriptor, zip64From: 0xFFFF_FFFF - (16 << 20))
    }

    /// Begins an archive whose large sizes begin somewhere else, so that tests need no large files.
    init(descriptor: Int32, zip64From limit: Int64) throws(ZipWriteError) {
        guard let deflater = Deflater(.raw), let sampler = Deflater(.raw, level: 1) else { throw .outOfMemory }
        self.descriptor = descriptor
        self.deflater = deflater
        self.sampler = sampler
        zip64Limit = limit
    }

    /// Adds a directory.
    ///
    /// - Parameters:
    ///   - name: Its path without the slash at the end, UTF-8.
    ///   - mode: Its permissions; the type is set here.
    /// - Throws: ``ZipWriteError``.
    public func addDirectory(_ name: [UInt8], mode: UInt16) throws(ZipWriteError) {
        try add(name + [UInt8(ascii: "/")], mode: Self.directoryType | mode & 0o7777, data: [])
    }

    /// Adds a symbolic link, whose data are its text, as Info-ZIP stores them.
    ///
    /// - Parameters:
    ///   - name: Its path, UTF-8.
    ///   - target: What it points to, byte for byte.
    /// - Throws: ``ZipWriteError``.
    public func addSymlink(_ name: [UInt8], target: [UInt8]) throws(ZipWriteError) {
        try add(name, mode: Self.symlinkMode, data: target)
    }

    /// Begins a file; its content follows by ``append(_:)``, and ``endFile()`` ends it.
    ///
    /// - Parameters:
    ///   - name: Its path, UTF-8.
    ///   - mode: Its permissions; the type is set here.
    ///   - size: How many bytes will come.
    /// - Throws: ``ZipWriteError``.
    public func beginFile(_ name: [UInt8], mode: UInt16, size: Int64) throws(ZipWriteError) {
        try check(name)
        pending = (name, Self.fileType | mode & 0o7777, size)
    }

    /// Adds bytes to the file that was begun.
    ///
    /// The first bytes decide whether the file is compressed, so the archive's bytes depend on how they are cut:
    /// bring ``blockSize`` bytes at a time.
    ///
    /// - Parameter bytes: The next bytes.
    /// - Throws: ``ZipWriteError``.
    public func append(_ bytes: UnsafeRawBufferPointer) throws(ZipWriteError) {
        guard !bytes.isEmpty else { return }
        try start(method: isCompressible(bytes) ? Self.deflated : Self.stored)
        guard let (begun, announced) = open else { return }
        var member = begun
        member.crc32 = Checksum.crc32(bytes, continuing: member.crc32)
        member.uncompressedSize += Int64(bytes.count)
        open = (member, announced)
        guard member.uncompressedSize <= announced else {
            throw .sizeWrong(announced: announced, found: member.uncompressedSize)
        }
        if member.method == Self.deflated { try compress(bytes, isLast: false) } else { try write(bytes) }
    }

    /// Ends the file that was begun.
    ///
    /// - Throws: ``ZipWriteError``, also where fewer bytes came than were announced.
    public func endFile() throws(ZipWriteError) {
        try start(method: Self.stored)
        guard let method = open?.member.method else { return }
        if method == Self.deflated { try compress(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true) }
        guard let (begun, announced) = open else { return }
        var member = begun
        open = nil
        guard member.uncompressedSize == announced else {
            throw .sizeWrong(announced: announced, found: member.uncompressedSize)
        }
        member.compressedSize = position - member.offset - Int64(member.localHeader.count)
        try write(member.localHeader, at: member.offset)
        note(member)
    }

    /// Writes the central directory.
    ///
    /// - Returns: The size of the archive.
    /// - Throws: ``ZipWriteError``.
    public func finish() throws(ZipWriteError) -> Int64 {
        let start = position
        try write(directory)
        let end = ArchiveEnd(
            memberCount: count,
            directorySize: UInt64(directory.count),
            directoryOffset: UInt64(start)
        )
        try write(end.bytes)
        return position
    }

    /// Writes the header of the file that was begun, unless it has been written.
    private func start(method: @autoclosure () -> UInt16) throws(ZipWriteError) {
        guard let (name, mode, size) = pending else { return }
        pending = nil
        let isLarge = size >= zip64Limit
        let member = WrittenMember(name: name, mode: mode, offset: position, method: method(), isLarge: isLarge)
        if member.method == Self.deflated { deflater.reset() }
        try write(member.localHeader)
        open = (member, size)
    }

    /// Adds a member whose data are at hand and small.
    private func add(_ name: [UInt8], mode: UInt16, data: [UInt8]) throws(ZipWriteError) {
        try check(name)
        var member = WrittenMember(name: name, mode: mode, offset: position, method: Self.stored, isLarge: false)
        member.crc32 = data.withUnsafeBytes { Checksum.crc32($0) }
        member.compressedSize = Int64(data.count)
        member.uncompressedSize = Int64(data.count)
        try write(member.localHeader + data)
        note(member)
    }

    private func check(_ name: [UInt8]) throws(ZipWriteError) {
        guard !name.isEmpty, name.count <= Int(UInt16.max) else { throw .nameLength(name.count) }
    }

    private func note(_ member: WrittenMember) {
        directory += member.record(zip64From: zip64Limit)
        count += 1
    }

    /// Whether compressing the first bytes quickly saves a sixty-fourth: images and archives are stored as they are.
    private func isCompressible(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let sample = bytes.part(0, min(bytes.count, Self.sampleSize))
        sampler.reset()
        let step = sampler.step(from: sample, into: output.bytes, isLast: true)
        return step.isAtEnd && step.produced < sample.count - sample.count / 64
    }
}

extension ZipWriter {
    private func compress(_ bytes: UnsafeRawBufferPointer, isLast: Bool) throws(ZipWriteError) {
        var rest = bytes
        while true {
            let step = deflater.step(from: rest, into: output.bytes, isLast: isLast)
            try write(UnsafeRawBufferPointer(output.part(0, step.produced)))
            rest = UnsafeRawBufferPointer(rebasing: rest[step.consumed...])
            if isLast ? step.isAtEnd : (rest.isEmpty && step.produced < output.bytes.count) { return }
        }
    }

    private func write(_ bytes: [UInt8]) throws(ZipWriteError) {
        try write(bytes, at: position)
        position += Int64(bytes.count)
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws(ZipWriteError) {
        try write(bytes, at: position)
        position += Int64(bytes.count)
    }

    private func write(_ bytes: [UInt8], at offset: Int64) throws(ZipWriteError) {
        if let error = bytes.withUnsafeBytes({ failure(writing: $0, at: offset) }) { throw error }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(ZipWriteError) {
        if let error = failure(writing: bytes, at: offset) { throw error }
    }

    /// The corresponding C function is `pwrite`.
    private func failure(writing bytes: UnsafeRawBufferPointer, at offset: Int64) -> ZipWriteError? {
        guard let base = bytes.baseAddress else { return nil }
        var written = 0
        while written < bytes.count {
            let step = pwrite(descriptor, base + written, bytes.count - written, off_t(offset) + written)
            if step > 0 {
                written += step
            } else if step == 0 || errno != EINTR {
                return .io(FileError(.write, code: step == 0 ? ENOSPC : errno))
            }
        }
        return nil
    }
}
