"""Uploads that meet each other, a crash or the end of the database: a whole artifact or nothing, ever."""

import concurrent.futures
import contextlib
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
from fixtures.store import faults
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


# How many uploads the kill loop makes, and its seed, which a failure names; 500 take some minutes.
UPLOADS = int(os.environ.get("ARTIFACTD_TEST_KILL_UPLOADS", "60"))
SEED = int(os.environ.get("ARTIFACTD_TEST_KILL_SEED", random.randrange(1 << 30)))
VICTIMS = ["artifactd", "postgresql", "nginx"]
BATCH = 10


class Claims:
    """What clients of the kill loop were told of each job, and what they sent."""

    def __init__(self, instance):
        self.instance = instance
        self.told = {}

    def record(self, number, status, content):
        self.told[number] = (status, content)

    def check(self, numbers, where):
        """Each 201 that a client saw is fully there; any other upload is there as a whole or not at all."""
        rows = self.rows()
        for number in numbers:
            status, content = self.told[number]
            answer = self.instance.get(archive(1, number), token=TOKEN)
            if status == 201 or number in rows:
                assert answer.status == 200, f"{where}: job {number} was told {status}, and has {answer}"
                assert answer.body == content, f"{where}: job {number} has other bytes than were sent"
                assert rows[number] == hashlib.sha256(content).hexdigest(), f"{where}: job {number}, digest"
            else:
                assert answer.status == 404, f"{where}: job {number} has no row, and {answer}"
            # A refusal that the client saw is one: only a broken connection or a 5xx leaves open what came of it.
            assert status is None or status == 201 or status >= 500, f"{where}: job {number} was told {status}"
        lost = [each for each in faults(self.instance) if "no row" not in each]
        assert not lost, f"{where}: {lost}"
        assert uploads.temporary_files(self.instance) == [], where

    def rows(self):
        """The digest of each job's archive."""
        text = self.instance.psql("SELECT a.job_id, encode(c.sha256, 'hex') FROM artifacts a "
                                  "JOIN contents c ON c.id = a.content_id")
        return {int(number): name for number, name in (line.split("|") for line in text.split())}

    def __str__(self):
        """How it went, for the log of a long run."""
        statuses = [status for status, _ in self.told.values()]
        rows = self.rows()
        unseen = sum(status != 201 and number in rows for number, (status, _) in self.told.items())
        return (f"{len(statuses)} uploads: {statuses.count(201)} answered 201, {statuses.count(None)} cut off, "
                f"{len(statuses) - statuses.count(201) - statuses.count(None)} refused with 5xx, "
                f"{unseen} stored without their answer")


def kill(instance, victim):
    """kill -9 of a process and all that it has started; the supervisor may be quicker with some of them."""
    with contextlib.suppress(FileNotFoundError):
        doomed = [instance.process(victim)]
        for each in doomed:
            with contextlib.suppress(OSError):
                children = Path(f"/proc/{each}/task/{each}/children").read_text().split()
                os.kill(each, signal.SIGKILL)
                doomed += map(int, children)


def upload_under_fire(claims, batch, victim, after, moment):
    """The uploads of a batch at once, and a kill a moment after so many of them have ended."""
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        running = {each: threads.submit(try_upload, claims.instance, each, content) for each, content in batch.items()}
        for ended, _ in enumerate(concurrent.futures.as_completed(running.values()), 1):
            if ended >= after:
                break
        time.sleep(moment)
        kill(claims.instance, victim)
        for each, content in batch.items():
            claims.record(each, running[each].result(), content)


def some_archive(chance, kept):
    """A new archive of any size, and now and then one that was sent before: its content may be there, or half there."""
    if not kept or chance.random() < 0.8:
        size = chance.choice([100, 20_000, 400_000, 1_500_000])
        kept.append(zips.zip_of({"a": zips.noise(size, seed=chance.randrange(1 << 30))}, method=0))
        return kept[-1]
    return chance.choice(kept[-3 * BATCH:])


def test_kills_in_the_middle_of_uploads(instance_factory):
    """Server, database and web server are killed at random while clients upload, over and over, on the same data."""
    instance = instance_factory(document(UPLOADS))
    chance = random.Random(SEED)
    claims, kept = Claims(instance), []
    for turn, first in enumerate(range(1001, 1001 + UPLOADS, BATCH)):
        # Each is killed as often as the others, in an order of chance.
        if turn % len(VICTIMS) == 0:
            order = chance.sample(VICTIMS, len(VICTIMS))
        numbers = range(first, min(first + BATCH, 1001 + UPLOADS))
        victim, after, moment = order[turn % len(VICTIMS)], chance.randrange(1, BATCH - 2), chance.uniform(0, 0.02)
        upload_under_fire(claims, {each: some_archive(chance, kept) for each in numbers}, victim, after, moment)
        instance.stop_services()
        instance.start()
        claims.check(numbers, f"seed {SEED}, turn {turn}, {victim} killed {moment:.3f} s after upload {after}")
    where = f"seed {SEED}, after all turns"
    print(f"seed {SEED}, {turn + 1} kills, {claims}")
    claims.check(claims.told, where)
    assert any(status != 201 for status, _ in claims.told.values()), f"{where}: no kill hit an upload"
    done = instance.artifactd("gc", "--dry-run")
    assert (done.returncode, done.stdout) == (0, "nothing to collect that is older than 1h\n"), f"{where}: {done}"
    check_that_only_crashes_left_files(instance, claims, where)
    # What did not get through is taken when it comes again, and what did changes nothing.
    for number, (_, content) in claims.told.items():
        expect(upload(instance, number, token(number), content), 201, cell=f"{where}: {number}")
        claims.record(number, 201, content)
    claims.check(claims.told, where)
    assert faults(instance) == [], where


def check_that_only_crashes_left_files(instance, claims, where):
    """Files without a row are there for no other reason than an upload that was cut off, and gc takes all of them."""
    left = [each for each in faults(instance) if "no row" in each]
    cut_off = {hashlib.sha256(content).hexdigest() for status, content in claims.told.values() if status != 201}
    assert {each.split(".")[0] for each in left} <= cut_off, f"{where}: {left}"
    done = instance.artifactd("gc", "--delete", "--grace", "0")
    assert done.returncode == 0, f"{where}: {done}"
    print(f"gc after the kills: {done.stdout}")
    done = instance.artifactd("gc", "--grace", "0")
    assert done.stdout == "nothing to collect that is older than 0\n", f"{where}: {done}"
    claims.check(claims.told, where)


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
