/// What started a pipeline, where that changes how it counts.
public enum PipelineSource {
    /// Sources whose pipelines are never the latest of their ref, as GitLab's "dangling" ones.
    ///
    /// The generated column `pipelines.dangling` repeats the list.
    public static let dangling: Set<String> = [
        "parent_pipeline", "webide", "ondemand_dast_scan", "ondemand_dast_validation", "security_orchestration_policy",
    ]

    /// All sources that GitLab knows, and so all that a pipeline made over the API may name.
    public static let all: Set<String> = dangling.union([
        "push", "web", "trigger", "schedule", "api", "external", "pipeline", "chat", "merge_request_event",
        "external_pull_request_event", "container_registry_push", "duo_workflow", "pipeline_execution_policy_schedule",
        "unknown",
    ])

    /// The source of a pipeline that does not name one.
    ///
    /// - Parameters:
    ///   - hasParent: Whether another pipeline started it.
    ///   - parentIsInSameProject: Whether that one belongs to the same project.
    /// - Returns: `push`, or what GitLab writes for child and downstream pipelines.
    public static func standard(hasParent: Bool, parentIsInSameProject: Bool) -> String {
        guard hasParent else { return "push" }
        return parentIsInSameProject ? "parent_pipeline" : "pipeline"
    }
}
