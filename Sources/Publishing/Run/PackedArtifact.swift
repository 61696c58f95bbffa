internal import Artifacts
internal import Glibc

/// What a job publishes, ready to be sent.
struct PackedArtifact {
    let file: StagedFile
    let filename: String

    /// Packs what was named: a zip of it, or the one file that a report is.
    init(
        _ job: PublishRequest.Job,
        warn: @escaping (String) -> Void,
        onProgress: @escaping (_ done: Int64, _ total: Int64) throws(PublishError) -> Void
    ) throws(PublishError) {
        let places = WorkingDirectory.names()
        var paths: [StoredPath] = []
        for path in job.paths { paths.append(try StoredPath(path, workingDirectories: places)) }
        let chain = try DirectoryChain()
        guard job.type != .archive else {
            var walk = TreeWalk(chain, excludes: job.excludes, warn: warn)
            file = try ArchiveBuilder(chain, onProgress: onProgress).build(try walk.entries(at: paths))
            filename = job.filename ?? job.type.defaultFilename
            return
        }
        guard let path = paths.first, paths.count == 1 else {
            throw PublishError(.usage, "an artifact of the type \(job.type.rawValue) is one file")
        }
        let report = try ReportBuilder(chain).build(path, job.type.format)
        file = report.file
        let name = path.names.last ?? job.type.defaultFilename
        filename = job.filename ?? (report.isCompressed ? "\(name).gz" : name)
    }
}

/// The names of the working directory.
enum WorkingDirectory {
    /// Its own, and that of `PWD`, by which the shell came there, if it is the same directory.
    static func names() -> [String] {
        var names: [String] = []
        if let own = getcwd(nil, 0) {
            names.append(String(cString: own))
            free(own)
        }
        guard let shell = getenv("PWD").map({ String(cString: $0) }), shell.hasPrefix("/") else { return names }
        var here = stat()
        var there = stat()
        guard stat(".", &here) == 0, stat(shell, &there) == 0 else { return names }
        guard here.st_dev == there.st_dev, here.st_ino == there.st_ino else { return names }
        return names + [shell]
    }
}
