import Glibc
import Publishing

/// Standard output for the result, standard error for all else.
final class Output {
    var isQuiet = false
    private let isWatched = isatty(STDERR_FILENO) == 1
    private let progress: ProgressLine
    private static let name = "artifactd-publish: "

    init() {
        progress = ProgressLine(isWatched: isWatched)
    }

    /// Who tells how it goes.
    var observer: PublishObserver {
        PublishObserver(
            warn: { [self] in problem($0) },
            note: { [self] in if !isQuiet { line($0) } },
            progress: { [self] step, done, total in
                if !isQuiet, let text = progress.text(step, done, total) { write(text, STDERR_FILENO) }
            }
        )
    }

    /// What goes wrong.
    func problem(_ text: String) { line(Self.name + text) }

    private func line(_ text: String) { write(progress.clearing + Self.harmless(text) + "\n", STDERR_FILENO) }

    /// What was asked for; a reader that has gone is a failure, as it did not get it.
    func result(_ text: String) {
        guard !write(text + "\n", STDOUT_FILENO) else { return }
        problem("standard output cannot be written")
        exit(70)
    }

    /// The result of a run.
    func finish(_ published: PublishResult, of request: PublishRequest, isJSON: Bool) {
        if isJSON { return result(published.json) }
        var lines = published.urls
        if case .create = request.pipeline, !request.finishes { lines.insert("\(published.pipelineID)", at: 0) }
        if !lines.isEmpty { result(lines.joined(separator: "\n")) }
    }

    /// Names of files and words of servers may hold what a terminal obeys.
    private static func harmless(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    @discardableResult
    private func write(_ text: String, _ descriptor: Int32) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return false }
            rest = rest.dropFirst(max(0, count))
        }
        return true
    }
}
