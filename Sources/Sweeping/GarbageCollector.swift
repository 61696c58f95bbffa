internal import ArtifactsPostgres
public import ContentStore
internal import Cryptography
internal import Glibc
public import Postgres

/// Compares the store with the database, in both directions, and removes what only the store has.
///
/// Memory does not grow with either: the store is read directory by directory, the database page by page.
public struct GarbageCollector {
    private let inventory: ContentInventory
    private let removal: ContentRemoval
    private let store: ContentStore
    private let grace: Int64
    private let deletes: Bool
    private let onFinding: (GarbageFinding) -> Void

    /// How many contents are asked of the database at once.
    private static let page = 1000

    /// Prepares a collection.
    ///
    /// - Parameters:
    ///   - pool: Connections for it alone, made with ``Sweeper/connectionOptions``.
    ///   - store: Where the files are.
    ///   - grace: What is younger than so many seconds is passed over.
    ///   - deletes: Whether to remove what is found; otherwise nothing is changed.
    ///   - onFinding: Told of everything that is found.
    public init(
        pool: ConnectionPool,
        store: ContentStore,
        grace: Int64,
        deletes: Bool,
        onFinding: @escaping (GarbageFinding) -> Void
    ) {
        inventory = ContentInventory(pool: pool)
        removal = ContentRemoval(pool: pool, limit: Self.page)
        self.store = store
        self.grace = max(0, grace)
        self.deletes = deletes
        self.onFinding = onFinding
    }

    /// Looks through everything.
    ///
    /// - Returns: The counts.
    /// - Throws: ``SweepError`` where database or store cannot be used.
    public func run() throws(SweepError) -> GarbageReport {
        var report = GarbageReport()
        for directory in try SweepError.storing({ () throws(ContentStoreError) in try store.directories() }) {
            try examine(directory, &report)
        }
        try examineRows(&report)
        return report
    }

    private func examine(_ directory: String, _ report: inout GarbageReport) throws(SweepError) {
        let listing = try SweepError.storing { () throws(ContentStoreError) in try store.list(directory) }
        for name in listing.foreign {
            report.foreign += 1
            onFinding(.foreign(name))
        }
        let before = Int64(time(nil)) - grace
        let old = listing.contents.filter { $0.changedAt <= before }
        for start in stride(from: 0, to: old.count, by: Self.page) {
            try examine(old[start..<min(start + Self.page, old.count)], &report)
        }
    }

    /// A sweeper may have removed both in between, so the file is looked for again after the row was not found.
    private func examine(
        _ contents: ArraySlice<StoreListing.Content>,
        _ report: inout GarbageReport
    ) throws(SweepError) {
        let known = try SweepError.wrapping { () throws(PostgresError) in
            try inventory.digests(of: contents.map(\.reference.id))
        }
        for content in contents where known[content.reference.id] != content.reference.digest.bytes {
            let isThere = try SweepError.storing { () throws(ContentStoreError) in
                try content.isComplete ? store.contains(content.reference) : true
            }
            guard isThere else { continue }
            report.withoutRow.count += 1
            report.withoutRow.bytes += content.bytes
            onFinding(.withoutRow(content.reference, bytes: content.bytes))
            if deletes { try remove(content, &report) }
        }
    }

    private func remove(_ content: StoreListing.Content, _ report: inout GarbageReport) throws(SweepError) {
        let reference = content.reference
        let verdict = try SweepError.wrapping { () throws(PostgresError) in
            try inventory.condemn(id: reference.id, digest: reference.digest.bytes, size: content.bytes)
        }
        guard verdict != .inUse else {
            report.inUse += 1
            return
        }
        try SweepError.storing { () throws(ContentStoreError) in try store.remove(reference) }
        if verdict == .condemned {
            _ = try SweepError.wrapping { () throws(PostgresError) in try removal.finish([reference.id]) }
        }
        report.removed += 1
    }

    private func examineRows(_ report: inout GarbageReport) throws(SweepError) {
        var last: Int64 = 0
        while true {
            let after = last
            let page = try SweepError.wrapping { () throws(PostgresError) in
                try inventory.contents(after: after, grace: grace, limit: Self.page)
            }
            guard let end = page.last else { return }
            last = end.id
            var unused: [Int64] = []
            for entry in page {
                guard let reference = Self.reference(entry) else { continue }
                try examineFiles(of: entry, reference, &report)
                if entry.isAccountedFor { continue }
                unused.append(entry.id)
                report.unused.count += 1
                report.unused.bytes += entry.size
                onFinding(.unused(reference, bytes: entry.size))
            }
            guard deletes, !unused.isEmpty else { continue }
            let queued = unused
            try SweepError.wrapping { () throws(PostgresError) in try inventory.release(queued) }
            report.removed += queued.count
        }
    }

    /// A row that is there has its file since before it was committed, unless a sweeper has begun to remove it.
    private func examineFiles(
        of entry: ContentInventory.Entry,
        _ reference: ContentReference,
        _ report: inout GarbageReport
    ) throws(SweepError) {
        let (hasContent, hasIndex) = try SweepError.storing { () throws(ContentStoreError) in
            (try store.contains(reference), entry.isIndexed ? try store.containsIndex(reference) : true)
        }
        guard !hasContent || !hasIndex else { return }
        let again = try SweepError.wrapping { () throws(PostgresError) in
            try inventory.contents(after: entry.id - 1, grace: grace, limit: 1)
        }
        guard again.first?.id == entry.id else { return }
        report.lost += 1
        onFinding(hasContent ? .lostIndex(reference) : .lost(reference))
    }

    private static func reference(_ entry: ContentInventory.Entry) -> ContentReference? {
        SHA256Digest(bytes: entry.digest).map { ContentReference(id: entry.id, digest: $0) }
    }
}
