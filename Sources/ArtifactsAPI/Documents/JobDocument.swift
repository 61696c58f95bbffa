internal import Artifacts
package import ArtifactsPostgres
package import HTTPSemantics

/// A job as JSON: GitLab's object, with the order of members of the contract's section 7.
package enum JobDocument {
    /// Writes a job as one value.
    ///
    /// - Parameters:
    ///   - job: The job.
    ///   - writer: Where it goes.
    ///   - externalURL: What every URL that is handed out starts with, without a slash at its end.
    ///   - token: The token of a job that has just been made, shown this once; `nil` for any other.
    package static func append(_ job: JobRecord, to writer: inout JSONWriter, externalURL: String, token: String? = nil)
    {
        let web = "\(externalURL)/\(job.project.path)/-"
        let pipelines = PipelineDocument(projectID: job.project.id, path: job.project.path, externalURL: externalURL)
        writer.object { writer in
            appendState(job, &writer)
            appendUser(job.user, &writer, externalURL)
            appendCommit(job.pipeline.sha, &writer)
            writer.key("pipeline")
            writer.object { pipelines.appendSummary(job.pipeline, &$0) }
            // GitLab has no failure without a reason: what is not known has this name.
            if job.status == .failed { writer.member("failure_reason", job.failureReason ?? "unknown_failure") }
            writer.member("web_url", "\(web)/jobs/\(job.id)")
            writer.key("project")
            writer.object { $0.member("ci_job_token_scope_enabled", job.project.limitsOutboundTokens) }
            appendArtifacts(job.artifacts, &writer)
            writer.nullMember("runner")
            writer.nullMember("runner_manager")
            writer.member("artifacts_expire_at", time: job.artifactsExpireAt)
            // Of jobs that are too old to be retried, by an instance setting that is not ours.
            writer.member("archived", false)
            writer.key("tag_list")
            writer.array { writer in for tag in job.tags { writer.string(tag) } }
            if let token { writer.member("token", token) }
        }
    }

    private static func appendState(_ job: JobRecord, _ writer: inout JSONWriter) {
        writer.member("id", job.id)
        writer.member("status", job.status.rawValue)
        writer.member("stage", job.stage)
        writer.member("name", job.name)
        writer.member("ref", job.pipeline.ref)
        writer.member("tag", job.pipeline.isTag)
        writer.member("coverage", job.coverage)
        writer.member("allow_failure", job.allowFailure)
        writer.member("created_at", time: job.createdAt)
        writer.member("started_at", time: job.startedAt)
        writer.member("finished_at", time: job.finishedAt)
        writer.member("erased_at", time: job.erasedAt)
        writer.member("duration", job.duration)
        writer.member("queued_duration", job.queuedDuration)
    }

    private static func appendUser(_ user: JobRecord.User?, _ writer: inout JSONWriter, _ externalURL: String) {
        guard let user else { return writer.nullMember("user") }
        writer.key("user")
        writer.object { UserDocument.appendSummary(user, &$0, externalURL) }
    }

    /// Of a commit this server knows nothing but its name.
    private static func appendCommit(_ sha: String, _ writer: inout JSONWriter) {
        writer.key("commit")
        writer.object { writer in
            writer.member("id", sha)
            writer.member("short_id", String(Substring(sha.utf8.prefix(8))))
            writer.member("title", "")
            writer.nullMember("message")
            writer.nullMember("author_name")
            writer.nullMember("author_email")
            writer.nullMember("created_at")
        }
    }

    private static func appendArtifacts(_ artifacts: [JobRecord.Artifact], _ writer: inout JSONWriter) {
        if let archive = artifacts.first(where: { $0.type == .archive }) {
            writer.key("artifacts_file")
            writer.object { writer in
                writer.member("filename", archive.filename)
                writer.member("size", archive.size)
            }
        }
        writer.key("artifacts")
        writer.array { writer in
            for artifact in artifacts {
                writer.object { writer in
                    writer.member("file_type", artifact.type.rawValue)
                    writer.member("size", artifact.size)
                    writer.member("filename", artifact.filename)
                    writer.member("file_format", artifact.type.format.rawValue)
                }
            }
        }
    }
}
