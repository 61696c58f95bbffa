"""Reports by `file_type`: the stored bytes of one row, whatever its format."""

import hashlib

import pytest

import zips
from fixtures.contract import (
    NO_FILE, NO_JOB, archive, archive_by_ref, expect, expect_common_headers, expect_no_repeated_header, wire,
)
from manifests import Library, job, pipeline, project, public_group

FILES = Library()
GZIP = b"\x1f\x8b\x08\x00" + zips.noise(3000, seed=9)
RAW = b'{"version": "15.0.0", "vulnerabilities": []}'
DUMP = zips.zip_of({"dump.lsif": b"lsif"})
# type: its bytes and its file name
REPORTS = {"junit": (GZIP, "junit.xml.gz"), "sast": (RAW, "gl-sast-report.json"), "lsif": (DUMP, "dump.lsif.zip")}


def entry(kind):
    content, name = REPORTS[kind]
    return {"type": kind, "file": FILES.add(content, name), "filename": name}


@pytest.fixture(scope="module")
def instance(instance_factory):
    jobs = [
        job("full", FILES.labelled("full"), *map(entry, REPORTS), id=1),
        job("reports", *map(entry, REPORTS), id=2),
        job("expired", FILES.labelled("expired"), {**entry("junit"), "expire_at": "2020-01-01T00:00:00Z"}, id=3),
        job("nothing", id=4),
    ]
    site = project("acme/site", pipeline("one", *jobs), id=1, visibility="public")
    return instance_factory({"groups": [public_group("acme")], "projects": [site]})


def targets(number, name, kind):
    """The two ways to ask."""
    return archive(1, number, f"?file_type={kind}"), archive_by_ref(1, "main", name, f"&file_type={kind}")


@pytest.mark.parametrize("kind", REPORTS)
@pytest.mark.parametrize("number,name", [(1, "full"), (2, "reports")])
def test_a_report_is_the_stored_bytes(instance, number, name, kind):
    content, filename = REPORTS[kind]
    for target in targets(number, name, kind):
        answer = wire(instance, "GET", target, [("Accept-Encoding", "gzip")])
        assert (answer.status, answer.body) == (200, content), target
        expected = {
            "Content-Type": "application/octet-stream",
            "Content-Length": str(len(content)),
            "Content-Disposition": f"attachment; filename=\"{filename}\"; filename*=UTF-8''{filename}",
            "ETag": f'"{hashlib.sha256(content).hexdigest()}"',
            "Cache-Control": "private, no-cache",
        }
        assert {field: answer.headers.all(field) for field in expected} == {f: [v] for f, v in expected.items()}
        assert answer.headers.all("Content-Encoding") == [], target
        expect_common_headers(answer, target)
        expect_no_repeated_header(answer, target)


@pytest.mark.parametrize("kind", REPORTS)
def test_a_report_has_conditions_ranges_and_head(instance, kind):
    content, _ = REPORTS[kind]
    for target in targets(1, "full", kind):
        tag = wire(instance, "HEAD", target).headers.get("ETag")
        assert wire(instance, "GET", target, [("If-None-Match", tag)]).status == 304, target
        part = wire(instance, "GET", target, [("Range", "bytes=2-5")])
        assert (part.status, part.body) == (206, content[2:6]), target


def test_the_type_archive_is_the_archive(instance):
    for target in targets(1, "full", "archive"):
        assert wire(instance, "GET", target).body == zips.labelled("full"), target
    for target in targets(2, "reports", "archive"):
        answer = wire(instance, "GET", target)
        expect(answer, 404, NO_FILE, target)
        assert answer.headers.all("X-Artifact-Reason") == ["reports_only"], target


@pytest.mark.parametrize("number,name,reasons", [(1, "full", []), (3, "expired", ["expired"])])
def test_a_missing_report_is_404_and_says_why_if_there_is_a_reason(instance, number, name, reasons):
    for target in targets(number, name, "junit" if reasons else "codequality"):
        answer = wire(instance, "GET", target)
        expect(answer, 404, NO_FILE, target)
        assert answer.headers.all("X-Artifact-Reason") == reasons, target


def test_a_job_without_anything_has_no_report(instance):
    by_id, by_ref = targets(4, "nothing", "junit")
    expect(wire(instance, "GET", by_id), 404, NO_FILE)
    expect(wire(instance, "GET", by_ref), 404, NO_JOB)
    for target in (by_id, by_ref):
        assert wire(instance, "GET", target).headers.all("X-Artifact-Reason") == ["no_archive"], target


def test_single_files_know_no_file_type(instance):
    answer = wire(instance, "GET", archive(1, 1) + "/who.txt?file_type=junit")
    assert (answer.status, answer.body) == (200, b"full")
