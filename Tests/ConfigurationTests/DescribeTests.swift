import Testing

@testable import Configuration

@Suite("Printing the configuration")
struct DescribeTests {
    @Test("each line is an assignment with its origin")
    func lines() throws {
        let environment = ["ARTIFACTD_WORKERS": "9", "ARTIFACTD_DEFAULT_EXPIRE_IN": "it's 3 weeks"]
        let text = try withFile("url_ttl: 120\n") { try load(environment, file: $0).describe() }
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.count == Setting.all.count)
        #expect(lines.contains("ARTIFACTD_WORKERS=9  # environment"))
        #expect(lines.contains("ARTIFACTD_URL_TTL=2m  # file"))
        #expect(lines.contains("ARTIFACTD_MAX_ARTIFACT_SIZE=5G  # default"))
        #expect(lines.contains("ARTIFACTD_LISTEN=unix:/run/artifactd/fastcgi.sock  # default"))
        #expect(lines.contains(#"ARTIFACTD_DEFAULT_EXPIRE_IN='it'\''s 3 weeks'  # environment"#))
        #expect(lines.contains("ARTIFACTD_CDN_URL=  # default"))
    }

    @Test("the password of the database is masked")
    func masked() throws {
        let text = try load(["ARTIFACTD_DATABASE_URL": "postgresql://u:hunter2@db/x"]).describe()
        #expect(!text.contains("hunter2"))
        #expect(text.contains("ARTIFACTD_DATABASE_URL='postgresql://u:[FILTERED]@db/x'  # environment"))
    }

    @Test(
        "connection strings lose their passwords and nothing else",
        arguments: [
            ("postgresql:///artifactd", "postgresql:///artifactd"),
            ("postgres://h:5432/db?application_name=a", "postgres://h:5432/db?application_name=a"),
            ("postgresql://u@h:5432/db", "postgresql://u@h:5432/db"),
            ("postgresql://u:pw@h:5432/db", "postgresql://u:[FILTERED]@h:5432/db"),
            ("postgresql://u:p/w@h/db", "postgresql://u:[FILTERED]@h/db"),
            ("postgresql://u:p?w@h/db", "postgresql://u:[FILTERED]@h/db"),
            ("postgresql://u:p@w@h/db", "postgresql://u:[FILTERED]@h/db"),
            ("postgresql:///db?password=pw&user=u", "postgresql:///db?password=[FILTERED]&user=u"),
            ("postgresql:///db?sslpassword=pw", "postgresql:///db?sslpassword=[FILTERED]"),
            ("postgresql:///db?pass%77ord=pw", "postgresql:///db?pass%77ord=[FILTERED]"),
            ("host=/tmp dbname=x", "host=/tmp dbname=x"),
            ("host=h password=pw user=u", "host=h password=[FILTERED] user=u"),
            ("password = 'p w' user=u", "password = [FILTERED] user=u"),
            (#"password='p\'w x' user=u"#, "password=[FILTERED] user=u"),
            (#"password=p\ w user=u"#, "password=[FILTERED] user=u"),
            ("PASSWORD=pw", "PASSWORD=[FILTERED]"),
            ("password='unended pw", "password=[FILTERED]"),
            (#"password=pw\"#, "password=[FILTERED]"),
            ("password=", "password=[FILTERED]"),
        ]
    )
    func connectionStrings(text: String, expected: String) {
        #expect(SecretMask.connectionString(text) == expected)
    }
}
