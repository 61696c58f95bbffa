"""ruby-gitlab and GitLab::API::v4 as Debian has them, unmodified: small programs of theirs make every call that they can."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

import zips
from manifests import Library, access_token, job, member, pipeline, project, user

CLIENTS = Path(__file__).parent / "clients"
FILES = Library()
# Today's tokens are longer than 20 characters, which this client sends as Bearer; a shorter one goes as PRIVATE-TOKEN.
LONG, SHORT = access_token("dev"), "glpat-0123456789"
PATH = "group/sub.x/p"
PICTURE = b"\x89PNG\r\n\x1a\n" + zips.noise(70_000)
ARCHIVE = zips.zip_of({"picture.png": PICTURE})
LOG = b"\xffline one\nline two\n"
JOBS = [*range(144, 99, -1), 50, 42]


def document():
    dev = user("dev")
    dev["access_tokens"].append({"name": "short", "token": SHORT, "scopes": ["api"]})
    old = pipeline("old", job("build", FILES.archive(ARCHIVE), FILES.report("trace", LOG), id=42), id=7, ref="feat/x")
    new = pipeline("new", job("build", id=49, key="first", retried=True), job("build", id=50, status="failed"), id=8, ref="feat/x")
    files = (FILES.archive(ARCHIVE, expire_at="now+1d"), FILES.report("trace", LOG))
    changing = pipeline("changing", *(job(f"job {number}", *files, id=number) for number in range(200, 205)), id=10)
    many = pipeline("many", *(job(f"unit {number}", id=100 + number) for number in range(45)), id=9)
    return {"users": [dev], "projects": [
        project(PATH, old, new, many, id=1, members=[member("dev", "maintainer")]),
        project("group/changing", changing, id=2, members=[member("dev", "maintainer")])]}


@pytest.fixture(scope="module")
def instance(instance_factory):
    return instance_factory(document())


def calls(instance, command, names, token):
    """What the client made of each answer."""
    environment = {**os.environ, "ENDPOINT": instance.api, "PROJECT": PATH, "TOKEN": token}
    done = subprocess.run([*command, *names], capture_output=True, timeout=120, check=False, env=environment)
    assert done.returncode == 0, done.stderr.decode()
    return dict(zip(names, map(json.loads, done.stdout.decode().splitlines()), strict=True))


def installed(command):
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture(params=[LONG, SHORT], ids=["long token", "short token"])
def ruby(request, instance):
    if not shutil.which("ruby") or not installed(["ruby", "-e", "require 'gitlab'"]):
        pytest.skip("ruby-gitlab is not installed")
    return lambda *names: calls(instance, ["ruby", str(CLIENTS / "metadata.rb")], names, request.param)


@pytest.fixture
def perl(instance):
    if not shutil.which("perl") or not installed(["perl", "-MGitLab::API::v4", "-e", "1"]):
        pytest.skip("libgitlab-api-v4-perl is not installed")
    return lambda *names: calls(instance, ["perl", str(CLIENTS / "metadata.pl")], names, LONG)


def check_what_both_can(found):
    assert found["user"]["username"] == "dev"
    assert found["version"]["version"].startswith("19.")
    assert (found["project"]["id"], found["project"]["path_with_namespace"]) == (1, PATH)
    assert found["jobs"] == JOBS[:20]
    assert found["all jobs"] == JOBS
    assert found["failed jobs"] == [50]
    assert (found["job"]["name"], found["job"]["pipeline"]["id"]) == ("build", 7)
    assert found["pipelines"] == [7, 8]
    assert (found["pipeline"]["id"], found["pipeline"]["status"]) == (7, "success")
    assert found["pipeline jobs"] == [50, 49]


COMMON = ("user", "version", "project", "jobs", "all jobs", "failed jobs", "job", "pipelines", "pipeline", "pipeline jobs")


def test_ruby_looks_around(ruby):
    found = ruby(*COMMON, "next page")
    check_what_both_can(found)
    assert found["next page"] == [True, JOBS[20:40]]


def test_ruby_downloads(ruby):
    found = ruby("download", "file", "branch file")
    assert found["download"] == ARCHIVE.hex()
    assert found["file"] == found["branch file"] == PICTURE.hex()


def test_ruby_understands_our_errors(ruby):
    found = ruby("missing job", "bad scope")
    assert found["missing job"]["error"] == "Gitlab::Error::NotFound"
    assert found["bad scope"]["error"] == "Gitlab::Error::BadRequest"
    assert "scope does not have a valid value" in found["bad scope"]["message"]


def test_ruby_keeps_deletes_and_erases(ruby):
    found = ruby("keep", "delete", "erase", "job 200", "job 201")
    assert (found["keep"]["id"], found["keep"]["artifacts_expire_at"]) == (200, None)
    assert [entry["file_type"] for entry in found["job 201"]["artifacts"]] == ["trace"]
    # With the second token it is erased already.
    assert found["erase"].get("erased_at") or found["erase"]["error"] == "Gitlab::Error::Forbidden"


def test_perl_looks_around(perl):
    check_what_both_can(perl(*COMMON))


def test_perl_understands_our_errors(perl):
    found = perl("missing job", "bad scope")
    assert found["missing job"] is None
    assert "(HTTP 400)" in found["bad scope"]["error"] and "scope does not have" in found["bad scope"]["error"]


def test_perl_keeps_and_erases(perl):
    found = perl("keep", "erase")
    assert (found["keep"]["id"], found["keep"]["artifacts_expire_at"]) == (204, None)
    assert found["erase"]["erased_at"] and found["erase"]["artifacts"] == []
