extension Pagination {
    /// The field repeats the request's target up to four times, and a web server bounds the header of a response: a
    /// longer one is left out, and the numbers of the pages remain.
    private static let longestLink = 32 << 10

    /// Appends `X-Total`, `X-Total-Pages`, `X-Page`, `X-Per-Page`, `X-Next-Page`, `X-Prev-Page` and `Link`.
    ///
    /// - Parameters:
    ///   - total: The number of items of the whole list.
    ///   - link: Where the list is.
    ///   - header: The header of the response.
    public func appendFields(total: Int64, link: PageLink, to header: inout HeaderBlock) {
        header.append("X-Total", total)
        header.append("X-Total-Pages", pageCount(total: total))
        header.append("X-Page", page)
        header.append("X-Per-Page", perPage)
        header.append("X-Next-Page", nextPage(total: total).map(String.init) ?? "")
        header.append("X-Prev-Page", previousPage(total: total).map(String.init) ?? "")
        let value = linkValue(total: total, link: link)
        if value.count <= Pagination.longestLink { header.append("Link", bytes: value) }
    }

    /// The value of `Link` (RFC 8288): first, prev, next and last.
    ///
    /// - Parameters:
    ///   - total: The number of items of the whole list.
    ///   - link: Where the list is.
    /// - Returns: The field's value, all of it ASCII.
    public func linkValue(total: Int64, link: PageLink) -> [UInt8] {
        let relations: [(name: StaticString, page: Int64?)] = [
            ("prev", previousPage(total: total)),
            ("next", nextPage(total: total)),
            ("first", 1),
            ("last", pageCount(total: total)),
        ]
        var value: [UInt8] = []
        for relation in relations {
            guard let page = relation.page else { continue }
            value.append(literal: value.isEmpty ? "<" : ", <")
            link.append(page: page, perPage: perPage, to: &value)
            value.append(literal: ">; rel=\"")
            value.append(literal: relation.name)
            value.append(literal: "\"")
        }
        return value
    }
}

/// Where a list is, for links to its other pages.
///
/// Built from the configured external URL, never from `Host`.
public struct PageLink: Sendable {
    /// Everything up to the place where the page's number goes.
    private let prefix: [UInt8]

    /// Prepares the links of a list.
    ///
    /// - Parameters:
    ///   - externalURL: The external URL of the service, without a slash at its end.
    ///   - path: The raw path of the request, escapes included.
    ///   - query: The request's parameters: they are kept in the links, but for `page` and `per_page`.
    ///   - isKept: Which of the others are kept; all of them unless told.
    public init(
        externalURL: String,
        path: ArraySlice<UInt8>,
        query: Query,
        keeping isKept: (Query.Parameter) -> Bool = { _ in true }
    ) {
        var prefix = Array(externalURL.utf8)
        PercentCoding.append(path, allowed: .encodedPath, to: &prefix)
        prefix.append(UInt8(ascii: "?"))
        for parameter in query.parameters where parameter.name != "page" && parameter.name != "per_page" {
            guard isKept(parameter) else { continue }
            PercentCoding.append(parameter.name.utf8, allowed: .queryValue, to: &prefix)
            prefix.append(UInt8(ascii: "="))
            PercentCoding.append(parameter.value.utf8, allowed: .queryValue, to: &prefix)
            prefix.append(UInt8(ascii: "&"))
        }
        self.prefix = prefix
    }

    /// Appends the URL of one page.
    func append(page: Int64, perPage: Int64, to target: inout [UInt8]) {
        target.append(contentsOf: prefix)
        target.append(literal: "page=")
        target.appendDecimal(page)
        target.append(literal: "&per_page=")
        target.appendDecimal(perPage)
    }
}
