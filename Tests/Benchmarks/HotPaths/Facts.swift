import ArtifactsPostgres
import ContentStore
import Cryptography
import Postgres

/// Rows as the server would send them, so that nothing that decides is left out but the server itself.
enum Facts {
    /// 2023-11-14T22:13:20Z.
    static let moment = Bind.timestamp(microsecondsSinceUnixEpoch: 1_700_000_000_000_000)

    /// What the statement of a read finds: a member's access token on a private project, and an archive that is available.
    static func reading(_ archive: Archives.Archive) -> [Bind] {
        let accessToken: [Bind] = [.int8(11), .bool(false), .null(.bool), .bool(true), .bool(false)]
        let jobToken: [Bind] = [
            .null(.int8), .null(.bool), .null(.int8), .null(.text), .null(.bool), .null(.bool), .null(.bool),
        ]
        let user: [Bind] = [.int8(12), .text("active"), .bool(false), .bool(false), .bool(false)]
        let project: [Bind] = [
            .int8(7), .text("group/subgroup/project"), .text("private"), .bool(true), .text("enabled"), .bool(false),
            .bool(true),
        ]
        let moved: [Bind] = [.bool(false), .int8(30)]
        let artifact: [Bind] = [
            .int8(1234), .int8(77), .text("all"), .text("artifacts.zip"), .bool(true), moment,
            .int8(archive.content.id), .bytes(archive.content.digest.bytes), .int8(archive.size),
        ]
        return accessToken + jobToken + user + project + moved + artifact
    }

    /// A job with two artifacts, as lists and single jobs have it.
    static let job: [Bind] =
        [
            .int8(1234), .text("success"), .text("test"), .text("rspec: unit 1/4"), .float8(87.25), .bool(false),
            moment,
            moment, moment, .null(.timestamptz), .float8(61.5), .float8(0.25), .null(.text), moment,
            .textArray(["linux", "x86_64"]),
        ] + [.int8(12), .text("ada"), .text("Ada Lovelace"), .text("active"), .bool(false), moment] + [
            .int8(500), .int8(41), .text("feature/faster-downloads"), .bool(false),
            .text("0123456789abcdef0123456789abcdef01234567"), .text("push"), .text("success"), moment, moment,
        ] + [.int8(7), .text("group/subgroup/project"), .bool(false)] + [
            .textArray(["archive", "metadata"]), .int8Array([1_048_576, 2048]),
            .textArray(["artifacts.zip", "metadata.gz"]),
        ]

    static func row(_ values: [Bind]) throws -> Row {
        guard let rows = Rows.made(values) else { throw Failure("no memory for a row") }
        return try rows.onlyRow()
    }
}
