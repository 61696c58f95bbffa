import Foundation
import Testing

@testable import ZipArchive

@Suite("The fuzzer's corpus")
struct CorpusTests {
    private static let directory = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fuzz/Zip/corpus")

    private static let files: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []).sorted()

    @Test("the corpus is there")
    func isThere() {
        #expect(Self.files.count >= 10, "\(Self.directory.path)")
    }

    @Test("each file is refused with a sentence, or its members are read or refused each for itself", arguments: files)
    func replays(_ name: String) throws {
        let bytes = try Array(Data(contentsOf: Self.directory.appendingPathComponent(name)))
        let archive: Archive
        do {
            archive = try Archive(bytes)
        } catch let error as ZipError {
            #expect(!error.description.isEmpty)
            return
        }
        for number in 0..<archive.index.entryCount {
            let entry = try archive.index.entry(at: number)
            if entry.kind == .directory { continue }
            let path = try #require(MemberPath(try archive.index.path(of: entry)))
            #expect(try archive.index.lookup(path) == entry)
            do {
                #expect(try archive.read(entry).count == Int(entry.uncompressedSize))
            } catch let error as MemberError {
                #expect(!error.description.isEmpty)
            }
        }
    }
}
