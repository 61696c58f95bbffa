"""Uploads as a runner sends them, and the deletion of what a project has."""

import http.client
import itertools
import socket
import threading
import time
from statistics import fmean, median

from . import archives, dataset
from .cpu import Usage, memory_mib
from .errors import BenchError
from .http import ask
from .load import Expected, Requests, Sample, Variant, wrk
from .streams import PeakMemory

BOUNDARY = "----------------------artifactdbench"
# Every upload of a run goes to another job with another content; wrk.lua's begin at the first.
TURNS = itertools.count(int(time.time()) % 10_000_000)
LARGE_JOBS = itertools.count(dataset.FIRST_UPLOAD_JOB + dataset.UPLOAD_JOBS - 4_000)


def upload(port, path, job):
    """One upload by the runner's protocol; the file's last 16 bytes are replaced, so that the content is new.

    The body goes from the page cache to the socket; returns the seconds until the answer.
    """
    size = path.stat().st_size
    head = (f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"artifacts.zip\"\r\n"
            f"Content-Type: application/octet-stream\r\n\r\n").encode()
    comment = b"%08d%08d" % (next(TURNS) % 10**8, job % 10**8)
    tail = comment + f"\r\n--{BOUNDARY}--\r\n".encode()
    kept = size - len(archives.COMMENT)
    request = (f"POST /api/v4/jobs/{job}/artifacts?artifact_type=archive&artifact_format=zip HTTP/1.1\r\n"
               f"Host: 127.0.0.1\r\nJOB-TOKEN: glcbt-bench-{job}\r\nConnection: close\r\n"
               f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
               f"Content-Length: {len(head) + kept + len(tail)}\r\n\r\n").encode()
    with open(path, "rb") as file, socket.create_connection(("127.0.0.1", port), timeout=300) as connection:
        begun = time.perf_counter()
        connection.sendall(request + head)
        connection.sendfile(file, 0, kept)
        connection.sendall(tail)
        response = http.client.HTTPResponse(connection)
        response.begin()
        body = response.read()
        if response.status != 201:
            raise BenchError(f"an upload was answered with {response.status}: {body[:200]!r}")
        return time.perf_counter() - begun


class SmallUploads(Variant):
    """1 KiB each, by wrk."""

    def __init__(self, stage, clients):
        super().__init__("artifactd")
        self.stage, self.clients = stage, clients

    def measure(self, seconds):
        instance = self.stage.instance
        usage = Usage.begin(instance.roots)
        arguments = [dataset.FIRST_UPLOAD_JOB, dataset.UPLOAD_JOBS - 4_000, self.stage.paths["1k"], f"{next(TURNS) % 10**8:08d}"]
        report = wrk(instance.port, "/", seconds, self.clients, script="upload.lua", arguments=arguments)
        sample = Sample(report["requests"], report["microseconds"] / 1e6, report["requests"] * archives.KIB,
                        report["p50"] / 1e6, report["p99"] / 1e6, report["statuses"] + report["broken"], usage.seconds(),
                        memory_mib(instance.pid("artifactd")))
        # The next round needs the jobs again.
        instance.sql(dataset.forget_uploads())
        return sample


class Downloads:
    """So many clients that download 100 MiB over and over: half of them a whole archive, half the file in it."""

    def __init__(self, stage, count):
        self.port, self.over = stage.instance.port, threading.Event()
        self.answers, self.failures = [], []
        job = dataset.JOBS["blob"]
        self.expected = {dataset.job_path(job): stage.paths["blob"].stat().st_size,
                         dataset.job_path(job, f"/{archives.BLOB}"): 100 * archives.MIB}
        targets = itertools.islice(itertools.cycle(self.expected), count)
        self.threads = [threading.Thread(target=self.run, args=(target,)) for target in targets]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def run(self, target):
        """One client; a download that has begun is read to its end."""
        while not self.over.is_set():
            try:
                answer = ask(self.port, target, headers(), timeout=300)
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(error)
                continue
            right = (answer.status, answer.length) == (200, self.expected[target])
            (self.answers if right else self.failures).append(answer)


class LargeUploads(Variant):
    """100 MiB each, so many at once, beside so many downloads; one sample is one such burst."""

    def __init__(self, stage, at_once=1, downloads=0):
        super().__init__(f"artifactd, {downloads} downloads beside" if downloads else "artifactd")
        self.stage, self.at_once, self.downloads = stage, at_once, downloads

    def measure(self, seconds):
        instance, path = self.stage.instance, self.stage.paths["blob"]
        times, failures = [], []

        def one(job):
            try:
                times.append(upload(instance.port, path, job))
            except (BenchError, OSError) as error:
                failures.append(error)

        usage, begun = Usage.begin(instance.roots), time.perf_counter()
        with PeakMemory(instance.pid("artifactd")) as memory, Downloads(self.stage, self.downloads) as downloads:
            threads = [threading.Thread(target=one, args=(next(LARGE_JOBS),)) for _ in range(self.at_once)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            seconds = time.perf_counter() - begun
        cpu = usage.seconds()
        instance.sql(dataset.forget_uploads())
        failures += downloads.failures
        if not times:
            raise failures[0]
        times.sort()
        return Sample(len(times), seconds, len(times) * path.stat().st_size, times[len(times) // 2], times[-1],
                      len(failures), cpu, memory.peak,
                      {"peak MiB": memory.peak, **({"downloads": len(downloads.answers)} if self.downloads else {})})


class Deletion(Variant):
    """`DELETE /projects/:id/artifacts` of many rows: its answer, the sweeper's rate, what others' downloads keep."""

    # Of others' downloads, before it: afterwards there is still much to tidy up.
    BEFORE = 10
    # A single answer says little where it takes two milliseconds, and the first prepares the statement.
    ANSWERS = 5

    def __init__(self, stage, rows):
        super().__init__("artifactd")
        self.stage, self.rows = stage, rows

    def measure(self, seconds):
        instance = self.stage.instance
        instance.sql(dataset.jobs_to_delete(dataset.DELETED_PROJECT, dataset.FIRST_DELETED_JOB, self.rows))
        instance.settle()
        # After ANALYZE, not before: it makes PostgreSQL plan every statement anew, which costs more than deleting.
        single = self.single_row_median()
        expected = Expected.of(archives.log_text(2 * archives.KIB))
        download = Requests("artifactd", instance.port, dataset.job_path(2, f"/{archives.WANTED}"), expected,
                            headers={"PRIVATE-TOKEN": dataset.TOKEN}, roots=instance.roots)
        before = fmean(download.measure(1).rate for _ in range(self.BEFORE))
        usage, begun = Usage.begin(instance.roots), time.perf_counter()
        answer = median(self.ask_for_deletion() for _ in range(self.ANSWERS))
        beside = []
        while (left := self.rows_left()) > 0 and time.perf_counter() - begun < 900:
            beside.append(download.measure(1))
        took, used = time.perf_counter() - begun, usage.seconds()
        # The last may have gone on behind the end.
        meanwhile = fmean((each.requests - each.errors) / each.seconds for each in beside[:-1] or beside) if beside else None
        figures = {"answer / one row": answer / single, "rows a second": (self.rows - left) / took,
                   "downloads kept": meanwhile / before if meanwhile is not None and before else None}
        return Sample(self.rows, took, 0, answer, None, left, used, None, figures)

    def ask_for_deletion(self):
        """Seconds of the answer; nearly all rows are still there at the last of a few."""
        answer = ask(self.stage.instance.port, f"/api/v4/projects/{dataset.DELETED_PROJECT}/artifacts", headers(), "DELETE")
        if answer.status != 202:
            raise BenchError(f"the deletion was answered with {answer.status}")
        return answer.seconds

    def rows_left(self):
        """How many rows are left; all of them while the last job has one, as counting would take part in what is measured."""
        last = dataset.FIRST_DELETED_JOB + self.rows - 1
        if int(self.stage.instance.sql(f"SELECT count(*) FROM artifacts WHERE job_id = {last}")):
            return self.rows
        return int(self.stage.instance.sql(f"SELECT count(*) FROM artifacts WHERE project_id = {dataset.DELETED_PROJECT}"))

    def single_row_median(self):
        """Seconds of `DELETE /projects/:id/jobs/:job_id/artifacts`."""
        instance, count = self.stage.instance, 100
        instance.sql(dataset.jobs_to_delete(dataset.SINGLE_PROJECT, dataset.FIRST_SINGLE_JOB, count))
        times = []
        for job in range(dataset.FIRST_SINGLE_JOB, dataset.FIRST_SINGLE_JOB + count):
            target = f"/api/v4/projects/{dataset.SINGLE_PROJECT}/jobs/{job}/artifacts"
            answer = ask(instance.port, target, headers(), "DELETE")
            if answer.status != 204:
                raise BenchError(f"a deletion was answered with {answer.status}")
            times.append(answer.seconds)
        return sorted(times)[count // 2]


def headers():
    """The token of the one user of the manifest."""
    return {"PRIVATE-TOKEN": dataset.TOKEN}
