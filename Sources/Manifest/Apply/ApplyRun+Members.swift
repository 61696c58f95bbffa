import Artifacts
import Postgres

/// A stored membership or invitation, by the user or group that it lets in.
private struct GrantRow: Equatable {
    var role: Int64
    var expiresAt: StoredTime
}

extension ApplyRun {
    /// Makes the members of a group or project what a list says; bots belong to their tokens and are left alone.
    ///
    /// - Returns: Whether anything changed.
    func applyMembers(_ entries: [MemberEntry]?, of owner: Owner) throws(PostgresError) -> Bool {
        guard let entries else { return false }
        let stored = try grants(
            """
            SELECT m.user_id, m.role, m.expires_at, m.declared_times->>'expires_at' FROM members m
            JOIN users u ON u.id = m.user_id WHERE u.kind = 'human' AND \(owner.matches("m"))
            """
        )
        var declared: [Int64: GrantRow] = [:]
        for entry in entries {
            guard let user = user(named: entry.username) else {
                problems.report(entry.path["user"], "no such user: \(Quotation.of(entry.username))")
                continue
            }
            if user.isBot { problems.report(entry.path["user"], "\(user.username) is the bot of an access token") }
            var row = stored[user.id] ?? GrantRow(role: 0, expiresAt: StoredTime())
            row.role = Int64(entry.role.rawValue)
            row.expiresAt.take(entry.expiresAt, now: now)
            declared[user.id] = row
        }
        return try write(stored, declared, owner, table: "members", column: "user_id")
    }

    /// Makes the groups that are invited to a group or project what a list says.
    ///
    /// - Returns: Whether anything changed.
    func applyInvitations(_ entries: [InvitedGroupEntry]?, of owner: Owner) throws(PostgresError) -> Bool {
        guard let entries else { return false }
        let stored = try grants(
            """
            SELECT i.invited_group_id, i.role, i.expires_at, i.declared_times->>'expires_at' FROM invited_groups i
            WHERE \(owner.matches("i"))
            """
        )
        var declared: [Int64: GrantRow] = [:]
        for entry in entries {
            guard let group = namespaces.groups[entry.group.key] else {
                problems.report(entry.path["group"], "no such group: \(entry.group.text)")
                continue
            }
            if group.id == owner.groupID { problems.report(entry.path["group"], "a group cannot be invited to itself") }
            var row = stored[group.id] ?? GrantRow(role: 0, expiresAt: StoredTime())
            row.role = Int64(entry.role.rawValue)
            row.expiresAt.take(entry.expiresAt, now: now)
            declared[group.id] = row
        }
        return try write(stored, declared, owner, table: "invited_groups", column: "invited_group_id")
    }

    private func grants(_ sql: SQL) throws(PostgresError) -> [Int64: GrantRow] {
        var grants: [Int64: GrantRow] = [:]
        for row in try connection.query(sql) {
            grants[try row.int64(0)] = GrantRow(role: try row.int64(1), expiresAt: try StoredTime(row, 2, 3))
        }
        return grants
    }

    private func write(
        _ stored: [Int64: GrantRow],
        _ declared: [Int64: GrantRow],
        _ owner: Owner,
        table: String,
        column: String
    ) throws(PostgresError) -> Bool {
        guard problems.problems.isEmpty else { return false }
        let removed = stored.keys.filter { declared[$0] == nil }.sorted()
        let changed = declared.filter { stored[$0.key] != $0.value }.sorted { $0.key < $1.key }
        // A changed row is made anew: these tables' ids mean nothing to anybody.
        let outdated = removed + changed.map(\.key).filter { stored[$0] != nil }
        if !outdated.isEmpty {
            try connection.query(
                """
                DELETE FROM \(unescaped: table) x
                WHERE \(owner.matches("x")) AND x.\(unescaped: column) = ANY (\(outdated))
                """
            )
        }
        for (id, row) in changed {
            try connection.query(
                """
                INSERT INTO \(unescaped: table) (\(unescaped: column), group_id, project_id, role, expires_at,
                                                 declared_times)
                VALUES (\(id), \(owner.groupID), \(owner.projectID), \(row.role)::bigint, \(row.expiresAt.timestamp),
                        jsonb_strip_nulls(jsonb_build_object('expires_at', \(row.expiresAt.expression))))
                """
            )
        }
        summary.removed += removed.count
        return !removed.isEmpty || !changed.isEmpty
    }
}
