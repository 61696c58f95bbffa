import CZlib
import Synchronization

/// Packs the windows of access points by deflate.
///
/// Compressed, what a file of points takes grows with the archive and not with the data in it: an archive of 1 GiB may
/// declare a member of 1 TiB, whose 32 KiB for every 4 MiB would be 8 GiB. For a log it costs 2 % of the inflating in
/// between.
enum WindowCodec {
    /// Unpacks a window.
    ///
    /// - Parameters:
    ///   - packed: What ``WindowPacker`` made.
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
}

/// A deflate state and the room for one window, packed and not: 330 KiB.
///
/// `@unchecked Sendable`: only ``WindowPackers`` makes one, and uses it under the mutex that holds it.
private final class WindowPacker: @unchecked Sendable {
    private let stream: UnsafeMutablePointer<z_stream>
    private let window = HeapBuffer(count: AccessPoint.windowSize)
    private let output = HeapBuffer(count: AccessPoint.windowSize)

    /// The corresponding C function is `deflateInit2`; `nil` when there is no memory.
    init?() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard artifactd_deflateInit2(stream, 1, -15, 8) == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// The last window of what an inflater made, packed: as many bytes as it has itself when it is the window itself.
    ///
    /// The corresponding C functions are `deflateReset` and `deflate`.
    func pack(_ inflater: Inflater) -> [UInt8]? {
        guard inflater.copyWindow(to: window.bytes), deflateReset(stream) == Z_OK else { return nil }
        stream.pointee.next_in = window.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(window.bytes.count)
        stream.pointee.next_out = output.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        // What would not be smaller is kept as it is.
        stream.pointee.avail_out = UInt32(output.bytes.count - 1)
        guard deflate(stream, Z_FINISH) == Z_STREAM_END else { return Array(window.bytes) }
        return Array(output.bytes[..<(output.bytes.count - 1 - Int(stream.pointee.avail_out))])
    }
}

/// The few packers that all streams share.
///
/// A stream needs one for a quarter of a millisecond every 4 MiB. Were it to hold one, or to allocate it each time, 256 of
/// them would cost more memory than all else that they have.
struct WindowPackers: Sendable {
    static let shared = Self()

    private final class Slot: Sendable {
        let packer = Mutex<WindowPacker?>(nil)
    }

    private let slots = (0..<4).map { _ in Slot() }

    /// Packs the last window of what an inflater made; nothing in there waits for anything but a processor.
    ///
    /// - Parameter inflater: The inflater, behind at least as many bytes as a window has.
    /// - Returns: The packed bytes, or `nil` where there is no window or no memory.
    func packWindow(of inflater: Inflater) -> [UInt8]? {
        for slot in slots {
            let packed = slot.packer.withLockIfAvailable { Self.pack(inflater, &$0) }
            if let packed { return packed }
        }
        let turn = Int(bitPattern: ObjectIdentifier(inflater)) >> 8 & (slots.count - 1)
        return slots[turn].packer.withLock { Self.pack(inflater, &$0) }
    }

    private static func pack(_ inflater: Inflater, _ packer: inout WindowPacker?) -> [UInt8]? {
        if packer == nil { packer = WindowPacker() }
        return packer?.pack(inflater)
    }
}
