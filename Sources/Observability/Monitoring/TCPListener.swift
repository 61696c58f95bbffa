import Glibc

/// A listening TCP socket.
struct TCPListener {
    let descriptor: Int32

    /// `host:port` as it is bound, with the port that the system chose for port 0.
    let address: String

    /// Binds and listens; the socket does not block.
    ///
    /// - Parameter text: `host:port`, an IPv6 address in brackets.
    /// - Throws: An ``ObservabilityError`` that names the address.
    init(_ text: String) throws(ObservabilityError) {
        let (host, port) = try TCPListener.split(text)
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, port, &hints, &list)
        guard status == 0, let first = list else {
            throw ObservabilityError(.invalidAddress, text, detail: String(cString: gai_strerror(status)))
        }
        defer { freeaddrinfo(list) }
        descriptor = try TCPListener.listen(on: first.pointee, text)
        address = TCPListener.boundAddress(of: descriptor, host: text.contains("[") ? "[\(host)]" : host) ?? text
    }

    private static func split(_ text: String) throws(ObservabilityError) -> (host: String, port: String) {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else {
            throw ObservabilityError(.invalidAddress, text)
        }
        var host = text[..<colon]
        let port = text[text.utf8.index(after: colon)...]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, let number = Int(port), (0...65_535).contains(number) else {
            throw ObservabilityError(.invalidAddress, text)
        }
        return (String(host), String(number))
    }

    private static func listen(on info: addrinfo, _ text: String) throws(ObservabilityError) -> Int32 {
        let flags = Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(info.ai_family, info.ai_socktype | flags, info.ai_protocol)
        guard descriptor >= 0 else {
            throw ObservabilityError(.cannotListen, text, detail: SystemError.text(errno))
        }
        // A restart must not wait for connections of the last run that linger (TIME_WAIT).
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, info.ai_addr, info.ai_addrlen) == 0, Glibc.listen(descriptor, 64) == 0 else {
            let code = errno
            close(descriptor)
            if code == EADDRINUSE { throw ObservabilityError(.addressInUse, text) }
            throw ObservabilityError(.cannotListen, text, detail: SystemError.text(code))
        }
        return descriptor
    }

    private static func boundAddress(of descriptor: Int32, host: String) -> String? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let port = withUnsafeMutableBytes(of: &storage) { raw -> UInt16? in
            let status = raw.withMemoryRebound(to: sockaddr.self) { getsockname(descriptor, $0.baseAddress, &length) }
            // The port stands at the same place for both families (RFC 3493, section 3.3).
            return status == 0 ? UInt16(bigEndian: raw.load(fromByteOffset: 2, as: UInt16.self)) : nil
        }
        return port.map { "\(host):\($0)" }
    }
}
