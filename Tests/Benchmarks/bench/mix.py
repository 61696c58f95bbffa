"""A mix of what clients ask, for long runs: as wrk plays it, and one by one."""

import http.client
import json
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path

from . import archives, dataset
from .errors import BenchError

HERE = Path(__file__).resolve().parent
TOKEN = {"PRIVATE-TOKEN": dataset.TOKEN}
MEMBER = f"/{archives.WANTED}"
# The archives and refs that the mix needs.
ARCHIVES = {"1k", "10", "50k"}
REF = "many"


@dataclass(frozen=True)
class Kind:
    """One kind of request: so many of a round, and the status that it must be answered with."""

    weight: int
    target: str
    status: int = 200
    headers: dict = field(default_factory=lambda: TOKEN)


KINDS = (
    Kind(40, dataset.job_path(dataset.JOBS["1k"])),
    Kind(40, dataset.job_path(dataset.JOBS["10"], MEMBER)),
    Kind(20, dataset.job_path(dataset.JOBS["50k"], MEMBER)),
    Kind(20, dataset.job_path(dataset.JOBS["10"], MEMBER), 304, {**TOKEN, "If-None-Match": "*"}),
    Kind(12, dataset.job_path(dataset.JOBS["10"], MEMBER), 206, {**TOKEN, "Range": "bytes=1024-"}),
    Kind(16, dataset.job_path(dataset.JOBS["50k"], "/tree?per_page=20")),
    Kind(16, dataset.ref_path(REF)),
    Kind(10, f"/api/v4/projects/{dataset.PROJECT}/jobs/{dataset.JOBS['10']}"),
    Kind(10, dataset.job_path(dataset.JOBS["10"], "/nothing.txt"), 404),
    Kind(5, dataset.job_path(4_000_000_000), 404),
    Kind(10, dataset.job_path(dataset.JOBS["1k"]), 401, {"PRIVATE-TOKEN": "glpat-unknown-unknown-0"}),
)
# Uploads, of 1 KiB, come beside them: each has a job and a content of its own.
UPLOADS = 1
# wrk's uploads of one slice begin at a job of their own.
UPLOADS_A_SLICE = 400


def rows():
    """What the instance needs beside the manifest."""
    project, count, failed = dataset.REFS[REF]
    return "\n".join([dataset.pipelines_of_ref(project, REF, count, failed, 1_000), dataset.running_jobs()])


def rounds():
    """One round of the mix, evenly shuffled, the same each time."""
    total = sum(kind.weight for kind in KINDS)
    due = [(index + 0.5) / kind.weight * total for kind in KINDS for index in range(kind.weight)]
    kinds = [kind for kind in KINDS for _ in range(kind.weight)]
    return [kinds[place] for place in sorted(range(total), key=due.__getitem__)]


def write_script(path):
    """The mix as mix.lua reads it: status, target, then fields, separated by tabs."""
    lines = ["\t".join([str(kind.status), kind.target, *(part for pair in kind.headers.items() for part in pair)])
             for kind in rounds()]
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


def play(port, script, archive, seconds, clients, slice_number):
    """wrk plays the mix: what done() in mix.lua printed, with the answers by status and those that were expected."""
    first = dataset.FIRST_UPLOAD_JOB + slice_number * UPLOADS_A_SLICE % (dataset.UPLOAD_JOBS - UPLOADS_A_SLICE)
    command = ["wrk", "--connections", str(clients), "--threads", str(min(2, clients)), "--duration", f"{seconds}s",
               "--timeout", "60s", "--script", str(HERE / "mix.lua"), f"http://127.0.0.1:{port}/", "--", str(script),
               str(archive), str(first), str(UPLOADS_A_SLICE), str(len(rounds()) // UPLOADS), f"{slice_number:08d}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0 or not lines or not lines[-1].startswith("{"):
        raise BenchError(f"wrk ended with {done.returncode}: {done.stderr or done.stdout}")
    report = json.loads(lines[-1])
    for name in ("answered", "expected"):
        report[name] = {int(status): count for status, count in report[name].items()}
    # What was on its way when the time was over has been sent and not answered.
    odd = {status: (report["answered"].get(status, 0), report["expected"].get(status, 0))
           for status in report["answered"].keys() | report["expected"].keys()
           if not 0 <= report["expected"].get(status, 0) - report["answered"].get(status, 0) <= 2 * clients}
    if odd or report["broken"]:
        raise BenchError(f"answers by status, and what was expected: {odd}; {report['broken']} broken connections")
    return report


def ask_all(port, count, clients=4):
    """Exactly so many requests of the mix by so many clients, each answer checked. No uploads."""
    faults, kinds = [], rounds()

    def client(number):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        for place in range(number, count, clients):
            kind = kinds[place % len(kinds)]
            connection.request("GET", kind.target, headers=kind.headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != kind.status:
                faults.append(f"{kind.target}: {answer.status}, not {kind.status}")
        connection.close()

    def guarded(number):
        try:
            client(number)
        except (OSError, http.client.HTTPException) as error:
            faults.append(repr(error))

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise BenchError(f"{len(faults)} wrong answers, such as {faults[0]}")
