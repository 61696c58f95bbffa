extension MemberReader {
    /// Goes to where inflating up to the window's first byte costs least: here, the nearest access point, or the start.
    mutating func approach() {
        let isBehind = window.lowerBound < position
        while let held = points?.nearest(to: window.lowerBound), isBehind || saves(held) {
            if resume(at: held) { return aim() }
            points?.reject(held)
            restart()
        }
        if window.lowerBound < position { restart() }
        aim()
    }

    /// Whether going to a point costs less than inflating up to it.
    private func saves(_ held: MemberPoints.Held) -> Bool {
        held.point.output - position > Int64(AccessPoint.windowSize)
    }

    private func aim() { points?.aim(from: position) }

    /// Whether a stream that is begun at a position comes by places in the window, or before it, whose points are to be
    /// gathered.
    func gathers(from position: Int64) -> Bool {
        guard let points else { return false }
        points.aim(from: position)
        return points.isWorthGathering(before: window.upperBound)
    }

    private mutating func restart() {
        buffers.inflater.reset(gathering: gathers(from: 0))
        position = 0
        filePosition = data.extent.lowerBound
        buffered = 0..<0
        streamEnded = false
    }

    /// Begins at an access point.
    ///
    /// - Returns: Whether its window is intact and the byte before it can be read.
    private mutating func resume(at held: MemberPoints.Held) -> Bool {
        let point = held.point
        // The packed window goes through the input buffer.
        restart()
        guard let window = points?.window(of: held, using: buffers) else { return false }
        var lastByte: UInt8 = 0
        let start = data.extent.lowerBound + point.input
        let count = withUnsafeMutableBytes(of: &lastByte) { byte in
            (try? data.file.read(into: byte, at: start - 1)) ?? 0
        }
        guard count == 1,
            buffers.inflater.resume(
                at: point,
                after: lastByte,
                window: window.bytes,
                gathering: gathers(from: point.output)
            )
        else { return false }
        position = point.output
        filePosition = start
        return true
    }
}
