"""Partial archives: a zip of some members that every program opens, with the bytes as they were stored."""

import hashlib
import io
import random
import stat
import zipfile
from urllib.parse import quote

import pytest

import zips
from fixtures import unzippers
from fixtures.contract import BAD_PATH, archive, archive_by_ref, expect, expect_common_headers, wire
from manifests import Library, job, pipeline, project, public_group

FILES = Library()
NO_PATH = {"message": "404 Path Not Found"}
M = zips.Member
UTF8 = zips.UTF8_FLAG
# What programs make of the same files; directories are explicit in some and implied in others.
TREE = {"a.txt": b"alpha\n" * 1000, "dir/b.bin": zips.noise(70_000), "dir/sub/ümläut ß.txt": b"umlaut",
        "dir/empty": b"", "dir-2/c.txt": b"beside", "dir.txt": b"beside too", "z/deep/er/d": zips.prose(200_000)}
# As gitlab-runner writes them: streamed, with descriptors, directories and modes.
RUNNER = zips.build([
    M(b"out/", mode=zips.DIRECTORY, flags=UTF8),
    M(b"out/app", zips.prose(50_000), zips.DEFLATED, flags=UTF8 | zips.DESCRIPTOR_FLAG, mode=0o100755),
    M(b"out/latest", b"app", flags=UTF8 | zips.DESCRIPTOR_FLAG, mode=zips.SYMLINK),
    M(b"log.txt", b"log", zips.DEFLATED, flags=UTF8 | zips.DESCRIPTOR_FLAG),
    M(b"out/twice.txt", b"first"),
    M("out/ü.txt".encode(), b"umlaut", flags=UTF8, extra=b"UT\x05\x00\x03\x01\x02\x03\x04"),
    M(b"out/twice.txt", b"second"),
])
DAMAGED = zips.build([
    *[M(b"many/%04d" % number, b"x" * 2000) for number in range(300)],
    M(b"many/bad", b"bad", local_signature=b"XX\x03\x04"),
    *[M(b"many/x%04d" % number, b"x" * 2000) for number in range(300)],
    M(b"bad", b"bad", local_signature=b"XX\x03\x04"), M(b"good", b"good"),
])
UNREADABLE = zips.build([
    M(b"secret.txt", b"x" * 50, flags=zips.ENCRYPTED_FLAG), M(b"zstd.txt", b"x" * 50, zips.ZSTANDARD),
    M(b"crc.txt", b"wrong", crc=1), M(b"plain.txt", b"plain"),
])
MANY = zips.zip_of({f"d{number // 1000:02}/{number % 1000:03}": b"%d" % number for number in range(70_000)},
                   zipfile.ZIP_STORED)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Tool to the archive that it makes of TREE."""
    return {tool: zips.zip_by(tool, TREE, tmp_path_factory.mktemp(tool)) for tool in zips.TOOLS}


@pytest.fixture(scope="module")
def instance(instance_factory, made):
    jobs = [job("runner", FILES.archive(RUNNER), id=1), job("damaged", FILES.archive(DAMAGED), id=2),
            job("unreadable", FILES.archive(UNREADABLE), id=3), job("many", FILES.archive(MANY), id=4),
            job("tree", FILES.archive(zips.zip_of(TREE)), id=5)]
    tools = [job(tool, FILES.archive(content), id=20 + zips.TOOLS.index(tool))
             for tool, content in made.items() if content]
    site = project("acme/site", pipeline("one", *jobs, *tools), id=1, visibility="public")
    return instance_factory({"groups": [public_group("acme")], "projects": [site]})


@pytest.fixture(scope="module")
def go_program(tmp_path_factory):
    return unzippers.build_go_program(tmp_path_factory.mktemp("go"))


def query(*paths):
    """One path as `path=`, several as `path[]=`."""
    name = "path" if len(paths) == 1 else "path[]"
    return "?" + "&".join(f"{name}={quote(path, safe='')}" for path in paths)


def part(instance, number, *paths):
    """The partial archive, checked for what all of them have."""
    target = archive(1, number, query(*paths))
    answer = wire(instance, "GET", target)
    assert answer.status == 200, f"{target}: {answer.status} {answer.body[:200]!r}"
    assert answer.headers.all("Content-Length") == [str(len(answer.body))], target
    expect_common_headers(answer, target)
    return answer.body


def below(files, *paths):
    """What `paths` stand for among `files`."""
    return {name: content for name, content in files.items()
            if any(name == path or name.startswith(path + "/") for path in paths)}


SELECTIONS = [["dir"], ["dir/sub"], ["a.txt"], ["dir/empty"], ["z"], ["dir-2", "dir.txt"], ["dir", "z/deep", "a.txt"],
              ["dir/sub/ümläut ß.txt", "a.txt"]]


@pytest.mark.parametrize("paths", SELECTIONS, ids=", ".join)
@pytest.mark.parametrize("tool", zips.TOOLS)
@pytest.mark.parametrize("unzipper", unzippers.UNZIPPERS)
def test_every_program_opens_them(instance, tmp_path, unzipper, tool, paths):
    needed, unzip = unzippers.UNZIPPERS[unzipper]
    unzippers.need(tool.replace("python", "python3"))
    unzippers.need(needed)
    path = tmp_path / "part.zip"
    path.write_bytes(part(instance, 20 + zips.TOOLS.index(tool), *paths))
    assert unzip(path, tmp_path) == below(TREE, *paths)


@pytest.mark.parametrize("paths", SELECTIONS, ids=", ".join)
@pytest.mark.parametrize("tool", zips.TOOLS)
def test_go_opens_them(instance, go_program, tmp_path, tool, paths):
    unzippers.need(tool.replace("python", "python3"))
    path = tmp_path / "part.zip"
    path.write_bytes(part(instance, 20 + zips.TOOLS.index(tool), *paths))
    seen = {name: value[0] for name, value in unzippers.by_go(go_program, path).items() if not name.endswith("/")}
    assert seen == {name: unzippers.digest(content) for name, content in below(TREE, *paths).items()}


def random_archive(seed):
    """Members of random paths, sizes, modes and extra fields, with what each path is in the end."""
    rng = random.Random(seed)
    segments = ["a", "b", "a-b", "a.b", "ä", "with space"]
    members, files = [], {}
    for _ in range(rng.randrange(1, 60)):
        name = "/".join(rng.choice(segments) for _ in range(rng.randrange(1, 4))) + f"/{rng.randrange(40)}.txt"
        content = rng.randbytes(rng.choice([0, 1, 50, 5000, 100_000])) if rng.random() < 0.5 else zips.prose(3000)
        flags = UTF8 | (zips.DESCRIPTOR_FLAG if rng.random() < 0.5 else 0)
        extra = b"UT\x05\x00\x01" + rng.randbytes(4) if rng.random() < 0.5 else b""
        members.append(M(name.encode(), content, rng.choice([zips.STORED, zips.DEFLATED]), flags, extra,
                         rng.choice([0o100644, 0o100755])))
        files.pop(name, None)
        files[name] = content
    paths = sorted({prefix for name in files for prefix in
                    ("/".join(name.split("/")[:depth]) for depth in range(1, name.count("/") + 2))})
    return zips.build(members), files, [rng.sample(paths, min(len(paths), rng.randrange(1, 4))) for _ in range(4)]


@pytest.mark.parametrize("seed", range(12))
def test_random_paths_of_random_archives(instance, go_program, tmp_path, seed):
    content, files, selections = random_archive(seed)
    added = project("acme/random", pipeline(f"p{seed}", job("build", FILES.archive(content), id=1000 + seed)), id=9,
                    visibility="public")
    assert instance.apply({"projects": [added]}).returncode == 0
    for number, paths in enumerate(selections):
        target = archive(9, 1000 + seed, query(*paths))
        answer = wire(instance, "GET", target)
        assert answer.status == 200, target
        expected = below(files, *paths)
        assert unzippers.names_in_order(answer.body) == list(expected), f"{target}: the archive's own order"
        path = tmp_path / f"{number}.zip"
        path.write_bytes(answer.body)
        for name, (needed, unzip) in unzippers.UNZIPPERS.items():
            unzippers.need(needed)
            directory = tmp_path / f"{number} {name}"
            directory.mkdir()
            assert unzip(path, directory) == expected, f"{target} by {name}"
        seen = {name: value[0] for name, value in unzippers.by_go(go_program, path).items()}
        assert seen == {name: unzippers.digest(data) for name, data in expected.items()}, target


def test_names_modes_times_and_links_are_kept(instance, go_program, tmp_path):
    body = part(instance, 1, "out")
    with zipfile.ZipFile(io.BytesIO(RUNNER)) as whole, zipfile.ZipFile(io.BytesIO(body)) as copy:
        assert copy.namelist() == ["out/", "out/app", "out/latest", "out/ü.txt", "out/twice.txt"]
        for info in copy.infolist():
            original = [each for each in whole.infolist() if each.filename == info.filename][-1]
            kept = ("date_time", "external_attr", "create_system", "extra", "comment", "compress_type", "CRC",
                    "compress_size", "file_size")
            assert [getattr(info, name) for name in kept] == [getattr(original, name) for name in kept], info.filename
        assert copy.read("out/twice.txt") == b"second", "of duplicate names the last"
        assert stat.S_ISLNK(copy.getinfo("out/latest").external_attr >> 16)
    path = tmp_path / "part.zip"
    path.write_bytes(body)
    assert unzippers.by_go(go_program, path)["out/app"][1] == 0o100755
    unzippers.need("unzip")
    unzippers.run(["unzip", "-q", str(path), "-d", "out"], tmp_path)
    assert (tmp_path / "out/out/latest").readlink().name == "app"
    assert (tmp_path / "out/out/app").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("first,second", [
    (["dir"], ["dir/"]), (["dir", "a.txt"], ["a.txt", "dir", "a.txt"]), (["dir", "a.txt"], ["dir/", "a.txt"])])
def test_equal_wishes_give_equal_bytes_and_tags(instance, first, second):
    answers = [wire(instance, "GET", archive(1, 5, query(*paths))) for paths in (first, second)]
    assert answers[0].body == answers[1].body
    paths = sorted({path.rstrip("/") for path in first})
    text = hashlib.sha256(zips.zip_of(TREE)).hexdigest() + ":" + "\0".join(paths)
    assert [answer.headers.get("ETag") for answer in answers] == [f'"{hashlib.sha256(text.encode()).hexdigest()}"'] * 2


def test_all_members_of_a_plain_archive_are_the_archive(instance):
    content = zips.zip_of(TREE)
    assert part(instance, 5, "a.txt", "dir", "dir-2", "dir.txt", "z") == content


def test_the_header_is_that_of_the_archive(instance):
    whole = wire(instance, "GET", archive(1, 5))
    for target in (archive(1, 5, "?path=dir"), archive_by_ref(1, "main", "tree", "&path=dir")):
        answer = wire(instance, "GET", target)
        for name in ("Content-Type", "Content-Disposition", "Content-Transfer-Encoding", "Cache-Control",
                     "Last-Modified", "Accept-Ranges"):
            assert answer.headers.all(name) == whole.headers.all(name), f"{target}: {name}"
        assert answer.headers.all("Repr-Digest") == [], "that is the whole archive's"


@pytest.mark.parametrize("paths", [["none"], ["dir/none"], ["DIR"], ["dir", "none"], ["a.txt/x"], ["di"], [" dir"]])
def test_a_path_that_leads_nowhere_is_404(instance, paths):
    answer = wire(instance, "GET", archive(1, 5, query(*paths)))
    expect(answer, 404, NO_PATH, paths)
    assert answer.headers.all("X-Artifact-Reason") == ["member_not_found"]


@pytest.mark.parametrize("value", ["", "%2F", "dir%2F%2F", ".", "..", "dir%2F..%2Fa.txt", "%2Fdir", "dir%5Cb.bin",
                                   "dir%2F%2Fsub", "./dir"])
def test_an_invalid_path_is_400(instance, value):
    expect(wire(instance, "GET", archive(1, 5, f"?path={value}")), 400, BAD_PATH, value)
    expect(wire(instance, "GET", archive(1, 5, f"?path[]=dir&path[]={value}")), 400, BAD_PATH, value)


def test_of_path_the_last_counts_and_of_the_list_all(instance):
    both = wire(instance, "GET", archive(1, 5, "?path=none&path=a.txt&path[]=dir.txt&path%5B%5D=dir-2"))
    assert both.status == 200
    assert unzippers.names_in_order(both.body) == ["a.txt", "dir-2/c.txt", "dir.txt"]


def test_members_that_cannot_be_read_are_copied_as_they_are(instance):
    assert part(instance, 3, "secret.txt", "zstd.txt", "crc.txt", "plain.txt") == UNREADABLE


def test_a_damaged_place_is_500_or_a_broken_transfer_never_a_short_file(instance):
    answer = wire(instance, "GET", archive(1, 2, "?path=bad"))
    expect(answer, 500, {"message": "500 Archive is corrupt"})
    broken = wire(instance, "GET", archive(1, 2, "?path=many"))
    assert broken.status == 200
    assert len(broken.body) < int(broken.headers.get("Content-Length"))
    assert unzippers.names_in_order(part(instance, 2, "good")) == ["good"]


def test_more_than_65535_members_are_a_zip64(instance, go_program, tmp_path):
    paths = [f"d{number:02}" for number in range(1, 70)]
    path = tmp_path / "part.zip"
    path.write_bytes(part(instance, 4, *paths))
    with zipfile.ZipFile(path) as copy:
        assert len(copy.namelist()) == 69_000
        assert copy.read("d42/042") == b"42042"
    assert len(unzippers.by_go(go_program, path)) == 69_000
    for tool, command in (("unzip", ["unzip", "-tq"]), ("7z", ["7z", "t", "-bd"]), ("bsdtar", ["bsdtar", "-tf"])):
        unzippers.need(tool)
        unzippers.run([*command, str(path)], tmp_path)
