"""The scenarios, in the order of the table."""

import hashlib
import zipfile

from . import archives, dataset, uploads
from .cpu import Usage, resident_mib
from .errors import BenchError
from .http import ask
from .limits import FirstTouch, pgbench, raw_inflate, sha256sum_cp_fsync
from .load import Expected, Program, Requests, Sample
from .measure import Scenario
from .streams import PeakMemory, SlowReaders, wait_until_quiet

TOKEN = {"PRIVATE-TOKEN": dataset.TOKEN}
CHECK = "database check alone"
POOL = "unknown route"
WANTED = f"/{archives.WANTED}"
MIB, GIB = archives.MIB, archives.GIB
SLOW_READERS, STREAMS = 500, 256
# Of artifactd in each round of the first touch.
STARTS = 7
# Of pgbench, which shares the processors with PostgreSQL: the best of these is the capacity.
STATEMENT_CLIENTS = (2, 4, 8, 16)
# artifactd asks for several waiting requests in one statement.
BATCH, BATCH_CLIENTS = 8, (1, 2)


class Scenarios:
    """Builds scenarios for a stage; each method is one or several, by the names that --scenario knows."""

    def __init__(self, stage):
        self.stage = stage
        self.clients = stage.options.clients

    def all(self):
        """Scenarios by name, built only when they are wanted."""
        return {
            "archive-1k": self.archive_1k, "archive-100m": self.archive_100m, "member-10": self.member_of("10"),
            "member-50k": self.member_of("50k"), "member-1m": self.member_of("1m"), "first-touch": self.first_touch,
            "log-100m": self.log, "log-100m-gzip": self.log_gzip, "stored-100m": self.stored, "range-1g": self.range_of_1g,
            "partial-100": self.partial, "tree": self.tree, "not-modified": self.not_modified, "by-ref": self.by_ref,
            "authorisation": self.authorisation, "clients": self.ladder, "slow-readers": self.slow_readers,
            "memory": self.memory, "upload-1k": self.upload_1k, "upload-100m": self.upload_100m,
            "uploads-64": self.uploads_64, "delete-project": self.delete_project,
        }

    # Parts

    def requests(self, name, target, expected, *, contestant="artifactd", headers=None, clients=None):
        """Requests to a contestant; `name` is what the table calls it."""
        stage = self.stage
        return Requests(name, stage.port(contestant), target, expected, headers=TOKEN if headers is None else headers,
                        clients=clients or self.clients, roots=stage.roots(contestant))

    def everyone(self, target, expected, clients=None, members_only=False):
        """artifactd and every peer, by the same request; `members_only` tells that those are wanted, too."""
        peers = {name: peer.title for name, peer in self.stage.peers.items() if members_only or not peer.members_only}
        names = {"artifactd": "artifactd", **peers}
        return [self.requests(title, target, expected, contestant=name, clients=clients) for name, title in names.items()]

    def static(self, file, expected, clients=None):
        """nginx with nobody behind it."""
        return self.requests("nginx static", f"/{file}", expected, contestant="static", headers={}, clients=clients)

    def check_alone(self):
        """A read of what nobody may read: the same pool and statement, and then a small 403."""
        return self.requests(CHECK, dataset.job_path(dataset.FORBIDDEN_JOB, WANTED), Expected(403))

    def member_bytes(self, archive, name):
        """What a member's answer must be."""
        with zipfile.ZipFile(self.stage.paths[archive]) as opened, opened.open(name) as member:
            digest, length = hashlib.sha256(), 0
            while block := member.read(MIB):
                digest.update(block)
                length += len(block)
        return Expected(200, length, digest.hexdigest())

    # Whole archives

    def archive_1k(self):
        expected = Expected.of_file(self.stage.paths["1k"])
        target = dataset.job_path(dataset.JOBS["1k"])
        return Scenario("archive-1k", "whole archive of 1 KiB",
                        [*self.everyone(target, expected), self.static("1k.zip", expected)])

    def archive_100m(self):
        expected = Expected.of_file(self.stage.paths["blob"])
        target = dataset.job_path(dataset.JOBS["blob"])
        return Scenario("archive-100m", "whole archive of 100 MiB",
                        [*self.everyone(target, expected, clients=4), self.static("blob.zip", expected, clients=4)])

    # Single files

    def member_of(self, archive):
        """The member of 2 KiB; the smallest archive has the limits of the pool beside it."""
        counts = {"10": "10", "50k": "50,000", "1m": "1,000,000"}

        def build():
            expected = Expected.of(archives.log_text(2 * archives.KIB))
            variants = self.everyone(dataset.job_path(dataset.JOBS[archive], WANTED), expected, members_only=True)
            if archive == "10":
                hello = self.requests("FastCGI hello", "/", Expected.of(b"hello"), contestant="hello", headers={})
                variants += [self.check_alone(), self.requests(POOL, "/api/v4/nowhere", Expected(404)), hello]
            return Scenario(f"member-{archive}", f"2 KiB member of {counts[archive]}", variants)
        return build

    def first_touch(self):
        stage = self.stage
        ten, million = dataset.JOBS["10"], dataset.JOBS["1m"]
        variants = [
            FirstTouch("artifactd, of 10", stage, "spare", ten, stage.spare.start, starts=STARTS),
            FirstTouch("artifactd", stage, "spare", million, stage.spare.start, starts=STARTS),
            FirstTouch("artifactd, disk cold", stage, "spare", million, stage.spare.start, stage.content_files(million),
                       starts=STARTS),
        ]
        for name, peer in stage.peers.items():
            def restart(chosen=peer):
                chosen.start(stage.instance)
            # Seconds each.
            variants.append(FirstTouch(peer.title, stage, name, million, restart, rounds=1 if stage.options.quick else 3))
        return Scenario("first-touch", "2 KiB member of 1,000,000, first touch after start", variants, after=stage.spare.stop)

    def log(self):
        expected = self.member_bytes("log", archives.LOG)
        target = dataset.job_path(dataset.JOBS["log"], f"/{archives.LOG}")
        return Scenario("log-100m", "deflated log member of 100 MiB (4:1)",
                        [*self.everyone(target, expected, clients=2), raw_inflate(self.stage)])

    def log_gzip(self):
        expected = Expected.of_file(self.stage.static / "log.gz")
        ours = self.requests("artifactd", dataset.job_path(dataset.JOBS["log"], f"/{archives.LOG}"),
                             Expected(200, expected.length), headers={**TOKEN, "Accept-Encoding": "gzip"}, clients=4)
        return Scenario("log-100m-gzip", "the same, gzip accepted", [ours, self.static("log.gz", expected, clients=4)])

    def stored(self):
        expected = self.member_bytes("blob", archives.BLOB)
        target = dataset.job_path(dataset.JOBS["blob"], f"/{archives.BLOB}")
        whole = Expected.of_file(self.stage.paths["blob"])
        return Scenario("stored-100m", "stored member of 100 MiB",
                        [*self.everyone(target, expected, clients=2), self.static("blob.zip", whole, clients=2)])

    def range_of_1g(self):
        target = dataset.job_path(dataset.JOBS["huge"], f"/{archives.HUGE}")
        ranges = {"first MiB": f"bytes=0-{MIB - 1}", "last MiB": f"bytes={GIB - MIB}-{GIB - 1}"}
        variants = [self.requests(name, target, Expected(206, MIB), headers={**TOKEN, "Range": value}, clients=1)
                    for name, value in ranges.items()]
        return Scenario("range-1g", "1 MiB of a deflated member of 1 GiB, read before", variants, baseline="first MiB")

    def partial(self):
        target = dataset.job_path(dataset.JOBS["50k"], f"?path={archives.HUNDRED}")
        return Scenario("partial-100", "zip of 100 of 50,000 members", [self.requests("artifactd", target, Expected())])

    def tree(self):
        target = dataset.job_path(dataset.JOBS["50k"], f"/tree?path={archives.HUNDRED}&per_page=100")
        return Scenario("tree", "page of 100 entries of the tree of 50,000", [self.requests("artifactd", target, Expected())])

    # What the database decides

    def not_modified(self):
        def conditional(name, target):
            tag = ask(self.stage.instance.port, target, TOKEN).etag
            return self.requests(name, target, Expected(304, 0), headers={**TOKEN, "If-None-Match": tag})
        return Scenario("not-modified", "304", [
            conditional("member", dataset.job_path(dataset.JOBS["10"], WANTED)),
            conditional("archive", dataset.job_path(dataset.JOBS["1k"])), self.check_alone(),
        ], baseline=CHECK)

    def by_ref(self):
        expected = Expected.of_file(self.stage.paths["1k"])
        return Scenario("by-ref", "archive of 1 KiB by ref", [
            self.requests("by id", dataset.job_path(dataset.JOBS["1k"]), expected),
            self.requests("10,000 pipelines", dataset.ref_path("many"), expected),
            self.requests("100,000 pipelines, newest 1,000 failed", dataset.ref_path("huge"), expected),
        ], baseline="by id")

    def authorisation(self):
        jobs, memberships = (dataset.PROJECTS * each for each in (dataset.JOBS_A_PROJECT, dataset.MEMBERS_A_PROJECT))
        return Scenario("authorisation", f"the statement alone, prepared, {jobs:,} jobs, {memberships:,} memberships",
                        [*(pgbench(self.stage, clients) for clients in STATEMENT_CLIENTS),
                         *(pgbench(self.stage, clients, BATCH) for clients in BATCH_CLIENTS)],
                        baseline=f"pgbench, {STATEMENT_CLIENTS[0]} clients")

    # Many clients

    def ladder(self):
        expected = Expected.of(archives.log_text(2 * archives.KIB))
        target = dataset.job_path(dataset.JOBS["10"], WANTED)
        counts = (1, 16, 64, 256)
        return Scenario("clients", "2 KiB member of 10 by number of clients",
                        [self.requests(f"{count} clients", target, expected, clients=count) for count in counts],
                        baseline="16 clients")

    def slow_readers(self):
        """What others get while 500 clients read slowly: an archive, which nginx sends, and a member, which a worker does.

        The second needs a worker a stream, so its server has more than the default.
        """
        expected = Expected.of(archives.log_text(2 * archives.KIB))
        wide = {"ARTIFACTD_WORKERS": str(SLOW_READERS + 64)}

        def beside(name, target):
            stage = self.stage
            quick = self.requests(name, dataset.job_path(dataset.JOBS["10"], WANTED), expected, contestant="spare")

            def work(seconds):
                if target is None:
                    return quick.measure(seconds)
                with SlowReaders(stage.port("spare"), target, SLOW_READERS, bytes_a_second=4096) as readers:
                    wait_until_quiet(stage.roots("spare"))
                    sample = quick.measure(seconds)
                    sample.figures = {"resident MiB": resident_mib(stage.spare.pid), "streams": readers.served}
                    sample.errors += SLOW_READERS - readers.served
                return sample
            return Program(name, work)

        self.stage.spare.start(wide)
        return Scenario("slow-readers", "2 KiB member of 10 beside 500 slow readers", [
            beside("nobody else", None),
            beside("500 of an archive", dataset.job_path(dataset.JOBS["blob"])),
            beside("500 of a member", dataset.job_path(dataset.JOBS["log"], f"/{archives.LOG}")),
        ], baseline="nobody else", after=self.stage.spare.stop)

    def memory(self):
        stage = self.stage
        target = dataset.job_path(dataset.JOBS["huge"], f"/{archives.HUGE}")

        def work(seconds):
            stage.spare.start({"ARTIFACTD_WORKERS": str(STREAMS + 64)})
            ask(stage.port("spare"), dataset.job_path(1), TOKEN)
            idle = resident_mib(stage.spare.pid)
            usage = Usage.begin(stage.roots("spare"))
            readers = SlowReaders(stage.port("spare"), target, STREAMS, bytes_a_second=MIB // 8)
            with PeakMemory(stage.spare.pid) as memory, readers:
                readers.stopping.wait(max(5, seconds))
            if readers.served < STREAMS:
                raise BenchError(f"{readers.served} of {STREAMS} streams were answered: {readers.statuses}")
            return Sample(STREAMS, max(5, seconds), cpu=usage.seconds(), memory=memory.peak,
                          figures={"idle MiB": idle, "peak MiB": memory.peak})
        return Scenario("memory", f"{STREAMS} streams of a member of 1 GiB", [Program("artifactd", work)], rounds=1,
                        after=stage.spare.stop)

    # Writing

    def upload_1k(self):
        return Scenario("upload-1k", "uploads of 1 KiB", [uploads.SmallUploads(self.stage, 4)], rounds=3)

    def upload_100m(self):
        return Scenario("upload-100m", "upload of 100 MiB",
                        [uploads.LargeUploads(self.stage), sha256sum_cp_fsync(self.stage)])

    def uploads_64(self):
        count = 16 if self.stage.options.quick else 64
        return Scenario("uploads-64", f"{count} uploads of 100 MiB at once",
                        [uploads.LargeUploads(self.stage, count), uploads.LargeUploads(self.stage, count, downloads=count)],
                        rounds=1)

    def delete_project(self):
        rows = 100_000 if self.stage.options.quick else 1_000_000
        return Scenario("delete-project", f"deletion of a project's {rows:,} artifacts", [uploads.Deletion(self.stage, rows)],
                        rounds=1)


# Which archives a scenario needs, so that a run of few does not make all; the small ones always are.
ARCHIVES_OF = {
    "archive-100m": ("blob",), "member-50k": ("50k",), "member-1m": ("1m",), "first-touch": ("1m",), "log-100m": ("log",),
    "log-100m-gzip": ("log",), "stored-100m": ("blob",), "range-1g": ("huge",), "partial-100": ("50k",), "tree": ("50k",),
    "slow-readers": ("blob", "log"), "memory": ("huge",), "upload-100m": ("blob",), "uploads-64": ("blob",),
}
NAMES = (
    "archive-1k", "archive-100m", "member-10", "member-50k", "member-1m", "first-touch", "log-100m", "log-100m-gzip",
    "stored-100m", "range-1g", "partial-100", "tree", "not-modified", "by-ref", "authorisation", "clients", "slow-readers",
    "memory", "upload-1k", "upload-100m", "uploads-64", "delete-project",
)
