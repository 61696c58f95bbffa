internal import CFastCGI
internal import Glibc

extension Listener {
    /// Takes over the socket that systemd handed over under a name.
    ///
    /// - Parameters:
    ///   - name: the value of `FileDescriptorName=` in the socket unit.
    ///   - activation: what systemd handed over.
    ///   - allowTCP: whether the operator asked for TCP explicitly.
    /// - Returns: the listener, nil when no socket has this name.
    /// - Throws: ``FastCGIError`` when the descriptor is no listening stream socket, or one of TCP that is not allowed.
    public static func inherited(
        named name: String,
        from activation: SocketActivation,
        allowTCP: Bool = false
    ) throws(FastCGIError) -> Listener? {
        guard let descriptor = activation.descriptor(named: name) else { return nil }
        return try Listener(inherited: descriptor, name: name, allowTCP: allowTCP)
    }

    /// Takes over the socket that systemd handed over at a place of its list.
    ///
    /// - Parameters:
    ///   - index: 0 for the first socket.
    ///   - activation: what systemd handed over.
    ///   - allowTCP: whether the operator asked for TCP explicitly.
    /// - Returns: the listener, nil when there are fewer sockets.
    /// - Throws: ``FastCGIError`` when the descriptor is no listening stream socket, or one of TCP that is not allowed.
    public static func inherited(
        at index: Int,
        from activation: SocketActivation,
        allowTCP: Bool = false
    ) throws(FastCGIError) -> Listener? {
        guard let descriptor = activation.descriptor(at: index) else { return nil }
        return try Listener(inherited: descriptor, name: activation.names[index], allowTCP: allowTCP)
    }

    private convenience init(inherited descriptor: Int32, name: String, allowTCP: Bool) throws(FastCGIError) {
        guard option(SO_ACCEPTCONN, of: descriptor) == 1,
            option(SO_TYPE, of: descriptor) == Int32(SOCK_STREAM.rawValue),
            let family = option(SO_DOMAIN, of: descriptor)
        else { throw .notListening(descriptor: descriptor) }
        let isTCP = family != AF_UNIX
        guard allowTCP || !isTCP else { throw .tcpNotAllowed }
        try checked("fcntl") { fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        let flags = try checked("fcntl") { fcntl(descriptor, F_GETFL) }
        try checked("fcntl") { fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) }
        self.init(name: "systemd:\(name)", descriptor: descriptor, isTCP: isTCP, file: nil, isOwn: false)
    }
}

/// A numeric option of a socket, nil when the descriptor is none.
private func option(_ name: Int32, of descriptor: Int32) -> Int32? {
    var value: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
}
