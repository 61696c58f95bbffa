import HTTPSemantics
import Testing

@Suite("Pagination")
struct PaginationTests {
    @Test(
        "page and per_page have their defaults and limits",
        arguments: [
            ("", 1, 20), ("page=3", 3, 20), ("per_page=5", 1, 5), ("per_page=100", 1, 100), ("per_page=101", 1, 100),
            ("per_page=99999999999999999999", 1, 100), ("page=2&page=4&per_page=1", 4, 1),
            ("page=01&per_page=007", 1, 7),
        ] as [(String, Int64, Int64)]
    )
    func reading(query: String, page: Int64, perPage: Int64) throws {
        let pagination = try Pagination(query: Query(query))
        #expect(pagination.page == page && pagination.perPage == perPage)
        #expect(pagination.offset == (page - 1) * perPage)
    }

    @Test(
        "an absurd page is past every end and overflows nothing",
        arguments: ["9223372036854775807", "99999999999999999999999"]
    )
    func absurdPage(page: String) throws {
        let pagination = try Pagination(query: Query("page=\(page)&per_page=100"))
        #expect(pagination.offset > 1 << 50 && pagination.offset.addingReportingOverflow(100).overflow == false)
        #expect(pagination.nextPage(total: .max - 1) != pagination.page)
        #expect(pagination.previousPage(total: 5) == nil)
    }

    @Test("zero, negative and other numbers are errors", arguments: ["0", "-1", "", "abc", "1.5", "+1", " 1", "00"])
    func invalid(value: String) throws {
        let page = try Query("page=\(PercentCoding.encode(value.utf8, allowed: .queryValue))")
        #expect(throws: HTTPSemanticsError.invalidParameter(.page)) { try Pagination(query: page) }
        let perPage = try Query("per_page=\(PercentCoding.encode(value.utf8, allowed: .queryValue))")
        #expect(throws: HTTPSemanticsError.invalidParameter(.perPage)) { try Pagination(query: perPage) }
    }

    @Test(
        "neighbours follow from the total",
        arguments: [
            (1, 0, 1, nil, nil), (1, 20, 1, nil, nil), (1, 21, 2, 2, nil), (2, 21, 2, nil, 1), (2, 50, 3, 3, 1),
            (4, 50, 3, nil, nil),
            (2, 0, 1, nil, nil),
        ] as [(Int64, Int64, Int64, Int64?, Int64?)]
    )
    func neighbours(page: Int64, total: Int64, pages: Int64, next: Int64?, previous: Int64?) throws {
        let pagination = try Pagination(query: Query("page=\(page)"))
        #expect(pagination.pageCount(total: total) == pages)
        #expect(pagination.nextPage(total: total) == next)
        #expect(pagination.previousPage(total: total) == previous)
    }

    @Test("the fields describe a page in the middle, and links keep the other parameters")
    func fields() throws {
        let target = try RequestTarget(
            "/api/v4/projects/g%2Fp/jobs?scope[]=success&page=2&x=a+%26>&per_page=2&scope[]=failed"
        )
        let query = try Query(target.query)
        let link = PageLink(externalURL: "https://ci.example", path: target.path, query: query)
        var header = HeaderBlock()
        try Pagination(query: query).appendFields(total: 5, link: link, to: &header)
        let base = "https://ci.example/api/v4/projects/g%2Fp/jobs?scope%5B%5D=success&x=a%20%26%3E&scope%5B%5D=failed&"
        let links = [("1", "prev"), ("3", "next"), ("1", "first"), ("3", "last")]
            .map { "<\(base)page=\($0.0)&per_page=2>; rel=\"\($0.1)\"" }
        #expect(
            String(decoding: header.bytes, as: UTF8.self) == """
                X-Total: 5\r
                X-Total-Pages: 3\r
                X-Page: 2\r
                X-Per-Page: 2\r
                X-Next-Page: 3\r
                X-Prev-Page: 1\r
                Link: \(links.joined(separator: ", "))\r

                """
        )
    }

    @Test("links leave out what is not kept, and are left out when they would outgrow a header")
    func shortLinks() throws {
        let query = try Query("a=1&b=2&c=\(String(repeating: "x", count: 12 << 10))")
        let path = try RequestTarget("/p").path
        let short = PageLink(externalURL: "", path: path, query: query) { $0.name == "b" }
        let long = PageLink(externalURL: "", path: path, query: query)
        func header(_ link: PageLink) throws -> String {
            var header = HeaderBlock()
            try Pagination(query: query).appendFields(total: 50, link: link, to: &header)
            return String(decoding: header.bytes, as: UTF8.self)
        }
        #expect(try header(short).contains("\r\nLink: </p?b=2&page=2&per_page=20>; rel=\"next\""))
        #expect(try !header(long).contains("Link"))
        #expect(try header(long).contains("X-Next-Page: 2\r\n"))
    }

    @Test(
        "both parameters at fault are found",
        arguments: [
            ("", []), ("page=1&per_page=1000", []), ("page=0", [.page]), ("per_page=x", [.perPage]),
            ("page=&per_page=0", [.page, .perPage]),
        ] as [(String, [HTTPSemanticsError.ParameterName])]
    )
    func faults(query: String, names: [HTTPSemanticsError.ParameterName]) throws {
        #expect(Pagination.faults(in: try Query(query)) == names)
    }

    @Test("a path cannot break out of the angle brackets of a link")
    func hostilePath() throws {
        let target = try RequestTarget("/a>;rel=\"next\",<http://evil/")
        let link = PageLink(externalURL: "", path: target.path, query: try Query(""))
        let value = try Pagination(query: Query("")).linkValue(total: 0, link: link)
        let text = String(decoding: value, as: UTF8.self)
        #expect(text.filter { $0 == "<" }.count == 2 && !text.contains("rel=\"next\""), "\(text)")
    }
}
