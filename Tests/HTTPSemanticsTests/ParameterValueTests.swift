import HTTPSemantics
import Testing

@Suite("Parameter values")
struct ParameterValueTests {
    @Test("ways to say true", arguments: ["true", "True", "TRUE", "1", "t", "T", "yes", "Yes", "on", "ON"])
    func truths(text: String) {
        #expect(ParameterValue.boolean(text) == true)
    }

    @Test("ways to say false", arguments: ["false", "False", "FALSE", "0", "f", "F", "no", "No", "off", "OFF"])
    func falsehoods(text: String) {
        #expect(ParameterValue.boolean(text) == false)
    }

    @Test("anything else is no boolean", arguments: ["", "2", "y", "n", "tru", "truee", " true", "null", "01", "ﬀ"])
    func notBoolean(text: String) {
        #expect(ParameterValue.boolean(text) == nil)
    }

    @Test(
        "an id is a positive integer of 64 bits; other integers are unknown ids, the rest is malformed",
        arguments: [
            ("1", .value(1)), ("42", .value(42)), ("007", .value(7)), ("9223372036854775807", .value(.max)),
            ("9223372036854775808", .unknown), ("99999999999999999999999999", .unknown), ("0", .unknown),
            ("-1", .unknown),
            ("-9223372036854775809", .unknown), ("", .malformed), ("-", .malformed), ("+1", .malformed),
            ("1.0", .malformed),
            ("1e3", .malformed), ("0x10", .malformed), (" 1", .malformed), ("1 ", .malformed), ("abc", .malformed),
            ("١", .malformed),
        ] as [(String, ParameterValue.Identifier)]
    )
    func identifiers(text: String, expected: ParameterValue.Identifier) {
        #expect(ParameterValue.identifier(text) == expected)
    }
}
