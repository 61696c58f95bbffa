"""Does artifactd lose memory? valgrind looks at the end of a short run and of a longer one: what grows is lost by requests."""

import re
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import archives, dataset, mix
from .errors import BenchError
from .gateway import Gateway
from .instance import Instance, SpareServer, run
from .measure import say
from .report import table
from .services import give_to_service

# The longer run has so many times the requests.
LONGER = 3
KINDS = ("definitely lost", "indirectly lost", "possibly lost", "still reachable")
# Fewer bytes than that are no loss of a request: the smallest block in one of 32 would be more.
BYTES_A_REQUEST = 1.0
# Start, end and every reply of the database take so many times as long.
LIMIT = 600


@dataclass(frozen=True)
class Lost:
    """Bytes and blocks of each kind at the end of a run."""

    requests: int
    amounts: dict
    records: str


def read(log, requests):
    """valgrind's summary and its records of what is lost for certain."""
    text = log.read_text(encoding="utf-8", errors="replace")
    text = re.sub(r"^==\d+== ?", "", text, flags=re.MULTILINE)
    amounts = {}
    for kind in KINDS:
        found = re.search(rf"{kind}: ([\d,]+) bytes in ([\d,]+) blocks", text)
        amounts[kind] = tuple(int(part.replace(",", "")) for part in found.groups()) if found else (0, 0)
    if "HEAP SUMMARY" not in text:
        raise BenchError(f"valgrind gave no summary:\n{text[-3000:]}")
    records = [part for part in text.split("\n\n") if "definitely lost in loss record" in part]
    return Lost(requests, amounts, "\n\n".join(records[-5:]))


def one_run(parts, requests):
    """Starts the server below valgrind, asks, ends it, reads what it says."""
    instance, work, sockets, port = parts
    log = work / f"valgrind-{requests}.log"
    log.unlink(missing_ok=True)
    command = ["valgrind", "--leak-check=full", "--show-leak-kinds=definite", "--num-callers=30", f"--log-file={log}",
               work / "artifactd"]
    spare = SpareServer(instance, work, sockets, command)
    try:
        spare.start(limit=LIMIT)
        mix.ask_all(port, requests)
        spare.service.process.send_signal(signal.SIGTERM)
        spare.service.process.wait(LIMIT)
    except subprocess.TimeoutExpired as error:
        raise BenchError(f"artifactd below valgrind did not end within {LIMIT} s") from error
    finally:
        spare.stop()
    return read(log, requests)


def leaks(options):
    """0 where no request loses memory."""
    directory = Path(options.data)
    paths = archives.provide(directory / "archives", [name for name in archives.ARCHIVES if name in mix.ARCHIVES])
    instance = Instance(directory / "soak", options.binary, options.settings)
    instance.directory.mkdir(parents=True, exist_ok=True)
    work = directory / "soak" / "leaks"
    work.mkdir(parents=True, exist_ok=True)
    give_to_service(work)
    gateway = None
    with tempfile.TemporaryDirectory(prefix="bench-", dir="/tmp") as sockets:
        give_to_service(sockets)
        try:
            say("Starting artifactd, with the data that it needs")
            instance.load(dataset.manifest(paths), mix.rows())
            # Of DWARF 5, which the compiler writes, valgrind 3.19 understands nothing; the names of functions stay.
            run(["strip", "--strip-debug", "-o", work / "artifactd", instance.program])
            (work / "artifactd").chmod(0o755)
            gateway = Gateway(work, sockets, instance.store)
            gateway.start()
            parts = (instance, work, Path(sockets), gateway.ports["spare"])
            runs = []
            for requests in (options.leaks, LONGER * options.leaks):
                say(f"{requests:,} requests below valgrind")
                runs.append(one_run(parts, requests))
        finally:
            if gateway:
                gateway.stop()
            instance.stop()
    text, failed = markdown(*runs)
    if options.output:
        Path(options.output).write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 1 if failed else 0


def markdown(short, long):
    """The report, and whether something is lost."""
    more, rows, lost = long.requests - short.requests, [], 0.0
    for kind in KINDS:
        rate = (long.amounts[kind][0] - short.amounts[kind][0]) / more
        if kind in ("definitely lost", "indirectly lost"):
            lost += rate
        cells = [f"{size:,} in {blocks:,}" for size, blocks in (short.amounts[kind], long.amounts[kind])]
        rows.append([kind, *cells, f"{rate:+.2f}"])
    failed = lost > BYTES_A_REQUEST
    result = f"**Requests lose memory: {lost:.1f} bytes each.**" if failed else "**No request loses memory.**"
    parts = ["## Memory lost, as valgrind counts it",
             table(["bytes in blocks", f"{short.requests:,} requests", f"{long.requests:,} requests", "bytes a request"], rows),
             f"What does not grow was made once. Lost is more than {BYTES_A_REQUEST:g} byte a request. {result}"]
    if failed and long.records:
        parts.append(f"```\n{long.records}\n```")
    return "\n\n".join(parts) + "\n", failed
