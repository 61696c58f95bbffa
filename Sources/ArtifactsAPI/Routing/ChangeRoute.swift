/// The routes that change what artifacts there are.
enum ChangeRoute: Equatable {
    typealias RawBytes = Route.RawBytes

    /// Keeps a job's artifacts: `POST projects/:id/jobs/:job_id/artifacts/keep`.
    case keep(project: RawBytes, job: RawBytes)
    /// Deletes a job's artifacts: `DELETE projects/:id/jobs/:job_id/artifacts`.
    case deleteArtifacts(project: RawBytes, job: RawBytes)
    /// Erases a job, its log included: `POST projects/:id/jobs/:job_id/erase`.
    case erase(project: RawBytes, job: RawBytes)
    /// Deletes the artifacts of a project: `DELETE projects/:id/artifacts`.
    case deleteProjectArtifacts(project: RawBytes)

    /// The route's name in metrics and logs.
    var name: RouteName {
        switch self {
        case .keep: .keep
        case .deleteArtifacts: .deleteArtifacts
        case .erase: .erase
        case .deleteProjectArtifacts: .deleteProjectArtifacts
        }
    }
}
