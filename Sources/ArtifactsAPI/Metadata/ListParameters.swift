internal import Artifacts
internal import ArtifactsPostgres
internal import HTTPSemantics

/// The parameters of the endpoints around artifacts, checked before anything else.
///
/// What an endpoint does not know is ignored: clients send parameters of their own, such as `all=False`.
enum ListParameters {
    typealias Problem = RequestFailure.ParameterProblem

    /// GitLab's statuses that no job or pipeline of this server ever has.
    private static let foreignStatuses = ["waiting_for_resource", "preparing", "waiting_for_callback", "scheduled"]

    /// Reads a number in a path.
    ///
    /// - Parameters:
    ///   - segment: The raw segment.
    ///   - name: The parameter's name.
    /// - Returns: The number; 0 stands for a number that nothing can have.
    /// - Throws: `RequestFailure` where it is no number.
    static func id(_ segment: ArraySlice<UInt8>, _ name: StaticString) throws(RequestFailure) -> Int64 {
        guard let text = PercentCoding.decodeToString(segment, plusIsSpace: false) else { throw .badRequest }
        switch ParameterValue.identifier(text) {
        case .value(let id): return id
        case .unknown: return 0
        case .malformed: throw .parameters([.invalid(name)])
        }
    }

    /// Reads `scope`, `scope[]`, `include_retried`, `page` and `per_page`.
    ///
    /// - Parameter query: The query.
    /// - Returns: Which jobs are wanted, and which page of them.
    /// - Throws: `RequestFailure` that names every parameter at fault.
    static func jobs(_ query: Query) throws(RequestFailure) -> (filter: JobFilter, page: Pagination) {
        var problems: [Problem] = []
        let scope = query.all("scope[]") + (query.last("scope").map { [$0] } ?? [])
        let statuses = scope.isEmpty ? nil : scope.compactMap { status($0, JobStatus.self) }
        if statuses?.count != scope.count, !scope.isEmpty { problems.append(.unknownValue("scope")) }
        let includesRetried = boolean(query, "include_retried", &problems)
        let page = try pagination(query, problems)
        let wanted = statuses?.compactMap { $0 }
        return (JobFilter(statuses: wanted.map(unique), includesRetried: includesRetried), page)
    }

    /// Reads `ref`, `sha`, `status`, `source`, `order_by`, `sort`, `page` and `per_page`.
    ///
    /// - Parameter query: The query.
    /// - Returns: Which pipelines are wanted in which order, and which page of them.
    /// - Throws: `RequestFailure` that names every parameter at fault.
    static func pipelines(_ query: Query) throws(RequestFailure) -> (filter: PipelineFilter, page: Pagination) {
        var problems: [Problem] = []
        var filter = PipelineFilter(
            ref: nonEmpty(query.last("ref")),
            sha: nonEmpty(query.last("sha")),
            source: nonEmpty(query.last("source"))
        )
        if let text = query.last("status") {
            let wanted = status(text, PipelineStatus.self)
            if wanted == nil { problems.append(.unknownValue("status")) }
            filter.statuses = wanted.map { $0.map { [$0] } ?? [] }
        }
        if let text = query.last("order_by") {
            let order = PipelineFilter.Order(rawValue: text)
            if order == nil { problems.append(.unknownValue("order_by")) }
            filter.order = order ?? .id
        }
        if let text = query.last("sort") {
            if text != "asc", text != "desc" { problems.append(.unknownValue("sort")) }
            filter.isAscending = text == "asc"
        }
        return (filter, try pagination(query, problems))
    }

    /// Reads `statistics`.
    ///
    /// - Parameter query: The query.
    /// - Returns: Whether usage is wanted.
    /// - Throws: `RequestFailure` where it is no boolean.
    static func statistics(_ query: Query) throws(RequestFailure) -> Bool {
        var problems: [Problem] = []
        let isWanted = boolean(query, "statistics", &problems)
        guard problems.isEmpty else { throw .parameters(problems) }
        return isWanted
    }

    /// `nil` for what is no status, and a status of this server or none of its own for what is one.
    private static func status<Status: RawRepresentable<String>>(_ text: String, _: Status.Type) -> Status?? {
        if let status = Status(rawValue: text) { return .some(status) }
        return foreignStatuses.contains(text) ? .some(nil) : nil
    }

    private static func boolean(_ query: Query, _ name: StaticString, _ problems: inout [Problem]) -> Bool {
        guard let text = query.last("\(name)") else { return false }
        let value = ParameterValue.boolean(text)
        if value == nil { problems.append(.invalid(name)) }
        return value ?? false
    }

    private static func pagination(_ query: Query, _ problems: [Problem]) throws(RequestFailure) -> Pagination {
        let faults =
            problems
            + Pagination.faults(in: query).map { fault in
                switch fault {
                case .page: Problem.invalid("page")
                case .perPage: Problem.invalid("per_page")
                }
            }
        guard faults.isEmpty else { throw .parameters(faults) }
        do { return try Pagination(query: query) } catch { throw .badRequest }
    }

    private static func nonEmpty(_ text: String?) -> String? {
        text.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A status that is named twice counts once.
    private static func unique(_ statuses: [JobStatus]) -> [JobStatus] {
        JobStatus.allCases.filter(statuses.contains)
    }
}
