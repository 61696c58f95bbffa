import Configuration
import FastCGI

/// The FastCGI sockets: handed over by systemd, or made here.
struct Sockets {
    let downloads: Listener
    let uploads: Listener

    /// Takes the sockets.
    ///
    /// A socket of systemd is known by its name (`FileDescriptorName=fastcgi` or `upload`), or else by its place; what an
    /// operator configured wins over it.
    init(_ configuration: Configuration) throws(CommandFailure) {
        do throws(FastCGIError) {
            let activation = try SocketActivation()
            let own = (configuration.listen, configuration.uploadListen)
            downloads = try Self.take(own.0, "fastcgi", 0, Configuration.standardListen, activation, configuration)
            uploads = try Self.take(own.1, "upload", 1, Configuration.standardUploadListen, activation, configuration)
        } catch {
            throw .listening(error)
        }
    }

    private static func take(
        _ configured: String?,
        _ name: String,
        _ index: Int,
        _ standard: String,
        _ activation: SocketActivation,
        _ configuration: Configuration
    ) throws(FastCGIError) -> Listener {
        let allowTCP = configuration.allowTCP
        if configured == nil {
            if let socket = try Listener.inherited(named: name, from: activation, allowTCP: allowTCP) { return socket }
            if let socket = try Listener.inherited(at: index, from: activation, allowTCP: allowTCP) { return socket }
        }
        let address = try ListenAddress(configured ?? standard)
        return try Listener(address: address, backlog: configuration.listenBacklog, allowTCP: allowTCP)
    }
}
