"""Programs that the benchmark starts and stops: as the service user, never longer than the benchmark itself."""

import os
import pwd
import signal
import socket
import subprocess
import time
from pathlib import Path

from .errors import BenchError

SERVICE_USER = "artifactd"


def as_service():
    """The words before a command that make it the user of the instance's services, and end it with the benchmark."""
    words = ["setpriv", "--pdeathsig", "TERM"]
    if os.geteuid() == 0:
        user = pwd.getpwnam(SERVICE_USER)
        words += ["--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--init-groups"]
    return [*words, "--"]


def give_to_service(path):
    """Makes a file or directory the service user's."""
    if os.geteuid() == 0:
        user = pwd.getpwnam(SERVICE_USER)
        os.chown(path, user.pw_uid, user.pw_gid)


def without_artifactd():
    """The environment without the caller's settings of artifactd: it refuses those that it does not know."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ARTIFACTD_")}


def free_ports(count):
    """Ports on 127.0.0.1 that nobody has just now; held together, so that they differ."""
    held = [socket.socket() for _ in range(count)]
    try:
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in held]
    finally:
        for each in held:
            each.close()


class Service:
    """A running program. `listens` is its unix socket, or None for one that is waited for otherwise."""

    def __init__(self, name, command, directory, environment=None, listens=None):
        self.name = name
        self.command = list(map(str, command))
        self.log = Path(directory, f"{name}.log")
        self.environment = dict(environment or {})
        self.listens = listens
        self.process = None

    @property
    def pid(self):
        """The root of its process tree."""
        return self.process.pid

    def start(self, limit=60):
        """Starts it and waits until its socket takes connections."""
        if self.listens:
            Path(self.listens).unlink(missing_ok=True)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [*as_service(), *self.command], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                env={**without_artifactd(), **self.environment}, start_new_session=True)
        self.wait_until(self.accepts, limit)
        return self

    def accepts(self):
        """Whether its socket takes connections."""
        if self.listens is None:
            return True
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.listens))
            except OSError:
                return False
        return True

    def wait_until(self, condition, limit=60):
        """Polls until the condition holds; the program must not end meanwhile."""
        deadline = time.monotonic() + limit
        while not condition():
            if self.process.poll() is not None or time.monotonic() > deadline:
                text = self.log.read_text(errors="replace")[-2000:]
                raise BenchError(f"{self.name} does not start (status {self.process.poll()}):\n{text}")
            time.sleep(0.02)

    def stop(self):
        """Ends it and all that it started. Harmless when it has ended already."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.process = None
