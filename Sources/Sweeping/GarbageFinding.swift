public import ContentStore

/// One thing that store and database disagree about.
public enum GarbageFinding: Sendable, Equatable {
    /// A file, or several of one content, that no row knows.
    case withoutRow(ContentReference, bytes: Int64)
    /// A content that no artifact uses and nobody removes.
    case unused(ContentReference, bytes: Int64)
    /// A content that the database knows and the store does not have.
    case lost(ContentReference)
    /// A zip without its member index: its files cannot be read one by one.
    case lostIndex(ContentReference)
    /// A file among the contents that this program did not make, by its path below the store's `contents`.
    case foreign(String)
}

/// How much of what there was.
public struct GarbageReport: Sendable {
    /// Contents in the store that no row knows, and their bytes.
    public internal(set) var withoutRow = (count: 0, bytes: Int64(0))
    /// Contents that no artifact uses and nobody removes, and their bytes.
    public internal(set) var unused = (count: 0, bytes: Int64(0))
    /// Contents or member indexes that are lost.
    public internal(set) var lost = 0
    /// Files that this program did not make; they are never removed.
    public internal(set) var foreign = 0
    /// Contents that were removed, or queued for removal by the next sweep.
    public internal(set) var removed = 0
    /// Contents that a transaction was at, so that they stay for now.
    public internal(set) var inUse = 0
}
