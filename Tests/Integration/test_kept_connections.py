"""Connections that nginx keeps to artifactd: none is lost in a restart, none is waited for, nothing is sent twice."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest

import zips
from fixtures.contract import archive, file, wire
from fixtures.processes import Relaunched, unsupervised, wait_until_gone
from harness import free_ports
from manifests import Library, job, pipeline, project, public_group

MEMBERS = {"small.txt": b"small", "stored.bin": zips.noise(4_000_000)}
CONTENT = zips.build([zips.Member(name.encode(), data) for name, data in MEMBERS.items()])
DAMAGED = zips.build([zips.Member(b"stored.bin", zips.noise(4_000_000, seed=2)), zips.Member(b"small.txt", b"small")])
SMALL = file(1, 1, "small.txt")


@pytest.fixture
def instance(instance_factory):
    """A new instance for each test: none survives what is done to it."""
    files = Library()
    jobs = (job("build", files.archive(CONTENT), id=1), job("damaged", files.archive(DAMAGED), id=2))
    site = project("acme/site", pipeline("one", *jobs), id=1, visibility="public")
    return instance_factory({"groups": [public_group("acme")], "projects": [site]})


class Client:
    """An HTTP connection that is kept, and so stays with one process of nginx and the connections that this keeps."""

    def __init__(self, instance):
        self.connection = http.client.HTTPConnection("127.0.0.1", instance.port, timeout=60)

    def request(self, method, target, body=None):
        self.connection.request(method, target, body=body)
        answer = self.connection.getresponse()
        return answer.status, answer.read()


def connections(instance):
    """The inodes of artifactd's ends of its connections, as /proc/net/unix has them: state 03, with the listener's path."""
    path = instance.env["ARTIFACTD_LISTEN"].removeprefix("unix:")
    lines = [line.split() for line in Path("/proc/net/unix").read_text().splitlines()]
    return {line[6] for line in lines if line[5] == "03" and line[-1] == path}


def warm(instance, clients=8):
    """Requests side by side, so that each process of nginx keeps connections."""
    barrier = threading.Barrier(clients)

    def ask():
        client = Client(instance)
        for _ in range(5):
            barrier.wait(60)
            assert client.request("GET", SMALL) == (200, b"small")

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_requests_share_a_connection(instance):
    client = Client(instance)
    assert client.request("GET", SMALL) == (200, b"small")
    before = connections(instance)
    assert before, "nothing is kept"
    for _ in range(20):
        assert client.request("GET", SMALL) == (200, b"small")
        assert client.request("GET", file(1, 1, "missing.txt"))[0] == 404
        assert client.request("GET", "/api/v4/nowhere")[0] == 404
        assert not connections(instance) - before, "a connection was made anew"


def wait_until_it_listens(again):
    """Until the relaunched server takes connections on its socket."""
    path, deadline = again.environment[b"ARTIFACTD_LISTEN"].removeprefix(b"unix:"), time.monotonic() + 60
    while True:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
            probe.connect(path)
            return
        assert time.monotonic() < deadline, "the server does not come back"
        time.sleep(0.02)


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGKILL], ids=["drained", "killed"])
def test_requests_after_a_restart_are_answered(instance, with_signal):
    clients = [Client(instance) for _ in range(8)]
    warm(instance)
    for client in clients:
        assert client.request("GET", SMALL) == (200, b"small")
    server = instance.process("artifactd")
    again = Relaunched(server)
    with unsupervised(instance):
        os.kill(server, with_signal)
        wait_until_gone(server)
        try:
            again.start()
            wait_until_it_listens(again)
            for client in clients * 3:
                assert client.request("GET", SMALL) == (200, b"small")
                assert client.request("POST", "/api/v4/nowhere", b"body")[0] == 404
        finally:
            again.stop()


@contextlib.contextmanager
def replaced(instance):
    """Freezes artifactd with its connections, puts a second one in its place, and yields what ends the first."""
    old = instance.process("artifactd")
    again = Relaunched(old)
    again.environment[b"ARTIFACTD_MONITORING_ADDRESS"] = b"127.0.0.1:%d" % free_ports(1)[0]
    with unsupervised(instance):
        os.kill(old, signal.SIGSTOP)
        try:
            # Its sockets are still answered on, by the kernel: a second server would not take their place.
            for name in (b"ARTIFACTD_LISTEN", b"ARTIFACTD_UPLOAD_LISTEN"):
                path = again.environment[name].removeprefix(b"unix:")
                os.rename(path, path + b".old")
            again.start()
            wait_until_it_listens(again)
            yield lambda: os.kill(old, signal.SIGKILL)
        finally:
            again.stop()
            with contextlib.suppress(ProcessLookupError):
                os.kill(old, signal.SIGKILL)


@pytest.mark.parametrize("method, expected", [
    ("GET", (200, b"small")),
    ("POST", (503, b'{"message":"503 Service Unavailable"}')),
    ("PATCH", (503, b'{"message":"503 Service Unavailable"}')),
])
def test_a_request_lost_with_its_connection_is_sent_again_if_it_may_be(instance, method, expected):
    target = {"GET": SMALL, "POST": archive(1, 1) + "/keep", "PATCH": "/api/v4/jobs/1/trace"}[method]
    client, seen = Client(instance), []
    for _ in range(2):
        assert client.request("GET", SMALL) == (200, b"small")
    with replaced(instance) as end_the_old:
        request = threading.Thread(target=lambda: seen.append(client.request(method, target, method != "GET" and b"x" or None)))
        request.start()
        # Time for nginx to send it; were this too short, the new server would answer, and a POST not with 503.
        time.sleep(0.5)
        end_the_old()
        request.join(60)
        assert seen == [expected]
        assert Client(instance).request("GET", SMALL) == (200, b"small")


def damage(instance):
    """Changes one byte in the middle of the stored member of the second archive, whose digest nobody computes again."""
    paths = [path for path in (instance.data / "store" / "contents").glob("*/*/*")
             if path.name.count(".") == 1 and path.stat().st_size == len(DAMAGED) and path.read_bytes() == DAMAGED]
    assert len(paths) == 1
    with open(paths[0], "r+b") as content:
        content.seek(3_000_000)
        byte = content.read(1)
        content.seek(3_000_000)
        content.write(bytes([byte[0] ^ 1]))


def test_a_transfer_that_is_broken_off_ends_the_clients_at_once_and_no_other(instance):
    damage(instance)
    warm(instance)
    for _ in range(3):
        # A client that is left hanging would end with 28.
        done = subprocess.run(
            ["curl", "-q", "--noproxy", "*", "--silent", "--max-time", "20", "--write-out", "%{http_code} %{size_download}",
             "--output", os.devnull, instance.url + file(1, 2, "stored.bin")], capture_output=True, text=True, check=False)
        status, size = done.stdout.split()
        assert (done.returncode, status) == (18, "200"), done
        assert 0 < int(size) < 4_000_000, done
        assert wire(instance, "GET", file(1, 1, "stored.bin")).body == MEMBERS["stored.bin"]


def test_requests_behind_a_body_that_was_not_read_are_answered(instance):
    """The connection is closed behind such an answer, and nginx must not have sent the next request on it."""
    clients = [Client(instance) for _ in range(4)]
    for _ in range(25):
        for client in clients:
            assert client.request("POST", "/api/v4/nowhere", b"x" * 30_000)[0] == 404


def test_bytes_of_a_body_are_never_taken_for_a_request(instance):
    """What a worker leaves unread behind libfcgi's buffer would be the records of the next request."""
    def record(kind, content):
        return bytes([1, kind, 0, 1]) + len(content).to_bytes(2, "big") + b"\0\0" + content

    pairs = (("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/forged"), ("REMOTE_ADDR", "192.0.2.66"))
    parameters = b"".join(bytes([len(name), len(value)]) + (name + value).encode() for name, value in pairs)
    forged = record(1, b"\0\1\1\0\0\0\0\0") + record(4, parameters) + record(4, b"") + record(5, b"")
    client = Client(instance)
    for padding in range(6_000, 8_300, 100):
        assert client.request("POST", "/api/v4/nowhere", b"x" * padding + forged * 20)[0] == 404
    assert client.request("GET", SMALL) == (200, b"small")
    assert "192.0.2.66" not in instance.logs()["artifactd.log"]
