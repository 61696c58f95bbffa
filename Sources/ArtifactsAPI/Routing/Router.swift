internal import HTTPSemantics

/// Finds the route of a raw path.
///
/// Literal parts are compared as they stand in the target; a ref may hold raw slashes, because real clients send them.
enum Router {
    /// What a path leads to.
    enum Outcome: Equatable {
        /// A route, whatever the method.
        case found(Route)
        /// A path of the third version of the API, which is gone.
        case versionGone
        /// Nothing that this server knows.
        case unknown
    }

    private typealias RawBytes = ArraySlice<UInt8>

    /// Finds the route of a path.
    ///
    /// - Parameter path: The raw path of the request target.
    /// - Returns: The route, or why there is none.
    static func route(_ path: ArraySlice<UInt8>) -> Outcome {
        if strip("/api/v3/", from: path) != nil { return .versionGone }
        guard let rest = strip("/api/v4/projects/", from: path),
            let (project, below) = splitFirst(rest), !project.isEmpty,
            let jobs = strip("jobs/", from: below)
        else { return .unknown }
        if let latest = strip("artifacts/", from: jobs), let route = byRef(project, latest) {
            return .found(route)
        }
        return byJob(project, jobs).map(Outcome.found) ?? .unknown
    }

    /// Splits what follows `jobs/artifacts/`.
    ///
    /// A trailing `/download` comes first, because a ref may itself hold `/raw/`. The last literal `/raw/` splits, so
    /// that a ref may hold one, and a path that holds one must encode it.
    private static func byRef(_ project: RawBytes, _ rest: RawBytes) -> Route? {
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

    private static func byJob(_ project: RawBytes, _ rest: RawBytes) -> Route? {
        guard let (job, below) = splitFirst(rest), !job.isEmpty else { return nil }
        if below.elementsEqual("artifacts".utf8) { return .jobArchive(project: project, job: job) }
        return strip("artifacts/", from: below).map { .jobFile(project: project, job: job, path: $0) }
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
