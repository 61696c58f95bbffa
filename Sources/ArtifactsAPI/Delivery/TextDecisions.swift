internal import Cryptography
internal import Synchronization

/// Which members are text (5.4), remembered so that a member's beginning is inflated once and not at each request.
///
/// By the archive's digest and the member's number in it, what is remembered can never become wrong. The table has a
/// fixed size, and a new decision takes the place of an older one.
final class TextDecisions: Sendable {
    private struct Decision {
        let digest: SHA256Digest
        let ordinal: Int
        let isText: Bool
    }

    /// Some 200 KiB.
    private static let capacity = 4096

    private let decisions = Mutex<[Decision?]>(Array(repeating: nil, count: capacity))

    /// What was decided of a member, if that is remembered.
    func decision(_ digest: SHA256Digest, _ ordinal: Int) -> Bool? {
        let decision = decisions.withLock { $0[Self.slot(digest, ordinal)] }
        guard let decision, decision.digest == digest, decision.ordinal == ordinal else { return nil }
        return decision.isText
    }

    /// Remembers a decision.
    func remember(_ isText: Bool, _ digest: SHA256Digest, _ ordinal: Int) {
        let decision = Decision(digest: digest, ordinal: ordinal, isText: isText)
        decisions.withLock { $0[Self.slot(digest, ordinal)] = decision }
    }

    /// The members of one archive follow each other.
    private static func slot(_ digest: SHA256Digest, _ ordinal: Int) -> Int {
        let start = digest.withUnsafeBytes { UInt64(littleEndian: $0.load(as: UInt64.self)) }
        return Int((start &+ UInt64(truncatingIfNeeded: ordinal)) % UInt64(capacity))
    }
}
