"""Projects under a path that they had before."""

import pytest

from fixtures.contract import (
    MOVED, NO_PROJECT, UNAUTHORIZED, archive, archive_by_ref, expect, expect_common_headers, file, raw_file, wire,
)
from manifests import Library, access_token, job, member, pipeline, project, public_group, user

DEV = [("PRIVATE-TOKEN", access_token("dev"))]
OLD = "acme/old-site"

TARGETS = {
    "archive": archive(OLD, 1),
    "archive with a query": archive(OLD, 1, "?a=b%20c&d"),
    "archive by ref": archive_by_ref(OLD, "feat%2Fx", "build & test"),
    "archive by ref with raw slashes": archive_by_ref(OLD, "feat/x", "build"),
    "file": file(OLD, 1, "a%20b/%C3%BC.txt"),
    "raw file": raw_file(OLD, "main", "dir%2Fwho.txt", "build"),
}


@pytest.fixture(scope="module")
def instance(instance_factory):
    files = Library()
    projects = [
        project("acme/site", pipeline("one", job("build", files.labelled("site"), id=1)), id=1,
                members=[member("dev", "maintainer")], previous_paths=[OLD, "Very/Old", "acme/taken"]),
        project("acme/taken", pipeline("one", job("build", files.labelled("taken"), id=2)), id=2,
                members=[member("dev", "maintainer")], take_over=True),
    ]
    return instance_factory({"users": [user("dev"), user("stranger")],
                             "groups": [public_group("acme")], "projects": projects})


@pytest.mark.parametrize("method", ("GET", "HEAD"))
@pytest.mark.parametrize("what", TARGETS)
def test_an_old_path_redirects_to_the_numeric_id(instance, what, method):
    target = TARGETS[what]
    answer = wire(instance, method, target, DEV)
    expect(answer, 301, cell=what)
    expected = instance.url + target.replace("acme%2Fold-site", "1")
    assert answer.headers.all("Location") == [expected], what
    expect_common_headers(answer, what)


def test_the_host_header_is_not_believed(instance):
    answer = wire(instance, "GET", archive(OLD, 1), [*DEV, ("X-Forwarded-Host", "evil.example")])
    assert answer.headers.get("Location") == instance.url + archive(1, 1)


@pytest.mark.parametrize("path", (OLD, "ACME/Old-Site", "very/old"))
def test_old_paths_have_no_case_either(instance, path):
    answer = wire(instance, "GET", archive(path, 1), DEV)
    expect(answer, 301, cell=path)
    assert answer.headers.get("Location") == instance.url + archive(1, 1)


@pytest.mark.parametrize("method,suffix", [("DELETE", ""), ("POST", "/keep")])
def test_other_verbs_are_refused(instance, method, suffix):
    answer = wire(instance, method, archive(OLD, 1) + suffix, [*DEV, ("Content-Length", "0")])
    expect(answer, 405, MOVED, method)
    expect(wire(instance, "GET", archive(1, 1), DEV), 200, cell="nothing was changed")


def test_an_old_path_tells_strangers_nothing(instance):
    expect(wire(instance, "GET", archive(OLD, 1)), 404, NO_PROJECT)
    expect(wire(instance, "GET", archive(OLD, 1), [("PRIVATE-TOKEN", access_token("stranger"))]), 404, NO_PROJECT)
    expect(wire(instance, "GET", archive(OLD, 1), [("PRIVATE-TOKEN", "glpat-unknown")]), 401, UNAUTHORIZED)


def test_a_change_without_credentials_is_401_under_an_old_path_too(instance):
    expect(wire(instance, "DELETE", archive(OLD, 1), [("Content-Length", "0")]), 401, UNAUTHORIZED)


def test_a_missing_parameter_comes_before_the_redirect(instance):
    expect(wire(instance, "GET", "/api/v4/projects/acme%2Fold-site/jobs/artifacts/main/download", DEV), 400,
           {"error": "job is missing"})


def test_a_live_project_wins_over_an_old_path(instance):
    answer = wire(instance, "GET", file("acme/taken", 2, "who.txt"), DEV)
    expect(answer, 200)
    assert answer.body == b"taken"
