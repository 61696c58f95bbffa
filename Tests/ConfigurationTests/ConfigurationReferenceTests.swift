import Testing

@testable import Configuration

@Suite("The reference of all settings")
struct ConfigurationReferenceTests {
    /// The README at the root of the repository, three levels above this file.
    private static let readme: String? = {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        return try? TextFile.read("\(root)/README.md")
    }()

    /// What stands between the markers, each on a line of its own.
    private static let generated: String? = readme.flatMap { readme in
        guard let begin = readme.ranges(of: "\(ConfigurationReference.beginMarker)\n").first,
            let end = readme.ranges(of: ConfigurationReference.endMarker).first,
            begin.upperBound <= end.lowerBound
        else { return nil }
        return String(readme[begin.upperBound..<end.lowerBound])
    }

    @Test("has a row of four cells for each setting")
    func rows() {
        let lines = ConfigurationReference.markdown().split(separator: "\n", omittingEmptySubsequences: false)
        for setting in Setting.all {
            let rows = lines.filter { $0.hasPrefix("| `ARTIFACTD_\(setting.name)` | ") }
            #expect(rows.count == 1, "\(setting.name)")
        }
        #expect(lines.contains { $0.contains("`ARTIFACTD_URL_TTL`") && $0.hasSuffix("| `1m` |") })
        #expect(lines.contains { $0.contains("`ARTIFACTD_DB_CONNECTIONS`") && $0.hasSuffix("| min(16, 4 × cores) |") })
        for line in lines where line.hasPrefix("|") {
            #expect(line.split(separator: " | ").count == 4, "\(line)")
        }
    }

    @Test("says nothing of this machine")
    func independentOfTheMachine() {
        let text = ConfigurationReference.markdown()
        #expect(text.contains("min(16, 4 × cores)"))
        #expect(Setting.all.allSatisfy { !$0.summary.isEmpty && !$0.grammar.isEmpty })
    }

    @Test(
        "the README's reference is current",
        .enabled(if: generated != nil, "README.md has no configuration markers")
    )
    func readmeIsCurrent() throws {
        let generated = try #require(Self.generated)
        #expect(
            generated == ConfigurationReference.markdown(),
            "replace the text between the markers with:\n\(ConfigurationReference.markdown())"
        )
    }
}
