"""Uploads that meet each other, a crash or the end of the database: a whole artifact or nothing, ever."""

import concurrent.futures
import hashlib
import itertools
import os
import random
import signal
import time
from pathlib import Path

import pytest

import zips
from fixtures import uploads
from fixtures.contract import archive, expect
from fixtures.uploads import content_type, form, part, path, upload
from manifests import access_token, job_token, member, pipeline, project, running_job, user

TOKEN = access_token("dev")
NUMBERS = itertools.count(1001)


def document(count=160):
    jobs = [running_job(f"job {number}", "dev", id=number) for number in range(1001, 1001 + count)]
    return {"users": [user("dev")],
            "projects": [project("group/site", pipeline("one", *jobs), id=1, members=[member("dev", "developer")])]}


def token(number):
    return job_token(f"job {number}")


@pytest.fixture(scope="module")
def instance(instance_factory):
    return instance_factory(document())


def try_upload(instance, number, content):
    """The status of an upload, or None where the connection broke."""
    try:
        return upload(instance, number, token(number), content).status
    except (OSError, AssertionError):
        return None


def resident(instance):
    """The resident memory of artifactd in bytes."""
    status = Path(f"/proc/{instance.process('artifactd')}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def test_many_uploads_and_downloads_at_once(instance):
    """64 uploads of 8 MiB while 16 clients download; the memory does not grow with what is sent."""
    first = next(NUMBERS)
    served = zips.zip_of({"a": zips.noise(2_000_000, seed=99)}, method=0)
    expect(upload(instance, first, token(first), served), 201)
    numbers = [next(NUMBERS) for _ in range(64)]
    contents = {each: zips.zip_of({"a": zips.noise(8 << 20, seed=each)}, method=0) for each in numbers[:8]}
    bodies = dict(zip(numbers, itertools.cycle(contents.values())))

    def download(_):
        return all(instance.get(archive(1, first), token=TOKEN).body == served for _ in range(10))

    with concurrent.futures.ThreadPoolExecutor(80) as threads:
        downloads = [threads.submit(download, each) for each in range(16)]
        statuses = list(threads.map(lambda each: try_upload(instance, each, bodies[each]), numbers))
        assert all(each.result() for each in downloads)
    assert statuses == [201] * 64
    for each in numbers[::8]:
        assert instance.get(archive(1, each), token=TOKEN).body == bodies[each]
    assert resident(instance) < 128 << 20
    names = {hashlib.sha256(each).hexdigest() for each in contents.values()}
    assert sorted(each.split(".")[0] for each in uploads.stored_files(instance)
                  if each.split(".")[0] in names) == sorted(names)
    assert uploads.temporary_files(instance) == []


def test_equal_uploads_at_once_leave_one_file(instance):
    content = zips.labelled("at once")
    numbers = [next(NUMBERS) for _ in range(8)]
    with concurrent.futures.ThreadPoolExecutor(16) as threads:
        # Each job twice: the same upload may come again while the first is still under way.
        statuses = list(threads.map(lambda each: try_upload(instance, each, content), numbers * 2))
    assert statuses == [201] * 16
    name = hashlib.sha256(content).hexdigest()
    assert len([each for each in uploads.stored_files(instance) if each.startswith(name)]) == 1
    assert instance.psql("SELECT count(*) FROM artifacts a JOIN contents c ON c.id = a.content_id "
                         f"WHERE c.sha256 = '\\x{name}'").strip() == "8"


def test_usage_is_exact(instance):
    assert instance.psql(
        "SELECT count(*) FROM project_statistics s, (SELECT project_id, sum(size) AS size, count(*) AS count "
        "FROM artifacts GROUP BY project_id) a WHERE s.project_id = a.project_id "
        "AND (s.job_artifacts_size, s.job_artifacts_count) <> (a.size, a.count)").strip() == "0"


def check_everything(instance, claims):
    """Each 201 that a client saw is fully there; every row has its file, every other job has none."""
    for number, (status, content) in claims.items():
        answer = instance.get(archive(1, number), token=TOKEN)
        if status == 201:
            assert answer.status == 200, f"{number}: {answer}"
        if answer.status == 200:
            assert answer.body == content, number
        else:
            assert answer.status == 404, f"{number}: {answer}"
    rows = instance.psql("SELECT encode(sha256, 'hex') || '.' || id FROM contents").split()
    assert set(rows) <= set(uploads.stored_files(instance))
    assert uploads.temporary_files(instance) == []


@pytest.mark.parametrize("victim", ["artifactd", "postgresql", "nginx"])
def test_kills_in_the_middle_of_uploads(instance_factory, victim):
    instance = instance_factory(document())
    numbers = itertools.count(1001)
    chance = random.Random(7)
    claims = {}
    for _ in range(3):
        batch = {next(numbers): zips.zip_of({"a": zips.noise(400_000, seed=chance.randrange(1 << 30))}) for _ in range(12)}
        with concurrent.futures.ThreadPoolExecutor(8) as threads:
            running = {each: threads.submit(try_upload, instance, each, content) for each, content in batch.items()}
            time.sleep(chance.uniform(0.01, 0.25))
            try:
                os.kill(instance.process(victim), signal.SIGKILL)
            except ProcessLookupError:
                pass
            claims.update({each: (running[each].result(), content) for each, content in batch.items()})
        instance.stop_services()
        instance.start()
        check_everything(instance, claims)
    # What did not get through is taken when it comes again.
    for number, (_, content) in claims.items():
        expect(upload(instance, number, token(number), content), 201, cell=str(number))
    check_everything(instance, {number: (201, content) for number, (_, content) in claims.items()})


def test_files_of_a_crash_are_reclaimed_at_the_next_start(instance_factory):
    instance = instance_factory(document(3))
    body = form(part("file", zips.noise(1_000_000), "a.zip"))
    sending = uploads.Upload(instance, path(1001), [content_type(), ("Job-Token", token(1001)),
                                                    ("Content-Length", str(len(body)))])
    sending.send(body[:600_000])
    uploads.wait_until(lambda: uploads.temporary_files(instance), what="the upload")
    instance.kill_server()
    sending.close()
    instance.stop_services()
    assert len(uploads.temporary_files(instance)) == 1
    instance.start()
    assert uploads.temporary_files(instance) == []
