"""A real instance for the tests: PostgreSQL, artifactd and nginx, started and stopped by deploy/run."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

REPOSITORY = Path(__file__).resolve().parents[2]
RUN = REPOSITORY / "deploy" / "run"
PORT_IS_TAKEN = 69
# The ways that whole archives take to a client, as options of deploy/run and variables: by nginx, by a signed URL, and
# from artifactd itself. All are one to the client, whatever is the default for small ones.
DELIVERIES = {
    "accel": ("--delivery", "accel", "ARTIFACTD_INLINE_BELOW=0"),
    "redirect": ("--delivery", "redirect"),
    "inline": ("--delivery", "accel", "ARTIFACTD_INLINE_BELOW=1G"),
}


class Headers:
    """Header fields in their order; names in any case."""

    def __init__(self, fields):
        self.fields = list(fields)

    def all(self, name):
        """Every value of the field."""
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def get(self, name, default=None):
        """The first value of the field."""
        return (self.all(name) or [default])[0]

    def __getitem__(self, name):
        values = self.all(name)
        if not values:
            raise KeyError(name)
        return values[0]

    def __contains__(self, name):
        return bool(self.all(name))

    def __iter__(self):
        return iter(self.fields)

    def __repr__(self):
        return repr(self.fields)


@dataclass
class Response:
    """A whole response."""

    status: int
    headers: Headers
    body: bytes

    def json(self):
        """The body as JSON."""
        return json.loads(self.body)


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


def base_directory():
    """Where instances live: deploy/test names one and stops what is left in it; the service user must get through."""
    base = os.environ.get("ARTIFACTD_TEST_DIR")
    if base is None:
        return Path(tempfile.gettempdir())
    return Path(base)


class Instance:
    """A running instance. `document` is its manifest; None is the demo. Ends with `stop()`."""

    def __init__(self, document=None, environment=None, options=()):
        self.directory = Path(tempfile.mkdtemp(prefix="artifactd-test-", dir=base_directory()))
        self.directory.chmod(0o755)
        self.data = self.directory / "data"
        words = [str(option) for option in options]
        self.options = [word for word in words if not word.startswith("ARTIFACTD_")]
        self.environment = dict(word.split("=", 1) for word in words if word.startswith("ARTIFACTD_"))
        self.environment.update(environment or {})
        self.manifest = None if document is None else self.write_manifest(document)
        self.output = ""
        self.start()

    def start(self):
        """Starts it, or starts it again after `stop_services()`, on the same data and other ports."""
        for _ in range(5):
            self.port, self.cdn_port, self.monitoring_port = free_ports(3)
            done = self.run_deploy()
            # Somebody else took the port in between: two test runs at once may do that to each other.
            if done.returncode != PORT_IS_TAKEN or "is taken" not in done.stderr:
                break
        self.output = done.stdout
        if done.returncode != 0:
            logs = "\n".join(f"== {name}\n{text[-3000:]}" for name, text in self.logs().items())
            self.remove()
            raise RuntimeError(f"deploy/run ended with {done.returncode}:\n{done.stdout}{done.stderr}\n{logs}")

    def run_deploy(self):
        """`deploy/run --detach`. Its output goes to files: services that inherited a pipe would keep it open."""
        command = [
            "bash", str(RUN), "--detach", "--data", str(self.data), "--port", str(self.port),
            "--cdn-port", str(self.cdn_port), "--monitoring-port", str(self.monitoring_port), *self.options,
        ]
        if self.manifest is not None:
            command += ["--manifest", str(self.manifest)]
        return run(command, {"ARTIFACTD_TEST_FAST_CLUSTER": "1", **self.environment})

    @property
    def url(self):
        """The base URL of the public server."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def api(self):
        """The base URL of the API."""
        return f"{self.url}/api/v4"

    @property
    def monitoring(self):
        """The base URL for operators."""
        return f"http://127.0.0.1:{self.monitoring_port}"

    def request(self, method, target, headers=(), body=None, url=None):
        """One request with the target exactly as given: nothing encodes, normalises, retries or follows it."""
        address = urlsplit(url or self.url)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        try:
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in headers.items() if isinstance(headers, dict) else headers:
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            return Response(response.status, Headers(response.getheaders()), response.read())
        finally:
            connection.close()

    def get(self, target, token=None, job_token=None, headers=(), method="GET"):
        """A GET, with an access token or a job token in its header."""
        fields = list(headers.items() if isinstance(headers, dict) else headers)
        if token is not None:
            fields.append(("PRIVATE-TOKEN", token))
        if job_token is not None:
            fields.append(("JOB-TOKEN", job_token))
        return self.request(method, target, fields)

    def head(self, target, **options):
        """A HEAD, like `get`."""
        return self.get(target, method="HEAD", **options)

    @property
    def env(self):
        """The environment in DIR/artifactd.env, as a shell reads it."""
        script = "set -a; . \"$0\"; set +a; env -0"
        read = subprocess.run(["sh", "-c", script, self.data / "artifactd.env"], check=True, capture_output=True)
        pairs = (entry.split("=", 1) for entry in os.fsdecode(read.stdout).split("\0") if "=" in entry)
        return {name: value for name, value in pairs if name.startswith("ARTIFACTD_") or name == "PATH"}

    def artifactd(self, *arguments):
        """A command of artifactd in the instance's environment, without the one of the tests."""
        return run(["artifactd", *map(str, arguments)], self.env, inherit_artifactd=False)

    def apply(self, document):
        """`artifactd apply`; the completed process tells how it went."""
        return self.artifactd("apply", self.write_manifest(document))

    def write_manifest(self, document):
        """JSON is YAML. Each document gets a file of its own, beside the instance's directory."""
        handle, name = tempfile.mkstemp(prefix="manifest-", suffix=".yaml", dir=self.directory)
        with open(handle, "w", encoding="utf-8") as file:
            json.dump(document, file)
        return Path(name)

    def psql(self, sql):
        """What psql prints for the statement: unaligned rows without a heading."""
        command = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]
        done = run([*command, "--dbname", self.env["ARTIFACTD_DATABASE_URL"], "--command", sql])
        assert done.returncode == 0, done.stderr
        return done.stdout

    def logs(self):
        """The text of every file in DIR/logs by its name."""
        return {path.name: path.read_text(errors="replace") for path in sorted(self.data.glob("logs/*.log"))}

    def wait_for_log(self, name, pattern, limit=10):
        """The match of a pattern in a log: a line may be written after its response has been read."""
        deadline = time.monotonic() + limit
        while (found := re.search(pattern, self.logs().get(name, ""))) is None:
            assert time.monotonic() < deadline, f"{pattern!r} does not appear in {name}"
            time.sleep(0.02)
        return found

    def process(self, name):
        """The process id of `postgresql`, `artifactd`, `nginx` or the `supervisor`."""
        return int((self.data / "run" / f"{name}.pid").read_text().split()[0])

    def kill_server(self, with_signal=signal.SIGKILL):
        """Signals artifactd. When it ends, the supervisor takes the whole instance down."""
        os.kill(self.process("artifactd"), with_signal)

    def stop_services(self):
        """Stops what runs and keeps the data, for another `start()`."""
        return run(["bash", str(RUN), "--stop", "--data", str(self.data)])

    def stop(self):
        """Stops it for good. Harmless when it has ended already."""
        done = self.stop_services()
        self.remove()
        assert done.returncode == 0, done.stderr

    def remove(self):
        """Removes everything, unless ARTIFACTD_TEST_KEEP asks to look at it."""
        if not os.environ.get("ARTIFACTD_TEST_KEEP"):
            shutil.rmtree(self.directory, ignore_errors=True)


def run(command, environment=None, inherit_artifactd=True):
    """A completed process with its output as text, through files."""
    inherited = {name: value for name, value in os.environ.items()
                 if inherit_artifactd or not name.startswith("ARTIFACTD_")}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        environment = {**inherited, **(environment or {})}
        # The program is looked up with our PATH otherwise, not with the one that it is given.
        program = shutil.which(command[0], path=environment.get("PATH")) or command[0]
        done = subprocess.run([program, *command[1:]], stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                              env=environment, check=False)
        for file in (out, err):
            file.seek(0)
        return subprocess.CompletedProcess(
            command, done.returncode, out.read().decode(errors="replace"), err.read().decode(errors="replace"))
