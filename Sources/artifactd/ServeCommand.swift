import ArgumentParser
import Configuration
import FastCGI
import Logging
import Observability

/// Serves requests until it is told to end.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Answer the web server's FastCGI requests.",
        discussion: """
            SIGTERM and SIGINT drain: no new requests, running ones finish, then exit status 0. SIGHUP reads the log \
            level and the keys of signed URLs anew.
            """
    )

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        // Before any thread exists: each new one inherits the blocked signals.
        let signals = SignalWait()
        try CommandFailure.reporting { () throws(CommandFailure) in
            let configuration = try options.load()
            let threshold = LogThreshold(configuration.logLevel.severity)
            LogSetup.bootstrap(format: configuration.logFormat.format, threshold: threshold)
            let server = try Server(configuration, logger: Logger(label: "artifactd"))
            try server.start()
            wait(signals, threshold, server)
            server.stop()
        }
    }

    private func wait(_ signals: SignalWait, _ threshold: LogThreshold, _ server: Server) {
        while true {
            let signal = signals.wait()
            if signal.endsService { return }
            if signal == .hangUp, let configuration = try? options.load() {
                threshold.level = configuration.logLevel.severity
                server.reload(configuration)
            }
        }
    }
}

extension Configuration.LogLevel {
    /// The level as the logging library names it.
    fileprivate var severity: Logger.Level { Logger.Level(rawValue: rawValue) ?? .info }
}

extension Configuration.LogFormat {
    /// The form of lines, or `nil` where it depends on the terminal.
    fileprivate var format: Observability.LogFormat? {
        switch self {
        case .auto: nil
        case .json: .json
        case .text: .text
        }
    }
}
