/// Which part of a list is wanted.
public struct ListWindow: Sendable, Equatable {
    /// How many entries at most.
    public var limit: Int64
    /// How many entries come before them.
    public var offset: Int64

    /// Names a part of a list.
    ///
    /// - Parameters:
    ///   - limit: How many entries at most.
    ///   - offset: How many entries come before them.
    public init(limit: Int64, offset: Int64) {
        self.limit = limit
        self.offset = offset
    }
}

/// One page of a list: the numbers of its entries, and how many the whole list has.
public struct ListPage: Sendable, Equatable {
    /// The numbers, in the list's order.
    public var ids: [Int64]
    /// The number of entries of the whole list.
    public var total: Int64
}
