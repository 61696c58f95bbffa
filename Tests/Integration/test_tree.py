"""The list of an archive's members: order, pages and what each entry says."""

import json

import pytest

import zips
from fixtures.contract import NO_JOB, archive, expect, expect_common_headers, expect_no_repeated_header, wire
from manifests import Library, access_token, job, member, pipeline, project, public_group, user

FILES = Library()
M = zips.Member
NO_ARTIFACTS = {"message": "404 Artifacts Not Found"}
ORDINARY = zips.build([
    M(b"tree", b"a file named tree"), M(b"b.txt", b"12345"), M(b"a/x/deep.txt", b"deep"), M(b"a-b", b"minus"),
    M(b"a.txt", b"", mode=0o100755), M(b"a/link", b"../b.txt", mode=zips.SYMLINK), M(b"empty/", mode=0o040700),
    M(b"a/secret", b"x" * 20, flags=zips.ENCRYPTED_FLAG), M(b"\x84.txt", b"cp437"), M(b"../evil", b"not listed"),
    M(b"twice", b"first"), M(b"twice", b"the second"), M("ü/".encode() + b"x", b"utf-8", zips.DEFLATED),
])
# path: type, size, mode
ENTRIES = {
    "a-b": ("file", 5, "100644"), "a.txt": ("file", 0, "100755"), "a/": ("directory", None, "040755"),
    "a/link": ("file", 8, "120777"), "a/secret": ("file", 20, "100644"), "a/x/": ("directory", None, "040755"),
    "a/x/deep.txt": ("file", 4, "100644"), "b.txt": ("file", 5, "100644"), "empty/": ("directory", None, "040755"),
    "tree": ("file", 17, "100644"), "twice": ("file", 10, "100644"), "ä.txt": ("file", 5, "100644"),
    "ü/": ("directory", None, "040755"), "ü/x": ("file", 5, "100644"),
}
MANY = zips.zip_of({f"d{number // 1000:02}/{number % 1000:03}": b"" for number in range(20_000)})


@pytest.fixture(scope="module")
def instance(instance_factory):
    jobs = [
        job("ordinary", FILES.archive(ORDINARY), id=1), job("many", FILES.archive(MANY), id=2), job("none", id=3),
        job("expired", FILES.labelled("x", expire_at="2020-01-01T00:00:00Z"), id=4),
        job("closed", FILES.labelled("x", access="maintainer"), id=5), job("reports", FILES.report(), id=6),
    ]
    site = project("acme/site", pipeline("one", *jobs), id=1, visibility="public", members=[member("dev", "developer")])
    document = {"users": [user("dev")], "groups": [public_group("acme")], "projects": [site]}
    return instance_factory(document)


def tree(number, query=""):
    return archive(1, number) + "/tree" + query


def listed(instance, number, query=""):
    """The entries of one page."""
    answer = wire(instance, "GET", tree(number, query))
    assert answer.status == 200, f"{query}: {answer.status} {answer.body[:200]!r}"
    expect_common_headers(answer, query)
    expect_no_repeated_header(answer, query)
    assert answer.headers.get("Content-Type").startswith("application/json"), query
    return json.loads(answer.body)


def entry(path):
    """The entry of a path, its keys in order."""
    kind, size, mode = ENTRIES[path]
    fields = {"name": path.rstrip("/").rsplit("/", 1)[-1], "path": path, "type": kind, "size": size, "mode": mode}
    return {name: value for name, value in fields.items() if value is not None}


@pytest.mark.parametrize("query,paths", [
    ("", ["a/", "empty/", "ü/", "a-b", "a.txt", "b.txt", "tree", "twice", "ä.txt"]),
    ("?path=", ["a/", "empty/", "ü/", "a-b", "a.txt", "b.txt", "tree", "twice", "ä.txt"]),
    ("?path=a", ["a/x/", "a/link", "a/secret"]),
    ("?path=a%2F", ["a/x/", "a/link", "a/secret"]),
    ("?path=a/x", ["a/x/deep.txt"]),
    ("?path=%C3%BC", ["ü/x"]),
    ("?path=empty", []),
    ("?recursive=true", list(ENTRIES)),
    ("?recursive=yes&path=a", ["a/link", "a/secret", "a/x/", "a/x/deep.txt"]),
    ("?recursive=false&path=a", ["a/x/", "a/link", "a/secret"]),
    ("?recursive=1&path=empty/", []),
])
def test_what_is_listed_and_in_which_order(instance, query, paths):
    entries = listed(instance, 1, query)
    assert [list(each.items()) for each in entries] == [list(entry(path).items()) for path in paths], query


@pytest.mark.parametrize("path", ["none", "a.txt", "a/link", "A", "a/x/y", "tree", "b.txt/"])
@pytest.mark.parametrize("recursive", ["", "&recursive=true"])
def test_an_unknown_path_and_a_file_are_404(instance, path, recursive):
    answer = wire(instance, "GET", tree(1, f"?path={path}{recursive}"))
    expect(answer, 404, {"message": "404 Path Not Found"}, path)
    assert answer.headers.all("X-Artifact-Reason") == ["member_not_found"], path


@pytest.mark.parametrize("number,reason", [(3, "no_archive"), (4, "expired"), (6, "reports_only")])
def test_no_archive_is_404_and_says_why(instance, number, reason):
    answer = wire(instance, "GET", tree(number))
    expect(answer, 404, NO_ARTIFACTS, reason)
    assert answer.headers.all("X-Artifact-Reason") == [reason]


def test_the_access_level_of_the_archive_counts(instance):
    expect(wire(instance, "GET", tree(5)), 403, {"message": "403 Forbidden"})
    developer = [("PRIVATE-TOKEN", access_token("dev"))]
    expect(wire(instance, "GET", tree(5), developer), 403, {"message": "403 Forbidden"})
    expect(wire(instance, "GET", tree(99)), 404, NO_JOB)


def test_pages_together_are_the_list(instance):
    whole = [f"d{number // 1000:02}/{number % 1000:03}" for number in range(20_000)]
    expected = sorted(whole + [f"d{number:02}/" for number in range(20)])
    seen = []
    for page in range(1, 6):
        seen += [each["path"] for each in listed(instance, 2, f"?recursive=true&per_page=100&page={page}")]
    assert seen == expected[:500]
    assert [each["path"] for each in listed(instance, 2, "?recursive=true&per_page=100&page=201")] == expected[20_000:]


@pytest.mark.parametrize("query,total,pages,page,per_page,following,previous,count", [
    ("", 20, 1, 1, 20, "", "", 20),
    ("?per_page=7", 20, 3, 1, 7, "2", "", 7),
    ("?per_page=7&page=3", 20, 3, 3, 7, "", "2", 6),
    ("?per_page=7&page=4", 20, 3, 4, 7, "", "", 0),
    ("?path=d07&per_page=1000", 1000, 10, 1, 100, "2", "", 100),
    ("?recursive=t&page=9223372036854775807", 20_020, 1001, None, 20, "", "", 0),
    ("?recursive=on&page=1001", 20_020, 1001, 1001, 20, "", "1000", 20),
])
def test_the_fields_of_a_page(instance, query, total, pages, page, per_page, following, previous, count):
    answer = wire(instance, "GET", tree(2, query))
    assert len(json.loads(answer.body)) == count, query
    expected = {"X-Total": str(total), "X-Total-Pages": str(pages), "X-Per-Page": str(per_page),
                "X-Next-Page": following, "X-Prev-Page": previous}
    assert {name: answer.headers.get(name) for name in expected} == expected, query
    if page is not None:
        assert answer.headers.get("X-Page") == str(page), query
    head = wire(instance, "HEAD", tree(2, query))
    assert head.body == b"" and head.headers.get("Content-Length") == str(len(answer.body)), query


def test_links_keep_what_was_asked_for_and_lead_to_the_other_pages(instance):
    answer = wire(instance, "GET", tree(2, "?path=d07%2F&recursive=true&per_page=50&page=2"))
    links = dict(reversed(link.strip().split("; rel=")) for link in answer.headers.get("Link").split(","))
    base = f"{instance.url}/api/v4/projects/1/jobs/2/artifacts/tree?path=d07%2F&recursive=true"
    pages = {"prev": 1, "next": 3, "first": 1, "last": 20}
    assert links == {f'"{name}"': f"<{base}&page={page}&per_page=50>" for name, page in pages.items()}
    following = wire(instance, "GET", links['"next"'].strip("<>").removeprefix(instance.url))
    assert json.loads(following.body)[0]["path"] == "d07/100"
