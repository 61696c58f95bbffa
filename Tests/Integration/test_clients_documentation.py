"""The examples of GitLab's documentation of the Job artifacts API, word for word but for host, token and numbers.

They are run by a shell in an empty directory, as a reader would; curl learns only that loopback needs no proxy.
"""

import os
import subprocess
import zipfile

import pytest

import zips
from manifests import Library, access_token, job, job_token, member, pipeline, project, running_job, user

TOKEN = access_token("dev")
CI_JOB_TOKEN = job_token("ci")
FILES = Library()
CONTENT = {"some/release/file.pdf": b"%PDF-1.7\n" + zips.noise(9000), "README.md": b"read me\n"}
ARCHIVE = zips.zip_of(CONTENT)


@pytest.fixture(scope="module")
def instance(instance_factory):
    site = project("acme/site", pipeline("one", job("test", FILES.archive(ARCHIVE), id=42)),
                   pipeline("ci", running_job("ci", "dev"), ref="ci"), id=1, members=[member("dev", "maintainer")])
    return instance_factory({"users": [user("dev")], "projects": [site]})


# What the example says, and which file it leaves.
ARCHIVES = {
    "by id": ('curl --location --header "PRIVATE-TOKEN: <your_access_token>" --output artifacts.zip '
              '--url "https://gitlab.example.com/api/v4/projects/1/jobs/42/artifacts"', "artifacts.zip"),
    "by id, job token": ('curl --location --header "JOB-TOKEN:$CI_JOB_TOKEN" --output artifacts.zip '
                         '--url "$CI_API_V4_URL/projects/1/jobs/42/artifacts"', "artifacts.zip"),
    "by id, job token as parameter": ('curl --location --output artifacts.zip '
                                      '--url "$CI_API_V4_URL/projects/1/jobs/42/artifacts?job_token=$CI_JOB_TOKEN"',
                                      "artifacts.zip"),
    "by id, form of CI scripts": ("curl --location --output artifacts.zip --url "
                                  "\"https://gitlab.example.com/api/v4/projects/$CI_PROJECT_ID/jobs/42/artifacts?"
                                  "job_token=$CI_JOB_TOKEN\"", "artifacts.zip"),
    "by id, name from the header": ('curl --location --remote-header-name --remote-name '
                                    '--header "PRIVATE-TOKEN: <your_access_token>" '
                                    '"https://gitlab.example.com/api/v4/projects/1/jobs/42/artifacts"', "artifacts.zip"),
    "by id, name from the address": ('curl --location --remote-name --header "PRIVATE-TOKEN: <your_access_token>" '
                                     '"https://gitlab.example.com/api/v4/projects/1/jobs/42/artifacts"', "artifacts"),
    "by id, redirected": ('curl --location --header "PRIVATE-TOKEN: <your_access_token>" '
                          '"https://gitlab.example.com/api/v4/projects/1/jobs/42/artifacts" > outputfile.zip',
                          "outputfile.zip"),
    "by ref": ('curl --location --header "PRIVATE-TOKEN: <your_access_token>" --output artifacts.zip '
               '--url "https://gitlab.example.com/api/v4/projects/1/jobs/artifacts/main/download?job=test"',
               "artifacts.zip"),
    "by ref, job token": ('curl --location --header "JOB-TOKEN:$CI_JOB_TOKEN" --output artifacts.zip '
                          '--url "$CI_API_V4_URL/projects/acme%2Fsite/jobs/artifacts/main/download?job=test"',
                          "artifacts.zip"),
    "by ref, job token as parameter": ("curl --location --output artifacts.zip --url \"https://gitlab.example.com/api/v4/"
                                       "projects/$CI_PROJECT_ID/jobs/artifacts/main/download?job=test&"
                                       "job_token=$CI_JOB_TOKEN\"", "artifacts.zip"),
    "by ref, in recent pipelines": ('curl --location --header "PRIVATE-TOKEN: <your_access_token>" --output artifacts.zip '
                                    '--url "https://gitlab.example.com/api/v4/projects/1/jobs/artifacts/main/download?'
                                    'job=test&search_recent_successful_pipelines=true"', "artifacts.zip"),
}
MEMBERS = {
    "by id": ('curl --location --header "PRIVATE-TOKEN: <your_access_token>" --output "file.pdf" '
              '--url "https://gitlab.example.com/api/v4/projects/1/jobs/42/artifacts/some/release/file.pdf"'),
    "by id, named after the address": ('curl --location --remote-name --header "PRIVATE-TOKEN: <your_access_token>" '
                                       '"https://gitlab.example.com/api/v4/projects/1/jobs/42/artifacts/some/release/file.pdf"'),
    "by id, named by the header": ('curl --location --remote-header-name --remote-name '
                                   '--header "PRIVATE-TOKEN: <your_access_token>" '
                                   '"https://gitlab.example.com/api/v4/projects/1/jobs/42/artifacts/some/release/file.pdf"'),
    "by ref": ('curl --location --header "PRIVATE-TOKEN: <your_access_token>" --output "file.pdf" '
               '--url "https://gitlab.example.com/api/v4/projects/1/jobs/artifacts/main/raw/some/release/file.pdf?job=test"'),
    "by ref, named by the header": ('curl --location --remote-header-name --remote-name --header "JOB-TOKEN: $CI_JOB_TOKEN" '
                                    '"$CI_API_V4_URL/projects/1/jobs/artifacts/main/raw/some/release/file.pdf?job=test"'),
}
JSON = {
    "project": 'curl --header "PRIVATE-TOKEN: <your_access_token>" --url "https://gitlab.example.com/api/v4/projects/1"',
    "jobs": ('curl --globoff --header "PRIVATE-TOKEN: <your_access_token>" '
             '--url "https://gitlab.example.com/api/v4/projects/1/jobs?scope[]=pending&scope[]=running"'),
    "pipeline jobs": ('curl --globoff --header "PRIVATE-TOKEN: <your_access_token>" '
                      '--url "https://gitlab.example.com/api/v4/projects/1/pipelines/1/jobs?scope[]=pending&scope[]=success"'),
    "job": 'curl --header "PRIVATE-TOKEN: <your_access_token>" --url "https://gitlab.example.com/api/v4/projects/1/jobs/42"',
    "own job": ('curl --header "Authorization: Bearer $CI_JOB_TOKEN" --url "${CI_API_V4_URL}/job"'),
    "own job, header": 'curl --header "JOB-TOKEN: $CI_JOB_TOKEN" --url "${CI_API_V4_URL}/job"',
    "version": 'curl --header "PRIVATE-TOKEN: <your_access_token>" --url "https://gitlab.example.com/api/v4/version"',
    "user": 'curl --header "PRIVATE-TOKEN: <your_access_token>" --url "https://gitlab.example.com/api/v4/user"',
    "pipelines": 'curl --header "PRIVATE-TOKEN: <your_access_token>" --url "https://gitlab.example.com/api/v4/projects/1/pipelines"',
}


def shell(instance, directory, script):
    (directory / ".curlrc").write_text('noproxy = "*"\nsilent\nshow-error\nfail\n')
    script = script.replace("https://gitlab.example.com", instance.url).replace("<your_access_token>", TOKEN)
    environment = {**os.environ, "HOME": str(directory), "CURL_HOME": str(directory), "CI_API_V4_URL": instance.api,
                   "CI_PROJECT_ID": "1", "CI_JOB_TOKEN": CI_JOB_TOKEN}
    done = subprocess.run(["sh", "-c", script], cwd=directory, env=environment, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, f"{script}\n{done.stderr.decode()}"
    return done.stdout


@pytest.mark.parametrize("example", ARCHIVES)
def test_archives(instance, tmp_path, example):
    script, name = ARCHIVES[example]
    shell(instance, tmp_path, script)
    assert (tmp_path / name).read_bytes() == ARCHIVE
    assert zipfile.ZipFile(tmp_path / name).read("README.md") == b"read me\n"


@pytest.mark.parametrize("example", MEMBERS)
def test_single_files(instance, tmp_path, example):
    shell(instance, tmp_path, MEMBERS[example])
    assert (tmp_path / "file.pdf").read_bytes() == CONTENT["some/release/file.pdf"]


@pytest.mark.parametrize("example", JSON)
def test_what_is_around(instance, tmp_path, example):
    assert shell(instance, tmp_path, JSON[example])[:1] in (b"[", b"{")


def test_log(instance, tmp_path):
    script = ('curl --location --header "PRIVATE-TOKEN: <your_access_token>" '
              '--url "https://gitlab.example.com/api/v4/projects/1/jobs/42/trace"')
    assert shell(instance, tmp_path, script) == b""
