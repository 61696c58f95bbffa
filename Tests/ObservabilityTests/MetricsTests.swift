import Testing

@testable import Observability

@Suite("Metrics")
struct MetricsTests {
    private func text(_ registry: MetricsRegistry) -> String { String(decoding: registry.exposition(), as: UTF8.self) }

    @Test("counters, gauges and histograms have Prometheus' text format")
    func exposition() throws {
        let registry = MetricsRegistry()
        let color = MetricLabel("color", values: ["red", "blue"])
        let counter = try registry.counter("a_total", help: "Counts \\ \n things.", labels: [color])
        let gauge = try registry.gauge("b", help: "Measures.")
        let histogram = try registry.durations("c_seconds", help: "Times.", bounds: [0.001, 1])
        counter[0].add()
        counter[1].add(41)
        counter[1].add(-5)
        gauge[0].add(3)
        gauge[0].add(-5)
        for value in [0, 1_000_000, 1_000_001, 1_000_000_000, 2_500_000_000] { histogram[0].observe(UInt64(value)) }
        #expect(
            text(registry) == """
                # HELP a_total Counts \\\\ \\n things.
                # TYPE a_total counter
                a_total{color="red"} 1
                a_total{color="blue"} 41
                a_total{color="other"} 0
                # HELP b Measures.
                # TYPE b gauge
                b -2
                # HELP c_seconds Times.
                # TYPE c_seconds histogram
                c_seconds_bucket{le="0.001"} 2
                c_seconds_bucket{le="1"} 4
                c_seconds_bucket{le="+Inf"} 5
                c_seconds_sum 3.502000001
                c_seconds_count 5

                """
        )
    }

    @Test("two labels make one series a combination; an index beyond the table is the last value")
    func twoLabels() throws {
        let registry = MetricsRegistry()
        let labels = [MetricLabel("x", values: ["a", "b"]), MetricLabel("y", cases: PoolLabel.self)]
        let family = try registry.counter("t_total", help: "h", labels: labels, isSparse: true)
        family[0, 1].add(1)
        family[1, 0].add(2)
        family[9, 9].add(3)
        family[-1, -1].add(4)
        let samples = text(registry).split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(
            samples == [
                #"t_total{x="a",y="upload"} 1"#, #"t_total{x="b",y="download"} 2"#,
                #"t_total{x="other",y="upload"} 7"#,
            ]
        )
    }

    @Test("observed metrics are read at each scrape")
    func observed() throws {
        let registry = MetricsRegistry()
        let counter = Counter()
        try registry.observed("n_total", help: "h") {
            counter.add()
            return [Double(counter.value)]
        }
        try registry.observed("s", help: "h", label: MetricLabel("l", cases: PoolLabel.self)) { [0.5, .infinity, 9] }
        #expect(text(registry).contains("# TYPE n_total counter\nn_total 1\n"))
        #expect(text(registry).contains("n_total 2\n"))
        #expect(text(registry).hasSuffix("# TYPE s gauge\ns{l=\"download\"} 0.5\ns{l=\"upload\"} +Inf\n"))
    }

    @Test("a label's value is escaped")
    func labelEscaping() throws {
        let registry = MetricsRegistry()
        try registry.info("i_info", help: "h", facts: [("version", "a\"b\\c\nd")])
        #expect(text(registry).hasSuffix(#"i_info{version="a\"b\\c\nd"} 1"# + "\n"))
    }

    @Test("a name is registered once and is one that Prometheus accepts")
    func names() throws {
        let registry = MetricsRegistry()
        _ = try registry.gauge("a", help: "h")
        #expect(throws: ObservabilityError(.duplicateMetric, "a")) { try registry.counter("a", help: "h") }
        for name in ["", "1a", "a-b", "a:b", "ä"] {
            #expect(throws: ObservabilityError(.invalidMetricName, name)) { try registry.gauge(name, help: "h") }
        }
        #expect(throws: ObservabilityError(.invalidMetricName, "x y")) {
            try registry.gauge("b", help: "h", labels: [MetricLabel("x y", values: [])])
        }
    }

    @Test("the server's metrics count by route, status, delivery, pool and code")
    func serverMetrics() throws {
        let registry = MetricsRegistry()
        let metrics = try ServerMetrics(
            registry: registry,
            version: "1.2.3",
            routes: ["archive", "member"],
            archiveErrorCodes: ["not_zip"]
        )
        try metrics.observeDatabasePool { DatabasePoolStatus(idle: 1, busy: 2, limit: 16, waiting: 3, leases: 4) }
        metrics.countRequest(route: 1, status: 206, nanoseconds: 3_000_000)
        metrics.countRequest(route: 99, status: 418, nanoseconds: 1)
        metrics.countRequest(route: -1, status: Int.max, nanoseconds: .max)
        metrics.countBytes(1000, delivery: .accel)
        metrics.countArchiveError(code: 0)
        metrics.busyWorkers(of: .upload).add(1)
        metrics.streamsInFlight.add(2)
        metrics.contentLost.add()
        let lines = Set(text(registry).split(separator: "\n").map(String.init))
        let expected = [
            #"artifactd_build_info{version="1.2.3"} 1"#,
            #"artifactd_http_requests_total{route="member",status="206"} 1"#,
            #"artifactd_http_requests_total{route="other",status="other"} 2"#,
            #"artifactd_http_request_duration_seconds_bucket{route="member",le="0.0025"} 0"#,
            #"artifactd_http_request_duration_seconds_bucket{route="member",le="0.005"} 1"#,
            #"artifactd_http_request_duration_seconds_count{route="member"} 1"#,
            #"artifactd_bytes_sent_total{delivery="accel"} 1000"#,
            #"artifactd_bytes_sent_total{delivery="worker"} 0"#,
            #"artifactd_archive_errors_total{code="not_zip"} 1"#,
            #"artifactd_worker_busy{pool="upload"} 1"#,
            "artifactd_streams_in_flight 2", "artifactd_content_lost_total 1",
            #"artifactd_database_pool_connections{state="busy"} 2"#,
            "artifactd_database_pool_waiting 3", "artifactd_database_pool_leases_total 4",
        ]
        for line in expected {
            #expect(lines.contains(line), "\(line) is not in\n\(text(registry))")
        }
    }
}
