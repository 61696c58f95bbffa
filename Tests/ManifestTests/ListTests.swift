import Testing

@Suite("Complete lists")
struct ListTests {
    /// Everything that is a list, with one entry to remove and one to keep.
    static let full = """
        users:
          - username: a
            access_tokens: [{name: x, token: glpat-one, scopes: [api]}, {name: y, token: glpat-two}]
          - username: b
        groups:
          - {path: g, members: [{user: a, role: guest}, {user: b, role: owner}],
             invited_groups: [{group: h, role: guest}, {group: i, role: guest}],
             access_tokens: [{name: x, token: glpat-three, role: guest}, {name: y, token: glpat-four, role: guest}]}
          - path: h
          - path: i
        projects:
          - path: g/p
            members: [{user: a, role: guest}, {user: b, role: owner}]
            invited_groups: [{group: h, role: guest}, {group: i, role: guest}]
            access_tokens: [{name: x, token: glpat-five, role: guest}, {name: y, token: glpat-six, role: guest}]
            protected_refs: [{name: main}, {name: 'v*'}]
            previous_paths: [old, older]
            job_token_scope:
              inbound_allowlist: [{project: g/q}, {group: h}]
              outbound_allowlist: [{project: g/q}, {project: g/p}]
          - path: g/q
        """

    @Test(
        "what a list lacks is removed, and only that",
        arguments: [
            (
                "users: [{username: a, access_tokens: [{name: y}]}]",
                "name, revoked FROM access_tokens WHERE user_id = 1"
                    + " ORDER BY 1", ["x,t", "y,f"]
            ),
            (
                "groups: [{path: g, members: [{user: b, role: owner}]}]",
                "u.username FROM members m JOIN users u ON u.id = m.user_id WHERE m.group_id = 1 AND u.kind = 'human'",
                ["b"]
            ),
            (
                "groups: [{path: g, invited_groups: [{group: i, role: guest}]}]",
                "invited_group_id FROM invited_groups WHERE group_id = 1", ["3"]
            ),
            (
                "groups: [{path: g, access_tokens: [{name: y}]}]",
                "name, revoked FROM access_tokens WHERE group_id = 1 ORDER BY 1", ["x,t", "y,f"]
            ),
            (
                "projects: [{path: g/p, members: [{user: a, role: guest}]}]",
                "u.username FROM members m JOIN users u ON u.id = m.user_id WHERE m.project_id = 1 AND u.kind = 'human'",
                ["a"]
            ),
            (
                "projects: [{path: g/p, invited_groups: [{group: h, role: guest}]}]",
                "invited_group_id FROM invited_groups WHERE project_id = 1", ["2"]
            ),
            (
                "projects: [{path: g/p, access_tokens: [{name: x}]}]",
                "name, revoked FROM access_tokens WHERE project_id = 1 ORDER BY 1", ["x,f", "y,t"]
            ),
            (
                "projects: [{path: g/p, protected_refs: [{name: 'v*'}]}]",
                "name, push_access_level FROM protected_refs", ["v*,maintainer"]
            ),
            ("projects: [{path: g/p, previous_paths: [older]}]", "path FROM redirect_routes", ["older"]),
            (
                "projects: [{path: g/p, job_token_scope: {inbound_allowlist: [{group: h}]}}]",
                "allowed_group_id, policies FROM job_token_allowlist WHERE direction = 'inbound'", ["2,"]
            ),
            (
                "projects: [{path: g/p, job_token_scope: {outbound_allowlist: [{project: g/p}]}}]",
                "allowed_project_id FROM job_token_allowlist WHERE direction = 'outbound'", ["1"]
            ),
        ]
    )
    func removal(yaml: String, query: String, rows: [String]) throws {
        let instance = try Instance()
        try instance.apply(Self.full)
        let before = try instance.rows("count(*) FROM members, users")
        #expect(try instance.apply(yaml) == "created 0; updated 1; removed 1; unchanged 0")
        #expect(try instance.rows(query) == rows)
        #expect(try instance.apply(yaml) == "created 0; updated 0; removed 0; unchanged 1")
        if !yaml.contains("members") { #expect(try instance.rows("count(*) FROM members, users") == before) }
    }

    @Test("an empty list removes everybody but the bots")
    func emptyMembers() throws {
        let instance = try Instance()
        try instance.apply(Self.full)
        #expect(
            try instance.apply("projects: [{path: g/p, members: []}]") == "created 0; updated 1; removed 2; unchanged 0"
        )
        #expect(try instance.rows("count(*) FROM members WHERE project_id = 1") == ["2"])
    }

    @Test("a changed entry is updated in place")
    func changedEntries() throws {
        let instance = try Instance()
        try instance.apply(Self.full)
        let yaml = """
            groups:
              - {path: g, members: [{user: a, role: owner, expires_at: now+1d}, {user: b, role: owner}],
                 access_tokens: [{name: x, role: owner, scopes: [api]}, {name: y, token: glpat-new}]}
            projects:
              - path: g/p
                job_token_scope: {inbound_allowlist: [{project: g/q, policies: []}, {group: h, policies: null}]}
            """
        #expect(try instance.apply(yaml) == "created 0; updated 2; removed 0; unchanged 0")
        #expect(
            try instance.rows(
                "m.role, m.expires_at - '2026-11-22T13:37:00Z' FROM members m WHERE group_id = 1 ORDER BY user_id"
            )
                == [#"50,"1 day""#, "50,", "50,", "10,"]
        )
        #expect(
            try instance.rows("policies FROM job_token_allowlist WHERE direction = 'inbound' ORDER BY id DESC")
                == ["{}", ""]
        )
        #expect(
            try instance.rows("count(*) FROM access_tokens WHERE token_digest = sha256('glpat-new') AND name = 'y'")
                == ["1"]
        )
        #expect(try instance.apply(yaml) == "created 0; updated 0; removed 0; unchanged 2")
    }

    @Test("a revoked token comes back only where the document says so")
    func revocation() throws {
        let instance = try Instance()
        let token = "name: x, token: glpat-one"
        try instance.apply("users: [{username: a, access_tokens: [{\(token)}]}]")
        try instance.apply("users: [{username: a, access_tokens: []}]")
        #expect(
            try instance.apply("users: [{username: a, access_tokens: []}]")
                == "created 0; updated 0; removed 0; unchanged 1"
        )
        try instance.apply("users: [{username: a, access_tokens: [{\(token)}]}]")
        #expect(try instance.rows("revoked FROM access_tokens") == ["t"])
        try instance.apply("users: [{username: a, access_tokens: [{\(token), revoked: false}]}]")
        #expect(try instance.rows("revoked FROM access_tokens") == ["f"])
    }

    @Test("a project takes over another one's previous path, for itself or as its own previous path")
    func takeOver() throws {
        let instance = try Instance()
        try instance.apply("projects: [{path: a, previous_paths: [old, older]}]")
        let yaml = """
            projects:
              - {path: a, previous_paths: [old]}
              - {path: old, take_over: true, previous_paths: [older]}
            """
        #expect(try instance.apply(yaml) == "created 1 project; updated 1; removed 1; unchanged 0")
        #expect(try instance.apply(yaml) == "created 0; updated 0; removed 0; unchanged 2")
        #expect(try instance.rows("path, project_id FROM redirect_routes ORDER BY path") == ["old,1", "older,2"])
    }
}
