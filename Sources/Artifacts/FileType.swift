/// How an artifact's bytes are packed.
public enum FileFormat: String, Sendable, CaseIterable {
    /// A zip archive, whose members can be read one by one.
    case zip
    /// One file, compressed by gzip.
    case gzip
    /// One file as it is.
    case raw
}

/// The type of an artifact row: a job has at most one of each.
///
/// The list and its properties are GitLab's; the table `artifact_types` of the database repeats them for its keys,
/// and a test keeps both equal.
public enum FileType: String, Sendable, CaseIterable {
    case archive
    case metadata
    case trace
    case junit
    case metrics
    case metricsReferee = "metrics_referee"
    case networkReferee = "network_referee"
    case dotenv
    case cobertura
    case jacoco
    case clusterApplications = "cluster_applications"
    case cyclonedx
    case annotations
    case repositoryXray = "repository_xray"
    case lsif
    case sast
    case secretDetection = "secret_detection"
    case dependencyScanning = "dependency_scanning"
    case containerScanning = "container_scanning"
    case clusterImageScanning = "cluster_image_scanning"
    case dast
    case licenseScanning = "license_scanning"
    case accessibility
    case codequality
    case performance
    case browserPerformance = "browser_performance"
    case loadPerformance = "load_performance"
    case terraform
    case requirements
    case requirementsV2 = "requirements_v2"
    case coverageFuzzing = "coverage_fuzzing"
    case apiFuzzing = "api_fuzzing"

    /// The one format that rows of this type have.
    public var format: FileFormat {
        switch self {
        case .archive, .lsif: .zip
        case .metadata, .junit, .metrics, .metricsReferee, .networkReferee, .dotenv, .cobertura, .jacoco,
            .clusterApplications, .cyclonedx, .annotations, .repositoryXray:
            .gzip
        default: .raw
        }
    }

    /// Whether the API hands rows of this type out.
    public var isDownloadable: Bool {
        switch self {
        case .metadata, .trace, .metricsReferee, .networkReferee, .terraform, .coverageFuzzing, .clusterApplications,
            .annotations, .repositoryXray:
            false
        default: true
        }
    }

    /// The name that a row gets whose own was not given.
    public var defaultFilename: String {
        guard self != .archive else { return "artifacts.zip" }
        switch format {
        case .zip: return "\(rawValue).zip"
        case .gzip: return "\(rawValue).gz"
        case .raw: return rawValue
        }
    }

    /// Whether deleting a job's artifacts removes rows of this type: all but the job's log.
    public var isErasable: Bool { self != .trace }
}
