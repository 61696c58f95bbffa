/// The definition of "locked": whose artifacts "keep the latest" protects from expiring.
///
/// This is the plain form of the rule, over all pipelines of a project, for reading and for testing; the database
/// is kept equal to it by one statement that touches only the pipelines that an event can change.
public enum LockRule {
    /// What the rule needs to know of a pipeline.
    public struct Pipeline: Sendable, Equatable {
        /// The pipeline's number; newer ones have higher ones.
        public var id: Int64
        /// Name of the ref.
        public var ref: String
        /// Whether the ref is a tag.
        public var isTag: Bool
        /// The pipeline's status.
        public var status: PipelineStatus
        /// Whether it is never the latest of its ref: a child pipeline, or a source that does not count.
        public var isDangling: Bool
        /// The parent in the same project, or `nil`.
        public var parentID: Int64?
        /// Whether keep-latest was on when it was created.
        public var keepLatest: Bool
        /// Whether its ref has been deleted since.
        public var refIsDeleted: Bool

        /// Describes a pipeline.
        ///
        /// - Parameters:
        ///   - id: The pipeline's number.
        ///   - ref: Name of the ref.
        ///   - isTag: Whether the ref is a tag.
        ///   - status: The pipeline's status.
        ///   - isDangling: Whether it is never the latest of its ref.
        ///   - parentID: The parent in the same project, or `nil`.
        ///   - keepLatest: Whether keep-latest was on when it was created.
        ///   - refIsDeleted: Whether its ref has been deleted since.
        public init(
            id: Int64,
            ref: String = "main",
            isTag: Bool = false,
            status: PipelineStatus,
            isDangling: Bool = false,
            parentID: Int64? = nil,
            keepLatest: Bool = true,
            refIsDeleted: Bool = false
        ) {
            self.id = id
            self.ref = ref
            self.isTag = isTag
            self.status = status
            self.isDangling = isDangling
            self.parentID = parentID
            self.keepLatest = keepLatest
            self.refIsDeleted = refIsDeleted
        }
    }

    /// The pipelines of a project that are locked.
    ///
    /// Child pipelines and dangling sources are never the newest finished or successful one of their ref, just as they
    /// are not looked up by ref: otherwise a successful child of a failed pipeline would unlock the last good one, which
    /// is what a download by ref still finds. They are locked with their parents, or while nothing newer has finished.
    ///
    /// - Parameter pipelines: All pipelines of one project, in any order.
    /// - Returns: The numbers of the locked ones.
    public static func locked(_ pipelines: [Pipeline]) -> Set<Int64> {
        let byID = Dictionary(uniqueKeysWithValues: pipelines.map { ($0.id, $0) })
        let latest = Set(pipelines.filter { isLatest($0, among: pipelines) }.map(\.id))
        var family = latest
        for pipeline in pipelines {
            let line = ancestors(of: pipeline, byID)
            if latest.contains(pipeline.id) { family.formUnion(line) }
            if !latest.isDisjoint(with: line) { family.insert(pipeline.id) }
        }
        return Set(pipelines.filter { family.contains($0.id) && $0.keepLatest && !$0.refIsDeleted }.map(\.id))
    }

    /// Newer than the newest finished pipeline of its ref, or that one, or the newest successful one.
    private static func isLatest(_ pipeline: Pipeline, among pipelines: [Pipeline]) -> Bool {
        let counted = pipelines.filter { $0.ref == pipeline.ref && $0.isTag == pipeline.isTag && !$0.isDangling }
        let newestFinished = counted.filter(\.status.isFinished).map(\.id).max()
        let newestSuccessful = counted.filter { $0.status == .success }.map(\.id).max()
        return newestFinished.map { pipeline.id >= $0 } ?? true || pipeline.id == newestSuccessful
    }

    private static func ancestors(of pipeline: Pipeline, _ byID: [Int64: Pipeline]) -> Set<Int64> {
        var line: Set<Int64> = []
        var next = pipeline.parentID
        while let id = next, let parent = byID[id], line.insert(id).inserted {
            next = parent.parentID
        }
        return line
    }
}
