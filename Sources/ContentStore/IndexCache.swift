internal import Cryptography
internal import Synchronization
internal import ZipArchive

/// The small member indexes that were asked for last.
///
/// Opening, mapping and verifying an index is a fifth of what a small file costs this process. Large ones stay on disk: of
/// these a lookup touches a few pages, and copies of them would fill the memory.
final class IndexCache: Sendable {
    /// The largest index that is kept, in bytes.
    static let largest: Int64 = 256 << 10
    /// How many are kept: few enough to be looked through one by one.
    static let capacity = 64

    private struct Entry {
        let id: Int64
        let index: MemberIndex
        var lastUse: UInt64
    }

    private struct State {
        var entries: [Entry] = []
        var uses: UInt64 = 0
    }

    private let state = Mutex(State())

    /// The index of a content, if it is here.
    ///
    /// - Parameter content: The content.
    /// - Returns: Its index, or `nil`.
    func index(of content: ContentReference) -> MemberIndex? {
        state.withLock { state in
            guard let place = state.entries.firstIndex(where: { $0.id == content.id }) else { return nil }
            let index = state.entries[place].index
            guard content.digest.withUnsafeBytes({ $0.elementsEqual(index.archiveDigest) }) else { return nil }
            state.uses += 1
            state.entries[place].lastUse = state.uses
            return index
        }
    }

    /// Keeps an index if it is small, in place of the one whose last use is the longest ago.
    ///
    /// - Parameters:
    ///   - index: The index.
    ///   - content: The content that it belongs to.
    func keep(_ index: MemberIndex, of content: ContentReference) {
        guard index.isCopied else { return }
        state.withLock { state in
            state.uses += 1
            let entry = Entry(id: content.id, index: index, lastUse: state.uses)
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
