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

    /// Whether something will be kept, which takes a moment: an answer should have left by then.
    public var isWorthKeeping: Bool { points.member.deservesAccessPoints && points.isWorthKeeping }

    private func keep() {
        guard isWorthKeeping, let files = store.pointsToExtend(content, by: points) else { return }
        points.write(to: files.target, keeping: files.existing)
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

    /// A content's file of points, with room for those of one member more.
    ///
    /// Files that are full or none of this release are replaced by an empty one, which takes from the old one only what is
    /// the member's. The content may have been removed since it was opened: its points must then not stay behind.
    ///
    /// - Returns: The file, open for writing, and the one that the member's points were in before; `nil` where none can be
    ///   made.
    func pointsToExtend(
        _ content: ContentReference,
        by points: MemberPoints
    ) -> (target: AccessPoints, existing: AccessPoints)? {
        let path = pointsPath(of: content)
        var old: AccessPoints?
        // Between two steps another process may put a file in place, or the content may be removed.
        for _ in 0..<3 {
            let descriptor = Glibc.open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
            let isMissing = descriptor < 0 && errno == ENOENT
            if descriptor >= 0 {
                let file = ArchiveFile(descriptor: descriptor, closing: true)
                let found = AccessPoints(file, digest: content.digest.bytes)
                if let found, let size = try? file.size(), points.canBeAdded(toFileOf: size) {
                    return (found, old ?? found)
                }
                old = found
            }
            guard placeEmptyPoints(of: content, at: path, replacing: !isMissing) else { return nil }
        }
        return nil
    }

    /// Puts an empty file of points in place.
    ///
    /// - Returns: Whether there is a file now, this or another's.
    private func placeEmptyPoints(of content: ContentReference, at path: String, replacing: Bool) -> Bool {
        guard let file = try? TemporaryFile(in: self),
            AccessPoints.layOut(file.descriptor, digest: content.digest.bytes)
        else { return false }
        if replacing {
            guard (try? file.move(to: path)) != nil else { return false }
        } else {
            // Unlike `rename` it takes no file away that another has made meanwhile.
            guard link(file.path, path) == 0 || errno == EEXIST else { return false }
        }
        guard access(self.path(of: content), F_OK) == 0 else {
            unlink(path)
            return false
        }
        return true
    }

    func pointsPath(of content: ContentReference) -> String { path(of: content) + ".points" }

    /// What a content's file of points may take: those of a log are a hundredth of its compressed data.
    static func pointsLimit(archiveSize: Int64) -> Int64 { archiveSize / 2 + (1 << 20) }
}
