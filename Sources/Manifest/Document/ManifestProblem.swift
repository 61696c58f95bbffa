/// One thing that is wrong with a manifest, and where.
public struct ManifestProblem: Hashable, Sendable, CustomStringConvertible {
    /// Where: a path into the document such as `users[0].username`, or `line 3, column 5` if it is no YAML.
    public let path: String
    /// What is wrong, as a sentence without a final period; never holds a token.
    public let sentence: String

    /// Names what is wrong.
    ///
    /// - Parameters:
    ///   - path: Where in the document.
    ///   - sentence: What is wrong there.
    public init(path: String, sentence: String) {
        self.path = path
        self.sentence = sentence
    }

    /// The line that is printed: `path: sentence`.
    public var description: String { "\(path): \(sentence)" }
}

/// Collects what is wrong, so that one run tells as much as it can.
final class ProblemList {
    /// More would hide the first ones.
    static let limit = 20

    private(set) var problems: [ManifestProblem] = []

    func report(_ path: DocumentPath, _ sentence: String) {
        guard problems.count < Self.limit else { return }
        let problem = ManifestProblem(path: path.description, sentence: sentence)
        if !problems.contains(problem) { problems.append(problem) }
    }

    func throwIfAny() throws(ManifestError) {
        guard problems.isEmpty else { throw .invalid(problems) }
    }
}
