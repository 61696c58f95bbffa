/// What one connection has prepared: names and parameter types, without any I/O.
///
/// The types belong to the key, because `PQexecPrepared` sends no types: a value encoded for another type than the
/// statement was prepared with would be misread by the server.
struct StatementCache {
    /// A statement that the server knows under a name.
    struct Prepared {
        let name: [CChar]
        let types: [UInt32]
    }

    /// The key of a statement that has no identity.
    private struct Key: Hashable {
        let text: String
        let types: [UInt32]
    }

    private struct Entry {
        let prepared: Prepared
        var lastUse: UInt64
    }

    private let capacity: Int
    private var fixed: [Prepared?] = []
    private var recent: [Key: Entry] = [:]
    private var clock: UInt64 = 0
    private var named: UInt64 = 0

    /// An empty cache.
    ///
    /// - Parameter capacity: How many statements without identity are kept; the least recently used goes first.
    init(capacity: Int) {
        self.capacity = capacity
    }

    /// A name that this connection has not used; never reused, so a statement that lingers on the server is harmless.
    mutating func makeName() -> [CChar] {
        named &+= 1
        return "s\(named)".utf8CString.map { $0 }
    }

    func find(_ statement: Statement, types: [UInt32]) -> Prepared? {
        guard statement.id < fixed.count, let prepared = fixed[statement.id], prepared.types == types else {
            return nil
        }
        return prepared
    }

    /// Remembers a statement.
    ///
    /// - Returns: What it replaces: the same statement, prepared for other types.
    mutating func insert(_ prepared: Prepared, for statement: Statement) -> Prepared? {
        while fixed.count <= statement.id { fixed.append(nil) }
        let replaced = fixed[statement.id]
        fixed[statement.id] = prepared
        return replaced
    }

    mutating func find(text: String, types: [UInt32]) -> Prepared? {
        let key = Key(text: text, types: types)
        guard let entry = recent[key] else { return nil }
        clock &+= 1
        recent[key]?.lastUse = clock
        return entry.prepared
    }

    /// Remembers a statement.
    ///
    /// - Returns: The least recently used one, when it had to make room.
    mutating func insert(_ prepared: Prepared, text: String) -> Prepared? {
        clock &+= 1
        var evicted: Prepared?
        if recent.count >= capacity, let oldest = recent.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            evicted = recent.removeValue(forKey: oldest.key)?.prepared
        }
        recent[Key(text: text, types: prepared.types)] = Entry(prepared: prepared, lastUse: clock)
        return evicted
    }

    /// Forgets everything: the server no longer knows it, or the plans are stale.
    mutating func removeAll() {
        fixed.removeAll(keepingCapacity: true)
        recent.removeAll(keepingCapacity: true)
    }
}
