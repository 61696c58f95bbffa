/// How the schema of a database stands to the migrations of this release.
public enum MigrationStatus: Sendable, Equatable {
    /// All are applied.
    case current
    /// None is applied.
    case empty
    /// These are not applied yet.
    case behind(missing: [Migration])
    /// These versions are applied and not known here.
    case ahead(unknown: [Int])
    /// These are applied, and their files have changed since.
    case changed([Migration])

    /// Compares what is applied with what there is.
    ///
    /// - Parameters:
    ///   - applied: Checksums by version, from the database.
    ///   - known: The migrations of this release with their checksums, in order.
    init(applied: [Int: [UInt8]], known: [(migration: Migration, checksum: [UInt8])]) {
        let unknown = Set(applied.keys).subtracting(known.map(\.migration.version)).sorted()
        let changed = known.filter { entry in applied[entry.migration.version].map { $0 != entry.checksum } ?? false }
        let missing = known.filter { applied[$0.migration.version] == nil }
        if !unknown.isEmpty {
            self = .ahead(unknown: unknown)
        } else if !changed.isEmpty {
            self = .changed(changed.map(\.migration))
        } else if missing.isEmpty {
            self = .current
        } else {
            self = applied.isEmpty ? .empty : .behind(missing: missing.map(\.migration))
        }
    }

    static func list(_ versions: [Int]) -> String {
        (versions.count == 1 ? "version " : "versions ") + versions.map(String.init).joined(separator: ", ")
    }
}

extension MigrationStatus: CustomStringConvertible {
    /// One sentence for the operator.
    public var description: String {
        switch self {
        case .current: "the schema is current"
        case .empty: "the schema is empty: no migration is applied"
        case .behind(let missing):
            "the schema is behind this release: missing \(missing.map(\.identifier).joined(separator: ", "))"
        case .ahead(let unknown): "the schema is ahead of this release: unknown \(Self.list(unknown))"
        case .changed(let changed):
            "changed after they were applied: \(changed.map(\.identifier).joined(separator: ", "))"
        }
    }
}
