import Foundation
import Testing

@testable import ZipArchive

/// A way to make `out.zip` of the directory `tree`, and the program that it needs.
struct Archiver: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var tool: String
    var command: [String]
    var keepsSymlinks = false
    var mode: UInt16 = 0o100644

    private static let python = """
        import os, sys, zipfile
        with zipfile.ZipFile('../out.zip', 'w', compression=int(sys.argv[1])) as archive:
            for directory, _, files in os.walk('.'):
                for name in files + ['']:
                    path = os.path.join(directory, name)
                    if path != './' and not os.path.islink(path):
                        if sys.argv[2] == 'stream' and name:
                            with archive.open(os.path.normpath(path), 'w', force_zip64=True) as member:
                                member.write(open(path, 'rb').read())
                        else:
                            archive.write(path)
        """

    static let all = [
        Archiver(
            testDescription: "zip",
            tool: "zip",
            command: ["zip", "-qry", "../out.zip", "."],
            keepsSymlinks: true
        ),
        Archiver(
            testDescription: "zip -0",
            tool: "zip",
            command: ["zip", "-qr0y", "../out.zip", "."],
            keepsSymlinks: true
        ),
        Archiver(
            testDescription: "zip -fz",
            tool: "zip",
            command: ["zip", "-qry", "-fz", "../out.zip", "."],
            keepsSymlinks: true
        ),
        Archiver(
            testDescription: "zip to a pipe",
            tool: "zip",
            command: ["sh", "-c", "zip -qr - . | cat > ../out.zip"]
        ),
        Archiver(testDescription: "zipfile stored", tool: "python3", command: ["python3", "-c", python, "0", "plain"]),
        Archiver(
            testDescription: "zipfile deflated",
            tool: "python3",
            command: ["python3", "-c", python, "8", "plain"]
        ),
        Archiver(
            testDescription: "zipfile zip64",
            tool: "python3",
            command: ["python3", "-c", python, "8", "stream"],
            mode: 0o100600
        ),
        Archiver(
            testDescription: "7z",
            tool: "7z",
            command: ["7z", "a", "-tzip", "-snl", "../out.zip", "."],
            keepsSymlinks: true
        ),
        Archiver(testDescription: "bsdtar", tool: "bsdtar", command: ["sh", "-c", "bsdtar -caf ../out.zip *"]),
        Archiver(
            testDescription: "bsdtar to a pipe",
            tool: "bsdtar",
            command: ["sh", "-c", "bsdtar -c --format zip -f - * | cat > ../out.zip"]
        ),
    ]
}

@Suite("Archives of other programs")
struct InteroperabilityTests {
    private static let files: [(String, [UInt8])] = [
        ("empty", []),
        ("README.md", Array("# read me\n".utf8)),
        ("log/build.log", (0..<20_000).flatMap { Array("step \($0)\n".utf8) }),
        ("bin/noise", (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }),
        ("with space/ümläut 漢字.txt", Array("unicode".utf8)),
        ("dots/...x/.hidden", [0]),
    ]

    private static func makeTree() throws -> URL {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("zip-tree-\(UUID().uuidString)")
        let tree = root.appendingPathComponent("tree")
        for (path, data) in files {
            let file = tree.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(data).write(to: file)
        }
        try FileManager.default.createSymbolicLink(
            atPath: tree.path + "/latest",
            withDestinationPath: "log/build.log"
        )
        return root
    }

    @Test("all files are read as they were, and as unzip reads them", arguments: Archiver.all)
    func reads(_ archiver: Archiver) throws {
        guard Tool.isAvailable(archiver.tool) else { return }
        let root = try Self.makeTree()
        defer { try? FileManager.default.removeItem(at: root) }
        try Tool.run(["env", "LC_ALL=C.UTF-8"] + archiver.command, in: root.path + "/tree")
        let archive = try Archive(Array(Data(contentsOf: root.appendingPathComponent("out.zip"))))
        for (path, data) in Self.files {
            #expect(try archive.read(path) == data, "\(path)")
            #expect(try archive.member(path)?.mode == archiver.mode, "\(path)")
        }
        #expect(try archive.directory("log")?.fileCount == 1)
        if archiver.keepsSymlinks {
            #expect(try archive.text("latest") == "log/build.log")
            #expect(try archive.member("latest")?.mode == 0o120777)
        }
        guard Tool.isAvailable("unzip") else { return }
        let unzipped = try Tool.run(["unzip", "-p", "out.zip", "log/build.log"], in: root.path)
        #expect(try archive.read("log/build.log") == unzipped)
    }

    @Test("what the tests build is sound to other programs")
    func builderIsSound() throws {
        guard Tool.isAvailable("unzip"), Tool.isAvailable("python3") else { return }
        let root = try Self.makeTree()
        defer { try? FileManager.default.removeItem(at: root) }
        var builder = ZipBuilder([ZipBuilder.Member("a", "stored"), ZipBuilder.Member("b/c", "deflated", method: 8)])
        builder.members[1].hasDescriptor = true
        builder.comment = Array("comment".utf8)
        try Data(builder.build()).write(to: root.appendingPathComponent("built.zip"))
        try Tool.run(["unzip", "-tq", "built.zip"], in: root.path)
        try Tool.run(["python3", "-m", "zipfile", "-t", "built.zip"], in: root.path)
    }

    @Test("encrypted members of 7-Zip are recognised, the others are read")
    func encrypted() throws {
        guard Tool.isAvailable("7z") else { return }
        let root = try Self.makeTree()
        defer { try? FileManager.default.removeItem(at: root) }
        let tree = root.path + "/tree"
        for method in ["ZipCrypto", "AES256"] {
            try Tool.run(["7z", "a", "-tzip", "-psecret", "-mem=\(method)", "../\(method).zip", "README.md"], in: tree)
            try Tool.run(["7z", "a", "-tzip", "../\(method).zip", "log"], in: tree)
            let archive = try Archive(Array(Data(contentsOf: root.appendingPathComponent("\(method).zip"))))
            #expect(throws: MemberError.encrypted) { try archive.read("README.md") }
            #expect(try archive.read("log/build.log") == Self.files[2].1)
        }
    }

    @Test("methods other than deflate are named", arguments: [("LZMA", 14), ("BZip2", 12)] as [(String, UInt16)])
    func methods(name: String, method: UInt16) throws {
        guard Tool.isAvailable("7z") else { return }
        let root = try Self.makeTree()
        defer { try? FileManager.default.removeItem(at: root) }
        try Tool.run(["7z", "a", "-tzip", "-mm=\(name)", "../out.zip", "log"], in: root.path + "/tree")
        let archive = try Archive(Array(Data(contentsOf: root.appendingPathComponent("out.zip"))))
        #expect(throws: MemberError.unsupportedMethod(method)) { try archive.read("log/build.log") }
    }
}
