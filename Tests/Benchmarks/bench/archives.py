"""The archives: generated, the same bytes at every call, kept between runs."""

import os
import random
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
STORED, DEFLATED = 0, 8
DATE = 0x5821
REGULAR = 0o100644 << 16
# The last bytes of the archives that are uploaded: their comment, which makes each a content of its own.
COMMENT = b"0123456789abcdef"
# The 2 KiB member that every archive of many has, and the directory of 100 that the archive of 50,000 has.
WANTED = "wanted/report.txt"
HUNDRED = "hundred"
LOG, BLOB, HUGE = "build.log", "image.bin", "huge.log"


class ZipWriter:
    """Writes a zip member by member; zip64 where counts or offsets ask for it (APPNOTE 4.3)."""

    def __init__(self, file):
        self.file = file
        self.offset = 0
        self.count = 0
        self.directory = bytearray()

    def add(self, name, packed, method, crc, size):
        """A member of data that are packed already: one bytes object, or several."""
        blocks = [packed] if isinstance(packed, bytes) else packed
        length = sum(map(len, blocks))
        name = name.encode()
        fields = struct.pack("<HHHHIIIHH", 0x0800, method, 0, DATE, crc, length, size, len(name), 0)
        self.write(b"PK\x03\x04" + struct.pack("<H", 45) + fields + name)
        self.directory += b"PK\x01\x02" + struct.pack("<HH", 0x032D, 45) + fields
        self.directory += struct.pack("<HHHII", 0, 0, 0, REGULAR, self.offset_of_header(length, name, blocks)) + name

    def offset_of_header(self, length, name, blocks):
        """Where the header that was just written begins; writes the data behind it."""
        begun = self.offset - 30 - len(name)
        for block in blocks:
            self.write(block)
        assert self.offset == begun + 30 + len(name) + length < 1 << 32
        self.count += 1
        return begun

    def store(self, name, data):
        """A member that is not compressed."""
        self.add(name, data, STORED, zlib.crc32(data), len(data))

    def deflate(self, name, data, level=6):
        """A compressed member."""
        packer = zlib.compressobj(level, DEFLATED, -15)
        self.add(name, packer.compress(data) + packer.flush(), DEFLATED, zlib.crc32(data), len(data))

    def write(self, data):
        self.file.write(data)
        self.offset += len(data)

    def finish(self, comment=b""):
        """The directory and its end."""
        begun, length = self.offset, len(self.directory)
        self.write(bytes(self.directory))
        if self.count >= 0xFFFF:
            self.write(b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, self.count, self.count, length, begun))
            self.write(b"PK\x06\x07" + struct.pack("<IQI", 0, begun + length, 1))
        count = min(self.count, 0xFFFF)
        self.write(b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, length, begun, len(comment)) + comment)


def noise(size, seed):
    """Bytes that do not compress."""
    return random.Random(seed).randbytes(size)


def log_text(size, seed=1):
    """Lines as a build prints them, which deflate makes about four times smaller."""
    source = random.Random(seed)
    words = ["Compiling", "Linking", "warning:", "module", "src/main", "test", "passed", "in", "cache", "fetch"]
    lines, length, second = [], 0, 0
    while length < size:
        second += source.randrange(3)
        line = (f"2024-01-01T{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}Z "
                f"{source.choice(words)} {source.choice(words)}/{source.getrandbits(28):07x}.o "
                f"{source.choice(words)} {source.randrange(100000)} us\n").encode()
        lines.append(line)
        length += len(line)
    return b"".join(lines)[:size]


def large_log(size, seed=1):
    """A long log: a text of 8 MiB over and over, so that it is made in a moment; deflate sees 32 KiB of it at a time."""
    text = log_text(min(size, 8 * MIB), seed)
    return (text * -(-size // len(text)))[:size]


def one_kibibyte(writer):
    writer.store("a.txt", noise(1024 - 30 - 5 - 46 - 5 - 22 - len(COMMENT), 2))
    writer.finish(COMMENT)


def members(count):
    """So many members, small ones but for the wanted one in the middle."""
    def write(writer):
        for number in range(count - 1):
            if number == count // 2:
                writer.deflate(WANTED, log_text(2 * KIB))
            if count >= 50_000 and number < 100:
                writer.deflate(f"{HUNDRED}/{number:03}.txt", log_text(2 * KIB, number))
            else:
                writer.store(f"d{number // 1000:04}/f{number % 1000:03}.txt", b"%032d" % number)
        writer.finish()
    return write


def log_of_100_mebibytes(writer):
    writer.deflate(LOG, large_log(100 * MIB))
    writer.finish()


def blob_of_100_mebibytes(writer):
    writer.store(BLOB, noise(100 * MIB, 3))
    writer.finish(COMMENT)


def log_of_one_gibibyte(writer):
    """A member of 1 GiB from one chunk that is compressed once: a full flush lets chunks follow each other."""
    chunk = large_log(64 * MIB)
    packer = zlib.compressobj(6, DEFLATED, -15)
    packed = packer.compress(chunk) + packer.flush(zlib.Z_FULL_FLUSH)
    crc, count = 0, GIB // len(chunk)
    for _ in range(count):
        crc = zlib.crc32(chunk, crc)
    # An empty last block ends the stream.
    writer.add(HUGE, [packed] * count + [b"\x03\x00"], DEFLATED, crc, GIB)
    writer.finish()


ARCHIVES = {
    "1k": one_kibibyte,
    "10": members(10),
    "50k": members(50_000),
    "1m": members(1_000_000),
    "log": log_of_100_mebibytes,
    "blob": blob_of_100_mebibytes,
    "huge": log_of_one_gibibyte,
}
# For --growth only.
GROWTH_ARCHIVES = {"100": members(100), "1k-members": members(1_000), "10k-members": members(10_000), "100k-members": members(100_000)}


def provide(directory, names):
    """Makes the archives that are not there yet; returns their paths by name."""
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    made = {**ARCHIVES, **GROWTH_ARCHIVES}
    paths = {}
    for name in names:
        path = paths[name] = directory / f"{name}.zip"
        if not path.exists():
            partial = path.with_suffix(".part")
            with open(partial, "wb") as file:
                made[name](ZipWriter(file))
            os.replace(partial, path)
    return paths


@dataclass(frozen=True)
class Span:
    """Where the packed data of an archive's first member are."""

    offset: int
    length: int
    size: int
    crc: int


def first_member(path):
    """Reads it from the local header, which our writer always fills in."""
    with open(path, "rb") as file:
        head = file.read(30)
    crc, length, size, name, extra = struct.unpack("<IIIHH", head[14:30])
    return Span(30 + name + extra, length, size, crc)


def gzip_of_first_member(path, target):
    """Writes the packed data with gzip's header and trailer (RFC 1952): what pass-through sends."""
    span = first_member(path)
    with open(path, "rb") as source, open(target, "wb") as file:
        file.write(b"\x1f\x8b\x08\x00" + bytes(4) + b"\x00\xff")
        source.seek(span.offset)
        file.write(source.read(span.length))
        file.write(struct.pack("<II", span.crc, span.size & 0xFFFFFFFF))
