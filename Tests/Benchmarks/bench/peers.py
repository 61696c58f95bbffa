"""The peers: what users would write instead. Each is built into and started from the benchmark's directory."""

import glob
import os
import shutil
from pathlib import Path

from .instance import run
from .services import Service

SOURCES = Path(__file__).resolve().parents[1]
PYTHON = "/usr/bin/python3"

# Connections to PostgreSQL, and PHP's processes.
CONNECTIONS = 16

# artifactd's connections plan a statement once; a driver of a peer does not say so by itself.
PLANNING = "-c plan_cache_mode=force_generic_plan"

PHP_CONFIGURATION = """\
[global]
error_log = {directory}/php-fpm.log
daemonize = no
[bench]
listen = {socket}
listen.backlog = 4096
pm = static
pm.max_children = {connections}
clear_env = no
php_admin_value[opcache.enable] = 1
php_admin_value[opcache.validate_timestamps] = 0
php_admin_value[output_buffering] = 0
php_admin_value[max_execution_time] = 0
php_admin_value[pgsql.allow_persistent] = 1
"""


class Peer:
    """One peer: whether it can run here, how it is built, started and reached."""

    name = ""
    title = ""
    # Whether it sends files out of archives only.
    members_only = False

    def __init__(self, directory, sockets):
        self.directory = Path(directory)
        self.socket = Path(sockets) / f"{self.name}.sock"
        self.service = None

    @classmethod
    def missing(cls):
        """What it needs and this machine lacks, in words, or an empty text."""
        raise NotImplementedError

    def build(self):
        """Prepares what is started."""

    def command(self):
        """The program and its arguments."""
        raise NotImplementedError

    def connect(self, gateway):
        """Gives it a server block."""
        gateway.add_http(self.name, self.socket)

    def environment(self, instance):
        """What a peer is told: where it listens, the database, the store, the statement."""
        return {
            "BENCH_SOCKET": str(self.socket), "BENCH_SOCKETS": str(instance.sockets), "BENCH_STORE": str(instance.store),
            "BENCH_DATABASE": f"host={instance.sockets} port=5432 user=artifactd dbname=artifactd options='{PLANNING}'",
            "BENCH_STATEMENT": str(self.directory / "authorize.sql"), "HOME": str(self.directory),
        }

    def start(self, instance):
        """Starts it, or starts it again."""
        self.stop()
        self.service = Service(self.name, self.command(), self.directory, self.environment(instance), self.socket).start()

    def stop(self):
        if self.service is not None:
            self.service.stop()
            self.service = None


class Go(Peer):
    """net/http, archive/zip, database/sql with lib/pq."""

    name, title = "go", "Go net/http"

    @classmethod
    def missing(cls):
        if not shutil.which("go"):
            return "golang-go"
        return "" if os.path.isdir("/usr/share/gocode/src/github.com/lib/pq") else "golang-github-lib-pq-dev"

    def build(self):
        self.compile("go-peer", "main.go", "authorize.go")

    def compile(self, program, *sources):
        """Builds a program of these files, without modules: lib/pq is Debian's."""
        environment = {**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "",
                       "GOCACHE": str(self.directory.parent / "go-cache")}
        run(["go", "build", "-o", self.directory / program, *(SOURCES / "peers" / "go" / name for name in sources)],
            env=environment)

    def command(self):
        return [self.directory / "go-peer"]


class GitLab(Go):
    """A process a file, as GitLab Workhorse sends single files; without Rails, and nothing but single files."""

    name, title, members_only = "gitlab", "GitLab Workhorse's way", True

    def build(self):
        self.compile("workhorse", "workhorse.go", "authorize.go")
        self.compile("zip-cat", "zip-cat.go")

    def command(self):
        return [self.directory / "workhorse"]

    def environment(self, instance):
        return {**super().environment(instance), "BENCH_ZIP_CAT": str(self.directory / "zip-cat")}


class PHP(Peer):
    """PHP-FPM with 16 workers, pgsql, ZipArchive, opcache."""

    name, title = "php", "PHP-FPM"

    @staticmethod
    def program():
        return next(iter(sorted(glob.glob("/usr/sbin/php-fpm*"), reverse=True)), None)

    @classmethod
    def missing(cls):
        for pattern, package in (("/usr/sbin/php-fpm*", "php-fpm"), ("/usr/lib/php/*/pgsql.so", "php-pgsql"),
                                 ("/usr/lib/php/*/zip.so", "php-zip")):
            if not glob.glob(pattern):
                return package
        return ""

    def build(self):
        shutil.copy(SOURCES / "peers" / "php" / "index.php", self.directory / "index.php")
        text = PHP_CONFIGURATION.format(directory=self.directory, socket=self.socket, connections=CONNECTIONS)
        (self.directory / "php-fpm.conf").write_text(text, encoding="utf-8")

    def command(self):
        # Its log is our standard error: the service user may not write beside its configuration.
        return [self.program(), "--nodaemonize", "--force-stderr", "--fpm-config", self.directory / "php-fpm.conf"]

    def connect(self, gateway):
        gateway.add_fastcgi(self.name, self.socket, f'fastcgi_param SCRIPT_FILENAME "{self.directory}/index.php";')


class Python(Peer):
    """uvicorn with two processes, asyncpg, zipfile."""

    name, title = "python", "Python uvicorn"

    @classmethod
    def missing(cls):
        for module in ("uvicorn", "asyncpg", "uvloop", "httptools"):
            if not _imports(module):
                return f"python3-{module}"
        return ""

    def build(self):
        shutil.copy(SOURCES / "peers" / "python" / "app.py", self.directory / "app.py")

    def command(self):
        return [PYTHON, "-B", "-m", "uvicorn", "app:application", "--app-dir", self.directory, "--uds", self.socket,
                "--workers", "2", "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning",
                # nginx sends its own.
                "--no-server-header", "--no-date-header"]


def _imports(module):
    return os.spawnv(os.P_WAIT, PYTHON, [PYTHON, "-c", f"import importlib.util as u; exit(not u.find_spec('{module}'))"]) == 0


PEERS = (Go, PHP, Python, GitLab)


class Hello:
    """The limit of a FastCGI pool: fixed text by libfcgi."""

    name = "hello"

    def __init__(self, directory, sockets):
        self.directory = Path(directory)
        self.socket = Path(sockets) / "hello.sock"
        self.service = None

    def start(self):
        self.service = Service("hello", [self.directory / "hello", self.socket], self.directory, listens=self.socket).start()

    def stop(self):
        if self.service is not None:
            self.service.stop()


def build_limits(directory):
    """Compiles the C programs."""
    for name, library in (("hello", "-lfcgi"), ("inflate", "-lz")):
        run(["cc", "-O2", "-o", Path(directory) / name, SOURCES / "limits" / f"{name}.c", library, "-lpthread"])
