internal import Artifacts
internal import HTTPSemantics

/// What was published.
public struct PublishResult: Sendable {
    /// The artifact that a job got.
    struct Artifact: Sendable {
        var jobID: Int64
        var name: String
        var hasFailed: Bool
        var type: FileType
        var filename: String
        var size: Int64
        var sha256: String
    }

    var server: ServerAddress
    var project: String
    var projectID: Int64
    /// The pipeline that was made, or to which a job was added.
    public internal(set) var pipelineID: Int64
    /// The ref of a pipeline that was made.
    var ref: String?
    /// The pipeline's status, where it was finished.
    var pipelineStatus: String?
    var artifact: Artifact?

    /// Where the artifact can be downloaded: of the job, and of the ref if this is now the latest there.
    public var urls: [String] {
        guard let artifact, artifact.type.isDownloadable else { return [] }
        let query = artifact.type == .archive ? [] : [("file_type", artifact.type.rawValue)]
        var urls = [
            server.endpoint(["projects", project, "jobs", "\(artifact.jobID)", "artifacts"], query: query)
        ]
        if let ref, pipelineStatus == "success" {
            let path = ["projects", project, "jobs", "artifacts", ref, "download"]
            urls.append(server.endpoint(path, query: [("job", artifact.name)] + query))
        }
        return urls
    }

    /// All of it as one JSON object, without a line break.
    public var json: String {
        var json = JSONWriter()
        json.object { json in
            json.member("project", project)
            json.member("project_id", projectID)
            json.member("pipeline_id", pipelineID)
            json.member("pipeline_status", pipelineStatus)
            if let artifact { Self.write(artifact, to: &json) }
            json.key("urls")
            json.array { json in
                for url in urls { json.string(url) }
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private static func write(_ artifact: Artifact, to json: inout JSONWriter) {
        json.member("job_id", artifact.jobID)
        json.member("job_name", artifact.name)
        json.member("job_status", artifact.hasFailed ? "failed" : "success")
        json.key("artifact")
        json.object { json in
            json.member("file_type", artifact.type.rawValue)
            json.member("file_format", artifact.type.format.rawValue)
            json.member("filename", artifact.filename)
            json.member("size", artifact.size)
            json.member("sha256", artifact.sha256)
        }
    }
}
