internal import CFastCGI
internal import Glibc

/// The text of `strerror_r(3)`: `strerror` shares one buffer between all threads.
func systemMessage(of code: Int32) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
        guard let base = buffer.baseAddress, strerror_r(code, base, buffer.count) == 0 else { return "error \(code)" }
        return String(cString: base)
    }
}

/// The result of a call, or the error that `errno` names; asks again when a signal interrupted it.
@discardableResult
func checked<Value: FixedWidthInteger>(_ name: String, _ call: () -> Value) throws(FastCGIError) -> Value {
    while true {
        let value = call()
        if value != -1 { return value }
        if errno != EINTR { throw .system(call: name, errno: errno) }
    }
}

/// What `poll(2)` says of a connection.
struct Readiness {
    var connection: Int16 = 0

    var isHungUp: Bool {
        connection & Int16(truncatingIfNeeded: Int(POLLHUP | POLLERR) | ARTIFACTD_POLLRDHUP) != 0
    }

    var isReadable: Bool { connection & Int16(truncatingIfNeeded: POLLIN) != 0 }
}

/// Waits until a descriptor has something to read or has been closed.
///
/// - Parameters:
///   - descriptor: what to wait for.
///   - milliseconds: the longest wait, 0 for none, negative for ever.
/// - Returns: what is ready; nothing is after the time has passed.
func waitForInput(on descriptor: Int32, milliseconds: Int32) -> Readiness {
    let interest = Int16(truncatingIfNeeded: Int(POLLIN) | ARTIFACTD_POLLRDHUP)
    var entry = pollfd(fd: descriptor, events: interest, revents: 0)
    var count: Int32 = -1
    repeat {
        count = poll(&entry, 1, milliseconds)
    } while count < 0 && errno == EINTR
    return Readiness(connection: count > 0 ? entry.revents : 0)
}

/// Whether the other side has closed and everything that it sent has been read.
func isAtEndOfInput(_ connection: Int32) -> Bool {
    var byte: UInt8 = 0
    let count = recv(connection, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
    return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)
}

/// Whether there are bytes to read.
func hasInput(_ connection: Int32) -> Bool {
    var byte: UInt8 = 0
    return recv(connection, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) > 0
}

/// Sets one option of a socket to a value of its C type.
func setOption<Value: BitwiseCopyable>(_ socket: Int32, _ level: Int32, _ name: Int32, _ value: Value) {
    withUnsafeBytes(of: value) { bytes in
        // A connection that is already dead refuses options: the next read or write tells.
        _ = setsockopt(socket, level, name, bytes.baseAddress, socklen_t(bytes.count))
    }
}

extension timeval {
    init(milliseconds: Int32) {
        self.init(tv_sec: Int(milliseconds / 1_000), tv_usec: Int(milliseconds % 1_000) * 1_000)
    }
}
