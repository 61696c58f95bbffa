internal import Cryptography
internal import Glibc
public import ZipArchive

/// The access points of a member while a request reads it, which are kept when the request lets go of them.
///
/// Nobody waits for access points and nobody fails for want of them: whatever goes wrong leaves things as they were.
public final class PointGathering {
    /// The points, for the member's reader.
    public let points: MemberPoints

    private let store: ContentStore
    private let content: ContentReference
    private let spool: Spool

    /// The file for what is gathered, made when there is something.
    private final class Spool {
        var file: TemporaryFile?
    }

    init(_ member: Member, of content: ContentReference, in store: ContentStore, size: Int64, gathers: Bool) {
        let spool = Spool()
        self.spool = spool
        self.store = store
        self.content = content
        let openSpool = {
            spool.file = try? TemporaryFile(in: store)
            return spool.file?.descriptor
        }
        points = MemberPoints(
            of: member,
            known: member.deservesAccessPoints ? store.openPoints(content) : nil,
            limit: ContentStore.pointsLimit(archiveSize: size),
            spool: gathers ? openSpool : nil
        )
    }

    deinit { keep() }

    /// Replaces the content's file of points by one that has the new ones too.
    ///
    /// The content's file is locked meanwhile, so that of two who do so at once neither loses the other's points. It may
    /// have been removed since it was opened: its points must then not stay behind.
    private func keep() {
        guard points.member.deservesAccessPoints, points.isWorthKeeping, let file = spool.file,
            let archive = try? store.open(content), flock(archive.descriptor, LOCK_EX) == 0,
            points.write(merging: store.openPoints(content), digest: content.digest.bytes)
        else { return }
        let path = store.pointsPath(of: content)
        try? file.move(to: path)
        if access(store.path(of: content), F_OK) != 0 { unlink(path) }
    }
}

extension ContentStore {
    /// Collects the access points of a member, and what a reader gathers of them.
    ///
    /// - Parameters:
    ///   - member: A deflated member; what is gathered of one that deserves no points is for its reader only.
    ///   - content: The archive.
    ///   - size: The archive's size in bytes.
    ///   - gathers: Whether to gather more than is known.
    /// - Returns: The points. To be let go of when the reading is over, as that keeps what was gathered.
    public func points(
        of member: Member,
        in content: ContentReference,
        size: Int64,
        gathers: Bool
    ) -> PointGathering {
        PointGathering(member, of: content, in: self, size: size, gathers: gathers)
    }

    /// The access points that are kept of a content.
    ///
    /// - Parameter content: A content that is a zip.
    /// - Returns: The points, or `nil` where there are none, or none that are intact.
    public func openPoints(_ content: ContentReference) -> AccessPoints? {
        guard let file = try? ArchiveFile(path: pointsPath(of: content)) else { return nil }
        return AccessPoints(file, digest: content.digest.bytes)
    }

    func pointsPath(of content: ContentReference) -> String { path(of: content) + ".points" }

    /// What a content's file of points may take: those of a log are a hundredth of its compressed data.
    static func pointsLimit(archiveSize: Int64) -> Int64 { archiveSize / 2 + (1 << 20) }
}
