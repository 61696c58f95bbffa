/// How the sweeper works.
public struct SweepOptions: Sendable, Equatable {
    /// How many rows or contents a transaction handles at most.
    public var batch: Int

    /// How many seconds after its last row went a content's file stays at least.
    ///
    /// Who was told of the file before may open it that long: the web server at once, the holder of a signed URL until
    /// it expires. What is open stays readable.
    public var removalDelay: Int64

    /// A removal delay of at most so many seconds is waited out by a pass that an operator asked for.
    public static let patience: Int64 = 10

    /// Describes how the sweeper works.
    ///
    /// - Parameters:
    ///   - batch: How many rows or contents a transaction handles at most.
    ///   - removalDelay: How many seconds after its last row went a content's file stays at least.
    public init(batch: Int = 1000, removalDelay: Int64 = 3) {
        self.batch = max(1, batch)
        self.removalDelay = max(0, removalDelay)
    }
}
