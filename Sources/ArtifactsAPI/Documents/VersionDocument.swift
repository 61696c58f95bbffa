internal import HTTPSemantics

/// What this server is, as JSON in GitLab's shape.
enum VersionDocument {
    /// The version of GitLab whose API this is: clients compare it to learn what they can ask for.
    static let apiVersion = "19.0.0"

    /// Writes the answer.
    ///
    /// - Parameters:
    ///   - release: The release of this program.
    ///   - writer: Where it goes.
    static func append(release: String, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("version", apiVersion)
            writer.member("revision", "artifactd-\(release)")
            writer.member("enterprise", false)
            writer.member("artifactd", release)
        }
    }
}
