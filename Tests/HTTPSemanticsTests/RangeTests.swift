import HTTPSemantics
import Testing

private let validators = Validators(
    entityTag: EntityTag("v2"),
    alternates: [EntityTag("v2-gzip")],
    lastModified: 784_111_777
)

private func outcome(
    _ range: String?,
    size: Int64 = 10_000,
    ifRange: String? = nil,
    method: HTTPSemantics.Method = .get
) -> RangeOutcome {
    RangeRequest.evaluate(range: range, ifRange: ifRange, method: method, size: size, validators: validators)
}

private func ranges(_ pairs: (Int64, Int64)...) -> [ByteRange] {
    pairs.map { ByteRange(first: $0.0, last: $0.1) }
}

@Suite("Ranges")
struct RangeTests {
    /// The examples of RFC 9110 §14.1.2 for 10,000 bytes, and edges.
    static let satisfiable: [(range: String, expected: [ByteRange])] = [
        ("bytes=0-499", ranges((0, 499))), ("bytes=500-999", ranges((500, 999))), ("bytes=-500", ranges((9500, 9999))),
        ("bytes=9500-", ranges((9500, 9999))), ("bytes=0-0,-1", ranges((0, 0), (9999, 9999))),
        ("bytes= 0-999, 4500-5499, -1000", ranges((0, 999), (4500, 5499), (9000, 9999))),
        ("bytes=0-", ranges((0, 9999))), ("bytes=0-0", ranges((0, 0))), ("bytes=9999-9999", ranges((9999, 9999))),
        ("bytes=9999-20000", ranges((9999, 9999))), ("bytes=-10000", ranges((0, 9999))),
        ("bytes=-10001", ranges((0, 9999))),
        ("bytes=-99999999999999999999999", ranges((0, 9999))), ("bytes=5-99999999999999999999999", ranges((5, 9999))),
        ("BYTES=1-2", ranges((1, 2))), ("bytes=,,1-2 ,\t,", ranges((1, 2))), ("bytes=0001-0002", ranges((1, 2))),
        ("bytes=500-600,601-999", ranges((500, 600), (601, 999))), ("bytes=900-999,0-99", ranges((900, 999), (0, 99))),
        ("bytes=20000-,1-2", ranges((1, 2))), ("bytes=-0,1-2", ranges((1, 2))),
    ]

    @Test("a satisfiable range is sent", arguments: satisfiable)
    func satisfied(range: String, expected: [ByteRange]) {
        #expect(outcome(range) == (expected.count == 1 ? .single(expected[0]) : .multiple(expected)))
    }

    @Test(
        "a malformed or reversed range is ignored",
        arguments: [
            "", "bytes", "bytes=", "bytes=,", "bytes=abc", "bytes=5-2", "bytes=-", "bytes=--5", "bytes=1",
            "bytes=1-2-3",
            "bytes=1-2;3-4", "bytes=0-1,abc", "bytes=1 - 2", "bytes:1-2", "bytes =1-2", "bytes=+1-2", "bytes=1-2 3-4",
            "bytes=0x1-2",
            "items=0-1", "seconds=1-2", "none", "0-499", "bytes=99999999999999999999999-99999999999999999999998",
            "bytes=1-2,5-4",
        ]
    )
    func ignored(range: String) {
        #expect(outcome(range) == .whole)
    }

    @Test(
        "a range without a byte is not satisfiable",
        arguments: [
            "bytes=10000-", "bytes=10000-10001", "bytes=-0", "bytes=9223372036854775807-", "bytes=9223372036854775808-",
            "bytes=99999999999999999999998-99999999999999999999999", "bytes=10000-,-0",
        ]
    )
    func unsatisfiable(range: String) {
        #expect(outcome(range) == .unsatisfiable)
    }

    @Test("an empty representation has no first byte, and its suffix is all of it")
    func emptyRepresentation() {
        #expect(outcome("bytes=0-", size: 0) == .unsatisfiable)
        #expect(outcome("bytes=0-0", size: 0) == .unsatisfiable)
        #expect(outcome("bytes=-0", size: 0) == .unsatisfiable)
        #expect(outcome("bytes=-1", size: 0) == .whole)
        #expect(outcome(nil, size: 0) == .whole)
    }

    @Test("the largest representation overflows nowhere")
    func largestRepresentation() {
        let last = Int64.max - 1
        #expect(outcome("bytes=0-", size: .max) == .single(ByteRange(first: 0, last: last)))
        #expect(outcome("bytes=-9223372036854775807", size: .max) == .single(ByteRange(first: 0, last: last)))
        #expect(outcome("bytes=9223372036854775806-", size: .max) == .single(ByteRange(first: last, last: last)))
        #expect(outcome("bytes=9223372036854775807-", size: .max) == .unsatisfiable)
        #expect(ByteRange(first: 0, last: last).count == .max)
        #expect(ByteRange(first: 0, last: .max).count == .max)
    }

    @Test(
        "overlapping ranges are ignored, whatever their order",
        arguments: [
            "bytes=0-5,5-9", "bytes=0-,-1", "bytes=5-9,0-5", "bytes=0-1,4-5,0-1", "bytes=0-9999,20000-,1-2",
            "bytes=9990-20000,-1",
        ]
    )
    func overlapping(range: String) {
        #expect(outcome(range) == .whole)
    }

    @Test("up to sixteen ranges are answered, more are ignored")
    func rangeCount() {
        func header(_ count: Int) -> String {
            "bytes=" + (0..<count).map { "\($0 * 2)-\($0 * 2)" }.joined(separator: ",")
        }
        let sixteen = (0..<16).map { ByteRange(first: Int64($0 * 2), last: Int64($0 * 2)) }
        #expect(outcome(header(16)) == .multiple(sixteen))
        #expect(outcome(header(17)) == .whole)
        #expect(outcome("bytes=0-0" + String(repeating: ",20000-", count: 16)) == .whole)
    }

    @Test("only GET has ranges", arguments: HTTPSemantics.Method.allCases.filter { $0 != .get })
    func otherMethods(method: HTTPSemantics.Method) {
        #expect(outcome("bytes=0-1", method: method) == .whole)
        #expect(outcome("bytes=20000-", method: method) == .whole)
    }

    @Test(
        "If-Range lets the range through for exactly the current state only",
        arguments: [
            ("\"v2\"", true), ("\"v1\"", false), ("W/\"v2\"", false), ("\"v2-gzip\"", false), ("*", false), ("", false),
            ("v2", false),
            ("\"v1\", \"v2\"", false), ("Sun, 06 Nov 1994 08:49:37 GMT", true),
            ("Sunday, 06-Nov-94 08:49:37 GMT", true),
            ("Sun, 06 Nov 1994 08:49:36 GMT", false), ("Sun, 06 Nov 1994 08:49:38 GMT", false), ("yesterday", false),
        ]
    )
    func ifRange(value: String, holds: Bool) {
        #expect(outcome("bytes=0-1", ifRange: value) == (holds ? .single(ByteRange(first: 0, last: 1)) : .whole))
        #expect(outcome("bytes=20000-", ifRange: value) == (holds ? .unsatisfiable : .whole))
        #expect(outcome(nil, ifRange: value) == .whole)
    }

    @Test("If-Range by date fails when no modification date is known")
    func ifRangeWithoutDate() {
        let undated = Validators(entityTag: EntityTag("v2"))
        let date = "Sun, 06 Nov 1994 08:49:37 GMT"
        let answer = RangeRequest.evaluate(
            range: "bytes=0-1",
            ifRange: date,
            method: .get,
            size: 9,
            validators: undated
        )
        #expect(answer == .whole)
    }

    @Test("Content-Range names the range and the size")
    func contentRange() {
        #expect(ByteRange(first: 42, last: 1233).contentRange(size: 1234) == "bytes 42-1233/1234")
        #expect(ByteRange.unsatisfiedContentRange(size: 1234) == "bytes */1234")
        #expect(ByteRange(first: 0, last: 0).count == 1)
        #expect(ByteRange(first: -5, last: -9) == ByteRange(first: 0, last: 0))
    }
}
