import Glibc

extension Configuration {
    /// The FastCGI listener when neither a setting nor systemd names one.
    public static let standardListen = "unix:/run/artifactd/fastcgi.sock"

    /// The FastCGI listener of uploads when neither a setting nor systemd names one.
    public static let standardUploadListen = "unix:/run/artifactd/upload.sock"

    /// min(16, 4 × cores): past that, PostgreSQL gains nothing from more connections for statements this short.
    static var standardDatabaseConnections: Int {
        min(16, 4 * max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }
}
