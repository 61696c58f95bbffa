internal import Artifacts

/// What a command line asks for.
public enum PublishArguments {
    /// Show the help.
    case help
    /// Show the version.
    case version
    /// Publish something.
    case publish(PublishRequest, PublishSettings)

    /// Reads a command line.
    ///
    /// - Parameter arguments: The arguments behind the program's name.
    /// - Throws: ``PublishError`` of the kind `usage`.
    public init(_ arguments: [String]) throws(PublishError) {
        let options = try OptionReader(arguments, options: Option.all)
        if options.has("help") {
            self = .help
        } else if options.has("version") {
            self = .version
        } else {
            self = .publish(try PublishRequest(options), try PublishSettings(options))
        }
    }
}

/// How it is published, and how it is told.
public struct PublishSettings: Equatable, Sendable {
    /// The file that holds the token, instead of the environment.
    public var tokenFile: String?
    /// Trusted certificates instead of the system's.
    public var certificates: String?
    /// How many milliseconds making a connection may take.
    public var connectLimit: Int64
    /// Whether the output is JSON.
    public var isJSON: Bool
    /// Whether standard error is for what goes wrong only.
    public var isQuiet: Bool

    init(_ options: OptionReader) throws(PublishError) {
        tokenFile = options.value("token-file")
        certificates = options.value("ca-file")
        connectLimit = try options.duration("connect-timeout") ?? 10_000
        isJSON = options.has("json")
        isQuiet = options.has("quiet")
    }
}

extension PublishRequest {
    private static let jobOptions = [
        "job", "stage", "allow-failure", "failed", "exclude", "expire-in", "access", "artifact-type", "artifact-format",
        "name",
    ]

    init(_ options: OptionReader) throws(PublishError) {
        let server = try ServerAddress(try options.required("url"))
        let project = try options.required("project")
        let pipeline = try Pipeline(options)
        if options.paths.isEmpty {
            guard options.has("keep-open") || options.has("finish") else {
                throw PublishError(.usage, "name at least one file or directory")
            }
            try options.refuse(Self.jobOptions, "means nothing without a path")
        }
        self.init(
            server: server,
            project: project,
            pipeline: pipeline,
            job: options.paths.isEmpty ? nil : try Job(options),
            finishes: options.value("pipeline") == nil ? !options.has("keep-open") : options.has("finish"),
            timeLimit: try options.duration("timeout") ?? 3_600_000
        )
    }
}

extension PublishRequest.Pipeline {
    fileprivate init(_ options: OptionReader) throws(PublishError) {
        guard let text = options.value("pipeline") else {
            try options.refuse(["finish"], "needs --pipeline")
            let sha = options.value("sha")
            if let sha, ![40, 64].contains(sha.utf8.count) || !sha.allSatisfy({ $0.isASCII && $0.isHexDigit }) {
                throw PublishError(.usage, "--sha must be 40 or 64 hexadecimal digits")
            }
            self = .create(
                ref: try options.required("ref"),
                tag: options.has("tag"),
                sha: sha,
                source: options.value("source")
            )
            return
        }
        try options.refuse(["ref", "tag", "sha", "source", "keep-open"], "means nothing with --pipeline")
        guard let id = Int64(text), id > 0 else { throw PublishError(.usage, "--pipeline must be a number") }
        self = .existing(id)
    }
}

extension PublishRequest.Job {
    private static let levels = ["public", "private", "maintainer", "none"]

    fileprivate init(_ options: OptionReader) throws(PublishError) {
        self.init(name: try options.required("job"), paths: options.paths)
        stage = options.value("stage")
        allowFailure = options.has("allow-failure")
        hasFailed = options.has("failed")
        excludes = (options.values["exclude"] ?? []).map(PathPattern.init)
        expireIn = options.value("expire-in")
        access = options.value("access")
        filename = options.value("name")
        if let access, !Self.levels.contains(access) {
            throw PublishError(.usage, "--access must be one of \(Self.levels.joined(separator: ", "))")
        }
        if let filename, filename.unicodeScalars.contains(where: { $0.value < 0x20 || $0 == "/" || $0.value == 0x7F }) {
            throw PublishError(.usage, "--name must be a file name without a directory")
        }
        try readType(options)
    }

    private mutating func readType(_ options: OptionReader) throws(PublishError) {
        if let text = options.value("artifact-type") {
            guard let type = FileType(rawValue: text) else {
                throw PublishError(.usage, "--artifact-type: there is no type \(text)")
            }
            self.type = type
        }
        if let format = options.value("artifact-format"), format != type.format.rawValue {
            throw PublishError(.usage, "--artifact-format: \(type.rawValue) is stored as \(type.format.rawValue)")
        }
        guard type != .archive else { return }
        try options.refuse(["exclude"], "is for archives")
        guard paths.count == 1 else { throw PublishError(.usage, "--artifact-type \(type.rawValue) takes one file") }
    }
}

extension OptionReader {
    /// The milliseconds of an option.
    fileprivate func duration(_ name: String) throws(PublishError) -> Int64? {
        guard let text = value(name) else { return nil }
        guard let duration = DurationText.milliseconds(text) else {
            throw PublishError(.usage, "--\(name) must be seconds, or a time such as 30s, 5m or 2h")
        }
        return duration
    }
}
