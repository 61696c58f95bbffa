/// SipHash-1-3 (Aumasson and Bernstein, 2012), one word in, 64 bits out.
///
/// Names come from uploaders: with a plain hash a crafted archive could put all its names into one chain of the index.
/// The key derives from the archive's own digest, so it changes with the names, and equal archives get equal indexes.
struct SipHash {
    private var v0: UInt64
    private var v1: UInt64
    private var v2: UInt64
    private var v3: UInt64
    private var tail: UInt64 = 0
    private var count: UInt64 = 0

    init(key: (UInt64, UInt64)) {
        v0 = key.0 ^ 0x736f_6d65_7073_6575
        v1 = key.1 ^ 0x646f_7261_6e64_6f6d
        v2 = key.0 ^ 0x6c79_6765_6e65_7261
        v3 = key.1 ^ 0x7465_6462_7974_6573
    }

    /// Adds bytes; how they are cut into calls does not matter.
    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var index = 0
        while index < bytes.count {
            if count & 7 == 0, bytes.count - index >= 8 {
                absorb(bytes.u64(at: index))
                count &+= 8
                index += 8
            } else {
                update(bytes[index])
                index += 1
            }
        }
    }

    /// Adds one byte.
    mutating func update(_ byte: UInt8) {
        tail |= UInt64(byte) << ((count & 7) * 8)
        count &+= 1
        if count & 7 == 0 {
            absorb(tail)
            tail = 0
        }
    }

    /// The hash of what was added so far; more may be added afterwards.
    func finalized() -> UInt64 {
        var copy = self
        copy.absorb(tail | (count & 0xFF) << 56)
        copy.v2 ^= 0xFF
        for _ in 0..<3 { copy.round() }
        return copy.v0 ^ copy.v1 ^ copy.v2 ^ copy.v3
    }

    private mutating func absorb(_ word: UInt64) {
        v3 ^= word
        round()
        v0 ^= word
    }

    @inline(__always)
    private mutating func round() {
        v0 &+= v1
        v1 = v1 << 13 | v1 >> 51
        v1 ^= v0
        v0 = v0 << 32 | v0 >> 32
        v2 &+= v3
        v3 = v3 << 16 | v3 >> 48
        v3 ^= v2
        v0 &+= v3
        v3 = v3 << 21 | v3 >> 43
        v3 ^= v0
        v2 &+= v1
        v1 = v1 << 17 | v1 >> 47
        v1 ^= v2
        v2 = v2 << 32 | v2 >> 32
    }
}
