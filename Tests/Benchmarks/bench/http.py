"""One request at a time, exactly as given: to check answers before they are measured, and to time slow ones."""

import hashlib
import http.client
import socket
import time
from dataclasses import dataclass

BLOCK = 1 << 20


@dataclass(frozen=True)
class Answer:
    """What came back; the body as its length and digest, as it may be large.

    `seconds` are those until its last byte was read, `first_byte` those until its first could be, without the time that it takes
    here to read the head: half a millisecond, more than the answer to a small request takes.
    """

    status: int
    length: int
    digest: str
    header_length: int
    seconds: float
    first_byte: float
    etag: str | None

    @property
    def wire_length(self):
        """Bytes on the wire, head and body."""
        return self.header_length + self.length


def ask(port, target, headers=(), method="GET", timeout=120):
    """Sends one request to 127.0.0.1 and reads all of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.connect()
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in dict(headers).items():
            connection.putheader(name, value)
        begun = time.perf_counter()
        connection.endheaders()
        connection.sock.recv(1, socket.MSG_PEEK)
        first_byte = time.perf_counter() - begun
        response = connection.getresponse()
        digest, length = hashlib.sha256(), 0
        while block := response.read(BLOCK):
            digest.update(block)
            length += len(block)
        seconds = time.perf_counter() - begun
        fields = sum(len(name) + len(value) + 4 for name, value in response.getheaders())
        # "HTTP/1.1 200 OK" and the two line ends that are no field's.
        line = len(f"HTTP/1.1 {response.status} {response.reason}") + 4
        return Answer(response.status, length, digest.hexdigest(), fields + line, seconds, first_byte, response.getheader("ETag"))
    finally:
        connection.close()
