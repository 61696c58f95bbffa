import Testing

@testable import Configuration

@Suite("Loading the configuration")
struct ConfigurationLoadTests {
    @Test("an empty environment is every documented default")
    func defaults() throws {
        let configuration = try load()
        #expect(configuration == Configuration())
        #expect(configuration.externalURL == "http://127.0.0.1:8080")
        #expect(configuration.databaseURL == "postgresql:///artifactd")
        #expect(configuration.store == "/var/lib/artifactd/store")
        #expect(configuration.listen == nil)
        #expect(configuration.monitoringAddress == "127.0.0.1:8082")
        #expect(configuration.workers == 64)
        #expect(configuration.uploadWorkers == 32)
        #expect((4...16).contains(configuration.databaseConnections))
        #expect(configuration.delivery == .accel)
        #expect(configuration.inlineBelow == 65_536)
        #expect(configuration.urlTTL == .seconds(60))
        #expect(configuration.maxArtifactSize == 5_368_709_120)
        #expect(configuration.defaultExpireIn == "30 days")
        #expect(configuration.keepLatestArtifact)
        #expect(configuration.sweepInterval == .seconds(60))
        #expect(configuration.audit == .on)
        #expect(configuration.auditRetention == .seconds(31_536_000))
        #expect(configuration.trustedProxies.isEmpty)
        #expect(configuration.logLevel == .info)
        #expect(configuration.drainTimeout == .seconds(30))
        #expect(configuration.listenBacklog == 4096)
    }

    @Test("the definition table holds every documented setting once")
    func completeTable() {
        let documented = [
            "EXTERNAL_URL", "DATABASE_URL", "STORE", "LISTEN", "UPLOAD_LISTEN", "ALLOW_TCP", "MONITORING_ADDRESS",
            "WORKERS", "UPLOAD_WORKERS", "DB_CONNECTIONS", "DELIVERY", "CDN_URL", "CDN_KEY_FILE", "URL_TTL",
            "MAX_ARTIFACT_SIZE", "DEFAULT_EXPIRE_IN", "KEEP_LATEST_ARTIFACT", "SWEEP_INTERVAL", "SWEEP_BATCH",
            "REMOVAL_DELAY", "AUDIT", "AUDIT_QUEUE", "AUDIT_RETENTION", "TRUSTED_PROXIES", "LOG_LEVEL", "LOG_FORMAT",
            "MIGRATIONS", "DRAIN_TIMEOUT", "LISTEN_BACKLOG", "MAX_MEMBERS", "INLINE_BELOW",
            "PROJECT_QUOTA", "UPLOAD_TIMEOUT", "UPLOAD_MIN_RATE", "MAX_TRACE_SIZE",
        ]
        #expect(Setting.all.map(\.name).sorted() == documented.sorted())
    }

    @Test("every setting's canonical text is read back as the same value")
    func roundTrip() throws {
        for setting in Setting.all {
            var configuration = Configuration()
            let text = setting.show(configuration)
            #expect(setting.apply(text, &configuration), "\(setting.name): \(text)")
            #expect(setting.show(configuration) == text, "\(setting.name)")
        }
    }

    @Test("the environment wins over the file, and the origin of each value is kept")
    func environmentWins() throws {
        let yaml = """
            workers: 7
            upload_workers: 8
            audit: on
            keep_latest_artifact: no
            trusted_proxies: [10.0.0.0/8, "::1"]
            cdn_url:
            max_artifact_size: 64M
            """
        let configuration = try withFile(yaml) { try load(["ARTIFACTD_WORKERS": "9", "HOME": "/root"], file: $0) }
        #expect(configuration.workers == 9)
        #expect(configuration.uploadWorkers == 8)
        #expect(configuration.audit == .on)
        #expect(!configuration.keepLatestArtifact)
        #expect(configuration.trustedProxies == ["10.0.0.0/8", "::1"])
        #expect(configuration.cdnURL == nil)
        #expect(configuration.maxArtifactSize == 64 << 20)
        #expect(configuration.origin(of: "WORKERS") == .environment)
        #expect(configuration.origin(of: "UPLOAD_WORKERS") == .file)
        #expect(configuration.origin(of: "STORE") == .default)
    }

    @Test("ARTIFACTD_CONFIG names the file, and the argument wins over it")
    func fileFromEnvironment() throws {
        try withFile("workers: 5\n") { path in
            #expect(try load(["ARTIFACTD_CONFIG": path]).workers == 5)
            try withFile("workers: 6\n") { (other) throws in
                #expect(try load(["ARTIFACTD_CONFIG": path], file: other).workers == 6)
            }
        }
    }

    @Test("an empty file is no setting", arguments: ["", "# nothing\n", "---\n", "~\n"])
    func emptyFile(content: String) throws {
        let configuration = try withFile(content) { try load(file: $0) }
        #expect(configuration == Configuration())
    }

    @Test("a file that cannot be read is an error that names it")
    func missingFile() {
        #expect(
            problems(file: "/nonexistent/a.yaml") == ["/nonexistent/a.yaml: cannot open: No such file or directory"]
        )
        #expect(problems(["ARTIFACTD_CONFIG": ""]) == ["configuration file: cannot open: No such file or directory"])
        #expect(problems(file: "/") == ["/: cannot read: Is a directory"])
    }

    @Test(
        "a fault of the file names the file and the key",
        arguments: [
            ("wrokers: 3", "wrokers: unknown key; did you mean workers?"),
            ("WORKERS: 3", "WORKERS: unknown key; did you mean workers?"),
            ("artifactd_workers: 3", "artifactd_workers: unknown key"),
            ("workers: x", "workers: \"x\" is not a whole number between 1 and 4096"),
            ("workers: [1, [2]]", "workers: a nested list is not a whole number between 1 and 4096"),
            ("workers: {a: 1}", "workers: a mapping is not a whole number between 1 and 4096"),
            ("workers:", "workers: \"\" is not a whole number between 1 and 4096"),
        ]
    )
    func fileFault(yaml: String, expected: String) throws {
        try withFile(yaml) { path in
            #expect(problems(file: path) == ["\(path): \(expected)"])
        }
    }

    @Test(
        "a file that is no mapping of settings is an error, and no part of it is printed",
        arguments: [
            "- workers", "workers", "database_url: \"password=hunter2", "a: b: c", "workers: 1\nworkers: 2",
            "workers: 1\n---\nworkers: 2", "\u{0}", "workers: *hunter2",
        ]
    )
    func notAConfiguration(yaml: String) throws {
        try withFile(yaml) { path in
            let found = problems(file: path)
            #expect(found.count == 1, "\(found)")
            #expect(found.first?.hasPrefix("\(path): ") == true, "\(found)")
            #expect(!found.joined().contains("password"), "\(found)")
        }
    }

    @Test("all faults of both sources are reported together, in a fixed order")
    func collected() throws {
        let environment = ["ARTIFACTD_WORKERS": "x", "ARTIFACTD_AUDIT": "maybe", "ARTIFACTD_WORKRES": "1"]
        try withFile("wrokers: 1\nstore: ''\n") { path in
            #expect(
                problems(environment, file: path) == [
                    "\(path): wrokers: unknown key; did you mean workers?",
                    "\(path): store: \"\" is not a path",
                    "ARTIFACTD_WORKERS: \"x\" is not a whole number between 1 and 4096",
                    "ARTIFACTD_AUDIT: \"maybe\" is not one of off, on, strict",
                    "ARTIFACTD_WORKRES: unknown variable; did you mean ARTIFACTD_WORKERS?",
                ]
            )
        }
    }

    @Test("variables of the project's tools are no settings and no errors")
    func toolVariables() throws {
        let environment = [
            "ARTIFACTD_TOKEN": "t", "ARTIFACTD_WARNINGS_AS_ERRORS": "true", "ARTIFACTD_REQUIRE_TOOLS": "1",
            "ARTIFACTD_TEST_ANYTHING": "1", "artifactd_workers": "not ours", "PATH": "/bin",
        ]
        #expect(try load(environment) == Configuration())
        #expect(problems(["ARTIFACTD_TOKENS": "t"]).count == 1)
    }

    @Test("the value of a secret is in no error")
    func secretNotPrinted() {
        let found = problems(["ARTIFACTD_DATABASE_URL": "password=hunter2\n"])
        #expect(found == ["ARTIFACTD_DATABASE_URL: the value is not a libpq connection string or URI"])
    }

    @Test("a control character is refused and not printed")
    func controlCharacter() {
        #expect(problems(["ARTIFACTD_STORE": "/a\u{1B}[2J\nb"]) == ["ARTIFACTD_STORE: \"/a?[2J?b\" is not a path"])
    }

    @Test(
        "settings that contradict each other are an error",
        arguments: [
            (
                ["ARTIFACTD_DELIVERY": "redirect"],
                [
                    "ARTIFACTD_CDN_URL: missing, and DELIVERY=redirect needs it",
                    "ARTIFACTD_CDN_KEY_FILE: missing, and DELIVERY=redirect needs it",
                ]
            ),
            (
                ["ARTIFACTD_LISTEN": "127.0.0.1:9000"],
                [
                    "ARTIFACTD_LISTEN: \"127.0.0.1:9000\" is a TCP address, which needs ALLOW_TCP=true "
                        + "(whoever can connect can forge any request)"
                ]
            ),
            (
                ["ARTIFACTD_LISTEN": "unix:/a", "ARTIFACTD_UPLOAD_LISTEN": "unix:/a"],
                ["ARTIFACTD_UPLOAD_LISTEN: \"unix:/a\" is also LISTEN; uploads need a socket of their own"]
            ),
        ]
    )
    func contradictions(environment: [String: String], expected: [String]) {
        #expect(problems(environment) == expected)
    }

    @Test("settings that need each other are accepted together")
    func agreement() throws {
        let redirect = try load([
            "ARTIFACTD_DELIVERY": "redirect", "ARTIFACTD_CDN_URL": "https://cdn.example/x",
            "ARTIFACTD_CDN_KEY_FILE": "/etc/keys",
        ])
        #expect(redirect.cdnURL == "https://cdn.example/x")
        let tcp = try load(["ARTIFACTD_LISTEN": "[::1]:9000", "ARTIFACTD_ALLOW_TCP": "yes"])
        #expect(tcp.listen == "[::1]:9000")
    }
}
