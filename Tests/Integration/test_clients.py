"""Real clients, unmodified: python-gitlab, curl and wget, in the forms that their documentations show."""

import hashlib
import shutil
import subprocess
import zipfile

import pytest

import zips
from fixtures.contract import archive, archive_by_ref, file, raw_file
from harness import DELIVERIES
from manifests import Library, access_token, job, job_token, member, pipeline, project, running_job, user

gitlab = pytest.importorskip("gitlab")

FILES = Library()
TOKEN = access_token("dev")
JOB = job_token("ci")
PATH = "group/sub.x/p"
NAME = "build & test: a/b"
PICTURE = b"\x89PNG\r\n\x1a\n" + zips.noise(900_000)
CONTENT = {"dir/b c.txt": b"spaced\n", "picture.png": PICTURE, "dir/ü.txt": b"umlaut\n",
           "report.log": zips.prose(500_000)}
ARCHIVE = zips.zip_of(CONTENT)


@pytest.fixture(scope="module", params=DELIVERIES)
def instance(request, instance_factory):
    """No client may see which way an archive takes."""
    site = project(
        PATH, pipeline("one", job(NAME, FILES.archive(ARCHIVE), id=42)),
        pipeline("two", job("build", FILES.archive(ARCHIVE), id=43), ref="feat/x"),
        pipeline("ci", running_job("ci", "dev"), ref="ci"), id=1, members=[member("dev", "developer")],
    )
    return instance_factory({"users": [user("dev")], "projects": [site]}, options=DELIVERIES[request.param])


KINDS = {"private_token": {"private_token": TOKEN}, "oauth_token": {"oauth_token": TOKEN},
         "job_token": {"job_token": JOB}}


@pytest.fixture(params=KINDS)
def remote(request, instance):
    """The project as python-gitlab sees it, with each kind of credentials; nothing is fetched before."""
    client = gitlab.Gitlab(instance.url, **KINDS[request.param])
    return client.projects.get(PATH, lazy=True)


def streamed(call, *arguments, **options):
    chunks = []
    call(*arguments, streamed=True, action=chunks.append, chunk_size=4096, **options)
    return b"".join(chunks)


def test_python_gitlab_downloads_by_ref(remote):
    assert remote.artifacts.download(ref_name="main", job=NAME) == ARCHIVE
    assert streamed(remote.artifacts.download, ref_name="main", job=NAME) == ARCHIVE


def test_python_gitlab_iterates(remote):
    assert b"".join(remote.artifacts.download(ref_name="main", job=NAME, iterator=True)) == ARCHIVE


@pytest.mark.parametrize("ref", ["feat/x", "feat%2Fx"])
def test_python_gitlab_takes_refs_with_slashes(remote, ref):
    assert remote.artifacts.download(ref_name=ref, job="build") == ARCHIVE
    assert remote.artifacts.raw(ref_name=ref, artifact_path="picture.png", job="build") == PICTURE


@pytest.mark.parametrize("path", CONTENT)
def test_python_gitlab_reads_single_files(remote, path):
    assert remote.artifacts.raw(ref_name="main", artifact_path=path, job=NAME) == CONTENT[path]
    assert remote.jobs.get(42, lazy=True).artifact(path) == CONTENT[path]
    assert streamed(remote.jobs.get(42, lazy=True).artifact, path) == CONTENT[path]


def test_python_gitlab_downloads_by_id(remote):
    assert remote.jobs.get(42, lazy=True).artifacts() == ARCHIVE
    assert streamed(remote.jobs.get(42, lazy=True).artifacts) == ARCHIVE


def test_python_gitlab_understands_our_errors(remote, instance):
    with pytest.raises(gitlab.GitlabGetError) as caught:
        remote.jobs.get(999, lazy=True).artifacts()
    assert (caught.value.response_code, caught.value.error_message) == (404, "404 Not found")
    stranger = gitlab.Gitlab(instance.url, private_token="glpat-unknown").projects.get(PATH, lazy=True)
    with pytest.raises(gitlab.GitlabAuthenticationError):
        stranger.jobs.get(42, lazy=True).artifacts()


def test_python_gitlab_follows_a_numeric_project(instance):
    client = gitlab.Gitlab(instance.url, private_token=TOKEN)
    assert client.projects.get(1, lazy=True).artifacts.download(ref_name="main", job=NAME) == ARCHIVE


def curl(directory, *arguments, check=True):
    command = ["curl", "-q", "--noproxy", "*", "--silent", "--show-error", "--location", "--fail", *map(str, arguments)]
    return subprocess.run(command, cwd=directory, check=check, capture_output=True, timeout=60)


FORMS = {
    "PRIVATE-TOKEN": ["--header", f"PRIVATE-TOKEN: {TOKEN}"],
    "private-token": ["--header", f"private-token: {TOKEN}"],
    "Bearer": ["--header", f"Authorization: Bearer {TOKEN}"],
    "JOB-TOKEN": ["--header", f"JOB-TOKEN: {JOB}"],
    "job_token as data": ["--get", "--data-urlencode", f"job_token={JOB}"],
    "private_token as data": ["--get", "--data-urlencode", f"private_token={TOKEN}"],
}
WHERE = {
    "archive by id": (archive(PATH, 42), ARCHIVE), "archive by numeric id": (archive(1, 42), ARCHIVE),
    "archive by ref": (archive_by_ref(PATH, "main", NAME), ARCHIVE),
    "archive of a ref with slashes": (archive_by_ref(PATH, "feat/x", "build"), ARCHIVE),
    "file by id": (file(PATH, 42, "dir/b%20c.txt"), b"spaced\n"),
    "raw file": (raw_file(PATH, "main", "picture.png", NAME), PICTURE),
}


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("form", FORMS)
def test_curl_in_every_documented_form(instance, tmp_path, form, where):
    target, content = WHERE[where]
    curl(tmp_path, "--output", "out", *FORMS[form], instance.url + target)
    assert (tmp_path / "out").read_bytes() == content


def test_curl_names_the_file_as_told(instance, tmp_path):
    curl(tmp_path, "--remote-header-name", "--remote-name", *FORMS["JOB-TOKEN"], instance.url + archive(PATH, 42))
    assert zipfile.ZipFile(tmp_path / "artifacts.zip").testzip() is None


@pytest.mark.parametrize("where", ("archive by id", "raw file"))
def test_curl_resumes(instance, tmp_path, where):
    target, content = WHERE[where]
    (tmp_path / "out").write_bytes(content[:1000])
    curl(tmp_path, "--continue-at", "-", "--output", "out", *FORMS["PRIVATE-TOKEN"], instance.url + target)
    assert (tmp_path / "out").read_bytes() == content


@pytest.mark.parametrize("where", WHERE)
def test_curl_keeps_a_copy_fresh_by_its_tag(instance, tmp_path, where):
    target, content = WHERE[where]
    arguments = ["--etag-compare", "tag", "--etag-save", "tag", *FORMS["PRIVATE-TOKEN"], instance.url + target]
    (tmp_path / "tag").touch()
    curl(tmp_path, "--output", "out", *arguments)
    assert (tmp_path / "out").read_bytes() == content
    again = curl(tmp_path, "--output", "again", "--write-out", "%{http_code}", *arguments)
    assert again.stdout == b"304"


def test_curl_inflates_what_it_asked_for(instance, tmp_path):
    target = instance.url + file(PATH, 42, "report.log")
    curl(tmp_path, "--compressed", "--output", "out", *FORMS["PRIVATE-TOKEN"], target)
    assert (tmp_path / "out").read_bytes() == CONTENT["report.log"]


def test_curl_asks_for_the_head(instance, tmp_path):
    head = curl(tmp_path, "--head", *FORMS["PRIVATE-TOKEN"], instance.url + archive(PATH, 42)).stdout.decode()
    assert f"Content-Length: {len(ARCHIVE)}" in head and hashlib.sha256(ARCHIVE).hexdigest() in head


def test_curl_fails_where_the_server_refuses(instance, tmp_path):
    for target in (archive(PATH, 999), archive(PATH, 42)):
        arguments = ["--output", "out", "--header", "PRIVATE-TOKEN: glpat-unknown", instance.url + target]
        done = curl(tmp_path, *arguments, check=False)
        assert done.returncode == 22, done.stderr


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")
@pytest.mark.parametrize("header", (f"PRIVATE-TOKEN: {TOKEN}", f"JOB-TOKEN: {JOB}", f"Authorization: Bearer {TOKEN}"))
def test_wget_downloads_and_resumes(instance, tmp_path, header):
    command = ["wget", "--quiet", "--no-proxy", "--header", header, "--continue", "--output-document", "out",
               instance.url + archive(PATH, 42)]
    (tmp_path / "out").write_bytes(ARCHIVE[:1000])
    subprocess.run(command, cwd=tmp_path, check=True, timeout=60)
    assert (tmp_path / "out").read_bytes() == ARCHIVE


def added(instance, number, **extra):
    """A project of its own with a job that expires, for a client to change."""
    build = job("build", FILES.archive(ARCHIVE, expire_at="now+1d"), id=number, user="dev", **extra)
    entry = project(f"group/changes-{number}", pipeline("one", build), id=number, members=[member("dev", "maintainer")])
    applied = instance.apply({"projects": [entry]})
    assert applied.returncode == 0, applied.stderr
    return entry["path"]


@pytest.mark.parametrize("kind", ("private_token", "oauth_token"))
def test_python_gitlab_keeps_deletes_and_erases(instance, kind):
    number = {"private_token": 200, "oauth_token": 210}[kind]
    client = gitlab.Gitlab(instance.url, **{kind: TOKEN})
    remote = client.projects.get(added(instance, number), lazy=True)
    build = remote.jobs.get(number, lazy=True)
    build.keep_artifacts()
    assert instance.psql(f"select count(*) from artifacts where job_id = {number} and expire_at is null") == "1\n"
    build.delete_artifacts()
    with pytest.raises(gitlab.GitlabGetError):
        build.artifacts()
    build.delete_artifacts()
    with pytest.raises(gitlab.GitlabCreateError) as caught:
        build.keep_artifacts()
    assert (caught.value.response_code, caught.value.error_message) == (404, "404 Not Found")
    again = client.projects.get(added(instance, number + 1), lazy=True)
    again.jobs.get(number + 1, lazy=True).erase()
    with pytest.raises(gitlab.GitlabJobEraseError) as caught:
        again.jobs.get(number + 1, lazy=True).erase()
    assert (caught.value.response_code, caught.value.error_message) == (403, "403 Forbidden - Job is not erasable!")
    remote.artifacts.delete()


def test_curl_keeps_deletes_and_erases(instance, tmp_path):
    paths = {number: added(instance, number) for number in (220, 221)}
    base = f"{instance.url}/api/v4/projects"

    def status(method, target, header=f"PRIVATE-TOKEN: {TOKEN}"):
        done = curl(tmp_path, "--request", method, "--header", header, "--output", "out", "--write-out",
                    "%{http_code}", base + target, check=False)
        return done.stdout.decode()

    quoted = {number: path.replace("/", "%2F") for number, path in paths.items()}
    assert status("POST", "/220/jobs/220/artifacts/keep") == "200"
    assert status("POST", f"/{quoted[220]}/jobs/220/artifacts/keep?", f"Authorization: Bearer {TOKEN}") == "200"
    assert status("POST", f"/220/jobs/220/artifacts/keep?private_token={TOKEN}", "X: y") == "200"
    assert status("DELETE", "/220/jobs/220/artifacts") == "204"
    assert status("POST", "/221/jobs/221/erase") == "201"
    assert status("DELETE", f"/{quoted[221]}/artifacts") == "202"
    assert status("POST", "/220/jobs/220/artifacts/keep", f"JOB-TOKEN: {JOB}") == "401"
