/// What a runner asks with the token of its job, but for uploads.
enum RunnerRoute: Equatable {
    typealias RawBytes = Route.RawBytes

    /// Fetches the archive of a job: `GET jobs/:id/artifacts`.
    case archive(job: RawBytes)
    /// Tells how the job fares: `PUT jobs/:id`.
    case update(job: RawBytes)
    /// Appends to the job's log: `PATCH jobs/:id/trace`.
    case appendTrace(job: RawBytes)

    /// The route's name in metrics and logs.
    var name: RouteName {
        switch self {
        case .archive: .runnerArchive
        case .update: .updateJob
        case .appendTrace: .appendTrace
        }
    }
}
