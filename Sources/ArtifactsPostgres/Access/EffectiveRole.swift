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
            \(invited(user: user, project: project))
        ) AS roles
        """
    }

    /// Walks from the few invitations to the user's membership, each step by an index.
    ///
    /// `OFFSET 0` keeps the planner from turning the steps into joins over whole tables, which a generic plan does as
    /// soon as it takes the tables for small or the invitations for many.
    private static func invited(user: String, project: String) -> String {
        """
        SELECT LEAST(i.role, m.role) FROM (
                SELECT e.invited_group_id, e.role FROM invited_groups e
                WHERE e.project_id = \(project).id AND \(current("e"))
                UNION ALL
                SELECT e.invited_group_id, e.role FROM invited_groups e
                WHERE e.group_id = ANY (\(project).ancestor_ids) AND \(current("e"))
            ) i
            CROSS JOIN LATERAL (SELECT ancestor_ids FROM groups WHERE id = i.invited_group_id OFFSET 0) g
            CROSS JOIN LATERAL (
                SELECT k.role FROM members k
                WHERE k.user_id = \(user) AND k.group_id = ANY (g.ancestor_ids) AND \(current("k")) OFFSET 0
            ) m
        """
    }

    private static func current(_ alias: String) -> String {
        "(\(alias).expires_at IS NULL OR \(alias).expires_at > now())"
    }
}
