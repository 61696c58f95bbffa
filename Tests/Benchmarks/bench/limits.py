"""Limits that are no servers: pgbench with our statement, raw inflate, writing a file durably; and the first touch."""

import hashlib
import os
import re
import shutil
import subprocess
import time
from statistics import median

from . import archives, dataset
from .cpu import Usage
from .errors import BenchError
from .http import ask
from .instance import run
from .load import Program, Sample, Variant
from .peers import PLANNING, SOURCES
from .stage import AUTHORIZE, drop_from_cache

AUTHORIZE_BATCH = SOURCES / "limits" / "authorize-batch.sql"


def pgbench_script(projects, batch):
    """The statement as a script of pgbench: a random job of the masses, asked for by a random member of its project.

    pgbench cannot bind null, so absent credentials are made null by the server. With a batch it is the statement by which
    artifactd asks for so many requests that wait at the same time.
    """
    place = f"{{project}} * {dataset.MEMBERS_A_PROJECT} + {{place}}"
    drawn, digests, numbers, jobs = [], [], [], []
    for turn in range(batch):
        drawn.append(f"""\
\\set n{turn} random(0, {projects * dataset.JOBS_A_PROJECT - 1})
\\set index{turn} :n{turn} / {dataset.JOBS_A_PROJECT}
\\set place{turn} random(0, {dataset.MEMBERS_A_PROJECT - 1})
\\set user{turn} 1 + ({place.format(project=f":index{turn}", place=f":place{turn}")}) * 7 % {dataset.USERS}
\\set job{turn} {dataset.FIRST_JOB} + :n{turn}
\\set project{turn} {dataset.FIRST_PROJECT} + :index{turn}
""")
        digests.append(f"sha256(('glpat-bench-' || :user{turn})::bytea)")
        numbers.append(f":project{turn}::bigint")
        jobs.append(f":job{turn}::bigint")
    absent = "NULLIF(:none, 'none')"
    if batch == 1:
        values = [digests[0], f"{absent}::bytea", numbers[0], absent, jobs[0], "'archive'"]
    else:
        values = [f"ARRAY[{', '.join(digests)}]", f"array_fill({absent}::bytea, ARRAY[{batch}])", f"ARRAY[{', '.join(numbers)}]",
                  f"array_fill({absent}, ARRAY[{batch}])", f"ARRAY[{', '.join(jobs)}]",
                  f"array_fill('archive'::text, ARRAY[{batch}])"]
    source = AUTHORIZE if batch == 1 else AUTHORIZE_BATCH
    statement = re.sub(r"\$([1-6])", lambda bind: values[int(bind[1]) - 1], source.read_text(encoding="utf-8"))
    return "".join(drawn) + statement.strip() + ";\n"


def pgbench(stage, clients, batch=1):
    """The authorisation statement alone, prepared, by so many connections at once; each answer is read."""
    script = stage.work / f"authorize-{batch}.pgbench"
    script.write_text(pgbench_script(dataset.PROJECTS, batch), encoding="utf-8")
    instance = stage.instance

    def work(seconds):
        program = shutil.which("pgbench") or f"{run(['pg_config', '--bindir']).strip()}/pgbench"
        usage = Usage.begin({"postgres": instance.pid("postgresql")})
        output = run([program, "--no-vacuum", "--protocol", "prepared", "--client", clients, "--jobs", min(2, clients),
                      "--time", max(1, round(seconds)), "--define", "none=none", "--file", script, "--host", instance.sockets,
                      "--username", "artifactd", "artifactd"], env={**os.environ, "PGOPTIONS": PLANNING})
        done = int(re.search(r"transactions actually processed: (\d+)", output)[1])
        latency = float(re.search(r"latency average = ([0-9.]+) ms", output)[1]) / 1e3
        rate = float(re.search(r"tps = ([0-9.]+)", output)[1])
        return Sample(done * batch, done / rate, p50=latency, cpu=usage.seconds())
    return Program(f"pgbench, {clients} client{'s' if clients > 1 else ''}{batch > 1 and f', {batch} look-ups a statement' or ''}",
                   work)


def raw_inflate(stage):
    """The log member's stream through libz and nothing else; processor time is all that counts."""
    path = stage.paths["log"]
    span = archives.first_member(path)

    def work(seconds):
        # About 0.3 s a turn.
        turns = max(1, round(seconds * 2))
        out, used = run([stage.work / "inflate", path, span.offset, span.length, turns]).split()
        if int(out) != turns * span.size:
            raise BenchError("the raw inflate came out at another length")
        return Sample(turns, float(used), int(out), cpu={"back end": float(used)})
    return Program("raw inflate", work)


def sha256sum_cp_fsync(stage):
    """`sha256sum` of a file of 100 MiB, `cp` of it into the store's file system, `fsync`: one after the other."""
    source, target = stage.paths["blob"], stage.work / "copy"

    def work(_):
        begun = time.perf_counter()
        subprocess.run(["sha256sum", source], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["cp", source, target], check=True)
        with open(target, "rb+") as file:
            os.fsync(file.fileno())
        seconds = time.perf_counter() - begun
        target.unlink()
        return Sample(1, seconds, source.stat().st_size, seconds)
    return Program("sha256sum+cp+fsync", work)


class FirstTouch(Variant):
    """The first request for a member after the program has started; the connection to the database is warm.

    `cold` names files that the page cache is asked to forget before. `restart` starts the program again, `starts` times a
    round: one request alone says little where it takes half a millisecond.
    """

    def __init__(self, name, stage, contestant, job, restart, cold=(), starts=1, rounds=None):
        super().__init__(name, rounds)
        self.stage, self.contestant, self.job = stage, contestant, job
        self.restart = restart
        self.cold = cold
        self.starts = starts

    def measure(self, seconds):
        samples = [self.once() for _ in range(self.starts)]
        times = sorted(sample.seconds for sample in samples)
        usage = {name: sum(sample.cpu[name] for sample in samples) for name in samples[0].cpu}
        return Sample(len(samples), sum(times), sum(sample.bytes for sample in samples), median(times), times[-1], cpu=usage)

    def once(self):
        """One start and its first request."""
        self.restart()
        port, headers = self.stage.port(self.contestant), {"PRIVATE-TOKEN": dataset.TOKEN}
        for _ in range(64):
            # Every connection of the pool prepares the statement, and no member is looked at.
            ask(port, dataset.job_path(dataset.FORBIDDEN_JOB), headers)
            ask(port, dataset.job_path(1), headers)
        for path in self.cold:
            drop_from_cache(path)
        usage = Usage.begin(self.stage.roots(self.contestant))
        answer = ask(port, dataset.job_path(self.job, f"/{archives.WANTED}"), headers)
        if answer.status != 200 or answer.length != 2 * archives.KIB or answer.digest != wanted_digest():
            raise BenchError(f"{self.name}: status {answer.status}, {answer.length} bytes")
        # Head and body are so small that they come as one.
        return Sample(1, answer.first_byte, answer.length, answer.first_byte, cpu=usage.seconds())


def wanted_digest():
    """Of the member of 2 KiB that every archive has."""
    return hashlib.sha256(archives.log_text(2 * archives.KIB)).hexdigest()
