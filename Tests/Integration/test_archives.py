"""Whole archives: the stored bytes, every header byte for byte, and RFC 9110's conditions and ranges."""

import base64
import hashlib
import time
import zipfile

import pytest

from fixtures import rfc9110
from fixtures.contract import (
    archive, archive_by_ref, expect_common_headers, expect_no_repeated_header, file, followed, raw_file, seconds, wire,
)
from fixtures.later import REPORTS
from harness import DELIVERIES
from manifests import Library, access_token, job, pipeline, project, public_group, user
import zips

FILES = Library()
PROSE = zips.prose(300_000)
NOISE = zips.noise(5_000)
TINY = zips.zip_of({"who.txt": b"tiny " * 200}, zipfile.ZIP_STORED)
BIG = zips.zip_of({"noise.bin": zips.noise(1_500_000, seed=2)}, zipfile.ZIP_STORED)
MIXED = zips.build([
    zips.Member(b"stored.bin", NOISE), zips.Member(b"deflated.log", PROSE, zips.DEFLATED),
    zips.Member(b"small.xyz", PROSE[:2000], zips.DEFLATED),
])

# what is asked for: its target, its bytes, its media type
ARCHIVES = {
    "small by id": (archive(1, 1), TINY, "application/octet-stream"),
    "small by ref": (archive_by_ref(1, "main", "tiny"), TINY, "application/octet-stream"),
    "large by id": (archive(1, 2), BIG, "application/octet-stream"),
    "large by ref": (archive_by_ref(1, "main", "big"), BIG, "application/octet-stream"),
}
MEMBERS = {
    "stored by id": (file(1, 3, "stored.bin"), NOISE, "application/octet-stream"),
    "deflated by ref": (raw_file(1, "main", "deflated.log", "mixed"), PROSE, "text/plain; charset=utf-8"),
    "small deflated by id": (file(1, 3, "small.xyz"), PROSE[:2000], "application/octet-stream"),
}

# the stored name, and both forms of it in Content-Disposition
FILENAMES = {
    "artifacts.zip": ("artifacts.zip", "artifacts.zip"),
    "site-1.2_rc.zip": ("site-1.2_rc.zip", "site-1.2_rc.zip"),
    "my art.zip": ("my art.zip", "my%20art.zip"),
    "résumé.zip": ("r?sum?.zip", "r%C3%A9sum%C3%A9.zip"),
    "日本.zip": ("??.zip", "%E6%97%A5%E6%9C%AC.zip"),
    "100%.zip": ("100%.zip", "100%25.zip"),
}


@pytest.fixture(scope="module")
def instance(instance_factory):
    return started(instance_factory, "accel")


@pytest.fixture(scope="module", params=DELIVERIES)
def either(request, instance, instance_factory):
    """An instance for each way of delivery; it takes the same requests, followed as `curl --location` does."""
    return instance if request.param == "accel" else started(instance_factory, request.param)


def started(instance_factory, delivery):
    jobs = [job("tiny", FILES.archive(TINY), id=1), job("big", FILES.archive(BIG), id=2),
            job("mixed", FILES.archive(MIXED), id=3)]
    named = [job(name, {**FILES.archive(TINY), "filename": name}, id=10 + number)
             for number, name in enumerate(FILENAMES)]
    first = project("acme/site", pipeline("one", *jobs, *named), id=1, visibility="public")
    document = {"groups": [public_group("acme")], "projects": [first], "users": [user("dev")]}
    new = instance_factory(document, options=DELIVERIES[delivery])
    time.sleep(1.1)
    later = project("acme/later", pipeline("one", job("tiny", FILES.archive(TINY), id=100)), id=2, visibility="public")
    applied = new.apply({"projects": [later]})
    assert applied.returncode == 0, applied.stderr
    return new


def tag_of(target, content):
    """The entity tag that the contract gives: of the archive, or of the archive and the path within it."""
    digest = hashlib.sha256(content).hexdigest()
    if content in (TINY, BIG):
        return f'"{digest}"'
    name = next(name for name in ("stored.bin", "deflated.log", "small.xyz") if name in target)
    return '"%s"' % hashlib.sha256(f"{hashlib.sha256(MIXED).hexdigest()}:{name}".encode()).hexdigest()


@pytest.mark.parametrize("what", ARCHIVES)
def test_an_archive_is_the_stored_bytes_with_these_headers(either, what):
    target, content, _ = ARCHIVES[what]
    answer = followed(either, "GET", target)
    assert answer.status == 200, what
    assert answer.body == content, f"{what}: other bytes"
    digest = hashlib.sha256(content)
    expected = {
        "Content-Type": "application/octet-stream",
        "Content-Length": str(len(content)),
        "Content-Transfer-Encoding": "binary",
        "Content-Disposition": "attachment; filename=\"artifacts.zip\"; filename*=UTF-8''artifacts.zip",
        "Accept-Ranges": "bytes",
        "ETag": f'"{digest.hexdigest()}"',
        "Repr-Digest": f"sha-256=:{base64.b64encode(digest.digest()).decode()}:",
        "Cache-Control": "private, no-cache",
    }
    seen = {name: answer.headers.all(name) for name in expected}
    assert seen == {name: [value] for name, value in expected.items()}, what
    expect_common_headers(answer, what)
    expect_no_repeated_header(answer, what)


@pytest.mark.parametrize("what", [*ARCHIVES, *MEMBERS])
def test_last_modified_is_when_the_row_was_created(either, what):
    target = {**ARCHIVES, **MEMBERS}[what][0]
    name = "tiny" if "small by" in what else "big" if "large" in what else "mixed"
    created = either.psql("select floor(extract(epoch from a.created_at)) from artifacts a join jobs j "
                          f"on j.id = a.job_id where j.project_id = 1 and j.name = '{name}'").strip()
    dates = followed(either, "GET", target).headers.all("Last-Modified")
    assert len(dates) == 1 and dates[0].endswith(" GMT"), dates
    assert seconds(dates[0]) == int(created), what


def test_last_modified_is_not_the_time_of_the_shared_content(either):
    old, new = (followed(either, "GET", target) for target in (archive(1, 1), archive(2, 100)))
    assert old.headers.get("ETag") == new.headers.get("ETag")
    assert seconds(new.headers.get("Last-Modified")) > seconds(old.headers.get("Last-Modified"))


@pytest.mark.parametrize("name", FILENAMES)
def test_content_disposition_of_a_name(either, name):
    plain, extended = FILENAMES[name]
    answer = followed(either, "GET", archive(1, 10 + list(FILENAMES).index(name)))
    assert answer.headers.all("Content-Disposition") == [
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{extended}"], name


@pytest.mark.parametrize("what", [*ARCHIVES, *MEMBERS])
def test_the_entity_tag_is_of_the_content(either, what):
    target, content, _ = {**ARCHIVES, **MEMBERS}[what]
    assert followed(either, "GET", target).headers.all("ETag") == [tag_of(target, content)], what


def check_range(instance, case, representation, what):
    name, header, outcome = case
    target, content, kind = representation
    response = followed(instance, "GET", target, [("Range", header(len(content)))])
    cell = f"Range: {header(len(content))[:60]} ({name}) of {what}"
    rfc9110.expect_range(response, content, kind, outcome(len(content)), cell)
    expect_common_headers(response, cell)
    expect_no_repeated_header(response, cell)
    if response.status != 416:
        assert response.headers.all("ETag") == [tag_of(target, content)], cell


@pytest.mark.parametrize("case", rfc9110.RANGES, ids=[row[0] for row in rfc9110.RANGES])
@pytest.mark.parametrize("what", ARCHIVES)
def test_ranges_of_archives(either, what, case):
    check_range(either, case, ARCHIVES[what], what)


@pytest.mark.parametrize("case", rfc9110.RANGES, ids=[row[0] for row in rfc9110.RANGES])
@pytest.mark.parametrize("what", MEMBERS)
def test_ranges_of_single_files(instance, what, case):
    check_range(instance, case, MEMBERS[what], what)


def check_condition(instance, case, representation, what):
    name, headers, status = case
    target, content, _ = representation
    plain = followed(instance, "GET", target)
    sent = rfc9110.filled(headers, plain)
    response = followed(instance, "GET", target, list(sent.items()))
    cell = f"{sent} ({name}) of {what}"
    assert response.status == status, f"{cell}: {response.status}, expected {status}"
    expect_common_headers(response, cell)
    expect_no_repeated_header(response, cell)
    if status == 200:
        assert response.body == content, f"{cell}: other bytes"
    if status == 206:
        assert response.body == content[2:6], f"{cell}: other bytes"
    if status == 304:
        assert response.body == b"", f"{cell}: a 304 with a body"
        assert response.headers.all("ETag") == plain.headers.all("ETag"), cell
        assert response.headers.all("Cache-Control") == ["private, no-cache"], cell
        assert response.headers.get("Content-Length") in (None, str(len(content))), cell


@pytest.mark.parametrize("case", rfc9110.CONDITIONS, ids=[row[0] for row in rfc9110.CONDITIONS])
@pytest.mark.parametrize("what", ARCHIVES)
def test_conditions_on_archives(either, what, case):
    check_condition(either, case, ARCHIVES[what], what)


@pytest.mark.parametrize("case", rfc9110.CONDITIONS, ids=[row[0] for row in rfc9110.CONDITIONS])
@pytest.mark.parametrize("what", MEMBERS)
def test_conditions_on_single_files(instance, what, case):
    check_condition(instance, case, MEMBERS[what], what)


@pytest.mark.parametrize("what", [*ARCHIVES, *MEMBERS])
@pytest.mark.parametrize("value", ["bytes=0-4", "bytes=0-1,5-6", "bytes=9999999999-", "nonsense"])
def test_head_ignores_a_range(either, what, value):
    target, content, _ = {**ARCHIVES, **MEMBERS}[what]
    head = followed(either, "HEAD", target, [("Range", value)])
    assert head.status == 200, f"{what}, {value}: {head.status}"
    assert head.headers.all("Content-Range") == [], f"{what}, {value}"
    assert head.headers.get("Content-Length") == str(len(content)), f"{what}, {value}"
    assert head.body == b"", f"{what}: HEAD with a body"


@pytest.mark.parametrize("what", [*ARCHIVES, *MEMBERS])
def test_head_has_conditions_too(either, what):
    target = {**ARCHIVES, **MEMBERS}[what][0]
    tag = followed(either, "HEAD", target).headers.get("ETag")
    assert followed(either, "HEAD", target, [("If-None-Match", tag)]).status == 304, what
    assert followed(either, "HEAD", target, [("If-Match", '"other"')]).status == 412, what


@pytest.mark.parametrize("what", [*ARCHIVES, *MEMBERS])
def test_a_file_put_together_from_ranges_is_the_file(either, what):
    target, content, _ = {**ARCHIVES, **MEMBERS}[what]
    step = len(content) // 7 + 1
    parts = [followed(either, "GET", target, [("Range", f"bytes={at}-{at + step - 1}")]).body
             for at in range(0, len(content), step)]
    assert b"".join(parts) == content, what


def test_two_range_fields_are_one_list_or_nothing(either):
    response = followed(either, "GET", archive(1, 1), [("Range", "bytes=0-1"), ("Range", "bytes=5-6")])
    assert response.status in (200, 206, 400), response.status
    if response.status == 200:
        assert response.body == TINY


def test_content_is_never_compressed_on_the_way(either):
    for target, content in ((archive(1, 1), TINY), (archive(1, 2), BIG)):
        response = followed(either, "GET", target, [("Accept-Encoding", "gzip, deflate, br")])
        assert response.headers.all("Content-Encoding") == [], target
        assert response.body == content, target


@REPORTS
@pytest.mark.parametrize("by_ref", (False, True))
def test_a_report_is_the_stored_bytes(instance, by_ref):
    report = b"\x1f\x8b\x08\x00" + zips.noise(3000, seed=9)
    path = FILES.add(report, "junit-for-bytes.gz")
    entry = {"type": "junit", "file": path, "filename": "junit.xml.gz"}
    added = project("acme/reports", pipeline("one", job("build", entry, id=200)), id=3, visibility="public")
    assert instance.apply({"projects": [added]}).returncode == 0
    target = archive_by_ref(3, "main", "build", "&file_type=junit") if by_ref else archive(3, 200, "?file_type=junit")
    answer = wire(instance, "GET", target)
    assert (answer.status, answer.body) == (200, report)
    assert answer.headers.all("ETag") == [f'"{hashlib.sha256(report).hexdigest()}"']
    assert 'filename="junit.xml.gz"' in answer.headers.get("Content-Disposition")


def test_a_token_in_the_query_changes_nothing_else(either):
    token = access_token("dev")
    plain = followed(either, "GET", archive(1, 1))
    signed = followed(either, "GET", archive(1, 1, f"?private_token={token}"))
    assert (signed.status, signed.body) == (200, plain.body)
    assert token not in str(signed.fields)
