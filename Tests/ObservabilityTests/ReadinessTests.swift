import Testing

@testable import Observability

@Suite("Readiness")
struct ReadinessTests {
    private let good = HealthReport(results: [.init(name: "database", failure: nil)])
    private let bad = HealthReport(results: [
        .init(name: "database", failure: "no \"route\""), .init(name: "store", failure: nil),
    ])

    @Test("a report is good for a second, then one caller runs the checks again")
    func freshness() {
        var state = Readiness.State()
        #expect(state.decide(now: 10) == .runChecks)
        state.finish(good, now: 10.2)
        #expect(state.decide(now: 11.1) == .answer(good))
        #expect(state.decide(now: 11.3) == .runChecks)
        #expect(state.decide(now: 11.4) == .answer(good), "others get the last report meanwhile")
        state.finish(bad, now: 11.5)
        #expect(state.decide(now: 12) == .answer(bad))
    }

    @Test("checks that hang make the server unready, and nobody runs them a second time")
    func hangingChecks() {
        var state = Readiness.State()
        #expect(state.decide(now: 0) == .runChecks)
        guard case .answer(let first) = state.decide(now: 0.1) else {
            Issue.record("the checks ran twice")
            return
        }
        #expect(!first.isHealthy)
        state.finish(good, now: 0.2)
        #expect(state.decide(now: 2) == .runChecks)
        #expect(state.decide(now: 6.9) == .answer(good))
        guard case .answer(let later) = state.decide(now: 7.1) else {
            Issue.record("the checks ran twice")
            return
        }
        #expect(!later.isHealthy)
    }

    @Test("the report is GitLab's JSON; failures are shown in any case")
    func json() {
        func text(_ report: HealthReport, _ details: Bool) -> String {
            String(decoding: report.json(withDetails: details), as: UTF8.self)
        }
        #expect(text(good, false) == #"{"status":"ok"}"#)
        #expect(text(good, true) == #"{"status":"ok","database_check":[{"status":"ok"}]}"#)
        let failed = #"{"status":"failed","database_check":[{"status":"failed","message":"no \"route\""}]"#
        #expect(text(bad, false) == failed + "}")
        #expect(text(bad, true) == failed + #","store_check":[{"status":"ok"}]}"#)
    }
}
