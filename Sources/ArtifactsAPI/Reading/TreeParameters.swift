internal import ArtifactsPostgres
internal import HTTPSemantics

/// What a request for the list of an archive's members (5.5) asks for.
struct TreeParameters {
    let target: ReadTarget
    /// The directory, not checked yet; empty for the root.
    let path: String
    /// Whether everything below is wanted, or only what is directly in it.
    let isRecursive: Bool
    let page: Pagination

    /// Reads the parameters.
    ///
    /// - Parameters:
    ///   - segment: The raw segment of `:job_id`.
    ///   - query: The query.
    /// - Throws: `RequestFailure` that names every parameter at fault.
    init(job segment: ArraySlice<UInt8>, _ query: Query) throws(RequestFailure) {
        var problems: [RequestFailure.ParameterProblem] = []
        let target = try problems.collect { () throws(RequestFailure) in try ReadParameters.job(segment) }
        let recursive = query.last("recursive").map(ParameterValue.boolean) ?? .some(false)
        if recursive == nil { problems.append(.invalid("recursive")) }
        let page = try problems.collect { () throws(RequestFailure) in try Self.page(query) }
        guard let target, let recursive, let page else { throw .parameters(problems) }
        self.target = target
        self.page = page
        isRecursive = recursive
        path = query.last("path") ?? ""
    }

    private static func page(_ query: Query) throws(RequestFailure) -> Pagination {
        do {
            return try Pagination(query: query)
        } catch {
            switch error {
            case .invalidParameter(.page): throw .parameters([.invalid("page")])
            case .invalidParameter(.perPage): throw .parameters([.invalid("per_page")])
            default: throw .badRequest
            }
        }
    }
}
