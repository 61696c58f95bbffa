/// Whether a project's builds can be read at all.
public enum BuildsAccessLevel: String, Sendable, CaseIterable {
    /// By everyone whom the other rules let in.
    case enabled
    /// By members (guest and up), auditors and admins only.
    case `private`
    /// By nobody.
    case disabled
}

/// Who may read one artifact row, beyond the right to read builds.
public enum ArtifactAccess: String, Sendable, CaseIterable {
    /// Everyone who reads the project's builds.
    case all
    /// Developers and up.
    case developer
    /// Maintainers and up.
    case maintainer
    /// Nobody, owner and admin included.
    case none
}

/// Who may push to a protected ref, and so keep its artifacts.
public enum PushAccessLevel: String, Sendable, CaseIterable {
    /// Nobody, admins included.
    case noOne = "no_one"
    /// Developers and up.
    case developer
    /// Maintainers and up.
    case maintainer
    /// Admins only.
    case admin
}

/// Whether a user's account lets them in.
public enum UserState: String, Sendable, CaseIterable {
    /// Let in.
    case active
    /// Blocked by an administrator.
    case blocked
    /// Deactivated for not having been used.
    case deactivated
    /// Signed up and not approved yet.
    case pendingApproval = "blocked_pending_approval"
}
