import HTTPSemantics
import Testing

@Suite("Multipart bodies")
struct MultipartParserTests {
    private let boundary: MultipartBoundary

    init() throws {
        boundary = try #require(MultipartBoundary(Array("XyZ".utf8)))
    }

    /// Contents that come close to the boundary `XyZ`.
    static let contents: [[UInt8]] = [
        "", "a", "\r", "\n", "\r\n", "\r\n\r\n", "\r\r\n", "-", "--", "\r\n-", "\r\n--", "\r\n--X", "\r\n--Xy",
        "\r\n--XyQ", "\r\n--\r\n--X", "\r\r\n--Xy", "\r\n--Xy\r\n--Xy", "\r\n--xyz", "\r\n --XyZ", "\n--XyZ", "x--XyZ",
        "a\r\n--XyZb", "\r\n--XyZXyZ", "\r\n--XyZ_\r\n--XyZ_", "PK\u{3}\u{4}\0\0", "ends in CR LF\r\n",
        String(repeating: "\r\n--Xy", count: 40), String(repeating: "long ", count: 100),
    ].map { Array($0.utf8) }

    private static func header(_ name: String, _ filename: String?) -> String {
        let file = filename.map { "; filename=\"\($0)\"\r\nContent-Type: application/octet-stream" } ?? ""
        return "Content-Disposition: form-data; name=\"\(name)\"\(file)\r\n\r\n"
    }

    private func body(_ contents: [[UInt8]]) -> [UInt8] {
        var body: [UInt8] = []
        for (index, content) in contents.enumerated() {
            body += "--XyZ\r\n\(Self.header("n\(index)", index == 0 ? "a.zip" : nil))".utf8
            body += content + Array("\r\n".utf8)
        }
        return body + Array("--XyZ--\r\n".utf8)
    }

    @Test("content arrives unchanged, wherever the body is split", arguments: contents)
    func everySplit(content: [UInt8]) throws {
        let body = body([content, Array("after".utf8)])
        let whole = MultipartExercise.read(body, boundary, pieces: [body.count])
        #expect(whole.error == nil)
        #expect(whole.isComplete)
        #expect(whole.parts.map(\.content) == [content, Array("after".utf8)])
        #expect(whole.parts.map(\.header.name) == ["n0", "n1"])
        #expect(whole.parts.map(\.header.filename) == ["a.zip", nil])
        for split in 1..<body.count {
            let reading = MultipartExercise.read(body, boundary, pieces: [split, body.count])
            try #require(reading == whole, "split at \(split)")
        }
        for length in 1...9 {
            try #require(MultipartExercise.read(body, boundary, pieces: [length]) == whole, "pieces of \(length)")
        }
    }

    @Test("a body without its closing boundary is never complete", arguments: contents)
    func truncated(content: [UInt8]) throws {
        let body = body([content])
        let end = body.count - 2
        for length in 0..<end {
            let reading = MultipartExercise.read(Array(body[..<length]), boundary, pieces: [16])
            try #require(!reading.isComplete, "\(length) of \(body.count) bytes")
            try #require(reading.error == nil)
        }
        #expect(MultipartExercise.read(Array(body[..<end]), boundary, pieces: [16]).isComplete)
    }

    @Test(
        "what RFC 2046 lets a composer add means nothing",
        arguments: [
            "preamble\r\n--XyZ\r\n{h}c\r\n--XyZ--", "\r\n--XyZ\r\n{h}c\r\n--XyZ--\r\n", "--XyZ \t \r\n{h}c\r\n--XyZ--",
            "--XyZ\r\n{h}c\r\n--XyZ--\r\nepilogue\r\n--XyZ\r\n{h}d\r\n--XyZ--",
            "a--XyZ\r\n\r\n--XyZ\r\n{h}c\r\n--XyZ--",
            "--XyZZ\r\n--XyZ\r\n{h}c\r\n--XyZ-- \r\n",
        ]
    )
    func paddings(text: String) {
        let body = text.split(separator: "{h}", omittingEmptySubsequences: false).joined(
            separator: Self.header("n", nil)
        )
        for length in [1, 3, 1000] {
            let reading = MultipartExercise.read(Array(body.utf8), boundary, pieces: [length])
            #expect(reading.error == nil)
            #expect(reading.isComplete)
            #expect(reading.parts.map(\.content) == [Array("c".utf8)])
        }
    }

    @Test("a part may be empty, have no header, and no line end of its own")
    func empties() {
        let body = Array("--XyZ\r\n\r\n--XyZ\r\nA: b\r\n\r\n--XyZ\r\n\r\n\r\n--XyZ--".utf8)
        for length in [1, 4, 100] {
            let reading = MultipartExercise.read(body, boundary, pieces: [length])
            #expect(reading.error == nil)
            #expect(reading.parts.map(\.content) == [[], [], []])
            #expect(reading.parts.map(\.header.name) == [nil, nil, nil])
        }
    }

    @Test(
        "a malformed body is refused, wherever it is split",
        arguments: [
            ("--XyZ-x", MultipartError.malformedDelimiter), ("--XyZ\rx", .malformedDelimiter),
            ("--XyZ  x", .malformedDelimiter), ("--XyZ\r\nno colon\r\n\r\n", .malformedHeader),
            ("--XyZ\r\n: v\r\n\r\n", .malformedHeader), ("--XyZ\r\nA b: v\r\n\r\n", .malformedHeader),
            ("--XyZ\r\nA: v\n\r\n\r\n", .malformedHeader), ("--XyZ\r\nA: \0\r\n\r\n", .malformedHeader),
            ("--XyZ\r\n continued\r\n\r\n", .malformedHeader), ("--XyZ\r\nx\n", .malformedHeader),
            ("--XyZ\r\nA: v\r\r\n\r\n", .malformedHeader),
            ("--XyZ\r\nContent-Disposition: form-data; name=\"a\r\n\r\n", .malformedHeader),
            ("--XyZ\r\nContent-Disposition: form-data; name=a; name=b\r\n\r\n", .malformedHeader),
            (
                "--XyZ\r\nContent-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b\r\n\r\n",
                .malformedHeader
            ),
            ("--XyZ\r\nContent-Transfer-Encoding: base64\r\n\r\n", .unsupportedEncoding),
            ("--XyZ\r\nA: {9000}\r\n\r\n", .headerTooLarge),
            ("{65 parts}", .tooManyParts),
            ("{20000}", .tooMuchOutside),
            ("--XyZ--{20000}", .tooMuchOutside),
        ]
    )
    func malformed(body: String, error: MultipartError) {
        // The names of tests stay short that way.
        var body = body.replacing("{65 parts}", with: String(repeating: "--XyZ\r\n\r\n\r\n", count: 65))
        for count in [9_000, 20_000] { body.replace("{\(count)}", with: String(repeating: "x", count: count)) }
        for length in [1, 5, 100_000] {
            #expect(MultipartExercise.read(Array(body.utf8), boundary, pieces: [length]).error == error)
        }
    }

    @Test("random contents arrive unchanged in random pieces")
    func random() throws {
        var generator = SystemRandomNumberGenerator()
        let alphabet: [UInt8] = Array("\r\n-XyZa".utf8)
        for _ in 0..<2_000 {
            let contents = (0..<Int.random(in: 1...3)).map { _ in
                (0..<Int.random(in: 0...40)).compactMap { _ in alphabet.randomElement(using: &generator) }
            }
            let isClear = contents.allSatisfy { content in
                let text = Array("\r\n".utf8) + content + Array("\r\n".utf8)
                return !text.indices.contains { text[$0...].starts(with: "\r\n--XyZ".utf8) }
            }
            guard isClear else { continue }
            let pieces = (0..<20).map { _ in Int.random(in: 1...30) }
            let reading = MultipartExercise.read(body(contents), boundary, pieces: pieces)
            try #require(reading.parts.map(\.content) == contents, "\(contents) in \(pieces)")
            try #require(reading.isComplete)
        }
    }

    @Test("a large content is lent in few large pieces")
    func lentInLargePieces() throws {
        let content = [UInt8](repeating: UInt8(ascii: "\r"), count: 100_000)
        let parser = MultipartParser(boundary: boundary)
        var sizes: [Int] = []
        try body([content]).withUnsafeBytes { bytes in
            var chunk = bytes
            while let event = try parser.next(in: &chunk) {
                if case .data(let data) = event { sizes.append(data.count) }
            }
        }
        #expect(sizes == [100_000])
    }
}
