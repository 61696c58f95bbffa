import Foundation
import Testing

/// Replays what the fuzzer starts from and what it once found.
@Suite("Corpus of the multipart fuzzer")
struct MultipartCorpusTests {
    static let corpus = URL(filePath: #filePath)
        .deletingLastPathComponent()
        .appending(path: "../../Fuzz/Multipart/corpus")
        .standardizedFileURL

    static func names() -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: corpus.path).sorted()) ?? []
    }

    @Test("the corpus is there")
    func isThere() {
        #expect(Self.names().count >= 5)
    }

    @Test("every property holds for every input", arguments: names())
    func replay(name: String) throws {
        let input = try Data(contentsOf: Self.corpus.appending(path: name))
        let violation = [UInt8](input).withUnsafeBytes(MultipartExercise.violation)
        #expect(violation == nil, "\(name)")
    }
}
