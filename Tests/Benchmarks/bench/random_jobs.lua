-- Reads of random jobs of the masses by random users: what grows must be looked for, not only be there.
--
-- Arguments: how many projects, how many users, then numbers of dataset.py: first project, first job, jobs a project.
local threads = 0

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

function init(arguments)
    projects, users = tonumber(arguments[1]), tonumber(arguments[2])
    first_project, first_job, jobs = tonumber(arguments[3]), tonumber(arguments[4]), tonumber(arguments[5])
    math.randomseed(42 + number)
end

function request()
    local job = math.random(0, projects * jobs - 1)
    local project = first_project + math.floor(job / jobs)
    -- string.format: numbers above 10^14 would be written with an exponent.
    local path = string.format("/api/v4/projects/%d/jobs/%d/artifacts", project, first_job + job)
    return wrk.format("GET", path, { ["PRIVATE-TOKEN"] = "glpat-bench-" .. math.random(1, users) })
end
function done(summary, latency, requests)
    local failed = summary.errors
    io.write(string.format(
        '\n{"requests":%d,"microseconds":%d,"bytes":%d,"p50":%.0f,"p99":%.0f,"statuses":%d,"broken":%d}\n',
        summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
        failed.status, failed.connect + failed.read + failed.write + failed.timeout))
end
