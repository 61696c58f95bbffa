internal import Glibc

/// A signal by which an operator or systemd talks to the service.
public enum ServiceSignal: Sendable, Equatable, CaseIterable {
    /// SIGTERM: drain and leave.
    case terminate
    /// SIGINT: the same, from a terminal.
    case interrupt
    /// SIGHUP: read the configuration again.
    case hangUp
    /// SIGUSR1: for the use of the service.
    case user1

    var number: Int32 {
        switch self {
        case .terminate: SIGTERM
        case .interrupt: SIGINT
        case .hangUp: SIGHUP
        case .user1: SIGUSR1
        }
    }

    /// Whether the service is asked to end.
    public var endsService: Bool { self == .terminate || self == .interrupt }
}

/// Takes the signals of the service at one place, instead of in a handler that could run on any thread.
///
/// Make it first thing in `main`: threads inherit the mask, and a signal is delivered to any thread that does not
/// block it.
public struct SignalWait: Sendable {
    /// Blocks the signals of ``ServiceSignal`` in the calling thread and ignores SIGPIPE in the process.
    public init() {
        var signals = Self.signals
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        signal(SIGPIPE, SIG_IGN)
    }

    /// Waits for the next signal (sigwait(3)).
    ///
    /// - Returns: the signal.
    public func wait() -> ServiceSignal {
        var signals = Self.signals
        while true {
            var number: Int32 = 0
            guard sigwait(&signals, &number) == 0 else { continue }
            if let signal = ServiceSignal.allCases.first(where: { $0.number == number }) { return signal }
        }
    }

    private static var signals: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in ServiceSignal.allCases { sigaddset(&signals, signal.number) }
        return signals
    }
}
