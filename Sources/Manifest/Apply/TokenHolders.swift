import Cryptography
import Postgres

/// Which stored records have the tokens of the document: a token stands for one record.
struct TokenHolders {
    enum Holder: Equatable {
        case accessToken(Int64)
        case job(Int64)
    }

    private var holders: [SHA256Digest: Holder] = [:]

    init() {}

    init(of document: ManifestDocument, _ connection: Connection) throws(PostgresError) {
        var lists = document.users.compactMap(\.accessTokens)
        lists += document.groups.compactMap(\.lists.accessTokens)
        lists += document.projects.compactMap(\.lists.accessTokens)
        var digests = lists.joined().compactMap { $0.digest?.bytes }
        for pipeline in document.projects.lazy.flatMap(\.pipelines) {
            digests += pipeline.jobs.compactMap { $0.tokenDigest?.value?.bytes }
        }
        guard !digests.isEmpty else { return }
        let accessTokens = try connection.query(
            "SELECT token_digest, id FROM access_tokens WHERE token_digest = ANY (\(digests))"
        )
        for row in accessTokens { try add(row, Holder.accessToken) }
        let jobs = try connection.query("SELECT token_digest, id FROM jobs WHERE token_digest = ANY (\(digests))")
        for row in jobs { try add(row, Holder.job) }
    }

    /// Whether a record other than this one has the token.
    func isTaken(_ digest: SHA256Digest, by holder: Holder?) -> Bool {
        guard let known = holders[digest] else { return false }
        return known != holder
    }

    private mutating func add(_ row: Row, _ holder: (Int64) -> Holder) throws(PostgresError) {
        guard let digest = SHA256Digest(bytes: try row.bytes(0)) else { return }
        holders[digest] = holder(try row.int64(1))
    }
}
