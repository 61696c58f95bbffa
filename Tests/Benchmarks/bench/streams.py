"""Many clients at once that read slowly: what they cost in memory, and what others get meanwhile."""

import selectors
import socket
import threading
import time

from . import dataset
from .cpu import Usage, resident_mib

# They come in waves: what many at once cost when they stay is the question, not a rush.
WAVE, ARRIVAL = 16, 10


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
        self.begun = set()
        self.selector = selectors.DefaultSelector()
        self.statuses = {}
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        lines = [f"GET {self.target} HTTP/1.1", "Host: 127.0.0.1", *(f"{k}: {v}" for k, v in self.headers.items())]
        request = ("\r\n".join(lines) + "\r\n\r\n").encode()
        for number in range(self.count):
            if number % WAVE == 0:
                self.wait_for_answers(ARRIVAL)
            self.connect(request)
        self.wait_for_answers(ARRIVAL)
        return self

    def connect(self, request):
        """One more reader."""
        connection = socket.socket()
        self.connections.append(connection)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
        connection.connect(("127.0.0.1", self.port))
        connection.sendall(request)
        connection.setblocking(False)
        self.selector.register(connection, selectors.EVENT_READ)

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()
        self.selector.close()
        for connection in self.connections:
            connection.close()

    def run(self):
        """Reads a share of each connection, then sleeps."""
        while not self.stopping.is_set():
            for key, _ in self.selector.select(self.pause):
                self.read(key.fileobj)
            self.stopping.wait(self.pause)

    def read(self, connection):
        try:
            data = connection.recv(self.share)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.selector.unregister(connection)
            return
        if connection not in self.begun:
            self.begun.add(connection)
            status = data[9:12].decode(errors="replace")
            self.statuses[status] = self.statuses.get(status, 0) + 1

    @property
    def served(self):
        """How many were answered with 200."""
        return self.statuses.get("200", 0)

    def wait_for_answers(self, limit):
        """Until all who have asked have an answer, or the time is over."""
        deadline = time.monotonic() + limit
        while sum(self.statuses.values()) < len(self.connections) and time.monotonic() < deadline:
            time.sleep(0.01)


def wait_until_quiet(roots, limit=90):
    """Until the processes use less than a tenth of a processor: buffers on the way to slow readers fill at full speed."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        usage = Usage.begin(roots)
        time.sleep(1)
        if sum(usage.seconds().values()) < 0.1 * len(roots):
            return


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
