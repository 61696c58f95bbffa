"""Everything that runs while scenarios are measured: the instance, the peers' nginx, the peers, the limits."""

import os
import shutil
import signal
import tempfile
from pathlib import Path

from . import archives, dataset, peers
from .gateway import Gateway
from .instance import Instance, SpareServer
from .measure import say
from .services import give_to_service

AUTHORIZE = peers.SOURCES / "peers" / "authorize.sql"


class Stage:
    """Built once for a run; `with` stops what was started."""

    def __init__(self, options):
        self.options = options
        self.directory = Path(options.data)
        self.work = self.directory / "work"
        self.peers = {}
        # What could not take part, in words.
        self.absent = {}

    def __enter__(self):
        try:
            self.prepare()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        # A second signal must not leave anything behind.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for part in [*self.peers.values(), *getattr(self, "running", ())]:
            part.stop()
        if hasattr(self, "instance"):
            self.instance.stop()
        shutil.rmtree(getattr(self, "sockets", ""), ignore_errors=True)

    def prepare(self):
        """Data, instance, peers and limits, nginx."""
        names = [name for name in archives.ARCHIVES if name in self.options.archives]
        say("Generating archives" if not (self.directory / "archives").exists() else "Using the archives that are there")
        self.paths = archives.provide(self.directory / "archives", names)
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        give_to_service(self.work)
        # A unix socket's path is short; the service user makes sockets here.
        self.sockets = Path(tempfile.mkdtemp(prefix="bench-", dir="/tmp"))
        give_to_service(self.sockets)
        self.instance = Instance(self.directory, self.options.binary, self.options.settings, fast=self.options.smoke)
        say("Starting artifactd, with the data that it needs")
        self.instance.load(dataset.manifest(self.paths), self.rows())
        self.spare = SpareServer(self.instance, self.work, self.sockets)
        self.gateway = Gateway(self.work, self.sockets, self.instance.store)
        self.hello = peers.Hello(self.work, self.sockets)
        self.running = [self.gateway, self.spare, self.hello]
        peers.build_limits(self.work)
        shutil.copy(AUTHORIZE, self.work / "authorize.sql")
        if self.options.peers:
            self.start_peers()
        self.provide_static()
        self.hello.start()
        self.gateway.add_fastcgi("hello", self.hello.socket)
        self.gateway.add_static("static", self.static)
        self.gateway.start()

    def rows(self):
        """The masses; a smoke test does without."""
        if self.options.smoke:
            return dataset.running_jobs()
        return dataset.everything()

    def start_peers(self):
        """Those whose packages are there."""
        say("Building and starting the peers")
        for kind in peers.PEERS:
            missing = kind.missing()
            if missing:
                self.absent[kind.title] = f"{missing} is not installed"
                say(f"  {kind.title} is left out: {missing} is not installed")
                continue
            peer = self.peers[kind.name] = kind(self.work, self.sockets)
            peer.build()
            peer.start(self.instance)
            peer.connect(self.gateway)

    def provide_static(self):
        """Copies that nginx sends without asking anybody, and the packed log as gzip."""
        self.static = self.work / "static"
        self.static.mkdir()
        for name in ("1k", "blob"):
            if name in self.paths:
                shutil.copy(self.paths[name], self.static / f"{name}.zip")
        if "log" in self.paths:
            archives.gzip_of_first_member(self.paths["log"], self.static / "log.gz")

    def roots(self, name):
        """The components of a contestant."""
        if name == "artifactd":
            return self.instance.roots
        postgres = self.instance.pid("postgresql")
        gateway = {"nginx": self.gateway.service.pid}
        if name == "static":
            return gateway
        if name == "hello":
            return {**gateway, "back end": self.hello.service.pid}
        if name == "spare":
            return {**gateway, "back end": self.spare.pid, "postgres": postgres}
        return {**gateway, "back end": self.peers[name].service.pid, "postgres": postgres}

    def port(self, name):
        """Where a contestant is reached."""
        return self.instance.port if name == "artifactd" else self.gateway.ports[name]

    def content_files(self, job):
        """The files of a job's archive in the store: content, index, access points."""
        row = self.instance.sql(f"SELECT encode(c.sha256, 'hex') || '.' || c.id FROM contents c "
                                f"JOIN artifacts a ON a.content_id = c.id WHERE a.job_id = {job}").strip()
        place = self.instance.store / "contents" / row[:2] / row[2:4]
        return sorted(place.glob(f"{row}*"))


def drop_from_cache(path):
    """Asks the kernel to forget a file's pages; those that are mapped or dirty stay."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
