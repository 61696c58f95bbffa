internal import Artifacts
internal import ArtifactsPostgres
internal import HTTPSemantics

/// A pipeline as JSON, in GitLab's shapes: few members in lists and jobs, all of them on its own.
struct PipelineDocument {
    /// The number of the project of all pipelines that are written.
    let projectID: Int64
    /// Its full path as written.
    let path: String
    let externalURL: String

    /// Writes what lists show of a pipeline.
    ///
    /// - Parameters:
    ///   - pipeline: The pipeline.
    ///   - writer: Where it goes.
    func append(_ pipeline: JobRecord.Pipeline, to writer: inout JSONWriter) {
        writer.object { writer in
            appendSummary(pipeline, &writer)
            writer.nullMember("name")
        }
    }

    /// Writes all that is shown of a pipeline.
    ///
    /// - Parameters:
    ///   - pipeline: The pipeline.
    ///   - writer: Where it goes.
    func append(_ pipeline: PipelineRecord, to writer: inout JSONWriter) {
        writer.object { writer in
            appendSummary(pipeline.summary, &writer)
            writer.nullMember("name")
            writer.nullMember("before_sha")
            writer.member("tag", pipeline.summary.isTag)
            writer.nullMember("yaml_errors")
            appendUser(pipeline.user, &writer)
            writer.member("started_at", time: pipeline.startedAt)
            writer.member("finished_at", time: pipeline.finishedAt)
            writer.nullMember("committed_at")
            writer.member("duration", pipeline.duration)
            writer.member("queued_duration", pipeline.queuedDuration)
            writer.member("coverage", pipeline.coverage)
            appendDetailedStatus(pipeline.summary, &writer)
        }
    }

    /// Writes the members that lists, jobs and the pipeline itself share.
    ///
    /// - Parameters:
    ///   - pipeline: The pipeline.
    ///   - writer: Where they go: an object that is open.
    func appendSummary(_ pipeline: JobRecord.Pipeline, _ writer: inout JSONWriter) {
        writer.member("id", pipeline.id)
        writer.member("iid", pipeline.iid)
        writer.member("project_id", projectID)
        writer.member("sha", pipeline.sha)
        writer.member("ref", pipeline.ref)
        writer.member("status", pipeline.status.rawValue)
        writer.member("source", pipeline.source)
        writer.member("created_at", time: pipeline.createdAt)
        writer.member("updated_at", time: pipeline.updatedAt)
        writer.member("web_url", externalURL + path(of: pipeline))
    }

    private func appendUser(_ user: JobRecord.User?, _ writer: inout JSONWriter) {
        guard let user else { return writer.nullMember("user") }
        writer.key("user")
        writer.object { UserDocument.appendSummary(user, &$0, externalURL) }
    }

    /// What an interface of GitLab would show; glab and others expect the object to be there.
    private func appendDetailedStatus(_ pipeline: JobRecord.Pipeline, _ writer: inout JSONWriter) {
        let status = pipeline.status
        writer.key("detailed_status")
        writer.object { writer in
            writer.member("icon", status == .canceling ? "status_canceled" : "status_\(status.rawValue)")
            writer.member("text", status.text)
            writer.member("label", status.label)
            writer.member("group", status.rawValue)
            writer.member("tooltip", status.label)
            writer.member("has_details", true)
            writer.member("details_path", path(of: pipeline))
            writer.nullMember("illustration")
            writer.nullMember("favicon")
        }
    }

    private func path(of pipeline: JobRecord.Pipeline) -> String { "/\(path)/-/pipelines/\(pipeline.id)" }
}

extension PipelineStatus {
    /// The word that GitLab shows for the status.
    fileprivate var text: String {
        switch self {
        case .created: "Created"
        case .pending: "Pending"
        case .running: "Running"
        case .success: "Passed"
        case .failed: "Failed"
        case .canceling: "Canceling"
        case .canceled: "Canceled"
        case .skipped: "Skipped"
        case .manual: "Blocked"
        }
    }

    /// What GitLab shows where there is more room.
    fileprivate var label: String {
        switch self {
        case .success: "passed"
        case .manual: "waiting for manual action"
        default: rawValue
        }
    }
}
