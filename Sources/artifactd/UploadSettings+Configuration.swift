import Artifacts
import ArtifactsAPI
import Configuration
import ZipArchive

extension UploadSettings {
    /// What the configuration says of uploads.
    init(_ configuration: Configuration) throws(CommandFailure) {
        let expiry: ExpireIn
        do { expiry = try ExpireIn(parsing: configuration.defaultExpireIn) } catch {
            throw CommandFailure(status: .configuration, message: "ARTIFACTD_DEFAULT_EXPIRE_IN: \(error)")
        }
        self.init(
            maxArtifactSize: configuration.maxArtifactSize,
            projectQuota: configuration.projectQuota,
            maxTraceSize: configuration.maxTraceSize,
            zipLimits: ZipLimits(members: configuration.maxMembers),
            defaultExpiry: expiry,
            timeout: configuration.uploadTimeout,
            minimumRate: configuration.uploadMinimumRate,
            strangers: configuration.uploadWorkers / 4
        )
    }
}
