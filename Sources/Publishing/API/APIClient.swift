internal import CurlHTTP
internal import HTTPSemantics

/// Sends requests of the API until there is an answer that counts.
struct APIClient {
    /// How long a request without a file may take, in milliseconds.
    private static let requestLimit: Int64 = 120_000

    let transport: any HTTPTransport
    let clock: ClientClock
    let policy: RetryPolicy
    /// Moment of the clock after which nothing is begun.
    let deadline: Int64
    let warn: (String) -> Void

    /// The answer of a request that succeeded.
    ///
    /// - Parameters:
    ///   - what: What the request does, for messages.
    ///   - call: The request; it must be one that can be repeated.
    ///   - accepted: The statuses of success.
    ///   - onProgress: Gets the number of bytes sent.
    /// - Returns: The answer, whose status is one of these.
    /// - Throws: `PublishError` of the last try.
    func send(
        _ what: String,
        _ call: HTTPCall,
        accepting accepted: Set<Int>,
        onProgress: ((Int64) -> Void)? = nil
    ) throws(PublishError) -> HTTPReply {
        var attempt = 1
        while true {
            let left = deadline - clock.milliseconds()
            guard left > 0 else { throw PublishError(.outOfTime, "\(what): out of time") }
            let limit = onProgress == nil ? min(left, Self.requestLimit) : left
            let outcome = perform(call, limit: limit, onProgress: onProgress ?? { _ in })
            if case .success(let reply) = outcome, accepted.contains(reply.status) { return reply }
            let failure = failure(what, outcome)
            guard case .again(let delay) = verdict(outcome, attempt) else { throw failure }
            guard delay < deadline - clock.milliseconds() else {
                throw PublishError(.outOfTime, "\(failure.message); out of time")
            }
            warn("\(failure.message); trying again in \((delay + 999) / 1000) s")
            guard clock.sleep(delay) else { throw APIClient.interrupted }
            attempt += 1
        }
    }

    /// The signal is filled in by whoever caught it.
    static let interrupted = PublishError(.interrupted(signal: 0), "interrupted")

    private func perform(
        _ call: HTTPCall,
        limit: Int64,
        onProgress: (Int64) -> Void
    ) -> Result<HTTPReply, TransferError> {
        do {
            return .success(try transport.perform(call, limit: limit, onProgress: onProgress))
        } catch {
            return .failure(error)
        }
    }

    private func verdict(_ outcome: Result<HTTPReply, TransferError>, _ attempt: Int) -> RetryPolicy.Verdict {
        switch outcome {
        case .success(let reply):
            let wanted = RetryAfter.milliseconds(reply["Retry-After"], now: clock.wallSeconds())
            return policy.verdict(status: reply.status, attempt: attempt, retryAfter: wanted, random: clock.random())
        case .failure(let error):
            guard error.kind == .connection || error.kind == .timeout else { return .final }
            return policy.verdict(attempt: attempt, random: clock.random())
        }
    }

    private func failure(_ what: String, _ outcome: Result<HTTPReply, TransferError>) -> PublishError {
        switch outcome {
        case .success(let reply): PublishError(answering: reply, to: what)
        case .failure(let error):
            switch error.kind {
            case .interrupted: APIClient.interrupted
            case .connection, .timeout: PublishError(.unavailable, "\(what): \(error.message)")
            case .trust: PublishError(.configuration, "\(what): \(error.message)")
            case .body, .libcurl: PublishError(.internal, "\(what): \(error.message)")
            }
        }
    }
}
