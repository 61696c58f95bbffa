"""Keep, delete, erase and the deletion of a project's artifacts: who may, in which order it is checked, what is left."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from fixtures.contract import (
    FORBIDDEN, INSUFFICIENT_SCOPE, JOB_ID_INVALID, NO_FILE, NO_JOB, NO_PROJECT, UNAUTHORIZED, archive, expect,
    expect_common_headers, expect_no_repeated_header, segment, wire,
)
from manifests import Library, access_token, job, job_token, member, pipeline, project, public_group, running_job, user

FILES = Library()
PAST = "now-1h"
NOT_ERASABLE = {"message": "403 Forbidden - Job is not erasable!"}
REASON = "X-Artifact-Reason"
ROLES = ("guest", "planner", "reporter", "developer", "maintainer", "owner")
SITE = "acme/site"

# What the jobs of the tables are about, by number.
PLAIN, FOR_DEVELOPERS, FOR_MAINTAINERS, FOR_NOBODY, REPORTS, EMPTY, EXPIRED, OTHERS, OWN, RUNNING = range(1, 11)
PUSH_DEVELOPER, PUSH_MAINTAINER, PUSH_ADMIN, PUSH_NO_ONE, PUSH_TWO, NEAR_MISS, EXPIRED_FOR_NOBODY = range(21, 28)
LOCKED_PAST, UNKNOWN, MALFORMED, BEYOND = 31, 999, "abc", 2**63

PUSH = {"open/*": "developer", "*/main": "maintainer", "adm*": "admin", "closed": "no_one", "t*": "no_one",
        "tw?": "developer", "*wo": "developer"}


def log():
    return FILES.report("trace", b"log\n", filename="job.log")


def lasting(number, name, *more, **extra):
    return job(name, FILES.labelled(name, expire_at="now+1d", **extra), *more, id=number)


@pytest.fixture(scope="module")
def instance(instance_factory):
    members = [member(role, role) for role in ROLES]
    refs = {PUSH_DEVELOPER: "open/1", PUSH_MAINTAINER: "x/main", PUSH_ADMIN: "adm", PUSH_NO_ONE: "closed",
            PUSH_TWO: "two", NEAR_MISS: "closed-not"}
    site = project(
        SITE,
        pipeline("one", lasting(PLAIN, "plain"), lasting(FOR_DEVELOPERS, "for developers", access="developer"),
                 lasting(FOR_MAINTAINERS, "for maintainers", access="maintainer"),
                 lasting(FOR_NOBODY, "for nobody", access="none"), job("reports", FILES.report(), log(), id=REPORTS),
                 job("empty", id=EMPTY), job("expired", FILES.labelled("expired", expire_at=PAST), id=EXPIRED),
                 job("others", FILES.labelled("others"), log(), id=OTHERS, user="owner"),
                 job("own", FILES.labelled("own"), log(), id=OWN, user="developer"),
                 running_job("running", "developer", id=RUNNING),
                 job("gone for nobody", FILES.labelled("gfn", expire_at=PAST, access="none"), id=EXPIRED_FOR_NOBODY)),
        *(pipeline(f"ref {number}", lasting(number, "build"), ref=ref) for number, ref in refs.items()),
        id=1, members=members, protected_refs=[{"name": name, "push_access_level": PUSH[name]} for name in PUSH],
    )
    others = [
        project("acme/locked", pipeline("one", job("build", FILES.labelled("l", expire_at=PAST), id=LOCKED_PAST)),
                id=2, members=members, keep_latest_artifact=True),
        project("acme/archived", pipeline("one", lasting(41, "build")), id=3, archived=True, members=members),
        project("acme/disabled", pipeline("one", lasting(42, "build")), id=4, builds_access_level="disabled",
                members=members),
        project("acme/open", pipeline("one", lasting(43, "build")), id=5, visibility="public", members=members),
    ]
    people = [user(role) for role in ROLES]
    people += [user("stranger"), user("admin", admin=True), user("auditor", auditor=True),
               user("reader", scopes=["read_api"])]
    document = {"users": people, "groups": [public_group("acme")], "projects": [site, *others]}
    # Some rows have expired and are to be found as they are, not swept.
    return instance_factory(document, environment={"ARTIFACTD_SWEEP_INTERVAL": "0"})


def ask(instance, method, target, who=None, headers=(), body=b""):
    """One change, with the access token of `who`."""
    fields = [("Content-Length", str(len(body))), *headers]
    if who is not None:
        fields.append(("PRIVATE-TOKEN", access_token(who)))
    return wire(instance, method, target, fields, body)


def keep(path, number):
    return archive(path, number) + "/keep"


def erase(path, number):
    return f"/api/v4/projects/{segment(path)}/jobs/{number}/erase"


def whole(path):
    return f"/api/v4/projects/{segment(path)}/artifacts"


def rows(instance, number):
    """The types of a job's rows."""
    return instance.psql(f"select file_type from artifacts where job_id = {number} order by file_type").split()


DENIED = {None: (401, UNAUTHORIZED), "stranger": (404, NO_PROJECT), "guest": (403, FORBIDDEN),
          "planner": (403, FORBIDDEN), "reporter": (403, FORBIDDEN), "auditor": (403, FORBIDDEN),
          "reader": (403, INSUFFICIENT_SCOPE)}
ALLOWED = {"developer": (200, None), "maintainer": (200, None), "owner": (200, None), "admin": (200, None)}
NONE_403 = {who: (403, FORBIDDEN) for who in ALLOWED}
DEVELOPERS_403 = {**ALLOWED, "developer": (403, FORBIDDEN)}

# The keeps of every caller below developer end the same way whatever the job is, and the job is told to nobody else.
KEEPS = {
    PLAIN: ALLOWED, FOR_DEVELOPERS: ALLOWED, FOR_MAINTAINERS: DEVELOPERS_403, FOR_NOBODY: NONE_403,
    PUSH_DEVELOPER: ALLOWED, PUSH_MAINTAINER: DEVELOPERS_403,
    PUSH_ADMIN: {**NONE_403, "admin": (200, None)}, PUSH_NO_ONE: NONE_403, PUSH_TWO: ALLOWED, NEAR_MISS: ALLOWED,
    **{number: {who: (404, NO_FILE) for who in ALLOWED} for number in (REPORTS, EMPTY, EXPIRED, EXPIRED_FOR_NOBODY)},
    **{number: {who: (404, NO_JOB) for who in ALLOWED} for number in (UNKNOWN, LOCKED_PAST, BEYOND, 0, -1)},
}


@pytest.mark.parametrize("number", KEEPS)
def test_who_may_keep(instance, number):
    for who, (status, body) in {**DENIED, **KEEPS[number]}.items():
        answer = ask(instance, "POST", keep(SITE, number), who)
        expect(answer, status, body, f"{who} keeps job {number}")
        expect_common_headers(answer, f"{who} keeps job {number}")
        assert answer.headers.all(REASON) == [], f"{who} keeps job {number}"


@pytest.mark.parametrize("path,number,who,status,body", [
    ("acme/locked", LOCKED_PAST, "owner", 404, NO_FILE), ("acme/archived", 41, "owner", 403, FORBIDDEN),
    ("acme/archived", 41, "admin", 403, FORBIDDEN), ("acme/archived", UNKNOWN, "owner", 403, FORBIDDEN),
    ("acme/disabled", 42, "owner", 403, FORBIDDEN), ("acme/disabled", 42, "admin", 403, FORBIDDEN),
    ("acme/open", 43, "stranger", 403, FORBIDDEN), ("acme/open", UNKNOWN, "stranger", 403, FORBIDDEN),
    ("acme/open", 43, None, 401, UNAUTHORIZED), ("no/such", 1, "owner", 404, NO_PROJECT),
    ("no/such", MALFORMED, "owner", 400, JOB_ID_INVALID), ("no/such", MALFORMED, None, 401, UNAUTHORIZED),
    (SITE, MALFORMED, "reader", 403, INSUFFICIENT_SCOPE), (SITE, MALFORMED, "guest", 400, JOB_ID_INVALID),
])
def test_what_projects_say_to_a_keep(instance, path, number, who, status, body):
    expect(ask(instance, "POST", keep(path, number), who), status, body, f"{who} keeps job {number} of {path}")


TOKENS = {"unknown": ("PRIVATE-TOKEN", "glpat-unknown"), "job token": ("JOB-TOKEN", job_token("running")),
          "job token as Bearer": ("Authorization", f"Bearer {job_token('running')}"), "empty": ("PRIVATE-TOKEN", "")}


@pytest.mark.parametrize("name", TOKENS)
@pytest.mark.parametrize("number", (PLAIN, MALFORMED, UNKNOWN))
def test_what_is_no_access_token_is_401_before_anything_else(instance, name, number):
    for method, target in (("POST", keep(SITE, number)), ("DELETE", archive(SITE, number)),
                           ("POST", erase(SITE, number)), ("DELETE", whole(SITE)), ("DELETE", whole("no/such"))):
        expect(ask(instance, method, target, headers=[TOKENS[name]]), 401, UNAUTHORIZED, f"{method} {target}, {name}")


MEMBERS = ["id", "status", "stage", "name", "ref", "tag", "coverage", "allow_failure", "created_at", "started_at",
           "finished_at", "erased_at", "duration", "queued_duration", "user", "commit", "pipeline", "web_url",
           "project", "artifacts_file", "artifacts", "runner", "runner_manager", "artifacts_expire_at", "archived",
           "tag_list"]


def add(instance, number, *jobs, **extra):
    """A project of its own for one test; what is made at test time has its own clock."""
    entry = project(f"acme/own-{number}", pipeline("one", *jobs), id=number,
                    members=[member(role, role) for role in ROLES], **extra)
    applied = instance.apply({"projects": [entry]})
    assert applied.returncode == 0, applied.stderr
    return entry["path"]


def test_a_keep_answers_with_the_job_and_lasts(instance):
    path = add(instance, 100, job(
        "build", FILES.labelled("k", expire_at="now+1d"), FILES.report(expire_at="now+2d"), log(), id=100,
        user="developer", coverage=81.5, tags=["docker"], started_at="now-1h", finished_at="now-30m",
        created_at="now-2h"))
    before = instance.psql("select artifacts_expire_at is not null from jobs where id = 100").strip()
    assert before == "t"
    for _ in range(2):
        answer = ask(instance, "POST", keep(path, 100), "developer")
        expect(answer, 200)
        expect_no_repeated_header(answer)
        assert answer.headers.get("Content-Type") == "application/json"
        shown = json.loads(answer.body, object_pairs_hook=list)
        assert [name for name, _ in shown] == MEMBERS
        seen = json.loads(answer.body)
        assert seen["artifacts_expire_at"] is None and seen["coverage"] == 81.5 and seen["tag_list"] == ["docker"]
        assert seen["artifacts_file"]["filename"] == "artifacts.zip"
        assert [row["file_type"] for row in seen["artifacts"]] == ["archive", "junit", "trace"]
        assert (seen["duration"], seen["queued_duration"]) == (1800.0, 3600.0)
        assert seen["web_url"] == f"{instance.url}/{path}/-/jobs/100"
        assert seen["pipeline"]["web_url"] == f"{instance.url}/{path}/-/pipelines/{seen['pipeline']['id']}"
        assert seen["user"]["username"] == "developer" and "email" not in seen["user"]
        assert instance.psql("select count(*) from artifacts where job_id = 100 and expire_at is not null") == "0\n"


def test_a_keep_raises_no_dead(instance):
    dead = FILES.report(expire_at=PAST)
    path = add(instance, 101, job("build", FILES.labelled("k", expire_at="now+1d"), dead, id=101))
    seen = json.loads(ask(instance, "POST", keep(path, 101), "developer").body)
    assert [row["file_type"] for row in seen["artifacts"]] == ["archive"], "what has expired is not available any more"


DELETES = {**DENIED, "developer": (403, FORBIDDEN), "maintainer": (204, None), "owner": (204, None),
           "admin": (204, None)}


@pytest.mark.parametrize("who", DELETES)
@pytest.mark.parametrize("number", (EMPTY, UNKNOWN))
def test_who_may_delete(instance, who, number):
    status, body = DELETES[who]
    if status == 204 and number == UNKNOWN:
        status, body = 404, NO_JOB
    expect(ask(instance, "DELETE", archive(SITE, number), who), status, body, f"{who} deletes job {number}")


@pytest.mark.parametrize("path,number,who,status,body", [
    ("acme/archived", 41, "maintainer", 204, None), ("acme/disabled", 42, "owner", 403, FORBIDDEN),
    ("acme/disabled", 42, "admin", 403, FORBIDDEN), (SITE, PUSH_NO_ONE, "maintainer", 204, None),
    (SITE, FOR_NOBODY, "maintainer", 204, None), ("acme/locked", LOCKED_PAST, "maintainer", 204, None),
    ("acme/open", 43, "stranger", 403, FORBIDDEN),
])
def test_neither_protection_nor_archival_nor_locks_hinder_a_delete(instance, path, number, who, status, body):
    expect(ask(instance, "DELETE", archive(path, number), who), status, body, f"{who} deletes job {number} of {path}")
    if status == 204:
        assert rows(instance, number) == []


def test_a_delete_leaves_the_log_and_nothing_else(instance):
    gone = FILES.report("dotenv", expire_at=PAST)
    path = add(instance, 110, job("build", FILES.labelled("d", expire_at=PAST), FILES.report(), gone, log(), id=110),
               keep_latest_artifact=True)
    token = access_token("maintainer")
    expect(instance.get(archive(path, 110), token=token), 200, cell="locked")
    for _ in range(2):
        answer = ask(instance, "DELETE", archive(path, 110), "maintainer")
        expect(answer, 204)
        expect_common_headers(answer)
        expect_no_repeated_header(answer)
        assert answer.body == b"" and answer.headers.all("Content-Type") == [], answer.fields
        assert rows(instance, 110) == ["trace"]
        missed = instance.get(archive(path, 110), token=token)
        expect(missed, 404, NO_FILE)
        assert missed.headers.get(REASON) == "no_archive", "deleted is not expired"
    size = instance.psql("select job_artifacts_size, job_artifacts_count from project_statistics where project_id = 110")
    assert size.strip() == "4|1", "usage follows"


ERASES = {**DENIED, "developer": (403, FORBIDDEN)}


@pytest.mark.parametrize("who", ERASES)
def test_who_may_not_erase(instance, who):
    status, body = ERASES[who]
    expect(ask(instance, "POST", erase(SITE, OTHERS), who), status, body, f"{who} erases another's job")


@pytest.mark.parametrize("who,number,status,body", [
    ("developer", OWN, 201, None), ("developer", OWN, 403, NOT_ERASABLE), ("maintainer", OTHERS, 201, None),
    ("maintainer", EMPTY, 403, NOT_ERASABLE), ("maintainer", RUNNING, 403, NOT_ERASABLE),
    ("maintainer", EXPIRED, 403, NOT_ERASABLE), ("maintainer", REPORTS, 201, None), ("admin", UNKNOWN, 404, NO_JOB),
    ("developer", UNKNOWN, 404, NO_JOB), ("reporter", UNKNOWN, 403, FORBIDDEN), ("developer", EMPTY, 403, FORBIDDEN),
    ("maintainer", MALFORMED, 400, JOB_ID_INVALID),
])
def test_who_may_erase_what(instance, who, number, status, body):
    answer = ask(instance, "POST", erase(SITE, number), who)
    expect(answer, status, body, f"{who} erases job {number}")
    if status != 201:
        return
    seen = json.loads(answer.body)
    assert list(seen) == [name for name in MEMBERS if name != "artifacts_file"]
    assert seen["erased_at"] is not None and seen["artifacts"] == [] and seen["artifacts_expire_at"] is None
    assert rows(instance, number) == []
    missed = instance.get(archive(SITE, number), token=access_token("owner"))
    expect(missed, 404, NO_FILE)
    assert missed.headers.get(REASON) == "no_archive"


@pytest.mark.parametrize("who", DELETES)
def test_the_deletion_of_a_projects_artifacts_is_taken_down(instance, who):
    status, body = DELETES[who]
    answer = ask(instance, "DELETE", whole("acme/open"), who)
    if who == "stranger":
        status, body = 403, FORBIDDEN
    if status == 204:
        status, body = 202, {"message": "202 Accepted"}
    expect(answer, status, body, who)
    expect_common_headers(answer, who)


def test_a_projects_deletion_needs_a_project(instance):
    expect(ask(instance, "DELETE", whole("no/such"), "owner"), 404, NO_PROJECT)
    expect(ask(instance, "DELETE", whole("acme/disabled"), "admin"), 403, FORBIDDEN)
    expect(ask(instance, "DELETE", whole("acme/archived"), "maintainer"), 202, {"message": "202 Accepted"})
    expect(ask(instance, "DELETE", whole(2**63), "owner"), 404, NO_PROJECT)


def forged_request():
    """FastCGI records of a request of its own, as a body."""
    def record(kind, content):
        return bytes([1, kind, 0, 1, len(content) >> 8, len(content) & 255, 0, 0]) + content

    def pair(name, value):
        return bytes([len(name), len(value)]) + name + value
    return (record(1, b"\x00\x01\x01\x00\x00\x00\x00\x00")
            + record(4, pair(b"REQUEST_METHOD", b"GET") + pair(b"REQUEST_URI", b"/api/v4/forged"))
            + record(4, b"") + record(5, b""))


def chunked(body):
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


BODIES = {"JSON": b"{}", "a form": b"a=b", "1 MiB": b"x" * (1 << 20), "records": forged_request() * 100}


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("form", ("sized", "chunked"))
def test_a_body_is_passed_over(instance, name, form):
    body = BODIES[name]
    token = ("PRIVATE-TOKEN", access_token("developer"))
    for _ in range(20 if name == "records" else 2):
        if form == "chunked":
            answer = wire(instance, "POST", keep(SITE, PLAIN), [token, ("Transfer-Encoding", "chunked")], chunked(body))
        else:
            answer = wire(instance, "POST", keep(SITE, PLAIN), [token, ("Content-Length", str(len(body)))], body)
        expect(answer, 200, cell=f"{name}, {form}")
    expect(instance.get(archive(SITE, PLAIN), token=access_token("developer")), 200, cell="and the next request")
    assert "forged" not in str(instance.logs()), "a body was taken for a request"


def test_a_body_that_is_too_large_changes_nothing(instance):
    path = add(instance, 120, job("build", FILES.labelled("b", expire_at="now+1d"), id=120))
    body = b"x" * ((1 << 20) + 1)
    answer = ask(instance, "POST", keep(path, 120), "developer", body=body)
    expect(answer, 413)
    assert instance.psql("select count(*) from artifacts where job_id = 120 and expire_at is null").strip() == "0"


def test_changes_at_once_leave_one_state(instance):
    numbers = range(130, 136)
    path = add(instance, 130, *(job(f"job {number}", FILES.labelled(f"c{number}", expire_at="now+1d"), log(),
                                    id=number, user="developer") for number in numbers))
    allowed = {"keep": {200, 404}, "delete": {204}, "erase": {201, 403}, "all": {202}}

    def change(number, what):
        method, target = {"keep": ("POST", keep(path, number)), "delete": ("DELETE", archive(path, number)),
                          "erase": ("POST", erase(path, number)), "all": ("DELETE", whole(path))}[what]
        return what, ask(instance, method, target, "maintainer").status

    plan = [(number, what) for _ in range(3) for number in numbers for what in ("keep", "delete", "keep", "erase", "all")]
    with ThreadPoolExecutor(8) as threads:
        for what, status in threads.map(lambda entry: change(*entry), plan):
            assert status in allowed[what], f"{what}: {status}"
    for number in numbers:
        assert rows(instance, number) == [], f"job {number} was erased"
        expect(instance.get(archive(path, number), token=access_token("owner")), 404, NO_FILE)
    usage = instance.psql("select job_artifacts_size, job_artifacts_count from project_statistics where project_id = 130")
    assert usage.strip() == "0|0"
