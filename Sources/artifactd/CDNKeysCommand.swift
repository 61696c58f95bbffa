import ArgumentParser
import ArtifactsAPI
import Configuration

/// Prints the keys of signed URLs in the form that nginx includes.
struct CDNKeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cdn-keys",
        abstract: "Print the keys of signed URLs as the nginx configuration that verifies them.",
        discussion: """
            The output holds the secrets of the file that ARTIFACTD_CDN_KEY_FILE names: write it to a file that only \
            nginx can read, include that at nginx's http level, and reload nginx.
            """
    )

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        try CommandFailure.reporting { () throws(CommandFailure) in
            let keys = try DeliverySetup.keys(try options.load())
            Terminal.print("# Secret. Written by \"artifactd cdn-keys\": which key verifies the URLs that name it.")
            Terminal.print(keys.webServerMap)
        }
    }
}
