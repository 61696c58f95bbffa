import Testing

@testable import Manifest

@Suite("Times of a manifest")
struct TimeExpressionTests {
    @Test(
        "moments and distances are read",
        arguments: [
            ("2027-01-01", 1_798_761_600_000_000),
            ("2027-01-01T10:00:00Z", 1_798_797_600_000_000),
            ("2027-01-01T10:00:00.5+02:00", 1_798_790_400_500_000),
            ("now", 1_000_000),
            ("now+30m", 1_801_000_000),
            ("now-2s", -1_000_000),
            ("now-1h", -3_599_000_000),
            ("now+1d", 86_401_000_000),
            ("now+2w", 1_209_601_000_000),
        ] as [(String, Int64)]
    )
    func valid(text: String, expected: Int64) {
        #expect(TimeExpression(parsing: text)?.resolved(now: 1_000_000) == expected)
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "tomorrow", "now-", "now+d", "now+1", "now+1y", "now +1d", "now+1d2h", "now+99999999999999w",
            "2027-13-01",
        ]
    )
    func invalid(text: String) {
        #expect(TimeExpression(parsing: text) == nil)
    }
}
