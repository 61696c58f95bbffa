import Testing

@testable import Configuration

@Suite("Values of settings")
struct GrammarTests {
    /// Whether a value is accepted, with what makes it consistent with the rest.
    private func accepts(_ name: String, _ value: String) -> Bool {
        problems(["ARTIFACTD_ALLOW_TCP": "true", "ARTIFACTD_\(name)": value]).isEmpty
    }

    @Test(
        "values that are accepted",
        arguments: [
            ("WORKERS", ["1", "4096", "007"]),
            ("URL_TTL", ["1", "300", "5m", "60s", "1M"]),
            ("SWEEP_INTERVAL", ["0", "0s", "1d", "2h"]),
            ("MAX_ARTIFACT_SIZE", ["0", "1", "100M", "5G", "5g", "1K", "2T", "9223372036854775807"]),
            ("KEEP_LATEST_ARTIFACT", ["true", "False", "1", "0", "T", "f", "yes", "NO", "on", "Off"]),
            ("LISTEN", ["unix:/a", "", "localhost:1", "127.0.0.1:65535", "[::1]:0"]),
            ("MONITORING_ADDRESS", ["0.0.0.0:80", "[::]:8082", "monitor.internal:9"]),
            ("EXTERNAL_URL", ["http://a", "https://a.example:8443", "HTTPS://a/b/c", "http://[::1]:80/x"]),
            ("TRUSTED_PROXIES", ["", "10.0.0.1", "10.0.0.0/8, ::1", "fd00::/128 127.0.0.1/32", "0.0.0.0/0"]),
            ("DELIVERY", ["accel", "ACCEL"]),
            ("LOG_FORMAT", ["auto", "json", "text"]),
            ("CDN_URL", ["", "http://cdn"]),
        ]
    )
    func accepted(name: String, values: [String]) {
        for value in values {
            #expect(accepts(name, value), "\(name)=\(value)")
        }
    }

    @Test(
        "values that are refused",
        arguments: [
            ("WORKERS", ["", "0", "4097", "-1", "+1", " 1", "1.0", "1e3", "٣", "99999999999999999999"]),
            ("URL_TTL", ["0", "301", "6m", "1h", "s", "1 s", "1ms", "-1", "1.5s", "9223372036854775807d"]),
            ("MAX_ARTIFACT_SIZE", ["", "M", "-1", "1.5G", "5GB", "5 G", "9223372036854775807K", "8388608T"]),
            ("KEEP_LATEST_ARTIFACT", ["", "2", "y", "enabled"]),
            ("LISTEN", ["unix:", "unix:/", "unix:a", "/a", "localhost", "a:65536", "a:", ":80", "::1:80", "a b:1"]),
            ("MONITORING_ADDRESS", ["", "unix:/a", "8082", "[::1]", "[x]:1"]),
            (
                "EXTERNAL_URL",
                [
                    "", "a", "ftp://a", "http://", "http://a/", "http://a?b", "http://a#b", "http://u@a", "//a",
                    "http://a b", "http://a:99999", "http://ü",
                ]
            ),
            ("TRUSTED_PROXIES", ["10.0.0.0/33", "a", "::/129", "10.0.0.1/", "10.0.0.1/x", "/8"]),
            ("DELIVERY", ["", "cdn"]),
            ("AUDIT", ["", "true"]),
            ("STORE", [""]),
            ("DATABASE_URL", [""]),
        ]
    )
    func refused(name: String, values: [String]) {
        for value in values {
            #expect(!accepts(name, value), "\(name)=\(value)")
        }
    }

    @Test(
        "durations and sizes carry units",
        arguments: [("90", 90), ("30s", 30), ("5m", 300), ("2h", 7200), ("1d", 86_400)]
    )
    func durations(text: String, seconds: Int64) {
        #expect(Quantity.parse(text, units: Quantity.time) == seconds)
    }

    @Test(
        "sizes are binary multiples",
        arguments: [("64M", 67_108_864), ("5G", 5_368_709_120), ("1k", 1024), ("7", 7)]
    )
    func sizes(text: String, bytes: Int64) {
        #expect(Quantity.parse(text, units: Quantity.size) == bytes)
    }

    @Test("zero means never or no limit where the table says so")
    func zero() throws {
        let configuration = try load(["ARTIFACTD_SWEEP_INTERVAL": "0", "ARTIFACTD_MAX_ARTIFACT_SIZE": "0"])
        #expect(configuration.sweepInterval == nil)
        #expect(configuration.maxArtifactSize == nil)
    }

    @Test("a unix socket's path has at most 107 bytes")
    func socketPathLength() {
        let longest = "unix:/" + String(repeating: "a", count: 106)
        #expect(Address.isUnixSocket(longest))
        #expect(!Address.isUnixSocket(longest + "a"))
    }

    @Test(
        "a slip finds the name that was meant, a stranger finds none",
        arguments: [
            ("wrokers", "workers"), ("worker", "workers"), ("LISTNE", "listen"), ("log_levle", "log_level"),
            ("frobnicate", nil), (String(repeating: "w", count: 100), nil),
        ] as [(String, String?)]
    )
    func nearestName(name: String, expected: String?) {
        #expect(NearestName.find(name, in: Setting.all.map(\.key)) == expected)
    }
}
