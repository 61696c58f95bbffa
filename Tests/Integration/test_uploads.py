"""Uploads of runners and other clients: what they send is taken, and downloaded again as the same bytes."""

import hashlib
import itertools
import json
import shutil
import subprocess
import time
from urllib.parse import parse_qsl

import pytest

import zips
from fixtures import uploads
from fixtures.contract import archive, expect, expect_common_headers, file
from fixtures.uploads import content_type, form, part, path, send, upload
from manifests import access_token, job, job_token, member, pipeline, project, running_job, user

gitlab = pytest.importorskip("gitlab")

TOKEN = access_token("dev")
ARCHIVE = zips.zip_of({"dir/a.txt": b"hello\n", "b.bin": zips.noise(300_000)})
REPORT = b"\x1f\x8b\x08\x00report"
JOBS = 260
NUMBERS = itertools.count(1001)


@pytest.fixture(scope="module")
def instance(instance_factory):
    jobs = [running_job(f"job {number}", "dev", id=1000 + number) for number in range(1, JOBS)]
    blocked = running_job("blocked", "gone", id=5)
    states = [job(f"is {status}", status=status, user="dev", token=job_token(f"is {status}"), id=10 + index)
              for index, status in enumerate(STATES)]
    canceling = running_job("canceling", "dev", id=6, status="canceling")
    erased = running_job("erased", "dev", id=7, erased_at="now-1h")
    site = project("group/site", pipeline("one", *jobs, canceling, erased, blocked, *states), id=1,
                   members=[member("dev", "developer")])
    document = {"users": [user("dev"), user("gone", state="blocked")], "projects": [site]}
    return instance_factory(document, environment={"ARTIFACTD_MAX_ARTIFACT_SIZE": "2M"})


STATES = ["created", "pending", "success", "failed", "canceled", "skipped", "manual"]


@pytest.fixture
def number():
    """A running job that no other test uploads to."""
    return next(NUMBERS)


def token(number):
    return job_token(f"job {number - 1000}")


def rows(instance, number):
    """The artifact rows of a job: type, format, name, size, access."""
    text = instance.psql("SELECT file_type, file_format, filename, size, access FROM artifacts "
                         f"WHERE job_id = {number} ORDER BY file_type")
    return [tuple(line.split("|")) for line in text.splitlines()]


def download(instance, number):
    return instance.get(archive(1, number), token=TOKEN)


def expect_stored(instance, number, content=ARCHIVE):
    answer = download(instance, number)
    assert answer.status == 200, answer
    assert answer.body == content


# What runners send (clients.md, section 2)

RUNNERS = {
    "9": ("expire_in=1+week", "artifacts.zip", "gitlab-runner 9.5.1 (HEAD; go1.8.7; linux/amd64)"),
    "14": ("artifact_format=zip&artifact_type=archive&expire_in=1+week", "my art.zip",
           "gitlab-runner-helper 14.7.0 (HEAD; go1.17; linux/amd64)"),
    "18": ("artifact_format=zip&artifact_type=archive", "artifacts.zip",
           "gitlab-runner-helper 18.5.0 (HEAD; go1.24; linux/amd64)"),
    "18 without parameters": ("", "artifacts.zip", "gitlab-runner-helper 18.5.0 (HEAD; go1.24; linux/amd64)"),
}


@pytest.mark.parametrize("runner", RUNNERS)
def test_gitlab_runner_uploads_chunked_with_one_part(instance, number, runner):
    query, name, agent = RUNNERS[runner]
    headers = [("User-Agent", agent), ("Accept-Encoding", "gzip"), ("X-Request-Id", hashlib.md5(agent.encode()).hexdigest())]
    answer = send(instance, path(number, query), form(part("file", ARCHIVE, name)), token(number), headers, "chunked")
    expect(answer, 201, uploads.CREATED)
    expect_common_headers(answer)
    assert answer.headers.all("X-Request-Id") == [headers[2][1]]
    expect_stored(instance, number)
    assert rows(instance, number) == [("archive", "zip", name, str(len(ARCHIVE)), "all")]
    assert f'filename="{name}"' in download(instance, number).headers["Content-Disposition"]


def test_gitlab_runner_uploads_a_report_too(instance, number):
    parameters = {"artifact_format": "gzip", "artifact_type": "junit", "expire_in": "30 days"}
    expect(upload(instance, number, token(number), REPORT, filename="junit.xml.gz", parameters=parameters), 201)
    expect(upload(instance, number, token(number), ARCHIVE), 201)
    assert [row[:3] for row in rows(instance, number)] == [("archive", "zip", "artifacts.zip"),
                                                           ("junit", "gzip", "junit.xml.gz")]


@pytest.mark.parametrize("transfer", ["length", "chunked", "expect"])
def test_the_file_first_and_the_fields_after_it(instance, number, transfer):
    body = form(part("file", ARCHIVE, "artifacts.zip"), part("artifact_format", "zip"), part("artifact_type", "archive"),
                part("expire_in", "1 day"))
    expect(send(instance, path(number), body, token(number), transfer=transfer), 201, uploads.CREATED)
    expect_stored(instance, number)


def test_a_type_behind_the_file_counts(instance, number):
    body = form(part("file", REPORT, "junit.gz"), part("artifact_format", "gzip"), part("artifact_type", "junit"))
    expect(send(instance, path(number), body, token(number)), 201)
    assert [row[0] for row in rows(instance, number)] == ["junit"]


def test_fields_beat_the_query_and_the_last_one_wins(instance, number):
    body = form(part("accessibility", "none"), part("accessibility", "maintainer"), part("file", ARCHIVE, "a.zip"))
    expect(send(instance, path(number, "accessibility=public"), body, token(number)), 201)
    assert rows(instance, number)[0][4] == "maintainer"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("size", [3_000, 1_500_000], ids=["small", "with Expect"])
@pytest.mark.parametrize("extra", [[], ["--header", "Transfer-Encoding: chunked"]], ids=["length", "chunked"])
def test_curl_uploads(instance, number, tmp_path, size, extra):
    content = zips.zip_of({"a": zips.noise(size)})
    source = tmp_path / 'my "art".zip'
    source.write_bytes(content)
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--fail-with-body", *extra, "--header", f"JOB-TOKEN: {token(number)}",
         "--form", f'file=@"{str(source).replace(chr(34), chr(92) + chr(34))}"', "--form", "artifact_type=archive",
         "--form", "expire_in=1 week", instance.url + path(number)], capture_output=True, check=False)
    assert done.returncode == 0, done
    assert json.loads(done.stdout) == uploads.CREATED
    expect_stored(instance, number, content)
    assert rows(instance, number)[0][2] == 'my "art".zip'


def test_python_gitlab_reads_what_was_uploaded(instance, number):
    expect(upload(instance, number, token(number), ARCHIVE), 201)
    lazy = gitlab.Gitlab(instance.url, private_token=TOKEN).projects.get("group/site", lazy=True).jobs.get(number, lazy=True)
    assert lazy.artifacts() == ARCHIVE
    assert lazy.artifact("dir/a.txt") == b"hello\n"


def test_python_encoders(instance):
    requests = pytest.importorskip("requests")
    toolbelt = pytest.importorskip("requests_toolbelt")
    number = next(NUMBERS)
    files = {"file": ("ü ☃.zip", ARCHIVE, "application/zip")}
    data = {"artifact_type": "archive", "token": token(number)}
    answer = requests.post(instance.url + path(number), data=data, files=files, timeout=60)
    assert answer.status_code == 201, answer.text
    assert rows(instance, number)[0][2] == "ü ☃.zip"
    number = next(NUMBERS)
    encoder = toolbelt.MultipartEncoder({"job_token": token(number), **{"file": files["file"]}, "expire_in": "never"})
    answer = requests.post(instance.url + path(number), data=encoder, timeout=60,
                           headers={"Content-Type": encoder.content_type})
    assert answer.status_code == 201, answer.text
    expect_stored(instance, number)


@pytest.mark.parametrize("sent,stored", [
    ("dir/a.zip", "a.zip"), ("../../etc/a.zip", "a.zip"), ("C:\\dir\\a.zip", "a.zip"), ("a\tb\x01.zip", "ab.zip"),
    ("dir/", "artifacts.zip"), ("ü.zip", "ü.zip"), ("a" * 300 + ".zip", "a" * 300 + ".zip"),
])
def test_the_last_component_of_the_name_is_stored(instance, number, sent, stored):
    expect(upload(instance, number, token(number), ARCHIVE, filename=sent), 201)
    assert rows(instance, number)[0][2] == stored
    expect_stored(instance, number)


@pytest.mark.parametrize("accessibility,access", [("public", "all"), ("private", "developer"),
                                                  ("maintainer", "maintainer"), ("none", "none")])
def test_accessibility(instance, number, accessibility, access):
    parameters = {"accessibility": accessibility}
    expect(upload(instance, number, token(number), ARCHIVE, parameters=parameters), 201)
    assert rows(instance, number)[0][4] == access
    assert download(instance, number).status == (200 if access in ("all", "developer") else 403)


@pytest.mark.parametrize("given,seconds", [
    (None, 30 * 86400), ("", 30 * 86400), ("never", None), ("0", None), ("42", 42), ("3 mins 4 sec", 184),
    ("2h20min", 8400), ("3 weeks and 2 days", 23 * 86400), ("47 yrs 6 mos and 4d", 47 * 31557600 + 184 * 86400),
])
def test_expire_in(instance, number, given, seconds):
    parameters = {"artifact_type": "archive"} if given is None else {"expire_in": given}
    expect(upload(instance, number, token(number), ARCHIVE, parameters=parameters), 201)
    text = instance.psql("SELECT EXTRACT(epoch FROM a.expire_at - a.created_at)::int8, a.expire_at = j.artifacts_expire_at "
                         f"FROM artifacts a JOIN jobs j ON j.id = a.job_id WHERE j.id = {number}").strip()
    assert text == ("|" if seconds is None else f"{seconds}|t")


def test_the_last_upload_sets_the_expiry_of_the_job(instance, number):
    upload(instance, number, token(number), ARCHIVE, parameters={"expire_in": "1 day"})
    parameters = {"artifact_type": "junit", "artifact_format": "gzip", "expire_in": "never"}
    expect(upload(instance, number, token(number), REPORT, parameters=parameters), 201)
    assert instance.psql(f"SELECT artifacts_expire_at IS NULL FROM jobs WHERE id = {number}").strip() == "t"


@pytest.mark.parametrize("body", [
    form(part("file", ARCHIVE, "a.zip"), boundary="a b:c/d", closed=True),
    b"preamble\r\n" + form(part("file", ARCHIVE, "a.zip"), boundary="a b:c/d") + b"epilogue",
    form(part("file", ARCHIVE, "a.zip"), boundary="a b:c/d").replace(b"--a b:c/d\r\n", b"--a b:c/d \t\r\n"),
], ids=["quoted boundary", "preamble and epilogue", "white space behind the boundary"])
def test_bodies_that_few_clients_send(instance, number, body):
    answer = send(instance, path(number), body, token(number), fields=[content_type('"a b:c/d"')])
    expect(answer, 201, uploads.CREATED)
    expect_stored(instance, number)


def test_a_body_that_comes_byte_by_byte(instance, number):
    content = zips.labelled("slow")
    body = form(part("file", content, "a.zip"))
    sending = uploads.Upload(instance, path(number), [content_type(), ("Job-Token", token(number)),
                                                      ("Content-Length", str(len(body)))])
    for index in range(len(body)):
        sending.send(body[index:index + 1])
    expect(sending.answer(), 201)
    expect_stored(instance, number, content)


def test_digests_that_are_right(instance):
    body = form(part("file", ARCHIVE, "a.zip"))
    for field, value in [("Content-Digest", uploads.sha256(body)), ("Repr-Digest", uploads.sha256(ARCHIVE)),
                         ("Content-Digest", "sha-512=:AA==:, " + uploads.sha256(ARCHIVE))]:
        number = next(NUMBERS)
        expect(send(instance, path(number), body, token(number), [(field, value)]), 201, cell=field)
        expect_stored(instance, number)
    number = next(NUMBERS)
    body = form(part("file", ARCHIVE, "a.zip", [("Content-Digest", uploads.sha256(ARCHIVE))]))
    expect(send(instance, path(number), body, token(number)), 201)


def test_digests_that_are_wrong(instance, number):
    wrong = uploads.sha256(b"other")
    body = form(part("file", ARCHIVE, "a.zip"))
    for field in ("Content-Digest", "Repr-Digest"):
        expect(send(instance, path(number), body, token(number), [(field, wrong)]), 400, uploads.WRONG_DIGEST)
        answer = send(instance, path(number), body, token(number), [(field, "sha-256=:xyz:")])
        expect(answer, 400, {"error": f"{field} is invalid"})
    body = form(part("file", ARCHIVE, "a.zip", [("Repr-Digest", wrong)]))
    expect(send(instance, path(number), body, token(number)), 400, uploads.WRONG_DIGEST)
    assert rows(instance, number) == [] and uploads.temporary_files(instance) == []


# Tokens

def test_a_token_is_taken_from_everywhere(instance):
    body = form(part("file", ARCHIVE, "a.zip"))
    for place in ("query token", "query job_token", "bearer", "field"):
        number = next(NUMBERS)
        query, headers, sent = None, [], body
        if place.startswith("query"):
            query = f"{place.split()[1]}={token(number)}"
        elif place == "bearer":
            headers = [("Authorization", f"Bearer {token(number)}")]
        else:
            sent = form(part("token", token(number)), part("file", ARCHIVE, "a.zip"))
        expect(send(instance, path(number, query), sent, None, headers), 201, cell=place)
        expect_stored(instance, number)


@pytest.mark.parametrize("authorize", [False, True], ids=["upload", "authorize"])
def test_other_tokens_are_refused(instance, number, authorize):
    body = form(part("file", ARCHIVE, "a.zip"))
    other = next(NUMBERS)
    for given in (None, "", "glcbt-nonsense", TOKEN, token(other)):
        expect(send(instance, path(number, authorize=authorize), body, given), 403, uploads.FORBIDDEN, cell=str(given))
    for unknown in ("999999", "0", "-1", "9" * 30):
        expect(send(instance, path(unknown, authorize=authorize), body, token(number)), 403, uploads.FORBIDDEN, unknown)
    expect(send(instance, path("x", authorize=authorize), body, token(number)), 400, {"error": "id is invalid"})
    assert rows(instance, number) == []


def test_a_token_behind_the_file_does_not_count(instance, number):
    body = form(part("file", ARCHIVE, "a.zip"), part("token", token(number)))
    expect(send(instance, path(number), body), 403, uploads.FORBIDDEN)


@pytest.mark.parametrize("authorize", [False, True], ids=["upload", "authorize"])
def test_jobs_that_do_not_run(instance, authorize):
    body = form(part("file", ARCHIVE, "a.zip"))
    for index, status in enumerate(STATES):
        answer = send(instance, path(10 + index, authorize=authorize), body, job_token(f"is {status}"))
        expect(answer, 403, uploads.NOT_RUNNING, cell=status)
        assert answer.headers.all("Job-Status") == [status]
    expect(send(instance, path(7, authorize=authorize), body, job_token("erased")), 403, uploads.ERASED)
    answer = send(instance, path(5, authorize=authorize), body, job_token("blocked"))
    expect(answer, 403, {"message": "403 Forbidden - Your account has been blocked."})


def test_a_job_that_is_being_canceled_may_upload(instance):
    expect(upload(instance, 6, job_token("canceling"), ARCHIVE), 201)


def test_a_job_that_ends_while_it_uploads(instance, number):
    body = form(part("file", ARCHIVE, "a.zip"))
    sending = uploads.Upload(instance, path(number), [content_type(), ("Job-Token", token(number)),
                                                      ("Content-Length", str(len(body)))])
    sending.send(body[:-10])
    uploads.wait_until(lambda: uploads.temporary_files(instance), what="the upload")
    instance.psql(f"UPDATE jobs SET status = 'success' WHERE id = {number}")
    sending.send(body[-10:])
    answer = sending.answer()
    expect(answer, 403, uploads.NOT_RUNNING)
    assert answer.headers.all("Job-Status") == ["success"]
    assert rows(instance, number) == [] and uploads.temporary_files(instance) == []


# What is wrong with the request

FILE = part("file", ARCHIVE, "a.zip")


@pytest.mark.parametrize("query,parts,body", [
    ("", [], uploads.FILE_MISSING),
    ("", [part("artifact_type", "archive")], uploads.FILE_MISSING),
    ("", [part("file", "", "")], uploads.FILE_MISSING),
    ("", [part("file", "text")], {"error": "file is invalid"}),
    ("artifact_type=nonsense", [FILE], {"error": "artifact_type does not have a valid value"}),
    ("artifact_type=", [FILE], {"error": "artifact_type does not have a valid value"}),
    ("", [FILE, part("artifact_type", "nonsense")], {"error": "artifact_type does not have a valid value"}),
    ("artifact_format=tar", [FILE], {"error": "artifact_format does not have a valid value"}),
    ("accessibility=all", [FILE], {"error": "accessibility does not have a valid value"}),
    ("expire_in=soon", [FILE], {"error": "expire_in is invalid"}),
    ("expire_in=-1", [FILE], {"error": "expire_in is invalid"}),
    ("", [FILE, part("expire_in", "tomorrow")], {"error": "expire_in is invalid"}),
    ("filesize=x", [FILE], {"error": "filesize is invalid"}),
    ("artifact_type=x&expire_in=x", [FILE],
     {"error": "artifact_type does not have a valid value, expire_in is invalid"}),
    ("artifact_type=junit", [FILE], uploads.WRONG_FORMAT),
    ("artifact_type=archive&artifact_format=gzip", [FILE], uploads.WRONG_FORMAT),
    ("artifact_type=dotenv&artifact_format=raw", [FILE], uploads.WRONG_FORMAT),
    ("", [FILE, FILE], uploads.ONE_FILE),
    ("", [FILE, part("metadata", b"x", "metadata.gz")], uploads.ONE_FILE),
    ("", [part("other", ARCHIVE, "a.zip")], uploads.ONE_FILE),
    ("", [part("file", b"no zip", "a.zip")], uploads.NO_ZIP),
    ("", [part("file", b"", "a.zip")], uploads.NO_ZIP),
    ("", [part("file", ARCHIVE[:-30], "a.zip")], None),
    ("artifact_type=lsif", [part("file", b"no zip", "a.zip")], uploads.NO_ZIP),
    ("", [part("note", b"x" * 40_000), FILE], {"message": "400 Bad request - The form's fields are too large."}),
])
def test_what_is_wrong_is_said_and_nothing_is_stored(instance, number, query, parts, body):
    stored = uploads.stored_files(instance)
    for transfer in ("length", "chunked"):
        answer = send(instance, path(number, query), form(*parts), token(number), transfer=transfer)
        expect(answer, 400, body)
        expect_common_headers(answer)
    assert rows(instance, number) == []
    assert uploads.stored_files(instance) == stored and uploads.temporary_files(instance) == []


@pytest.mark.parametrize("fields,body,expected", [
    ([], FILE, uploads.FILE_MISSING),
    ([("Content-Type", "application/zip")], ARCHIVE, uploads.FILE_MISSING),
    ([("Content-Type", "application/x-www-form-urlencoded")], b"file=x", uploads.FILE_MISSING),
    ([("Content-Type", "multipart/form-data")], form(FILE),
     {"message": "400 Bad request - The multipart boundary is missing or invalid."}),
    ([content_type("x" * 71)], form(FILE),
     {"message": "400 Bad request - The multipart boundary is missing or invalid."}),
    ([content_type()], form(FILE, closed=False), uploads.INCOMPLETE),
    ([content_type()], form(FILE)[:-5], uploads.INCOMPLETE),
    ([content_type()], b"", uploads.INCOMPLETE),
    ([content_type()], form(FILE).replace(b"Content-Type:", b"Content-Transfer-Encoding: base64\r\nContent-Type:"),
     {"message": "400 Bad request - The transfer encoding of a multipart part is not supported."}),
    ([content_type()], form(*[part("x", "")] * 70, FILE),
     {"message": "400 Bad request - The multipart body has too many parts."}),
], ids=["no type", "zip", "urlencoded", "no boundary", "long boundary", "open", "cut", "empty", "encoding", "many parts"])
def test_bodies_that_are_no_form(instance, number, fields, body, expected):
    expect(send(instance, path(number), body, token(number), fields=fields), 400, expected)
    assert rows(instance, number) == [] and uploads.temporary_files(instance) == []


# The same again

def test_the_same_upload_again_changes_nothing(instance, number):
    expect(upload(instance, number, token(number), ARCHIVE), 201)
    before = instance.psql(f"SELECT * FROM artifacts WHERE job_id = {number}")
    usage = instance.psql("SELECT * FROM project_statistics")
    parameters = {"expire_in": "1 day", "accessibility": "none"}
    answer = upload(instance, number, token(number), ARCHIVE, filename="other.zip", parameters=parameters)
    expect(answer, 201, uploads.CREATED)
    assert instance.psql(f"SELECT * FROM artifacts WHERE job_id = {number}") == before
    assert instance.psql("SELECT * FROM project_statistics") == usage


def test_other_content_of_the_same_type_is_refused(instance, number):
    expect(upload(instance, number, token(number), ARCHIVE), 201)
    other = zips.labelled("other content")
    stored = uploads.stored_files(instance)
    expect(upload(instance, number, token(number), other), 400, uploads.EXISTS)
    expect_stored(instance, number)
    assert uploads.stored_files(instance) == stored and uploads.temporary_files(instance) == []


def test_equal_content_is_stored_once(instance):
    content = zips.labelled("shared")
    name = hashlib.sha256(content).hexdigest()
    numbers = [next(NUMBERS) for _ in range(3)]
    for number in numbers:
        expect(upload(instance, number, token(number), content), 201)
    assert len([each for each in uploads.stored_files(instance) if each.startswith(name)]) == 1
    instance.psql(f"DELETE FROM artifacts WHERE job_id = {numbers[0]}")
    assert download(instance, numbers[0]).status == 404
    expect_stored(instance, numbers[1], content)
    assert instance.get(file(1, numbers[2], "who.txt"), token=TOKEN).body == b"shared"


def test_content_that_came_in_as_a_report_gets_its_index_as_an_archive(instance, number):
    content = zips.labelled("both")
    parameters = {"artifact_type": "sast", "artifact_format": "raw"}
    expect(upload(instance, number, token(number), content, parameters=parameters), 201)
    expect(upload(instance, number, token(number), content), 201)
    assert instance.get(file(1, number, "who.txt"), token=TOKEN).body == b"both"


# authorize

@pytest.mark.parametrize("query,status,body", [
    ("", 200, None), ("filesize=1000", 200, None), ("filesize=2097152", 200, None),
    ("filesize=2097153", 413, uploads.TOO_LARGE), ("filesize=" + "9" * 30, 413, uploads.TOO_LARGE),
    ("filesize=-1", 400, {"error": "filesize is invalid"}),
    ("artifact_type=x", 400, {"error": "artifact_type does not have a valid value"}),
])
def test_authorize_says_whether_an_upload_would_be_accepted(instance, number, query, status, body):
    expect(send(instance, path(number, query, authorize=True), b"", token(number), fields=[]), status, body)
    for fields, sent in (([("Content-Type", "application/x-www-form-urlencoded")], query.encode()),
                         ([content_type()], form(*[part(*pair.split("=")) for pair in query.split("&") if pair])),
                         ([("Content-Type", "application/json")], json.dumps(dict(parse_qsl(query))).encode())):
        expect(send(instance, path(number, authorize=True), sent, token(number), fields=fields), status, body)


@pytest.mark.parametrize("sent,status,body", [
    ({"filesize": 1000, "artifact_type": "archive"}, 200, None),
    ({"filesize": 99999999999, "artifact_type": "archive"}, 413, uploads.TOO_LARGE),
    ({"filesize": 10**30}, 413, uploads.TOO_LARGE),
    ({"filesize": 1000, "artifact_type": "bogus"}, 400, {"error": "artifact_type does not have a valid value"}),
    ({"filesize": -1}, 400, {"error": "filesize is invalid"}),
    ({"filesize": [1]}, 400, {"error": "filesize is invalid"}),
    ({"filesize": None, "unknown": {"a": [1]}}, 200, None),
    ({}, 200, None),
])
def test_authorize_takes_json(instance, number, sent, status, body):
    kind = [("Content-Type", "application/json; charset=utf-8")]
    answer = send(instance, path(number, authorize=True), json.dumps(sent).encode(), token(number), fields=kind)
    expect(answer, status, body)
    with_token = json.dumps({"token": token(number), **sent}).encode()
    expect(send(instance, path(number, authorize=True), with_token, fields=kind), status, body, "the token in the body")


@pytest.mark.parametrize("sent", [b"{", b"[]", b'"text"', b"{}x", b"\xff"])
def test_authorize_refuses_what_is_no_json_object(instance, number, sent):
    kind = [("Content-Type", "application/json")]
    assert send(instance, path(number, authorize=True), sent, token(number), fields=kind).status == 400


def test_authorize_takes_an_empty_body_of_any_type(instance, number):
    kind = [("Content-Type", "application/json")]
    expect(send(instance, path(number, authorize=True), b"", token(number), fields=kind), 200)


def test_authorize_takes_a_token_from_the_body(instance, number):
    sent = f"token={token(number)}&filesize=3000000".encode()
    kind = [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")]
    expect(send(instance, path(number, authorize=True), sent, fields=kind), 413, uploads.TOO_LARGE)


# Refusals reach the client, again and again

@pytest.mark.parametrize("transfer", ["length", "chunked"])
def test_refusals_reach_a_client_that_is_still_sending(instance, number, transfer):
    """As runners do: the body is written until it is out or the connection breaks, then the answer is read."""
    large = form(part("file", zips.noise(12_000_000), "a.zip"))
    cases = [(token(number), 413, uploads.TOO_LARGE), ("glcbt-wrong", 403, uploads.FORBIDDEN),
             (None, 403, uploads.FORBIDDEN)]
    for _ in range(4):
        for given, status, body in cases:
            expect(send(instance, path(number), large, given, transfer=transfer), status, body)
    expect(send(instance, path(number, "expire_in=x"), large, token(number), transfer=transfer), 400)


def test_a_declared_size_is_refused_before_the_body(instance, number):
    for target, length in ((path(number), 5_000_000), (path(number, "filesize=2097153"), 1000)):
        sending = uploads.Upload(instance, target, [content_type(), ("Job-Token", token(number)),
                                                    ("Content-Length", str(length))])
        expect(sending.answer(), 413, uploads.TOO_LARGE)


def test_the_limit_is_exact(instance, number):
    limit = 2 << 20
    parameters = {"artifact_type": "sast", "artifact_format": "raw"}
    expect(upload(instance, number, token(number), zips.noise(limit + 1), parameters=parameters), 413, uploads.TOO_LARGE)
    content = zips.noise(limit, seed=3)
    body = form(part("file", content, "a.json"))
    target = path(number, "artifact_type=sast&artifact_format=raw")
    expect(send(instance, target, body, token(number)), 201)


def test_a_refused_client_can_go_on_at_once(instance, number):
    """No thread is held by what was refused: many more refusals than threads, then an upload."""
    large = zips.noise(6_000_000)
    began = [uploads.Upload(instance, path(number), [content_type(), ("Job-Token", "wrong"),
                                                     ("Content-Length", str(len(large)))]) for _ in range(60)]
    for each in began:
        expect(each.answer(), 403, uploads.FORBIDDEN)
    expect(upload(instance, number, token(number), ARCHIVE), 201)


def test_a_client_that_leaves_leaves_nothing(instance, number):
    body = form(part("file", ARCHIVE, "a.zip"))
    for length in (len(body) // 3, len(body) // 2, len(body) - 1):
        sending = uploads.Upload(instance, path(number), [content_type(), ("Job-Token", token(number)),
                                                          ("Content-Length", str(len(body)))])
        sending.send(body[:length])
        uploads.wait_until(lambda: uploads.temporary_files(instance), what="the upload")
        sending.close()
        uploads.wait_until(lambda: not uploads.temporary_files(instance), what="the end of the upload")
    assert rows(instance, number) == []


def test_routes_of_uploads_take_no_other_method(instance, number):
    answer = instance.request("PUT", path(number, authorize=True), {"Job-Token": token(number)}, b"")
    expect(answer, 405, {"error": "405 Not Allowed"})
    assert answer.headers["Allow"] == "POST"
    expect(send(instance, f"/api/v4/jobs/{number}/artifacts/more", b"", token(number)), 404)


def test_tokens_of_uploads_stay_out_of_the_logs(instance, number):
    expect(send(instance, path(number, f"token={token(number)}"), form(FILE)), 201)
    expect(send(instance, path(number), form(part("token", token(number)), FILE)), 201)
    time.sleep(0.2)
    for name, text in instance.logs().items():
        assert token(number) not in text, name
