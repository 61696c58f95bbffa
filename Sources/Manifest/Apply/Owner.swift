import Postgres

/// What a list belongs to.
enum Owner: Hashable {
    case user(Int64)
    case group(Int64)
    case project(Int64)

    var id: Int64 {
        switch self {
        case .user(let id), .group(let id), .project(let id): id
        }
    }

    var groupID: Int64? { if case .group(let id) = self { id } else { nil } }

    var projectID: Int64? { if case .project(let id) = self { id } else { nil } }

    /// The condition on a row of `members` or `invited_groups` with the given alias; of no use for a user.
    func matches(_ alias: String) -> SQL {
        switch self {
        case .user(let id): "\(unescaped: alias).user_id = \(id)"
        case .group(let id): "\(unescaped: alias).group_id = \(id)"
        case .project(let id): "\(unescaped: alias).project_id = \(id)"
        }
    }
}
