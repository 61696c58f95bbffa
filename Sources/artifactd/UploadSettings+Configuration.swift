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
            zipLimits: Self.zipLimits(members: configuration.maxMembers),
            defaultExpiry: expiry,
            timeout: configuration.uploadTimeout,
            minimumRate: configuration.uploadMinimumRate,
            strangers: configuration.uploadWorkers / 4
        )
    }

    /// Names have a limit of their own, as a few members may have very long ones: 256 bytes for each member allowed.
    private static func zipLimits(members: Int) -> ZipLimits {
        let (bytes, isTooMany) = Int64(members).multipliedReportingOverflow(by: 256)
        return ZipLimits(members: members, directoryBytes: isTooMany ? .max : max(bytes, 16 << 20))
    }
}
