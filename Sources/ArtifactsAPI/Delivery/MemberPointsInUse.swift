internal import ArtifactsPostgres
internal import ContentStore
internal import Synchronization
internal import ZipArchive

/// The access points that a request uses of a member, and perhaps its turn to gather more.
struct MemberPointsInUse {
    private let gathering: PointGathering
    private let turn: GatheringTurns.Turn?

    var points: MemberPoints { gathering.points }

    /// Whether letting go of this takes a moment.
    var isWorthKeeping: Bool { gathering.isWorthKeeping }

    /// Takes the points of a member for reading ranges of it.
    ///
    /// A request that `needsGathering` goes back in the member, and needs points itself where there are none yet.
    init(
        _ member: Member,
        of archive: ReadableArchive,
        in store: ContentStore,
        turns: GatheringTurns,
        needsGathering: Bool = false
    ) {
        turn = member.deservesAccessPoints ? turns.take(member, of: archive.content) : nil
        gathering = store.points(
            of: member,
            in: archive.content,
            size: archive.row.content.size,
            gathers: turn != nil || needsGathering
        )
    }

    /// Takes the points of a member that will be read as a whole: only where they are to be gathered.
    init?(
        gatheringIn member: Member,
        of archive: ReadableArchive,
        in store: ContentStore,
        turns: GatheringTurns
    ) {
        guard member.deservesAccessPoints, let turn = turns.take(member, of: archive.content) else { return nil }
        self.turn = turn
        gathering = store.points(of: member, in: archive.content, size: archive.row.content.size, gathers: true)
    }
}

/// Sees to it that one request at a time gathers the access points of a member.
///
/// Others that read it meanwhile would gather the same.
final class GatheringTurns: Sendable {
    fileprivate struct Key: Hashable {
        let content: Int64
        let ordinal: Int
    }

    private let taken = Mutex<Set<Key>>([])

    /// A request's turn, until it is let go of.
    final class Turn {
        private let key: Key
        private let turns: GatheringTurns

        fileprivate init(_ key: Key, _ turns: GatheringTurns) {
            self.key = key
            self.turns = turns
        }

        deinit {
            turns.taken.withLock { _ = $0.remove(key) }
        }
    }

    /// Takes the turn for a member, unless another request has it.
    func take(_ member: Member, of content: ContentReference) -> Turn? {
        let key = Key(content: content.id, ordinal: member.ordinal)
        guard taken.withLock({ $0.insert(key).inserted }) else { return nil }
        return Turn(key, self)
    }
}
