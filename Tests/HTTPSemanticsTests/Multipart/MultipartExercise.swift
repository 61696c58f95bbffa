import HTTPSemantics

/// Reads a form in pieces of different lengths, and checks what must always hold.
///
/// The fuzzer `Tests/Fuzz/Multipart` and the tests share it.
enum MultipartExercise {
    /// What became of a body.
    struct Reading: Equatable {
        struct Part: Equatable {
            var header: MultipartPart
            var content: [UInt8] = []
            var hasEnded = false
        }

        var parts: [Part] = []
        var isComplete = false
        var error: MultipartError?
    }

    /// Reads a body.
    ///
    /// - Parameters:
    ///   - body: The body.
    ///   - boundary: The boundary.
    ///   - pieces: The lengths of the pieces, the last one again and again; each above 0.
    /// - Returns: What was read up to the end or the first error.
    static func read(_ body: [UInt8], _ boundary: MultipartBoundary, pieces: [Int]) -> Reading {
        let parser = MultipartParser(boundary: boundary)
        var reading = Reading()
        var lengths = pieces[...]
        body.withUnsafeBytes { body in
            var start = 0
            while start < body.count, reading.error == nil {
                let length = lengths.count > 1 ? lengths.removeFirst() : lengths.first ?? body.count
                let end = min(start + length, body.count)
                // A copy of its own, so that AddressSanitizer sees a read beyond it.
                let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: end - start, alignment: 1)
                piece.copyMemory(from: UnsafeRawBufferPointer(rebasing: body[start..<end]))
                read(UnsafeRawBufferPointer(piece), with: parser, into: &reading)
                piece.deallocate()
                start = end
            }
        }
        reading.isComplete = parser.isComplete
        return reading
    }

    private static func read(
        _ piece: UnsafeRawBufferPointer,
        with parser: MultipartParser,
        into reading: inout Reading
    ) {
        var piece = piece
        do throws(MultipartError) {
            while let event = try parser.next(in: &piece) {
                switch event {
                case .part(let header): reading.parts.append(Reading.Part(header: header))
                case .data(let bytes): reading.parts[reading.parts.count - 1].content += bytes
                case .endOfPart: reading.parts[reading.parts.count - 1].hasEnded = true
                }
            }
        } catch {
            reading.error = error
        }
    }

    /// Runs the parser over an input whose first line is the boundary.
    ///
    /// - Parameter input: What the fuzzer made up.
    /// - Returns: Which property was violated, nil if all hold.
    static func violation(in input: UnsafeRawBufferPointer) -> String? {
        let lines = input.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let boundary = MultipartBoundary(Array(lines[0])) else { return nil }
        let body = lines.count > 1 ? Array(lines[1]) : []
        let whole = read(body, boundary, pieces: [max(1, body.count)])
        for length in [1, 2, 3, 7, 64] where read(body, boundary, pieces: [length]) != whole {
            return "pieces of \(length) are read otherwise than the whole"
        }
        let size = whole.parts.reduce(0) { $0 + $1.content.count }
        guard size <= body.count else { return "more content than body" }
        if whole.isComplete, whole.error == nil, !whole.parts.allSatisfy(\.hasEnded) { return "complete within a part" }
        let delimiter = Array("\r\n--".utf8) + boundary.bytes
        for part in whole.parts {
            if let name = part.header.filename, !isHarmless(MultipartPart.lastComponent(of: name)) {
                return "a file name with a path or a control character"
            }
            for index in part.content.indices where part.content[index...].starts(with: delimiter) {
                let next = part.content[(index + delimiter.count)...].first
                let isEnd = next.map { [UInt8(ascii: "-"), 0x0D, 0x20, 0x09].contains($0) } ?? part.hasEnded
                guard !isEnd else { return "content that holds its boundary" }
            }
        }
        return nil
    }

    private static func isHarmless(_ name: String) -> Bool {
        name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "/" && $0 != "\\" && $0.value != 0x7F }
    }
}
