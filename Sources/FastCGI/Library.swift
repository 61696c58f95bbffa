internal import CFastCGI
internal import Glibc

/// What libfcgi needs once a process.
enum Library {
    /// The result of `FCGX_Init`, which runs when this is first read.
    ///
    /// It installs handlers for three signals where it finds the default ones; those of the process are put back, as a
    /// handler that merely sets a flag helps nobody here. Its environment variables for timeouts need no values: both
    /// waits they govern, for the first byte and at the close, are our own.
    private static let initialisation: Int32 = keepingSignalActions { FCGX_Init() }

    static func initialise() throws(FastCGIError) {
        guard initialisation == 0 else { throw .system(call: "FCGX_Init", errno: initialisation) }
    }

    private static func keepingSignalActions(_ body: () -> Int32) -> Int32 {
        let signals = [SIGPIPE, SIGUSR1, SIGTERM]
        var actions = signals.map { _ in sigaction() }
        for (index, signal) in signals.enumerated() { sigaction(signal, nil, &actions[index]) }
        let result = body()
        for (index, signal) in signals.enumerated() { sigaction(signal, &actions[index], nil) }
        return result
    }
}
