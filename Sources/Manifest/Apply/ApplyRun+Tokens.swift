import Artifacts
import Cryptography
import Postgres

/// A stored access token, with the role of its bot.
private struct AccessTokenRow: Equatable {
    let id: Int64
    let name: String
    let userID: Int64
    var digest: [UInt8]
    var scopes: [String]
    var expiresAt: StoredTime
    var isRevoked: Bool
    var role: Int64?
}

extension ApplyRun {
    /// Makes the access tokens of a user, group or project what a list says; those it lacks are revoked.
    ///
    /// - Returns: Whether anything changed.
    func applyTokens(_ entries: [AccessTokenEntry]?, of owner: Owner) throws(PostgresError) -> Bool {
        guard let entries else { return false }
        let stored = try loadTokens(of: owner)
        var hasChanged = false
        for entry in entries {
            if let row = stored[entry.name] {
                hasChanged = try update(row, entry, owner) || hasChanged
            } else {
                try create(entry, owner)
                hasChanged = true
            }
        }
        let listed = Set(entries.map(\.name))
        let revoked = stored.values.filter { !listed.contains($0.name) && !$0.isRevoked }.map(\.id).sorted()
        if !revoked.isEmpty {
            try connection.query("UPDATE access_tokens SET revoked = true WHERE id = ANY (\(revoked))")
            summary.removed += revoked.count
            hasChanged = true
        }
        return hasChanged
    }

    private func loadTokens(of owner: Owner) throws(PostgresError) -> [String: AccessTokenRow] {
        let condition: SQL =
            if case .user(let id) = owner {
                "t.user_id = \(id) AND t.group_id IS NULL AND t.project_id IS NULL"
            } else {
                owner.matches("t")
            }
        let rows = try connection.query(
            """
            SELECT t.id, t.name, t.user_id, t.token_digest, t.scopes, t.expires_at, t.declared_times->>'expires_at',
                   t.revoked, m.role
            FROM access_tokens t
            LEFT JOIN members m ON m.user_id = t.user_id
                AND (m.group_id = t.group_id OR m.project_id = t.project_id)
            WHERE \(condition)
            """
        )
        var tokens: [String: AccessTokenRow] = [:]
        for row in rows {
            let token = AccessTokenRow(
                id: try row.int64(0),
                name: try row.text(1),
                userID: try row.int64(2),
                digest: try row.bytes(3),
                scopes: try row.textArray(4).compactMap(\.self),
                expiresAt: try StoredTime(row, 5, 6),
                isRevoked: try row.bool(7),
                role: try row.optionalInt64(8)
            )
            tokens[token.name] = token
        }
        return tokens
    }

    private func update(_ row: AccessTokenRow, _ entry: AccessTokenEntry, _ owner: Owner) throws(PostgresError) -> Bool
    {
        var new = row
        if let digest = entry.digest {
            checkToken(digest, at: entry.path["token"], of: .accessToken(row.id))
            new.digest = digest.bytes
        }
        new.scopes = entry.scopes ?? row.scopes
        new.expiresAt.take(entry.expiresAt, now: now)
        // What was revoked for not being listed was the secret: a new one is as good as a new token.
        new.isRevoked = entry.isRevoked ?? (row.isRevoked && new.digest == row.digest)
        new.role = entry.role.map { Int64($0.rawValue) } ?? row.role
        guard new != row, problems.problems.isEmpty else { return false }
        try connection.query(
            """
            UPDATE access_tokens SET token_digest = \(new.digest), scopes = \(new.scopes),
                expires_at = \(new.expiresAt.timestamp), revoked = \(new.isRevoked),
                declared_times = jsonb_strip_nulls(jsonb_build_object('expires_at', \(new.expiresAt.expression)))
            WHERE id = \(row.id)
            """
        )
        if let role = new.role, role != row.role { try setRole(role, ofBot: row.userID, owner) }
        return true
    }

    private func create(_ entry: AccessTokenEntry, _ owner: Owner) throws(PostgresError) {
        guard let digest = entry.digest else {
            problems.report(entry.path["token"], "is missing")
            return
        }
        checkToken(digest, at: entry.path["token"], of: nil)
        if case .user = owner {} else if entry.role == nil { problems.report(entry.path["role"], "is missing") }
        guard problems.problems.isEmpty else { return }
        let userID = try createBot(entry, owner) ?? owner.id
        var expiresAt = StoredTime()
        expiresAt.take(entry.expiresAt, now: now)
        try connection.query(
            """
            INSERT INTO access_tokens (user_id, group_id, project_id, name, token_digest, scopes, expires_at, revoked,
                                       created_at, declared_times)
            VALUES (\(userID), \(owner.groupID), \(owner.projectID), \(entry.name), \(digest.bytes),
                    \(entry.scopes ?? []), \(expiresAt.timestamp), \(entry.isRevoked ?? false),
                    \(SQLTimestamp(microseconds: now)),
                    jsonb_strip_nulls(jsonb_build_object('expires_at', \(expiresAt.expression))))
            """
        )
    }

    /// The bot that a group or project token belongs to; nil for a user's own token.
    private func createBot(_ entry: AccessTokenEntry, _ owner: Owner) throws(PostgresError) -> Int64? {
        guard let role = entry.role else { return nil }
        let kind = owner.groupID == nil ? "project" : "group"
        // Any random name will do: nobody types it.
        let suffix = String(UInt64.random(in: (1 << 60)...UInt64.max), radix: 16)
        let username = "\(kind)_\(owner.id)_bot_\(suffix)"
        let rows = try connection.query(
            """
            INSERT INTO users (username, name, kind, created_at)
            VALUES (\(username), \(entry.name), \("\(kind)_bot"), \(SQLTimestamp(microseconds: now)))
            RETURNING id
            """
        )
        let id = try rows.onlyRow().int64(0)
        try setRole(Int64(role.rawValue), ofBot: id, owner)
        return id
    }

    private func setRole(_ role: Int64, ofBot userID: Int64, _ owner: Owner) throws(PostgresError) {
        let changed = try connection.query(
            "UPDATE members m SET role = \(role)::bigint WHERE m.user_id = \(userID) AND \(owner.matches("m"))"
        )
        guard changed.affectedRows == 0 else { return }
        try connection.query(
            """
            INSERT INTO members (user_id, group_id, project_id, role)
            VALUES (\(userID), \(owner.groupID), \(owner.projectID), \(role)::bigint)
            """
        )
    }

    /// Reports a token that another record has, without showing it.
    func checkToken(_ digest: SHA256Digest, at path: DocumentPath, of holder: TokenHolders.Holder?) {
        if tokenHolders.isTaken(digest, by: holder) { problems.report(path, "another record has this token already") }
    }
}
