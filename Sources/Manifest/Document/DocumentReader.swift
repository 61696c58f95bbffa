import Yams

/// Reads one document: its problems, and how many values it may still visit.
final class DocumentReader {
    let problems = ProblemList()
    /// Aliases are expanded where they stand, so a small file can be an enormous document.
    private var budget: Int

    init(budget: Int) {
        self.budget = budget
    }

    /// Whether a mapping or list of this many elements may be read.
    func admits(_ count: Int, at path: DocumentPath) -> Bool {
        budget -= min(count, budget)
        if budget == 0 { problems.report(path, "the document is too large once its aliases are expanded") }
        return budget > 0
    }
}
