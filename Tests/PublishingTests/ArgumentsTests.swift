import Artifacts
import Testing

@testable import Publishing

@Suite("The command line")
struct ArgumentsTests {
    private static let base = ["--url", "https://a.example/", "--project", "acme/site"]
    private static let whole = base + ["--ref", "main", "--job", "build"]

    private func request(_ arguments: [String]) throws -> (PublishRequest, PublishSettings) {
        guard case .publish(let request, let settings) = try PublishArguments(arguments) else {
            throw PublishError(.internal, "no request")
        }
        return (request, settings)
    }

    @Test("Everything that the help names is understood")
    func everything() throws {
        let (request, settings) = try request(
            Self.whole + [
                "--tag", "--sha", String(repeating: "aB", count: 20), "--source", "web", "--stage=deploy",
                "--allow-failure", "--failed", "--exclude", "*.o", "--exclude=tmp", "--expire-in", "1 week", "--access",
                "maintainer", "--artifact-type", "archive", "--artifact-format", "zip", "--name", "site.zip",
                "--token-file", "t", "--ca-file", "c", "--timeout", "5m", "--connect-timeout=1500ms", "--json",
                "--quiet",
                "dist/", "--", "--odd",
            ]
        )
        #expect(request.server.text == "https://a.example")
        #expect(
            request.pipeline
                == .create(ref: "main", tag: true, sha: String(repeating: "aB", count: 20), source: "web")
        )
        #expect(request.finishes && request.timeLimit == 300_000)
        let job = try #require(request.job)
        #expect(job.name == "build" && job.stage == "deploy" && job.allowFailure && job.hasFailed)
        #expect(job.paths == ["dist/", "--odd"] && job.excludes == [PathPattern("*.o"), PathPattern("tmp")])
        #expect(job.expireIn == "1 week" && job.access == "maintainer" && job.filename == "site.zip")
        #expect(settings.tokenFile == "t" && settings.certificates == "c" && settings.connectLimit == 1500)
        #expect(settings.isJSON && settings.isQuiet)
    }

    @Test("A pipeline is finished unless it stays open, or is somebody else's")
    func finishing() throws {
        #expect(try request(Self.whole + ["a"]).0.finishes)
        #expect(try !request(Self.whole + ["--keep-open", "a"]).0.finishes)
        let added = try request(Self.base + ["--pipeline", "7", "--job", "x", "a"]).0
        #expect(!added.finishes && added.pipeline == .existing(7))
        #expect(try request(Self.base + ["--pipeline", "7", "--job", "x", "--finish", "a"]).0.finishes)
        #expect(try request(Self.base + ["--pipeline", "7", "--finish"]).0.job == nil)
        #expect(try request(Self.base + ["--ref", "main", "--keep-open"]).0.job == nil)
    }

    @Test("A report takes the format of its type")
    func report() throws {
        let job = try request(Self.whole + ["--artifact-type", "junit", "--artifact-format", "gzip", "a.xml"]).0.job
        #expect(job?.type == .junit)
    }

    @Test("Help and version are shown whatever else is there")
    func help() throws {
        for arguments in [["--help"], ["-h"], ["--url", "x", "--help"]] {
            guard case .help = try PublishArguments(arguments) else {
                Issue.record("\(arguments) shows no help")
                continue
            }
        }
        for option in Option.all { #expect(PublishHelp.text.contains("--\(option.name)"), "\(option.name)") }
        #expect(PublishHelp.text.split(separator: "\n").allSatisfy { $0.count <= 130 })
    }

    @Test(
        "What makes no sense is refused",
        arguments: [
            ([], "--url is missing"), (base, "--ref is missing"), (base + ["--ref", "main"], "name at least one"),
            (whole, "name at least one"), (base + ["--ref", "main", "a"], "--job is missing"),
            (whole + ["--nope", "a"], "unknown option --nope"), (whole + ["-x", "a"], "unknown option -x"),
            (whole + ["--nope=secret", "a"], "unknown option --nope"), (whole + ["a", "--name"], "needs a value"),
            (whole + ["--ref", "x", "a"], "--ref is given twice"), (whole + ["--tag=yes", "a"], "takes no value"),
            (whole + ["--stage=", "a"], "--stage is empty"), (whole + ["--sha", "main", "a"], "--sha must be"),
            (whole + ["--finish", "a"], "--finish needs --pipeline"),
            (whole + ["--access", "all", "a"], "--access must be"),
            (base + ["--pipeline", "7", "--ref", "x", "--job", "b", "a"], "--ref means nothing"),
            (base + ["--pipeline", "0", "--job", "b", "a"], "--pipeline must be a number"),
            (base + ["--pipeline", "7", "--finish", "--stage", "x"], "--stage means nothing"),
            (whole + ["--artifact-type", "nope", "a"], "there is no type nope"),
            (whole + ["--artifact-type", "junit", "a", "b"], "takes one file"),
            (whole + ["--artifact-type", "junit", "--exclude", "x", "a"], "is for archives"),
            (whole + ["--artifact-type", "junit", "--artifact-format", "zip", "a"], "junit is stored as gzip"),
            (whole + ["--name", "a/b", "a"], "--name must be"), (whole + ["--name", "a\nb", "a"], "--name must be"),
            (whole + ["--timeout", "0", "a"], "--timeout must be"),
            (whole + ["--timeout", "5 m", "a"], "--timeout must be"),
            (whole + ["--connect-timeout", "9999d", "a"], "--connect-timeout must be"),
        ] as [([String], String)]
    )
    func refused(arguments: [String], message: String) {
        let error = #expect(throws: PublishError.self) { try PublishArguments(arguments) }
        #expect(error?.kind == .usage && error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test(
        "URLs of servers",
        arguments: [
            ("https://a.example", "https://a.example"), ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            ("https://a.example/ci/", "https://a.example/ci"), ("https://a.example/api/v4/", "https://a.example"),
            ("HTTPS://A", "HTTPS://A"), ("a.example", nil), ("ftp://a", nil), ("https://", nil), ("https:///x", nil),
            ("https://u:p@a", nil), ("https://a?x", nil), ("https://a#x", nil), ("https://a b", nil), ("", nil),
        ] as [(String, String?)]
    )
    func server(text: String, expected: String?) {
        #expect((try? ServerAddress(text))?.text == expected)
    }

    @Test("Segments and values of a URL are encoded")
    func endpoint() throws {
        let server = try ServerAddress("https://a.example")
        #expect(
            server.endpoint(["projects", "a/b c", "x"], query: [("job", "build & \u{FC}"), ("b", "1")])
                == "https://a.example/api/v4/projects/a%2Fb%20c/x?job=build%20%26%20%C3%BC&b=1"
        )
    }
}
