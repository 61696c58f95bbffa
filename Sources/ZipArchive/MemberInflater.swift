import CZlib

#if ISAL
import CIsal
#endif

/// Inflates one deflate stream after the other, each by the library that suits it.
///
/// Only libz can stop at the end of a block and tell the bits and the window there, so it takes the streams of which
/// access points are gathered. In a build with ISA-L that takes all others; else libz does.
final class MemberInflater {
    private let zlib: Inflater

    #if ISAL
    private let isal: IsalInflater
    /// Whether the stream is ISA-L's.
    private var isFast = false
    #endif

    /// Allocates the states; `nil` when there is no memory for them.
    init?() {
        guard let zlib = Inflater() else { return nil }
        self.zlib = zlib
        #if ISAL
        guard let isal = IsalInflater() else { return nil }
        self.isal = isal
        #endif
    }

    /// Begins a new stream.
    func reset(gathering: Bool) {
        #if ISAL
        isFast = !gathering
        if isFast { return isal.reset() }
        #endif
        zlib.reset()
    }

    /// Inflates until the input is used up, the output is full, the stream ends, or, in a stream that was begun for
    /// gathering and if asked to, a block does.
    func step(
        from input: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer,
        stoppingAtBlockEnd stops: Bool = false
    ) -> Inflater.Step? {
        #if ISAL
        if isFast { return isal.step(from: input, into: output) }
        #endif
        return zlib.step(from: input, into: output, stoppingAtBlockEnd: stops)
    }

    /// Copies the last 32 KiB of the output of a stream that was begun for gathering.
    func copyWindow(to window: UnsafeMutableRawBufferPointer) -> Bool { zlib.copyWindow(to: window) }

    /// Begins in the middle of a stream, at an access point.
    func resume(
        at point: AccessPoint,
        after lastByte: UInt8,
        window: UnsafeMutableRawBufferPointer,
        gathering: Bool
    ) -> Bool {
        #if ISAL
        isFast = !gathering
        if isFast { return isal.resume(at: point, after: lastByte, window: window) }
        #endif
        return zlib.resume(at: point, after: lastByte, window: window)
    }
}

/// The libraries that inflate in this build.
public enum InflateLibrary {
    /// Their names and versions, for a person to read.
    public static var description: String {
        let zlib = "zlib \(String(cString: zlibVersion()))"
        #if ISAL
        return "ISA-L \(ISAL_MAJOR_VERSION).\(ISAL_MINOR_VERSION).\(ISAL_PATCH_VERSION), \(zlib)"
        #else
        return zlib
        #endif
    }
}
