/// Reads a `multipart/form-data` body (RFC 7578, RFC 2046 §5.1) piece by piece, in constant memory.
///
/// The caller hands in chunks of any size and asks for events until the chunk is used up. Data are lent, never copied:
/// a slice of the chunk, or, where a chunk ended in what only looked like a boundary, a slice of the boundary itself.
/// A boundary begins with the body's only CR, so after a mismatch a match can start nowhere inside of it.
///
/// Not `Sendable`: for one thread at a time.
public final class MultipartParser {
    /// What a body may ask of the server.
    public struct Limits: Sendable, Equatable {
        /// The longest header of a part; file names are a part of it.
        public var headerBytes = 8 << 10
        /// The largest number of parts.
        public var parts = 64
        /// The most bytes before the first and behind the last boundary, which mean nothing.
        public var outsideBytes = 16 << 10

        /// The usual limits.
        public init() {}
    }

    /// What comes next in the body.
    public enum Event {
        /// A part begins.
        case part(MultipartPart)
        /// The next bytes of the part, at least one; valid until the next call.
        case data(UnsafeRawBufferPointer)
        /// The part has ended.
        case endOfPart
    }

    private enum State {
        /// Where a boundary is looked for: before the first one, or within a part.
        case preamble
        case content
        /// Behind a boundary.
        case delimiter(inPart: Bool)
        case padding(inPart: Bool)
        case lineEnd(inPart: Bool)
        case closing(inPart: Bool)
        case header
        case epilogue
    }

    /// Whether the closing boundary has come: only then is a body complete.
    public private(set) var isComplete = false

    private let limits: Limits
    /// CR LF, two dashes, the boundary.
    private let delimiter: UnsafeMutableRawBufferPointer
    private var state = State.preamble
    /// How many bytes of the delimiter the bytes before the chunk matched.
    private var matched = 2
    /// How many of them were not there: at the start of a body or part, a boundary needs no line end before it.
    private var imagined = 2
    private var header: [UInt8] = []
    private var partCount = 0
    private var outsideCount = 0

    /// Starts at the first byte of a body.
    ///
    /// - Parameters:
    ///   - boundary: What separates the parts.
    ///   - limits: What the body may ask for.
    public init(boundary: MultipartBoundary, limits: Limits = Limits()) {
        self.limits = limits
        let bytes = Array("\r\n--".utf8) + boundary.bytes
        delimiter = .allocate(byteCount: bytes.count, alignment: 8)
        delimiter.copyBytes(from: bytes)
    }

    deinit { delimiter.deallocate() }

    /// Reads up to the next event.
    ///
    /// - Parameter chunk: What is left of the bytes at hand; afterwards without those that were read.
    /// - Returns: The event, or nil where the chunk is used up and more bytes are needed.
    /// - Throws: `MultipartError` where the body is not well-formed; the parser is of no use then.
    public func next(in chunk: inout UnsafeRawBufferPointer) throws(MultipartError) -> Event? {
        while let byte = chunk.first {
            switch state {
            case .preamble:
                if let bytes = search(&chunk) { try countOutside(bytes.count) }
            case .content:
                if let bytes = search(&chunk), !bytes.isEmpty { return .data(bytes) }
            case .epilogue:
                try countOutside(chunk.count)
                chunk = chunk.dropping(chunk.count)
            case .header:
                chunk = chunk.dropping(1)
                if let part = try takeHeader(byte) { return .part(part) }
            case .delimiter, .padding, .lineEnd, .closing:
                if let event = try takeBehindDelimiter(byte, &chunk) { return event }
            }
        }
        return nil
    }

    // MARK: Looking for the boundary

    /// Reads up to a boundary, or to the end of the chunk.
    ///
    /// - Returns: The bytes before it, none at times, or nil where the chunk ended within what may be a boundary.
    private func search(_ chunk: inout UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        if matched > 0 { return goOn(&chunk) }
        var start = 0
        while let candidate = chunk.firstIndex(ofCarriageReturnFrom: start) {
            let length = chunk.matchLength(at: candidate, delimiter)
            if length == delimiter.count || candidate + length == chunk.count {
                let data = UnsafeRawBufferPointer(rebasing: chunk[..<candidate])
                chunk = chunk.dropping(candidate + length)
                matched = length
                if length == delimiter.count { state = .delimiter(inPart: isInPart) }
                return data
            }
            start = candidate + 1
        }
        defer { chunk = chunk.dropping(chunk.count) }
        return chunk
    }

    /// Goes on with a match that began in the chunk before.
    private func goOn(_ chunk: inout UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        while matched < delimiter.count, let byte = chunk.first {
            guard byte == delimiter[matched] else { return giveBack() }
            matched += 1
            chunk = chunk.dropping(1)
        }
        if matched == delimiter.count { state = .delimiter(inPart: isInPart) }
        return nil
    }

    /// What matched was data after all.
    private func giveBack() -> UnsafeRawBufferPointer {
        defer { (matched, imagined) = (0, 0) }
        return UnsafeRawBufferPointer(rebasing: delimiter[imagined..<matched])
    }

    private var isInPart: Bool {
        if case .content = state { true } else { false }
    }

    private func countOutside(_ count: Int) throws(MultipartError) {
        outsideCount += count
        if outsideCount > limits.outsideBytes { throw .tooMuchOutside }
    }

    // MARK: Behind the boundary

    /// A boundary counts if dashes follow, or white space and the end of the line; so do Go's and Python's readers.
    private func takeBehindDelimiter(
        _ byte: UInt8,
        _ chunk: inout UnsafeRawBufferPointer
    ) throws(MultipartError) -> Event? {
        switch (state, byte) {
        case (.delimiter(let inPart), UInt8(ascii: "-")): state = .closing(inPart: inPart)
        case (.delimiter(let inPart), UInt8(ascii: "\r")), (.padding(let inPart), UInt8(ascii: "\r")):
            state = .lineEnd(inPart: inPart)
        case (.delimiter(let inPart), _) where byte.isBlank, (.padding(let inPart), _) where byte.isBlank:
            state = .padding(inPart: inPart)
        case (.delimiter(let inPart), _): return try resume(inPart)
        case (.lineEnd(let inPart), UInt8(ascii: "\n")):
            chunk = chunk.dropping(1)
            return try endDelimiter(inPart, isLast: false)
        case (.closing(let inPart), UInt8(ascii: "-")):
            chunk = chunk.dropping(1)
            return try endDelimiter(inPart, isLast: true)
        default: throw .malformedDelimiter
        }
        chunk = chunk.dropping(1)
        return nil
    }

    /// The line goes on: what begins like the boundary is a longer one, or data.
    private func resume(_ inPart: Bool) throws(MultipartError) -> Event? {
        let bytes = giveBack()
        state = inPart ? .content : .preamble
        if inPart { return .data(bytes) }
        try countOutside(bytes.count)
        return nil
    }

    private func endDelimiter(_ inPart: Bool, isLast: Bool) throws(MultipartError) -> Event? {
        isComplete = isLast
        state = isLast ? .epilogue : .header
        if !isLast {
            partCount += 1
            if partCount > limits.parts { throw .tooManyParts }
        }
        return inPart ? .endOfPart : nil
    }

    // MARK: Headers

    /// Takes the next byte of a header.
    ///
    /// - Returns: The part, when this was the header's last byte.
    private func takeHeader(_ byte: UInt8) throws(MultipartError) -> MultipartPart? {
        header.append(byte)
        if header.count > limits.headerBytes { throw .headerTooLarge }
        guard byte == UInt8(ascii: "\n"), header.suffix(4).elementsEqual("\r\n\r\n".utf8) || header.count == 2 else {
            return nil
        }
        guard header[header.count - 2] == UInt8(ascii: "\r") else { throw .malformedHeader }
        let part = try MultipartPart(header.dropLast(2))
        header.removeAll(keepingCapacity: true)
        state = .content
        (matched, imagined) = (2, 2)
        return part
    }
}

extension UnsafeRawBufferPointer {
    /// The same without its first bytes.
    fileprivate func dropping(_ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[count...])
    }

    /// How many bytes at a position are those that a pattern begins with.
    fileprivate func matchLength(at position: Int, _ pattern: UnsafeMutableRawBufferPointer) -> Int {
        let most = Swift.min(count - position, pattern.count)
        var length = 0
        while length < most, self[position + length] == pattern[length] { length += 1 }
        return length
    }

    /// Finds the next CR, eight bytes at a time: in a word that differs from eight CRs in one byte, that byte is zero.
    fileprivate func firstIndex(ofCarriageReturnFrom start: Int) -> Int? {
        let pattern: UInt64 = 0x0D0D_0D0D_0D0D_0D0D
        var index = start
        while index + 8 <= count {
            let word = loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ pattern
            if (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 != 0 { break }
            index += 8
        }
        while index < count {
            if self[index] == UInt8(ascii: "\r") { return index }
            index += 1
        }
        return nil
    }
}
