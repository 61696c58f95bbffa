internal import Artifacts
internal import ArtifactsPostgres
internal import HTTPSemantics

extension ProjectSelector {
    /// Reads `:id`: the number of a project, or its full path, URL-encoded as one segment.
    ///
    /// - Parameter segment: The raw segment.
    /// - Throws: `RequestFailure.badRequest` where the segment is not percent-encoded UTF-8.
    init(_ segment: ArraySlice<UInt8>) throws(RequestFailure) {
        guard let text = PercentCoding.decodeToString(segment, plusIsSpace: false) else { throw .badRequest }
        switch ParameterValue.identifier(text) {
        case .value(let id): self = .id(id)
        case .unknown: self = .id(0)
        case .malformed: self = .path(FullPath.key(of: text))
        }
    }
}
