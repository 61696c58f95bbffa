import Artifacts
import Cryptography
import Testing

@testable import ArtifactsAPI

struct TokenCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var query = ""
    var fields: [(name: String, value: String)] = []
    var access: String?
    var job: String?
}

@Suite("Presented token")
struct PresentedTokenTests {
    static let cases = [
        TokenCase(testDescription: "nothing"),
        TokenCase(testDescription: "private_token", query: "private_token=a", access: "a"),
        TokenCase(testDescription: "PRIVATE-TOKEN", fields: [("PRIVATE-TOKEN", "a")], access: "a"),
        TokenCase(
            testDescription: "a Bearer may be either",
            fields: [("Authorization", "Bearer b")],
            access: "b",
            job: "b"
        ),
        TokenCase(
            testDescription: "bearer in any case",
            fields: [("Authorization", "bEARER b")],
            access: "b",
            job: "b"
        ),
        TokenCase(testDescription: "another scheme is ignored", fields: [("Authorization", "Basic YTpi")]),
        TokenCase(testDescription: "Deploy-Token is ignored", fields: [("Deploy-Token", "d")]),
        TokenCase(
            testDescription: "the query beats the header",
            query: "private_token=a",
            fields: [("PRIVATE-TOKEN", "h")],
            access: "a"
        ),
        TokenCase(
            testDescription: "PRIVATE-TOKEN beats Bearer",
            fields: [("PRIVATE-TOKEN", "h"), ("Authorization", "Bearer b")],
            access: "h"
        ),
        TokenCase(testDescription: "of a repeated one the last", query: "private_token=a&private_token=z", access: "z"),
        TokenCase(testDescription: "an empty value is absent", query: "private_token=&job_token="),
        TokenCase(testDescription: "an empty field is absent", fields: [("PRIVATE-TOKEN", ""), ("JOB-TOKEN", "")]),
        TokenCase(testDescription: "an empty Bearer is absent", fields: [("Authorization", "Bearer ")]),
        TokenCase(
            testDescription: "an empty parameter yields to the header",
            query: "private_token=",
            fields: [("PRIVATE-TOKEN", "h")],
            access: "h"
        ),
        TokenCase(testDescription: "job_token", query: "job_token=j", job: "j"),
        TokenCase(testDescription: "JOB-TOKEN", fields: [("JOB-TOKEN", "j")], job: "j"),
        TokenCase(
            testDescription: "job_token beats JOB-TOKEN",
            query: "job_token=j",
            fields: [("JOB-TOKEN", "h")],
            job: "j"
        ),
        TokenCase(
            testDescription: "JOB-TOKEN beats Bearer as a job token",
            fields: [("JOB-TOKEN", "j"), ("Authorization", "Bearer b")],
            access: "b",
            job: "j"
        ),
        TokenCase(
            testDescription: "an access token beats a job token",
            query: "job_token=j&private_token=a",
            fields: [("JOB-TOKEN", "h")],
            access: "a"
        ),
        TokenCase(testDescription: "a plus is a space", query: "private_token=a+b", access: "a b"),
        TokenCase(testDescription: "escapes are decoded once", query: "private_token=a%252B", access: "a%2B"),
    ]

    @Test("the first credential that is present decides", arguments: cases)
    func precedence(tokens: TokenCase) throws {
        let request = try makeRequest("/?\(tokens.query)", fields: tokens.fields)
        let token = try PresentedToken(request, acceptsJobTokens: true)
        #expect(token.access == (try tokens.access.map { try SHA256Digest(hashing: $0) }))
        #expect(token.job == (try tokens.job.map { try SHA256Digest(hashing: $0) }))
        #expect(token.presented == (tokens.access == nil && tokens.job == nil ? .nothing : .token))
    }

    @Test("where job tokens are not accepted they count as no credentials")
    func withoutJobTokens() throws {
        let request = try makeRequest("/?job_token=j", fields: [("JOB-TOKEN", "h")])
        let token = try PresentedToken(request, acceptsJobTokens: false)
        #expect(token.access == nil)
        #expect(token.job == nil)
        #expect(token.presented == .nothing)
    }
}
