import Testing

@testable import Publishing

@Suite("Trying again")
struct RetryPolicyTests {
    private let policy = RetryPolicy(attempts: 4, firstDelay: 1000, longestDelay: 3000, longestRequestedDelay: 60_000)

    @Test("Statuses that may be others the next time", arguments: [408, 425, 429, 500, 502, 503, 504, 520, 599])
    func transient(status: Int) {
        #expect(policy.verdict(status: status, attempt: 1, retryAfter: nil, random: 0) == .again(after: 500))
    }

    @Test(
        "Statuses that will be the same the next time",
        arguments: [200, 301, 400, 401, 403, 404, 405, 409, 413, 422, 501, 505, 507, 508]
    )
    func final(status: Int) {
        #expect(policy.verdict(status: status, attempt: 1, retryAfter: 1000, random: 0) == .final)
    }

    @Test(
        "Waits double up to the longest, with jitter over their second half",
        arguments: [(1, 500, 1000), (2, 1000, 2000), (3, 1500, 3000)] as [(Int, Int64, Int64)]
    )
    func backoff(attempt: Int, least: Int64, most: Int64) {
        #expect(policy.verdict(attempt: attempt, random: 0) == .again(after: least))
        #expect(policy.verdict(attempt: attempt, random: UInt64(most - least)) == .again(after: most))
        for random in [1, 77, 123_456_789, UInt64.max] {
            guard case .again(let delay) = policy.verdict(attempt: attempt, random: random) else {
                Issue.record("no other try")
                continue
            }
            #expect((least...most).contains(delay))
        }
    }

    @Test("The number of tries is bounded", arguments: [4, 5, 1000])
    func attempts(attempt: Int) {
        #expect(policy.verdict(attempt: attempt, random: 0) == .final)
        #expect(policy.verdict(status: 503, attempt: attempt, retryAfter: 0, random: 0) == .final)
    }

    @Test("Retry-After is honoured where it is not too long")
    func retryAfter() {
        #expect(policy.verdict(status: 503, attempt: 1, retryAfter: 20_000, random: 7) == .again(after: 20_007))
        #expect(policy.verdict(status: 429, attempt: 3, retryAfter: 0, random: 0) == .again(after: 0))
        #expect(policy.verdict(status: 503, attempt: 1, retryAfter: 60_001, random: 0) == .final)
    }

    @Test(
        "Retry-After is seconds or a date",
        arguments: [
            ("120", 120_000), ("0", 0), ("-1", nil), ("soon", nil), ("Sun, 06 Nov 1994 08:49:47 GMT", 10_000),
            ("Sun, 06 Nov 1994 08:49:07 GMT", 0), ("", nil), ("99999999999999999999", nil), (nil, nil),
        ] as [(String?, Int64?)]
    )
    func field(text: String?, expected: Int64?) {
        #expect(RetryAfter.milliseconds(text, now: 784_111_777) == expected)
    }
}
