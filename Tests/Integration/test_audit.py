"""The audit trail: one row for what was allowed, none for what was not, and what happens when it cannot be written."""

import csv
import hashlib
import io
import json
import os
import re
import signal
import threading
import time

import pytest

import zips
from fixtures.contract import archive, archive_by_ref, expect, file, raw_file, wire
from fixtures.processes import Relaunched, unsupervised, wait_until_gone
from harness import DELIVERIES
from manifests import Library, access_token, job, job_token, member, pipeline, project, public_group, running_job, user

FILES = Library()
UNAVAILABLE = {"message": "503 Service Unavailable"}
HOSTILE = "evil\x1b[2Jname\n,\"=1\u202e.txt"
ARCHIVE = zips.zip_of({"a.txt": b"hello\n", "dir/ü b.txt": b"umlaut\n", HOSTILE: b"x", "big.txt": zips.prose(300_000)})
REPORT, TRACE = b"\x1f\x8b\x08\x00report", b"$ make\ndone\n"
SHA256 = hashlib.sha256(ARCHIVE).hexdigest()


def built(number):
    """A job with an archive, a report and a log."""
    log = {"type": "trace", "file": FILES.add(TRACE, "job.log"), "filename": "job.log"}
    return job("build", FILES.archive(ARCHIVE), FILES.report(content=REPORT), log, id=number)


def document():
    return {
        "users": [user("dev"), user("guest"), user("stranger")],
        "groups": [public_group("acme")],
        "projects": [
            project("acme/site", pipeline("one", built(1)),
                    pipeline("ci", running_job("ci", "dev", id=50), ref="ci"), id=1, visibility="public"),
            project("acme/hidden", pipeline("one", built(2), job("old", FILES.archive(ARCHIVE, expire_at="2020-01-01"), id=3),
                                            job("closed", FILES.archive(ARCHIVE, access="none"), id=4)),
                    id=2, public_jobs=False, members=[member("dev", "maintainer"), member("guest", "guest")]),
        ],
    }


def entries(instance, *arguments):
    """What `artifactd audit` lists, newest first."""
    done = instance.artifactd("audit", "--format", "json", "--limit", 0, *arguments)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def settled(instance, request_id, limit=10):
    """The rows of a request, once one is there; rows of a moment later would be too many."""
    deadline = time.monotonic() + limit
    while not (rows := entries(instance, "--request-id", request_id)):
        assert time.monotonic() < deadline, f"no row for {request_id}"
        time.sleep(0.05)
    return rows


def last_row(instance, limit=10):
    """Waits until all that was asked before is written: a row of its own comes behind it."""
    mark = f"mark-{time.monotonic_ns()}"
    expect(instance.get(file(1, 1, "a.txt"), headers={"X-Request-Id": mark}), 200)
    settled(instance, mark, limit)
    return mark


@pytest.fixture(scope="module")
def instance(instance_factory):
    # The archives are small: by default artifactd would send them itself.
    return instance_factory(document(), options=DELIVERIES["accel"])


CALLERS = {
    "anonymous": ((), 1, {"user_id": None, "username": None, "token_id": None, "token_job_id": None}),
    "header": ((("PRIVATE-TOKEN", access_token("dev")),), 2, {"username": "dev", "token_job_id": None}),
    "bearer": ((("Authorization", "Bearer " + access_token("dev")),), 1, {"username": "dev", "token_job_id": None}),
    "job token": ((("JOB-TOKEN", job_token("ci")),), 1, {"username": "dev", "token_id": None, "token_job_id": 50}),
}
PATH = "dir/ü b.txt"
ENCODED = "dir/%C3%BC%20b.txt"
DOWNLOADS = {
    "archive": (lambda p: archive(p, p), (), 200, "accel", []),
    "archive by ref": (lambda p: archive_by_ref(p, "main", "build"), (), 200, "accel", []),
    "plain range of the archive": (lambda p: archive(p, p), (("Range", "bytes=0-9"),), 206, "accel", []),
    "ranges of the archive": (lambda p: archive(p, p), (("Range", "bytes=0-1,5-6"),), 206, "worker", []),
    "conditional archive": (lambda p: archive(p, p), (("If-Match", "*"),), 200, "worker", []),
    "file": (lambda p: file(p, p, ENCODED), (), 200, "worker", [PATH]),
    "range of a file": (lambda p: file(p, p, ENCODED), (("Range", "bytes=0-1"),), 206, "worker", [PATH]),
    "file by ref": (lambda p: raw_file(p, "main", ENCODED, "build"), (), 200, "worker", [PATH]),
    "part of the archive": (lambda p: archive(p, p, "?path[]=dir&path[]=a.txt"), (), 200, "worker", ["a.txt", "dir"]),
    "part by ref": (lambda p: archive_by_ref(p, "main", "build", "&path=dir/"), (), 200, "worker", ["dir"]),
    "gzip of a file": (lambda p: file(p, p, "big.txt"), (("Accept-Encoding", "gzip"),), 200, "worker", ["big.txt"]),
    "report": (lambda p: archive(p, p, "?file_type=junit"), (), 200, "accel", []),
    "job log": (lambda p: f"/api/v4/projects/{p}/jobs/{p}/trace", (), 200, "worker", []),
    "range of a job log": (lambda p: f"/api/v4/projects/{p}/jobs/{p}/trace", (("Range", "bytes=-2"),), 206, "worker",
                           []),
    "file with a hostile name": (lambda p: file(p, p, "evil%1B%5B2Jname%0A,%22=1%E2%80%AE.txt"), (), 200, "worker",
                                 [HOSTILE]),
}


def request_id(what, caller):
    return re.sub("[^a-z]", "-", f"{what}-{caller}")


@pytest.fixture(scope="module")
def downloaded(instance):
    """Every download by every caller; the statuses, and then the rows, by request."""
    statuses = {}
    for what, (target, fields, *_) in DOWNLOADS.items():
        for caller, (credentials, number, _) in CALLERS.items():
            name = request_id(what, caller)
            answer = instance.get(target(number), headers=[*fields, *credentials, ("X-Request-Id", name)])
            statuses[name] = answer.status
    last_row(instance)
    return statuses, entries(instance)


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("what", DOWNLOADS)
def test_each_download_is_one_row_that_tells_who_what_and_how(instance, downloaded, what, caller):
    _, _, status, delivery, paths = DOWNLOADS[what]
    _, number, who = CALLERS[caller]
    name = request_id(what, caller)
    statuses, everything = downloaded
    assert statuses[name] == status
    rows = [row for row in everything if row["request_id"] == name]
    assert len(rows) == 1, rows
    file_type = {"report": "junit", "job log": "trace", "range of a job log": "trace"}.get(what, "archive")
    sha256 = hashlib.sha256({"junit": REPORT, "trace": TRACE, "archive": ARCHIVE}[file_type]).hexdigest()
    expected = {
        "action": "download", "project_id": number, "project_path": {1: "acme/site", 2: "acme/hidden"}[number],
        "job_id": number, "file_type": file_type, "sha256": sha256, "delivery": delivery,
        # What nginx makes of an answer of the worker's is not the worker's to know.
        "status": 200 if delivery == "accel" else status, "address": "127.0.0.1", **who,
    }
    assert {key: rows[0][key] for key in expected} == expected
    assert sorted(rows[0]["paths"]) == paths
    if who["username"] == "dev" and who.get("token_job_id") is None:
        token = instance.psql("select t.id || ' ' || u.id from access_tokens t join users u on u.id = t.user_id "
                              "where u.username = 'dev'").strip()
        assert f"{rows[0]['token_id']} {rows[0]['user_id']}" == token
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", rows[0]["created_at"])


def test_the_time_is_that_of_the_download(instance, downloaded):
    newest = instance.psql("select extract(epoch from max(created_at)) from audit_events where project_id = 1")
    assert abs(time.time() - float(newest)) < 600


DEV, GUEST, STRANGER = (access_token(name) for name in ("dev", "guest", "stranger"))
NOT_RECORDED = {
    "no such project": (archive(9, 9), None, "GET", (), 404),
    "hidden project": (archive(2, 2), STRANGER, "GET", (), 404),
    "no right to read builds": (archive(2, 2), GUEST, "GET", (), 403),
    "access level none": (archive(2, 4), DEV, "GET", (), 403),
    "expired": (archive(2, 3), DEV, "GET", (), 404),
    "unknown token": (archive(1, 1), "glpat-unknownunknownunkno", "GET", (), 401),
    "no such job": (archive(1, 9), None, "GET", (), 404),
    "no such file": (file(1, 1, "none.txt"), None, "GET", (), 404),
    "bad path": (file(1, 1, "a//b"), None, "GET", (), 400),
    "HEAD of an archive": (archive(1, 1), None, "HEAD", (), 200),
    "HEAD of a file": (file(1, 1, "a.txt"), None, "HEAD", (), 200),
    "not modified": (archive(1, 1), None, "GET", (("If-None-Match", "*"),), 304),
    "file not modified": (file(1, 1, "a.txt"), None, "GET", (("If-None-Match", "*"),), 304),
    "precondition failed": (archive(1, 1), None, "GET", (("If-Match", '"x"'),), 412),
    "unsatisfiable": (file(1, 1, "a.txt"), None, "GET", (("Range", "bytes=99-"),), 416),
    "no such report": (archive(1, 1, "?file_type=dotenv"), None, "GET", (), 404),
    "no such part": (archive(1, 1, "?path=none"), None, "GET", (), 404),
    "HEAD of a part": (archive(1, 1, "?path=dir"), None, "HEAD", (), 200),
    "tree": (archive(1, 1) + "/tree", None, "GET", (), 200),
    "log of a job without": ("/api/v4/projects/1/jobs/50/trace", None, "GET", (), 200),
    "hidden log": ("/api/v4/projects/2/jobs/2/trace", GUEST, "GET", (), 403),
    "job": ("/api/v4/projects/1/jobs/1", None, "GET", (), 200),
    "unknown route": ("/api/v4/nothing", None, "GET", (), 404),
}


def test_what_was_refused_or_hands_out_nothing_is_no_row(instance):
    for name, (target, token, method, fields, status) in NOT_RECORDED.items():
        request_id = "refused-" + re.sub("[^a-zA-Z]", "-", name)
        answer = instance.get(target, token=token, method=method, headers=[*fields, ("X-Request-Id", request_id)])
        assert answer.status == status, (name, answer)
    last_row(instance)
    seen = [row["request_id"] for row in entries(instance) if row["request_id"].startswith("refused-")]
    assert seen == []


def test_the_filters_of_the_command(instance):
    for request_id, target, token in (("f-1", archive(1, 1), None), ("f-2", archive(2, 2), DEV),
                                      ("f-3", file(2, 2, "a.txt"), DEV)):
        expect(instance.get(target, token=token, headers={"X-Request-Id": request_id}), 200)
        time.sleep(0.002)
    last_row(instance)

    def found(*arguments):
        return [row["request_id"] for row in entries(instance, *arguments) if row["request_id"].startswith("f-")]

    assert found() == ["f-3", "f-2", "f-1"]
    assert found("--oldest-first") == ["f-1", "f-2", "f-3"]
    assert found("--project", "ACME/hidden") == found("--project", "2") == ["f-3", "f-2"]
    assert found("--project", "acme/none") == []
    assert found("--user", "Dev") == ["f-3", "f-2"]
    assert found("--user", "nobody") == []
    assert found("--job", "1") == ["f-1"]
    assert found("--action", "download", "--action", "keep") == ["f-3", "f-2", "f-1"]
    assert found("--action", "erase") == []
    assert found("--digest", SHA256) == found("--digest", "sha256:" + SHA256.upper()) == ["f-3", "f-2", "f-1"]
    assert found("--digest", "0" * 64) == []
    assert found("--address", "127.0.0.0/8") == found("--address", "::ffff:127.0.0.1") == ["f-3", "f-2", "f-1"]
    assert found("--address", "10.0.0.0/8") == []
    assert found("--since", "1h") == ["f-3", "f-2", "f-1"]
    assert found("--until", "1h") == []
    assert found("--since", "2020-01-01", "--until", "2020-01-02T10:00Z") == []
    second = entries(instance, "--request-id", "f-2")[0]
    moment = instance.psql(f"select to_char(created_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') "
                           f"from audit_events where id = {second['id']}").strip()
    assert found("--since", moment) == ["f-3", "f-2"]
    assert found("--until", moment) == ["f-1"]
    assert [row["request_id"] for row in entries(instance, "--limit", 2)] == \
        [row["request_id"] for row in entries(instance)][:2]


@pytest.mark.parametrize("arguments", [
    ("--action", "look"), ("--since", "yesterday"), ("--digest", "abc"), ("--address", "localhost"), ("--limit", "-1"),
    ("--format", "xml"), ("--job", "x"), ("--nothing",), ("--since", "99999999999999999d"),
])
def test_a_filter_that_means_nothing_is_a_usage_error(instance, arguments):
    done = instance.artifactd("audit", *arguments)
    assert done.returncode == 64 and done.stdout == "" and done.stderr != "", done


def test_text_and_csv_show_hostile_names_harmlessly(instance):
    expect(instance.get(file(1, 1, "evil%1B%5B2Jname%0A,%22=1%E2%80%AE.txt"), headers={"X-Request-Id": "hostile"}), 200)
    settled(instance, "hostile")
    for form in ("text", "csv", "json"):
        done = instance.artifactd("audit", "--request-id", "hostile", "--format", form)
        assert done.returncode == 0, done.stderr
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", done.stdout), repr(done.stdout)
        assert done.stdout.count("\n") == (1 if form == "json" else 2), repr(done.stdout)
    text = instance.artifactd("audit", "--request-id", "hostile").stdout.splitlines()
    assert text[0].split() == ["TIME", "ACTION", "USER", "CREDENTIAL", "PROJECT", "JOB", "ARTIFACT", "DELIVERY",
                               "STATUS", "ADDRESS", "REQUEST"]
    assert text[1].index("acme/site") == text[0].index("PROJECT")
    assert "archive: evil\\u{1b}[2Jname\\u{a}," in text[1]
    table = instance.artifactd("audit", "--request-id", "hostile", "--format", "csv").stdout
    row = next(csv.DictReader(io.StringIO(table)))
    assert row["paths"] == 'evil\\u{1b}[2Jname\\u{a},"=1\\u{202e}.txt'
    assert (row["sha256"], row["username"], row["job_id"]) == (SHA256, "", "1")
    assert json.loads(instance.artifactd("audit", "--request-id", "hostile", "--format", "json").stdout)["paths"] == \
        [HOSTILE]


def test_a_long_list_is_paged_through(instance):
    instance.psql("insert into audit_events (created_at, id, action, project_id, project_path, delivery, status, "
                  "request_id) select '2001-01-01'::timestamptz + i / 3 * interval '1 second', i + 1, 'download', 77, "
                  "'bulk', 'accel', 200, 'bulk' from generate_series(0, 2499) i")
    for order in ((), ("--oldest-first",)):
        numbers = [row["id"] for row in entries(instance, "--project", "77", *order)]
        assert numbers == (list(range(1, 2501)) if order else list(range(2500, 0, -1)))
    assert len(entries(instance, "--project", "77", "--limit", 1700)) == 1700


def test_metrics_count_what_was_written(instance):
    last_row(instance)
    text = instance.request("GET", "/-/metrics", url=instance.monitoring).body.decode()
    figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("artifactd_audit_"))
    assert float(figures["artifactd_audit_written_total"]) > 10
    assert {name: float(figures[name]) for name in (
        "artifactd_audit_dropped_total", "artifactd_audit_write_failures_total")} == {
        "artifactd_audit_dropped_total": 0, "artifactd_audit_write_failures_total": 0}
    assert "artifactd_audit_queued" in figures and "artifactd_audit_removed_total" in figures


def test_the_trail_holds_no_token(instance):
    secrets = [access_token(name)[6:] for name in ("dev", "guest", "stranger")] + [job_token("ci")[6:]]
    text = instance.psql("select * from audit_events where project_id <> 77")
    assert not [secret for secret in secrets if secret in text]


# ------------------------------------------------------------------------------------------- changes


def changeable(number):
    """A project to change, its jobs numbered from `number`."""
    return project(
        f"acme/changes-{number}",
        pipeline("one", *(job(f"job{index}", FILES.archive(ARCHIVE, expire_in="30 days"), id=number + index)
                          for index in range(4)), job("bare", id=number + 9)),
        id=number, members=[member("dev", "maintainer"), member("guest", "guest")])


def change_targets(number):
    """The four changes: method, target, status, action, job, whether it tells of one archive."""
    return [
        ("POST", archive(number, number) + "/keep", 200, "keep", number),
        ("DELETE", archive(number, number + 1), 204, "delete", number + 1),
        ("POST", f"/api/v4/projects/{number}/jobs/{number + 2}/erase", 201, "erase", number + 2),
        ("DELETE", f"/api/v4/projects/{number}/artifacts", 202, "delete", None),
    ]


def with_changes(number):
    return {**document(), "projects": [*document()["projects"], changeable(number)]}


@pytest.fixture(scope="module")
def changes(instance):
    assert instance.apply(with_changes(300)).returncode == 0
    return instance


def test_each_change_is_one_row(changes):
    for order, (method, target, status, *_) in enumerate(change_targets(300)):
        answer = changes.get(target, token=DEV, method=method, headers={"X-Request-Id": f"change-{order}"})
        assert answer.status == status, (target, answer)
    last_row(changes)
    rows = {row["request_id"]: row for row in entries(changes, "--project", "acme/changes-300", "--oldest-first")}
    assert list(rows) == [f"change-{order}" for order in range(4)]
    for order, (_, _, status, action, number) in enumerate(change_targets(300)):
        expected = {"action": action, "status": status, "job_id": number, "username": "dev", "project_id": 300,
                    "paths": [], "file_type": None, "delivery": None, "address": "127.0.0.1",
                    "sha256": None if number is None else SHA256}
        assert {key: rows[f"change-{order}"][key] for key in expected} == expected
        assert rows[f"change-{order}"]["token_id"] is not None
    assert len(entries(changes, "--project", "300", "--action", "delete")) == 2


def test_a_change_that_is_refused_is_no_row(changes):
    refused = [
        ("POST", archive(300, 309) + "/keep", DEV, 404), ("POST", archive(300, 999) + "/keep", DEV, 404),
        ("POST", "/api/v4/projects/300/jobs/309/erase", DEV, 403), ("DELETE", archive(300, 999), DEV, 404),
        *((method, target, GUEST, 403) for method, target, *_ in change_targets(300)),
        *((method, target, STRANGER, 404) for method, target, *_ in change_targets(300)),
        *((method, target, None, 401) for method, target, *_ in change_targets(300)),
    ]
    for method, target, token, status in refused:
        answer = changes.get(target, token=token, method=method, headers={"X-Request-Id": "no-change"})
        assert answer.status == status, (method, target, token, answer)
    last_row(changes)
    assert entries(changes, "--request-id", "no-change") == []


# ------------------------------------------------------------------------------------------- redirects


def test_a_redirect_is_one_row_however_often_the_url_is_used(instance_factory):
    instance = instance_factory(document(), options=["--delivery", "redirect"])
    answer = instance.get(archive(2, 2), token=DEV, headers={"X-Request-Id": "redirected"})
    assert answer.status == 302
    location = answer.headers["Location"]
    for _ in range(3):
        fetched = instance.request("GET", location[location.index("/", 8):], url=location)
        assert fetched.status == 200 and fetched.body == ARCHIVE
    expect(instance.head(archive(2, 2), token=DEV), 200)
    last_row(instance)
    rows = [row for row in entries(instance) if row["job_id"] == 2]
    assert [(row["delivery"], row["status"], row["request_id"]) for row in rows] == [("redirect", 302, "redirected")]


# ------------------------------------------------------------------------------------------- proxies


@pytest.mark.parametrize("trusted, lines, address", [
    ("", ["203.0.113.9"], "127.0.0.1"),
    ("10.0.0.0/8", ["203.0.113.9"], "127.0.0.1"),
    ("127.0.0.1,10.0.0.0/8", [], "127.0.0.1"),
    ("127.0.0.1,10.0.0.0/8", ["203.0.113.9"], "203.0.113.9"),
    ("127.0.0.1,10.0.0.0/8", ["1.1.1.1, 203.0.113.9, 10.1.1.1"], "203.0.113.9"),
    ("127.0.0.1,10.0.0.0/8", ["1.1.1.1", "203.0.113.9"], "203.0.113.9"),
    ("127.0.0.1,10.0.0.0/8", ["203.0.113.9, nonsense"], "127.0.0.1"),
    ("127.0.0.1,10.0.0.0/8", ["2001:DB8:0::9, 10.1.1.1"], "2001:db8::9"),
], ids=str)
def test_only_trusted_proxies_can_name_the_client(proxied, trusted, lines, address):
    instance = proxied(trusted)
    request_id = f"proxy-{time.monotonic_ns()}"
    answer = wire(instance, "GET", file(1, 1, "a.txt"),
                  [("X-Request-Id", request_id), *[("X-Forwarded-For", line) for line in lines],
                   ("X_Forwarded_For", "6.6.6.6"), ("X-Real-IP", "6.6.6.6"), ("Forwarded", "for=6.6.6.6")])
    assert answer.status == 200
    assert [row["address"] for row in settled(instance, request_id)] == [address]


@pytest.fixture(scope="module")
def proxied(instance_factory):
    """An instance for each list of trusted proxies."""
    running = {}

    def start(trusted):
        if trusted not in running:
            running[trusted] = instance_factory(document(), environment={"ARTIFACTD_TRUSTED_PROXIES": trusted})
        return running[trusted]

    return start


# ------------------------------------------------------------------------------------------- off and strict


def test_off_records_nothing(instance_factory):
    instance = instance_factory(document(), environment={"ARTIFACTD_AUDIT": "off"})
    expect(instance.get(archive(1, 1)), 200)
    time.sleep(1.2)
    assert entries(instance) == []


@pytest.fixture(scope="module")
def strict(instance_factory):
    return instance_factory(document(), environment={"ARTIFACTD_AUDIT": "strict"})


def test_strict_has_the_row_before_the_answer(strict):
    for number in range(20):
        target = archive(1, 1) if number % 2 else file(1, 1, "big.txt")
        expect(strict.get(target, headers={"X-Request-Id": f"strict-{number}"}), 200)
        rows = strict.psql(f"select count(*) from audit_events where request_id = 'strict-{number}'").strip()
        assert rows == "1", number


OBSTACLES = {
    "no right to insert": ("revoke insert on audit_events from artifactd", "grant insert on audit_events to artifactd"),
    "no table": ("alter table audit_events rename to elsewhere", "alter table elsewhere rename to audit_events"),
    "a constraint": ("alter table audit_events add constraint no check (status > 999) not valid",
                     "alter table audit_events drop constraint no"),
}


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_strict_answers_nothing_that_it_cannot_record(strict, obstacle):
    before, after = OBSTACLES[obstacle]
    targets = [archive(1, 1), archive_by_ref(1, "main", "build"), file(1, 1, "big.txt"),
               raw_file(1, "main", "a.txt", "build")]
    strict.psql(before)
    try:
        for target in targets:
            answer = wire(strict, "GET", target)
            assert answer.status == 503, (target, answer)
            assert answer.body == b'{"message":"503 Service Unavailable"}', (target, answer)
            assert len(answer.all("Retry-After")) == 1
            assert not answer.all("ETag") and not answer.all("X-Accel-Redirect")
        expect(strict.head(archive(1, 1)), 200)
        expect(strict.get(archive(1, 9)), 404)
    finally:
        strict.psql(after)
    for target in targets:
        expect(strict.get(target), 200)
    strict.wait_for_log("artifactd.log", "audit: ")


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_strict_changes_nothing_that_it_cannot_record(strict, obstacle):
    number = 400 + 100 * list(OBSTACLES).index(obstacle)
    assert strict.apply(with_changes(number)).returncode == 0
    before, after = OBSTACLES[obstacle]
    state = (f"select (select count(*) || ' ' || count(expire_at) from artifacts where project_id = {number}), "
             f"(select count(*) from jobs where project_id = {number} and erased_at is not null), "
             f"(select count(*) from artifact_deletions where project_id = {number})")
    untouched = strict.psql(state)
    strict.psql(before)
    try:
        for method, target, *_ in change_targets(number):
            expect(strict.get(target, token=DEV, method=method), 503, UNAVAILABLE)
        assert strict.psql(state) == untouched
    finally:
        strict.psql(after)
    for order, (method, target, status, action, _) in enumerate(change_targets(number)):
        name = f"strict-change-{number}-{order}"
        expect(strict.get(target, token=DEV, method=method, headers={"X-Request-Id": name}), status)
        assert strict.psql(f"select action from audit_events where request_id = '{name}'").split() == [action]


# ------------------------------------------------------------------------------------------- on: losses


class Downloads(threading.Thread):
    """One client that downloads one file after the other, and keeps the ids of those that it got, with the time."""

    def __init__(self, instance, name):
        super().__init__()
        self.instance, self.name, self.got, self.stopping = instance, name, [], threading.Event()

    def run(self):
        number = 0
        while not self.stopping.is_set():
            number += 1
            request_id = f"{self.name}-{number}"
            try:
                answer = wire(self.instance, "GET", file(1, 1, "a.txt"), [("X-Request-Id", request_id)])
            except (AssertionError, OSError):
                continue
            if answer.status == 200 and answer.body == b"hello\n":
                self.got.append((request_id, time.monotonic()))


def downloading(instance, action, clients=4):
    """Runs `action` while clients download; returns the ids and times of what they got."""
    threads = [Downloads(instance, f"{action.__name__}-{number}") for number in range(clients)]
    for thread in threads:
        thread.start()
    try:
        action()
    finally:
        for thread in threads:
            thread.stopping.set()
        for thread in threads:
            thread.join(60)
    return [entry for thread in threads for entry in thread.got]


def recorded(instance, prefix):
    rows = instance.psql(f"select request_id from audit_events where request_id like '{prefix}-%'").split()
    assert len(rows) == len(set(rows)), "a download is recorded twice"
    return set(rows)


def wait_for(condition, what, limit=30):
    deadline = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def test_a_database_that_restarts_costs_no_row_and_doubles_none(instance_factory):
    instance = instance_factory(document())
    database = instance.process("postgresql")
    again = Relaunched(database)

    def restart():
        time.sleep(0.7)
        os.kill(database, signal.SIGINT)
        wait_until_gone(database)
        time.sleep(0.5)
        again.start()
        wait_for(lambda: wire(instance, "GET", file(1, 1, "a.txt")).status == 200, "the database does not come back")
        time.sleep(0.7)

    try:
        with unsupervised(instance):
            got = {request_id for request_id, _ in downloading(instance, restart)}
            assert len(got) > 20
            wait_for(lambda: got <= recorded(instance, "restart"), "rows are missing")
            assert recorded(instance, "restart") - got == set() or len(recorded(instance, "restart") - got) <= 4
    finally:
        again.stop()


def test_a_server_that_is_killed_loses_at_most_the_last_second(instance_factory):
    instance = instance_factory(document())
    killed = []

    def kill():
        time.sleep(2.5)
        killed.append(time.monotonic())
        os.kill(instance.process("artifactd"), signal.SIGKILL)

    with unsupervised(instance):
        got = downloading(instance, kill)
        early = {request_id for request_id, when in got if when < killed[0] - 1}
        assert len(early) > 20, "too few downloads to tell"
        assert early <= recorded(instance, "kill"), "older rows than a second are missing"


def test_a_server_that_is_told_to_end_loses_nothing(instance_factory):
    instance = instance_factory(document())
    server = instance.process("artifactd")

    def end():
        time.sleep(1)
        os.kill(server, signal.SIGTERM)
        wait_until_gone(server)

    with unsupervised(instance):
        got = {request_id for request_id, _ in downloading(instance, end)}
        assert len(got) > 20
        assert got <= recorded(instance, "end")


def metric(instance, name):
    text = instance.request("GET", "/-/metrics", url=instance.monitoring).body.decode()
    return float(re.search(rf"^{name} (\S+)$", text, re.M).group(1))


def test_what_finds_no_room_is_served_counted_and_logged(instance_factory):
    instance = instance_factory(document(), environment={"ARTIFACTD_AUDIT_QUEUE": "20"})
    instance.psql("revoke insert on audit_events from artifactd")
    for number in range(50):
        expect(instance.get(file(1, 1, "a.txt"), headers={"X-Request-Id": f"room-{number}"}), 200)
    wait_for(lambda: metric(instance, "artifactd_audit_write_failures_total") > 0, "no failure is counted")
    assert metric(instance, "artifactd_audit_dropped_total") == 30
    instance.wait_for_log("artifactd.log", "Audit records were lost")
    instance.wait_for_log("artifactd.log", "The audit trail cannot be written")
    instance.psql("grant insert on audit_events to artifactd")
    wait_for(lambda: len(recorded(instance, "room")) == 20, "what waited is not written")
    assert recorded(instance, "room") == {f"room-{number}" for number in range(20)}


# ------------------------------------------------------------------------------------------- retention


def test_rows_past_their_retention_are_removed_in_every_mode(instance_factory):
    instance = instance_factory(document(), environment={"ARTIFACTD_AUDIT": "off", "ARTIFACTD_AUDIT_RETENTION": "30d"})
    instance.psql("insert into audit_events (created_at, id, action, project_id, project_path, delivery, status, "
                  "request_id) select now() - i * interval '1 minute', i, 'download', 1, 'x', 'accel', 200, 'r' "
                  "from generate_series(43200 - 500, 43200 + 4500) i")
    instance.stop_services()
    instance.start()
    wait_for(lambda: instance.psql("select count(*) from audit_events "
                                   "where created_at < now() - interval '30 days 5 minutes'").strip() == "0",
             "expired rows are still there")
    assert int(instance.psql("select count(*) from audit_events")) >= 490
