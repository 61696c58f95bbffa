/// A member's role in a group or project, with GitLab's numbers.
///
/// A caller's effective role in a project is the highest that any membership gives.
public enum Role: Int16, Sendable, CaseIterable, Comparable {
    /// May be counted as a member, and nothing else.
    case minimalAccess = 5
    /// Sees the project.
    case guest = 10
    /// As guest, for everything that this server knows.
    case planner = 15
    /// Reads builds, also where they are not public.
    case reporter = 20
    /// Keeps artifacts and publishes.
    case developer = 30
    /// Deletes artifacts.
    case maintainer = 40
    /// Everything.
    case owner = 50

    /// Parses the name that the manifest uses.
    ///
    /// - Parameter name: For example `minimal_access` or `developer`.
    public init?(name: String) {
        guard let role = Role.allCases.first(where: { $0.name == name }) else { return nil }
        self = role
    }

    /// The name that the manifest uses.
    public var name: String {
        switch self {
        case .minimalAccess: "minimal_access"
        case .guest: "guest"
        case .planner: "planner"
        case .reporter: "reporter"
        case .developer: "developer"
        case .maintainer: "maintainer"
        case .owner: "owner"
        }
    }

    /// Orders roles by what they may.
    ///
    /// - Parameters:
    ///   - lhs: A role.
    ///   - rhs: Another role.
    /// - Returns: `true` where the first may less.
    public static func < (lhs: Role, rhs: Role) -> Bool {
        lhs.rawValue < rhs.rawValue
    }
}
