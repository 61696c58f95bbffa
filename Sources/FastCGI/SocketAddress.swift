internal import CFastCGI
internal import Glibc

/// A `sockaddr` of any family, as `bind(2)` and `connect(2)` want it.
struct SocketAddress {
    private var storage = sockaddr_storage()
    private var length: socklen_t

    /// The address of a unix socket; the path has been checked to fit.
    init(path: String) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { room in
            room.copyBytes(from: path.utf8.prefix(ListenAddress.longestPath))
        }
        length = socklen_t(MemoryLayout<sockaddr_un>.size)
        withUnsafeMutableBytes(of: &storage) { room in
            withUnsafeBytes(of: address) { room.copyMemory(from: $0) }
        }
    }

    /// The first address that the resolver knows for a host.
    init(host: String, port: UInt16) throws(FastCGIError) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0, let first = list, let address = first.pointee.ai_addr else {
            throw .unknownHost(host, reason: String(cString: gai_strerror(code)))
        }
        length = first.pointee.ai_addrlen
        let bytes = UnsafeRawBufferPointer(start: address, count: Int(length))
        withUnsafeMutableBytes(of: &storage) { $0.copyMemory(from: bytes) }
        freeaddrinfo(list)
    }

    var family: Int32 { Int32(storage.ss_family) }

    /// Hands the address to a C call.
    func withPointer<Value>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
        withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}
