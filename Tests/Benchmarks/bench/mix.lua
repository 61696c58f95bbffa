-- The mix of mix.py, with uploads of 1 KiB beside it; answers are counted by their status.
--
-- Arguments: the file of the mix, that of the uploaded archive, the first job for uploads, how many there are, after how many
-- requests an upload comes, eight digits that no other run has.
local boundary = "----------------------artifactdbench"
local threads = {}

function setup(thread)
    thread:set("number", #threads)
    table.insert(threads, thread)
end

function init(arguments)
    kinds, sent, uploads = {}, 0, 0
    expected, answered = {}, {}
    for line in io.lines(arguments[1]) do
        local parts = {}
        for part in line:gmatch("[^\t]+") do table.insert(parts, part) end
        local headers = {}
        for place = 3, #parts, 2 do headers[parts[place]] = parts[place + 1] end
        table.insert(kinds, { status = tonumber(parts[1]), text = wrk.format("GET", parts[2], headers) })
    end
    local file = io.open(arguments[2], "rb")
    archive = file:read("*a"):sub(1, -17)
    file:close()
    first, jobs, every, run = tonumber(arguments[3]), tonumber(arguments[4]), tonumber(arguments[5]), arguments[6]
end

local function upload()
    local job = first + uploads * 2 + number
    uploads = uploads + 1
    local body = "--" .. boundary .. "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"artifacts.zip\"\r\n"
        .. "Content-Type: application/octet-stream\r\n\r\n" .. archive .. string.format("%s%08d", run, job)
        .. "\r\n--" .. boundary .. "--\r\n"
    local headers = {
        ["JOB-TOKEN"] = "glcbt-bench-" .. job,
        ["Content-Type"] = "multipart/form-data; boundary=" .. boundary,
    }
    return wrk.format("POST", "/api/v4/jobs/" .. job .. "/artifacts?artifact_type=archive&artifact_format=zip", headers, body)
end

function request()
    sent = sent + 1
    if sent % every == 0 and uploads * 2 + number < jobs then
        expected[201] = (expected[201] or 0) + 1
        return upload()
    end
    -- Threads begin at different places of the mix.
    local kind = kinds[(sent + number * 97) % #kinds + 1]
    expected[kind.status] = (expected[kind.status] or 0) + 1
    return kind.text
end

function response(status)
    answered[status] = (answered[status] or 0) + 1
end

local function sum(name)
    local total, parts = {}, {}
    for _, thread in ipairs(threads) do
        for status, count in pairs(thread:get(name)) do total[status] = (total[status] or 0) + count end
    end
    for status, count in pairs(total) do table.insert(parts, string.format('"%d":%d', status, count)) end
    return "{" .. table.concat(parts, ",") .. "}"
end

function done(summary, latency, requests)
    local failed = summary.errors
    io.write(string.format('\n{"requests":%d,"microseconds":%d,"broken":%d,"answered":%s,"expected":%s}\n',
        summary.requests, summary.duration, failed.connect + failed.read + failed.write + failed.timeout,
        sum("answered"), sum("expected")))
end
