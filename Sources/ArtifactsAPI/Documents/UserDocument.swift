internal import Artifacts
internal import ArtifactsPostgres
internal import HTTPSemantics

/// A user as JSON, in GitLab's shapes.
enum UserDocument {
    /// Writes the caller, as only they themselves may see it.
    ///
    /// - Parameters:
    ///   - user: The user.
    ///   - writer: Where it goes.
    ///   - externalURL: What every URL that is handed out starts with, without a slash at its end.
    static func append(_ user: UserRecord, to writer: inout JSONWriter, externalURL: String) {
        writer.object { writer in
            appendSummary(user.summary, &writer, externalURL)
            writer.member("email", user.email)
            writer.member("commit_email", user.email)
            writer.member("external", user.isExternal)
            writer.member("is_admin", user.isAdmin)
            writer.member("is_auditor", user.isAuditor)
        }
    }

    /// Writes the members that anyone may know of a user, with nothing that is not theirs to publish, such as the address.
    ///
    /// - Parameters:
    ///   - user: The user.
    ///   - writer: Where they go: an object that is open.
    ///   - externalURL: What every URL that is handed out starts with, without a slash at its end.
    static func appendSummary(_ user: JobRecord.User, _ writer: inout JSONWriter, _ externalURL: String) {
        writer.member("id", user.id)
        writer.member("username", user.username)
        writer.member("name", user.name)
        writer.member("state", user.state.rawValue)
        writer.member("locked", false)
        writer.nullMember("avatar_url")
        writer.member("web_url", "\(externalURL)/\(user.username)")
        writer.member("created_at", time: user.createdAt)
        writer.member("bot", user.isBot)
    }
}
