"""Many clients at once that read slowly: what they cost in memory, and what others get meanwhile."""

import selectors
import socket
import threading
import time

from . import dataset
from .cpu import resident_mib


class SlowReaders:
    """So many connections that each ask for one large body and read a little of it, over and over, until stopped.

    Their receive buffers are small, so that what they have not read waits at the server.
    """

    def __init__(self, port, target, count, *, bytes_a_second=16 * 1024, headers=()):
        self.port, self.target, self.count = port, target, count
        self.pause = 0.25
        self.share = max(1, int(bytes_a_second * self.pause))
        self.headers = {"PRIVATE-TOKEN": dataset.TOKEN, **dict(headers)}
        self.connections = []
        self.statuses = {}
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        lines = [f"GET {self.target} HTTP/1.1", "Host: 127.0.0.1", *(f"{k}: {v}" for k, v in self.headers.items())]
        request = ("\r\n".join(lines) + "\r\n\r\n").encode()
        for _ in range(self.count):
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
            connection.connect(("127.0.0.1", self.port))
            connection.sendall(request)
            connection.setblocking(False)
            self.connections.append(connection)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()
        for connection in self.connections:
            connection.close()

    def run(self):
        """Reads a share of each connection, then sleeps."""
        first = dict.fromkeys(self.connections)
        with selectors.DefaultSelector() as selector:
            for connection in self.connections:
                selector.register(connection, selectors.EVENT_READ)
            while not self.stopping.is_set():
                for key, _ in selector.select(self.pause):
                    self.read(selector, key.fileobj, first)
                self.stopping.wait(self.pause)

    def read(self, selector, connection, first):
        try:
            data = connection.recv(self.share)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            selector.unregister(connection)
            return
        if first.get(connection) is None:
            status = first[connection] = data[9:12].decode(errors="replace")
            self.statuses[status] = self.statuses.get(status, 0) + 1

    def answered(self, status="200"):
        """How many have got an answer of this status."""
        return self.statuses.get(status, 0)

    def wait_for_answers(self, limit):
        """Until each has an answer, or the time is over; returns how many were 200."""
        deadline = time.monotonic() + limit
        while sum(self.statuses.values()) < self.count and time.monotonic() < deadline:
            time.sleep(0.05)
        return self.answered()


class PeakMemory:
    """The highest resident size of a process while it is watched, in MiB."""

    def __init__(self, pid):
        self.pid = pid
        self.peak = resident_mib(pid)
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()

    def run(self):
        while not self.stopping.wait(0.05):
            self.peak = max(self.peak, resident_mib(self.pid))
