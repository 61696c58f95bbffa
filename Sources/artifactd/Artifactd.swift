import ArgumentParser

/// The program: a CI artifact server that speaks GitLab's Job Artifacts API.
@main
struct Artifactd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "artifactd",
        abstract: "Serve CI artifacts over GitLab's Job Artifacts API.",
        discussion: """
            Settings come from ARTIFACTD_… environment variables or a YAML file; 'artifactd config' prints what is in \
            force. Exit status: 0 done, 64 usage, 65 bad data, 69 service unavailable, 70 internal, 78 configuration.
            """,
        version: Version.current,
        subcommands: [
            ServeCommand.self, MigrateCommand.self, ApplyCommand.self, SweepCommand.self, UnlockCommand.self,
            GarbageCommand.self, AuditCommand.self, PublishCommand.self, CDNKeysCommand.self, ConfigCommand.self,
        ]
    )
}
