"""What is measured and by what: variants of a scenario, each of which checks its answers and yields samples."""

import hashlib
import json
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from .cpu import Usage, memory_mib
from .errors import BenchError
from .http import ask

HERE = Path(__file__).resolve().parent
TIMEOUT = 120
# What is slower than this (seconds) is asked so many times more: it may be fast from the second or third answer on.
FAST, WARMING = 0.1, 2
# From here on an answer counts by its bytes.
LARGE = 1 << 20


@dataclass
class Sample:
    """One round of one variant. Times are seconds; `requests` may be a fraction, of a body that was cut off at the end."""

    requests: float
    seconds: float
    bytes: int = 0
    p50: float | None = None
    p99: float | None = None
    errors: int = 0
    cpu: dict = field(default_factory=dict)
    memory: float | None = None
    figures: dict = field(default_factory=dict)

    @property
    def rate(self):
        """Requests a second."""
        return self.requests / self.seconds if self.seconds else 0.0


@dataclass(frozen=True)
class Expected:
    """What an answer must be, or it counts as an error. No digest: any body of that length; no length: of any."""

    status: int = 200
    length: int | None = None
    digest: str | None = None

    @staticmethod
    def of(body, status=200):
        """Exactly these bytes."""
        return Expected(status, len(body), hashlib.sha256(body).hexdigest())

    @staticmethod
    def of_file(path):
        """Exactly this file's bytes."""
        with open(path, "rb") as file:
            return Expected(200, Path(path).stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())

    def fault(self, answer):
        """What is wrong with an answer, or None."""
        if answer.status != self.status:
            return f"status {answer.status}, not {self.status}"
        if self.length is not None and answer.length != self.length:
            return f"{answer.length} bytes, not {self.length}"
        if self.digest is not None and answer.digest != self.digest:
            return "other bytes"
        return None


class Variant:
    """Somebody's way of doing the work of a scenario. Subclasses measure."""

    def __init__(self, name, rounds=None):
        self.name = name
        # Fewer rounds than the others have, where one takes long and says enough.
        self.rounds = rounds

    def check(self):
        """Raises `BenchError` where answers are not what they must be."""

    def measure(self, seconds):
        """One sample of about so many seconds."""
        raise NotImplementedError


class Requests(Variant):
    """The same GET over and over by so many clients."""

    def __init__(self, name, port, target, expected, *, headers=(), clients=16, roots=None):
        super().__init__(name)
        self.port, self.target, self.headers = port, target, dict(headers)
        self.expected = expected
        self.clients = clients
        self.roots = roots or {}
        self.answer = None

    def check(self):
        # Also the first touch, which is measured elsewhere: what a program keeps of an archive is there afterwards.
        self.answer = self.checked()
        for _ in range(WARMING):
            if self.answer.length >= LARGE or self.answer.seconds < FAST:
                break
            self.answer = self.checked()
        if self.answer.length < LARGE and self.answer.seconds < FAST:
            # In all of its processes: one client could meet the same one each time.
            with ThreadPoolExecutor(16) as pool:
                list(pool.map(lambda _: self.checked(), range(16)))

    def checked(self):
        """An answer that is right."""
        answer = ask(self.port, self.target, self.headers)
        fault = self.expected.fault(answer)
        if fault:
            raise BenchError(f"{self.name}: {self.target}: {fault}")
        return answer

    def measure(self, seconds):
        if self.answer is None:
            self.check()
        usage = Usage.begin(self.roots)
        # What takes longer than the round could end without one whole answer.
        slow = self.answer.length < LARGE and self.answer.seconds > seconds / 8
        sample = self.one_by_one(seconds) if slow else self.many(seconds)
        sample.cpu = usage.seconds()
        if "back end" in self.roots:
            sample.memory = memory_mib(self.roots["back end"])
        return sample

    def one_by_one(self, seconds):
        """Whole requests by one client until the time is over, at least one."""
        times, errors, begun = [], 0, time.perf_counter()
        while not times or time.perf_counter() - begun < seconds:
            answer = ask(self.port, self.target, self.headers)
            times.append(answer.seconds)
            errors += self.expected.fault(answer) is not None
        times.sort()
        total = len(times) * self.answer.length
        return Sample(len(times), sum(times), total, times[len(times) // 2], times[-1], errors)

    def many(self, seconds):
        """wrk, whose errors and byte counts must be those of right answers only."""
        report = wrk(self.port, self.target, seconds, self.clients, self.headers)
        wire = self.answer.wire_length
        requests = report["requests"] if self.answer.length < LARGE else report["bytes"] / wire
        wrong = report["statuses"] if self.expected.status < 400 else report["requests"] - report["statuses"]
        sample = Sample(requests, report["microseconds"] / 1e6, report["bytes"], report["p50"] / 1e6, report["p99"] / 1e6,
                        wrong + report["broken"])
        if not self.is_plausible(report["bytes"], report["requests"]):
            sample.errors = max(sample.errors, report["requests"])
        if report["requests"] == 0:
            sample.p50 = sample.p99 = None
        return sample

    def is_plausible(self, received, requests):
        """Whether so many bytes are that many right answers: those of another length are wrong ones.

        Of each client's last answer, which the end cuts off, there may be anything between nothing and all. Heads differ by
        a byte or two, such as in Date or a time.
        """
        wire = self.answer.wire_length
        slack = 16 + wire / 20
        return requests * (wire - slack) <= received <= (requests + self.clients) * (wire + slack)


def wrk(port, target, seconds, clients, headers=(), script="wrk.lua", arguments=()):
    """One run of wrk; what done() in the script printed."""
    command = ["wrk", "--connections", str(clients), "--threads", str(min(2, clients)), "--duration",
               f"{max(1, round(seconds))}s", "--timeout", f"{TIMEOUT}s", "--script", str(HERE / script)]
    for name, value in dict(headers).items():
        command += ["--header", f"{name}: {value}"]
    command += [f"http://127.0.0.1:{port}{target}", "--", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0 or not lines or not lines[-1].startswith("{"):
        raise BenchError(f"wrk ended with {done.returncode}: {done.stderr or done.stdout}")
    return json.loads(lines[-1])


class Program(Variant):
    """Work that no server does: a limit. `work(seconds)` returns a sample."""

    def __init__(self, name, work):
        super().__init__(name)
        self.work = work

    def measure(self, seconds):
        return self.work(seconds)
