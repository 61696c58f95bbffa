"""Zip files for the tests: written by hand, byte by byte, where no tool would write them, and by the tools."""

import io
import random
import shutil
import struct
import subprocess
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

STORED = 0
DEFLATED = 8
ZSTANDARD = 93

ENCRYPTED_FLAG = 0x0001
DESCRIPTOR_FLAG = 0x0008
UTF8_FLAG = 0x0800

REGULAR = 0o100644
DIRECTORY = 0o040755
SYMLINK = 0o120777


@dataclass(frozen=True)
class Member:
    """One member as it shall stand in the file; what is not given is what an honest writer would put there."""

    name: bytes
    data: bytes = b""
    method: int = STORED
    flags: int = 0
    extra: bytes = b""
    mode: int = REGULAR
    crc: int | None = None
    declared_size: int | None = None
    packed: bytes | None = None
    local_signature: bytes = b"PK\x03\x04"


def build(members, comment=b""):
    """A zip of `members`, in that order, without any check: that is the point."""
    body = bytearray()
    directory = bytearray()
    for member in members:
        offset = len(body)
        packed = member.packed if member.packed is not None else pack(member.data, member.method)
        crc = zlib.crc32(member.data) if member.crc is None else member.crc
        size = len(member.data) if member.declared_size is None else member.declared_size
        local_sizes = (0, 0, 0) if member.flags & DESCRIPTOR_FLAG else (crc, len(packed), size)
        body += member.local_signature
        body += struct.pack("<HHHHH", 20, member.flags, member.method, 0, 0x5821)
        body += struct.pack("<III", *local_sizes)
        body += struct.pack("<HH", len(member.name), len(member.extra)) + member.name + member.extra + packed
        if member.flags & DESCRIPTOR_FLAG:
            body += b"PK\x07\x08" + struct.pack("<III", crc, len(packed), size)
        directory += b"PK\x01\x02"
        directory += struct.pack("<HHHHHH", 0x031E, 20, member.flags, member.method, 0, 0x5821)
        directory += struct.pack("<III", crc, len(packed), size)
        directory += struct.pack("<HHHHHII", len(member.name), len(member.extra), 0, 0, 0, member.mode << 16, offset)
        directory += member.name + member.extra
    end = struct.pack(
        "<HHHHIIH", 0, 0, len(members), len(members), len(directory), len(body), len(comment)
    )
    return bytes(body + directory + b"PK\x05\x06" + end + comment)


def pack(data, method):
    """What stands behind the local header: the data itself unless the method is deflate."""
    if method != DEFLATED:
        return data
    deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
    return deflate.compress(data) + deflate.flush()


def unicode_path(stored_name, name, crc=None):
    """Info-ZIP's Unicode path extra field (APPNOTE 4.6.9), by default with the CRC that makes it count."""
    crc = zlib.crc32(stored_name) if crc is None else crc
    payload = struct.pack("<BI", 1, crc) + name.encode()
    return struct.pack("<HH", 0x7075, len(payload)) + payload


def zip_of(files, method=zipfile.ZIP_DEFLATED):
    """A zip of `files` (name to bytes) by Python's own writer, the same bytes at every call."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0))
            info.compress_type = method
            info.external_attr = REGULAR << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def labelled(label):
    """A small archive that says which one it is, in its file who.txt."""
    return zip_of({"who.txt": label.encode()})


def noise(size, seed=1):
    """Bytes that do not compress, the same at every call."""
    return random.Random(seed).randbytes(size)


def prose(size):
    """Text that compresses well, and of which no two ranges of a line are equal."""
    lines = (b"%08d the quick brown fox jumps over the lazy dog\n" % number for number in range(size // 53 + 1))
    return b"".join(lines)[:size]


TOOLS = ("zip", "python", "7z", "bsdtar")


def zip_by(tool, files, directory):
    """The same `files` packed by `tool` below `directory`; None where the tool is not installed."""
    tree = Path(directory) / "tree"
    for name, content in files.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    target = Path(directory) / f"{tool}.zip"
    if tool == "python":
        return zip_of(files)
    if shutil.which(tool) is None:
        return None
    command = {
        "zip": ["zip", "-q", "-r", str(target), "."],
        "7z": ["7z", "a", "-bd", "-tzip", str(target), "."],
        "bsdtar": ["bsdtar", "--format", "zip", "-cf", str(target), *sorted(files)],
    }[tool]
    environment = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}
    subprocess.run(command, cwd=tree, check=True, capture_output=True, env=environment)
    return target.read_bytes()
