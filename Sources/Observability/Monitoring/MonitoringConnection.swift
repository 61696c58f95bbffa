import Glibc

/// One connection of the operators' listener, from its first byte to its close, before a deadline.
struct MonitoringConnection {
    let descriptor: Int32
    /// A descriptor that becomes readable when the server stops.
    let stop: Int32
    /// When the connection is given up, by the monotonic clock.
    let deadline: Double

    /// Reads a request, answers it, closes; a client that is mute or slow just loses its connection.
    func serve(_ routes: MonitoringRoutes) {
        defer { close(descriptor) }
        guard let head = readHead() else { return }
        let isTooLong = head.count > MonitoringRequest.longest
        let request = MonitoringRequest(head: head)
        let response = isTooLong ? .error(431, "Request Header Fields Too Large") : routes.respond(to: request)
        send(response.bytes(withBody: request?.method != "HEAD"))
        if response.status >= 400 { linger() }
    }

    /// The bytes up to the empty line, or more than are allowed; nil if they did not arrive in time.
    private func readHead() -> [UInt8]? {
        var head: [UInt8] = []
        while !MonitoringRequest.isComplete(head) {
            if head.count > MonitoringRequest.longest { return head }
            guard let chunk = read(), !chunk.isEmpty else { return nil }
            head += chunk
        }
        return head
    }

    /// The next bytes, none at the end; nil on failure, stop or deadline.
    private func read() -> [UInt8]? {
        while wait(for: POLLIN) {
            var count = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, initialized in
                count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
                initialized = max(0, count)
            }
            if count >= 0 { return chunk }
            guard errno == EINTR || errno == EAGAIN else { return nil }
        }
        return nil
    }

    private func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty, wait(for: POLLOUT) {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count >= 0 || errno == EINTR || errno == EAGAIN else { return }
            rest = rest.dropFirst(max(0, count))
        }
    }

    /// Reads what a refused client still sends: closing on unread bytes would reset the answer away (RFC 9112, section 9.6).
    private func linger() {
        shutdown(descriptor, Int32(SHUT_WR))
        var budget = 65_536
        while budget > 0, let chunk = read(), !chunk.isEmpty { budget -= chunk.count }
    }

    /// Waits until the socket is ready; false when the deadline passes or the server stops.
    private func wait(for events: Int32) -> Bool {
        while true {
            let left = deadline - MonotonicTime.seconds()
            guard left > 0 else { return false }
            var polled = [
                pollfd(fd: descriptor, events: Int16(events), revents: 0),
                pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&polled, 2, Int32((left * 1000).rounded(.up)))
            if count < 0, errno == EINTR { continue }
            guard count > 0, polled[1].revents == 0 else { return false }
            return true
        }
    }
}
