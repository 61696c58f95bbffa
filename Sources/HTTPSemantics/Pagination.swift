/// The wanted page of a list, and the fields that describe it.
public struct Pagination: Sendable, Equatable {
    /// The size of a page that is sent when the request names none.
    public static let defaultPerPage: Int64 = 20

    /// The largest size of a page; a larger wish is reduced to it.
    public static let maximumPerPage: Int64 = 100

    /// No list has so many pages: a larger wish is past the end all the same, and offsets stay far from an overflow.
    private static let maximumPage: Int64 = 1 << 52

    /// The number of the page, from 1.
    public let page: Int64

    /// The size of a page, 1 to 100.
    public let perPage: Int64

    /// Reads `page` and `per_page`.
    ///
    /// - Parameter query: The request's parameters.
    /// - Throws: `invalidParameter` if one of them is zero, negative or no integer.
    public init(query: Query) throws(HTTPSemanticsError) {
        let page = try Pagination.number(query, .page) ?? 1
        let perPage = try Pagination.number(query, .perPage) ?? Pagination.defaultPerPage
        self.page = min(page, Pagination.maximumPage)
        self.perPage = min(perPage, Pagination.maximumPerPage)
    }

    /// Finds out which of `page` and `per_page` are at fault, for an answer that names both.
    ///
    /// - Parameter query: The request's parameters.
    /// - Returns: The names, in that order; none where `init(query:)` succeeds.
    public static func faults(in query: Query) -> [HTTPSemanticsError.ParameterName] {
        [.page, .perPage].filter { name in
            do {
                _ = try number(query, name)
                return false
            } catch {
                return true
            }
        }
    }

    /// How many items come before the page; for SQL's `OFFSET`, never overflowing.
    public var offset: Int64 { (page - 1) * perPage }

    /// How many pages a list has: one at least, as GitLab says of an empty list.
    ///
    /// - Parameter total: The number of items.
    /// - Returns: The number of pages.
    public func pageCount(total: Int64) -> Int64 {
        total <= 0 ? 1 : (total - 1) / perPage + 1
    }

    /// The number of the next page.
    ///
    /// - Parameter total: The number of items.
    /// - Returns: The number, or nil on the last page and past the end.
    public func nextPage(total: Int64) -> Int64? {
        page < pageCount(total: total) ? page + 1 : nil
    }

    /// The number of the page before.
    ///
    /// - Parameter total: The number of items.
    /// - Returns: The number, or nil on the first page and past the end, as GitLab does.
    public func previousPage(total: Int64) -> Int64? {
        page > 1 && page <= pageCount(total: total) ? page - 1 : nil
    }

    private static func number(
        _ query: Query,
        _ name: HTTPSemanticsError.ParameterName
    ) throws(HTTPSemanticsError) -> Int64? {
        guard let text = query.last(name.rawValue) else { return nil }
        var scanner = ByteScanner(text)
        guard let number = scanner.decimal(), scanner.isAtEnd, number.value > 0 else {
            throw .invalidParameter(name)
        }
        return number.value
    }
}
