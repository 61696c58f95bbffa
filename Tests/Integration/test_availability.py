"""What expiry and locks make of reading, and why a read is 404, told to those who may know."""

import time

import pytest

from fixtures.contract import (
    FORBIDDEN, NO_FILE, NO_JOB, NO_PROJECT, archive, archive_by_ref, expect, file, raw_file, wire,
)
from manifests import Library, access_token, job, job_token, member, pipeline, project, public_group, running_job, user

FILES = Library()
PAST = "now-1h"
REASON = "X-Artifact-Reason"


def gone(name, number, **extra):
    """A job whose archive has expired."""
    return job(name, FILES.labelled(f"{name} {number}", expire_at=PAST), id=number, **extra)


def locking(path, *pipelines):
    return project(path, *pipelines, visibility="public", keep_latest_artifact=True)


# job ids of expired archives by situation: those that are available all the same, and those that are not
LOCKS = {
    "newest success": (locking(
        "locks/a", pipeline("1", gone("build", 1001)), pipeline("2", gone("build", 1002)),
        pipeline("3", gone("build", 1003))), [1003], [1001, 1002]),
    "a failure after the newest success": (locking(
        "locks/b", pipeline("1", gone("build", 1011)), pipeline("2", gone("build", 1012)),
        pipeline("3", gone("build", 1013, status="failed"))), [1012, 1013], [1011]),
    "an older failure": (locking(
        "locks/c", pipeline("1", gone("build", 1021, status="failed")), pipeline("2", gone("build", 1022))),
        [1022], [1021]),
    "a running pipeline after the newest finished": (locking(
        "locks/d", pipeline("1", gone("build", 1031)), pipeline("2", gone("build", 1032)),
        pipeline("3", gone("build", 1033), job("test", status="running"))), [1032, 1033], [1031]),
    "a blocked manual pipeline is finished": (locking(
        "locks/e", pipeline("1", gone("build", 1041, status="failed")),
        pipeline("2", gone("build", 1042), job("deploy", status="manual"))), [1042], [1041]),
    "refs are apart": (locking(
        "locks/f", pipeline("1", gone("build", 1051), ref="a"), pipeline("2", gone("build", 1052), ref="b")),
        [1051, 1052], []),
    "a tag and a branch of one name are apart": (locking(
        "locks/g", pipeline("1", gone("build", 1061)), pipeline("2", gone("build", 1062), tag=True)),
        [1061, 1062], []),
    "a child of the newest success": (locking(
        "locks/h", pipeline("1", gone("build", 1071)),
        pipeline("1c", gone("child", 1072), parent="1", source="parent_pipeline"),
        pipeline("2", gone("build", 1073)),
        pipeline("2c", gone("child", 1074), parent="2", source="parent_pipeline")), [1073, 1074], [1071, 1072]),
    "keep-latest is off": (project(
        "locks/i", pipeline("1", gone("build", 1081)), visibility="public", keep_latest_artifact=False), [], [1081]),
}

# access level of an expired archive: its job
RESTRICTED = {"developer": 10, "maintainer": 11, "none": 12}

MEMBER = access_token("reporter")
GUEST = access_token("guest")

# what: target, body of the 404, reason
REASONS = {
    "no pipeline of that ref": (archive_by_ref(1, "nope", "build"), NO_JOB, "no_successful_pipeline"),
    "no successful pipeline": (archive_by_ref(1, "broken", "build"), NO_JOB, "no_successful_pipeline"),
    "no successful pipeline, raw": (raw_file(1, "broken", "who.txt", "build"), NO_JOB, "no_successful_pipeline"),
    "no such job in it": (archive_by_ref(1, "main", "nope"), NO_JOB, "job_not_in_pipeline"),
    "no such job in it, raw": (raw_file(1, "main", "who.txt", "nope"), NO_JOB, "job_not_in_pipeline"),
    "a job without artifacts": (archive(1, 2), NO_FILE, "no_archive"),
    "a job without artifacts, file": (file(1, 2, "who.txt"), NO_FILE, "no_archive"),
    "only reports": (archive(1, 3), NO_FILE, "reports_only"),
    "only reports, file": (file(1, 3, "who.txt"), NO_FILE, "reports_only"),
    "only reports, by ref": (archive_by_ref(1, "main", "reports"), NO_FILE, "reports_only"),
    "expired": (archive(1, 4), NO_FILE, "expired"),
    "expired, file": (file(1, 4, "who.txt"), NO_FILE, "expired"),
    "expired, by ref": (archive_by_ref(1, "main", "expired"), NO_JOB, "expired"),
    "expired, raw": (raw_file(1, "main", "who.txt", "expired"), NO_JOB, "expired"),
    "no such member": (file(1, 1, "nope"), NO_FILE, "member_not_found"),
    "no such member, raw": (raw_file(1, "main", "nope", "build"), NO_FILE, "member_not_found"),
    "a directory": (file(1, 1, "dir"), NO_FILE, "member_not_found"),
}


@pytest.fixture(scope="module")
def instance(instance_factory):
    site = project(
        "acme/site",
        pipeline("bad", job("build", FILES.labelled("bad"), status="failed"), ref="broken"),
        pipeline("one", job("build", FILES.labelled("build"), id=1), job("empty", id=2),
                 job("reports", FILES.report(), id=3), gone("expired", 4),
                 job("half", FILES.labelled("half", expire_at=PAST), FILES.report(), id=5),
                 job("later", FILES.labelled("later", expire_at="now+1d"), id=6),
                 job("lasting", FILES.labelled("lasting", expire_in="3 weeks and 2 days"), id=7),
                 job("erased", id=8, erased_at="now-1h"),
                 job("report gone", FILES.labelled("r"), FILES.report(expire_at=PAST), id=9),
                 *(job(f"restricted to {access}", FILES.labelled(access, expire_at=PAST, access=access), id=number)
                   for access, number in RESTRICTED.items())),
        pipeline("ci", running_job("token", "reporter"), ref="ci"),
        id=1, public_jobs=False, members=[member("reporter", "reporter"), member("guest", "guest")],
    )
    return instance_factory({
        "users": [user("reporter"), user("guest"), user("stranger")],
        "groups": [public_group("acme"), public_group("locks")],
        "projects": [site, *(entry[0] for entry in LOCKS.values())],
    })


@pytest.mark.parametrize("method", ("GET", "HEAD"))
@pytest.mark.parametrize("what", REASONS)
def test_the_reason_of_a_404(instance, what, method):
    target, body, reason = REASONS[what]
    for headers in ([("PRIVATE-TOKEN", MEMBER)], [("JOB-TOKEN", job_token("token"))]):
        answer = wire(instance, method, target, headers)
        expect(answer, 404, body if method == "GET" else None, what)
        assert answer.headers.all(REASON) == [reason], f"{what}: {answer.headers.all(REASON)}, expected {reason}"


@pytest.mark.parametrize("what", REASONS)
def test_no_reason_for_those_who_may_not_read_builds(instance, what):
    target = REASONS[what][0]
    for token, status, body in ((GUEST, 403, FORBIDDEN), (access_token("stranger"), 404, NO_PROJECT)):
        answer = wire(instance, "GET", target, [("PRIVATE-TOKEN", token)])
        expect(answer, status, body, what)
        assert answer.headers.all(REASON) == [], what
    assert wire(instance, "GET", target).headers.all(REASON) == [], what


@pytest.mark.parametrize("access", RESTRICTED)
def test_an_expired_row_restricts_nothing_as_a_swept_one(instance, access):
    number = RESTRICTED[access]
    for target in (archive(1, number), file(1, number, "who.txt"), archive(1, number, "/tree")):
        answer = wire(instance, "GET", target, [("PRIVATE-TOKEN", MEMBER)])
        expect(answer, 404, cell=f"{target}: an answer must not depend on when a sweeper ran")
        assert answer.headers.all(REASON) == ["expired"], target


@pytest.mark.parametrize("target", [archive(1, 1), file(1, 1, "who.txt"), archive(1, 999), archive(999, 1)])
def test_no_reason_where_none_is_due(instance, target):
    assert wire(instance, "GET", target, [("PRIVATE-TOKEN", MEMBER)]).headers.all(REASON) == [], target


@pytest.mark.parametrize("number", (6, 7))
def test_an_artifact_that_expires_later_is_there(instance, number):
    expect(wire(instance, "GET", archive(1, number), [("PRIVATE-TOKEN", MEMBER)]), 200)


def test_rows_of_one_job_expire_apart(instance):
    token = [("PRIVATE-TOKEN", MEMBER)]
    expect(wire(instance, "GET", archive(1, 5), token), 404, NO_FILE, "the archive has expired")
    expect(wire(instance, "GET", archive(1, 9), token), 200, cell="the archive has not expired")
    expect(wire(instance, "GET", archive_by_ref(1, "main", "half"), token), 404, NO_FILE, "found by its report")


def test_a_report_has_its_own_expiry(instance):
    token = [("PRIVATE-TOKEN", MEMBER)]
    expect(wire(instance, "GET", archive(1, 5, "?file_type=junit"), token), 200, cell="its report has not expired")
    expect(wire(instance, "GET", archive(1, 9, "?file_type=junit"), token), 404, NO_FILE, "its report has")


def test_an_erased_job_has_nothing(instance):
    expect(wire(instance, "GET", archive(1, 8), [("PRIVATE-TOKEN", MEMBER)]), 404, NO_FILE)
    expect(wire(instance, "GET", archive_by_ref(1, "main", "erased"), [("PRIVATE-TOKEN", MEMBER)]), 404, NO_JOB)


@pytest.mark.parametrize("what", LOCKS)
def test_expired_rows_of_locked_pipelines_are_available(instance, what):
    entry, kept, lost = LOCKS[what]
    for number in kept:
        expect(wire(instance, "GET", archive(entry["path"], number)), 200, cell=f"{what}: job {number} is locked")
        expect(wire(instance, "GET", file(entry["path"], number, "who.txt")), 200, cell=f"{what}: file of {number}")
    for number in lost:
        expect(wire(instance, "GET", archive(entry["path"], number)), 404, NO_FILE, f"{what}: job {number} is not")


def test_a_new_success_unlocks_the_one_before(instance):
    added = {"path": "locks/a", "pipelines": [pipeline("4", gone("build", 1004))]}
    expect(wire(instance, "GET", archive("locks/a", 1003)), 200)
    assert instance.apply({"projects": [added]}).returncode == 0
    expect(wire(instance, "GET", archive("locks/a", 1003)), 404, NO_FILE)
    expect(wire(instance, "GET", archive("locks/a", 1004)), 200)


def test_an_artifact_is_gone_from_the_second_it_expires(instance):
    soon = FILES.labelled("soon", expire_at="now+3s")
    added = project("acme/soon", pipeline("one", job("build", soon, id=50)), visibility="public", id=50)
    assert instance.apply({"projects": [added]}).returncode == 0
    targets = {archive(50, 50): NO_FILE, file(50, 50, "who.txt"): NO_FILE,
               archive_by_ref(50, "main", "build"): NO_JOB, raw_file(50, "main", "who.txt", "build"): NO_JOB}
    expires = float(instance.psql("select extract(epoch from expire_at) from artifacts where project_id = 50"))
    for target in targets:
        answer = wire(instance, "GET", target)
        assert answer.status == 200 or time.time() >= expires, f"{target} was gone before its time"
    time.sleep(max(0, expires - time.time()) + 0.05)
    for target, body in targets.items():
        answer = wire(instance, "GET", target)
        expect(answer, 404, body, target)
        assert answer.headers.all(REASON) == ["expired"], target
