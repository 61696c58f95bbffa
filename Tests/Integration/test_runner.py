"""What runners do beside uploading: fetch archives with a job token, and write the log of their job."""

import concurrent.futures
import itertools
import time

import pytest

import zips
from fixtures import runner, uploads
from fixtures.contract import BLOCKED, FORBIDDEN, UNAUTHORIZED, expect, expect_common_headers
from fixtures.runner import archive_of, log, patch, trace
from harness import DELIVERIES
from manifests import Library, access_token, job, job_token, member, pipeline, project, public_group, running_job, user

FILES = Library()
DEV = access_token("dev")
ARCHIVE = zips.labelled("the archive")
ABSENT = {"message": "404 Not Found"}
NUMBERS = itertools.count(1001)
JOBS = 60
PAST = "now-1h"

# The jobs of the target projects: project 1 is the source's own.
OWN, SECRET, EMPTY, EXPIRED = 100, 101, 102, 103
TARGETS = {
    200: ("group/open", {"visibility": "private", "job_token_scope": {"inbound_enabled": False}}),
    201: ("group/listed", {"visibility": "private", "job_token_scope": {
        "inbound_enabled": True, "inbound_allowlist": [{"project": "group/site"}]}}),
    202: ("group/closed", {"visibility": "private"}),
    203: ("group/without", {"visibility": "private", "job_token_scope": {
        "inbound_enabled": True, "inbound_allowlist": [{"project": "group/site", "policies": ["read_packages"]}]}}),
    204: ("group/public", {"visibility": "public"}),
    205: ("group/public-closed", {"visibility": "public", "public_jobs": False}),
}
STATES = ["created", "pending", "success", "failed", "canceled", "skipped", "manual"]


def document():
    jobs = [running_job(f"job {number}", "dev", id=1000 + number) for number in range(1, JOBS)]
    jobs += [
        job("own", FILES.archive(ARCHIVE), id=OWN), job("secret", FILES.archive(ARCHIVE, access="none"), id=SECRET),
        job("empty", id=EMPTY), job("expired", FILES.archive(ARCHIVE, expire_at=PAST), id=EXPIRED),
        running_job("guest", "guest", id=2), running_job("outsider", "outsider", id=3),
        running_job("blocked", "gone", id=5), running_job("canceling", "dev", id=6, status="canceling"),
        running_job("erased", "dev", id=7, erased_at=PAST),
        running_job("keeper", "nobody", "keeper", id=8, artifacts=[FILES.archive(ARCHIVE, access="none")]),
        running_job("whole", "dev", id=9, artifacts=[FILES.report("trace", b"whole\n", filename="job.log")]),
        *(job(f"is {status}", status=status, user="dev", token=job_token(f"is {status}"), id=10 + index)
          for index, status in enumerate(STATES)),
    ]
    members = [member("dev", "developer"), member("guest", "guest"), member("boss", "maintainer")]
    site = project("group/site", pipeline("one", *jobs), id=1, members=members, public_jobs=False)
    targets = [project(path, pipeline("one", job("build", FILES.archive(ARCHIVE), id=number)), id=number,
                       members=members, **extra) for number, (path, extra) in TARGETS.items()]
    names = ["dev", "guest", "outsider", "nobody", "boss"]
    return {"users": [*map(user, names), user("gone", state="blocked")], "groups": [public_group("group")],
            "projects": [site, *targets]}


@pytest.fixture(scope="module", params=DELIVERIES)
def delivering(request, instance_factory):
    instance = instance_factory(document(), options=DELIVERIES[request.param])
    instance.delivery = request.param
    return instance


@pytest.fixture(scope="module")
def instance(instance_factory):
    # Nothing sweeps by itself: what a log is made of stays as it is.
    environment = {"ARTIFACTD_SWEEP_INTERVAL": "0", "ARTIFACTD_MAX_TRACE_SIZE": "3M"}
    return instance_factory(document(), environment=environment, options=DELIVERIES["accel"])


@pytest.fixture
def number():
    """A running job that no other test writes to."""
    return next(NUMBERS)


def token(number):
    return job_token(f"job {number - 1000}")


# Archives

MINE = job_token("job 1")


def message(text):
    return {"message": text}


NOT_ALLOWED = message("403 Forbidden - Authentication by CI/CD job token not allowed from site to closed.")
NO_POLICY = message("403 Forbidden - Insufficient permissions to access this resource in project group/without. "
                    "The following token permission is required: read_jobs.")
FETCHES = {
    "own project": (OWN, MINE, 200, None),
    "whatever the row's access level": (SECRET, MINE, 200, None),
    "while canceling": (OWN, job_token("canceling"), 200, None),
    "the job's own, with no right of its user": (8, job_token("keeper"), 200, None),
    "open to all": (200, MINE, 200, None),
    "on the allowlist": (201, MINE, 200, None),
    "not on the allowlist": (202, MINE, 403, NOT_ALLOWED),
    "on the allowlist without read_jobs": (203, MINE, 403, NO_POLICY),
    "public": (204, MINE, 200, None),
    "public, without public jobs": (205, MINE, 403, FORBIDDEN),
    "guest, without public jobs": (OWN, job_token("guest"), 403, FORBIDDEN),
    "no member, own project": (OWN, job_token("outsider"), 403, FORBIDDEN),
    "no member, not a word of what is hidden": (202, job_token("outsider"), 403, FORBIDDEN),
    "no member, public": (204, job_token("outsider"), 200, None),
    "no such job": (99, MINE, 403, FORBIDDEN),
    "no job can have it": (0, MINE, 403, FORBIDDEN),
    "beyond 64 bits": (1 << 64, MINE, 403, FORBIDDEN),
    "no number": ("x", MINE, 400, {"error": "id is invalid"}),
    "no archive": (EMPTY, MINE, 404, ABSENT),
    "expired": (EXPIRED, MINE, 404, ABSENT),
    "no token": (OWN, None, 401, UNAUTHORIZED),
    "unknown token": (OWN, "glcbt-unknown", 401, UNAUTHORIZED),
    "an access token": (OWN, DEV, 401, UNAUTHORIZED),
    "unknown token, no such job": (99, "glcbt-unknown", 401, UNAUTHORIZED),
    "of an erased job": (OWN, job_token("erased"), 401, UNAUTHORIZED),
    "of a blocked user": (OWN, job_token("blocked"), 403, BLOCKED),
    **{f"of a job that is {status}": (OWN, job_token(f"is {status}"), 401, UNAUTHORIZED) for status in STATES},
}


@pytest.mark.parametrize("case", FETCHES)
def test_who_may_fetch_an_archive(delivering, case):
    number, secret, status, body = FETCHES[case]
    answer = delivering.get(archive_of(number), job_token=secret)
    expect(answer, status, body)
    expect_common_headers(answer)
    if status == 200:
        assert answer.body == ARCHIVE
        assert answer.headers.all("Content-Length") == [str(len(ARCHIVE))]
    head = delivering.head(archive_of(number), job_token=secret)
    assert (head.status, head.body) == (status, b"")
    assert head.headers.get("Content-Length") == answer.headers.get("Content-Length")


@pytest.mark.parametrize("where", ["header", "token", "job_token", "bearer", "other case"])
def test_the_token_stands_where_runners_put_it(delivering, where):
    target, headers = archive_of(OWN), []
    if where in ("token", "job_token"):
        target = archive_of(OWN, f"{where}={MINE}")
    else:
        headers = [{"header": ("JOB-TOKEN", MINE), "bearer": ("Authorization", f"Bearer {MINE}"),
                    "other case": ("Job-Token", MINE)}[where]]
    answer = delivering.get(target, headers=headers)
    expect(answer, 200)
    assert answer.body == ARCHIVE


@pytest.mark.parametrize("query", ["", "direct_download=false", "direct_download=", "direct_download=true",
                                   "direct_download=1"])
def test_a_redirect_only_for_who_says_that_it_follows(delivering, query):
    answer = delivering.get(archive_of(OWN, query), job_token=MINE)
    if delivering.delivery == "redirect" and query in ("direct_download=true", "direct_download=1"):
        expect(answer, 302)
        location = answer.headers["Location"]
        assert location.startswith(f"http://127.0.0.1:{delivering.cdn_port}/")
        assert MINE not in location
        target = "/" + location.split("/", 3)[3]
        assert delivering.request("GET", target, url=f"http://127.0.0.1:{delivering.cdn_port}").body == ARCHIVE
    else:
        expect(answer, 200)
        assert answer.body == ARCHIVE


def test_a_malformed_flag_is_400(delivering):
    expect(delivering.get(archive_of(OWN, "direct_download=x"), job_token=MINE), 400,
           {"error": "direct_download is invalid"})


def test_ranges_and_conditions_are_those_of_archives(delivering):
    whole = delivering.get(archive_of(OWN), job_token=MINE)
    part = delivering.get(archive_of(OWN), job_token=MINE, headers={"Range": "bytes=5-9"})
    assert (part.status, part.body) == (206, ARCHIVE[5:10])
    assert part.headers["Content-Range"] == f"bytes 5-9/{len(ARCHIVE)}"
    several = delivering.get(archive_of(OWN), job_token=MINE, headers={"Range": "bytes=0-1,4-5"})
    assert several.status == 206
    assert delivering.get(archive_of(OWN), job_token=MINE, headers={"Range": "bytes=999999-"}).status == 416
    tag = {"If-None-Match": whole.headers["ETag"]}
    assert delivering.get(archive_of(OWN), job_token=MINE, headers=tag).status == 304
    assert delivering.get(archive_of(OWN), job_token=MINE, headers={"If-Match": '"x"'}).status == 412


def test_why_there_is_no_archive(delivering):
    reasons = [delivering.get(archive_of(each), job_token=MINE).headers.get("X-Artifact-Reason")
               for each in (EMPTY, EXPIRED, 99)]
    assert reasons == ["no_archive", "expired", None]


def test_other_methods_are_405(delivering):
    answer = delivering.request("PUT", archive_of(OWN), {"JOB-TOKEN": MINE}, b"")
    expect(answer, 405, {"error": "405 Not Allowed"})
    assert answer.headers["Allow"] == "GET, HEAD, POST"
    expect(delivering.request("GET", "/_api"), 404)


def test_downloads_take_no_upload_thread(delivering):
    """A body that is not an upload's is the API's: it has the API's limit, not the one of uploads."""
    answer = delivering.request("DELETE", archive_of(OWN), {"JOB-TOKEN": MINE}, b"x" * 1_500_000)
    assert answer.status == 413


def test_a_fetch_is_a_download_in_the_audit_trail(instance):
    instance.get(archive_of(SECRET), job_token=MINE, headers={"X-Request-Id": "fetched-by-runner"})
    sql = "SELECT action, job_id, status, delivery FROM audit_events WHERE request_id = 'fetched-by-runner'"
    assert uploads.wait_until(lambda: instance.psql(sql).strip(), what="the event") == f"download|{SECRET}|200|accel"


def test_reading_a_log_that_is_written_is_a_download_too(instance, number):
    patch(instance, number, token(number), b"log")
    read(instance, number, {"X-Request-Id": f"read-{number}"})
    sql = f"SELECT action, job_id, file_type, status, delivery FROM audit_events WHERE request_id = 'read-{number}'"
    assert uploads.wait_until(lambda: instance.psql(sql).strip(), what="the event") == f"download|{number}|trace|200|worker"


# Logs: who may write

def read(instance, number, headers=()):
    return instance.get(log(1, number), token=DEV, headers=headers)


def expect_accepted(answer, size, status="running"):
    expect(answer, 202, runner.ACCEPTED)
    expect_common_headers(answer)
    assert answer.headers.all("Range") == [f"0-{size}"]
    assert answer.headers.all("Job-Status") == [status]
    assert answer.headers.all("X-GitLab-Trace-Update-Interval") == ["3"]


WRITERS = {
    "no token": (10, None, FORBIDDEN, None),
    "unknown token": (1001, "glcbt-unknown", FORBIDDEN, None),
    "another job's token": (1002, MINE, FORBIDDEN, None),
    "an access token": (1001, DEV, FORBIDDEN, None),
    "no such job": (99, MINE, FORBIDDEN, None),
    "erased": (7, job_token("erased"), uploads.ERASED, None),
    "blocked user": (5, job_token("blocked"), BLOCKED, None),
    "uploaded as a whole": (9, job_token("whole"), runner.COMPLETE, None),
    **{f"is {status}": (10 + index, job_token(f"is {status}"), uploads.NOT_RUNNING, status)
       for index, status in enumerate(STATES)},
}


@pytest.mark.parametrize("case", WRITERS)
@pytest.mark.parametrize("size", [5, 900_000])
def test_who_may_not_write_a_log(instance, case, size):
    number, secret, body, status = WRITERS[case]
    answer = patch(instance, number, secret, b"x" * size)
    expect(answer, 403, body)
    assert answer.headers.get("Job-Status") == status


@pytest.mark.parametrize("case", WRITERS)
def test_a_refusal_comes_before_what_is_wrong_with_the_range(instance, case):
    number, secret, body, _ = WRITERS[case]
    expect(patch(instance, number, secret, b"x", content_range=False), 403, body)


def test_a_job_that_is_being_canceled_writes_on(instance):
    expect_accepted(patch(instance, 6, job_token("canceling"), b"stopping\n"), 9, "canceling")


@pytest.mark.parametrize("where", ["token", "job_token", "bearer"])
def test_the_token_of_a_writer_stands_where_uploads_have_it(instance, number, where):
    secret = token(number)
    target, headers = trace(number), [("Content-Range", "0-2")]
    if where == "bearer":
        headers.append(("Authorization", f"Bearer {secret}"))
    else:
        target += f"?{where}={secret}&debug_trace=false"
    expect_accepted(instance.request("PATCH", target, headers, b"abc"), 3)


# Logs: what is written

RANGES = {
    "gitlab-runner": ("0-2", 202), "gitlab-python-runner": ("0-3", 202), "an end that does not matter": ("0-99", 202),
    "leading zeros": ("000-2", 202), "missing": (False, 400), "empty": ("", 400), "one number": ("0", 400),
    "no start": ("-2", 400), "no end": ("0-", 400), "words": ("a-b", 400), "RFC 9110": ("bytes 0-2/3", 400),
    "beyond 64 bits": (f"{1 << 64}-{1 << 65}", 400), "space": ("0 - 2", 400), "three": ("0-1-2", 400),
}


@pytest.mark.parametrize("case", RANGES)
def test_forms_of_the_range(instance, case):
    content_range, status = RANGES[case]
    number = next(NUMBERS)
    answer = patch(instance, number, token(number), b"abc", content_range=content_range)
    if status == 202:
        expect_accepted(answer, 3)
    else:
        expect(answer, 400, runner.NO_RANGE if content_range is False else runner.BAD_RANGE)
    assert read(instance, number).body == (b"abc" if status == 202 else b"")


def test_a_log_is_written_piece_by_piece(instance, number):
    pieces = [b"first\n", b"\x00\xff\xfe binary\r\n", b"x" * 70_000, zips.noise(1 << 20), b"end"]
    whole = b""
    for piece in pieces:
        expect_accepted(patch(instance, number, token(number), piece, len(whole)), len(whole) + len(piece))
        whole += piece
        answer = read(instance, number)
        expect(answer, 200)
        assert answer.body == whole
    assert answer.headers["Content-Type"] == "text/plain"
    assert answer.headers["Content-Length"] == str(len(whole))


# what has come before ("0123456789"): the next piece, the answer, the log
PIECES = {
    "next": (10, b"ab", 202, b"0123456789ab"),
    "gap": (11, b"ab", 416, b"0123456789"),
    "far gap": (1 << 62, b"ab", 416, b"0123456789"),
    "again": (0, b"0123456789", 202, b"0123456789"),
    "inside": (3, b"345", 202, b"0123456789"),
    "overlap": (8, b"89ab", 202, b"0123456789ab"),
    "from the start and on": (0, b"0123456789ab", 202, b"0123456789ab"),
    "what came first counts": (8, b"??ab", 202, b"0123456789ab"),
    "nothing": (10, b"", 202, b"0123456789"),
    "nothing behind a gap": (11, b"", 416, b"0123456789"),
}


@pytest.mark.parametrize("case", PIECES)
def test_pieces_that_do_not_fit(instance, number, case):
    start, piece, status, whole = PIECES[case]
    expect_accepted(patch(instance, number, token(number), b"0123456789"), 10)
    answer = patch(instance, number, token(number), piece, start)
    if status == 202:
        expect_accepted(answer, len(whole))
    else:
        expect(answer, 416, runner.GAP)
        assert answer.headers.all("Range") == ["0-10"]
        assert answer.headers.all("Job-Status") == ["running"]
    assert read(instance, number).body == whole


def test_a_large_overlap_is_passed_over_across_blocks(instance, number):
    whole = zips.noise(400_000)
    expect_accepted(patch(instance, number, token(number), whole[:250_001]), 250_001)
    expect_accepted(patch(instance, number, token(number), whole), 400_000)
    assert read(instance, number).body == whole


def test_the_end_of_an_empty_piece_is_before_its_beginning(instance, number):
    expect_accepted(patch(instance, number, token(number), b"", content_range="0--1"), 0)
    assert read(instance, number).body == b""


def test_a_log_has_a_limit(instance, number):
    piece = b"x" * (1 << 20)
    for index in range(3):
        expect_accepted(patch(instance, number, token(number), piece, index << 20), (index + 1) << 20)
    for _ in range(5):
        expect(patch(instance, number, token(number), piece, 3 << 20), 403, runner.TOO_LONG)
    expect(patch(instance, number, token(number), b"x" * 100, (3 << 20) - 99), 403, runner.TOO_LONG)
    expect_accepted(patch(instance, number, token(number), b"x", (3 << 20) - 1), 3 << 20)
    assert len(read(instance, number).body) == 3 << 20
    assert patch(instance, number, token(number), b"x" * (17 << 20)).status == 413


def test_a_chunked_body(instance, number):
    piece = zips.noise(300_000)
    sending = uploads.Upload(instance, trace(number), [("Job-Token", token(number)), ("Content-Range", "0-1"),
                                                      ("Transfer-Encoding", "chunked")], "PATCH")
    sending.send(uploads.chunked(piece))
    assert sending.answer().status == 202
    assert read(instance, number).body == piece


def test_a_body_that_breaks_off_leaves_nothing(instance, number):
    sending = uploads.Upload(instance, trace(number), [("Job-Token", token(number)), ("Content-Range", "0-999999"),
                                                      ("Content-Length", "1000000")], "PATCH")
    sending.send(b"x" * 500_000)
    sending.close()
    expect_accepted(patch(instance, number, token(number), b"whole"), 5)
    assert read(instance, number).body == b"whole"


def test_pieces_at_once_do_not_interleave(instance, number):
    """Sixteen clients send the same log in the same pieces, over and over until all of it is there."""
    whole = zips.noise(200_000)

    def write(seed):
        size = 0
        while size < len(whole):
            piece = whole[size:size + 7_000 + seed]
            answer = patch(instance, number, token(number), piece, size)
            assert answer.status == 202, answer
            size = int(answer.headers["Range"][2:])

    with concurrent.futures.ThreadPoolExecutor(16) as threads:
        list(threads.map(write, range(16)))
    assert read(instance, number).body == whole


def test_ranges_and_conditions_of_a_log_that_is_written(instance, number):
    whole = zips.noise(300_000)
    for start in range(0, len(whole), 50_000):
        patch(instance, number, token(number), whole[start:start + 50_000], start)
    first = read(instance, number)
    cases = {"bytes=0-0": whole[:1], "bytes=-10": whole[-10:], "bytes=99999-150001": whole[99_999:150_002],
             "bytes=299999-": whole[299_999:]}
    for header, part in cases.items():
        answer = read(instance, number, {"Range": header})
        assert (answer.status, answer.body) == (206, part), header
    assert read(instance, number, {"Range": "bytes=300000-"}).status == 416
    assert read(instance, number, {"Range": "bytes=0-9,100-109"}).status == 206
    tag = {"If-None-Match": first.headers["ETag"]}
    assert read(instance, number, tag).status == 304
    patch(instance, number, token(number), b"more", len(whole))
    again = read(instance, number, tag)
    assert (again.status, again.body) == (200, whole + b"more")
    head = instance.head(log(1, number), token=DEV)
    assert (head.status, head.headers["Content-Length"]) == (200, str(len(whole) + 4))


def test_a_written_log_is_read_by_who_may_read_builds(instance, number):
    patch(instance, number, token(number), b"secret")
    expect(instance.get(log(1, number)), 404)
    expect(instance.get(log(1, number), token=access_token("guest")), 403, FORBIDDEN)
    expect(instance.get(log(204, number), token=DEV), 404)


# Logs: after the job's end

def end(instance, number, status="success"):
    """Ends a job as far as its log is concerned."""
    instance.psql(f"UPDATE jobs SET status = '{status}', finished_at = now() WHERE id = {number}")


def sweep(instance):
    done = instance.artifactd("sweep")
    assert done.returncode == 0, done.stderr
    return done.stdout


def chunks(instance, number):
    return int(instance.psql(f"SELECT count(*) FROM trace_chunks WHERE job_id = {number}"))


@pytest.mark.parametrize("status", ["success", "failed", "canceled"])
def test_the_log_of_an_ended_job_becomes_an_artifact(instance, number, status):
    whole = b"log of %d\n" % number + zips.noise(200_000, seed=number)
    for start in range(0, len(whole), 30_000):
        patch(instance, number, token(number), whole[start:start + 30_000], start)
    sweep(instance)
    assert chunks(instance, number) > 0, "a running job's log stays open"
    end(instance, number, status)
    before = read(instance, number)
    assert "stored 1 job log" in sweep(instance)
    after = read(instance, number)
    assert before.status == after.status == 200
    assert before.body == after.body == whole
    assert before.headers["Content-Type"] == after.headers["Content-Type"] == "text/plain"
    assert chunks(instance, number) == 0
    row = instance.psql("SELECT file_type, file_format, filename, size, access, expire_at IS NULL FROM artifacts "
                        f"WHERE job_id = {number}").strip()
    assert row == f"trace|raw|job.log|{len(whole)}|all|t"
    assert "stored" not in sweep(instance)
    expect(patch(instance, number, token(number), b"late", len(whole)), 403, uploads.NOT_RUNNING)


def test_a_log_that_was_uploaded_as_a_whole_stands_for_the_pieces(instance, number):
    patch(instance, number, token(number), b"piece")
    parameters = {"artifact_type": "trace", "artifact_format": "raw"}
    answer = uploads.upload(instance, number, token(number), b"whole log", filename="job.log", parameters=parameters)
    expect(answer, 201)
    end(instance, number)
    sweep(instance)
    assert read(instance, number).body == b"whole log"
    assert chunks(instance, number) == 0


@pytest.mark.parametrize("is_stored", [False, True])
def test_erasing_takes_the_log(instance, number, is_stored):
    patch(instance, number, token(number), b"secret")
    boss = {"PRIVATE-TOKEN": access_token("boss")}
    expect(instance.request("POST", f"/api/v4/projects/1/jobs/{number}/erase", boss, b""), 403)
    end(instance, number)
    if is_stored:
        sweep(instance)
    expect(instance.request("POST", f"/api/v4/projects/1/jobs/{number}/erase", boss, b""), 201)
    assert read(instance, number).body == b""
    assert chunks(instance, number) == 0
    assert instance.psql(f"SELECT count(*) FROM artifacts WHERE job_id = {number}").strip() == "0"
    expect(patch(instance, number, token(number), b"late", 0), 403, uploads.ERASED)


def test_deleting_leaves_the_log(instance, number):
    patch(instance, number, token(number), b"stays")
    boss = {"PRIVATE-TOKEN": access_token("boss")}
    expect(instance.request("DELETE", f"/api/v4/projects/1/jobs/{number}/artifacts", boss), 204)
    assert read(instance, number).body == b"stays"


def test_a_reader_of_a_log_that_is_stored_meanwhile_gets_all_of_it(instance, number):
    """The rest comes from the file; a slow reader holds no connection to the database."""
    whole = zips.noise(3 << 20, seed=number)
    for start in range(0, len(whole), 1 << 20):
        patch(instance, number, token(number), whole[start:start + (1 << 20)], start)
    end(instance, number)
    reading = uploads.Upload(instance, log(1, number), [("PRIVATE-TOKEN", DEV)], "GET")
    assert reading.has_answer(30)
    sweep(instance)
    assert chunks(instance, number) == 0
    answer = reading.answer()
    assert (answer.status, answer.body) == (200, whole)


def test_a_kill_between_pieces_loses_nothing(instance_factory):
    instance = instance_factory(document(), environment={"ARTIFACTD_SWEEP_INTERVAL": "1s"})
    number, size = 1001, 0
    whole = zips.noise(300_000)
    for _ in range(3):
        for _ in range(4):
            piece = whole[size:size + 25_000]
            expect_accepted(patch(instance, number, token(number), piece, size), size + len(piece))
            size += len(piece)
        instance.kill_server()
        instance.stop_services()
        instance.start()
        assert read(instance, number).body == whole[:size]
    end(instance, number)
    uploads.wait_until(lambda: chunks(instance, number) == 0, what="the artifact")
    assert read(instance, number).body == whole


def test_kills_of_a_sweeper_leave_every_log(instance_factory):
    """Logs are stored while the server is killed again and again: each is whole, in pieces or as a file, and never both."""
    instance = instance_factory(document(), environment={"ARTIFACTD_SWEEP_INTERVAL": "1s"})
    logs = {number: zips.noise(200_000, seed=number) for number in range(1001, 1041)}
    for number, content in logs.items():
        expect_accepted(patch(instance, number, token(number), content), len(content))
    for pause in (0.3, 0.6, 0.9):
        instance.psql("UPDATE jobs SET status = 'success' WHERE id BETWEEN 1001 AND 1040")
        time.sleep(pause)
        instance.kill_server()
        instance.stop_services()
        # The manifest is applied again, and says that they run.
        instance.start()
        for number, content in logs.items():
            assert read(instance, number).body == content, number
    instance.psql("UPDATE jobs SET status = 'success' WHERE id BETWEEN 1001 AND 1040")
    uploads.wait_until(lambda: instance.psql("SELECT count(*) FROM trace_chunks").strip() == "0", what="the end")
    for number, content in logs.items():
        assert read(instance, number).body == content, number
    assert instance.psql("SELECT count(*) FROM artifacts WHERE file_type = 'trace' AND job_id > 1000").strip() == "40"
