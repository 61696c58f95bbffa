import Foundation

/// The shell that is the server's parent, and the pipe that keeps it waiting.
struct Supervisor {
    /// One line from the pipe: stop and leave the directory.
    ///
    /// Its end: the test process is gone, so remove it too.
    ///
    /// Not `wait`: the shell may inherit a signal mask with SIGCHLD blocked, and would then never hear of the exit.
    private static let script = """
        trap : INT TERM HUP
        "$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c max_connections=200 -c shared_buffers=32MB \
            -c fsync=off -c full_page_writes=off -c autovacuum=off \
            -c wal_level=minimal -c max_wal_senders=0 </dev/null >>"$2/log" 2>&1 &
        if read -r line; then remove=; else remove=yes; fi
        kill -QUIT $!
        tries=0
        while [ -e "$2/data/postmaster.pid" ] && [ $tries -lt 500 ]; do sleep 0.02; tries=$((tries + 1)); done
        kill -KILL $!
        [ -z "$remove" ] || rm -rf "$2"
        """

    private let process: Process
    private let writeEnd: Int32

    init(binaries: String, directory: String) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw PostgresCluster.Failure(description: "pipe: errno \(errno)") }
        writeEnd = ends[1]
        // A child that inherited the write end would keep the pipe open after this process.
        _ = fcntl(writeEnd, F_SETFD, FD_CLOEXEC)
        process = ServerUser.process(["sh", "-c", Self.script, "sh", binaries, directory], in: directory)
        process.standardInput = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        try process.run()
    }

    /// Stops the server and removes its directory, without waiting for either.
    func finish() {
        close(writeEnd)
    }

    /// Stops the server and leaves its directory.
    func stop() {
        _ = "stop\n".withCString { write(writeEnd, $0, 5) }
        process.waitUntilExit()
        close(writeEnd)
    }
}
