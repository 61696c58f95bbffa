-- Uploads of 1 KiB by the runner's protocol: each to a job of its own, each with a content of its own.
--
-- Arguments: the first job, how many jobs, the file of the archive. The archive ends in a comment of 16 bytes, which is
-- what makes contents differ. Job N has the token glcbt-bench-N.
local boundary = "----------------------artifactdbench"
local threads = 0

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

function init(arguments)
    first, jobs = tonumber(arguments[1]), tonumber(arguments[2])
    local file = io.open(arguments[3], "rb")
    archive = file:read("*a"):sub(1, -17)
    file:close()
    run = arguments[4]
    sent = 0
    head = "--" .. boundary .. "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"artifacts.zip\"\r\n"
        .. "Content-Type: application/octet-stream\r\n\r\n"
    tail = "\r\n--" .. boundary .. "--\r\n"
end

function request()
    -- Threads take turns: 0, 2, 4 … and 1, 3, 5 …
    local job = first + sent * 2 + number
    sent = sent + 1
    if job >= first + jobs then
        job = first
    end
    local headers = {
        ["JOB-TOKEN"] = "glcbt-bench-" .. job,
        ["Content-Type"] = "multipart/form-data; boundary=" .. boundary,
    }
    local body = head .. archive .. string.format("%s%08d", run, job) .. tail
    return wrk.format("POST", "/api/v4/jobs/" .. job .. "/artifacts?artifact_type=archive&artifact_format=zip", headers, body)
end
-- The one script of the load generator: what wrk counted, as one line of JSON behind its own report. Times are in us.
function done(summary, latency, requests)
    local failed = summary.errors
    io.write(string.format(
        '\n{"requests":%d,"microseconds":%d,"bytes":%d,"p50":%.0f,"p99":%.0f,"statuses":%d,"broken":%d}\n',
        summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
        failed.status, failed.connect + failed.read + failed.write + failed.timeout))
end
