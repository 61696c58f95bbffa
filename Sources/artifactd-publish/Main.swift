import CurlHTTP
import Glibc
import Publishing

/// The publishing client.
@main
enum Main {
    static func main() {
        let output = Output()
        do throws(PublishError) {
            switch try PublishArguments(Array(CommandLine.arguments.dropFirst())) {
            case .help: output.result(PublishHelp.text)
            case .version: output.result(PublishHelp.version)
            case .publish(let request, let settings): try publish(request, settings, output)
            }
        } catch {
            output.problem(error.message)
            if error.kind == .usage { output.problem("see artifactd publish --help") }
            exit(error.exitStatus)
        }
    }

    private static func publish(
        _ request: PublishRequest,
        _ settings: PublishSettings,
        _ output: Output
    ) throws(PublishError) {
        output.isQuiet = settings.isQuiet
        let token = try Credentials.token(settings)
        try Credentials.checkCertificates(settings)
        let interruption = Interruption()
        Signals.watch(interruption)
        let transport: CurlTransport
        do {
            transport = try CurlTransport(
                CurlOptions(
                    connectLimit: settings.connectLimit,
                    certificates: settings.certificates,
                    userAgent: "artifactd-publish/\(PublishHelp.version)"
                ),
                shouldStop: { interruption.isPressing }
            )
        } catch {
            throw PublishError(.internal, error.message)
        }
        let result = try Publication(
            request,
            token: token,
            transport: transport,
            clock: .system(shouldStop: { interruption.isPressing }),
            interruption: interruption,
            observer: output.observer
        ).run()
        output.finish(result, of: request, isJSON: settings.isJSON)
    }
}
