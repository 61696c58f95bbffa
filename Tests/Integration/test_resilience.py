"""What clients see when a process dies, ends or comes back: whole answers, clear refusals, never a short file."""

import os
import signal
import subprocess
import threading
import time

import pytest

import zips
from fixtures.contract import file, archive, wire
from fixtures.processes import Relaunched, is_running, unsupervised, wait_until_gone
from manifests import Library, job, pipeline, project, public_group

SIZE = 60_000_000
SMALL = file(1, 1, "small.txt")


@pytest.fixture(scope="module")
def content():
    return {"stored.bin": zips.noise(SIZE), "deflated.txt": zips.prose(SIZE)}


@pytest.fixture(scope="module")
def large(content):
    return zips.build([
        zips.Member(b"stored.bin", content["stored.bin"]),
        zips.Member(b"deflated.txt", content["deflated.txt"], zips.DEFLATED), zips.Member(b"small.txt", b"small")])


@pytest.fixture
def instance(instance_factory, large):
    """A new instance for each test: none survives what is done to it."""
    files = Library()
    site = project("acme/site", pipeline("one", job("build", files.archive(large), id=1)), id=1, visibility="public")
    return instance_factory({"groups": [public_group("acme")], "projects": [site]})


def slow_download(instance, target, path, rate):
    """curl with little appetite; a transfer that hangs ends with its own exit status, 28."""
    return subprocess.Popen(
        ["curl", "-q", "--noproxy", "*", "--silent", "--fail", "--limit-rate", rate, "--max-time", "40",
         "--output", str(path), instance.url + target])


def wait_for_bytes(path, limit=10):
    deadline = time.monotonic() + limit
    while not path.exists() or path.stat().st_size < 1_000_000:
        assert time.monotonic() < deadline, "the download does not start"
        time.sleep(0.02)


def slow_downloads(instance, directory, rate):
    """One download of either kind of member, both well under way."""
    names = ("stored.bin", "deflated.txt")
    downloads = {name: slow_download(instance, file(1, 1, name), directory / name, rate) for name in names}
    for name in names:
        wait_for_bytes(directory / name)
    return downloads


def test_a_killed_server_is_a_broken_transfer_at_once(instance, tmp_path):
    downloads = slow_downloads(instance, tmp_path, "8M")
    with unsupervised(instance):
        os.kill(instance.process("artifactd"), signal.SIGKILL)
        for path, download in downloads.items():
            assert download.wait(60) == 18, f"{path}: curl ended with {download.returncode}, expected 18"
            assert (tmp_path / path).stat().st_size < SIZE, path
        answer = wire(instance, "GET", SMALL)
        assert (answer.status, answer.body) == (503, b'{"message":"503 Service Unavailable"}')
        assert len(answer.headers.all("Retry-After")) == 1


class Load(threading.Thread):
    """One client that asks for the same small file until told to stop, and keeps what it saw."""

    def __init__(self, instance):
        super().__init__()
        self.instance, self.seen, self.stopping = instance, [], threading.Event()

    def run(self):
        while not self.stopping.is_set():
            try:
                answer = wire(self.instance, "GET", SMALL)
                self.seen.append((answer.status, answer.body, answer.headers.all("Retry-After")))
            except (AssertionError, OSError) as error:
                self.seen.append((None, repr(error), []))


def under_load(instance, action, clients=4):
    """Runs `action` while clients ask; returns all that they saw."""
    loads = [Load(instance) for _ in range(clients)]
    for load in loads:
        load.start()
    try:
        time.sleep(0.3)
        action()
    finally:
        for load in loads:
            load.stopping.set()
        for load in loads:
            load.join(60)
    return [entry for load in loads for entry in load.seen]


def expect_whole_or_unavailable(seen):
    for status, body, retry_after in seen:
        assert status in (200, 503), f"{status}: {body!r}"
        if status == 200:
            assert body == b"small"
        else:
            assert body == b'{"message":"503 Service Unavailable"}' and len(retry_after) == 1, (body, retry_after)
    assert any(entry[0] == 200 for entry in seen)


def test_a_server_that_is_told_to_end_finishes_what_it_has_begun(instance, content, tmp_path):
    server = instance.process("artifactd")
    downloads = slow_downloads(instance, tmp_path, "20M")

    def end():
        os.kill(server, signal.SIGTERM)
        for path, download in downloads.items():
            assert download.wait(60) == 0, f"{path}: curl ended with {download.returncode}"
        wait_until_gone(server)

    with unsupervised(instance):
        expect_whole_or_unavailable(under_load(instance, end))
    for path in downloads:
        assert (tmp_path / path).read_bytes() == content[path], f"{path}: other bytes"


def wait_for_status(instance, target, status, limit=30):
    deadline = time.monotonic() + limit
    while (answer := wire(instance, "GET", target)).status != status:
        assert time.monotonic() < deadline, f"still {answer.status} after {limit} s, expected {status}"
        time.sleep(0.05)


def test_a_database_that_restarts_is_503_for_a_while_and_then_all_is_well(instance):
    server, database = instance.process("artifactd"), instance.process("postgresql")
    again = Relaunched(database)

    def restart():
        os.kill(database, signal.SIGINT)
        wait_until_gone(database)
        wait_for_status(instance, archive(1, 1), 503)
        again.start()
        wait_for_status(instance, archive(1, 1), 200)
        time.sleep(0.5)

    try:
        with unsupervised(instance):
            seen = under_load(instance, restart)
            expect_whole_or_unavailable(seen)
            assert seen and any(entry[0] == 503 for entry in seen), "the restart went unnoticed"
            after = [wire(instance, "GET", SMALL).status for _ in range(100)]
            assert after == [200] * 100, f"after the restart: {sorted(set(after))}"
            assert is_running(server) and instance.process("artifactd") == server
    finally:
        again.stop()


def test_a_crash_of_one_backend_is_survived(instance):
    server = instance.process("artifactd")

    def crash():
        backend = instance.psql("select pid from pg_stat_activity where pid <> pg_backend_pid() "
                                "and datname is not null and backend_type = 'client backend' limit 1").strip()
        os.kill(int(backend), signal.SIGKILL)
        time.sleep(0.5)
        wait_for_status(instance, archive(1, 1), 200)

    expect_whole_or_unavailable(under_load(instance, crash))
    assert [wire(instance, "GET", SMALL).status for _ in range(50)] == [200] * 50
    assert is_running(server)
