"""A peer of the benchmark: what a Python programmer would put behind nginx. uvicorn (uvloop, httptools), asyncpg, zipfile.

The same statement as artifactd's, prepared by asyncpg; whole archives by X-Accel-Redirect; of each archive the ZipFile
with its directory is kept, by content. Two processes with 8 connections each.
"""

import asyncio
import hashlib
import os
import threading
import zipfile
from pathlib import Path
from urllib.parse import unquote

import asyncpg

CONNECTIONS = 8
BLOCK = 256 * 1024
# Above this a member is inflated beside the event loop.
LARGE = 256 * 1024
NEEDED = {"all": 0, "developer": 30, "maintainer": 40, "none": 1 << 30}
STATEMENT = Path(os.environ["BENCH_STATEMENT"]).read_text(encoding="utf-8")
STORE = os.environ["BENCH_STORE"]


class Connection(asyncpg.Connection):
    """A connection that goes back to the pool as it is: the default sends four statements that undo what nobody did."""

    async def reset(self, *, timeout=None):
        pass


class Refused(Exception):
    """A request that the rules do not let through."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status
        self.body = b'{"message":"%d %s"}' % (status, message.encode())


class Archives:
    """Open archives by content."""

    def __init__(self):
        self.opened = {}
        self.lock = threading.Lock()

    def get(self, content, path):
        with self.lock:
            archive = self.opened.get(content)
            if archive is None:
                archive = self.opened[content] = zipfile.ZipFile(path)
            return archive


ARCHIVES = Archives()
POOL = None


def decide(row):
    """The rules, on the columns of authorize.sql by their number."""
    role = row[25] or 0
    if row[0] is None or row[1] or row[2] or not (row[3] or row[4]):
        raise Refused(401, "Unauthorized")
    if row[13] != "active":
        raise Refused(403, "Forbidden")
    reader = row[14] or row[15]
    seen = reader or role >= 10 or row[19] == "public" or (row[19] == "internal" and not row[16])
    if row[17] is None or not seen:
        raise Refused(404, "Project Not Found")
    if row[21] == "disabled" or (row[21] == "private" and role < 10 and not reader):
        raise Refused(403, "Forbidden")
    if not (row[20] or role >= 20 or reader):
        raise Refused(403, "Forbidden")
    if row[26] is None or row[27] is None:
        raise Refused(404, "Not Found")
    needed = NEEDED[row[28]]
    if role < needed and not (row[14] and row[28] != "none"):
        raise Refused(403, "Forbidden")
    if not row[30]:
        raise Refused(404, "Not Found")


async def application(scope, receive, send):
    """The ASGI application."""
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
        return
    try:
        await answer(scope, send)
    except Refused as refusal:
        await start(send, refusal.status, [(b"content-type", b"application/json")], len(refusal.body))
        await send({"type": "http.response.body", "body": refusal.body})


async def lifespan(receive, send):
    global POOL
    await receive()
    POOL = await asyncpg.create_pool(dsn=None, host=os.environ["BENCH_SOCKETS"], port=5432, user="artifactd",
                                     database="artifactd", min_size=CONNECTIONS, max_size=CONNECTIONS,
                                     connection_class=Connection,
                                     server_settings={"plan_cache_mode": "force_generic_plan"})
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await POOL.close()
    await send({"type": "lifespan.shutdown.complete"})


async def start(send, status, headers, length):
    headers = [*headers, (b"content-length", b"%d" % length)]
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def answer(scope, send):
    # /api/v4/projects/ID/jobs/ID/artifacts[/PATH]
    parts = scope["raw_path"].decode().split("/", 8)
    if len(parts) < 8 or parts[3] != "projects" or parts[5] != "jobs" or parts[7] != "artifacts":
        raise Refused(404, "Not Found")
    token = next((value for name, value in scope["headers"] if name == b"private-token"), b"")
    digest = hashlib.sha256(token).digest()
    row = await POOL.fetchrow(STATEMENT, digest, None, int(parts[4]), None, int(parts[6]), "archive")
    decide(row)
    name = row[33].hex()
    place = f"{name[:2]}/{name[2:4]}/{name}.{row[32]}"
    common = [(b"cache-control", b"private, no-cache"), (b"x-content-type-options", b"nosniff")]
    if len(parts) == 9:
        await send_member(send, f"{STORE}/contents/{place}", unquote(parts[8]), name, row[32], common)
        return
    headers = [*common, (b"content-type", b"application/octet-stream"), (b"etag", f'"{name}"'.encode()),
               (b"content-disposition", f'attachment; filename="{row[29]}"'.encode()),
               (b"x-accel-redirect", f"/_content/{place}".encode())]
    await start(send, 200, headers, 0)
    await send({"type": "http.response.body"})


async def send_member(send, path, name, digest, content, common):
    archive = ARCHIVES.get(content, path)
    try:
        info = archive.getinfo(name)
    except KeyError:
        raise Refused(404, "Not Found") from None
    tag = hashlib.sha256(f"{digest}:{name}".encode()).hexdigest()
    base = name.rsplit("/", 1)[-1]
    headers = [*common, (b"content-type", b"text/plain; charset=utf-8"), (b"etag", f'"{tag}"'.encode()),
               (b"content-disposition", f'attachment; filename="{base}"'.encode())]
    if info.file_size <= LARGE:
        body = archive.read(info)
        await start(send, 200, headers, len(body))
        await send({"type": "http.response.body", "body": body})
        return
    await start(send, 200, headers, info.file_size)
    loop = asyncio.get_running_loop()
    with archive.open(info) as member:
        while block := await loop.run_in_executor(None, member.read, BLOCK):
            await send({"type": "http.response.body", "body": block, "more_body": True})
    await send({"type": "http.response.body"})
