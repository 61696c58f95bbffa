/// The routes that read artifacts, all of them GET (and HEAD).
enum ReadRoute: Equatable {
    typealias RawBytes = Route.RawBytes

    /// The archive of a job: `projects/:id/jobs/:job_id/artifacts`.
    case jobArchive(project: RawBytes, job: RawBytes)
    /// One file of that archive: `projects/:id/jobs/:job_id/artifacts/*artifact_path`.
    case jobFile(project: RawBytes, job: RawBytes, path: RawBytes)
    /// The archive of the latest job of a ref: `projects/:id/jobs/artifacts/:ref_name/download`.
    case refArchive(project: RawBytes, ref: RawBytes)
    /// One file of that archive: `projects/:id/jobs/artifacts/:ref_name/raw/*artifact_path`.
    case refFile(project: RawBytes, ref: RawBytes, path: RawBytes)
    /// What the archive of a job holds: `projects/:id/jobs/:job_id/artifacts/tree`.
    case tree(project: RawBytes, job: RawBytes)

    /// The route's name in metrics and logs.
    var name: RouteName {
        switch self {
        case .jobArchive: .jobArchive
        case .jobFile: .jobFile
        case .refArchive: .refArchive
        case .refFile: .refFile
        case .tree: .tree
        }
    }
}
