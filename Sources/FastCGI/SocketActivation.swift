internal import Glibc

/// The sockets that systemd opened for this process (sd_listen_fds(3)).
///
/// Connections queue in them while the service restarts, so that no request is lost.
public struct SocketActivation: Sendable, Equatable {
    /// `SD_LISTEN_FDS_START`: the descriptors follow each other from here.
    static let firstDescriptor: Int32 = 3

    /// The names of `FileDescriptorName=`, in the order of the descriptors; "unknown" where there is none.
    public let names: [String]

    private let first: Int32

    /// Reads `LISTEN_PID`, `LISTEN_FDS` and `LISTEN_FDNAMES` from the environment of this process.
    ///
    /// - Throws: ``FastCGIError/activationInvalid(_:)`` when a variable meant for this process cannot be understood.
    public init() throws(FastCGIError) {
        try self.init(processID: getpid()) { name in getenv(name).map { String(cString: $0) } }
    }

    /// Reads the variables from a given environment.
    ///
    /// - Parameters:
    ///   - processID: the process that asks; variables meant for another one are ignored, as a child inherits them.
    ///   - first: the number of the first descriptor.
    ///   - environment: looks a variable up.
    /// - Throws: ``FastCGIError/activationInvalid(_:)`` when a variable meant for this process cannot be understood.
    init(
        processID: Int32,
        first: Int32 = SocketActivation.firstDescriptor,
        environment: (String) -> String?
    ) throws(FastCGIError) {
        self.first = first
        guard let process = environment("LISTEN_PID"), Int32(process) == processID,
            let text = environment("LISTEN_FDS")
        else {
            names = []
            return
        }
        guard let count = Int(text), (0...1024).contains(count) else { throw .activationInvalid("LISTEN_FDS") }
        guard let list = environment("LISTEN_FDNAMES") else {
            names = Array(repeating: "unknown", count: count)
            return
        }
        names = list.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard names.count == count else { throw .activationInvalid("LISTEN_FDNAMES") }
    }

    /// The descriptor of the socket with this name.
    func descriptor(named name: String) -> Int32? {
        names.firstIndex(of: name).map { first + Int32(clamping: $0) }
    }

    /// The descriptor at this place in the list.
    func descriptor(at index: Int) -> Int32? {
        names.indices.contains(index) ? first + Int32(clamping: index) : nil
    }
}
