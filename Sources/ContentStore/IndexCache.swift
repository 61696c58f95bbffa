internal import Cryptography
internal import Glibc
internal import Synchronization
internal import ZipArchive

/// The member indexes that were asked for last.
///
/// Opening, mapping and verifying an index is a third of what a small file costs this process. Small ones are copied. Large
/// ones stay on disk, as of these a lookup touches a few pages and copies would fill the memory. They are mapped, and to read
/// behind the end of a file that somebody has shortened would end the process, so each use asks whether the file is as it was.
/// After some seconds they are opened anew, as blocks that were verified are not verified again.
final class IndexCache: Sendable {
    /// The largest index that is copied, in bytes.
    static let largest: Int64 = 256 << 10
    /// How many are kept: few enough to be looked through one by one.
    static let capacity = 64
    /// How long a mapped one is used from its opening on, in nanoseconds.
    static let lifetime: Int64 = 5_000_000_000

    private struct Entry {
        let id: Int64
        let index: MemberIndex
        /// Where a mapped one is, and since when it is; a copied one needs no file.
        let source: Source?
        /// When it is too old, on the monotonic clock.
        let end: Int64
        var lastUse: UInt64
    }

    private struct Source {
        let file: ArchiveFile
        let stamp: FileStamp

        var isUnchanged: Bool { FileStamp(file) == stamp }
    }

    private struct State {
        var entries: [Entry] = []
        var uses: UInt64 = 0
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> Int64

    /// An empty cache.
    ///
    /// - Parameter now: The monotonic clock, in nanoseconds.
    init(now: @escaping @Sendable () -> Int64 = IndexCache.coarseTime) {
        self.now = now
    }

    /// The monotonic clock to some milliseconds, which costs no system call (`CLOCK_MONOTONIC_COARSE`).
    @Sendable private static func coarseTime() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// The index of a content, if it is here.
    ///
    /// - Parameter content: The content.
    /// - Returns: Its index, or `nil`.
    func index(of content: ContentReference) -> MemberIndex? {
        guard let entry = use(of: content) else { return nil }
        guard let source = entry.source else { return entry.index }
        return now() < entry.end && source.isUnchanged ? entry.index : nil
    }

    private func use(of content: ContentReference) -> Entry? {
        state.withLock { state in
            guard let place = state.entries.firstIndex(where: { $0.id == content.id }) else { return nil }
            let digest = state.entries[place].index.archiveDigest
            guard content.digest.withUnsafeBytes({ $0.elementsEqual(digest) }) else { return nil }
            state.uses += 1
            state.entries[place].lastUse = state.uses
            return state.entries[place]
        }
    }

    /// Keeps an index in place of the one whose last use is the longest ago, and lets go of those that are too old.
    ///
    /// - Parameters:
    ///   - index: The index.
    ///   - content: The content that it belongs to.
    ///   - file: Its file.
    ///   - stamp: What the file was like before it was mapped; without it, only a copied index is kept.
    func keep(_ index: MemberIndex, of content: ContentReference, _ file: ArchiveFile, _ stamp: FileStamp?) {
        let source = index.isCopied ? nil : stamp.map { Source(file: file, stamp: $0) }
        guard index.isCopied || source != nil else { return }
        let now = now()
        let end = index.isCopied ? Int64.max : now + Self.lifetime
        state.withLock { state in
            state.uses += 1
            let entry = Entry(id: content.id, index: index, source: source, end: end, lastUse: state.uses)
            state.entries.removeAll { $0.end <= now }
            if let place = state.entries.firstIndex(where: { $0.id == content.id }) {
                state.entries[place] = entry
            } else if state.entries.count < Self.capacity {
                state.entries.append(entry)
            } else if let oldest = state.entries.indices.min(by: {
                state.entries[$0].lastUse < state.entries[$1].lastUse
            }) {
                state.entries[oldest] = entry
            }
        }
    }

    /// Lets go of the index of a content that is removed.
    ///
    /// - Parameter content: The content.
    func forget(_ content: ContentReference) {
        state.withLock { $0.entries.removeAll { $0.id == content.id } }
    }
}
