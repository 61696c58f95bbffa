internal import ArtifactsPostgres
internal import HTTPSemantics

extension Answer {
    /// An answer of one JSON value.
    ///
    /// - Parameters:
    ///   - fields: The fields beyond those that every answer has and those of JSON.
    ///   - capacity: How many bytes the value may have before its buffer grows.
    ///   - body: Writes the value.
    init(json fields: HeaderBlock = HeaderBlock(), capacity: Int = 2048, _ body: (inout JSONWriter) -> Void) {
        var writer = JSONWriter(minimumCapacity: capacity)
        body(&writer)
        var header = fields
        header.append("Content-Type", "application/json")
        header.append("Cache-Control", "private, no-cache")
        self.init(status: 200, fields: header, body: .bytes(writer.bytes))
    }

    /// An answer of one page of a list.
    ///
    /// - Parameters:
    ///   - page: Which page it is.
    ///   - total: How many entries the whole list has.
    ///   - link: Where the list is.
    ///   - entries: The page's entries.
    ///   - append: Writes one of them.
    init<Entry>(
        _ page: Pagination,
        total: Int64,
        _ link: PageLink,
        _ entries: [Entry],
        _ append: (Entry, inout JSONWriter) -> Void
    ) {
        var fields = HeaderBlock()
        page.appendFields(total: total, link: link, to: &fields)
        self.init(json: fields, capacity: 64 + 1024 * entries.count) { writer in
            writer.array { writer in for entry in entries { append(entry, &writer) } }
        }
    }
}

extension Pagination {
    /// The page as the database counts it.
    var window: ListWindow { ListWindow(limit: perPage, offset: offset) }
}
