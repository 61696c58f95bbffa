"""Forms as other programs encode them, with random contents, and forms that arrive in pieces: what is sent is stored.

Everything random comes from a seed that a failure names. The parser alone is split at every offset by its unit tests.
"""

import hashlib
import io
import random
import socket
import time
from email.generator import BytesGenerator
from email.message import MIMEPart
from email.mime.multipart import MIMEMultipart
from email.policy import HTTP

import pytest

import zips
from fixtures import uploads
from fixtures.contract import archive, expect
from fixtures.uploads import chunked, form, part, path, send
from manifests import access_token, job_token, member, pipeline, project, running_job, user

toolbelt = pytest.importorskip("requests_toolbelt")

TOKEN = access_token("dev")
SEEDS = range(16)
CUT_JOB = 901
# No quotation mark, slash, backslash or line end: how those are written in a header is each encoder's own affair.
LETTERS = "abcXYZ019 _-+;,='%&()[]{}.~#äß☃𝄞"


@pytest.fixture(scope="module")
def instance(instance_factory):
    jobs = [running_job(f"job {number}", "dev", id=number) for number in range(1, 1000)]
    return instance_factory({"users": [user("dev")], "projects": [
        project("group/site", pipeline("one", *jobs), id=1, members=[member("dev", "developer")])]})


def token(number):
    return job_token(f"job {number}")


def stored(instance, number):
    """Type, name and SHA-256 of what a job has."""
    text = instance.psql("SELECT a.file_type, a.filename, encode(c.sha256, 'hex') FROM artifacts a "
                         f"JOIN contents c ON c.id = a.content_id WHERE a.job_id = {number}").rstrip("\n")
    return [tuple(line.split("|")) for line in text.split("\n") if line]


def text(chance, longest):
    """A word of any letters that begins and ends with a plain one."""
    return "a" + "".join(chance.choices(LETTERS, k=chance.randrange(longest))) + "z"


def lookalikes(chance, boundary, size):
    """Bytes that are full of line ends and of what is nearly a boundary."""
    delimiter = b"\r\n--" + boundary.encode()
    content = bytearray()
    while len(content) < size:
        content += chance.choice([
            lambda: chance.randbytes(chance.randrange(300)), lambda: delimiter[:chance.randrange(1, len(delimiter))],
            lambda: delimiter[2:-1], lambda: b"\n" + delimiter[2:-1] + b"\n", lambda: b"\r" * chance.randrange(1, 4),
            lambda: b"\r\n" * chance.randrange(1, 4), lambda: delimiter[:-1] + b"--\r\n", lambda: b"\r\n--", lambda: b"--",
        ])()
    # Where chance completed one, no encoder could send it.
    return bytes(content[:size]).replace(delimiter[2:], b"")


def fields(chance):
    """Parameters and fields that mean nothing, in any order."""
    known = {"artifact_format": "zip", "artifact_type": "archive", "expire_in": chance.choice(["1 week", "never", "42"])}
    unknown = {text(chance, 20): text(chance, 400) for _ in range(chance.randrange(6))}
    chosen = [*[each for each in known.items() if chance.random() < 0.7], *unknown.items()]
    chance.shuffle(chosen)
    return chosen


def placed(chance, others, file, order):
    """The file before the fields, behind them, or among them."""
    index = {"file first": 0, "fields first": len(others)}.get(order, chance.randint(0, len(others)))
    return [*others[:index], file, *others[index:]]


@pytest.mark.parametrize("order", ["file first", "fields first", "among them"])
@pytest.mark.parametrize("seed", SEEDS)
def test_forms_of_requests_toolbelt(instance, seed, order):
    number = 1 + 3 * seed + ["file first", "fields first", "among them"].index(order)
    chance = random.Random(f"{seed} {order}")
    boundary = chance.choice(["x", f"{chance.getrandbits(128):032x}", "-" * 30 + "7", "a'()+_,-./:=?b" * 5])
    content = zips.zip_of({"a": lookalikes(chance, boundary, chance.choice([0, 1, 500, 40_000, 300_000]))}, method=0)
    name = text(chance, 40) + ".zip"
    encoder = toolbelt.MultipartEncoder(
        placed(chance, fields(chance), ("file", (name, io.BytesIO(content), "application/zip")), order), boundary=boundary)
    body = encoder.to_string()
    kind = [("Content-Type", f'multipart/form-data; boundary="{boundary}"')]
    answer = send(instance, path(number), body, token(number), transfer=chance.choice(["length", "chunked"]), fields=kind)
    expect(answer, 201, uploads.CREATED, cell=f"{order}, seed {seed}")
    assert stored(instance, number) == [("archive", name, hashlib.sha256(content).hexdigest())], f"{order}, seed {seed}"
    assert instance.get(archive(1, number), token=TOKEN).body == content, f"{order}, seed {seed}"


def by_email(chance, parts, boundary):
    """The form as Python's email package writes it; parts are (name, filename or None, content)."""
    message = MIMEMultipart("form-data", boundary=boundary, policy=HTTP)
    for name, filename, content in parts:
        each = MIMEPart(policy=HTTP)
        # "binary" and "8bit" change nothing; the package breaks lines of its own in every other encoding.
        if filename is None:
            each.set_content(content, cte="8bit")
        else:
            each.set_content(content, "application", "octet-stream", cte="binary")
        del each["MIME-Version"]
        each.add_header("Content-Disposition", "form-data", name=name, **({"filename": filename} if filename else {}))
        message.attach(each)
    out = io.BytesIO()
    BytesGenerator(out, policy=HTTP.clone(cte_type="8bit")).flatten(message)
    head, _, body = out.getvalue().partition(b"\r\n\r\n")
    return message["Content-Type"].replace("\r\n", ""), body


@pytest.mark.parametrize("order", ["file first", "fields first"])
@pytest.mark.parametrize("seed", SEEDS)
def test_forms_of_the_email_package(instance, seed, order):
    number = 101 + 2 * seed + (order == "file first")
    chance = random.Random(f"email {seed} {order}")
    boundary = f"==============={chance.getrandbits(60):019d}=="
    # It makes every line end CRLF, so lone ones cannot be asked of it; a report may hold any bytes.
    content = lookalikes(chance, boundary, chance.choice([1, 500, 40_000])).replace(b"\r\n", b"\n")
    content = content.replace(b"\r", b"").replace(b"\n", b"\r\n").removesuffix(b"\r\n") + b"."
    others = [("artifact_type", None, "sast"), ("artifact_format", None, "raw"),
              *((f"note {index}", None, text(chance, 60)) for index in range(chance.randrange(4)))]
    name = f"a{chance.getrandbits(30)} b;c='d'.json"
    kind, body = by_email(chance, placed(chance, others, ("file", name, content), order), boundary)
    # Text parts end with a line end of their own, which is no part of a parameter.
    for value in (b"sast", b"raw"):
        body = body.replace(b"\r\n\r\n" + value + b"\r\n\r\n--", b"\r\n\r\n" + value + b"\r\n--")
    answer = send(instance, path(number), body, token(number), fields=[("Content-Type", kind)])
    expect(answer, 201, uploads.CREATED, cell=f"{order}, seed {seed}: {body[:600]!r}")
    assert stored(instance, number) == [("sast", name, hashlib.sha256(content).hexdigest())], f"{order}, seed {seed}"


def cuts(body, boundary):
    """Every offset from before the line end of each delimiter to behind its own."""
    delimiter, found, places = b"--" + boundary.encode(), -1, set()
    while (found := body.find(delimiter, found + 1)) >= 0:
        places.update(range(max(1, found - 4), min(len(body), found + len(delimiter) + 6)))
    return sorted(places)


def in_two(instance, number, body, kind, cut):
    """The body in two chunks, each in a packet of its own and the first read before the second is sent."""
    headers = [("Content-Type", kind), ("Job-Token", token(number)), ("Transfer-Encoding", "chunked")]
    sending = uploads.Upload(instance, path(number), headers)
    sending.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sending.send(chunked(body[:cut]).removesuffix(b"0\r\n\r\n"))
    # Nothing depends on it but how nginx divides the records: without it, it may join the two.
    time.sleep(0.005)
    sending.send(chunked(body[cut:]))
    return sending.answer()


@pytest.mark.parametrize("boundary", ["XyZ", "--------------------------d74496d66958873e"])
def test_boundaries_that_are_cut_at_every_offset(instance, boundary):
    """The same job again and again: other bytes than the first time's would be refused."""
    number = CUT_JOB + len(boundary)
    content = b"{\r\n--" + boundary[:-1].encode() + b"\r\n}\r\n"
    digest = hashlib.sha256(content).hexdigest()
    body = form(part("artifact_type", "sast"), part("file", content, "r.json"), part("artifact_format", "raw"),
                boundary=boundary)
    places = cuts(body, boundary)
    assert len(places) >= 4 * len(boundary)
    for cut in places:
        answer = in_two(instance, number, body, f"multipart/form-data; boundary={boundary}", cut)
        expect(answer, 201, uploads.CREATED, cell=f"cut at {cut}: {body[:cut]!r}")
        assert cut != places[0] or stored(instance, number) == [("sast", "r.json", digest)]
    assert stored(instance, number) == [("sast", "r.json", digest)]
    assert uploads.temporary_files(instance) == []
