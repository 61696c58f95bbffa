internal import ArtifactsPostgres
internal import HTTPSemantics

/// The parameters of the read endpoints, checked before anything else (400 comes first, even for anonymous callers).
enum ReadParameters {
    /// Reads `:job_id`.
    ///
    /// - Parameter segment: The raw segment.
    /// - Returns: The job of that number; a number beyond 64 bits is that of no job.
    /// - Throws: `RequestFailure` where it is no number.
    static func job(_ segment: ArraySlice<UInt8>) throws(RequestFailure) -> ReadTarget {
        guard let text = PercentCoding.decodeToString(segment, plusIsSpace: false) else { throw .badRequest }
        switch ParameterValue.identifier(text) {
        case .value(let id): return .job(id)
        case .unknown: return .job(0)
        case .malformed: throw .parameters([.invalid("job_id")])
        }
    }

    /// Reads `:ref_name`, `job` and `search_recent_successful_pipelines`.
    ///
    /// - Parameters:
    ///   - ref: The raw part of the path, with raw or encoded slashes.
    ///   - query: The query.
    /// - Returns: The wanted job by ref and name.
    /// - Throws: `RequestFailure` that names every parameter at fault.
    static func latest(_ ref: ArraySlice<UInt8>, _ query: Query) throws(RequestFailure) -> ReadTarget {
        guard let refName = PercentCoding.decodeToString(ref, plusIsSpace: false) else { throw .badRequest }
        let jobName = query.last("job")
        let search = query.last("search_recent_successful_pipelines")
        let searchesRecent = search.map(ParameterValue.boolean) ?? .some(false)
        var problems: [RequestFailure.ParameterProblem] = []
        if jobName == nil { problems.append(.missing("job")) }
        if searchesRecent == nil { problems.append(.invalid("search_recent_successful_pipelines")) }
        guard let jobName, let searchesRecent else { throw .parameters(problems) }
        return .latest(ref: refName, jobName: jobName, searchesRecentPipelines: searchesRecent)
    }
}
