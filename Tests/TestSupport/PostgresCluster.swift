import Foundation
import Postgres
import Synchronization

/// A private PostgreSQL server in a temporary directory, reached by a unix socket only.
///
/// It ends with the test process, however that ends: the server's parent is a small shell that waits for the end of a
/// pipe whose other end only the test process holds, then stops the server and removes the directory.
public final class PostgresCluster: Sendable {
    /// Why a cluster does not run.
    public struct Failure: Error, CustomStringConvertible {
        /// What happened.
        public let description: String
    }

    /// The directory of the socket, short enough for `sun_path`.
    public let directory: String

    private let binaries: String
    private let supervisor = Mutex<Supervisor?>(nil)
    private let administration = Mutex(Administration())

    /// The cluster that the tests of one process share.
    ///
    /// Tests that stop the server make their own.
    ///
    /// - Returns: The running cluster.
    /// - Throws: Why there is none.
    public static func shared() throws -> PostgresCluster { try sharedResult.get() }

    private static let sharedResult = Result { try PostgresCluster() }

    /// Makes a cluster and starts it.
    ///
    /// - Throws: Why it does not run.
    public init() throws {
        binaries = try Self.findBinaries()
        directory = try Self.makeDirectory()
        let initdb = ["\(binaries)/initdb", "-D", "\(directory)/data", "-U", "postgres", "-A", "trust"]
        let encoding = ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
        try ServerUser.run(initdb + encoding, in: directory)
        try start()
    }

    deinit {
        supervisor.withLock { supervisor in
            guard let supervisor else {
                try? FileManager.default.removeItem(atPath: directory)
                return
            }
            supervisor.finish()
        }
    }

    /// The connection string of a database.
    ///
    /// - Parameter database: The database's name.
    /// - Returns: A libpq connection string.
    public func conninfo(database: String = "postgres") -> String {
        "host=\(directory) user=postgres dbname=\(database)"
    }

    /// Starts the server and waits until it takes connections.
    ///
    /// - Throws: When it does not within 30 s.
    public func start() throws {
        try supervisor.withLock { supervisor in
            guard supervisor == nil else { return }
            supervisor = try Supervisor(binaries: binaries, directory: directory)
        }
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            do {
                _ = try Connection(conninfo: conninfo())
                return
            } catch {
                guard ContinuousClock.now < deadline else { throw Failure(description: "\(error.debugDescription)") }
                usleep(10_000)
            }
        }
    }

    /// Stops the server at once, as a crash does; every session is cut.
    public func stop() {
        supervisor.withLock { supervisor in
            supervisor?.stop()
            supervisor = nil
        }
        administration.withLock { $0.connection = nil }
    }

    /// Stops the server and starts it again.
    ///
    /// - Throws: When it does not come back.
    public func restart() throws {
        stop()
        try start()
    }

    /// Makes a database for one test.
    ///
    /// - Parameter template: The database to copy; nobody may be connected to it. Default: an empty one.
    /// - Returns: The connection string of the new database.
    /// - Throws: The server's refusal.
    public func createDatabase(template: String = "template0") throws -> String {
        try administration.withLock { administration in
            administration.databases += 1
            let name = "test_\(administration.databases)"
            try administration.create(name, template: template, conninfo: conninfo())
            return conninfo(database: name)
        }
    }

    /// Makes a template database once in the process, with the schema for instance, and names it.
    ///
    /// - Parameters:
    ///   - name: The template's name.
    ///   - build: Fills the database that the connection string names, and leaves no connection open.
    /// - Returns: The name, for `createDatabase(template:)`.
    /// - Throws: What `build` throws.
    public func template(_ name: String, build: (String) throws -> Void) throws -> String {
        try administration.withLock { administration in
            guard !administration.templates.contains(name) else { return name }
            try administration.create(name, template: "template0", conninfo: conninfo())
            try build(conninfo(database: name))
            administration.templates.insert(name)
            return name
        }
    }

    /// The session that makes databases, one at a time: two copies of one template would be in each other's way.
    private struct Administration {
        var connection: Connection?
        var databases = 0
        var templates: Set<String> = []

        mutating func create(_ name: String, template: String, conninfo: String) throws {
            let connection = try connection ?? Connection(conninfo: conninfo)
            self.connection = connection
            try connection.execute("CREATE DATABASE \(name) TEMPLATE \(template)")
        }
    }

    private static func findBinaries() throws -> String {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let newestFirst = versions.compactMap(Int.init).sorted(by: >).map { "\(root)/\($0)/bin" }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let candidates = newestFirst + path.split(separator: ":").map(String.init)
        let found = candidates.first { FileManager.default.isExecutableFile(atPath: "\($0)/initdb") }
        guard let found else { throw Failure(description: "no PostgreSQL server programs (initdb) on this machine") }
        return found
    }

    private static func makeDirectory() throws -> String {
        var template = Array("/tmp/pgtest-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(description: "mkdtemp: errno \(errno)") }
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try ServerUser.own(directory)
        return directory
    }
}
