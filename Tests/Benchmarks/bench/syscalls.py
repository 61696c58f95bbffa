"""System calls a request, counted by strace in a run of its own: it makes everything slow."""

import shutil
import signal
import subprocess
import time

from .errors import BenchError
from .perf import pids_of

SECONDS = 2


def require():
    """Raises where strace is missing."""
    if not shutil.which("strace"):
        raise BenchError("strace is not installed (Debian: strace)")


def a_request(directory, roots, work):
    """Calls a request by component and name, the most frequent first. `work(seconds)` returns a sample."""
    return {name: of_component(directory, name, root, work) for name, root in roots.items()}


def of_component(directory, name, root, work):
    """Of one component at a time, so that the others keep their pace."""
    summary = directory / f"strace-{name.replace(' ', '-')}.txt"
    pids = ",".join(map(str, pids_of({name: root})))
    command = ["strace", "-f", "-c", "-U", "calls,name", "-o", str(summary), "-p", pids]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        # It attaches to one thread after the other, and tells nobody when it is done.
        time.sleep(1)
        if process.poll() is not None:
            raise BenchError("strace could not attach: is ptrace permitted?")
        requests = work(SECONDS).requests
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait()
    return {call: count / requests for call, count in counts(summary.read_text(encoding="utf-8"))}


def counts(text):
    """The rows of strace's table, which ends with their sum."""
    for line in text.splitlines():
        fields = line.split()
        if len(fields) == 2 and fields[0].isdigit() and fields[1] != "total":
            yield fields[1], int(fields[0])
