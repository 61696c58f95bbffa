extension MemberReader {
    /// Goes to a byte of a stored member without reading what is before it.
    mutating func seek(to target: Int64, dataStart: Int64) {
        position = target
        if target <= Int64(buffered.count) {
            buffered = buffered.lowerBound + Int(target)..<buffered.upperBound
        } else {
            buffered = 0..<0
            filePosition = dataStart + target
        }
    }

    /// Fills the output with stored bytes: first those that came with the local header.
    mutating func copy(into output: UnsafeMutableRawBufferPointer) throws(MemberError) {
        let ready = min(output.count, buffered.count)
        output.copyMemory(from: UnsafeRawBufferPointer(buffers.input.part(buffered.lowerBound, ready)))
        buffered = buffered.lowerBound + ready..<buffered.upperBound
        if ready < output.count {
            try load(UnsafeMutableRawBufferPointer(rebasing: output[ready...]))
        }
        position += Int64(output.count)
    }

    /// Inflates up to the window's first byte, into memory that the caller overwrites.
    mutating func discard(using buffer: UnsafeMutableRawBufferPointer) throws(MemberError) {
        while position < window.lowerBound {
            let count = Int(min(Int64(buffer.count), window.lowerBound - position))
            try inflate(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// Fills the output with inflated bytes; a stream that ends before is damaged.
    mutating func inflate(into output: UnsafeMutableRawBufferPointer) throws(MemberError) {
        var filled = 0
        while filled < output.count {
            guard !streamEnded else { throw .corrupt(.size) }
            filled += try step(into: UnsafeMutableRawBufferPointer(rebasing: output[filled...]))
        }
        position += Int64(filled)
    }

    /// Takes the stream from its last byte to its end: there must be an end, no byte more, and no data behind it.
    mutating func endStream() throws(MemberError) {
        var surplus: UInt8 = 0
        while !streamEnded {
            let produced = try withUnsafeMutableBytes(of: &surplus) { byte throws(MemberError) in
                try step(into: byte)
            }
            guard produced == 0 else { throw .corrupt(.size) }
        }
        guard buffered.isEmpty, filePosition == fileEnd else { throw .corrupt(.size) }
    }

    /// One call of inflate, with more input if there is none left.
    private mutating func step(into output: UnsafeMutableRawBufferPointer) throws(MemberError) -> Int {
        if buffered.isEmpty {
            let count = Int(min(Int64(MemberBuffers.inputSize), fileEnd - filePosition))
            try load(buffers.input.part(0, count))
            buffered = 0..<count
        }
        let input = UnsafeRawBufferPointer(buffers.input.part(buffered.lowerBound, buffered.count))
        guard let step = buffers.inflater.step(from: input, into: output) else { throw .corrupt(.stream) }
        guard step.consumed > 0 || step.produced > 0 || step.isAtEnd else { throw .corrupt(.stream) }
        buffered = buffered.lowerBound + step.consumed..<buffered.upperBound
        streamEnded = step.isAtEnd
        return step.produced
    }

    /// Fills memory with the next bytes of the member's data in the file.
    private mutating func load(_ output: UnsafeMutableRawBufferPointer) throws(MemberError) {
        let count: Int
        do {
            count = try file.read(into: output, at: filePosition)
        } catch {
            throw .io(error)
        }
        guard count == output.count else { throw .corrupt(.truncated) }
        filePosition += Int64(count)
    }
}
