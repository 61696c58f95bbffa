internal import Artifacts
internal import HTTPSemantics

/// What a client says of a pipeline that it wants made.
struct PipelineParameters: Equatable {
    var ref: String
    var isTag: Bool
    var sha: String
    /// `nil` where none was given: it follows from the parent.
    var source: String?
    var parentID: Int64?

    /// What a commit that is not known looks like, as in git.
    private static let noCommit = String(repeating: "0", count: 40)

    /// Reads `ref`, `tag`, `sha`, `source` and `parent_pipeline_id`; what else is sent is ignored.
    ///
    /// - Parameter parameters: The request's parameters.
    /// - Throws: `RequestFailure` that names every parameter at fault.
    init(_ parameters: BodyParameters) throws(RequestFailure) {
        var problems: [RequestFailure.ParameterProblem] = []
        let ref = parameters.text("ref", &problems)
        if ref == nil, problems.isEmpty { problems.append(.missing("ref")) }
        isTag = parameters.boolean("tag", &problems) ?? false
        let sha = parameters.text("sha", &problems)
        if let sha, !Self.isCommit(sha) { problems.append(.invalid("sha")) }
        source = parameters.text("source", &problems)
        if let source, !PipelineSource.all.contains(source) { problems.append(.unknownValue("source")) }
        parentID = parameters.identifier("parent_pipeline_id", &problems)
        guard problems.isEmpty, let ref else { throw .parameters(problems) }
        self.ref = ref
        self.sha = sha?.lowercased() ?? Self.noCommit
    }

    /// The whole name of a commit: SHA-1 or SHA-256.
    private static func isCommit(_ text: String) -> Bool {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        let letters = UInt8(ascii: "a")...UInt8(ascii: "f")
        return [40, 64].contains(text.utf8.count)
            && text.utf8.allSatisfy { digits.contains($0) || letters.contains($0 | 0x20) }
    }
}

/// What a client says of a job that it wants made.
struct JobParameters: Equatable {
    private enum Status: String {
        case running
        case pending
    }

    var pipelineID: Int64
    var name: String
    var stage: String
    var allowsFailure: Bool
    var when: JobWhen
    var tags: [String]
    var isPending: Bool
    var retryOf: Int64?

    /// Reads `name`, `stage`, `allow_failure`, `when`, `retry_of`, `status` and `tags` or `tag_list`; what else is sent is
    /// ignored.
    ///
    /// - Parameters:
    ///   - parameters: The request's parameters.
    ///   - pipeline: The raw segment that names the pipeline.
    /// - Throws: `RequestFailure` that names every parameter at fault.
    init(_ parameters: BodyParameters, in pipeline: ArraySlice<UInt8>) throws(RequestFailure) {
        pipelineID = try ListParameters.id(pipeline, "pipeline_id")
        var problems: [RequestFailure.ParameterProblem] = []
        let name = parameters.text("name", &problems)
        if name == nil, problems.isEmpty { problems.append(.missing("name")) }
        stage = parameters.text("stage", &problems) ?? "test"
        allowsFailure = parameters.boolean("allow_failure", &problems) ?? false
        when = parameters.choice("when", JobWhen.self, &problems) ?? .onSuccess
        retryOf = parameters.identifier("retry_of", &problems)
        isPending = parameters.choice("status", Status.self, &problems) == .pending
        tags = parameters.list("tag_list", &problems) ?? parameters.list("tags", &problems) ?? []
        guard problems.isEmpty, let name else { throw .parameters(problems) }
        self.name = name
    }
}

/// A closed list of one: all that becomes of a pipeline over the API.
enum PipelineState: String {
    case finished

    /// Reads `state`.
    ///
    /// - Parameter parameters: The request's parameters.
    /// - Throws: `RequestFailure` where it is missing or another one.
    static func check(_ parameters: BodyParameters) throws(RequestFailure) {
        var problems: [RequestFailure.ParameterProblem] = []
        let state = parameters.choice("state", PipelineState.self, &problems)
        if state == nil, problems.isEmpty { problems.append(.missing("state")) }
        guard problems.isEmpty else { throw .parameters(problems) }
    }
}
