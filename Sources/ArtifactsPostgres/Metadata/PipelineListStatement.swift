internal import Artifacts
internal import Postgres

/// Composes the statement that finds one page of a project's pipelines, and how many there are.
///
/// Each combination of filters is a text of its own, so that each is planned for the index that serves it. Another order
/// than by number sorts what the filters leave.
enum PipelineListStatement {
    /// Makes the statement.
    static func make(project: Int64, _ filter: PipelineFilter, _ window: ListWindow) -> SQL {
        let matching = conditions(project, filter)
        return """
            SELECT (SELECT count(*) FROM pipelines WHERE \(matching)),
                   ARRAY(SELECT id FROM pipelines WHERE \(matching)
                         ORDER BY \(order(filter)) LIMIT \(window.limit) OFFSET \(window.offset))
            """
    }

    private static func conditions(_ project: Int64, _ filter: PipelineFilter) -> SQL {
        var conditions: [SQL] = ["project_id = \(project)"]
        // As in GitLab, children are listed only when they are asked for. The index pipelines_listing has the same words.
        conditions.append(
            filter.source.map { "source = \($0)" }
                ?? "source <> 'parent_pipeline' AND parent_project_id IS DISTINCT FROM project_id"
        )
        if let ref = filter.ref { conditions.append("ref = \(ref)") }
        if let sha = filter.sha { conditions.append("sha = \(sha)") }
        if let statuses = filter.statuses {
            conditions.append(status(statuses.map(\.rawValue)))
        }
        return conditions.joined(separator: " AND ")
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
