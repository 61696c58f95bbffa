/// The expression for a user's effective role in a project: the highest that any membership gives.
enum EffectiveRole {
    /// The query for a user's effective role.
    ///
    /// It takes direct membership, membership of an ancestor group, and membership of a group that was invited to the
    /// project or to an ancestor group, capped at the invitation's role. The invited group's own do not carry over.
    ///
    /// - Parameters:
    ///   - user: An expression for the user's number.
    ///   - project: The alias of `projects`.
    /// - Returns: A query of one row and one column, null where no membership counts.
    static func sql(user: String, project: String) -> String {
        """
        SELECT max(role) FROM (
            SELECT m.role FROM members m
            WHERE m.user_id = \(user) AND m.project_id = \(project).id AND \(current("m"))
            UNION ALL
            SELECT m.role FROM members m
            WHERE m.user_id = \(user) AND m.group_id = ANY (\(project).ancestor_ids) AND \(current("m"))
            UNION ALL
            \(invited(user: user, where: "i.project_id = \(project).id"))
            UNION ALL
            \(invited(user: user, where: "i.group_id = ANY (\(project).ancestor_ids)"))
        ) AS roles
        """
    }

    private static func invited(user: String, where inviter: String) -> String {
        """
        SELECT LEAST(i.role, m.role) FROM invited_groups i
            JOIN groups g ON g.id = i.invited_group_id
            JOIN members m ON m.user_id = \(user) AND m.group_id = ANY (g.ancestor_ids) AND \(current("m"))
            WHERE \(inviter) AND \(current("i"))
        """
    }

    private static func current(_ alias: String) -> String {
        "(\(alias).expires_at IS NULL OR \(alias).expires_at > now())"
    }
}
