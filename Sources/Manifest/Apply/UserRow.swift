import Artifacts
import Postgres

/// A stored user.
struct UserRow: Equatable {
    let id: Int64
    let username: String
    let isBot: Bool
    var name = ""
    var email = ""
    var state = UserState.active.rawValue
    var isAdmin = false
    var isAuditor = false
    var isExternal = false

    init(id: Int64, username: String) {
        self.id = id
        self.username = username
        isBot = false
    }

    static let columns: SQL = "id, username, kind <> 'human', name, email, state, admin, auditor, external"

    init(_ row: Row) throws(PostgresError) {
        id = try row.int64(0)
        username = try row.text(1)
        isBot = try row.bool(2)
        name = try row.text(3)
        email = try row.text(4)
        state = try row.text(5)
        isAdmin = try row.bool(6)
        isAuditor = try row.bool(7)
        isExternal = try row.bool(8)
    }

    mutating func take(_ entry: UserEntry) {
        name = entry.name ?? name
        email = entry.email ?? email
        state = entry.state?.rawValue ?? state
        isAdmin = entry.isAdmin ?? isAdmin
        isAuditor = entry.isAuditor ?? isAuditor
        isExternal = entry.isExternal ?? isExternal
    }
}
