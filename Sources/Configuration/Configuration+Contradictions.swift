extension Configuration {
    /// The socket that downloads are served on, whoever named it.
    private var effectiveListen: String { listen ?? Configuration.standardListen }

    /// The socket that uploads are taken on, whoever named it.
    private var effectiveUploadListen: String { uploadListen ?? Configuration.standardUploadListen }

    /// What is wrong between settings that are right one by one.
    func contradictions() -> [ConfigurationError.Problem] {
        tcpWithoutPermission() + sameSocketTwice() + redirectWithoutTarget()
    }

    private func tcpWithoutPermission() -> [ConfigurationError.Problem] {
        guard !allowTCP else { return [] }
        let listeners = [("LISTEN", effectiveListen), ("UPLOAD_LISTEN", effectiveUploadListen)]
        return listeners.filter { !$0.1.hasPrefix("unix:") }.map { name, address in
            problem(
                name,
                "\"\(address)\" is a TCP address, which needs ALLOW_TCP=true (whoever can connect can forge any request)"
            )
        }
    }

    private func sameSocketTwice() -> [ConfigurationError.Problem] {
        guard effectiveListen == effectiveUploadListen else { return [] }
        return [
            problem("UPLOAD_LISTEN", "\"\(effectiveUploadListen)\" is also LISTEN; uploads need a socket of their own")
        ]
    }

    private func redirectWithoutTarget() -> [ConfigurationError.Problem] {
        guard delivery == .redirect else { return [] }
        return [("CDN_URL", cdnURL), ("CDN_KEY_FILE", cdnKeyFile)].filter { $0.1 == nil }.map { name, _ in
            problem(name, "missing, and DELIVERY=redirect needs it")
        }
    }

    private func problem(_ name: String, _ message: String) -> ConfigurationError.Problem {
        ConfigurationError.Problem(place: Setting.prefix + name, message: message)
    }
}
