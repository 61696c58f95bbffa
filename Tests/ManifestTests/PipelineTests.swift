import Testing

@Suite("Pipelines and jobs")
struct PipelineTests {
    let instance: Instance

    init() throws {
        instance = try Instance()
    }

    private func project(_ pipelines: String, _ keys: String = "") -> String {
        "projects: [{path: p, \(keys) pipelines: [\(pipelines)]}]"
    }

    @Test("ids are kept, those without one come after, and the sequences follow")
    func identifiers() throws {
        try instance.apply(
            """
            users: [{username: a}, {username: b, id: 500}, {username: c}]
            groups: [{path: g}, {path: h, id: 600}]
            projects:
              - path: p
                id: 700
                pipelines:
                  - {key: a, ref: x, jobs: [{name: j}]}
                  - {key: b, ref: y, id: 800, iid: 5, jobs: [{name: k, id: 900}, {name: l}]}
                  - {key: c, ref: x}
              - path: q
            """
        )
        #expect(try instance.rows("id FROM users ORDER BY username") == ["501", "500", "502"])
        #expect(
            try instance.rows("path, coalesce(group_id, project_id) FROM routes ORDER BY path") == [
                "g,601", "h,600", "p,700", "q,701",
            ]
        )
        #expect(
            try instance.rows("manifest_key, id, iid FROM pipelines ORDER BY id") == ["b,800,5", "a,801,6", "c,802,7"]
        )
        #expect(try instance.rows("name, id FROM jobs ORDER BY id") == ["k,900", "l,901", "j,902"])
        #expect(
            try instance.rows("nextval('users_id_seq') > 500, nextval('jobs_id_seq'), nextval('pipelines_id_seq')")
                == ["t,903,803"]
        )
    }

    @Test("a pipeline without a status has the one that follows from all of its stored jobs")
    func computedStatus() throws {
        try instance.apply(project("{key: k, ref: main, jobs: [{name: a, status: failed}]}"))
        #expect(try instance.rows("status, declared_status FROM pipelines") == ["failed,"])
        #expect(
            try instance.apply(project("{key: k, jobs: [{name: b, status: running}]}"))
                == "created 1 job; updated 1; removed 0; unchanged 1"
        )
        #expect(try instance.rows("status FROM pipelines") == ["running"])
        try instance.apply(project("{key: k, jobs: [{name: b, status: success}, {key: a, allow_failure: true}]}"))
        #expect(try instance.rows("status FROM pipelines") == ["success"])
        try instance.apply(project("{key: k, status: canceled}"))
        #expect(try instance.rows("status, declared_status FROM pipelines") == ["canceled,canceled"])
        try instance.apply(project("{key: k, status: null}"))
        #expect(try instance.rows("status, declared_status FROM pipelines") == ["success,"])
    }

    @Test("a pipeline that gets another parent unlocks the former one")
    func otherParent() throws {
        let finished = "{key: p1, ref: main, status: success}, {key: p2, ref: main, status: success}"
        try instance.apply(project("\(finished), {key: c, ref: dev, parent: p1}"))
        #expect(try instance.rows("manifest_key, locked FROM pipelines ORDER BY id") == ["p1,t", "p2,t", "c,t"])
        try instance.apply(project("{key: c, parent: p2}"))
        #expect(try instance.rows("manifest_key, locked FROM pipelines ORDER BY id") == ["p1,f", "p2,t", "c,t"])
    }

    @Test("a retried job does not count, and its name may stand again")
    func retried() throws {
        let jobs = "{key: b1, name: build, status: failed, retried: true}, {key: b2, name: build}"
        try instance.apply(project("{key: k, ref: main, jobs: [\(jobs)]}"))
        #expect(try instance.rows("status FROM pipelines") == ["success"])
    }

    @Test("several jobs of one name may stand in a pipeline, each with a key of its own")
    func sameName() throws {
        let jobs = "{key: b1, name: build}, {key: b2, name: build}"
        try instance.apply(project("{key: k, ref: main, jobs: [\(jobs)]}"))
        #expect(try instance.rows("name, retried FROM jobs ORDER BY id") == ["build,f", "build,f"])
    }

    @Test("a job without a status has succeeded; one that was only started runs")
    func jobDefaults() throws {
        let jobs = "{name: a}, {name: b, started_at: now-1h}, {name: c, status: manual}"
        try instance.apply(project("{key: k, ref: main, created_at: now-2h, jobs: [\(jobs)]}"))
        #expect(
            try instance.rows(
                "name, stage, status, finished_at = created_at, created_at = (SELECT created_at FROM pipelines)"
                    + " FROM jobs ORDER BY id"
            )
                == ["a,test,success,t,t", "b,test,running,,t", "c,test,manual,,t"]
        )
    }

    @Test("the source follows from the parent unless it is given")
    func sources() throws {
        try instance.apply(
            """
            projects:
              - path: p
                pipelines:
                  - {key: c, ref: main, parent: a}
                  - {key: a, ref: main}
                  - {key: w, ref: main, source: web}
              - path: q
                pipelines: [{key: 'x:y', ref: main, parent: 'p:a'}]
              - path: r
                pipelines: [{key: z, ref: main, parent: 'q:x:y'}]
            """
        )
        #expect(
            try instance.rows("manifest_key, source, dangling, parent_id IS NULL FROM pipelines ORDER BY id")
                == ["c,parent_pipeline,t,f", "a,push,f,t", "w,web,f,t", "x:y,pipeline,f,f", "z,pipeline,f,f"]
        )
    }

    @Test("locks are as if the events had happened in order")
    func locks() throws {
        let three = """
            {key: a, ref: main, jobs: [{name: j}]}, {key: b, ref: main, jobs: [{name: j, status: failed}]},
            {key: c, ref: main, jobs: [{name: j, status: running}]}, {key: t, ref: main, tag: true, status: success}
            """
        try instance.apply(project(three))
        #expect(try instance.rows("manifest_key, locked FROM pipelines ORDER BY id") == ["a,t", "b,t", "c,t", "t,t"])
        try instance.apply(project("{key: c, jobs: [{name: j, status: success}]}"))
        #expect(try instance.rows("manifest_key, locked FROM pipelines ORDER BY id") == ["a,f", "b,f", "c,t", "t,t"])
        try instance.apply(project("{key: c, ref: other}"))
        #expect(try instance.rows("manifest_key, locked FROM pipelines ORDER BY id") == ["a,t", "b,t", "c,t", "t,t"])
    }

    @Test("keep-latest is decided when the pipeline is created", arguments: [true, false])
    func keepLatest(instanceKeeps: Bool) throws {
        try instance.apply(project("{key: a, ref: main}"), keepsLatestArtifact: instanceKeeps)
        try instance.apply(project("{key: b, ref: main}", "keep_latest_artifact: false,"))
        #expect(
            try instance.rows("manifest_key, keep_latest, locked FROM pipelines ORDER BY id")
                == [instanceKeeps ? "a,t,t" : "a,f,f", "b,f,f"]
        )
    }

    @Test("a pipeline without a key is known by its id, and may get a key later")
    func keyless() throws {
        try instance.apply(project("{id: 7, ref: main, jobs: [{name: j, id: 8}]}"))
        #expect(
            try instance.apply(project("{id: 7, jobs: [{id: 8, stage: build}]}"))
                == "created 0; updated 1; removed 0; unchanged 2"
        )
        #expect(
            try instance.apply(project("{id: 7, key: k}")) == "created 0; updated 1; removed 0; unchanged 1"
        )
        #expect(try instance.rows("id, manifest_key FROM pipelines") == ["7,k"])
    }

    @Test("relative times are compared as they are written, absolute ones as moments")
    func times() throws {
        let hour: Int64 = 3_600_000_000
        try instance.apply(project("{key: k, ref: main, created_at: now-1d}"))
        let relative = try instance.rows("created_at FROM pipelines")
        try instance.apply(project("{key: k, created_at: now-1d}"), now: Instance.now + hour)
        #expect(try instance.rows("created_at FROM pipelines") == relative)
        #expect(
            try instance.apply(project("{key: k, created_at: now-2d}"), now: Instance.now + hour)
                == "created 0; updated 1; removed 0; unchanged 1"
        )
        let moment = "2026-11-20T10:00:00"
        try instance.apply(project("{key: k, created_at: '\(moment)Z'}"))
        #expect(
            try instance.apply(project("{key: k, created_at: '2026-11-20 11:00:00+01:00'}"))
                == "created 0; updated 0; removed 0; unchanged 2"
        )
        #expect(try instance.rows("declared_times FROM pipelines") == ["{}"])
    }

    @Test("an absent key leaves what is stored alone, null takes it away")
    func absentAndNull() throws {
        try instance.apply(
            project(
                "{key: k, ref: main, jobs: [{name: j, coverage: 5, failure_reason: x, tags: [a], finished_at: now}]}"
            )
        )
        try instance.apply(project("{key: k, jobs: [{name: j}]}"))
        #expect(try instance.rows("coverage, failure_reason, tags, finished_at IS NULL FROM jobs") == ["5,x,{a},f"])
        try instance.apply(
            project("{key: k, jobs: [{name: j, coverage: null, failure_reason: ~, tags: [], finished_at: null}]}")
        )
        #expect(try instance.rows("coverage, failure_reason, tags, finished_at IS NULL FROM jobs") == [",,{},t"])
    }
}
