/// One numbered step of the schema: the file `NNNN_name.sql`.
public struct Migration: Sendable, Equatable {
    /// The number, from 1.
    public let version: Int
    /// The name after the number, for example `create_jobs`.
    public let name: String
    /// The statements.
    public let script: String

    /// A step of the schema.
    ///
    /// - Parameters:
    ///   - version: The number, from 1.
    ///   - name: The name after the number.
    ///   - script: The statements.
    public init(version: Int, name: String, script: String) {
        self.version = version
        self.name = name
        self.script = script
    }

    /// A step of the schema, from a file.
    ///
    /// - Parameters:
    ///   - fileName: Four digits, an underscore, a name of lower-case letters, digits and underscores, and `.sql`.
    ///   - script: The content of the file.
    /// - Throws: `.badName`.
    public init(fileName: String, script: String) throws(MigrationError) {
        let bytes = Array(fileName.utf8)
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let underscore = UInt8(ascii: "_")
        let name = bytes.dropFirst(5).dropLast(4)
        guard
            bytes.prefix(4).allSatisfy(digits.contains), bytes.dropFirst(4).first == underscore, !name.isEmpty,
            name.allSatisfy({ digits.contains($0) || letters.contains($0) || $0 == underscore }),
            bytes.suffix(4) == Array(".sql".utf8)[...],
            let version = Int(fileName.prefix(4)), version > 0
        else { throw .badName(fileName) }
        self.init(version: version, name: String(decoding: name, as: UTF8.self), script: script)
    }

    /// The name of the file, without its suffix: `0001_create_jobs`.
    public var identifier: String {
        let digits = String(version)
        return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits + "_" + name
    }

    /// Whether the first line is not `-- no-transaction`: the server runs some statements (`CREATE INDEX CONCURRENTLY`)
    /// in no transaction, and then only on their own.
    public var runsInTransaction: Bool {
        !Self.isMark(script.utf8.prefix { $0 != UInt8(ascii: "\n") })
    }

    /// The parts of a script that runs in no transaction, each of them sent on its own: every line that says
    /// `-- no-transaction` begins one, so that a file may drop what a failed run has left before it makes it.
    var statements: [String] {
        var statements: [String] = []
        for line in script.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if statements.isEmpty || Self.isMark(line) { statements.append("") }
            statements[statements.count - 1] += String(Substring(line)) + "\n"
        }
        return statements
    }

    private static func isMark(_ line: Substring.UTF8View) -> Bool {
        line.prefix { $0 != UInt8(ascii: "\r") }.elementsEqual("-- no-transaction".utf8)
    }
}
