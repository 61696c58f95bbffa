import ArgumentParser

/// The program: a CI artifact server that speaks GitLab's Job Artifacts API.
@main
struct Artifactd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "artifactd",
        abstract: "Serve CI artifacts over GitLab's Job Artifacts API."
    )
}
