/// Steps from one pipeline to its relatives in the same project, for recursive queries.
///
/// Each is a lateral subquery of one index scan. `OFFSET 0` keeps the planner from merging it into the recursion, where
/// it would read all pipelines of the project, or of all projects, to join them with a handful.
enum PipelineFamily {
    /// The pipelines that a pipeline started.
    ///
    /// - Parameter pipeline: The alias of the relation whose `id` is the parent's.
    /// - Returns: A subquery of one column, `id`.
    static func children(of pipeline: String) -> String {
        """
        (SELECT c.id FROM pipelines c
         WHERE c.parent_id = \(pipeline).id AND c.parent_project_id = c.project_id OFFSET 0)
        """
    }

    /// The pipeline that started a pipeline.
    ///
    /// - Parameter pipeline: The alias of the relation whose `id` is the child's.
    /// - Returns: A subquery of one column, `id`.
    static func parent(of pipeline: String) -> String {
        """
        (SELECT c.parent_id AS id FROM pipelines c
         WHERE c.id = \(pipeline).id AND c.parent_project_id = c.project_id OFFSET 0)
        """
    }
}
