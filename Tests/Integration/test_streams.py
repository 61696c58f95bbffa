"""Many long downloads at once: what they leave to others, and what they cost in memory."""

import contextlib
import json
import re
import socket
import time
import zlib
from pathlib import Path

import pytest

import zips
from fixtures.contract import archive, file, wire
from fixtures.uploads import wait_until
from manifests import Library, job, pipeline, project, public_group

MEBIBYTE = 1 << 20
# Above 16 MiB, so that access points are gathered.
PIECES = 24
PIECE = zips.prose(MEBIBYTE)
LOG = PIECE * PIECES
SMALL = b"a small file\n"


def packed_log():
    """The log as deflate blocks that are repeated: they refer to nothing before them and end in a whole byte."""
    deflate = zlib.compressobj(1, zlib.DEFLATED, -15)
    return (deflate.compress(PIECE) + deflate.flush(zlib.Z_FULL_FLUSH)) * PIECES + b"\x03\x00"


def site(members):
    """A job whose archive has so many large members, and a small one."""
    files, packed, crc = Library(), packed_log(), zlib.crc32(LOG)
    content = [zips.Member(b"m%d.log" % number, LOG, zips.DEFLATED, crc=crc, packed=packed) for number in range(members)]
    content.append(zips.Member(b"small.txt", SMALL, zips.DEFLATED))
    build = job("build", files.archive(zips.build(content)), id=1)
    return {"groups": [public_group("acme")],
            "projects": [project("acme/site", pipeline("one", build), id=1, visibility="public")]}


class Slow:
    """A client that asks for a file and reads no more than the first bytes of the answer."""

    def __init__(self, instance, target):
        self.connection = socket.socket()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 << 10)
        self.connection.settimeout(60)
        self.connection.connect(("127.0.0.1", instance.port))
        self.connection.sendall(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())

    def status(self):
        """The status; the worker has filled all buffers on the way soon after."""
        return int(self.connection.recv(1024)[9:12])


@pytest.fixture
def slow():
    with contextlib.ExitStack() as connections:
        def begin(instance, target):
            client = Slow(instance, target)
            connections.enter_context(contextlib.closing(client.connection))
            return client
        yield begin


def test_long_downloads_leave_a_worker_to_others(instance_factory, slow):
    instance = instance_factory(site(1), environment={"ARTIFACTD_WORKERS": "4"})
    target = file(1, 1, "m0.log")
    held = [slow(instance, target) for _ in range(3)]
    assert [client.status() for client in held] == [200, 200, 200]
    refused = wire(instance, "GET", target)
    assert refused.status == 503, "three of four workers are in long downloads"
    assert refused.headers.all("Retry-After") == ["1"]
    assert json.loads(refused.body) == {"message": "503 Service Unavailable"}
    # What takes a worker but a moment is answered as ever.
    assert wire(instance, "GET", file(1, 1, "small.txt")).body == SMALL
    assert wire(instance, "HEAD", target).status == 200
    assert wire(instance, "GET", target, [("Range", "bytes=0-99")]).body == LOG[:100]
    assert wire(instance, "GET", archive(1, 1)).status == 200, "whole archives are nginx's to send"
    held[0].connection.close()
    wait_until(lambda: wire(instance, "GET", target).status == 200, what="the place of a client that has left")


def resident(process):
    """Anonymous memory in bytes: what the process holds, without the program."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(re.search(r"RssAnon:\s+(\d+) kB", status)[1]) * 1024


def test_a_long_download_holds_little_memory_though_it_gathers_points(instance_factory, slow):
    streams = 48
    instance = instance_factory(site(streams), environment={"ARTIFACTD_WORKERS": "64"})
    assert wire(instance, "GET", file(1, 1, "small.txt")).status == 200
    process = instance.process("artifactd")
    before = resident(process)
    clients = [slow(instance, file(1, 1, f"m{number}.log")) for number in range(streams)]
    assert {client.status() for client in clients} == {200}
    seen = []
    while len(seen) < 3 or seen[-1] != seen[-3]:
        time.sleep(0.2)
        seen.append(resident(process))
    each = (max(seen) - before) / streams
    assert each < 272 << 10, f"{each / 1024:.0f} KiB a stream"
