"""Large members: access points, what they survive, resuming broken downloads, and gzip pass-through to real clients."""

import contextlib
import gzip
import hashlib
import os
import random
import shutil
import signal
import struct
import subprocess
import threading
import time
import zlib

import pytest
import requests

import zips
from fixtures.contract import file, raw_file, wire
from fixtures.processes import Relaunched, unsupervised, wait_until_gone
from manifests import Library, job, pipeline, project, public_group

MEBIBYTE = 1 << 20
PIECES = 1024
BODY = zips.prose(MEBIBYTE - 16)


def header(number):
    """What makes each mebibyte of the large members another one."""
    return b"piece %09d\n" % number


def content(start, end):
    """A part of the large members' content, which is 1 GiB."""
    first, last = start // MEBIBYTE, (end - 1) // MEBIBYTE
    pieces = b"".join(header(number) + BODY for number in range(first, last + 1))
    return pieces[start - first * MEBIBYTE:end - first * MEBIBYTE]


def packed_body():
    """The body as deflate blocks that can be repeated: they refer to nothing before them and end in a whole byte."""
    deflate = zlib.compressobj(1, zlib.DEFLATED, -15)
    return deflate.compress(BODY) + deflate.flush(zlib.Z_FULL_FLUSH)


def write_archive(path):
    """A zip of 1 GiB deflated and the same stored, written piece by piece; returns the content's SHA-256."""
    digest, crc, packed, size = hashlib.sha256(), 0, packed_body(), PIECES * MEBIBYTE
    stored_block = struct.pack("<BHH", 0, 16, 0xFFFF ^ 16)
    for number in range(PIECES):
        for part in (header(number), BODY):
            digest.update(part)
            crc = zlib.crc32(part, crc)
    packed_size = PIECES * (len(stored_block) + 16 + len(packed)) + 2
    with open(path, "wb") as archive:
        directory = b""
        for name, method, stored_size in ((b"deflated.log", zips.DEFLATED, packed_size), (b"stored.log", 0, size)):
            offset = archive.tell()
            common = struct.pack("<HHHHHIIIHH", 20, 0, method, 0, 0x5821, crc, stored_size, size, len(name), 0)
            archive.write(b"PK\x03\x04" + common + name)
            for number in range(PIECES):
                archive.write(header(number) + BODY if method == 0 else stored_block + header(number) + packed)
            archive.write(b"\x03\x00" if method else b"")
            directory += b"PK\x01\x02\x1e\x03" + common + struct.pack("<HHHII", 0, 0, 0, zips.REGULAR << 16, offset) + name
        end = archive.tell()
        archive.write(directory + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 2, 2, len(directory), end, 0))
    os.chmod(path, 0o644)
    return digest.hexdigest()


class Large:
    """One instance with the large members, and the digest of their content."""

    def __init__(self, instance_factory):
        files = Library()
        self.digest = write_archive(files.path / "large.zip")
        archive = {"type": "archive", "file": str(files.path / "large.zip"), "filename": "artifacts.zip"}
        site = project("acme/site", pipeline("one", job("build", archive, id=1)), id=1, visibility="public")
        self.instance = instance_factory({"groups": [public_group("acme")], "projects": [site]})
        (files.path / "large.zip").unlink()


@pytest.fixture(scope="module")
def large(instance_factory):
    return Large(instance_factory)


def sidecar(instance):
    """The access points' file of the only content, which need not exist."""
    index, = (instance.data / "store" / "contents").glob("*/*/*.index")
    return index.with_suffix(".points")


def wait_for(condition, what, limit=20):
    deadline = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def sha256(path):
    with open(path, "rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def curl(instance, target, path, *options):
    command = ["curl", "-q", "--noproxy", "*", "--silent", "--fail", "--output", str(path), *options]
    return subprocess.Popen([*command, instance.url + target])


@pytest.mark.parametrize("name", ["deflated.log", "stored.log"])
def test_a_broken_download_of_a_gibibyte_is_resumed(large, tmp_path, name):
    target, path = file(1, 1, name), tmp_path / name
    broken = curl(large.instance, target, path, "--limit-rate", "300M")
    wait_for(lambda: path.exists() and path.stat().st_size > 50_000_000, "the download does not start")
    broken.kill()
    broken.wait()
    for cut in (path.stat().st_size, PIECES * MEBIBYTE - 1, PIECES * MEBIBYTE - random.Random(1).randrange(1 << 25)):
        assert cut < PIECES * MEBIBYTE, "the download ended before it was broken off"
        os.truncate(path, cut)
        resumed = curl(large.instance, target, path, "--continue-at", "-")
        assert resumed.wait(60) == 0, f"resumed at {cut}: curl ended with {resumed.returncode}"
        assert sha256(path) == large.digest, f"resumed at {cut}"


def test_ranges_anywhere_before_and_after_there_are_points(large):
    places = random.Random(5)
    points = sidecar(large.instance)
    points.unlink(missing_ok=True)
    for number in range(24):
        # At first near the start, so that points are gathered bit by bit.
        start = places.randrange(min(PIECES, 64 + number * 64) * MEBIBYTE - 70_000)
        end = start + places.randrange(1, 70_000)
        answer = wire(large.instance, "GET", file(1, 1, "deflated.log"), [("Range", f"bytes={start}-{end - 1}")])
        assert answer.status == 206 and answer.body == content(start, end), f"{start}-{end}"
    assert points.exists()
    assert points.stat().st_mode == points.with_suffix(".index").stat().st_mode
    assert points.stat().st_uid == points.with_suffix(".index").stat().st_uid
    assert points.stat().st_size < MEBIBYTE, "windows of text of this kind are small when they are packed"


def test_several_ranges_in_any_order(large):
    starts = [900_000_000, 7, 1_073_000_000, 400_000_000, 400_000_100]
    value = "bytes=" + ",".join(f"{start}-{start + 49}" for start in starts)
    answer = wire(large.instance, "GET", file(1, 1, "deflated.log"), [("Range", value)])
    assert answer.status == 206
    parts = answer.body.split(b"\r\n\r\n")[1:]
    assert [part[:50] for part in parts] == [content(start, start + 50) for start in starts]


def test_damaged_points_are_no_damage(large):
    target, places = file(1, 1, "deflated.log"), random.Random(9)
    wire(large.instance, "GET", target, [("Range", "bytes=-1")])
    points = sidecar(large.instance)
    intact = points.read_bytes()
    for number in range(6):
        spoiled = bytearray(intact)
        for _ in range(50 if number % 2 else 1):
            spoiled[places.randrange(len(spoiled))] ^= places.randrange(1, 256)
        replacement = points.with_suffix(".new")
        replacement.write_bytes(spoiled[:places.randrange(len(spoiled))] if number == 4 else spoiled)
        replacement.chmod(0o666)
        replacement.rename(points)
        start = places.randrange(60 * MEBIBYTE, 200 * MEBIBYTE)
        answer = wire(large.instance, "GET", target, [("Range", f"bytes={start}-{start + 99}")])
        assert answer.status == 206 and answer.body == content(start, start + 100), f"damage {number}"
    points.unlink(missing_ok=True)


def test_two_first_readers_at_once(large):
    points, seen = sidecar(large.instance), []
    points.unlink(missing_ok=True)

    def read(start):
        answer = wire(large.instance, "GET", file(1, 1, "deflated.log"), [("Range", f"bytes={start}-{start + 99}")])
        seen.append(answer.body == content(start, start + 100))

    readers = [threading.Thread(target=read, args=(500_000_000 + number,)) for number in range(3)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert seen == [True] * 3
    wait_for(points.exists, "no points were kept")


def test_points_that_are_being_gathered_when_the_server_is_killed(large, tmp_path):
    """The last test: it takes the server away."""
    instance, points = large.instance, sidecar(large.instance)
    points.unlink(missing_ok=True)
    download = curl(instance, file(1, 1, "deflated.log"), tmp_path / "it", "--limit-rate", "100M")
    temporary = instance.data / "store" / "tmp"
    wait_for(lambda: list(temporary.iterdir()), "no points are gathered")
    server = instance.process("artifactd")
    again = Relaunched(server)
    with unsupervised(instance):
        os.kill(server, signal.SIGKILL)
        wait_until_gone(server)
        assert download.wait(60) != 0
        assert not points.exists()
        assert len(list(temporary.iterdir())) == 1
        try:
            again.start()
            target, fields = file(1, 1, "deflated.log"), [("Range", "bytes=100000000-100000099")]
            wait_for(lambda: wire(instance, "GET", target, fields).status == 206, "the server does not come back")
            assert not list(temporary.iterdir()), "a killed server's temporary file was not reclaimed"
            assert wire(instance, "GET", target, fields).body == content(100_000_000, 100_000_100)
            assert points.exists()
        finally:
            again.stop()


LOG = zips.prose(3_000_000)
SMALL = zips.build([zips.Member(b"build.log", LOG, zips.DEFLATED), zips.Member(b"page.html", b"<p>", zips.DEFLATED),
                    zips.Member(b"data.gz", gzip.compress(LOG, mtime=0), zips.DEFLATED)])
PATHS = {"by id": file(1, 2, "build.log"), "by ref": raw_file(1, "main", "build.log", "small")}


@pytest.fixture(scope="module")
def small(instance_factory):
    files = Library()
    site = project("acme/site", pipeline("one", job("small", files.archive(SMALL), id=2)), id=1, visibility="public")
    return instance_factory({"groups": [public_group("acme")], "projects": [site]})


@pytest.mark.parametrize("what", PATHS)
def test_curl_decodes_what_passes_through(small, tmp_path, what):
    path, head = tmp_path / "log", tmp_path / "head"
    assert curl(small, PATHS[what], path, "--compressed", "--dump-header", str(head)).wait(30) == 0
    assert "content-encoding: gzip" in head.read_text().lower()
    assert path.read_bytes() == LOG
    assert curl(small, PATHS[what], path, "--compressed", "--range", "2999990-").wait(30) == 0
    assert path.read_bytes() == LOG[2_999_990:]
    os.truncate(path, 0)
    path.write_bytes(LOG[:1_000_001])
    assert curl(small, PATHS[what], path, "--compressed", "--continue-at", "-").wait(30) == 0
    assert path.read_bytes() == LOG


@pytest.mark.parametrize("what", PATHS)
def test_requests_decodes_what_passes_through(small, what):
    with requests.Session() as session:
        session.trust_env = False
        answer = session.get(small.url + PATHS[what], timeout=30)
        assert answer.headers["Content-Encoding"] == "gzip" and answer.content == LOG
        streamed = session.get(small.url + PATHS[what], stream=True, timeout=30)
        assert b"".join(streamed.iter_content(4096)) == LOG
        again = session.get(small.url + PATHS[what], headers={"If-None-Match": answer.headers["ETag"]}, timeout=30)
        assert (again.status_code, again.headers["Vary"], again.content) == (304, "Accept-Encoding", b"")
        assert again.headers["ETag"] == answer.headers["ETag"]


@pytest.mark.parametrize("options", [[], ["--compression=gzip"]])
def test_wget_gets_the_file(small, tmp_path, options):
    if shutil.which("wget") is None:
        pytest.skip("wget is not installed")
    path = tmp_path / "log"
    command = ["wget", "--no-config", "--no-proxy", "--quiet", *options, "--output-document", str(path)]
    done = subprocess.run([*command, small.url + PATHS["by id"]], check=False, timeout=30)
    assert done.returncode == 0 and path.read_bytes() == LOG


def test_httpx_decodes_what_passes_through(small):
    httpx = pytest.importorskip("httpx")
    assert httpx.get(small.url + PATHS["by id"], trust_env=False).content == LOG


def test_python_gitlab_decodes_what_passes_through(small):
    gitlab = pytest.importorskip("gitlab")
    remote = gitlab.Gitlab(small.url).projects.get(1, lazy=True)
    assert remote.jobs.get(2, lazy=True).artifact("build.log") == LOG
    chunks = []
    remote.jobs.get(2, lazy=True).artifact("build.log", streamed=True, action=chunks.append, chunk_size=4096)
    assert b"".join(chunks) == LOG
    assert remote.artifacts.raw(ref_name="main", artifact_path="build.log", job="small") == LOG


def test_a_member_that_is_gzip_itself_keeps_its_type(small):
    answer = wire(small, "GET", file(1, 2, "data.gz"), [("Accept-Encoding", "gzip")])
    assert answer.headers.all("Content-Encoding") == ["gzip"]
    assert gzip.decompress(gzip.decompress(answer.body)) == LOG


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("headers", [[], [("Accept-Encoding", "gzip")]], ids=["plain", "gzip"])
def test_head_has_the_headers_of_get(small, method, headers):
    one, other = (wire(small, each, PATHS["by ref"], headers) for each in ("GET", method))
    ignored = ("X-Request-Id", "Date")
    assert [field for field in one.fields if field[0] not in ignored] == [
        field for field in other.fields if field[0] not in ignored]
    assert other.headers.all("Vary") == ["Accept-Encoding"]
    assert len(other.body) == (0 if method == "HEAD" else int(other.headers.get("Content-Length")))


def test_a_small_member_has_no_access_points(small):
    for _ in range(2):
        answer = wire(small, "GET", PATHS["by id"], [("Range", "bytes=2999000-2999099")])
        assert answer.body == LOG[2_999_000:2_999_100]
    with contextlib.suppress(AssertionError):
        wait_for(sidecar(small).exists, "there are none", limit=0.2)
    assert not sidecar(small).exists()
