import ArgumentParser

/// The exit statuses of the program (sysexits.h).
enum ExitStatus: Int32 {
    case badData = 65
    case unavailable = 69
    case `internal` = 70
    case configuration = 78
}

/// An error that ends the program: what to print, and the status to leave with.
struct CommandFailure: Error {
    let status: ExitStatus
    let message: String

    /// Runs a command's work; a failure is printed to standard error, one line a problem, and becomes the status.
    static func reporting(_ body: () throws(CommandFailure) -> Void) throws {
        do throws(CommandFailure) {
            try body()
        } catch {
            Terminal.error(error.message)
            throw ExitCode(error.status.rawValue)
        }
    }
}
