/// A content that no row uses and none may use any more: its file is to be unlinked.
public struct CondemnedContent: Sendable, Equatable {
    /// The content's number.
    public let id: Int64
    /// SHA-256 of its bytes.
    public let digest: [UInt8]
    /// How many bytes it has.
    public let size: Int64
}
