/// The routes that a job's runner uploads by, with the job's token.
enum UploadRoute: Equatable {
    typealias RawBytes = Route.RawBytes

    /// Asks whether an upload would be accepted: `POST jobs/:id/artifacts/authorize`.
    case authorize(job: RawBytes)
    /// Uploads an artifact: `POST jobs/:id/artifacts`.
    case artifacts(job: RawBytes)

    /// The route's name in metrics and logs.
    var name: RouteName {
        switch self {
        case .authorize: .authorizeUpload
        case .artifacts: .upload
        }
    }
}
