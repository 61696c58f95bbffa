/// An option of the command line: how it is written, and what its help says.
struct Option {
    let name: String
    /// What stands for its value in the help; `nil` for a switch.
    let value: String?
    let help: String
    var isRepeatable = false

    init(_ name: String, _ value: String? = nil, _ help: String, isRepeatable: Bool = false) {
        self.name = name
        self.value = value
        self.help = help
        self.isRepeatable = isRepeatable
    }
}

extension Option {
    /// All options, in the order of the help.
    static let all = [
        Option("url", "URL", "the server, as https://artifacts.example (required)"),
        Option("project", "PROJECT", "the project's path or number (required)"),
        Option("ref", "REF", "the branch or tag of a new pipeline"),
        Option("tag", nil, "the ref is a tag"),
        Option("sha", "SHA", "the commit of a new pipeline, 40 or 64 hexadecimal digits"),
        Option("source", "SOURCE", "what started a new pipeline: push, web, schedule, merge_request_event, …"),
        Option("pipeline", "ID", "add a job to this open pipeline, and do not finish it"),
        Option("keep-open", nil, "do not finish the new pipeline; its id is the first line of the output"),
        Option("finish", nil, "with --pipeline: finish it"),
        Option("job", "NAME", "the job's name"),
        Option("stage", "STAGE", "the job's stage"),
        Option("allow-failure", nil, "the job's failure does not fail the pipeline"),
        Option("failed", nil, "the job ends as failed"),
        Option("exclude", "GLOB", "leave out what fits (*, ?, [a-z], **); may be repeated", isRepeatable: true),
        Option("expire-in", "TIME", "when the artifact expires: '30 days', '2h20min', never"),
        Option("access", "LEVEL", "who may read it: public, private (developers), maintainer, none"),
        Option("artifact-type", "TYPE", "archive (the default), or a report of one file: junit, sast, …"),
        Option("artifact-format", "FORMAT", "zip, gzip or raw; follows from the type"),
        Option("name", "FILE", "the artifact's file name"),
        Option("token-file", "FILE", "the access token's file, instead of ARTIFACTD_TOKEN"),
        Option("ca-file", "FILE", "trust these certificates (PEM) instead of the system's"),
        Option("timeout", "TIME", "how long all of it may take: seconds, or 30s, 5m, 2h (1h)"),
        Option("connect-timeout", "TIME", "how long a connection may take (10s)"),
        Option("json", nil, "print one JSON object instead of lines"),
        Option("quiet", nil, "say nothing on standard error but what goes wrong"),
        Option("help", nil, "show this"),
        Option("version", nil, "show the version"),
    ]
}
