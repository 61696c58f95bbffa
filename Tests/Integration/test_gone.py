"""What has gone stays gone, and is explained: the reason survives the sweep, and a document applied again makes nothing anew."""

import json
import re

import pytest

import zips
from fixtures.contract import NO_FILE, archive, archive_by_ref, expect, file, wire
from fixtures.store import faults, jobs_with_rows, request_deletion, sweep
from fixtures.uploads import upload
from manifests import (
    Library, access_token, job, job_token, member, pipeline, project, public_group, running_job, user,
)

FILES = Library()
PAST = "now-1h"
BOSS = [("PRIVATE-TOKEN", access_token("boss"))]
REASON = "X-Artifact-Reason"
JUNIT = "?file_type=junit"


def expired(label):
    """An archive that has expired."""
    return FILES.labelled(label, expire_at=PAST)


def document():
    gone_report = FILES.report(expire_at=PAST)
    build = pipeline(
        "build",
        job("archive", expired("1"), id=1),
        job("archive and report", expired("2"), FILES.report(), id=2),
        job("report", FILES.labelled("3"), gone_report, id=3),
        job("both", expired("4"), gone_report, id=4),
        job("none", id=5),
        job("reports only", FILES.report(), FILES.report("sast", b"[]", expire_at=PAST), id=6),
        job("last report", gone_report, id=7),
        job("log", expired("8"), FILES.report("trace", b"log"), id=8),
    )
    changes = pipeline(
        "changes",
        *(job(f"job {number}", FILES.labelled(str(number)), FILES.report(), id=number, user="boss")
          for number in range(20, 26)),
        ref="changes",
    )
    uploads = pipeline("uploads", *(running_job(f"run {number}", "boss", id=number) for number in range(40, 46)),
                       ref="uploads")
    site = project("acme/site", build, changes, uploads, id=1, visibility="public", members=[member("boss", "owner")])
    other = project("acme/other", pipeline("one", job("a", FILES.labelled("50"), id=50)), id=2, visibility="public")
    return {"users": [user("boss")], "groups": [public_group("acme")], "projects": [site, other]}


@pytest.fixture(scope="module")
def instance(instance_factory):
    """An instance that sweeps only when it is told."""
    return instance_factory(document(), environment={"ARTIFACTD_SWEEP_INTERVAL": "0", "ARTIFACTD_REMOVAL_DELAY": "1"})


# what: target, and the reason before the sweep and after it
REASONS = {
    "an expired archive": (archive(1, 1), "expired"),
    "an expired archive, by ref": (archive_by_ref(1, "main", "archive"), "expired"),
    "an expired archive, a file of it": (file(1, 1, "who.txt"), "expired"),
    "an expired archive beside a report": (archive(1, 2), "expired"),
    "an expired archive beside a report, by ref": (archive_by_ref(1, "main", "archive and report"), "expired"),
    "an expired report": (archive(1, 3, JUNIT), "expired"),
    "an expired report, by ref": (archive_by_ref(1, "main", "report", "&file_type=junit"), "expired"),
    "both expired": (archive(1, 4), "expired"),
    "both expired, the report": (archive(1, 4, JUNIT), "expired"),
    "nothing ever": (archive(1, 5), "no_archive"),
    "a report that stays and one that has expired": (archive(1, 6), "reports_only"),
    "another report that stays": (archive(1, 6, JUNIT.replace("junit", "dotenv")), None),
    "a report that was all there was": (archive(1, 7), "expired"),
    "an expired archive beside a log": (archive(1, 8), "expired"),
}


def reasons(instance):
    """The reason of each target, all of which are 404."""
    found = {}
    for what, (target, _) in REASONS.items():
        answer = wire(instance, "GET", target)
        assert answer.status == 404, f"{what}: {answer.status}"
        found[what] = answer.headers.get(REASON)
    return found


def test_the_reason_survives_the_sweep(instance):
    expected = {what: reason for what, (_, reason) in REASONS.items()}
    assert reasons(instance) == expected, "before the sweep"
    sweep(instance)
    assert jobs_with_rows(instance, "acme/site")[:4] == [2, 3, 6, 8]
    assert reasons(instance) == expected, "after the sweep"
    assert faults(instance) == []


@pytest.mark.parametrize("number, content, parameters", [
    (40, b"section_start\n", {"artifact_type": "trace", "artifact_format": "raw"}),
    (41, b"\x1f\x8b\x08\x00other", {"artifact_type": "dotenv", "artifact_format": "gzip", "expire_in": "never"}),
])
def test_a_later_upload_does_not_hide_the_reason(instance, number, content, parameters):
    token = job_token(f"run {number}")
    for kind, what in (("archive", zips.labelled("x")), ("junit", b"\x1f\x8b\x08\x00report")):
        form = {"artifact_type": kind, "artifact_format": "zip" if kind == "archive" else "gzip", "expire_in": "1 day"}
        assert upload(instance, number, token, what, parameters=form).status == 201
    instance.psql(f"UPDATE artifacts SET expire_at = now() - interval '1 hour' WHERE job_id = {number}; "
                  f"UPDATE jobs SET artifacts_expire_at = now() - interval '1 hour' WHERE id = {number}")
    assert upload(instance, number, token, content, parameters=parameters).status == 201
    for when in ("before", "after"):
        for target in (archive(1, number), archive(1, number, JUNIT)):
            answer = wire(instance, "GET", target)
            expect(answer, 404, NO_FILE, f"{target} {when} the sweep")
            assert answer.headers.all(REASON) == ["expired"], f"{target} {when} the sweep"
        sweep(instance)
    assert upload(instance, number, token, zips.labelled("new")).status == 201
    assert wire(instance, "GET", file(1, number, "who.txt")).body == b"new", "uploaded again after the sweep"


def test_a_log_has_no_expiry_and_gives_the_job_none(instance):
    token = job_token("run 42")
    assert upload(instance, 42, token, zips.labelled("a"), parameters={"expire_in": "2 days"}).status == 201
    before = instance.psql("SELECT artifacts_expire_at FROM jobs WHERE id = 42")
    assert before.strip()
    log = {"artifact_type": "trace", "artifact_format": "raw", "expire_in": "1 day"}
    assert upload(instance, 42, token, b"log\n", parameters=log).status == 201
    assert instance.psql("SELECT artifacts_expire_at FROM jobs WHERE id = 42") == before
    assert instance.psql("SELECT expire_at FROM artifacts WHERE job_id = 42 AND file_type = 'trace'").strip() == ""


def test_what_was_deleted_or_erased_is_no_archive(instance):
    for number, method, target in ((20, "DELETE", archive(1, 20)), (21, "POST", "/api/v4/projects/1/jobs/21/erase")):
        assert wire(instance, method, target, BOSS).status in (201, 204), number
        for what in (archive(1, number), archive(1, number, JUNIT)):
            assert wire(instance, "GET", what).headers.all(REASON) == ["no_archive"], what


def test_what_expired_before_a_job_was_deleted_or_erased_is_no_archive(instance):
    instance.psql("UPDATE artifacts SET expire_at = now() - interval '1 hour' "
                  "WHERE job_id IN (22, 23) AND file_type = 'archive'")
    sweep(instance)
    for number, method, target in ((22, "DELETE", archive(1, 22)), (23, "POST", "/api/v4/projects/1/jobs/23/erase")):
        assert wire(instance, "GET", archive(1, number)).headers.all(REASON) == ["expired"], number
        assert wire(instance, method, target, BOSS).status in (201, 204), number
        assert wire(instance, "GET", archive(1, number)).headers.all(REASON) == ["no_archive"], number


def test_what_went_with_its_project_s_artifacts_has_expired(instance):
    request_deletion(instance, 2)
    sweep(instance)
    assert wire(instance, "GET", archive(2, 50)).headers.all(REASON) == ["expired"]


def apply(instance, entries):
    """Applies a project with these jobs and returns the summary."""
    site = project("acme/again", pipeline("one", *entries), id=3, visibility="public",
                   members=[member("boss", "owner")])
    done = instance.apply({"projects": [site]})
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


UNCHANGED = re.compile(r"created 0; updated 0; removed 0; unchanged [1-9]\d*")


def entries(label=""):
    """Jobs whose artifacts go in four ways: expiry, DELETE, erase, and DELETE of the whole project's."""
    return [job("swept", FILES.labelled(f"60{label}", expire_at=PAST, replace=True), id=60),
            job("deleted", FILES.labelled(f"61{label}"), FILES.report("trace", b"log"), id=61),
            job("erased", FILES.labelled(f"62{label}"), FILES.report("trace", b"log"), id=62, user="boss"),
            job("lasting", FILES.labelled(f"63{label}", expire_at="now+1d"), id=63)]


def test_a_document_applied_again_makes_nothing_that_has_gone(instance):
    apply(instance, entries())
    assert UNCHANGED.fullmatch(apply(instance, entries())), "expired and not swept"
    sweep(instance)
    assert wire(instance, "DELETE", archive(3, 61), BOSS).status == 204
    assert wire(instance, "POST", "/api/v4/projects/3/jobs/62/erase", BOSS).status == 201
    assert UNCHANGED.fullmatch(apply(instance, entries()))
    assert jobs_with_rows(instance, "acme/again") == [61, 63], "the log of the deleted one, and the lasting one"
    for number, reason in ((60, "expired"), (61, "no_archive"), (62, "no_archive")):
        answer = wire(instance, "GET", archive(3, number))
        expect(answer, 404, NO_FILE, number)
        assert answer.headers.all(REASON) == [reason], number
    request_deletion(instance, 3)
    sweep(instance)
    assert UNCHANGED.fullmatch(apply(instance, entries()))
    assert jobs_with_rows(instance, "acme/again") == [61]


def test_other_content_is_made_where_one_has_gone_unless_its_job_was_erased(instance):
    apply(instance, entries())
    sweep(instance)
    request_deletion(instance, 3)
    sweep(instance)
    if not json.loads(wire(instance, "GET", "/api/v4/projects/3/jobs/62", BOSS).body)["erased_at"]:
        assert wire(instance, "POST", "/api/v4/projects/3/jobs/62/erase", BOSS).status == 201
    summary = apply(instance, entries(" again"))
    assert summary.startswith("created 3 artifacts; updated 0;"), summary
    assert jobs_with_rows(instance, "acme/again") == [60, 61, 63]
    expect(wire(instance, "GET", archive(3, 61)), 200)
    assert UNCHANGED.fullmatch(apply(instance, entries(" again")))
    assert faults(instance) == []


def test_an_artifact_that_is_new_in_the_document_is_made(instance):
    apply(instance, [job("grows", FILES.labelled("70"), id=70)])
    assert wire(instance, "DELETE", archive(3, 70), BOSS).status == 204
    summary = apply(instance, [job("grows", FILES.labelled("70"), FILES.report(), id=70)])
    assert summary.startswith("created 1 artifact;"), summary
    expect(wire(instance, "GET", archive(3, 70, JUNIT)), 200)
    assert wire(instance, "GET", archive(3, 70)).headers.all(REASON) == ["reports_only"]


def test_an_erased_job_of_the_document_gets_no_artifacts(instance):
    entry = job("was erased", FILES.labelled("80"), id=80, erased_at="now-1h")
    assert apply(instance, [entry]).startswith("created 1 job;")
    assert jobs_with_rows(instance, "acme/again").count(80) == 0
    assert wire(instance, "GET", archive(3, 80)).headers.all(REASON) == ["no_archive"]
    assert UNCHANGED.fullmatch(apply(instance, [entry]))
    summary = apply(instance, [{**entry, "erased_at": None}])
    assert summary.startswith("created 1 artifact; updated 1;"), summary
