public import Artifacts

/// Which pipelines of a project a list holds, and in which order.
public struct PipelineFilter: Sendable, Equatable {
    /// What a list is ordered by; what is equal there stays in the order of numbers.
    public enum Order: String, Sendable, CaseIterable {
        case id
        case status
        case ref
        case updatedAt = "updated_at"
        case userID = "user_id"
    }

    /// The ref, byte for byte, or `nil`.
    public var ref: String?
    /// The commit, or `nil`.
    public var sha: String?
    /// One of these, or `nil` for any.
    public var statuses: [PipelineStatus]?
    /// What started it; `nil` for anything but a parent pipeline.
    public var source: String?
    /// What the list is ordered by.
    public var order: Order
    /// Whether the smallest comes first.
    public var isAscending: Bool

    /// Describes a list of pipelines.
    ///
    /// - Parameters:
    ///   - ref: The ref, byte for byte, or `nil`.
    ///   - sha: The commit, or `nil`.
    ///   - statuses: One of these, or `nil` for any.
    ///   - source: What started it; `nil` for anything but a parent pipeline.
    ///   - order: What the list is ordered by.
    ///   - isAscending: Whether the smallest comes first.
    public init(
        ref: String? = nil,
        sha: String? = nil,
        statuses: [PipelineStatus]? = nil,
        source: String? = nil,
        order: Order = .id,
        isAscending: Bool = false
    ) {
        self.ref = ref
        self.sha = sha
        self.statuses = statuses
        self.source = source
        self.order = order
        self.isAscending = isAscending
    }
}
