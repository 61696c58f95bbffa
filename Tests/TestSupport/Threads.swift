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
