-- The one script of the load generator: what wrk counted, as one line of JSON behind its own report. Times are in us.
function done(summary, latency, requests)
    local failed = summary.errors
    io.write(string.format(
        '\n{"requests":%d,"microseconds":%d,"bytes":%d,"p50":%.0f,"p99":%.0f,"statuses":%d,"broken":%d}\n',
        summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
        failed.status, failed.connect + failed.read + failed.write + failed.timeout))
end
