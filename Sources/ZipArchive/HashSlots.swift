/// The hash table of an index: open addressing with linear probing, half full.
struct HashSlots {
    /// Each the lower half of a hash below the number of an entry, or ``empty``.
    private(set) var slots: [UInt64]
    /// The most slots that a lookup has to look at.
    private(set) var longestChain: UInt32 = 0

    /// A slot without an entry.
    static let empty = UInt64(IndexFormat.none) << 32

    init(_ order: [UInt32], in table: MemberTable) {
        let count = max(1, order.count * 2)
        slots = [UInt64](repeating: Self.empty, count: count)
        for (place, number) in order.enumerated() {
            insert(table.entries[Int(number)].hash, place, count)
        }
    }

    private mutating func insert(_ hash: UInt64, _ place: Int, _ count: Int) {
        var slot = Int(IndexFormat.slot(of: hash, count: UInt32(count)))
        var chain: UInt32 = 1
        while slots[slot] != Self.empty {
            slot = slot + 1 == count ? 0 : slot + 1
            chain += 1
        }
        slots[slot] = UInt64(place) << 32 | hash & 0xFFFF_FFFF
        longestChain = max(longestChain, chain)
    }
}
