internal import Artifacts

/// Everything that can keep a request from its answer; ``ErrorResponse`` gives each case its status and body.
enum RequestFailure: Error, Equatable {
    /// What is asked for and not there.
    enum Missing: Equatable {
        /// A job id, a ref or a job name.
        case job
        /// No pipeline among the searched ones has the job.
        case jobInRecentPipelines
        /// An archive, a member or a report.
        case file
        /// An archive whose members are to be listed.
        case artifacts
        /// A path in an archive below which something is wanted.
        case path
    }

    /// A parameter that the endpoint cannot work with.
    enum ParameterProblem: Equatable {
        case missing(StaticString)
        case invalid(StaticString)
        /// A parameter of a closed list of values.
        case unknownValue(StaticString)
        /// Two parameters of which a request can have one.
        case exclusive(StaticString, StaticString)
    }

    case badRequest
    /// A body that is not what its type says.
    case malformedBody
    /// A body of a type that holds no parameters.
    case unsupportedBody(type: String)
    case parameters([ParameterProblem])
    case unknownRoute
    case methodNotAllowed(allowed: String)
    case versionGone
    case denied(Denial)
    /// The project has another path now.
    case moved(location: String)
    case movedNeedsGet
    case missing(Missing, reason: AbsenceReason?)
    /// The job has no artifacts to erase, or still runs.
    case notErasable
    /// The pipeline has ended and takes no further job.
    case pipelineFinished
    /// The member cannot be read by this server, ever; the sentence says why.
    case unprocessable(String)
    case preconditionFailed
    /// What can be wrong with an upload only.
    case upload(UploadProblem)
    /// Content that is not what its directory says; the cause is for the log.
    case corruptArchive(cause: String)
    /// The database or something else that comes back by itself is away; the cause is for the log.
    case unavailable(cause: String)
    /// Content that the database knows and the store has not; the cause is for the log.
    case lostContent(cause: String)
    /// A fault of ours; the cause is for the log.
    case `internal`(cause: String)
}

extension RequestFailure.ParameterProblem {
    static func == (lhs: Self, rhs: Self) -> Bool { lhs.sentence == rhs.sentence }

    /// What the client reads.
    var sentence: String {
        switch self {
        case .missing(let name): "\(name) is missing"
        case .invalid(let name): "\(name) is invalid"
        case .unknownValue(let name): "\(name) does not have a valid value"
        case .exclusive(let first, let second): "\(first), \(second) are mutually exclusive"
        }
    }
}

extension RequestFailure {
    /// What the operator must know of it, or `nil` where only the client is concerned.
    var cause: String? {
        switch self {
        case .corruptArchive(let cause), .unavailable(let cause), .lostContent(let cause), .internal(let cause): cause
        case .upload(let problem): problem.cause
        default: nil
        }
    }

    static func == (lhs: Self, rhs: Self) -> Bool { ErrorResponse(lhs) == ErrorResponse(rhs) }
}
