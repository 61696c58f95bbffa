/// What the operators' listener answers, without its sockets.
struct MonitoringRoutes: Sendable {
    let registry: MetricsRegistry
    let readiness: Readiness
    let isStopping: @Sendable () -> Bool

    /// Answers a request; nil means that its head was not a request.
    func respond(to request: MonitoringRequest?) -> MonitoringResponse {
        guard let request else { return .error(400, "Bad Request") }
        guard let answer = answer(to: request) else { return .error(404, "Not Found") }
        guard request.method == "GET" || request.method == "HEAD" else {
            var refusal = MonitoringResponse.error(405, "Not Allowed")
            refusal.extraHeader = "Allow: GET, HEAD\r\n"
            return refusal
        }
        return answer()
    }

    private func answer(to request: MonitoringRequest) -> (() -> MonitoringResponse)? {
        switch request.path {
        case "/-/health": { .text(Array("artifactd OK\n".utf8), mediaType: "text/plain; charset=utf-8") }
        case "/-/liveness": { .json(200, "OK", Array(#"{"status":"ok"}"#.utf8)) }
        case "/-/readiness": { self.readinessAnswer(withDetails: request.wantsDetails) }
        case "/-/metrics": { .text(registry.exposition(), mediaType: PrometheusText.mediaType) }
        default: nil
        }
    }

    private func readinessAnswer(withDetails: Bool) -> MonitoringResponse {
        let stopping = HealthReport(results: [.init(name: "shutdown", failure: "the server is stopping")])
        let report = isStopping() ? stopping : readiness.report()
        let body = report.json(withDetails: withDetails)
        return report.isHealthy ? .json(200, "OK", body) : .json(503, "Service Unavailable", body)
    }
}
