"""200 uploads that bring about 1 KiB a second each: they hold threads of uploads only, and nobody else waits for them."""

import concurrent.futures
import threading

import pytest

import zips
from fixtures import uploads
from fixtures.contract import archive, expect, file
from fixtures.uploads import content_type, form, part, path, upload
from manifests import access_token, job_token, member, pipeline, project, running_job, user

TOKEN = access_token("dev")
CONNECTIONS, WORKERS = 200, 32
CONTENT = zips.noise(50_000)
ARCHIVE = zips.zip_of({"a.bin": CONTENT})
BODY = form(part("file", zips.noise(1_000_000), "a.zip"))
BUSY = {pool: f'artifactd_worker_busy{{pool="{pool}"}}' for pool in ("upload", "download")}


@pytest.fixture(scope="module")
def instance(instance_factory):
    """The limits of rate and time stay out of it: here it is about the threads."""
    jobs = [running_job(f"job {number}", "dev", id=number) for number in range(1, CONNECTIONS + 3)]
    return instance_factory({"users": [user("dev")], "projects": [
        project("group/site", pipeline("one", *jobs), id=1, members=[member("dev", "developer")])]},
        environment={"ARTIFACTD_UPLOAD_WORKERS": str(WORKERS), "ARTIFACTD_UPLOAD_MIN_RATE": "0"})


def token(number):
    return job_token(f"job {number}")


class Drip:
    """Uploads that each send 256 bytes every quarter of a second until they are stopped."""

    def __init__(self, instance, numbers):
        self.sending = []
        for each in numbers:
            self.sending.append(uploads.Upload(instance, path(each), [
                content_type(), ("Job-Token", token(each)), ("Content-Length", str(len(BODY)))]))
            self.sending[-1].connection.setblocking(False)
        self.sent = 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        for each in self.sending:
            each.close()

    def run(self):
        while not self.over.wait(0.25):
            for each in self.sending:
                each.send(BODY[self.sent:self.sent + 256])
            self.sent += 256

    def answered(self):
        """How many have an answer already, or were closed."""
        return sum(each.has_answer() for each in self.sending)


def test_slow_uploads_hold_no_thread_of_downloads(instance):
    first, last = CONNECTIONS + 1, CONNECTIONS + 2
    expect(upload(instance, first, token(first), ARCHIVE), 201)

    def download(number):
        target, content = (archive(1, first), ARCHIVE) if number % 2 else (file(1, first, "a.bin"), CONTENT)
        answer = instance.get(target, token=TOKEN)
        return answer.status == 200 and answer.body == content

    with Drip(instance, range(1, CONNECTIONS + 1)) as drip:
        uploads.wait_until(lambda: uploads.figure(instance, BUSY["upload"]) == WORKERS, what="the use of all upload threads")
        uploads.wait_until(lambda: drip.sent >= 1024, what="a second of slow uploads")
        assert uploads.figure(instance, BUSY["download"]) == 0
        with concurrent.futures.ThreadPoolExecutor(8) as threads:
            assert all(threads.map(download, range(48)))
        # All of the threads of uploads were held all the time, and none of the other pool is, now that nobody downloads.
        assert uploads.figure(instance, BUSY["upload"]) == WORKERS
        uploads.wait_until(lambda: uploads.figure(instance, BUSY["download"]) == 0, what="the end of the downloads")
        assert drip.answered() == 0, "slow uploads were turned away: this test no longer has as many as it means to"
    uploads.wait_until(lambda: uploads.figure(instance, BUSY["upload"]) == 0, limit=60, what="the end of the uploads")
    assert uploads.temporary_files(instance) == []
    expect(upload(instance, last, token(last), ARCHIVE), 201)
