import Testing

@testable import Observability

@Suite("Redaction")
struct RedactionTests {
    @Test(
        "masks a secret and leaves the rest",
        arguments: [
            // Words that look like tokens.
            ("glpat-abcDEF_1.2-3", "glpat-[FILTERED]"),
            ("token glcbt-64_xyz is bad", "token glcbt-[FILTERED] is bad"),
            ("xGLPAT-abc,", "xGLPAT-[FILTERED],"),
            ("(glrt-a)(gldt-b)", "(glrt-[FILTERED])(gldt-[FILTERED])"),
            // Query parameters.
            ("/x?private_token=a", "/x?private_token=[FILTERED]"),
            ("/x?job_token=a&b=c", "/x?job_token=[FILTERED]&b=c"),
            ("/x?b=c&access_token=a+b/c;d HTTP/1.1", "/x?b=c&access_token=[FILTERED] HTTP/1.1"),
            ("token=a&private_token=b&job_token=c", "token=[FILTERED]&private_token=[FILTERED]&job_token=[FILTERED]"),
            ("PRIVATE_TOKEN=a", "PRIVATE_TOKEN=[FILTERED]"),
            ("private_toke%6E=a", "private_toke%6E=[FILTERED]"),
            ("private%5ftoken=a", "private%5ftoken=[FILTERED]"),
            ("u=%2F%3Fprivate_token%3Da%26b", "u=%2F%3Fprivate_token%3D[FILTERED]"),
            ("X-Amz-Signature=abc&x=1", "X-Amz-Signature=[FILTERED]&x=1"),
            ("/f?expires=1&md5=abc", "/f?expires=1&md5=[FILTERED]"),
            ("private_token=glpat-a", "private_token=[FILTERED]"),
            (#""GET /x?token=a" 200"#, #""GET /x?token=[FILTERED]" 200"#),
            // Headers.
            ("PRIVATE-TOKEN: abc", "PRIVATE-TOKEN: [FILTERED]"),
            ("job-token:abc rest", "job-token:[FILTERED] rest"),
            ("Authorization: Basic dTpw\nHost: a", "Authorization: [FILTERED]\nHost: a"),
            ("Bearer abc def", "Bearer [FILTERED] def"),
            ("Cookie: a=b; c=d", "Cookie: [FILTERED]"),
            // JSON.
            (#"{"token":"a b","state":"x"}"#, #"{"token":"[FILTERED]","state":"x"}"#),
            (#"{"token" : "a\"b","state":"x"}"#, #"{"token" : "[FILTERED]","state":"x"}"#),
            (#"{\"token\":\"abc\"}"#, #"{\"token\":\"[FILTERED]"}"#),
            (#"{"password": "p"}"#, #"{"password": "[FILTERED]"}"#),
            // Connection strings.
            ("host=h password=p&w user=u", "host=h password=[FILTERED] user=u"),
            ("password='p w' user=u", "password='[FILTERED]' user=u"),
            (#"password='p\'w x' user=u"#, "password='[FILTERED]' user=u"),
            ("password = p", "password = [FILTERED]"),
            ("postgresql:///db?sslpassword=p", "postgresql:///db?sslpassword=[FILTERED]"),
            ("postgresql://u:p@h/db", "postgresql://[FILTERED]@h/db"),
            ("postgres://u:p/w@h/db x", "postgres://[FILTERED]@h/db x"),
            ("postgres://u:p@w@h/db", "postgres://[FILTERED]@h/db"),
            ("https://oauth2:t@git.example/x", "https://[FILTERED]@git.example/x"),
            ("https://t@git.example/x and https://b:c@d", "https://[FILTERED]@git.example/x and https://[FILTERED]@d"),
            // Beside text that is not ASCII.
            ("ü?token=ä&b=ö", "ü?token=[FILTERED]&b=ö"),
        ]
    )
    func masked(text: String, expected: String) {
        #expect(Redaction.masked(text) == expected)
        #expect(Redaction.masked(expected) == expected, "masking twice changes nothing")
    }

    @Test(
        "leaves a text without secrets as it is",
        arguments: [
            "", "=", ":", "%", "%3", "g", "b", "://", "token", "token=", "private_token=&x=1", "glpat-", "glpat- ",
            "unexpected token: \"x\"", "tokens=5", "token_id=5", "http://127.0.0.1:8080/a@b?c=d@e",
            "postgresql:///db", "postgresql://h:5432/db", "password authentication failed for user \"x\"",
            "ref=main&job=build", "état: ça va", "https://h/p", "bearer", "bearer ", "a = b",
        ]
    )
    func untouched(text: String) {
        #expect(Redaction.masked(text) == text)
    }

    @Test("a secret is found after any number of harmless bytes", arguments: [0, 1, 63, 64, 65, 10_000])
    func offsets(count: Int) {
        let filler = String(repeating: "x", count: count)
        #expect(Redaction.masked(filler + " token=abc") == filler + " token=[FILTERED]")
        #expect(Redaction.masked(filler + "_token=abc") == filler + "_token=[FILTERED]")
    }

    @Test("no log key names a secret, whose value would then be lost")
    func logKeys() {
        for key in LogKey.allCases {
            #expect(!Redaction.isSecretName(key.rawValue), "\(key)")
        }
    }

    @Test("names of secrets are known in any case", arguments: ["Private-Token", "PGPASSWORD", "job_token", "Cookie"])
    func secretNames(name: String) {
        #expect(Redaction.isSecretName(name))
    }
}
