/// The access points of one member while it is read: those that are known, and those that are gathered on the way.
///
/// For one reader at a time. Windows go to a file as they are gathered, so that a stream holds no memory for them, however
/// many there are. Whatever fails here ends the gathering, and nothing else.
public final class MemberPoints {
    struct Held {
        let point: AccessPoint
        let isGathered: Bool
    }

    /// The member.
    public let member: Member

    /// Bytes that the file of points may take.
    let limit: Int64
    private(set) var spool: ArchiveFile?
    /// Bytes of the spool.
    private(set) var spoolEnd: Int64 = 0
    /// All points, ascending.
    private(set) var held: [Held]

    private let known: AccessPoints?
    /// Bytes of the known windows.
    private let knownSize: Int64
    private let openSpool: (() -> Int32?)?
    let spacingShift: Int
    /// How many points in a row must be missing for libz to take a stream that another library inflates faster.
    private let gapLength: Int64
    private var isStopped: Bool
    /// The reader is to stop at the next end of a block from here on.
    private var target = Int64.max
    /// Whether a known point proved useless: then others of its file may be too.
    private(set) var foundDamage = false

    /// Collects what is known of a member.
    ///
    /// - Parameters:
    ///   - member: A deflated member.
    ///   - known: The points of its archive, if there are any.
    ///   - limit: Bytes that the file of points may take.
    ///   - spool: Opens an empty file for the windows that are gathered, when the first point is found: a descriptor that stays open
    ///     as long as this object, or `nil` where there can be none. Without the closure nothing is gathered.
    public convenience init(
        of member: Member,
        known: AccessPoints?,
        limit: Int64 = .max,
        spool: (() -> Int32?)? = nil
    ) {
        self.init(of: member, known: known, limit: limit, spacingShift: nil, gapLength: 4, spool: spool)
    }

    /// With another spacing, for tests.
    ///
    /// Their members need not be large then. Each point that is missing is gathered.
    init(
        of member: Member,
        known: AccessPoints?,
        limit: Int64,
        spacingShift: Int?,
        gapLength: Int64 = 1,
        spool: (() -> Int32?)?
    ) {
        self.member = member
        self.known = known
        self.limit = limit
        self.gapLength = gapLength
        openSpool = spool
        self.spacingShift = spacingShift ?? AccessPoint.spacingShift(of: member.uncompressedSize)
        isStopped = spool == nil
        held = known?.points(of: member, spacingShift: spacingShift).map { Held(point: $0, isGathered: false) } ?? []
        knownSize = held.reduce(0) { $0 + Int64($1.point.window.length) }
    }

    /// Whether what was gathered may be added to a file.
    ///
    /// - Parameter size: The file's size in bytes; one that a crash has cut off within the entries takes no more.
    /// - Returns: Whether the file stays within its limit.
    public func canBeAdded(toFileOf size: Int64) -> Bool {
        size >= PointsFormat.firstFreeOffset && size - PointsFormat.firstFreeOffset + sizeToKeep <= limit
    }

    /// The largest size of a file that holds this member's points alone, in bytes.
    private var sizeToKeep: Int64 {
        PointsFormat.firstFreeOffset + knownSize + spoolEnd + Int64(held.count * PointsFormat.Point.length)
    }

    /// Points that are known or gathered.
    public var heldCount: Int { held.count }

    /// Points gathered so far.
    public var gatheredCount: Int { held.count { $0.isGathered } }

    /// Whether what was gathered makes up for writing the member's table of points anew.
    ///
    /// It does when it is an eighth of all, so that many readers of a part each cost no more in sum than one of the whole,
    /// or when it was the last that could be found.
    public var isWorthKeeping: Bool {
        let count = gatheredCount
        return count > 0 && (count * 8 >= held.count || target == .max)
    }

    /// Whether the reader is to stop at the end of a block.
    func wantsBlockEnd(at position: Int64) -> Bool { position >= target }

    /// Aims at the first place from a position on that has no point yet.
    func aim(from position: Int64) {
        target = .max
        guard !isStopped else { return }
        var slot = max(1, position >> spacingShift)
        var index = index(ofSlot: slot)
        while index < held.count, held[index].point.slot(spacingShift) == slot {
            slot += 1
            index += 1
        }
        let start = max(position, slot << spacingShift)
        if start < member.uncompressedSize { target = start }
    }

    /// Whether so much is missing before a position that libz, which alone can gather it, takes the stream.
    ///
    /// A block may be longer than the spacing, and the places that it covers never have a point: what is missing must be
    /// several in a row, unless nothing is known.
    func isWorthGathering(before end: Int64) -> Bool {
        guard target < end else { return false }
        if held.isEmpty { return true }
        var slot = target >> spacingShift
        let last = (end - 1) >> spacingShift
        for held in held[index(ofSlot: slot)...] {
            let next = held.point.slot(spacingShift)
            if next > last { break }
            if next - slot >= gapLength { return true }
            slot = next + 1
        }
        return last + 1 - slot >= gapLength
    }

    /// Takes a point at the end of a block, with the window of the inflater that stopped there.
    func record(output: Int64, input: Int64, bits: Int, from inflater: MemberInflater) {
        defer { aim(from: output) }
        let index = index(ofSlot: output >> spacingShift)
        if index < held.count, held[index].point.slot(spacingShift) == output >> spacingShift { return }
        guard output < member.uncompressedSize, let packed = WindowPackers.shared.packWindow(of: inflater),
            let window = spool(packed)
        else {
            isStopped = true
            return
        }
        let point = AccessPoint(output: output, input: input, bits: bits, window: window)
        held.insert(Held(point: point, isGathered: true), at: index)
    }

    /// The last point at or before a position in the data.
    func nearest(to position: Int64) -> Held? {
        let next = held.partitioningIndex { $0.point.output > position }
        return next > 0 ? held[next - 1] : nil
    }

    /// Reads the window of a point by way of a reader's input buffer, which has room for a packed one.
    ///
    /// - Returns: The window, or `nil` when it is damaged.
    func window(of held: Held, using buffers: MemberBuffers) -> HeapBuffer? {
        let window = HeapBuffer(count: AccessPoint.windowSize)
        let packed = buffers.input.part(0, held.point.window.length)
        let file = held.isGathered ? spool : known?.file
        if let file, file.isIntact(held.point.window, readInto: packed),
            WindowCodec.unpack(UnsafeRawBufferPointer(packed), into: window.bytes, using: buffers.inflater)
        {
            return window
        }
        return nil
    }

    /// Forgets the points that came from the same file as one that proved useless.
    func reject(_ held: Held) {
        if !held.isGathered { foundDamage = true }
        forget(gathered: held.isGathered)
    }

    /// Gives up what was gathered: the data turned out to be damaged, or the spool did.
    func discard() {
        isStopped = true
        forget(gathered: true)
    }

    private func forget(gathered: Bool) {
        held.removeAll { $0.isGathered == gathered }
        if gathered { isStopped = true }
    }

    private func index(ofSlot slot: Int64) -> Int {
        held.partitioningIndex { $0.point.slot(spacingShift) >= slot }
    }

    private func spool(_ packed: [UInt8]) -> PackedWindow? {
        guard limit - sizeToKeep - Int64(PointsFormat.Point.length) >= Int64(packed.count) else { return nil }
        if spool == nil { spool = openSpool?().map { ArchiveFile(descriptor: $0, closing: false) } }
        let isWritten = packed.withUnsafeBytes { spool?.write($0, at: spoolEnd) ?? false }
        guard isWritten else { return nil }
        defer { spoolEnd += Int64(packed.count) }
        let checksum = packed.withUnsafeBytes { Checksum.crc32($0) }
        return PackedWindow(offset: spoolEnd, length: packed.count, checksum: checksum)
    }
}

extension ArchiveFile {
    /// Reads a window's bytes and compares their checksum.
    func isIntact(_ window: PackedWindow, readInto buffer: UnsafeMutableRawBufferPointer) -> Bool {
        guard let count = try? read(into: buffer, at: window.offset), count == window.length else { return false }
        return Checksum.crc32(UnsafeRawBufferPointer(buffer)) == window.checksum
    }
}

extension Array {
    /// The index of the first element from which on the predicate holds, by binary search.
    func partitioningIndex(_ predicate: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = low + (high - low) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
