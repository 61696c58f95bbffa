import Testing

@Suite("What only the database and the files can tell")
struct ReferenceTests {
    /// What is stored before each case.
    static let stored = """
        users: [{username: dev, id: 5, access_tokens: [{name: t, token: glpat-stored00000001}]}]
        groups: [{path: acme, id: 10}, {path: closed, visibility: private}]
        projects:
          - path: acme/site
            id: 20
            previous_paths: [acme/old]
            access_tokens: [{name: bot, token: glpat-stored00000002, role: guest}]
            pipelines:
              - key: p
                id: 100
                iid: 3
                ref: main
                created_at: 2026-11-01
                jobs: [{name: build, id: 200, token: glcbt-stored00000003}]
              - {key: child, id: 101, ref: main, parent: p, created_at: 2026-11-02}
          - {path: closed/app, id: 21}
        """

    @Test(
        "each contradiction is reported with its path",
        arguments: [
            ("users: [{username: DEV, id: 6}]", "users[0].id: DEV exists with the id 5"),
            ("users: [{username: other, id: 5}]", "users[0].id: 5 is the id of dev"),
            ("users: [{username: other, access_tokens: [{name: t}]}]", "users[0].access_tokens[0].token: is missing"),
            (
                "users: [{username: other, access_tokens: [{name: t, token: glpat-stored00000001}]}]",
                "users[0].access_tokens[0].token: another record has this token already"
            ),
            (
                "users: [{username: dev, access_tokens: [{name: u, token: glcbt-stored00000003}]}]",
                "users[0].access_tokens[0].token: another record has this token already"
            ),
            ("groups: [{path: acme, id: 11}]", "groups[0].id: acme exists with the id 10"),
            ("groups: [{path: other, id: 10}]", "groups[0].id: 10 is the id of acme"),
            ("groups: [{path: acme/site}]", "groups[0].path: acme/site is a project, not a group"),
            ("groups: [{path: acme/old}]", "groups[0].path: acme/old is a previous path of acme/site"),
            (
                "groups: [{path: acme, members: [{user: nobody, role: guest}]}]",
                "groups[0].members[0].user: no such user: nobody"
            ),
            (
                "groups: [{path: acme, invited_groups: [{group: none, role: guest}]}]",
                "groups[0].invited_groups[0].group: no such group: none"
            ),
            (
                "groups: [{path: acme, invited_groups: [{group: acme, role: guest}]}]",
                "groups[0].invited_groups[0].group: a group cannot be invited to itself"
            ),
            (
                "groups: [{path: acme, access_tokens: [{name: t, token: glpat-new0000000001}]}]",
                "groups[0].access_tokens[0].role: is missing"
            ),
            ("projects: [{path: acme/site/sub}]", "projects[0].path: acme/site is a project, not a group"),
            ("projects: [{path: a}, {path: a/b}]", "projects[1].path: a is a project, not a group"),
            ("projects: [{path: acme}]", "projects[0].path: acme is a group"),
            ("projects: [{path: acme/site, id: 21}]", "projects[0].id: acme/site exists with the id 20"),
            ("projects: [{path: acme/new, id: 20}]", "projects[0].id: 20 is the id of acme/site"),
            (
                "projects: [{path: Acme/Old}]",
                "projects[0].path: Acme/Old is a previous path of acme/site; say take_over: true to take it"
            ),
            (
                "projects: [{path: acme/new, previous_paths: [acme/old]}]",
                "projects[0].previous_paths[0]: acme/old is a previous path of acme/site; say take_over: true to take it"
            ),
            (
                "projects: [{path: acme/new, previous_paths: [acme/site]}]",
                "projects[0].previous_paths[0]: acme/site is a project, which does not say take_over: true"
            ),
            ("projects: [{path: acme/new, previous_paths: [acme]}]", "projects[0].previous_paths[0]: acme is a group"),
            (
                "projects: [{path: acme/new, previous_paths: [acme/new]}]",
                "projects[0].previous_paths[0]: acme/new is the path that the project has now"
            ),
            (
                "projects: [{path: closed/app, visibility: internal}]",
                "projects[0].visibility: closed/app is internal, its group closed only private"
            ),
            (
                "projects: [{path: closed/sub/app, visibility: public}]",
                "projects[0].visibility: closed/sub/app is public, its group closed only private"
            ),
            (
                "projects: [{path: acme/site, job_token_scope: {inbound_allowlist: [{project: acme/none}]}}]",
                "projects[0].job_token_scope.inbound_allowlist[0].project: no such project: acme/none"
            ),
            (
                "projects: [{path: acme/site, job_token_scope: {inbound_allowlist: [{group: none}]}}]",
                "projects[0].job_token_scope.inbound_allowlist[0].group: no such group: none"
            ),
        ]
    )
    func contradiction(yaml: String, problem: String) throws {
        let instance = try Instance()
        try instance.apply(Self.stored)
        let before = try instance.snapshot()
        #expect(try instance.problems(yaml) == [problem])
        #expect(try instance.snapshot() == before)
    }

    @Test(
        "each contradiction in a pipeline is reported with its path",
        arguments: [
            ("{key: q}", ".ref: is missing"),
            ("{key: p, id: 7}", ".id: the pipeline p exists with the id 100"),
            ("{key: q, id: 100, ref: x}", ".id: 100 is the id of the pipeline p"),
            ("{key: p, iid: 9}", ".iid: the pipeline p exists with the iid 3"),
            ("{key: q, iid: 3, ref: x}", ".iid: 3 is the iid of the pipeline 100"),
            ("{key: q, ref: x, parent: none}", ".parent: no such pipeline: none"),
            ("{key: q, ref: x, parent: 'acme/none:p'}", ".parent: no such pipeline: acme/none:p"),
            ("{key: q, ref: x, parent: q}", ".parent: a pipeline cannot be its own ancestor"),
            ("{key: p, parent: child}", ".parent: a pipeline cannot be its own ancestor"),
            (
                "{key: q, ref: main, created_at: 2026-10-01}",
                ".created_at: contradicts the order of ids: the pipeline 102 would be older than 101 of the same ref"
            ),
            (
                "{key: q, id: 50, ref: main}",
                ".created_at: contradicts the order of ids: the pipeline 50 would be newer than 100 of the same ref"
            ),
            ("{key: p, jobs: [{name: build, id: 7}]}", ".jobs[0].id: the job build exists with the id 200"),
            ("{key: p, jobs: [{name: test, id: 200}]}", ".jobs[0].id: 200 is the id of the job build"),
            ("{key: child, jobs: [{name: build, id: 200}]}", ".jobs[0].id: 200 is the id of a job of another pipeline"),
            ("{key: p, jobs: [{key: x}]}", ".jobs[0].name: is missing"),
            ("{key: p, jobs: [{name: test, user: nobody}]}", ".jobs[0].user: no such user: nobody"),
            (
                "{key: p, jobs: [{name: test, token: glpat-stored00000002}]}",
                ".jobs[0].token: another record has this token already"
            ),
            (
                "{key: p, jobs: [{name: build, artifacts: [{file: dist/none.zip}]}]}",
                ".jobs[0].artifacts[0].file: no such file: dist/none.zip"
            ),
            (
                "{key: p, jobs: [{name: build, artifacts: [{file: store}]}]}",
                ".jobs[0].artifacts[0].file: not a regular file: store"
            ),
            (
                "{key: p, jobs: [{name: build, artifacts: [{file: text}]}]}",
                ".jobs[0].artifacts[0].file: not a readable zip: text: The file is not a zip archive."
            ),
        ]
    )
    func contradictionInPipeline(yaml: String, problem: String) throws {
        let instance = try Instance()
        try instance.apply(Self.stored)
        try instance.write("no zip at all", to: "text")
        let before = try instance.snapshot()
        let document = "projects: [{path: acme/site, pipelines: [\(yaml)]}]"
        #expect(try instance.problems(document) == ["projects[0].pipelines[0]" + problem])
        #expect(try instance.snapshot() == before)
    }

    @Test("a pipeline's id cannot move to another project")
    func foreignPipeline() throws {
        let instance = try Instance()
        try instance.apply(Self.stored)
        #expect(
            try instance.problems("projects: [{path: closed/app, pipelines: [{key: x, id: 100, ref: main}]}]")
                == ["projects[0].pipelines[0].id: 100 is the id of a pipeline of another project"]
        )
    }

    @Test("a bot is no user to declare or to list")
    func bots() throws {
        let instance = try Instance()
        try instance.apply(Self.stored)
        let bot = try instance.rows("username FROM users WHERE kind = 'project_bot'")[0]
        #expect(bot.hasPrefix("project_20_bot_"))
        #expect(
            try instance.problems("users: [{username: \(bot)}]")
                == ["users[0].username: \(bot) is the bot of an access token"]
        )
        #expect(
            try instance.problems("groups: [{path: acme, members: [{user: \(bot), role: owner}]}]")
                == ["groups[0].members[0].user: \(bot) is the bot of an access token"]
        )
    }

    @Test("a group cannot become less visible than a project in it")
    func groupVisibility() throws {
        let instance = try Instance()
        try instance.apply("projects: [{path: acme/site, visibility: public}]")
        #expect(
            try instance.problems("groups: [{path: acme, visibility: internal}]")
                == ["groups[0].visibility: acme/site is public, its group acme only internal"]
        )
    }
}
