import Glibc
import Testing

@testable import FastCGI

@Suite("Signals of the service")
struct SignalWaitTests {
    @Test("a blocked signal is taken by the wait", arguments: ServiceSignal.allCases)
    func takesSignals(expected: ServiceSignal) throws {
        var previous = sigset_t()
        pthread_sigmask(SIG_BLOCK, nil, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
        let signals = SignalWait()
        pthread_kill(pthread_self(), expected.number)
        #expect(signals.wait() == expected)
    }

    @Test("SIGTERM and SIGINT end the service, the others do not")
    func endsService() {
        #expect(ServiceSignal.allCases.filter(\.endsService) == [.terminate, .interrupt])
    }
}
