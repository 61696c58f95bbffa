/// The names of the routes in metrics and logs: a closed list, never a part of a request target.
public enum RouteName: String, Sendable, CaseIterable {
    /// The archive of a job.
    case jobArchive = "job_archive"
    /// One file of a job's archive.
    case jobFile = "job_file"
    /// The archive of the latest job of a ref.
    case refArchive = "ref_archive"
    /// One file of that archive.
    case refFile = "ref_file"

    /// The route's place in the list, by which it is counted.
    var index: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }
}
