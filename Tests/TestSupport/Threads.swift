import Foundation

/// Runs a closure on several threads at once and waits for all of them.
///
/// Real threads, because the server's workers are threads and a task pool would run only a few of them at a time.
///
/// - Parameters:
///   - count: The number of threads.
///   - body: Runs once on each thread; receives its number from 0.
public func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let finished = DispatchSemaphore(value: 0)
    for index in 0..<count {
        let thread = Thread {
            body(index)
            finished.signal()
        }
        thread.start()
    }
    for _ in 0..<count { finished.wait() }
}

/// Runs a closure on a thread of its own, while the test goes on.
public final class BackgroundThread: Sendable {
    private let finished = DispatchSemaphore(value: 0)

    /// Starts the thread.
    ///
    /// - Parameter body: Runs once.
    public init(_ body: @escaping @Sendable () -> Void) {
        let finished = finished
        Thread {
            body()
            finished.signal()
        }.start()
    }

    /// Waits for its end; once.
    public func join() {
        finished.wait()
    }
}

/// Asks again and again until something has come about.
///
/// - Parameters:
///   - what: What is waited for, for the failure.
///   - condition: Whether it has.
/// - Throws: ``NeverCame`` after 30 seconds, and what `condition` throws.
public func waitUntil(_ what: String, _ condition: () throws -> Bool) throws {
    for _ in 0..<3_000 {
        if try condition() { return }
        usleep(10_000)
    }
    throw NeverCame(what: what)
}

/// What a test waited for in vain.
public struct NeverCame: Error, CustomStringConvertible {
    let what: String

    /// What it was.
    public var description: String { "waited in vain until \(what)" }
}
