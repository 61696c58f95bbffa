"""Whole archives: the stored bytes, and every header byte for byte; conditions and ranges are in test_rfc9110.py."""

import base64
import hashlib
import time
import zipfile

import pytest

from fixtures.contract import (
    archive, archive_by_ref, expect_common_headers, expect_no_repeated_header, followed, seconds, wire,
)
from harness import DELIVERIES
from manifests import Library, access_token, job, pipeline, project, public_group, user
import zips

FILES = Library()
TINY = zips.zip_of({"who.txt": b"tiny " * 200}, zipfile.ZIP_STORED)
BIG = zips.zip_of({"noise.bin": zips.noise(1_500_000, seed=2)}, zipfile.ZIP_STORED)
# what is asked for: its target, its bytes, its media type
ARCHIVES = {
    "small by id": (archive(1, 1), TINY, "application/octet-stream"),
    "small by ref": (archive_by_ref(1, "main", "tiny"), TINY, "application/octet-stream"),
    "large by id": (archive(1, 2), BIG, "application/octet-stream"),
    "large by ref": (archive_by_ref(1, "main", "big"), BIG, "application/octet-stream"),
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
    jobs = [job("tiny", FILES.archive(TINY), id=1), job("big", FILES.archive(BIG), id=2)]
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


def test_content_is_never_compressed_on_the_way(either):
    for target, content in ((archive(1, 1), TINY), (archive(1, 2), BIG)):
        response = followed(either, "GET", target, [("Accept-Encoding", "gzip, deflate, br")])
        assert response.headers.all("Content-Encoding") == [], target
        assert response.body == content, target


def test_a_token_in_the_query_changes_nothing_else(either):
    token = access_token("dev")
    plain = followed(either, "GET", archive(1, 1))
    signed = followed(either, "GET", archive(1, 1, f"?private_token={token}"))
    assert (signed.status, signed.body) == (200, plain.body)
    assert token not in str(signed.fields)
