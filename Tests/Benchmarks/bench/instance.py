"""The instance of artifactd: PostgreSQL, artifactd and nginx as deploy/run starts them, with the data kept between runs."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from . import archives, dataset
from .errors import BenchError
from .services import Service, free_ports, without_artifactd

REPOSITORY = Path(__file__).resolve().parents[3]
RUN = REPOSITORY / "deploy" / "run"


def run(command, **options):
    """A completed process, or an error with what it printed."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        raise BenchError(f"{command[0]} {command[1]}: status {done.returncode}\n{done.stdout[-1000:]}{done.stderr[-3000:]}")
    return done.stdout


class Instance:
    """A running instance in DIR/instance; `settings` are ARTIFACTD_ variables of its server."""

    def __init__(self, directory, binary, settings=None, fast=False):
        # No disk flushes: nothing is measured, and nothing is kept.
        self.fast = fast
        self.directory = Path(directory)
        self.data = self.directory / "instance"
        self.binary = binary
        self.settings = dict(settings or {})

    def start(self):
        """`deploy/run --detach`, on free ports. What it prints goes to a file: its services would keep a pipe open."""
        self.stop()
        self.port, cdn, self.monitoring = free_ports(3)
        environment = {**without_artifactd(), "ARTIFACTD_TEST_BINARY": str(self.binary), **self.settings}
        if self.fast:
            environment["ARTIFACTD_TEST_FAST_CLUSTER"] = "1"
        command = ["bash", RUN, "--detach", "--no-demo", "--data", self.data, "--port", self.port, "--cdn-port", cdn,
                   "--monitoring-port", self.monitoring]
        log = self.directory / "deploy.log"
        with open(log, "wb") as output:
            done = subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                  env=environment, check=False)
        if done.returncode != 0:
            raise BenchError(f"deploy/run ended with {done.returncode}:\n{log.read_text(errors='replace')[-3000:]}")

    def stop(self):
        """Stops it and keeps its data. Harmless when nothing runs."""
        if (self.data / ".artifactd").exists():
            run(["bash", RUN, "--stop", "--data", self.data])

    @property
    def environment(self):
        """What DIR/artifactd.env gives to commands of artifactd."""
        read = subprocess.run(["sh", "-c", 'set -a; . "$0"; set +a; env -0', self.data / "artifactd.env"], check=True,
                              capture_output=True, env=without_artifactd())
        pairs = (entry.split("=", 1) for entry in os.fsdecode(read.stdout).split("\0") if "=" in entry)
        return {name: value for name, value in pairs if name.startswith("ARTIFACTD_")}

    @property
    def sockets(self):
        """The directory of the unix sockets, PostgreSQL's among them."""
        return Path((self.data / "run" / "sockets").read_text(encoding="utf-8").strip())

    @property
    def store(self):
        return self.data / "store"

    @property
    def program(self):
        return self.data / "bin" / "artifactd"

    def pid(self, name):
        """The process of `postgresql`, `artifactd` or `nginx`."""
        return int((self.data / "run" / f"{name}.pid").read_text(encoding="utf-8").split()[0])

    @property
    def roots(self):
        """The components whose processor time counts."""
        return {"nginx": self.pid("nginx"), "back end": self.pid("artifactd"), "postgres": self.pid("postgresql")}

    def sql(self, text):
        """What psql prints for a script, as the database's superuser: settling needs that."""
        command = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1",
                   f"--dbname=host={self.sockets} user=postgres dbname=artifactd"]
        return run(command, input=text)

    def sql_at_once(self, scripts):
        """Scripts that do not depend on each other, as many at a time as there are processors."""
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            list(pool.map(self.sql, scripts))

    def configure(self, settings):
        """Sets the cluster's parameters, `None` for the default again; those that need a restart, at the next start."""
        for name, value in settings.items():
            self.sql(f"ALTER SYSTEM RESET {name}" if value is None else f"ALTER SYSTEM SET {name} = {value}")
        self.sql("SELECT pg_reload_conf()")

    @contextmanager
    def loading(self):
        """While masses of rows come in: nothing would be lost with them that cannot be made again. Settles afterwards."""
        self.configure(dataset.LOADING)
        try:
            yield
        finally:
            self.configure(dict.fromkeys(dataset.LOADING))
        self.settle()

    @contextmanager
    def without_indexes(self, tables):
        """Drops what no constraint needs, and makes it anew behind the rows: sorted, so it is the same at less cost."""
        names = ", ".join(f"'{table}'" for table in tables)
        rows = self.sql(f"""SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid) FROM pg_index
                            WHERE indrelid::regclass::text IN ({names}) AND NOT indisunique""").splitlines()
        drops, definitions = zip(*(row.split("|", 1) for row in rows))
        self.sql(";".join(drops))
        yield
        self.sql_at_once(definitions)

    def settle(self):
        """Leaves nothing for autovacuum or a checkpoint to do."""
        for statement in dataset.SETTLE:
            self.sql(statement)

    def apply(self, document):
        """`artifactd apply`."""
        path = self.directory / "manifest.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        run([self.program, "apply", path], env={**without_artifactd(), **self.environment})

    def load(self, document, rows):
        """Brings the data in, unless they are there as this version of the benchmark makes them."""
        stamp, wanted = self.directory / "loaded", fingerprint(document)
        if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
            self.start()
            return
        self.stop()
        stamp.unlink(missing_ok=True)
        shutil.rmtree(self.data, ignore_errors=True)
        self.start()
        self.configure(dataset.CLUSTER)
        self.stop()
        self.start()
        self.apply(document)
        with self.loading():
            self.sql(rows)
        stamp.write_text(wanted, encoding="utf-8")


def fingerprint(document):
    """Changes when the data would be others, or the released schema."""
    digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode())
    for source in (archives, dataset):
        digest.update(Path(source.__file__).read_bytes())
    for migration in sorted((REPOSITORY / "migrations").glob("*.sql")):
        digest.update(migration.read_bytes())
    return digest.hexdigest()


class SpareServer:
    """A second `artifactd serve` on the same data, which can be restarted and have other settings."""

    def __init__(self, instance, directory, sockets, command=None):
        self.instance = instance
        # What runs it, where that is not the program alone.
        self.command = command or [instance.program]
        self.directory = directory
        self.socket = Path(sockets, "spare.sock")
        self.upload_socket = Path(sockets, "spare-upload.sock")
        self.service = None

    def start(self, settings=None, limit=60):
        """Starts it with these settings besides the instance's, and waits for its socket."""
        self.stop()
        self.upload_socket.unlink(missing_ok=True)
        monitoring, = free_ports(1)
        environment = {**self.instance.environment, "ARTIFACTD_LISTEN": f"unix:{self.socket}",
                       "ARTIFACTD_UPLOAD_LISTEN": f"unix:{self.upload_socket}",
                       "ARTIFACTD_MONITORING_ADDRESS": f"127.0.0.1:{monitoring}", **(settings or {})}
        self.service = Service("spare", [*self.command, "serve"], self.directory, environment, self.socket)
        self.service.start(limit)

    def stop(self):
        if self.service is not None and self.service.process is not None:
            # No drain: nothing that it serves is wanted any more.
            self.service.process.send_signal(signal.SIGKILL)
            self.service.stop()
        self.socket.unlink(missing_ok=True)

    @property
    def pid(self):
        return self.service.pid
