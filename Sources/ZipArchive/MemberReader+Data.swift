extension MemberReader {
    /// Goes to a byte of a stored member without reading what is before it.
    mutating func seek(to target: Int64) {
        if position == 0, target <= Int64(buffered.count) {
            buffered = buffered.lowerBound + Int(target)..<buffered.upperBound
        } else {
            buffered = 0..<0
            filePosition = data.extent.lowerBound + target
        }
        position = target
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

    /// Inflates up to a byte, into memory that the caller overwrites.
    mutating func discard(upTo end: Int64, using buffer: UnsafeMutableRawBufferPointer) throws(MemberError) {
        while position < end {
            let count = Int(min(Int64(buffer.count), end - position))
            try inflate(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// Fills the output with inflated bytes; a stream that ends before is damaged.
    mutating func inflate(into output: UnsafeMutableRawBufferPointer) throws(MemberError) {
        var filled = 0
        while filled < output.count {
            guard !streamEnded else { throw .corrupt(.size) }
            let stops = points?.wantsBlockEnd(at: position) ?? false
            let rest = UnsafeMutableRawBufferPointer(rebasing: output[filled...])
            let step = try step(into: rest, stoppingAtBlockEnd: stops)
            filled += step.produced
            position += Int64(step.produced)
            if let bits = step.bitsAtBlockEnd {
                let input = filePosition - Int64(buffered.count) - data.extent.lowerBound
                points?.record(output: position, input: input, bits: bits, from: buffers.inflater)
            }
        }
    }

    /// Takes the stream from its last byte to its end: there must be an end, no byte more, and no data behind it.
    mutating func endStream() throws(MemberError) {
        var surplus: UInt8 = 0
        while !streamEnded {
            let produced = try withUnsafeMutableBytes(of: &surplus) { byte throws(MemberError) in
                try step(into: byte, stoppingAtBlockEnd: false).produced
            }
            guard produced == 0 else { throw .corrupt(.size) }
        }
        guard buffered.isEmpty, filePosition == data.extent.upperBound else { throw .corrupt(.size) }
    }

    /// One call of inflate, with more input if there is none left.
    private mutating func step(
        into output: UnsafeMutableRawBufferPointer,
        stoppingAtBlockEnd stops: Bool
    ) throws(MemberError) -> Inflater.Step {
        if buffered.isEmpty {
            let count = Int(min(Int64(MemberBuffers.inputSize), data.extent.upperBound - filePosition))
            try load(buffers.input.part(0, count))
            buffered = 0..<count
        }
        let input = UnsafeRawBufferPointer(buffers.input.part(buffered.lowerBound, buffered.count))
        guard let step = buffers.inflater.step(from: input, into: output, stoppingAtBlockEnd: stops),
            step.consumed > 0 || step.produced > 0 || step.isAtEnd
        else { throw .corrupt(.stream) }
        buffered = buffered.lowerBound + step.consumed..<buffered.upperBound
        streamEnded = step.isAtEnd
        return step
    }

    /// Fills memory with the next bytes of the member's data in the file.
    private mutating func load(_ output: UnsafeMutableRawBufferPointer) throws(MemberError) {
        let count: Int
        do {
            count = try data.file.read(into: output, at: filePosition)
        } catch {
            throw .io(error)
        }
        guard count == output.count else { throw .corrupt(.truncated) }
        filePosition += Int64(count)
    }
}
