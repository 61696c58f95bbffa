"""Clients that look around before they download: python-gitlab without lazy objects, its CLI, gitlab-art and artifetch."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import zips
from manifests import Library, access_token, job, job_token, member, pipeline, project, running_job, user

gitlab = pytest.importorskip("gitlab")

FILES = Library()
TOKEN = access_token("dev")
JOB = job_token("ci")
PATH = "group/sub.x/p"
NAME = "build & test: a/b"
ARCHIVE = zips.zip_of({"dir/b c.txt": b"spaced\n", "picture.png": b"\x89PNG" + zips.noise(9000)})
LOG = b"line one\nline two\n"


@pytest.fixture(scope="module")
def instance(instance_factory):
    old = pipeline("old", job(NAME, FILES.archive(ARCHIVE), FILES.report("trace", LOG), id=42), id=7, ref="feat/x")
    new = pipeline("new", job(NAME, id=50, status="failed"), job("lint", id=51, key="lint-1", retried=True),
                   job("lint", id=52, key="lint-2"), id=8, ref="feat/x")
    many = pipeline("many", *(job(f"unit {number}", id=100 + number) for number in range(45)), id=9)
    site = project(PATH, old, new, many, pipeline("ci", running_job("ci", "dev", id=200), id=10, ref="ci"), id=1,
                   members=[member("dev", "maintainer")])
    return instance_factory({"users": [user("dev")], "projects": [site]})


@pytest.fixture(params=["private_token", "oauth_token", "job_token"])
def client(request, instance):
    """python-gitlab with each kind of credentials."""
    return gitlab.Gitlab(instance.url, **{request.param: JOB if request.param == "job_token" else TOKEN})


@pytest.fixture
def dev(instance):
    return gitlab.Gitlab(instance.url, private_token=TOKEN)


def numbers(entries):
    return [entry.get_id() for entry in entries]


@pytest.mark.parametrize("key", [PATH, PATH.upper(), 1])
def test_projects_are_found_by_id_and_path(client, key):
    found = client.projects.get(key)
    assert (found.get_id(), found.path_with_namespace, found.name_with_namespace) == (1, PATH, f"group / sub.x / {found.name}")
    assert numbers(found.pipelines.list(get_all=True)) == [10, 9, 8, 7]


def test_jobs_are_listed_page_by_page(client):
    jobs = client.projects.get(PATH).jobs
    everything = [200, *range(144, 99, -1), 52, 50, 42]
    assert numbers(jobs.list(get_all=True)) == everything
    assert numbers(jobs.list(iterator=True, per_page=10)) == everything
    assert numbers(jobs.list(page=3, per_page=20)) == everything[40:]
    lazy = jobs.list(iterator=True)
    assert (lazy.total, lazy.total_pages, lazy.per_page, lazy.current_page, lazy.next_page) == (49, 3, 20, 1, 2)


def test_jobs_are_filtered(client):
    jobs = client.projects.get(PATH).jobs
    assert numbers(jobs.list(scope="failed", get_all=True)) == [50]
    assert numbers(jobs.list(scope=["failed", "running"], get_all=True)) == [200, 50]
    assert numbers(jobs.list(include_retried=True, scope=["success"], get_all=True))[-3:] == [52, 51, 42]
    with pytest.raises(gitlab.GitlabListError) as caught:
        jobs.list(scope="bogus", get_all=True)
    assert caught.value.error_message == "scope does not have a valid value"


def test_jobs_lead_to_their_artifacts(client):
    found = client.projects.get(PATH).jobs.get(42)
    assert (found.name, found.status, found.pipeline["id"], found.artifacts_file["filename"]) == (NAME, "success", 7, "artifacts.zip")
    assert found.artifacts() == ARCHIVE
    assert found.artifact("dir/b c.txt") == b"spaced\n"
    assert found.trace() == LOG
    assert client.projects.get(PATH).jobs.get(52).trace() == b""


def test_pipelines_are_filtered_and_lead_to_their_jobs(client):
    pipelines = client.projects.get(PATH).pipelines
    assert numbers(pipelines.list(ref="feat/x", order_by="id", sort="asc", get_all=True)) == [7, 8]
    assert numbers(pipelines.list(ref="feat/x", status="failed", get_all=True)) == [8]
    found = pipelines.get(8)
    assert (found.status, found.ref, found.detailed_status["group"]) == ("failed", "feat/x", "failed")
    assert numbers(found.jobs.list(get_all=True)) == [52, 50]
    assert numbers(found.jobs.list(get_all=True, include_retried=True)) == [52, 51, 50]
    assert numbers(found.jobs.list(get_all=True, scope="failed")) == [50]


def test_what_is_not_there_is_an_error_of_the_library(client):
    for get in (lambda: client.projects.get("group/nothing"), lambda: client.projects.get(PATH).jobs.get(99),
                lambda: client.projects.get(PATH).pipelines.get(99)):
        with pytest.raises(gitlab.GitlabGetError) as caught:
            get()
        assert caught.value.response_code == 404


def test_the_client_learns_who_it_is_and_whom_it_asks(dev):
    dev.auth()
    assert dev.user.username == "dev" and dev.user.id > 0
    assert dev.version()[0].startswith("19.")
    assert dev.projects.get(PATH, statistics=True).statistics["job_artifacts_size"] > len(ARCHIVE)


def test_a_stranger_cannot_sign_in(instance):
    with pytest.raises(gitlab.GitlabAuthenticationError):
        gitlab.Gitlab(instance.url, private_token="glpat-unknown").auth()


def test_a_job_asks_for_itself(instance):
    found = gitlab.Gitlab(instance.url, job_token=JOB).http_get("/job")
    assert (found["id"], found["pipeline"]["id"], found["user"]["username"]) == (200, 10, "dev")


def test_artifacts_are_kept_deleted_and_erased(instance, dev):
    site = project("group/changing", pipeline("one", *(
        job(f"job {number}", FILES.archive(ARCHIVE, expire_at="now+1d"), FILES.report("trace", LOG), id=number)
        for number in (300, 301, 302))), id=2, members=[member("dev", "maintainer")])
    done = instance.apply({"projects": [site]})
    assert done.returncode == 0, done.stderr
    jobs = dev.projects.get("group/changing").jobs
    jobs.get(300).keep_artifacts()
    assert jobs.get(300).artifacts_expire_at is None
    jobs.get(301).delete_artifacts()
    assert [entry["file_type"] for entry in jobs.get(301).attributes["artifacts"]] == ["trace"]
    jobs.get(302).erase()
    assert jobs.get(302).erased_at and jobs.get(302).attributes["artifacts"] == [] and jobs.get(302).trace() == b""
    dev.projects.get(2).artifacts.delete()


# Programs

def run(command, directory, environment=None):
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("CI", "GITLAB", "PYTHON_GITLAB"))}
    done = subprocess.run([str(part) for part in command], cwd=directory, capture_output=True, timeout=120, check=False,
                          env={**surroundings, "HOME": str(directory), "XDG_CONFIG_HOME": str(directory), **(environment or {})})
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    return done.stdout


def program(name):
    """A program that pip installed beside this Python."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not installed")
    return found


@pytest.fixture
def cli(instance, tmp_path):
    settings = f"[global]\ndefault = here\n[here]\nurl = {instance.url}\nprivate_token = {TOKEN}\n"
    (tmp_path / "gitlab.cfg").write_text(settings)
    return lambda *arguments: run([program("gitlab"), "-c", "gitlab.cfg", *arguments], tmp_path)


def test_cli_lists(cli):
    entries = json.loads(cli("-o", "json", "project-job", "list", "--project-id", PATH, "--get-all", "--scope", "success"))
    assert [entry["id"] for entry in entries] == [*range(144, 99, -1), 52, 42]
    entries = json.loads(cli("-o", "json", "project-pipeline", "list", "--project-id", PATH, "--ref", "feat/x"))
    assert [entry["id"] for entry in entries] == [8, 7]


def test_cli_gets(cli):
    assert json.loads(cli("-o", "json", "project", "get", "--id", PATH))["id"] == 1
    assert json.loads(cli("-o", "json", "project-job", "get", "--project-id", PATH, "--id", "42"))["name"] == NAME
    assert json.loads(cli("-o", "json", "project-pipeline", "get", "--project-id", "1", "--id", "7"))["ref"] == "feat/x"
    assert json.loads(cli("-o", "json", "current-user", "get"))["username"] == "dev"


def test_cli_downloads(cli):
    assert cli("project-job", "artifacts", "--project-id", PATH, "--id", "42") == ARCHIVE
    assert cli("project-job", "trace", "--project-id", PATH, "--id", "42").startswith(LOG)
    assert cli("project-artifact", "download", "--project-id", PATH, "--ref-name", "feat/x", "--job", NAME) == ARCHIVE


def test_gitlab_art_finds_and_installs(instance, tmp_path):
    art = program("art")
    (tmp_path / "art").mkdir()
    (tmp_path / "art" / "config.yml").write_text(f"gitlab_url: {instance.url}\ntoken_type: private\ntoken: {TOKEN}\n")
    (tmp_path / "artifacts.yml").write_text(json.dumps(
        [{"project": PATH, "ref": "feat/x", "job": NAME, "install": {"dir/": "out/"}}]))
    surroundings = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    for command in ("update", "download", "install"):
        run([art, command], tmp_path, surroundings)
    assert (tmp_path / "out" / "b c.txt").read_bytes() == b"spaced\n"
    assert "job_id: 42" in (tmp_path / "artifacts.lock.yml").read_text()


def test_artifetch_fetches(instance, tmp_path):
    source = f"{PATH}/-/jobs/42/artifacts.zip"
    run([program("artifetch"), source, "--provider", "gitlab", "--dest", "out"], tmp_path,
        {"GITLAB_URL": instance.url, "GITLAB_TOKEN": TOKEN})
    (found,) = (tmp_path / "out").iterdir()
    assert zipfile.ZipFile(found).read("dir/b c.txt") == b"spaced\n"
