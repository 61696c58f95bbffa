"""Delivery by redirect: the signed URL as a capability, and the server that honours it without asking anybody."""

import contextlib
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import zips
from fixtures import signed
from fixtures.contract import archive, archive_by_ref, expect_common_headers, expect_no_repeated_header, file, wire
from fixtures.processes import unsupervised, wait_until_gone
from harness import DELIVERIES, RUN, base_directory, free_ports, run
from manifests import Library, access_token, job, job_token, member, pipeline, project, running_job, user

FILES = Library()
TOKEN, JOB, SPY = access_token("sam"), job_token("ci"), access_token("spy")
SMALL = zips.labelled("small")
LARGE = zips.zip_of({"noise.bin": zips.noise(3_000_000)})
REPORT = b"\x1f\x8b\x08\x00" + zips.noise(2000, seed=7)
NAMES = {
    "plain": "artifacts.zip", "space": "my art.zip", "accents": "r\u00e9sum\u00e9.zip", "quotes": 'q"uo\\te.zip',
    "percent": "100%2e%0d%0a.zip", "query": "a?b#c&d=e;f+g.zip", "parent": "..", "long": "\u00e9" * 127,
}
# What a manifest refuses, and a row may hold all the same.
HOSTILE = {
    "line break": "x.zip\r\nX-Evil: 1", "line feed": "x.zip\nX-Evil: 1", "controls": "x\t\x01\x7f\u0085.zip",
    "slash": "../../etc/passwd", "header end": "x\r\n\r\n<html>",
}
REDIRECT = DELIVERIES["redirect"]
SITE = "acme/site"


def document(archives=(), project_id=1):
    named = [job(f"named {number}", {**FILES.archive(SMALL), "filename": name}, id=10 + number)
             for number, name in enumerate(NAMES.values())]
    hostile = [job(f"hostile {number}", FILES.archive(SMALL), id=30 + number) for number in range(len(HOSTILE))]
    site = project(
        SITE, pipeline("one", job("build", FILES.archive(SMALL), id=1), job("large", FILES.archive(LARGE), id=2),
                              *named, *hostile, *archives),
        pipeline("ci", running_job("ci", "sam"), ref="ci"), id=project_id, members=[member("sam", "developer")])
    return {"users": [user("sam")], "projects": [site]}


@pytest.fixture(scope="module")
def instance(instance_factory):
    started = instance_factory(document(), options=REDIRECT)
    for number, name in enumerate(HOSTILE.values()):
        quoted = "".join(f"\\{ord(letter):04x}" for letter in name)
        started.psql(f"update artifacts set filename = U&'{quoted}' where job_id = {30 + number}")
    return started


@pytest.fixture(scope="module")
def second(instance_factory):
    """The demo's instance and the same jobs besides, for tests that change its keys."""
    started = instance_factory(options=REDIRECT)
    applied = started.apply(document(project_id=9))
    assert applied.returncode == 0, applied.stderr
    return started


def cdn(instance):
    return f"http://127.0.0.1:{instance.cdn_port}"


def redirect_of(instance, target=archive(SITE, 1), headers=(("PRIVATE-TOKEN", TOKEN),)):
    """The redirect and its URL."""
    answer = wire(instance, "GET", target, headers)
    assert answer.status == 302, (answer.status, answer.body[:200])
    return answer, signed.SignedURL(answer.headers.get("Location"))


def fetch(instance, target, headers=(), method="GET"):
    """What the server of signed URLs answers."""
    return wire(instance, method, target, headers, url=cdn(instance))


def expect_refused(answer, status, what):
    bodies = {403: b'{"message":"403 Forbidden"}', 410: b'{"message":"410 Gone"}',
              405: b'{"error":"405 Not Allowed"}', 500: b'{"message":"500 Internal Server Error"}'}
    assert (answer.status, answer.body) == (status, bodies[status]), what
    assert answer.headers.all("Content-Type") == ["application/json"], what
    assert answer.headers.all("ETag") + answer.headers.all("Content-Disposition") == [], what
    expect_common_headers(answer, what)
    expect_no_repeated_header(answer, what)


WAYS = {
    "PRIVATE-TOKEN": ([("PRIVATE-TOKEN", TOKEN)], ""), "JOB-TOKEN": ([("JOB-TOKEN", JOB)], ""),
    "Bearer": ([("Authorization", f"Bearer {TOKEN}")], ""), "private_token": ([], f"private_token={TOKEN}"),
    "job_token": ([], f"job_token={JOB}"),
}


@pytest.mark.parametrize("by_ref", (False, True), ids=("by id", "by ref"))
@pytest.mark.parametrize("way", WAYS)
def test_a_redirect_holds_a_url_and_no_credential(instance, way, by_ref):
    headers, query = WAYS[way]
    target = archive_by_ref(1, "main", "build", "&" + query) if by_ref else archive(1, 1, "?" + query)
    answer, url = redirect_of(instance, target, headers)
    assert answer.body == b'{"message":"302 Found"}'
    assert answer.headers.all("Referrer-Policy") == ["no-referrer"]
    assert answer.headers.all("Cache-Control") == ["private, no-store"]
    assert url.url.startswith(cdn(instance) + "/")
    assert 0 < url.seconds_left <= 61
    for token in (TOKEN, JOB):
        assert token not in str(answer.fields) and token[6:] not in str(answer.fields)
    for secret in signed.keys(instance):
        assert secret not in str(answer.fields)
    expect_common_headers(answer)
    expect_no_repeated_header(answer)
    assert fetch(instance, url.target).body == SMALL


@pytest.mark.parametrize("headers,status", [
    ([], 404), ([("PRIVATE-TOKEN", "glpat-unknown")], 401), ([("JOB-TOKEN", "glcbt-unknown")], 401),
], ids=["anonymous", "unknown token", "unknown job token"])
def test_who_may_not_read_gets_no_url(instance, headers, status):
    answer = wire(instance, "GET", archive(1, 1), headers)
    assert answer.status == status
    assert answer.headers.all("Location") == []


def test_head_is_answered_with_the_header_that_a_followed_get_has(instance):
    _, url = redirect_of(instance, archive(1, 2))
    head = wire(instance, "HEAD", archive(1, 2), [("PRIVATE-TOKEN", TOKEN), ("Range", "bytes=0-4")])
    assert (head.status, head.body) == (200, b"")
    got, target_head = fetch(instance, url.target), fetch(instance, url.target, method="HEAD")
    assert (got.status, got.body, target_head.status, target_head.body) == (200, LARGE, 200, b"")
    own = {"server", "date", "connection", "x-request-id"}
    extra = {"content-security-policy", "referrer-policy"}
    expected = {(name.lower(), value) for name, value in head.fields if name.lower() not in own}
    for answer in (got, target_head):
        fields = {(name.lower(), value) for name, value in answer.fields if name.lower() not in own | extra}
        assert fields == expected
        assert answer.headers.all("Referrer-Policy") == ["no-referrer"]
        assert answer.headers.all("Content-Security-Policy") == ["sandbox; default-src 'none'"]
        expect_common_headers(answer)
        expect_no_repeated_header(answer)


def test_conditions_come_before_the_redirect(instance):
    token = ("PRIVATE-TOKEN", TOKEN)
    tag = f'"{hashlib.sha256(SMALL).hexdigest()}"'
    for field, status in ((("If-None-Match", tag), 304), (("If-Match", '"x"'), 412), (("Range", "bytes=99999999-"), 416)):
        answer = wire(instance, "GET", archive(1, 1), [token, field])
        assert (answer.status, answer.headers.all("Location")) == (status, []), field
    # Nothing of these would survive at the target as RFC 9110 has it, so the API sends the bytes itself.
    for field, status in ((("If-Match", tag), 200), (("Range", "bytes=5-2"), 200), (("Range", "bytes=0-0,5-6"), 206)):
        assert wire(instance, "GET", archive(1, 1), [token, field]).status == status, field


def test_files_parts_and_misses_are_not_redirected(instance):
    token = [("PRIVATE-TOKEN", TOKEN)]
    assert wire(instance, "GET", file(1, 2, "noise.bin"), token).body == zips.noise(3_000_000)
    assert wire(instance, "GET", archive(1, 2, "?path=noise.bin"), token).status == 200
    assert wire(instance, "GET", archive(1, 999), token).status == 404


def test_a_report_is_redirected_under_its_own_name(instance):
    added = document([job("tests", FILES.archive(SMALL), FILES.report(content=REPORT), id=51)])
    assert instance.apply(added).returncode == 0
    _, url = redirect_of(instance, archive(1, 51, "?file_type=junit"))
    answer = fetch(instance, url.target)
    assert (answer.status, answer.body) == (200, REPORT)
    assert answer.headers.all("ETag") == [f'"{hashlib.sha256(REPORT).hexdigest()}"']
    assert answer.headers.all("Content-Disposition") == [
        "attachment; filename=\"junit.gz\"; filename*=UTF-8''junit.gz"]


def other(character, alphabet="0123456789"):
    """Another character of the same kind."""
    return next(each for each in alphabet if each != character)


TAMPERED = {
    "key": lambda url: {"key": other(url.key[0], "0123456789abcdef") + url.key[1:]},
    "later": lambda url: {"expiry": int(url.expiry) + 1},
    "earlier": lambda url: {"expiry": int(url.expiry) - 1},
    "leading zero": lambda url: {"expiry": "0" + url.expiry},
    "no expiry": lambda url: {"expiry": 0},
    "outer directory": lambda url: {"outer": other(url.outer[0]) + url.outer[1:]},
    "inner directory": lambda url: {"inner": url.inner[0] + other(url.inner[1])},
    "sha256": lambda url: {"content": other(url.content[0]) + url.content[1:]},
    "row": lambda url: {"content": url.content + "0"},
    "digest": lambda url: {"digest": other(url.digest[0], "AB") + url.digest[1:]},
    "date": lambda url: {"modified": "Mon, 01 Jan 2024 00:00:00 GMT"},
    "file name": lambda url: {"disposition": url.disposition.replace("artifacts", "artefacts")},
    "inline": lambda url: {"disposition": "inline"},
    "another header": lambda url: {"disposition": url.disposition + "\r\nX-Evil: 1"},
    "signature": lambda url: {"signature": other(url.signature[0], "AB") + url.signature[1:]},
    "end of the signature": lambda url: {"signature": url.signature[:-1] + other(url.signature[-1], "AQgw")},
    "spelling of the signature": lambda url: {"signature": url.signature[:-1] + "B"},
    "short signature": lambda url: {"signature": url.signature[:-1]},
    "long signature": lambda url: {"signature": url.signature + "A"},
    "no signature": lambda url: {"signature": ""},
    "two signatures": lambda url: {"signature": "AAAAAAAAAAAAAAAAAAAAAA&s=" + url.signature},
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_url_that_was_tampered_with_is_refused(instance, what):
    _, url = redirect_of(instance)
    assert fetch(instance, url.changed()).status == 200
    expect_refused(fetch(instance, url.changed(**TAMPERED[what](url))), 403, what)


@pytest.mark.parametrize("target", [
    "/", "/contents/", "/..%2f", "/_content/ab/cd/x", "/_cdn/ranges/{content}", "/_cdn/whole/{content}", "/{content}",
    "/api/v4/version", "/a/{path}", "//{path}", "{path}/", "/_error/410", "/_cdn/410",
])
def test_nothing_else_is_there(instance, target):
    _, url = redirect_of(instance)
    place = f"{url.outer}/{url.inner}/{url.content}"
    target = target.format(content=place, path=url.target.lstrip("/"))
    answer = fetch(instance, target)
    assert answer.status in (400, 403, 404), target
    assert SMALL not in answer.body
    assert b"<html" not in answer.body, target


def test_a_signature_is_for_one_content(instance):
    (_, small), (_, large) = redirect_of(instance), redirect_of(instance, archive(1, 2))
    expect_refused(fetch(instance, large.changed(signature=small.signature)), 403, "another URL's signature")


def test_an_expired_url_is_gone_and_a_forged_one_is_refused(instance):
    _, url = redirect_of(instance)
    secret = signed.keys(instance)[0]
    now = int(time.time())
    assert fetch(instance, url.signed(secret, expiry=now + 30)).body == SMALL
    expect_refused(fetch(instance, url.signed(secret, expiry=now - 2)), 410, "expired")
    expect_refused(fetch(instance, url.changed(expiry=now - 2)), 403, "forged")


def test_the_server_is_not_led_out_of_the_store_by_the_key_itself(instance):
    """Who holds the key may sign what he likes: still nothing but a content's file can come of it."""
    _, url = redirect_of(instance, archive(1, 2))
    secret = signed.keys(instance)[0]
    store = Path(instance.env["ARTIFACTD_STORE"]) / "contents" / url.outer / url.inner
    assert (store / url.content).exists() and list(store.glob(f"{url.content}.index")), "the sidecar's name"
    refused = [{"content": url.content + ".index"}, {"content": url.content + ".points"}, {"content": "."},
               {"content": ".."}, {"outer": "..", "inner": ".."}, {"content": ""}, {"content": url.content + "/"},
               {"disposition": "attachment; x\r\nX-Evil: 1"}, {"disposition": "attachment; \x7f"},
               {"modified": "now\r\nX-Evil: 1"}, {"digest": "x"}]
    for changes in refused:
        answer = fetch(instance, url.signed(secret, **changes))
        assert answer.status in (400, 403), changes
        assert answer.headers.all("X-Evil") == [], changes
    # A link beside it, and a directory of a content's name: there, and not served.
    link, directory = store / (url.content + "1"), store / (url.content + "2")
    link.symlink_to(store / url.content)
    directory.mkdir()
    try:
        for place in (link, directory):
            answer = fetch(instance, url.signed(secret, content=place.name))
            expect_refused(answer, 500, place.name)
    finally:
        link.unlink()
        directory.rmdir()


def test_a_key_that_nginx_does_not_know_verifies_nothing(instance):
    _, url = redirect_of(instance)
    for secret in ("", "0" * 64):
        for key in ("0" * 16, signed.identifier(secret), url.key):
            expect_refused(fetch(instance, url.signed(secret, key=key)), 403, f"{key} with {secret!r}")


@pytest.mark.parametrize("method", ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"))
def test_other_methods_are_not_allowed(instance, method):
    answer = fetch(instance, redirect_of(instance)[1].target, [("Content-Length", "0")], method)
    expect_refused(answer, 405, method)
    assert answer.headers.all("Allow") == ["GET, HEAD"]


def test_lost_content_is_a_fault_and_no_miss(instance):
    added = document([job("lost", FILES.labelled("to be lost"), id=50)])
    assert instance.apply(added).returncode == 0
    _, url = redirect_of(instance, archive(1, 50))
    (Path(instance.env["ARTIFACTD_STORE"]) / "contents" / url.outer / url.inner / url.content).unlink()
    expect_refused(fetch(instance, url.target), 500, "lost")


@pytest.mark.parametrize("what", [*NAMES, *HOSTILE])
def test_no_name_gets_out_of_its_header(instance, what):
    """The header is that of the same archive's HEAD, which the API answers."""
    names = [*NAMES, *HOSTILE]
    number = 10 + names.index(what) if what in NAMES else 30 + list(HOSTILE).index(what)
    target, token = archive(1, number), [("PRIVATE-TOKEN", TOKEN)]
    head = wire(instance, "HEAD", target, token)
    answer = wire(instance, "GET", target, token)
    assert answer.headers.all("X-Evil") == []
    if answer.status == 302:
        url = signed.SignedURL(answer.headers.get("Location"))
        assert fetch(instance, url.changed(disposition=url.disposition + "x")).status == 403
        answer = fetch(instance, url.target)
    assert (answer.status, answer.body) == (200, SMALL)
    assert answer.headers.all("Content-Disposition") == head.headers.all("Content-Disposition")
    assert answer.headers.all("X-Evil") == []
    expect_no_repeated_header(answer, what)


def test_a_url_is_good_for_several_gets_and_ranges_at_once(instance):
    """As the newest runners do: a probe of one byte, then parts side by side, none with a token."""
    _, url = redirect_of(instance, archive(1, 2))
    probe = fetch(instance, url.target, [("Range", "bytes=0-0")])
    assert (probe.status, probe.body) == (206, LARGE[:1])
    assert probe.headers.all("Content-Range") == [f"bytes 0-0/{len(LARGE)}"]
    step = len(LARGE) // 16 + 1
    tag = probe.headers.get("ETag")

    def part(start):
        fields = [("Range", f"bytes={start}-{min(start + step, len(LARGE)) - 1}"), ("If-Range", tag)]
        answer = fetch(instance, url.target, fields)
        assert answer.status == 206, answer.status
        return answer.body

    with ThreadPoolExecutor(16) as pool:
        assert b"".join(pool.map(part, range(0, len(LARGE), step))) == LARGE
    assert fetch(instance, url.target).body == LARGE


@pytest.mark.parametrize("fields,status", [
    ([("Range", "bytes=2-5")], 206), ([("Range", "bytes=-4")], 206), ([("Range", "bytes=0-1,4-5")], 206),
    ([("Range", "bytes=99999999-")], 416), ([("Range", "bytes=abc")], 200), ([("Range", "items=0-1")], 200),
    ([("Range", "bytes=")], 200), ([("Range", "bytes=0-99999999999999999999")], 200),
    ([("Range", "bytes=" + ",".join(f"{at}-{at}" for at in range(0, 34, 2)))], 200),
    ([("Range", "bytes=2-5"), ("If-Range", "TAG")], 206), ([("Range", "bytes=2-5"), ("If-Range", '"x"')], 200),
    ([("Range", "bytes=2-5"), ("If-Range", "NOW")], 206),
    ([("Range", "bytes=2-5"), ("If-Range", "Sun, 06 Nov 1994 08:49:37 GMT")], 200),
    ([("If-None-Match", '"x"')], 200), ([("If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT")], 200),
    ([("Accept-Encoding", "gzip")], 200), ([("PRIVATE-TOKEN", "glpat-unknown"), ("Authorization", "Bearer x")], 200),
], ids=str)
def test_ranges_at_the_target(instance, fields, status):
    _, url = redirect_of(instance, archive(1, 2))
    values = {"TAG": f'"{hashlib.sha256(LARGE).hexdigest()}"', "NOW": url.modified}
    answer = fetch(instance, url.target, [(name, values.get(value, value)) for name, value in fields])
    assert answer.status == status
    if status == 200:
        assert answer.body == LARGE
        assert answer.headers.all("Accept-Ranges") == ["bytes"]
    elif status == 416:
        assert answer.headers.all("Content-Range") == [f"bytes */{len(LARGE)}"]
        assert answer.body == b'{"message":"416 Range Not Satisfiable"}'
    elif "," not in fields[0][1]:
        assert answer.body == (LARGE[-4:] if fields[0][1] == "bytes=-4" else LARGE[2:6])
    expect_common_headers(answer)
    expect_no_repeated_header(answer)


def test_the_api_is_not_asked(instance_factory):
    started = instance_factory(document(), options=REDIRECT)
    _, url = redirect_of(started)
    with unsupervised(started):
        server = started.process("artifactd")
        os.kill(server, signal.SIGKILL)
        wait_until_gone(server)
        assert wire(started, "GET", archive(1, 1)).status == 503
        assert fetch(started, url.target).body == SMALL


def test_a_client_that_sends_everything_on_leaves_no_trace(instance):
    """curl, wget and the runners repeat their token and tell the API's URL to whoever they are sent to."""
    _, url = redirect_of(instance)
    fields = [("PRIVATE-TOKEN", SPY), ("JOB-TOKEN", SPY), ("Authorization", f"Bearer {SPY}"), ("X-Request-Id", "sent-on"),
              ("Referer", f"{instance.url}{archive(1, 1)}?job_token={SPY}&x={'a' * 30_000}"), ("Cookie", SPY)]
    assert fetch(instance, f"{url.target}&private_token={SPY}", fields).body == SMALL
    fetch(instance, f"/{SPY}?private_token={SPY}", fields)
    fetch(instance, url.changed(row=1, signature="A" * 21 + "B"), fields)
    line = instance.wait_for_log("nginx-access.log", r'.*"sent-on".*"status":"200".*').group()
    assert url.content in line
    for name, text in instance.logs().items():
        assert SPY not in text and SPY[6:] not in text, name


def test_no_signature_and_no_key_is_in_a_log_or_a_process_list(instance):
    urls = [redirect_of(instance)[1] for _ in range(3)]
    for url in urls:
        fetch(instance, url.target)
        fetch(instance, url.changed(expiry=1))
    secrets = signed.keys(instance)
    assert secrets and all(len(secret) == 64 for secret in secrets)
    texts = {**instance.logs(), "config": instance.artifactd("config").stdout}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            texts[str(process)] = process.joinpath("cmdline").read_bytes().decode(errors="replace")
    for name, text in texts.items():
        assert not any(secret in text for secret in secrets), name
        assert not any(url.signature in text for url in urls), name
    for path in (Path(instance.env["ARTIFACTD_CDN_KEY_FILE"]), instance.data / "nginx" / "artifactd-cdn-keys.conf"):
        assert path.stat().st_mode & 0o027 == 0, path


def test_the_printed_lines_work_as_printed(second, tmp_path):
    lines = [line for line in second.output.splitlines() if line.startswith("curl ")]
    assert len(lines) == 3 and all("--location" in line for line in lines)
    for line in lines:
        done = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == 0, f"{line}: {done.stderr.decode()}"


class Rotation:
    """An instance whose keys change, as README.md describes it."""

    def __init__(self, instance):
        self.instance = instance
        self.path = Path(instance.env["ARTIFACTD_CDN_KEY_FILE"])
        self.first = signed.keys(instance)[0]

    def write(self, *secrets):
        self.path.write_text("".join(secret + "\n" for secret in secrets))

    def tell_nginx(self):
        printed = self.instance.artifactd("cdn-keys")
        assert printed.returncode == 0, printed.stderr
        (self.instance.data / "nginx" / "artifactd-cdn-keys.conf").write_text(printed.stdout)
        os.kill(self.instance.process("nginx"), signal.SIGHUP)

    def tell_artifactd(self, pattern):
        os.kill(self.instance.process("artifactd"), signal.SIGHUP)
        self.instance.wait_for_log("artifactd.log", pattern)

    def until(self, target, status, limit=10):
        """nginx takes a moment to have workers with the new configuration only."""
        deadline = time.monotonic() + limit
        while (answer := fetch(self.instance, target)).status != status:
            assert time.monotonic() < deadline, answer.status
            time.sleep(0.02)
        return answer


def test_keys_rotate_one_after_the_other(second):
    started, keys = second, Rotation(second)
    new_secret = hashlib.sha256(os.urandom(32)).hexdigest()
    _, old = redirect_of(started)
    assert old.key == signed.identifier(keys.first)

    # The new key is made known behind the old one, which goes on signing.
    keys.write(keys.first, new_secret)
    keys.tell_nginx()
    foreseen = old.signed(new_secret, key=signed.identifier(new_secret))
    keys.until(foreseen, 200)
    assert fetch(started, old.target).body == SMALL
    assert redirect_of(started)[1].key == old.key

    # It signs; what the old one has signed stays good.
    keys.write(new_secret, keys.first)
    keys.tell_artifactd(signed.identifier(new_secret) + ", " + signed.identifier(keys.first))
    _, new = redirect_of(started)
    assert new.key == signed.identifier(new_secret)
    assert fetch(started, new.target).body == fetch(started, old.target).body == SMALL

    # The old key goes, and with it what it signed.
    keys.write(new_secret)
    keys.tell_nginx()
    expect_refused(keys.until(old.target, 403), 403, "signed by a key that is gone")
    assert fetch(started, new.target).body == SMALL

    # A broken file changes nothing, and its content is not told.
    keys.write(new_secret, "too-short")
    keys.tell_artifactd("line 2: a key has at least 32 characters")
    assert redirect_of(started)[1].key == new.key
    assert "too-short" not in str(started.logs())
    refused = started.artifactd("cdn-keys")
    assert (refused.returncode, refused.stdout) == (78, "")
    assert "too-short" not in refused.stderr

    keys.write(new_secret)
    keys.tell_artifactd('"' + signed.identifier(new_secret) + '"')


@pytest.mark.parametrize("environment,words", [
    ({"ARTIFACTD_CDN_KEY_FILE": "/nonexistent/keys"}, "/nonexistent/keys: cannot open"),
    ({"ARTIFACTD_CDN_KEY_FILE": "/dev/null"}, "/dev/null: holds no key"),
    ({"ARTIFACTD_CDN_KEY_FILE": ""}, "ARTIFACTD_CDN_KEY_FILE: missing, and DELIVERY=redirect needs it"),
    ({"ARTIFACTD_CDN_URL": ""}, "ARTIFACTD_CDN_URL: missing, and DELIVERY=redirect needs it"),
    ({"ARTIFACTD_URL_TTL": "301"}, "ARTIFACTD_URL_TTL"),
])
def test_settings_that_cannot_be_honoured_are_refused(instance, environment, words):
    done = run(["artifactd", "serve"], {**instance.env, **environment}, inherit_artifactd=False)
    assert done.returncode == 78, done.stderr
    assert words in done.stderr


def test_a_taken_port_is_named():
    port, monitoring = free_ports(2)
    directory = tempfile.mkdtemp(prefix="artifactd-test-", dir=base_directory())
    os.chmod(directory, 0o755)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        held = taken.getsockname()[1]
        command = ["bash", str(RUN), "--data", f"{directory}/data", "--port", str(port), "--cdn-port", str(held),
                   "--monitoring-port", str(monitoring), *REDIRECT]
        done = run(command)
    shutil.rmtree(directory)
    assert done.returncode == 69, done.stderr
    assert f"--cdn-port: port {held} is taken" in done.stderr


def test_downloads_go_on_while_keys_change(second):
    started, keys = second, Rotation(second)
    failures, done = [], threading.Event()

    def load():
        while not done.is_set():
            try:
                answer = fetch(started, redirect_of(started)[1].target)
                if answer.body != SMALL:
                    failures.append((answer.status, answer.body))
            except (AssertionError, OSError) as error:
                failures.append(repr(error))

    threads = [threading.Thread(target=load) for _ in range(2)]
    for thread in threads:
        thread.start()
    secrets = [keys.first]
    for _ in range(3):
        secrets.append(hashlib.sha256(os.urandom(32)).hexdigest())
        keys.write(*secrets)
        keys.tell_nginx()
        probe = redirect_of(started)[1].signed(secrets[-1], key=signed.identifier(secrets[-1]))
        keys.until(probe, 200)
        keys.write(secrets[-1], *secrets[:-1])
        keys.tell_artifactd(f'"{signed.identifier(secrets[-1])}')
    done.set()
    for thread in threads:
        thread.join()
    assert not failures, failures[:3]
