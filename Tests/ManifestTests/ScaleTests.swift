import Testing

@Suite("Large documents")
struct ScaleTests {
    @Test("ten thousand jobs are written by one statement a table")
    func tenThousandJobs() throws {
        let instance = try Instance()
        try instance.countStatements(writing: ["pipelines", "jobs", "artifacts"])
        try instance.makeZip("a.zip")
        var yaml = "projects:\n  - path: p\n    pipelines:\n"
        for pipeline in 0..<1000 {
            yaml +=
                "      - key: k\(pipeline)\n        ref: r\(pipeline % 7)\n        created_at: now-1d\n        jobs:\n"
            for job in 0..<10 {
                yaml += "          - name: j\(job)\n            started_at: now-1d\n            finished_at: now-23h\n"
                yaml += "            artifacts: [{file: a.zip, expire_in: 30 days}]\n"
            }
        }
        #expect(
            try instance.apply(yaml)
                == "created 1 project, 1000 pipelines, 10000 jobs, 10000 artifacts; updated 0; removed 0; unchanged 0"
        )
        #expect(try instance.apply(yaml) == "created 0; updated 0; removed 0; unchanged 21001")
        #expect(try instance.rows("count(*) FROM pipelines WHERE locked") == ["7"])
        #expect(try instance.rows("name FROM statements ORDER BY name") == ["artifacts", "jobs", "pipelines"])
    }
}
