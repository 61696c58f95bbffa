internal import Artifacts
internal import Postgres

/// Composes the statement that finds one page of a project's pipelines, and how many there are.
///
/// Each combination of filters is a text of its own, so that each is planned for the index that serves it. Another order
/// than by number sorts what the filters leave.
enum PipelineListStatement {
    /// Makes the statement.
    static func make(project: Int64, _ filter: PipelineFilter, _ window: ListWindow) -> SQL {
        let matching = pipelines(project, filter)
        return """
            SELECT (SELECT count(*) FROM \(matching)),
                   ARRAY(SELECT id FROM \(matching)
                         ORDER BY \(order(filter)) LIMIT \(window.limit) OFFSET \(window.offset))
            """
    }

    /// Everything behind FROM.
    ///
    /// A ref or a commit comes first, fenced by `OFFSET 0`: it has an index of its own, while a generic plan may take all
    /// pipelines of a project for fewer.
    private static func pipelines(_ project: Int64, _ filter: PipelineFilter) -> SQL {
        let selective: [SQL] = [filter.ref.map { "ref = \($0)" }, filter.sha.map { "sha = \($0)" }].compactMap { $0 }
        let rest = conditions(filter).joined(separator: " AND ")
        guard !selective.isEmpty else { return "pipelines WHERE project_id = \(project) AND \(rest)" }
        let few = selective.joined(separator: " AND ")
        return "(SELECT * FROM pipelines WHERE project_id = \(project) AND \(few) OFFSET 0) AS few WHERE \(rest)"
    }

    private static func conditions(_ filter: PipelineFilter) -> [SQL] {
        // As in GitLab, children are listed only when they are asked for. The index pipelines_listing has the same words.
        var conditions: [SQL] = [
            filter.source.map { "source = \($0)" }
                ?? "source <> 'parent_pipeline' AND parent_project_id IS DISTINCT FROM project_id"
        ]
        if let statuses = filter.statuses { conditions.append(status(statuses.map(\.rawValue))) }
        return conditions
    }

    /// An equality leaves an index in the order of numbers; a list of values would not.
    private static func status(_ statuses: [String]) -> SQL {
        statuses.count == 1 ? "status = \(statuses[0])" : "status = ANY (\(statuses))"
    }

    private static func order(_ filter: PipelineFilter) -> SQL {
        let direction = filter.isAscending ? "ASC" : "DESC"
        switch filter.order {
        case .id: return SQL(unescaped: "id \(direction)")
        case .status, .ref, .updatedAt, .userID:
            return SQL(unescaped: "\(filter.order.rawValue) \(direction) NULLS LAST, id \(direction)")
        }
    }
}
