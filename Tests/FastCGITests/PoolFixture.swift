import Glibc
import Synchronization
import Testing

@testable import FastCGI

/// A pool on a socket in a directory of its own, answered by a closure.
final class PoolFixture: Sendable {
    let path: String
    let pool: WorkerPool
    let listener: Listener
    let events: Recorder<WorkerEvent>
    private let directory: TemporaryDirectory

    init(
        workers: Int = 1,
        keptConnections: Int = 100,
        timeouts: WorkerPool.Timeouts = .init(firstRequest: 10_000),
        _ handler: @escaping @Sendable (Exchange) -> Void
    ) throws {
        directory = try TemporaryDirectory()
        path = directory.path + "/s"
        let events = Recorder<WorkerEvent>()
        self.events = events
        listener = try Listener(address: ListenAddress("unix:\(path)"))
        pool = try WorkerPool(
            name: "test",
            listener: listener,
            workers: workers,
            handler: ClosureHandler(body: handler),
            keptConnections: keptConnections,
            timeouts: timeouts
        ) { events.append($0) }
        try pool.start()
    }

    deinit {
        pool.beginDrain()
        listener.close()
    }

    func client() throws -> FastCGIClient { try FastCGIClient(path: path) }

    /// Connections that have had an answer and are idle.
    func idleClients(_ count: Int) throws -> [FastCGIClient] {
        let clients = try (0..<count).map { _ in try client() }
        for client in clients { _ = try client.exchange(keep: true) }
        waitUntilKept(count)
        return clients
    }

    /// Waits until so many connections are idle: an answer arrives before its connection is put back.
    func waitUntilKept(_ count: Int) {
        for _ in 0..<5_000 where pool.figures.kept != count { usleep(1_000) }
    }
}

private struct ClosureHandler: RequestHandler {
    let body: @Sendable (Exchange) -> Void

    func handle(_ exchange: Exchange) { body(exchange) }
}

/// Collects what happens on other threads.
final class Recorder<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])
    private let first: EventFlag?

    init() {
        first = try? EventFlag()
    }

    func append(_ element: Element) {
        elements.withLock { $0.append(element) }
        first?.raise()
    }

    var all: [Element] { elements.withLock { $0 } }

    /// The first element, for which this waits up to five seconds.
    func firstElement() -> Element? {
        _ = waitForInput(on: first?.number ?? -1, milliseconds: 5_000)
        return all.first
    }
}

/// Holds threads until it is opened, for at most five seconds.
struct Gate: Sendable {
    private let flag: EventFlag

    init() throws { flag = try EventFlag() }

    func open() { flag.raise() }

    @discardableResult
    func wait() -> Bool { waitForInput(on: flag.number, milliseconds: 5_000).isReadable }
}

/// A directory with a short path that vanishes with the fixture.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/fastcgi-XXXXXX".utf8CString)
        guard let name = mkdtemp(&template) else { throw FastCGIError.system(call: "mkdtemp", errno: errno) }
        path = String(cString: name)
    }

    deinit {
        guard let list = opendir(path) else { return }
        while let entry = readdir(list) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            unlink("\(path)/\(name)")
        }
        closedir(list)
        rmdir(path)
    }
}

let okHeader = Array("Status: 200 OK\r\nContent-Type: text/plain\r\n\r\n".utf8)

/// Bytes that differ from place to place, so that a shifted or repeated block shows; up to 5 MiB of them.
func pattern(_ count: Int) -> [UInt8] { Array(longPattern[..<count]) }

/// Made once and from copies of a block: a loop over every byte is slow in a debug build.
private let longPattern: [UInt8] = {
    // A prime length moves the blocks against every power of two.
    let block = (0..<65_521).map { UInt8(truncatingIfNeeded: ($0 &* 31) ^ ($0 >> 8)) }
    var result: [UInt8] = []
    while result.count < 5 << 20 { result += block }
    return result
}()

extension Exchange {
    /// Answers 200 with a text.
    func answer(_ text: String) {
        try? sendHeader(okHeader)
        try? send(Array(text.utf8))
    }

    /// Reads the whole body.
    func wholeBody(step: Int = 10_000) throws(ExchangeError) -> [UInt8] {
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: step)
        while true {
            let count = try buffer.withUnsafeMutableBufferPointer { (bytes) throws(ExchangeError) in
                try readBody(into: UnsafeMutableRawBufferPointer(bytes))
            }
            if count == 0 { return result }
            result += buffer.prefix(count)
        }
    }
}
