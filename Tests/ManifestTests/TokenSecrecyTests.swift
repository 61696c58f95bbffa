import Manifest
import Testing

@Suite("Tokens")
struct TokenSecrecyTests {
    @Test("no token is stored, or shown when a document with tokens fails")
    func secrecy() throws {
        let instance = try Instance()
        let yaml = """
            users: [{username: a, access_tokens: [{name: t, token: glpat-verysecret01}]}]
            projects:
              - path: p
                access_tokens: [{name: t, token: glpat-verysecret02, role: guest}]
                pipelines: [{key: k, ref: main, jobs: [{name: j, token: glcbt-verysecret03}]}]
            """
        try instance.apply(yaml)
        #expect(try !instance.snapshot().joined().contains("verysecret"))
        let clash = """
            users:
              - username: b
                access_tokens: [{name: t, token: glpat-verysecret02}, {name: u, token: glcbt-verysecret03}]
              - {username: glpat-verysecret05, id: glpat-verysecret06}
            projects: [{path: q, pipelines: [{key: k, jobs: [{name: j, user: glpat-verysecret04}]}]}]
            """
        let problems = try instance.problems(clash)
        #expect(!problems.isEmpty)
        #expect(!problems.joined().contains("verysecret"), "\(problems)")
        let twice =
            "users: [{username: b, access_tokens: [{name: t, token: glpat-verysecret07}, {name: u, token: glpat-verysecret07}]}]"
        #expect(
            try instance.problems(twice) == [
                "users[0].access_tokens[1].token: the token is given twice, first at users[0].access_tokens[0].token"
            ]
        )
    }
}
