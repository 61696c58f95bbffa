"""Does memory grow with the requests that were answered? A mix of them, many times, and what artifactd holds meanwhile."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from . import archives, dataset, mix
from .cpu import status_kib
from .instance import Instance
from .machine import Machine
from .measure import say
from .report import number, table

# A block of malloc has 32 bytes or more: a leak in every eighth request is seen, if it is the only growth. Less than a
# megabyte in all is no growth: arenas of threads and pages of mapped indexes come and go in steps of that order.
BYTES_A_REQUEST = 4.0
NOISE = 1 << 20
SAMPLES = 60
# Asked first, whatever was asked for: until each of a hundred workers has had every kind, buffers are being made.
WARM_UP = 30_000
# In the warm-up the database stands still so often, for so many seconds: then all clients' requests are in the server at once,
# each with what it needs. Else that moment comes sooner or later, and what it leaves behind looks like growth.
STANDSTILLS, STANDSTILL = 3, 0.5


@dataclass(frozen=True)
class Held:
    """What the process holds after so many requests."""

    requests: int
    seconds: float
    resident: int
    anonymous: int
    descriptors: int
    threads: int


def held(pid, requests, seconds):
    """From /proc, while nobody asks."""
    return Held(requests, seconds, 1024 * (status_kib(pid, "VmRSS") or 0), 1024 * (status_kib(pid, "RssAnon") or 0),
                len(os.listdir(f"/proc/{pid}/fd")), status_kib(pid, "Threads") or 0)


def slope(samples, value):
    """Bytes a request of the straight line through the samples, by least squares."""
    count = len(samples)
    mean_x = sum(each.requests for each in samples) / count
    mean_y = sum(value(each) for each in samples) / count
    above = sum((each.requests - mean_x) * (value(each) - mean_y) for each in samples)
    below = sum((each.requests - mean_x) ** 2 for each in samples)
    return above / below if below else 0.0


class Verdict:
    """Of the last three quarters behind the warm-up, in which caches, arenas and connections are made."""

    def __init__(self, samples):
        total = samples[-1].requests
        self.samples = [each for each in samples if each.requests >= WARM_UP + (total - WARM_UP) / 4]
        self.requests = total - self.samples[0].requests
        self.slopes = {"resident": slope(self.samples, lambda each: each.resident),
                       "anonymous": slope(self.samples, lambda each: each.anonymous)}

    @property
    def faults(self):
        """What grows, in words."""
        found = [f"{name} memory grows by {rate:.1f} bytes a request" for name, rate in self.slopes.items()
                 if rate > BYTES_A_REQUEST and rate * self.requests > NOISE]
        for name in ("descriptors", "threads"):
            values = [getattr(each, name) for each in self.samples]
            half = len(values) // 2
            # Keeping pools makes them vary; more at best in the second half than at worst in the first is growth.
            if half and min(values[half:]) > max(values[:half]):
                found.append(f"{name} grow: {max(values[:half])} at most in the first half, then {min(values[half:])} or more")
        return found


def stand_still(instance):
    """Nobody's request is decided for a while."""
    instance.sql(f"BEGIN; LOCK TABLE projects IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep({STANDSTILL}); COMMIT")


def run(instance, options):
    """Samples until so many requests are answered, and the answers by status."""
    script, archive = instance.directory / "mix.txt", Path(options.data, "archives", "1k.zip")
    mix.write_script(script)
    instance.sql(dataset.forget_uploads())
    pid, begun, answered, counts = instance.pid("artifactd"), time.perf_counter(), 0, {}
    samples, seconds, number_of_slice = [held(pid, 0, 0.0)], 1, int(time.time()) % 90
    total = WARM_UP + options.soak
    while answered < total:
        with ThreadPoolExecutor(1) as beside:
            halt = beside.submit(stand_still, instance) if len(samples) <= STANDSTILLS else None
            report = mix.play(instance.port, script, archive, seconds, options.clients, number_of_slice)
        if halt:
            halt.result()
        number_of_slice += 1
        answered += report["requests"]
        for status, count in report["answered"].items():
            counts[status] = counts.get(status, 0) + count
        samples.append(held(pid, answered, time.perf_counter() - begun))
        rate = answered / samples[-1].seconds
        seconds = max(1, min(10, round(total / rate / SAMPLES)))
        if number_of_slice % 80 == 0:
            # Jobs for uploads are used again.
            instance.sql(dataset.forget_uploads())
        say(f"  {answered:,} of {total:,} requests, {samples[-1].resident / 2**20:.1f} MiB")
    return samples, counts


def soak(options):
    """0 where nothing grows."""
    paths = archives.provide(Path(options.data, "archives"), [name for name in archives.ARCHIVES if name in mix.ARCHIVES])
    instance = Instance(Path(options.data, "soak"), options.binary, options.settings)
    instance.directory.mkdir(parents=True, exist_ok=True)
    machine = Machine()
    say("Starting artifactd, with the data that it needs")
    try:
        instance.load(dataset.manifest(paths), mix.rows())
        samples, counts = run(instance, options)
    finally:
        instance.stop()
    verdict = Verdict(samples)
    text = markdown(options, machine, samples, counts, verdict)
    if options.output:
        Path(options.output).write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    if options.json:
        Path(options.json).write_text(json.dumps({"samples": [asdict(each) for each in samples], "answers": counts,
                                                  "slopes": verdict.slopes, "faults": verdict.faults}, indent=1),
                                      encoding="utf-8")
    return 1 if verdict.faults else 0


def markdown(options, machine, samples, counts, verdict):
    """The report."""
    step = max(1, len(samples) // 16)
    shown = [each for place, each in enumerate(samples) if place % step == 0 or each is samples[-1]]
    mib = 1 << 20
    rows = [[f"{each.requests:,}", number(each.seconds, 0), number(each.resident / mib, 1), number(each.anonymous / mib, 1),
             str(each.descriptors), str(each.threads)] for each in shown]
    answers = ", ".join(f"{status}: {count:,}" for status, count in sorted(counts.items()))
    growth = "; ".join(f"{name} {rate:+.2f} bytes a request ({rate * verdict.requests / mib:+.2f} MiB)"
                       for name, rate in verdict.slopes.items())
    result = "**No growth.**" if not verdict.faults else "**It grows:** " + "; ".join(verdict.faults) + "."
    about = "; ".join(f"{word}: {value}" for word, value in machine.describe().items())
    return "\n\n".join([
        f"## {samples[-1].requests:,} requests, what artifactd holds",
        f"{options.clients} clients; archives, single files of 10 and 50,000 members, ranges, 304, lists, a job, by ref, 404, bad "
        f"tokens, small uploads. Answers by status: {answers}. {about}.",
        table(["requests", "s", "resident MiB", "anonymous MiB", "descriptors", "threads"], rows, 0),
        f"A straight line through the last three quarters behind the first {WARM_UP:,}: {growth}. Growth is more than {BYTES_A_REQUEST:g} bytes a request "
        f"and {NOISE // mib} MiB in all. {result}",
    ]) + "\n"
