import CZlib

/// Packs the windows of access points by deflate.
///
/// Compressed, what a file of points takes grows with the archive and not with the data in it: an archive of 1 GiB may
/// declare a member of 1 TiB, whose 32 KiB for every 4 MiB would be 8 GiB. For a log it costs 2 % of the inflating in
/// between.
enum WindowCodec {
    /// Packs a window.
    ///
    /// The state of deflate, 256 KiB, lives for the call only: every stream that gathers points would hold one otherwise.
    ///
    /// - Parameters:
    ///   - window: ``AccessPoint/windowSize`` bytes.
    ///   - output: As many bytes.
    /// - Returns: The number of bytes in the output: as many as the window has when they are the window itself.
    static func pack(_ window: UnsafeMutableRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Int {
        if let count = deflate(window, into: output) { return count }
        output.copyMemory(from: UnsafeRawBufferPointer(window))
        return window.count
    }

    /// Unpacks a window.
    ///
    /// - Parameters:
    ///   - packed: What ``pack(_:into:)`` made.
    ///   - window: Where the ``AccessPoint/windowSize`` bytes go.
    ///   - inflater: An inflater that is in no stream.
    /// - Returns: Whether they are exactly that many.
    static func unpack(
        _ packed: UnsafeRawBufferPointer,
        into window: UnsafeMutableRawBufferPointer,
        using inflater: MemberInflater
    ) -> Bool {
        guard packed.count < window.count else {
            window.copyMemory(from: UnsafeRawBufferPointer(rebasing: packed[..<window.count]))
            return packed.count == window.count
        }
        inflater.reset(gathering: false)
        guard let step = inflater.step(from: packed, into: window) else { return false }
        return step.produced == window.count
    }

    /// The corresponding C function is `deflate`; `nil` when the result would not be smaller.
    private static func deflate(
        _ window: UnsafeMutableRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) -> Int? {
        var stream = z_stream()
        return withUnsafeMutablePointer(to: &stream) { stream in
            guard artifactd_deflateInit2(stream, 1, -15, 8) == Z_OK else { return nil }
            defer { deflateEnd(stream) }
            stream.pointee.next_in = window.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_in = UInt32(window.count)
            stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(output.count - 1)
            guard CZlib.deflate(stream, Z_FINISH) == Z_STREAM_END else { return nil }
            return output.count - 1 - Int(stream.pointee.avail_out)
        }
    }
}
