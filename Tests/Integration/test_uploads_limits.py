"""What uploads may take: sizes by instance, project and type, quotas, members, the disk, the time."""

import hashlib
import itertools
import os
import subprocess
from urllib.parse import urlencode

import pytest

import zips
from fixtures import uploads
from fixtures.contract import archive, expect
from fixtures.uploads import content_type, form, part, path, send, upload
from manifests import access_token, job_token, member, pipeline, project, running_job, user

TOKEN = access_token("dev")
ARCHIVE = zips.labelled("small")
NUMBERS = itertools.count(1001)
RAW = {"artifact_type": "sast", "artifact_format": "raw"}


def document():
    """Two projects with running jobs: 1001 and up in the first, 2001 and up in the second."""
    projects = []
    for number in (1, 2):
        jobs = [running_job(f"job {number * 1000 + each}", "dev", id=number * 1000 + each) for each in range(1, 100)]
        projects.append(project(f"group/p{number}", pipeline("one", *jobs), id=number,
                                members=[member("dev", "developer")]))
    return {"users": [user("dev")], "projects": projects}


def token(number):
    return job_token(f"job {number}")


@pytest.fixture(scope="module")
def instance(instance_factory):
    return instance_factory(document(), environment={
        "ARTIFACTD_MAX_ARTIFACT_SIZE": "100K", "ARTIFACTD_MAX_MEMBERS": "10", "ARTIFACTD_PROJECT_QUOTA": "300K",
        "ARTIFACTD_UPLOAD_WORKERS": "4", "ARTIFACTD_UPLOAD_TIMEOUT": "8s"})


@pytest.fixture
def number(instance):
    """A running job of the first project, whose artifacts and limits are cleared away afterwards."""
    yield next(NUMBERS)
    instance.psql("DELETE FROM artifacts; DELETE FROM artifact_size_limits; "
                  "UPDATE projects SET max_artifact_size = NULL, artifacts_quota = NULL")


def fits(instance, number, size, parameters=None):
    """Whether a raw report of so many bytes is taken; nothing of a refused one stays."""
    answer = upload(instance, number, token(number), zips.noise(size, seed=size), parameters=parameters or RAW)
    asked = send(instance, path(number, f"filesize={size}&artifact_type=sast", authorize=True), b"", token(number),
                 fields=[])
    assert answer.status in (201, 413), answer
    assert asked.status == (200 if answer.status == 201 else 413), asked
    return answer.status == 201


def set_type_limit(instance, project_id, size, kind="sast"):
    instance.psql(f"INSERT INTO artifact_size_limits VALUES ({project_id or 'NULL'}, '{kind}', {size})")


K = 1 << 10


def test_the_limit_of_the_instance_is_exact(instance, number):
    assert not fits(instance, number, 100 * K + 1)
    assert fits(instance, number, 100 * K)


@pytest.mark.parametrize("of_project,size,expected", [(120 * K, 110 * K, True), (50 * K, 60 * K, False), (0, 200 * K, True)])
def test_a_project_has_a_limit_of_its_own(instance, number, of_project, size, expected):
    instance.psql(f"UPDATE projects SET max_artifact_size = {of_project} WHERE id = 1")
    assert fits(instance, number, size) == expected


@pytest.mark.parametrize("limits,size,expected", [
    ([(None, 10 * K)], 10 * K, True), ([(None, 10 * K)], 10 * K + 1, False), ([(None, 10 * K), (1, 20 * K)], 15 * K, True),
    ([(None, 10 * K), (2, 20 * K)], 15 * K, False), ([(1, 5 * K)], 6 * K, False), ([(None, 10 * K), (1, 0)], 90 * K, True),
    ([(1, 200 * K)], 101 * K, False),
])
def test_a_type_has_a_limit_of_its_own(instance, number, limits, size, expected):
    for of_project, limit in limits:
        set_type_limit(instance, of_project, limit)
    assert fits(instance, number, size) == expected
    assert upload(instance, number, token(number), ARCHIVE).status == 201


def test_the_limit_of_a_type_that_comes_behind_the_file(instance, number):
    set_type_limit(instance, 1, 1000)
    body = form(part("file", zips.noise(2000), "r.json"), part("artifact_type", "sast"), part("artifact_format", "raw"))
    expect(send(instance, path(number), body, token(number)), 413, uploads.TOO_LARGE)
    assert uploads.temporary_files(instance) == []


def test_an_archive_with_too_many_members(instance, number):
    archives = [zips.zip_of({f"f{index}": b"x" for index in range(count)}) for count in (11, 10)]
    answer = upload(instance, number, token(number), archives[0])
    expect(answer, 400, {"message": "400 Bad request - The zip archive has more than 10 members or directories."})
    expect(upload(instance, number, token(number), archives[1]), 201)


def test_a_quota_says_what_is_used_and_what_is_allowed(instance, number):
    contents = [zips.noise(90 * K, seed=seed) for seed in range(4)]
    numbers = [number, *(next(NUMBERS) for _ in range(4))]
    for each, content in zip(numbers, contents[:3]):
        expect(upload(instance, each, token(each), content, parameters=RAW), 201)
    full = {"message": f"507 Insufficient Storage - The artifacts of group/p1 have {270 * K} of {300 * K} bytes"}
    for transfer in ("chunked", "length"):
        body = form(part("file", contents[3], "r.json"))
        target = path(numbers[3], "artifact_type=sast&artifact_format=raw")
        expect(send(instance, target, body, token(numbers[3]), transfer=transfer), 507, full)
    expect(send(instance, path(numbers[3], f"filesize={90 * K}", authorize=True), b"", token(numbers[3]), fields=[]),
           507, full)
    # A repeated upload takes no room, however full it is.
    instance.psql(f"UPDATE projects SET artifacts_quota = {270 * K} WHERE id = 1")
    expect(upload(instance, number, token(number), contents[0], parameters=RAW), 201)
    # Usage counts rows, not stored bytes: sharing content does not make room.
    expect(upload(instance, numbers[3], token(numbers[3]), contents[0], parameters=RAW), 507)
    # Another type of a job that has one: looked at in the transaction.
    other = {"artifact_type": "dast", "artifact_format": "raw"}
    full = {"message": f"507 Insufficient Storage - The artifacts of group/p1 have {270 * K} of {270 * K} bytes"}
    expect(upload(instance, number, token(number), b"one more", parameters=other), 507, full)
    assert instance.psql("SELECT job_artifacts_size, job_artifacts_count FROM project_statistics "
                         "WHERE project_id = 1").strip() == f"{270 * K}|3"
    assert uploads.temporary_files(instance) == []
    instance.psql("UPDATE projects SET artifacts_quota = 0 WHERE id = 1")
    expect(upload(instance, numbers[3], token(numbers[3]), contents[3], parameters=RAW), 201)


def test_a_quota_holds_for_uploads_at_once(instance, number):
    instance.psql(f"UPDATE projects SET artifacts_quota = {100 * K} WHERE id = 1")
    numbers = [number, *(next(NUMBERS) for _ in range(3))]
    begun = []
    for each in numbers:
        body = form(part("file", zips.noise(40 * K, seed=each), "r.json"))
        sending = uploads.Upload(instance, path(each, "artifact_type=sast&artifact_format=raw"),
                                 [content_type(), ("Job-Token", token(each)), ("Content-Length", str(len(body)))])
        sending.send(body[:-1])
        begun.append((sending, body[-1:]))
    busy = 'artifactd_worker_busy{pool="upload"}'
    uploads.wait_until(lambda: uploads.figure(instance, busy) == 4, what="four uploads at once")
    for sending, last in begun:
        sending.send(last)
    answers = sorted(sending.answer().status for sending, _ in begun)
    assert answers == [201, 201, 507, 507]
    assert instance.psql("SELECT job_artifacts_size FROM project_statistics WHERE project_id = 1").strip() == str(80 * K)


def test_an_upload_that_takes_too_long_is_refused(instance, number):
    body = form(part("file", ARCHIVE, "a.zip"))
    sending = uploads.Upload(instance, path(number), [content_type(), ("Job-Token", token(number)),
                                                      ("Content-Length", str(len(body)))])
    for byte in body[:-20]:
        if not sending.send(bytes([byte])) or sending.has_answer(0.2):
            break
    expect(sending.answer(), 408, {"message": "408 Request Timeout"})
    uploads.wait_until(lambda: not uploads.temporary_files(instance), what="the end of the upload")


# A store on a file system that can be full

@pytest.fixture
def small_store(instance_factory):
    """An instance whose store is a file system of 4 MiB."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a file system")
    instance = instance_factory(document(), options=["--no-demo"])
    instance.stop_services()
    store = instance.data / "store"
    owner = store.stat()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size=4m,mode=0750,uid={owner.st_uid},gid={owner.st_gid}",
                              "none", str(store)], capture_output=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"no file system can be mounted: {mounted.stderr.decode()}")
    try:
        instance.start()
        yield instance
    finally:
        instance.stop_services()
        subprocess.run(["umount", "-l", str(store)], check=False)


def test_a_full_disk(small_store):
    instance = small_store
    first = zips.zip_of({"a": zips.noise(2_000_000)})
    expect(upload(instance, 1001, token(1001), first), 201)
    usage = instance.psql("SELECT * FROM project_statistics")
    for each in range(1002, 1006):
        large = zips.zip_of({"a": zips.noise(3_000_000, seed=each)})
        expect(upload(instance, each, token(each), large), 507, uploads.FULL)
        assert uploads.temporary_files(instance) == []
        assert instance.get(archive(1, 1001), token=TOKEN).body == first
    assert instance.psql("SELECT * FROM project_statistics") == usage
    # The same bytes need no room, once they have come in beside what is there: there is none for that.
    small = zips.labelled("fits")
    expect(upload(instance, 1002, token(1002), small), 201)
    instance.wait_for_log("artifactd.log", "no space left in the store")
    # Room again.
    name = hashlib.sha256(first).hexdigest()
    instance.psql("DELETE FROM artifacts WHERE job_id = 1001")
    for each in (instance.data / "store" / "contents").rglob(f"{name}*"):
        each.unlink()
    expect(upload(instance, 1003, token(1003), zips.zip_of({"a": zips.noise(3_000_000)})), 201)


def test_clients_without_a_token_keep_nobody_out(instance, number):
    """Anyone may open connections and send nothing: of four threads they get one, and not for long."""
    silent = [uploads.Upload(instance, path(number), [content_type(), ("Content-Length", "1000")]) for _ in range(8)]
    expect(upload(instance, number, token(number), ARCHIVE), 201, cell="beside silent connections")
    answers = sorted(each.answer().status for each in silent)
    assert answers == [408] + [503] * 7, f"one may show its token in time, the others are turned away: {answers}"


def test_a_token_in_the_form_lets_a_large_file_follow(instance, number):
    body = form(part("token", token(number)), part("file", zips.noise(90_000), "a.json"))
    query = urlencode(RAW)
    for _ in range(3):
        expect(send(instance, path(number, query), body, None, [content_type()]), 201, cell="the same file again")


def test_what_comes_before_the_token_is_bounded(instance, number):
    filler = [part(f"field {each}", "x" * 4000) for each in range(20)]
    body = form(*filler, part("token", token(number)), part("file", ARCHIVE, "a.zip"))
    expect(send(instance, path(number), body, None, [content_type()]), 400, cell="80 KB of fields before the token")


def test_slow_uploads_hold_no_download(instance, number):
    """More slow uploads than there are threads: downloads do not notice, and the figures say so."""
    expect(upload(instance, number, token(number), ARCHIVE), 201)
    body = form(part("file", ARCHIVE, "a.zip"))
    slow = []
    for _ in range(12):
        each = next(NUMBERS)
        slow.append(uploads.Upload(instance, path(each), [content_type(), ("Job-Token", token(each)),
                                                          ("Content-Length", str(len(body)))]))
        slow[-1].send(body[:50])
    busy = 'artifactd_worker_busy{pool="upload"}'
    uploads.wait_until(lambda: uploads.figure(instance, busy) == 4, what="the use of all upload threads")
    for _ in range(20):
        assert instance.get(archive(1, number), token=TOKEN).body == ARCHIVE
    assert uploads.figure(instance, 'artifactd_worker_busy{pool="download"}') == 0
    for each in slow:
        each.close()
    uploads.wait_until(lambda: uploads.figure(instance, busy) == 0, limit=30, what="the end of the uploads")
    after = next(NUMBERS)
    expect(upload(instance, after, token(after), ARCHIVE), 201)
