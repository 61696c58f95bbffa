/// What a request asks for, as its path says it; nothing is decoded yet.
///
/// Every slice is a part of the raw request target: an encoded slash in it is data of the part, never a border.
enum Route: Equatable {
    typealias RawBytes = ArraySlice<UInt8>

    /// The archive of a job: `projects/:id/jobs/:job_id/artifacts`.
    case jobArchive(project: RawBytes, job: RawBytes)
    /// One file of that archive: `projects/:id/jobs/:job_id/artifacts/*artifact_path`.
    case jobFile(project: RawBytes, job: RawBytes, path: RawBytes)
    /// The archive of the latest job of a ref: `projects/:id/jobs/artifacts/:ref_name/download`.
    case refArchive(project: RawBytes, ref: RawBytes)
    /// One file of that archive: `projects/:id/jobs/artifacts/:ref_name/raw/*artifact_path`.
    case refFile(project: RawBytes, ref: RawBytes, path: RawBytes)

    /// The route's name in metrics and logs.
    var name: RouteName {
        switch self {
        case .jobArchive: .jobArchive
        case .jobFile: .jobFile
        case .refArchive: .refArchive
        case .refFile: .refFile
        }
    }

    /// The methods that the route answers, as the `Allow` field lists them.
    var allowedMethods: StaticString {
        switch self {
        case .jobArchive, .jobFile, .refArchive, .refFile: "GET, HEAD"
        }
    }
}
