"""Single files: which member a path means, what type it has, and what becomes of broken and hostile archives."""

import hashlib
import http.client
from urllib.parse import quote, urlsplit

import pytest

import zips
from fixtures.contract import (
    BAD_PATH, CORRUPT, NO_FILE, NO_JOB, archive, expect, expect_common_headers,
    expect_no_repeated_header, file, raw_file, seconds, wire,
)
from manifests import Library, job, pipeline, project, public_group

FILES = Library()
LONG = zips.prose(10 * 1024 * 1024)
LONG_NOISE = zips.noise(10 * 1024 * 1024, seed=3)
CUT_NOISE = zips.pack(LONG_NOISE[:3_000_000], zips.DEFLATED)[:2_000_000]
UTF8 = zips.UTF8_FLAG
M = zips.Member

ORDINARY = zips.build([
    M(b"dir/", mode=zips.DIRECTORY),
    M(b"dir/a b.txt", b"spaced"),
    M(b"dir/100%.txt", b"percent"),
    M(b"dir/a+b.txt", b"plus"),
    M(b"dir/q?h#.txt", b"query"),
    M(b"a/raw/b.txt", b"below raw"),
    M(b"keep", b"a file named keep"),
    M(b"tree", b"a file named tree"),
    M(b"tree/leaf.txt", b"below tree"),
    M(b"download", b"a file named download"),
    M(b"dir/download", b"dir/download"),
    M(b"raw/x", b"raw/x"),
    M("ü.txt".encode(), b"utf-8 flagged", flags=UTF8),
    M("ö.txt".encode(), b"utf-8 unflagged"),
    M(b"\x84.txt", b"cp437 a umlaut"),
    M(b"\xe1\x9a.txt", b"cp437 two bytes"),
    M(b"unicode.txt", b"0x7075", extra=zips.unicode_path(b"unicode.txt", "ключ.txt")),
    M(b"stale.txt", b"0x7075 of another name", extra=zips.unicode_path(b"stale.txt", "falsch.txt", crc=1)),
    M(b"twice.txt", b"first"),
    M(b"twice.txt", b"second"),
    M(b"link", b"../../etc/passwd", mode=zips.SYMLINK),
    M(b"streamed.txt", b"with a descriptor" * 50, zips.DEFLATED, flags=zips.DESCRIPTOR_FLAG),
    M(b"empty.txt"),
    M(b"empty-deflated.bin", b"", zips.DEFLATED),
    M(b"quote\"back\\slash.txt".replace(b"\\", b"'"), b"quoted"),
    M(b"case.TXT", b"upper"),
    M(b"...", b"three dots"),
    M(b".hidden", b"hidden"),
    M(b"dir/..x", b"dots and x"),
])
# decoded path: content
CONTENT = {
    "dir/a b.txt": b"spaced", "dir/100%.txt": b"percent", "dir/a+b.txt": b"plus", "dir/q?h#.txt": b"query",
    "keep": b"a file named keep", "tree/leaf.txt": b"below tree", "download": b"a file named download",
    "ü.txt": b"utf-8 flagged", "ö.txt": b"utf-8 unflagged", "ä.txt": b"cp437 a umlaut",
    "ßÜ.txt": b"cp437 two bytes", "ключ.txt": b"0x7075", "stale.txt": b"0x7075 of another name",
    "twice.txt": b"second", "link": b"../../etc/passwd",
    "streamed.txt": b"with a descriptor" * 50, "empty.txt": b"", "empty-deflated.bin": b"", "case.TXT": b"upper",
    "quote\"back'slash.txt": b"quoted", "...": b"three dots", ".hidden": b"hidden", "dir/..x": b"dots and x",
    "a/raw/b.txt": b"below raw", "raw/x": b"raw/x", "dir/download": b"dir/download",
}
MISSING = ["none", "dir", "DIR/a b.txt", "Keep", "unicode.txt", "falsch.txt", "a/raw", "keep2", "dir/a", "keep/x",
           "dir/a b.txt.", " keep", "keep ", "dir/a%20b.txt"]
INVALID = ["a//b", "//a", "./keep", "dir/./a b.txt", "dir/../keep", "..%2Fkeep", "%2E%2E%2Fkeep", "dir%2F..%2Fkeep",
           "%2Fkeep", "%2Fetc%2Fpasswd", "dir%5Ca", "..%5Ckeep", "keep/.", "keep/..", "%ff", "a%c3.txt", "%c0%af"]

HOSTILE = zips.build([
    M(b"../evil.txt", b"evil"), M(b"/absolute.txt", b"evil"), M(b"dir\\evil.txt", b"evil"), M(b"a//b.txt", b"evil"),
    M(b"./dot.txt", b"evil"), M(b"a/../b.txt", b"evil"), M(b"nul\x00.txt", b"evil"), M(b"", b"evil"),
    M(b"good.txt", b"good"),
    M(b"secret.txt", b"x" * 50, flags=zips.ENCRYPTED_FLAG), M(b"zstd.txt", b"x" * 50, zips.ZSTANDARD),
    M(b"lzma.txt", b"x" * 50, 14),
])
SHORT = zips.prose(500)
DAMAGED = zips.build([
    M(b"crc-stored.txt", SHORT, crc=1),
    M(b"crc-deflated.txt", SHORT, zips.DEFLATED, crc=1),
    M(b"not-deflate.txt", SHORT, zips.DEFLATED, packed=b"\xff" * 60),
    M(b"cut-deflate.txt", SHORT, zips.DEFLATED, packed=zips.pack(SHORT, zips.DEFLATED)[:40]),
    M(b"too-long.txt", SHORT, zips.DEFLATED, declared_size=100),
    M(b"too-short.txt", SHORT, zips.DEFLATED, declared_size=900),
    M(b"header.txt", SHORT, local_signature=b"XX\x03\x04"),
    M(b"long-crc-stored.bin", LONG_NOISE[:3_000_000], crc=1),
    M(b"long-crc-deflated.txt", LONG[:3_000_000], zips.DEFLATED, crc=1),
    M(b"long-cut.txt", LONG_NOISE[:3_000_000], zips.DEFLATED, packed=CUT_NOISE),
    M(b"good.txt", b"good"),
])
LARGE = zips.build([
    M(b"stored.bin", LONG_NOISE), M(b"deflated.txt", LONG, zips.DEFLATED), M(b"noise.bin", LONG_NOISE, zips.DEFLATED)])
TREE = {"a.txt": b"alpha\n" * 1000, "dir/b.bin": zips.noise(70_000), "dir/sub/ümläut ß.txt": b"umlaut", "empty": b""}


@pytest.fixture(scope="module")
def instance(instance_factory, tmp_path_factory):
    made = [(tool, zips.zip_by(tool, TREE, tmp_path_factory.mktemp(tool))) for tool in zips.TOOLS]
    tools = [job(tool, FILES.archive(content), id=20 + number)
             for number, (tool, content) in enumerate(made) if content]
    jobs = [job("ordinary", FILES.archive(ORDINARY), id=1), job("hostile", FILES.archive(HOSTILE), id=2),
            job("damaged", FILES.archive(DAMAGED), id=3), job("large", FILES.archive(LARGE), id=4)]
    odd_refs = [pipeline("raw-ref", job("ordinary", FILES.archive(ORDINARY), id=10), ref="feat/raw/x"),
                pipeline("download-ref", job("ordinary", FILES.labelled("download"), id=11), ref="main/raw/x")]
    site = project("acme/site", pipeline("one", *jobs, *tools), *odd_refs, id=1, visibility="public")
    return instance_factory({"groups": [public_group("acme")], "projects": [site]})


def spelled(path):
    """The path with its slashes as they are and all else encoded."""
    return quote(path, safe="/")


@pytest.mark.parametrize("path", CONTENT)
def test_the_decoded_path_is_the_members_name(instance, path):
    encoded = quote(path, safe="")
    targets = [file(1, 1, spelled(path)), file(1, 1, encoded), raw_file(1, "main", encoded, "ordinary")]
    # By ref, a path that ends in /download asks for the archive.
    for target in targets[:2] if path == "download" else targets:
        answer = wire(instance, "GET", target)
        expect(answer, 200, cell=f"{path} as {target}")
        assert answer.body == CONTENT[path], f"{path} as {target}: {answer.body[:80]!r}"
        assert answer.headers.get("Content-Length") == str(len(CONTENT[path])), target


@pytest.mark.parametrize("path", MISSING)
def test_a_missing_member_and_a_directory_are_404(instance, path):
    expect(wire(instance, "GET", file(1, 1, spelled(path))), 404, NO_FILE, path)
    expect(wire(instance, "GET", raw_file(1, "main", quote(path, safe=""), "ordinary")), 404, NO_FILE, path)


@pytest.mark.parametrize("path", INVALID)
def test_an_invalid_path_is_400(instance, path):
    expect(wire(instance, "GET", file(1, 1, path)), 400, BAD_PATH, path)
    expect(wire(instance, "GET", raw_file(1, "main", path, "ordinary")), 400, BAD_PATH, f"raw {path}")


@pytest.mark.parametrize("path", ["dir/", "keep/", "keep%2F", "none/"])
def test_a_path_that_ends_in_a_slash_is_not_served(instance, path):
    assert wire(instance, "GET", file(1, 1, path)).status in (400, 404), path


def test_raw_splits_at_its_last_literal_occurrence(instance):
    split = wire(instance, "GET", "/api/v4/projects/1/jobs/artifacts/feat/raw/x/raw/a%2Fraw%2Fb.txt?job=ordinary")
    assert (split.status, split.body) == (200, b"below raw")
    encoded = wire(instance, "GET", "/api/v4/projects/1/jobs/artifacts/feat%2Fraw%2Fx/raw/keep?job=ordinary")
    assert (encoded.status, encoded.body) == (200, b"a file named keep")
    wrong = wire(instance, "GET", "/api/v4/projects/1/jobs/artifacts/main/raw/a/raw/b.txt?job=ordinary")
    expect(wrong, 404, NO_JOB, "the ref is main/raw/a")


def test_raw_then_download_is_the_archive_of_such_a_ref(instance):
    answer = wire(instance, "GET", "/api/v4/projects/1/jobs/artifacts/main/raw/x/download?job=ordinary")
    assert (answer.status, answer.body) == (200, zips.labelled("download"))
    expect(wire(instance, "GET", "/api/v4/projects/1/jobs/artifacts/main/raw/dir/download?job=ordinary"), 404, NO_JOB)


def test_get_keep_is_a_file(instance):
    assert wire(instance, "GET", archive(1, 1) + "/keep").body == b"a file named keep"
    assert wire(instance, "GET", archive(1, 1) + "/tree/leaf.txt").body == b"below tree"


def test_tree_is_no_file(instance):
    answer = wire(instance, "GET", archive(1, 1) + "/tree")
    assert (answer.status, answer.body[:1]) == (200, b"["), answer.body[:80]
    raw = wire(instance, "GET", raw_file(1, "main", "tree", "ordinary"))
    assert raw.body == b"a file named tree", "by ref there is no list"


@pytest.mark.parametrize("path", ["evil.txt", "..%2Fevil.txt", "%2Fabsolute.txt", "absolute.txt", "dir%5Cevil.txt",
                                  "dir/evil.txt", "a/b.txt", "dot.txt", "b.txt", "nul", "nul.txt"])
def test_hostile_members_are_not_served(instance, path):
    answer = wire(instance, "GET", file(1, 2, path))
    assert answer.status in (400, 404), f"{path}: {answer.status} {answer.body!r}"


@pytest.mark.parametrize("job_id", (2, 3))
def test_one_bad_member_does_not_spoil_the_others(instance, job_id):
    answer = wire(instance, "GET", file(1, job_id, "good.txt"))
    assert (answer.status, answer.body) == (200, b"good")


@pytest.mark.parametrize("method,path,message", [
    (93, "zstd.txt", "422 Compression method 93 is not supported"),
    (14, "lzma.txt", "422 Compression method 14 is not supported")])
def test_an_unknown_method_is_422(instance, method, path, message):
    expect(wire(instance, "GET", file(1, 2, path)), 422, {"message": message}, path)
    expect(wire(instance, "GET", raw_file(1, "main", path, "hostile")), 422, {"message": message}, path)


def test_an_encrypted_member_is_422(instance):
    answer = wire(instance, "GET", file(1, 2, "secret.txt"))
    expect(answer, 422)
    assert answer.body.startswith(b'{"message":"422 '), answer.body


@pytest.mark.parametrize("path", ["crc-stored.txt", "crc-deflated.txt", "not-deflate.txt", "cut-deflate.txt",
                                  "too-long.txt", "too-short.txt", "header.txt"])
def test_a_damaged_short_member_is_500_before_the_first_byte(instance, path):
    for target in (file(1, 3, path), raw_file(1, "main", path, "damaged")):
        answer = wire(instance, "GET", target)
        expect(answer, 500, CORRUPT, path)
        expect_common_headers(answer, path)
        expect_no_repeated_header(answer, path)


@pytest.mark.parametrize("path", ["long-crc-stored.bin", "long-crc-deflated.txt", "long-cut.txt"])
def test_a_damaged_long_member_is_a_broken_transfer_at_once(instance, path):
    # A client that is left hanging runs into the time limit, which is none of the expected errors.
    address = urlsplit(instance.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
    connection.request("GET", file(1, 3, path))
    response = connection.getresponse()
    assert (response.status, response.headers["Content-Length"]) == (200, "3000000"), path
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        response.read()


def test_a_range_of_a_damaged_member_is_not_checked(instance):
    answer = wire(instance, "GET", file(1, 3, "crc-stored.txt"), [("Range", "bytes=0-9")])
    assert (answer.status, answer.body) == (206, SHORT[:10])


@pytest.mark.parametrize("path", ("stored.bin", "deflated.txt", "noise.bin"))
def test_members_of_ten_mebibytes(instance, path):
    content = LONG if path == "deflated.txt" else LONG_NOISE
    for target in (file(1, 4, path), raw_file(1, "main", path, "large")):
        answer = wire(instance, "GET", target)
        assert answer.headers.get("Content-Length") == str(len(content)), path
        assert answer.body == content, f"{path}: other bytes"


@pytest.mark.parametrize("start", (0, 1, 65_535, 5_000_000, 10 * 1024 * 1024 - 3))
def test_ranges_deep_in_a_deflated_member(instance, start):
    answer = wire(instance, "GET", file(1, 4, "deflated.txt"), [("Range", f"bytes={start}-{start + 99}")])
    assert (answer.status, answer.body) == (206, LONG[start:start + 100])


@pytest.mark.parametrize("path", TREE)
@pytest.mark.parametrize("tool", zips.TOOLS)
def test_every_tools_archive_gives_the_same_bytes(instance, tool, path):
    answer = wire(instance, "GET", file(1, 20 + zips.TOOLS.index(tool), spelled(path)))
    if answer.status == 404 and answer.body == b'{"message":"404 Not found"}':
        pytest.skip(f"{tool} is not installed")
    assert (answer.status, answer.body) == (200, TREE[path]), f"{path} by {tool}"


@pytest.mark.parametrize("path", ["dir/a b.txt", "ü.txt", "ключ.txt", "ä.txt", "streamed.txt"])
def test_the_headers_of_a_single_file(instance, path):
    sha = hashlib.sha256(ORDINARY).hexdigest()
    whole = wire(instance, "GET", archive(1, 1))
    for target in (file(1, 1, spelled(path)), raw_file(1, "main", quote(path, safe=""), "ordinary")):
        answer = wire(instance, "GET", target)
        expected = {
            "ETag": '"%s"' % hashlib.sha256(f"{sha}:{path}".encode()).hexdigest(),
            "Cache-Control": "private, no-cache",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Accept-Ranges": "bytes",
        }
        assert {name: answer.headers.all(name) for name in expected} == {k: [v] for k, v in expected.items()}, target
        modified = seconds(answer.headers.get("Last-Modified"))
        assert abs(modified - seconds(whole.headers.get("Last-Modified"))) <= 60, target
        expect_common_headers(answer, target)
        expect_no_repeated_header(answer, target)


@pytest.mark.parametrize("path,disposition", [
    ("dir/a b.txt", 'attachment; filename="a b.txt"'),
    ("keep", 'attachment; filename="keep"'),
    ("quote\"back'slash.txt", "attachment; filename=\"quote\\\"back'slash.txt\""),
    ("dir/100%.txt", 'attachment; filename="100%.txt"'),
])
def test_content_disposition_names_the_last_component(instance, path, disposition):
    answer = wire(instance, "GET", file(1, 1, spelled(path)))
    assert answer.headers.all("Content-Disposition") == [disposition], path


def test_content_disposition_of_a_name_beyond_ascii_has_both_forms(instance):
    answer = wire(instance, "GET", file(1, 1, spelled("ключ.txt")))
    value = answer.headers.get("Content-Disposition")
    assert value.startswith('attachment; filename="') and value.endswith(
        "filename*=UTF-8''%D0%BA%D0%BB%D1%8E%D1%87.txt"), value
