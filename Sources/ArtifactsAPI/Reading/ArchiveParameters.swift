internal import Artifacts
internal import ArtifactsPostgres
internal import HTTPSemantics

/// What a request to the archive endpoints (5.1 and 5.2) asks for.
struct ArchiveParameters: Equatable {
    let target: ReadTarget
    /// The archive, or the report that is wanted instead.
    let fileType: FileType
    /// What a partial archive is wanted of, not checked yet; empty: the whole.
    let paths: [String]

    /// Reads the parameters of 5.1.
    ///
    /// - Parameters:
    ///   - segment: The raw segment of `:job_id`.
    ///   - query: The query.
    /// - Throws: `RequestFailure` that names every parameter at fault.
    init(job segment: ArraySlice<UInt8>, _ query: Query) throws(RequestFailure) {
        try self.init(query) { () throws(RequestFailure) in try ReadParameters.job(segment) }
    }

    /// Reads the parameters of 5.2.
    ///
    /// - Parameters:
    ///   - ref: The raw part of the path that names the ref.
    ///   - query: The query.
    /// - Throws: `RequestFailure` that names every parameter at fault.
    init(ref: ArraySlice<UInt8>, _ query: Query) throws(RequestFailure) {
        try self.init(query) { () throws(RequestFailure) in try ReadParameters.latest(ref, query) }
    }

    private init(_ query: Query, _ readTarget: () throws(RequestFailure) -> ReadTarget) throws(RequestFailure) {
        var problems: [RequestFailure.ParameterProblem] = []
        let target = try problems.collect(readTarget)
        let fileType = Self.fileType(query)
        if fileType == nil { problems.append(.unknownValue("file_type")) }
        // A partial archive is one of the archive: no report has members that a client knows the names of.
        let paths = Self.paths(query)
        if let fileType, fileType != .archive, !paths.isEmpty { problems.append(.exclusive("path", "file_type")) }
        guard let target, let fileType, problems.isEmpty else { throw .parameters(problems) }
        self.target = target
        self.fileType = fileType
        self.paths = paths
    }

    /// An empty value is none of the list: who sends it gets no archive for the report that a script left out.
    private static func fileType(_ query: Query) -> FileType? {
        guard let name = query.last("file_type") else { return .archive }
        return FileType(rawValue: name).flatMap { $0.isDownloadable ? $0 : nil }
    }

    /// All of `path[]`, and of `path` the last, as of every other repeated parameter.
    private static func paths(_ query: Query) -> [String] {
        query.all("path[]") + (query.last("path").map { [$0] } ?? [])
    }
}

extension [RequestFailure.ParameterProblem] {
    /// Runs a check of parameters and keeps what it finds fault with, so that all faults are told at once.
    ///
    /// - Parameter check: The check.
    /// - Returns: What it returns, or `nil` where there are faults.
    /// - Throws: What it throws for another reason.
    mutating func collect<Value>(
        _ check: () throws(RequestFailure) -> Value
    ) throws(RequestFailure) -> Value? {
        do {
            return try check()
        } catch {
            guard case .parameters(let problems) = error else { throw error }
            append(contentsOf: problems)
            return nil
        }
    }
}
