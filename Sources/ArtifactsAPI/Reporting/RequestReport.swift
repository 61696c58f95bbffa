internal import FastCGI
internal import HTTPSemantics
internal import Observability

/// What is told of one request in log and metrics, gathered while it is answered.
struct RequestReport {
    let requestID: String
    /// When the request began, on the monotonic clock.
    let begin: ContinuousClock.Instant
    var route: RouteName?
    private(set) var status = 0
    private(set) var delivery = Answer.Delivery.none
    private(set) var bytes: Int64 = 0
    /// Why it failed, for the operator.
    private(set) var cause: String?
    /// The failure that was answered, for the metrics.
    private(set) var failure: RequestFailure?
    /// Whether the body that the worker sent broke for another reason than the client's leaving.
    private(set) var isDamaged = false

    init(requestID: String) {
        self.requestID = requestID
        begin = .now
    }

    mutating func failed(_ failure: RequestFailure) {
        self.failure = failure
        cause = failure.cause
    }

    mutating func answered(_ answer: Answer, _ method: Method) {
        status = answer.status
        guard method != .head else { return }
        delivery = answer.delivery
        switch answer.body {
        case .empty, .bytes, .accelerated: break
        case .stream(_, let window): bytes = window.upperBound - window.lowerBound
        case .multipart(_, let multipart): bytes = multipart.length
        }
    }

    mutating func broke(_ error: TransferError) {
        switch error {
        case .exchange(let error):
            isDamaged = Self.isFault(error)
            cause = "transfer ended early: \(error)"
        case .damaged(let reason):
            isDamaged = true
            cause = "transfer broken off: \(reason)"
        case .gone(let reason):
            cause = "transfer broken off: \(reason)"
        }
    }

    /// Whether the file was at fault, and not the client.
    private static func isFault(_ error: ExchangeError) -> Bool {
        switch error {
        case .truncatedFile, .fileRead: true
        case .clientGone, .bodyAborted, .timedOut: false
        }
    }
}
