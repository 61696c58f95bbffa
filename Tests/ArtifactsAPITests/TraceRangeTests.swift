import Testing

@testable import ArtifactsAPI

@Suite("Content-Range of a piece of a log")
struct TraceRangeTests {
    @Test(
        "begins at the first number, whatever the second one says",
        arguments: [
            ("0-2347", 0), ("43-1091", 43), ("10-9", 10), ("0--1", 0), ("007-8", 7),
            ("9223372036854775807-9223372036854775808", Int64.max),
        ]
    )
    func starts(field: String, start: Int64) {
        #expect(TraceRange.start(of: field) == start)
    }

    @Test(
        "is malformed in any other form",
        arguments: [
            "", "-", "0", "0-", "-1", "a-1", "1-a", "0-1-2", "0---1", "+1-2", " 0-1", "0 -1", "0-1 ", "bytes 0-1/2",
            "9223372036854775808-9223372036854775809", "0x1-2", "0–1",
        ]
    )
    func malformed(field: String) {
        #expect(TraceRange.start(of: field) == nil)
    }
}
