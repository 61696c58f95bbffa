import Postgres

extension ApplyRun {
    func applyUsers(_ document: ManifestDocument) throws(PostgresError) {
        try loadUsers(document)
        let owners = try usernames(ofIDs: document.users.compactMap(\.id))
        for entry in document.users { check(entry, owners) }
        guard problems.problems.isEmpty else { return }
        try reserve(document.users.filter { user(named: $0.username) == nil }.compactMap(\.id), in: .users)
        for entry in document.users { try apply(entry) }
    }

    /// A username's owner, regardless of case.
    func user(named username: String) -> UserRow? { users[username.lowercased()] }

    /// Loads all users that the document declares or names.
    private func loadUsers(_ document: ManifestDocument) throws(PostgresError) {
        var names = Set(document.users.map { $0.username.lowercased() })
        let members = document.groups.compactMap(\.lists.members) + document.projects.compactMap(\.lists.members)
        names.formUnion(members.joined().map { $0.username.lowercased() })
        for pipeline in document.projects.lazy.flatMap(\.pipelines) {
            names.formUnion(pipeline.jobs.compactMap { $0.username?.value?.lowercased() })
        }
        let rows = try connection.query(
            "SELECT \(UserRow.columns) FROM users WHERE lower(username) = ANY (\(names.sorted()))"
        )
        for row in rows {
            let user = try UserRow(row)
            users[user.username.lowercased()] = user
        }
    }

    private func usernames(ofIDs ids: [Int64]) throws(PostgresError) -> [Int64: String] {
        var names: [Int64: String] = [:]
        for row in try connection.query("SELECT id, username FROM users WHERE id = ANY (\(ids))") {
            names[try row.int64(0)] = try row.text(1)
        }
        return names
    }

    private func check(_ entry: UserEntry, _ owners: [Int64: String]) {
        let stored = user(named: entry.username)
        if stored?.isBot == true {
            problems.report(entry.path["username"], "\(entry.username) is the bot of an access token")
        }
        let isBot = stored?.isBot ?? false
        guard !isBot, let id = entry.id else { return }
        if let stored, stored.id != id {
            problems.report(entry.path["id"], "\(entry.username) exists with the id \(stored.id)")
        } else if stored == nil, let owner = owners[id] {
            problems.report(entry.path["id"], "\(id) is the id of \(Quotation.of(owner))")
        }
    }

    private func apply(_ entry: UserEntry) throws(PostgresError) {
        let stored = user(named: entry.username)
        var row = stored
        if row == nil {
            row = UserRow(id: try newID(entry.id, in: .users), username: entry.username)
        }
        guard var row else { return }
        row.take(entry)
        if stored == nil { try insert(row) } else if row != stored { try update(row) }
        users[entry.username.lowercased()] = row
        let listChanged = try applyTokens(entry.accessTokens, of: .user(row.id))
        summary.count(.user, isNew: stored == nil, hasChanged: row != stored || listChanged)
    }

    private func insert(_ row: UserRow) throws(PostgresError) {
        try connection.query(
            """
            INSERT INTO users (id, username, name, email, state, admin, auditor, external, created_at)
            VALUES (\(row.id), \(row.username), \(row.name), \(row.email), \(row.state), \(row.isAdmin),
                    \(row.isAuditor), \(row.isExternal), \(SQLTimestamp(microseconds: now)))
            """
        )
    }

    private func update(_ row: UserRow) throws(PostgresError) {
        try connection.query(
            """
            UPDATE users SET name = \(row.name), email = \(row.email), state = \(row.state), admin = \(row.isAdmin),
                auditor = \(row.isAuditor), external = \(row.isExternal)
            WHERE id = \(row.id)
            """
        )
    }
}
