/// The results of all checks, and their JSON as GitLab's probes answer it.
struct HealthReport: Sendable, Equatable {
    /// The result of one check; no failure means that it works.
    struct Result: Sendable, Equatable {
        let name: String
        let failure: String?
    }

    let results: [Result]

    var isHealthy: Bool { results.allSatisfy { $0.failure == nil } }

    /// `{"status":"ok"}`, with details of every check if asked for, and of those that fail in any case.
    func json(withDetails: Bool) -> [UInt8] {
        var bytes = Array(#"{"status":"\#(isHealthy ? "ok" : "failed")""#.utf8)
        for result in results where withDetails || result.failure != nil {
            bytes.append(UInt8(ascii: ","))
            LogText.appendJSON("\(result.name)_check", to: &bytes)
            if let failure = result.failure {
                bytes.append(contentsOf: #":[{"status":"failed","message":"#.utf8)
                LogText.appendJSON(Redaction.masked(failure), to: &bytes)
                bytes.append(contentsOf: "}]".utf8)
            } else {
                bytes.append(contentsOf: #":[{"status":"ok"}]"#.utf8)
            }
        }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }
}
