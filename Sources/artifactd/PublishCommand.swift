import ArgumentParser
import Glibc

/// Hands over to the publishing client beside this program.
///
/// A program of its own, as git has them: the server never loads libcurl, and a CI worker needs nothing of the server's.
struct PublishCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Publish files of a CI job; 'artifactd publish --help' lists the options.",
        discussion: "Runs artifactd-publish, which is looked for beside this program and can be used without it.",
        helpNames: []
    )

    @Argument(parsing: .captureForPassthrough, help: ArgumentHelp("The client's arguments.", valueName: "argument"))
    var arguments: [String] = []

    func run() throws {
        try CommandFailure.reporting { () throws(CommandFailure) in
            let own = ProcessEnvironment.executable() ?? ""
            let directory = own.prefix(upTo: own.lastIndex(of: "/") ?? own.startIndex)
            let client = "\(directory)/artifactd-publish"
            let reason = Self.execute(client, arguments)
            throw CommandFailure(
                status: .configuration,
                message: "\(client) cannot be run: \(reason). Build it by 'swift build --product artifactd-publish'."
            )
        }
    }

    /// The corresponding C function is `execv`; it returns only where it fails.
    private static func execute(_ program: String, _ arguments: [String]) -> String {
        var pointers: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
        pointers.append(nil)
        defer { for each in pointers { free(each) } }
        execv(program, pointers)
        return String(cString: strerror(errno))
    }
}
