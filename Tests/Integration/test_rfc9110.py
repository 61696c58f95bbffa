"""RFC 9110's conditions and ranges: one table, and the same answers whatever is asked for."""

import hashlib
import zipfile

import pytest

import zips
from fixtures import rfc9110
from fixtures.contract import (
    archive, archive_by_ref, expect_common_headers, expect_no_repeated_header, file, followed, raw_file, seconds,
)
from harness import DELIVERIES
from manifests import Library, job, pipeline, project, public_group

FILES = Library()
PROSE = zips.prose(300_000)
NOISE = zips.noise(5_000)
TINY = zips.zip_of({"who.txt": b"tiny " * 200}, zipfile.ZIP_STORED)
BIG = zips.zip_of({"noise.bin": zips.noise(1_500_000, seed=2)}, zipfile.ZIP_STORED)
MEMBERS = [
    zips.Member(b"stored.bin", NOISE), zips.Member(b"deflated.log", PROSE, zips.DEFLATED),
    zips.Member(b"small.xyz", PROSE[:2000], zips.DEFLATED), zips.Member(b"part/one.bin", NOISE[:3000]),
    zips.Member(b"other.txt", b"other"), zips.Member(b"part/two.log", PROSE, zips.DEFLATED),
]
MIXED = zips.build(MEMBERS)
# The same writer's archive of these members only is what a partial archive of them has to be, byte for byte.
PART = zips.build([member for member in MEMBERS if member.name.startswith(b"part/")])
SMALL_PART = zips.build(MEMBERS[:1] + MEMBERS[3:4])
BINARY = "application/octet-stream"

# what is asked for: its target, its bytes, its media type, and what its entity tag is the digest of
SUBJECTS = {
    "small archive by id": (archive(1, 1), TINY, BINARY, TINY),
    "small archive by ref": (archive_by_ref(1, "main", "tiny"), TINY, BINARY, TINY),
    "large archive by id": (archive(1, 2), BIG, BINARY, BIG),
    "large archive by ref": (archive_by_ref(1, "main", "big"), BIG, BINARY, BIG),
    "stored member by id": (file(1, 3, "stored.bin"), NOISE, BINARY, "stored.bin"),
    "deflated member by ref": (raw_file(1, "main", "deflated.log", "mixed"), PROSE, "text/plain; charset=utf-8",
                               "deflated.log"),
    "small deflated member by id": (file(1, 3, "small.xyz"), PROSE[:2000], BINARY, "small.xyz"),
    "partial archive by id": (archive(1, 3, "?path=part"), PART, BINARY, "part"),
    "partial archive by ref": (archive_by_ref(1, "main", "mixed", "&path[]=stored.bin&path%5B%5D=part%2Fone.bin"),
                               SMALL_PART, BINARY, "part/one.bin\0stored.bin"),
}
JOBS = {"small archive": "tiny", "large archive": "big"}
# Delivery never changes the answer: whole archives come by signed URLs too, and from artifactd itself.
DELIVERED = {", redirected": "redirect", ", inline": "inline"}
SUBJECTS |= {what + suffix: subject for what, subject in SUBJECTS.items() for suffix in DELIVERED
             if isinstance(subject[3], bytes)}


@pytest.fixture(scope="module")
def instances(instance_factory):
    jobs = [job("tiny", FILES.archive(TINY), id=1), job("big", FILES.archive(BIG), id=2),
            job("mixed", FILES.archive(MIXED), id=3)]
    site = project("acme/site", pipeline("one", *jobs), id=1, visibility="public")
    document = {"groups": [public_group("acme")], "projects": [site]}
    return {name: instance_factory(document, options=options) for name, options in DELIVERIES.items()}


@pytest.fixture
def instance(instances, what):
    """The instance that delivers the subject in its way."""
    return instances[next((way for suffix, way in DELIVERED.items() if what.endswith(suffix)), "accel")]


def tag_of(what):
    """The entity tag that the contract gives: of the archive, or of the archive and the paths within it."""
    tagged = SUBJECTS[what][3]
    if isinstance(tagged, bytes):
        return f'"{hashlib.sha256(tagged).hexdigest()}"'
    return '"%s"' % hashlib.sha256(f"{hashlib.sha256(MIXED).hexdigest()}:{tagged}".encode()).hexdigest()


@pytest.mark.parametrize("what", SUBJECTS)
def test_the_whole(instance, what):
    target, content, kind, _ = SUBJECTS[what]
    answer = followed(instance, "GET", target)
    assert answer.status == 200, what
    assert answer.body == content, f"{what}: other bytes"
    expected = {"Content-Type": kind, "Content-Length": str(len(content)), "Accept-Ranges": "bytes",
                "ETag": tag_of(what), "Cache-Control": "private, no-cache"}
    seen = {name: answer.headers.all(name) for name in expected}
    assert seen == {name: [value] for name, value in expected.items()}, what
    expect_common_headers(answer, what)
    expect_no_repeated_header(answer, what)


@pytest.mark.parametrize("what", SUBJECTS)
def test_last_modified_is_when_the_row_was_created(instance, what):
    name = JOBS.get(what.rsplit(" by ", 1)[0], "mixed")
    created = instance.psql("select floor(extract(epoch from a.created_at)) from artifacts a join jobs j "
                            f"on j.id = a.job_id where j.name = '{name}'").strip()
    dates = followed(instance, "GET", SUBJECTS[what][0]).headers.all("Last-Modified")
    assert len(dates) == 1 and dates[0].endswith(" GMT"), dates
    assert seconds(dates[0]) == int(created), what


@pytest.mark.parametrize("case", rfc9110.RANGES, ids=[row[0] for row in rfc9110.RANGES])
@pytest.mark.parametrize("what", SUBJECTS)
def test_ranges(instance, what, case):
    name, header, outcome = case
    target, content, kind, _ = SUBJECTS[what]
    response = followed(instance, "GET", target, [("Range", header(len(content)))])
    cell = f"Range: {header(len(content))[:60]} ({name}) of {what}"
    rfc9110.expect_range(response, content, kind, outcome(len(content)), cell)
    expect_common_headers(response, cell)
    expect_no_repeated_header(response, cell)
    if response.status != 416:
        assert response.headers.all("ETag") == [tag_of(what)], cell


@pytest.mark.parametrize("case", rfc9110.CONDITIONS, ids=[row[0] for row in rfc9110.CONDITIONS])
@pytest.mark.parametrize("what", SUBJECTS)
def test_conditions(instance, what, case):
    name, headers, status = case
    target, content, _, _ = SUBJECTS[what]
    plain = followed(instance, "HEAD", target)
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
        # RFC 9110 section 15.3.7: what a 200 would have had.
        for field in ("ETag", "Last-Modified", "Cache-Control"):
            assert response.headers.all(field) == plain.headers.all(field), f"{cell}: {field}"
    if status == 304:
        assert response.body == b"", f"{cell}: a 304 with a body"
        assert response.headers.all("ETag") == plain.headers.all("ETag"), cell
        assert response.headers.all("Cache-Control") == ["private, no-cache"], cell
        assert response.headers.get("Content-Length") in (None, str(len(content))), cell


@pytest.mark.parametrize("case", rfc9110.CONDITIONS, ids=[row[0] for row in rfc9110.CONDITIONS])
@pytest.mark.parametrize("what", SUBJECTS)
def test_conditions_on_head(instance, what, case):
    name, headers, status = case
    target, content, _, _ = SUBJECTS[what]
    sent = rfc9110.filled(headers, followed(instance, "HEAD", target))
    response = followed(instance, "HEAD", target, list(sent.items()))
    # A range is ignored there, and with it If-Range (RFC 9110 sections 14.2 and 13.1.5).
    expected = 200 if status in (206, 416) else status
    assert response.status == expected, f"{sent} ({name}) of {what}: {response.status}, expected {expected}"
    assert response.body == b"", f"{what}: HEAD with a body"
    if expected == 200:
        assert response.headers.all("Content-Length") == [str(len(content))], what


@pytest.mark.parametrize("what", SUBJECTS)
@pytest.mark.parametrize("value", ["bytes=0-4", "bytes=0-1,5-6", "bytes=9999999999-", "nonsense"])
def test_head_ignores_a_range(instance, what, value):
    target, content, _, _ = SUBJECTS[what]
    head = followed(instance, "HEAD", target, [("Range", value)])
    assert head.status == 200, f"{what}, {value}: {head.status}"
    assert head.headers.all("Content-Range") == [], f"{what}, {value}"
    assert head.headers.get("Content-Length") == str(len(content)), f"{what}, {value}"
    assert head.body == b"", f"{what}: HEAD with a body"


@pytest.mark.parametrize("what", SUBJECTS)
def test_a_file_put_together_from_ranges_is_the_file(instance, what):
    target, content, _, _ = SUBJECTS[what]
    step = len(content) // 7 + 1
    parts = [followed(instance, "GET", target, [("Range", f"bytes={at}-{at + step - 1}")]).body
             for at in range(0, len(content), step)]
    assert b"".join(parts) == content, what


@pytest.mark.parametrize("what", SUBJECTS)
def test_two_range_fields_are_one_list_or_nothing(instance, what):
    target, content, _, _ = SUBJECTS[what]
    response = followed(instance, "GET", target, [("Range", "bytes=0-1"), ("Range", "bytes=5-6")])
    assert response.status in (200, 206, 400), response.status
    if response.status == 200:
        assert response.body == content
