/// The routes by which any CI system makes and ends pipelines and jobs.
enum PublishingRoute: Equatable {
    typealias RawBytes = Route.RawBytes

    /// Makes a pipeline: `POST projects/:id/pipelines`.
    case createPipeline(project: RawBytes)
    /// Ends a pipeline: `PUT projects/:id/pipelines/:pipeline_id`.
    case updatePipeline(project: RawBytes, pipeline: RawBytes)
    /// Makes a job: `POST projects/:id/pipelines/:pipeline_id/jobs`.
    case createJob(project: RawBytes, pipeline: RawBytes)

    /// The route's name in metrics and logs.
    var name: RouteName {
        switch self {
        case .createPipeline: .createPipeline
        case .updatePipeline: .updatePipeline
        case .createJob: .createJob
        }
    }
}
