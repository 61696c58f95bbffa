"""Content-Type of single files: by extension under 5.3, text as plain text under 5.4; and gzip pass-through."""

import gzip
import hashlib

import pytest

import zips
from fixtures.contract import expect_no_repeated_header, file, raw_file, wire
from manifests import Library, job, pipeline, project, public_group

FILES = Library()
PLAIN = "text/plain; charset=utf-8"
OCTETS = "application/octet-stream"
TEXT = b"<html><script>alert(1)</script></html>"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + zips.noise(600)
PROSE = zips.prose(200_000)

# name, content, type under 5.3, type under 5.4; several types where more than one is registered
TYPES = [
    ("page.html", TEXT, ["text/html; charset=utf-8"], PLAIN),
    ("page.htm", TEXT, ["text/html; charset=utf-8"], PLAIN),
    ("notes.txt", b"notes", [PLAIN], PLAIN),
    ("style.css", b"a{}", ["text/css; charset=utf-8"], PLAIN),
    ("table.csv", b"a,b", ["text/csv; charset=utf-8"], PLAIN),
    ("data.json", b"{}", ["application/json", "application/json; charset=utf-8"], PLAIN),
    ("drawing.svg", b"<svg/>", ["image/svg+xml", "image/svg+xml; charset=utf-8"], PLAIN),
    ("data.xml", b"<a/>", ["text/xml; charset=utf-8", "application/xml", "application/xml; charset=utf-8"], PLAIN),
    ("code.js", b"alert(1)", ["text/javascript; charset=utf-8", "application/javascript",
                              "application/javascript; charset=utf-8"], PLAIN),
    ("picture.png", PNG, ["image/png"], "image/png"),
    ("picture.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF", ["image/jpeg"], "image/jpeg"),
    ("inner.zip", zips.labelled("inner"), ["application/zip"], "application/zip"),
    ("paper.pdf", b"%PDF-1.7\n\x00", ["application/pdf"], "application/pdf"),
    ("fake.png", b"no picture", ["image/png"], PLAIN),
    ("fake.html", b"\x00\x01\x02", ["text/html; charset=utf-8"], "text/html; charset=utf-8"),
    ("fake.txt", b"\x00\x01\x02", [PLAIN], PLAIN),
    ("unknown.xyzzy", b"text", [OCTETS], PLAIN),
    ("unknown-binary.xyzzy", b"\x00", [OCTETS], OCTETS),
    ("none", b"text", [OCTETS], PLAIN),
    ("none-binary", b"\x00", [OCTETS], OCTETS),
    ("dir.html/none-binary", b"\x00", [OCTETS], OCTETS),
    ("empty.html", b"", ["text/html; charset=utf-8"], "text/html; charset=utf-8"),
    ("empty.png", b"", ["image/png"], "image/png"),
    ("empty", b"", [OCTETS], OCTETS),
    ("late.html", b"x" * 512 + b"\x00", ["text/html; charset=utf-8"], PLAIN),
    ("just.png", b"x" * 511 + b"\x00", ["image/png"], "image/png"),
]
BINARY_BYTES = [*range(0x00, 0x09), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)]
TEXT_BYTES = [0x09, 0x0A, 0x0C, 0x0D, 0x1B, 0x20, 0x7E, 0x7F, 0x80, 0xC3, 0xFF]
CONTROLS = {f"byte-{byte:02x}.png": b"ab" + bytes([byte]) + b"cd" for byte in BINARY_BYTES + TEXT_BYTES}

ARCHIVE = zips.build([
    *(zips.Member(name.encode(), content, zips.DEFLATED if len(name) % 2 else zips.STORED)
      for name, content, _, _ in TYPES),
    *(zips.Member(name.encode(), content) for name, content in CONTROLS.items()),
    zips.Member(b"packed.log", PROSE, zips.DEFLATED),
    zips.Member(b"plain.log", PROSE, zips.STORED),
])
PACKED_TAG = hashlib.sha256(f"{hashlib.sha256(ARCHIVE).hexdigest()}:packed.log".encode()).hexdigest()


@pytest.fixture(scope="module")
def instance(instance_factory):
    site = project("acme/site", pipeline("one", job("build", FILES.archive(ARCHIVE), id=1)), id=1, visibility="public")
    return instance_factory({"groups": [public_group("acme")], "projects": [site]})


@pytest.mark.parametrize("name,content,by_id,by_ref", TYPES, ids=[row[0] for row in TYPES])
def test_the_type_of_a_file(instance, name, content, by_id, by_ref):
    one, other = wire(instance, "GET", file(1, 1, name)), wire(instance, "GET", raw_file(1, "main", name, "build"))
    assert one.body == content and other.body == content, name
    seen = one.headers.all("Content-Type")
    assert len(seen) == 1 and seen[0] in by_id, f"5.3 {name}: {seen}, expected {by_id}"
    assert other.headers.all("Content-Type") == [by_ref], f"5.4 {name}"
    for answer in (one, other):
        assert answer.headers.all("Content-Security-Policy") == ["sandbox; default-src 'none'"], name


@pytest.mark.parametrize("byte", BINARY_BYTES + TEXT_BYTES, ids=lambda byte: f"{byte:02x}")
def test_which_bytes_make_content_binary(instance, byte):
    expected = PLAIN if byte in TEXT_BYTES else "image/png"
    answer = wire(instance, "GET", raw_file(1, "main", f"byte-{byte:02x}.png", "build"))
    assert answer.headers.all("Content-Type") == [expected], f"content with {byte:#04x}"


@pytest.mark.parametrize("name", ["late.html", "packed.log"])
def test_the_type_is_the_same_the_second_time(instance, name):
    target = raw_file(1, "main", name, "build")
    assert [wire(instance, "GET", target).headers.get("Content-Type") for _ in range(3)] == [PLAIN] * 3
    assert wire(instance, "HEAD", target).headers.get("Content-Type") == PLAIN


PACKED = {"by id": file(1, 1, "packed.log"), "by ref": raw_file(1, "main", "packed.log", "build")}


@pytest.mark.parametrize("what", PACKED)
@pytest.mark.parametrize("accept", ["gzip", "gzip, deflate", "deflate, gzip;q=1.0", "*", "gzip;q=0.5, identity;q=0.1"])
def test_a_deflated_member_passes_through_as_gzip(instance, what, accept):
    answer = wire(instance, "GET", PACKED[what], [("Accept-Encoding", accept)])
    assert answer.headers.all("Content-Encoding") == ["gzip"], accept
    assert answer.headers.all("Vary") == ["Accept-Encoding"], accept
    assert answer.headers.all("ETag") == [f'"{PACKED_TAG}-gzip"'], accept
    assert answer.headers.get("Content-Length") == str(len(answer.body)), accept
    assert len(answer.body) < len(PROSE) // 2 and gzip.decompress(answer.body) == PROSE, accept
    expect_no_repeated_header(answer, accept)


@pytest.mark.parametrize("accept", [None, "", "identity", "gzip;q=0", "deflate, br", "gzip;q=0, *", "*;q=0"])
def test_without_gzip_it_is_inflated(instance, accept):
    headers = [] if accept is None else [("Accept-Encoding", accept)]
    answer = wire(instance, "GET", PACKED["by id"], headers)
    assert answer.headers.all("Content-Encoding") == [], accept
    assert answer.headers.all("ETag") == [f'"{PACKED_TAG}"'], accept
    assert answer.body == PROSE, accept


def test_a_range_is_of_the_plain_bytes(instance):
    answer = wire(instance, "GET", PACKED["by id"], [("Accept-Encoding", "gzip"), ("Range", "bytes=10-29")])
    assert (answer.status, answer.body) == (206, PROSE[10:30])
    assert answer.headers.all("Content-Encoding") == []


def test_a_stored_member_is_not_compressed(instance):
    answer = wire(instance, "GET", file(1, 1, "plain.log"), [("Accept-Encoding", "gzip")])
    assert answer.headers.all("Content-Encoding") == [] and answer.body == PROSE


@pytest.mark.parametrize("tag", [f'"{PACKED_TAG}"', f'"{PACKED_TAG}-gzip"', f'W/"{PACKED_TAG}"'])
@pytest.mark.parametrize("accept", ["gzip", "identity"])
def test_if_none_match_knows_either_form(instance, tag, accept):
    answer = wire(instance, "GET", PACKED["by id"], [("Accept-Encoding", accept), ("If-None-Match", tag)])
    assert (answer.status, answer.body) == (304, b""), f"{tag} with {accept}"
