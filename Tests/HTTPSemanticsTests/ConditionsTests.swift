import HTTPSemantics
import Testing

/// The representation of all cases: tag "v2", also as "v2-gzip", last modified on 6 November 1994.
private let current = Validators(
    entityTag: EntityTag("v2"),
    alternates: [EntityTag("v2-gzip")],
    lastModified: 784_111_777
)

private let before = "Sun, 06 Nov 1994 08:49:36 GMT"
private let same = "Sun, 06 Nov 1994 08:49:37 GMT"
private let after = "Sun, 06 Nov 1994 08:49:38 GMT"

struct ConditionCase: Sendable, CustomTestStringConvertible {
    let name: String
    let conditions: Conditions
    let get: Conditions.Verdict
    let delete: Conditions.Verdict
    var testDescription: String { name }

    init(_ name: String, _ conditions: Conditions, get: Conditions.Verdict, delete: Conditions.Verdict) {
        self.name = name
        self.conditions = conditions
        self.get = get
        self.delete = delete
    }
}

@Suite("Conditions")
struct ConditionsTests {
    static let matching: [ConditionCase] = [
        ConditionCase("no condition", Conditions(), get: .proceed, delete: .proceed),
        ConditionCase("If-Match, the current tag", Conditions(ifMatch: "\"v2\""), get: .proceed, delete: .proceed),
        ConditionCase(
            "If-Match, one of a list",
            Conditions(ifMatch: "\"v1\", \"v2\""),
            get: .proceed,
            delete: .proceed
        ),
        ConditionCase("If-Match: *", Conditions(ifMatch: "*"), get: .proceed, delete: .proceed),
        ConditionCase(
            "If-Match, an old tag",
            Conditions(ifMatch: "\"v1\""),
            get: .preconditionFailed,
            delete: .preconditionFailed
        ),
        ConditionCase(
            "If-Match compares strongly",
            Conditions(ifMatch: "W/\"v2\""),
            get: .preconditionFailed,
            delete: .preconditionFailed
        ),
        ConditionCase(
            "If-Match does not match another encoding",
            Conditions(ifMatch: "\"v2-gzip\""),
            get: .preconditionFailed,
            delete: .preconditionFailed
        ),
        ConditionCase(
            "a malformed If-Match matches nothing",
            Conditions(ifMatch: "v2"),
            get: .preconditionFailed,
            delete: .preconditionFailed
        ),
        ConditionCase(
            "If-None-Match, the current tag",
            Conditions(ifNoneMatch: "\"v2\""),
            get: .notModified,
            delete: .preconditionFailed
        ),
        ConditionCase(
            "If-None-Match compares weakly",
            Conditions(ifNoneMatch: "W/\"v2\""),
            get: .notModified,
            delete: .preconditionFailed
        ),
        ConditionCase(
            "If-None-Match matches the gzip form",
            Conditions(ifNoneMatch: "\"v1\", W/\"v2-gzip\""),
            get: .notModified,
            delete: .preconditionFailed
        ),
        ConditionCase("If-None-Match: *", Conditions(ifNoneMatch: "*"), get: .notModified, delete: .preconditionFailed),
        ConditionCase("If-None-Match, an old tag", Conditions(ifNoneMatch: "\"v1\""), get: .proceed, delete: .proceed),
        ConditionCase("a malformed If-None-Match", Conditions(ifNoneMatch: "v2"), get: .proceed, delete: .proceed),
        ConditionCase("an empty If-None-Match", Conditions(ifNoneMatch: ""), get: .proceed, delete: .proceed),
    ]

    static let dated: [ConditionCase] = [
        ConditionCase("modified since before", Conditions(ifModifiedSince: before), get: .proceed, delete: .proceed),
        ConditionCase(
            "not modified since that second",
            Conditions(ifModifiedSince: same),
            get: .notModified,
            delete: .proceed
        ),
        ConditionCase(
            "not modified since after",
            Conditions(ifModifiedSince: after),
            get: .notModified,
            delete: .proceed
        ),
        ConditionCase(
            "If-Modified-Since in RFC 850 form",
            Conditions(ifModifiedSince: "Sunday, 06-Nov-94 08:49:37 GMT"),
            get: .notModified,
            delete: .proceed
        ),
        ConditionCase(
            "If-Modified-Since, no date",
            Conditions(ifModifiedSince: "now"),
            get: .proceed,
            delete: .proceed
        ),
        ConditionCase(
            "If-Modified-Since is ignored beside If-None-Match",
            Conditions(ifNoneMatch: "\"v1\"", ifModifiedSince: after),
            get: .proceed,
            delete: .proceed
        ),
        ConditionCase(
            "unmodified since before",
            Conditions(ifUnmodifiedSince: before),
            get: .preconditionFailed,
            delete: .preconditionFailed
        ),
        ConditionCase(
            "unmodified since that second",
            Conditions(ifUnmodifiedSince: same),
            get: .proceed,
            delete: .proceed
        ),
        ConditionCase(
            "If-Unmodified-Since, no date",
            Conditions(ifUnmodifiedSince: "then"),
            get: .proceed,
            delete: .proceed
        ),
        ConditionCase(
            "If-Unmodified-Since is ignored beside If-Match",
            Conditions(ifMatch: "\"v2\"", ifUnmodifiedSince: before),
            get: .proceed,
            delete: .proceed
        ),
        ConditionCase(
            "a failed If-Match comes before If-None-Match",
            Conditions(ifMatch: "\"v1\"", ifNoneMatch: "\"v2\""),
            get: .preconditionFailed,
            delete: .preconditionFailed
        ),
        ConditionCase(
            "a true If-Match leaves it to If-None-Match",
            Conditions(ifMatch: "\"v2\"", ifNoneMatch: "\"v2\""),
            get: .notModified,
            delete: .preconditionFailed
        ),
        ConditionCase(
            "a true If-Unmodified-Since leaves it to If-Modified-Since",
            Conditions(ifModifiedSince: same, ifUnmodifiedSince: same),
            get: .notModified,
            delete: .proceed
        ),
    ]

    @Test("the order of RFC 9110 §13.2.2", arguments: matching + dated)
    func verdict(of condition: ConditionCase) {
        let conditions = condition.conditions
        #expect(conditions.evaluate(method: .get, validators: current) == condition.get)
        #expect(conditions.evaluate(method: .head, validators: current) == condition.get)
        #expect(conditions.evaluate(method: .delete, validators: current) == condition.delete)
    }

    @Test("without a modification date, dates are ignored")
    func noModificationDate() {
        let undated = Validators(entityTag: EntityTag("v2"))
        #expect(Conditions(ifModifiedSince: after).evaluate(method: .get, validators: undated) == .proceed)
        #expect(Conditions(ifUnmodifiedSince: before).evaluate(method: .get, validators: undated) == .proceed)
    }
}
