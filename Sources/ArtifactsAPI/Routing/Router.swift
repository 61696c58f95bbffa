internal import HTTPSemantics

/// Finds the route of a request.
///
/// Literal parts are compared as they stand in the target; a ref may hold raw slashes, because real clients send them.
enum Router {
    /// What a method and a path lead to.
    enum Outcome: Equatable {
        /// A route.
        case found(Route)
        /// A path that other methods have; their names as the `Allow` field lists them.
        case methodNotAllowed(allowed: String)
        /// A path of the third version of the API, which is gone.
        case versionGone
        /// Nothing that this server knows.
        case unknown
    }

    private typealias RawBytes = ArraySlice<UInt8>

    /// Finds the route of a request.
    ///
    /// - Parameters:
    ///   - method: The method; HEAD is wherever GET is.
    ///   - path: The raw path of the request target.
    /// - Returns: The route, or why there is none.
    static func route(_ method: Method, _ path: ArraySlice<UInt8>) -> Outcome {
        if strip("/api/v3/", from: path) != nil { return .versionGone }
        guard let rest = strip("/api/v4/", from: path) else { return .unknown }
        if let route = match(method == .head ? .get : method, rest) { return .found(route) }
        let allowed = Method.allCases.filter { match($0 == .head ? .get : $0, rest) != nil }
        return allowed.isEmpty
            ? .unknown : .methodNotAllowed(allowed: allowed.map(\.name).joined(separator: ", "))
    }

    private static func match(_ method: Method, _ rest: RawBytes) -> Route? {
        if let below = strip("projects/", from: rest) { return inProject(method, below) }
        if let below = strip("jobs/", from: rest) { return withJobToken(method, below) }
        guard method == .get else { return nil }
        if equals(rest, "version") { return .metadata(.version) }
        if equals(rest, "user") { return .metadata(.user) }
        if equals(rest, "job") { return .metadata(.currentJob) }
        return equals(rest, "openapi.yaml") ? .openAPI : nil
    }

    /// What a runner asks with the token of its job: `jobs/:id/…`.
    private static func withJobToken(_ method: Method, _ rest: RawBytes) -> Route? {
        guard let (job, below) = splitFirst(rest) else {
            return method == .put && !rest.isEmpty ? .runner(.update(job: rest)) : nil
        }
        guard !job.isEmpty else { return nil }
        switch method {
        case .get where equals(below, "artifacts"): return .runner(.archive(job: job))
        case .patch where equals(below, "trace"): return .runner(.appendTrace(job: job))
        case .post where equals(below, "artifacts"): return .upload(.artifacts(job: job))
        case .post where equals(below, "artifacts/authorize"): return .upload(.authorize(job: job))
        default: return nil
        }
    }

    private static func inProject(_ method: Method, _ rest: RawBytes) -> Route? {
        guard let (project, below) = splitFirst(rest) else {
            return method == .get && !rest.isEmpty ? .metadata(.project(rest)) : nil
        }
        guard !project.isEmpty else { return nil }
        if let jobs = strip("jobs/", from: below) { return inJobs(method, project, jobs) }
        if let pipelines = strip("pipelines/", from: below) { return inPipelines(method, project, pipelines) }
        switch method {
        case .get where equals(below, "jobs"): return .metadata(.jobs(project: project))
        case .get where equals(below, "pipelines"): return .metadata(.pipelines(project: project))
        case .post where equals(below, "pipelines"): return .publishing(.createPipeline(project: project))
        case .delete where equals(below, "artifacts"): return .change(.deleteProjectArtifacts(project: project))
        default: return nil
        }
    }

    private static func inPipelines(_ method: Method, _ project: RawBytes, _ rest: RawBytes) -> Route? {
        guard let (pipeline, below) = splitFirst(rest) else {
            guard !rest.isEmpty else { return nil }
            switch method {
            case .get: return .metadata(.pipeline(project: project, pipeline: rest))
            case .put: return .publishing(.updatePipeline(project: project, pipeline: rest))
            default: return nil
            }
        }
        guard !pipeline.isEmpty, equals(below, "jobs") else { return nil }
        switch method {
        case .get: return .metadata(.pipelineJobs(project: project, pipeline: pipeline))
        case .post: return .publishing(.createJob(project: project, pipeline: pipeline))
        default: return nil
        }
    }

    /// Splits what follows `jobs/`.
    private static func inJobs(_ method: Method, _ project: RawBytes, _ rest: RawBytes) -> Route? {
        if let latest = strip("artifacts/", from: rest), let route = byRef(project, latest) {
            return method == .get ? .read(route) : nil
        }
        guard let (job, below) = splitFirst(rest) else {
            return method == .get && !rest.isEmpty && !equals(rest, "artifacts")
                ? .metadata(.job(project: project, job: rest)) : nil
        }
        guard !job.isEmpty else { return nil }
        switch method {
        case .get: return get(project, job, below)
        case .post where equals(below, "artifacts/keep"): return .change(.keep(project: project, job: job))
        case .post where equals(below, "erase"): return .change(.erase(project: project, job: job))
        case .delete where equals(below, "artifacts"): return .change(.deleteArtifacts(project: project, job: job))
        default: return nil
        }
    }

    private static func get(_ project: RawBytes, _ job: RawBytes, _ below: RawBytes) -> Route? {
        if equals(below, "artifacts") { return .read(.jobArchive(project: project, job: job)) }
        if equals(below, "artifacts/tree") { return .read(.tree(project: project, job: job)) }
        if equals(below, "trace") { return .metadata(.trace(project: project, job: job)) }
        return strip("artifacts/", from: below).map { .read(.jobFile(project: project, job: job, path: $0)) }
    }

    /// Splits what follows `jobs/artifacts/`.
    ///
    /// A trailing `/download` comes first, because a ref may itself hold `/raw/`. The last literal `/raw/` splits, so
    /// that a ref may hold one, and a path that holds one must encode it.
    private static func byRef(_ project: RawBytes, _ rest: RawBytes) -> ReadRoute? {
        let download = Array("/download".utf8)
        if rest.count > download.count, rest.suffix(download.count).elementsEqual(download) {
            return .refArchive(project: project, ref: rest.dropLast(download.count))
        }
        let raw = Array("/raw/".utf8)
        guard rest.count > raw.count else { return nil }
        let starts = (rest.startIndex + 1)...(rest.endIndex - raw.count)
        guard let split = starts.last(where: { rest[$0...].starts(with: raw) }) else { return nil }
        return .refFile(project: project, ref: rest[..<split], path: rest[(split + raw.count)...])
    }

    private static func equals(_ bytes: RawBytes, _ literal: StaticString) -> Bool {
        bytes.elementsEqual(UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    private static func strip(_ prefix: StaticString, from bytes: RawBytes) -> RawBytes? {
        let literal = UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount)
        return bytes.starts(with: literal) ? bytes.dropFirst(literal.count) : nil
    }

    /// The bytes before the first slash and those behind it.
    private static func splitFirst(_ bytes: RawBytes) -> (RawBytes, RawBytes)? {
        guard let slash = bytes.firstIndex(of: UInt8(ascii: "/")) else { return nil }
        return (bytes[..<slash], bytes[(slash + 1)...])
    }
}
