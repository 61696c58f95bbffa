import Glibc
import Publishing

/// SIGINT, SIGTERM and SIGHUP: the first asks for an end in good order, the second ends at once.
enum Signals {
    private static let watched = [SIGINT, SIGTERM, SIGHUP]

    /// Starts the thread that waits for them; all others have them blocked.
    static func watch(_ interruption: Interruption) {
        signal(SIGPIPE, SIG_IGN)
        var set = sigset_t()
        sigemptyset(&set)
        for each in watched { sigaddset(&set, each) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        var thread = pthread_t()
        let context = Unmanaged.passRetained(interruption).toOpaque()
        pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                Signals.wait(Unmanaged<Interruption>.fromOpaque(context).takeRetainedValue())
            },
            context
        )
    }

    /// The corresponding C function is `sigwait`.
    private static func wait(_ interruption: Interruption) -> Never {
        var set = sigset_t()
        sigemptyset(&set)
        for each in watched { sigaddset(&set, each) }
        while true {
            var number: Int32 = 0
            guard sigwait(&set, &number) == 0 else { continue }
            if !interruption.raise(number) { _exit(128 + number) }
        }
    }
}
