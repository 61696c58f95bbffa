/// What a request asks for, as its method and path say it; nothing is decoded yet.
///
/// Every slice is a part of the raw request target: an encoded slash in it is data of the part, never a border.
enum Route: Equatable {
    typealias RawBytes = ArraySlice<UInt8>

    /// Archives, single files and their lists.
    case read(ReadRoute)
    /// What changes artifacts.
    case change(ChangeRoute)
    /// What clients ask around artifacts.
    case metadata(MetadataRoute)
    /// What runners upload by.
    case upload(UploadRoute)
    /// What else a job's runner asks.
    case runner(RunnerRoute)
    /// What makes and ends pipelines and jobs.
    case publishing(PublishingRoute)
    /// The description of this API: `GET openapi.yaml`.
    case openAPI

    /// The route's name in metrics and logs.
    var name: RouteName {
        switch self {
        case .read(let route): route.name
        case .change(let route): route.name
        case .metadata(let route): route.name
        case .upload(let route): route.name
        case .runner(let route): route.name
        case .publishing(let route): route.name
        case .openAPI: .openAPI
        }
    }
}
