internal import Logging
internal import Observability

/// Tells what became of each request: counts it, and logs what an operator must know.
///
/// Ordinary requests are in nginx's access log; this log is for what went wrong here.
struct RequestReporter: Sendable {
    let metrics: ServerMetrics
    let logger: Logger

    func begin(_ requestID: String) -> RequestReport {
        metrics.streamsInFlight.add(1)
        return RequestReport(requestID: requestID)
    }

    func end(_ report: RequestReport) {
        metrics.streamsInFlight.add(-1)
        count(report)
        if let cause = report.cause { log(report, cause) }
    }

    private func count(_ report: RequestReport) {
        let (seconds, attoseconds) = (ContinuousClock.Instant.now - report.begin).components
        metrics.countRequest(
            route: report.route?.index ?? -1,
            status: report.status,
            nanoseconds: UInt64(max(0, seconds)) &* 1_000_000_000 &+ UInt64(max(0, attoseconds / 1_000_000_000))
        )
        if report.delivery == .worker { metrics.countBytes(Int(report.bytes), delivery: .worker) }
        if let code = ArchiveErrorLabel(report.failure) { metrics.countArchiveError(code: code.index) }
        if report.isDamaged { metrics.countArchiveError(code: ArchiveErrorLabel.brokenTransfer.index) }
        if report.status == 401 { metrics.authenticationFailures.add() }
        if case .lostContent = report.failure { metrics.contentLost.add() }
    }

    private func log(_ report: RequestReport, _ cause: String) {
        let isFault = report.status >= 500 || report.isDamaged
        logger.log(
            level: isFault ? .error : .info,
            isFault ? "Request failed" : "Transfer ended early",
            metadata: .fields([
                .correlationID: .string(report.requestID),
                .route: .string(report.route?.rawValue ?? "none"),
                .status: .number(report.status),
                .error: .string(cause),
            ])
        )
    }
}

/// The codes of the metric of archives and members that could not be read.
public enum ArchiveErrorLabel: String, Sendable, CaseIterable {
    /// Encrypted, or of a compression method that is not supported.
    case unsupported
    /// Damaged, and told before the first byte.
    case corrupt
    /// Damaged, and told by breaking the transfer off.
    case brokenTransfer = "broken_transfer"

    init?(_ failure: RequestFailure?) {
        switch failure {
        case .unprocessable: self = .unsupported
        case .corruptArchive: self = .corrupt
        default: return nil
        }
    }

    var index: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }
}
