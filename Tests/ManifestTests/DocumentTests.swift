import Testing

@testable import Manifest

@Suite("Reading a document")
struct DocumentTests {
    static func problems(_ yaml: String, budget: Int = 10_000) -> [String] {
        do {
            _ = try ManifestDocument(parsing: yaml, budget: budget)
            return []
        } catch .invalid(let problems) {
            return problems.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    @Test(
        "each mistake is reported with its path",
        arguments: [
            ("users: 5", "users: expected a list, found 5"),
            ("users:", "users: expected a list, found null"),
            ("- users", "document: expected a mapping, found a list"),
            ("", "document: expected a mapping, found null"),
            ("people: []", "people: unknown key"),
            ("users: [{name: x}]", "users[0].username: is missing"),
            ("users: [{username: ''}]", "users[0].username: is empty"),
            (
                "users: [{username: \(String(repeating: "x", count: 1025))}]",
                "users[0].username: is longer than 1024 bytes"
            ),
            ("users: [{username: [a]}]", "users[0].username: expected text, found a list"),
            ("users: [{username: null}]", "users[0].username: expected text, found null"),
            ("users: [{username: a, admin: maybe}]", "users[0].admin: expected true or false, found maybe"),
            ("users: [{username: a, id: 0}]", "users[0].id: expected a positive integer, found 0"),
            ("users: [{username: a, id: '7'}]", "users[0].id: expected a positive integer, found 7"),
            ("users: [{username: a, id: 1.5}]", "users[0].id: expected a positive integer, found 1.5"),
            ("users: [{username: a, nmae: b}]", "users[0].nmae: unknown key"),
            (
                "users: [{username: a, state: asleep}]",
                "users[0].state: expected one of active, blocked, deactivated, blocked_pending_approval, found asleep"
            ),
            (
                "users: [{username: a}, {username: A}]",
                "users[1].username: the username is given twice, first at users[0].username"
            ),
            (
                "users: [{username: a, id: 1}, {username: b, id: 1}]",
                "users[1].id: the id is given twice, first at users[0].id"
            ),
            ("users:\n  - username: a\n    username: b", "users[0].username: is there twice"),
            ("users:\n  - {username: a, 'id': 1, 'id': 2}", "users[0].id: is there twice"),
            (
                "users: [{username: a, access_tokens: [{token: glpat-secret00001}]}]",
                "users[0].access_tokens[0].name: is missing"
            ),
            (
                "users: [{username: a, access_tokens: [{name: t, role: owner}]}]",
                "users[0].access_tokens[0].role: unknown key"
            ),
            (
                "users: [{username: a, access_tokens: [{name: t, expires_at: soon}]}]",
                "users[0].access_tokens[0].expires_at: not a time (ISO 8601, or now, now-7d, now+30m): soon"
            ),
            ("groups: [{path: a//b}]", "groups[0].path: not a path: a path has no empty segment"),
            ("groups: [{path: ../b}]", "groups[0].path: not a path: .. is no path segment"),
            ("groups: [{path: a/-b}]", "groups[0].path: not a path: a path segment does not start with -: -b"),
            (
                "groups: [{path: a b}]",
                "groups[0].path: not a path: a path segment holds letters, digits, _, -, . and + only: a b"
            ),
            (
                "groups: [{path: Acme}]\nprojects: [{path: acme}]",
                "projects[0].path: the path is given twice, first at groups[0].path"
            ),
            (
                "groups: [{path: a, members: [{user: b, role: boss}]}]",
                "groups[0].members[0].role: expected one of minimal_access, guest, planner, reporter, developer, "
                    + "maintainer, owner, found boss"
            ),
            (
                "groups: [{path: a, members: [{user: b, role: guest}, {user: b, role: owner}]}]",
                "groups[0].members[1].user: the user is given twice, first at groups[0].members[0].user"
            ),
            ("groups: [{path: a, members: null}]", "groups[0].members: expected a list, found null"),
            (
                "projects: [{path: a/b, previous_paths: [c], id: 1}, {path: a/d, previous_paths: [C]}]",
                "projects[1].previous_paths[0]: the previous path is given twice, first at projects[0].previous_paths[0]"
            ),
            (
                "projects: [{path: a, job_token_scope: {inbound_allowlist: [{}]}}]",
                "projects[0].job_token_scope.inbound_allowlist[0].project: is missing"
            ),
            (
                "projects: [{path: a, job_token_scope: {outbound_allowlist: [{project: b, policies: []}]}}]",
                "projects[0].job_token_scope.outbound_allowlist[0].policies: unknown key"
            ),
            (
                "projects: [{path: a, protected_refs: [{name: main, push_access_level: all}]}]",
                "projects[0].protected_refs[0].push_access_level: expected one of no_one, developer, maintainer, admin, "
                    + "found all"
            ),
            (
                "projects: [{path: a, pipelines: [{ref: main}]}]",
                "projects[0].pipelines[0].key: is missing, and there is no id either"
            ),
            (
                "projects: [{path: a, pipelines: [{key: p, sha: xyz}]}]",
                "projects[0].pipelines[0].sha: expected 7 to 64 hexadecimal digits, found xyz"
            ),
            (
                "projects: [{path: a, pipelines: [{key: p}, {key: p}]}]",
                "projects[0].pipelines[1].key: the key is given twice, first at projects[0].pipelines[0].key"
            ),
            (
                "projects: [{path: a, pipelines: [{key: p, jobs: [{name: b}, {name: b}]}]}]",
                "projects[0].pipelines[0].jobs[1].name: the key is given twice, first at "
                    + "projects[0].pipelines[0].jobs[0].name"
            ),
            (
                "projects: [{path: a, pipelines: [{key: p, jobs: [{stage: b}]}]}]",
                "projects[0].pipelines[0].jobs[0].name: is missing"
            ),
            (
                "projects: [{path: a, pipelines: [{key: p, jobs: [{name: b, coverage: high}]}]}]",
                "projects[0].pipelines[0].jobs[0].coverage: expected a number, found high"
            ),
        ]
    )
    func mistake(yaml: String, problem: String) {
        #expect(Self.problems(yaml) == [problem])
    }

    @Test(
        "each mistake in an artifact is reported with its path",
        arguments: [
            ("{}", "file: is missing"),
            ("{file: a, type: zipfile}", "type: no such artifact type: zipfile"),
            ("{file: a, format: raw}", "format: archive is stored as zip, not as raw"),
            ("{file: a, type: junit, format: zip}", "format: junit is stored as gzip, not as zip"),
            ("{file: a, expire_at: now, expire_in: 1 day}", "expire_in: is given together with expire_at"),
            ("{file: a, expire_in: soon}", "expire_in: not a duration: soon"),
            ("{file: a, expire_at: now-1y}", "expire_at: not a time (ISO 8601, or now, now-7d, now+30m): now-1y"),
            ("{file: a, filename: x/y}", "filename: holds a slash: x/y"),
            ("{file: a, access: some}", "access: expected one of all, developer, maintainer, none, found some"),
            (
                "{file: a}, {file: b}",
                "1].type: the type is given twice, first at projects[0].pipelines[0].jobs[0].artifacts[0].type"
            ),
        ]
    )
    func artifactMistake(yaml: String, problem: String) {
        let path = "projects[0].pipelines[0].jobs[0].artifacts["
        let document = "projects: [{path: a, pipelines: [{key: p, jobs: [{name: b, artifacts: [\(yaml)]}]}]}]"
        #expect(Self.problems(document) == [path + (problem.hasPrefix("1]") ? problem : "0]." + problem)])
    }

    @Test("what is no YAML is reported with its line, and without the line's text")
    func syntax() {
        let problems = Self.problems("users:\n  - token: glpat-secret00001\n   oops: [")
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("line 3, column ") == true, "\(problems)")
        #expect(!problems.joined().contains("secret"))
    }

    @Test("several mistakes are reported, twenty at most")
    func several() {
        #expect(Self.problems("users: [{username: a, x: 1}]\ngroups: [{path: '-'}]").count == 2)
        let users = (0..<30).map { _ in "{id: 0}" }.joined(separator: ", ")
        #expect(Self.problems("users: [\(users)]").count == 20)
    }

    @Test(
        "a token in the wrong place is not quoted",
        arguments: ["id", "admin", "state", "access_tokens", "glpat-secret00001"]
    )
    func misplacedToken(key: String) {
        let problems = Self.problems("users: [{username: a, \(key): glpat-secret00001}]")
        #expect(problems.count == 1)
        #expect(!problems.joined().contains("secret"), "\(problems)")
    }

    @Test("aliases and merge keys are expanded")
    func aliases() {
        let yaml = """
            users:
              - &base {username: a, admin: true}
              - <<: *base
                username: b
              - <<: [*base]
                username: c
                email: 1@example.com
            """
        #expect(Self.problems(yaml).isEmpty)
    }

    @Test("a document that aliases blow up is refused")
    func explosion() {
        func list(_ anchor: String, _ alias: String, _ key: String) -> String {
            "\(key): &\(anchor) [\((0..<400).map { _ in "*\(alias)" }.joined(separator: ", "))]"
        }
        let yaml = """
            x: &job {name: j}
            y: &pipeline {\(list("jobs", "job", "jobs")), id: 1}
            z: &project {\(list("pipelines", "pipeline", "pipelines")), path: a}
            projects: [\((0..<400).map { _ in "*project" }.joined(separator: ", "))]
            """
        #expect(
            Self.problems(yaml).contains { $0.hasSuffix("the document is too large once its aliases are expanded") }
        )
    }

    @Test("a document nested without end is refused")
    func nesting() {
        #expect(Self.problems(String(repeating: "[", count: 100_000)).count == 1)
        let closed = String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
        #expect(Self.problems(closed).count == 1)
    }

    @Test("JSON is read like YAML")
    func json() {
        #expect(Self.problems(#"{"users": [{"username": "a", "admin": true, "id": 7}], "groups": []}"#).isEmpty)
    }
}
