import HTTPSemantics
import Testing

@testable import ArtifactsAPI

@Suite("The parameters of a request and its body")
struct BodyParametersTests {
    private func parameters(_ query: String, json: String? = nil) throws -> BodyParameters {
        var parameters = BodyParameters(try Query(query))
        if let json, case .object(let members) = try JSONValue(parsing: Array(json.utf8)) { parameters.add(members) }
        return parameters
    }

    @Test("of all places the last that is not empty wins")
    func precedence() throws {
        #expect(try parameters("a=1&a=2").last("a") == "2")
        #expect(try parameters("a=1", json: #"{"a":"2","a":3}"#).last("a") == "3")
        #expect(try parameters("a=1&a=", json: #"{"a":"","b":null}"#).last("a") == "1")
        #expect(try parameters("a=1", json: #"{"a":{}}"#).last("a") == nil)
    }

    @Test(
        "texts and booleans are read from texts, numbers and booleans, and nothing else",
        arguments: [
            (#""x""#, "x", nil), ("12", "12", nil), ("true", "true", true), (#""Off""#, "Off", false), ("1", "1", true),
            (#""a\u0000b""#, nil, nil), (#""a\nb""#, nil, nil), ("[1]", nil, nil), ("{}", nil, nil),
        ] as [(String, String?, Bool?)]
    )
    func scalars(json: String, text: String?, boolean: Bool?) throws {
        let parameters = try parameters("", json: "{\"a\":\(json)}")
        var problems: [RequestFailure.ParameterProblem] = []
        #expect(parameters.text("a", &problems) == text)
        #expect(problems == (text == nil ? [.invalid("a")] : []))
        problems = []
        #expect(parameters.boolean("a", &problems) == boolean)
        #expect(problems == (boolean == nil ? [.invalid("a")] : []))
    }

    @Test(
        "lists come as arrays, with brackets or with commas",
        arguments: [
            ("", #"{"a":["x","y"]}"#, ["x", "y"]), ("a[]=x&a[]=y", nil, ["x", "y"]),
            ("a=x,%20y%20,,z", nil, ["x", "y", "z"]),
            ("a[]=x", #"{"a":[]}"#, []), ("", #"{"b":1}"#, nil), ("", #"{"a":[1,true]}"#, ["1", "true"]),
        ] as [(String, String?, [String]?)]
    )
    func lists(query: String, json: String?, expected: [String]?) throws {
        var problems: [RequestFailure.ParameterProblem] = []
        #expect(try parameters(query, json: json).list("a", &problems) == expected)
        #expect(problems == [])
    }

    @Test("lists of something else are a problem", arguments: [#"{"a":[{}]}"#, #"{"a":{}}"#, #"{"a":["x\ny"]}"#])
    func badLists(json: String) throws {
        var problems: [RequestFailure.ParameterProblem] = []
        #expect(try parameters("", json: json).list("a", &problems) == nil)
        #expect(problems == [.invalid("a")])
    }

    @Test("a new job's token is long, safe in URLs, and never the same")
    func tokens() throws {
        let tokens = try (0..<100).map { _ in try NewJobToken() }
        #expect(Set(tokens.map(\.text)).count == 100)
        #expect(Set(tokens.map(\.digest)).count == 100)
        for token in tokens {
            #expect(token.text.wholeMatch(of: #/glcbt-[A-Za-z0-9_\-]{32}/#) != nil, "\(token.text.count)")
        }
    }
}
