"""gitlab-python-runner, unmodified: its own code appends the log, uploads, ends the job and fetches what it depends on."""

import os

import pytest

import zips
from fixtures import runner as logs
from fixtures.contract import archive
from manifests import access_token, job_token, member, pipeline, project, running_job, user

gitlab = pytest.importorskip("gitlab")

TOKEN = access_token("dev")
CONTENT = {"dir/a.txt": b"hello\n", "b.bin": zips.noise(700_000)}
ARCHIVE = zips.zip_of(CONTENT)


@pytest.fixture(scope="module")
def client():
    """The runner's module; in deploy/test it must be there."""
    try:
        from GitlabPyRunner import runner, trace
    except ImportError as error:
        assert not os.environ.get("ARTIFACTD_REQUIRE_TOOLS"), f"gitlab-python-runner is not installed: {error}"
        pytest.skip(f"gitlab-python-runner is not installed: {error}")

    class Runner(runner.Runner):
        """Keeps the bytes that were fetched: the runner itself unpacks them and forgets them."""

        fetched = None

        def unpack_dependencies(self, trace, archive_file, build_dir):
            with open(archive_file, "rb") as file:
                self.fetched = file.read()
            super().unpack_dependencies(trace, archive_file, build_dir)

    Runner.trace_of = lambda self, job: trace.TraceProxy(self, job)
    return Runner


@pytest.fixture(scope="module")
def instance(instance_factory):
    jobs = [running_job(name, "dev", id=number) for number, name in enumerate(("build", "test", "lint"), 1001)]
    return instance_factory({"users": [user("dev")], "projects": [
        project("group/site", pipeline("one", *jobs), id=1, members=[member("dev", "developer")])]})


def job(number, name):
    """A job as `POST /jobs/request` would hand it out, as far as the runner reads it here."""
    return {"id": number, "name": name, "token": job_token(name), "dependencies": []}


def remote(instance, number):
    """The job as python-gitlab sees it."""
    client = gitlab.Gitlab(instance.url, private_token=TOKEN)
    return client.projects.get("group/site", lazy=True).jobs.get(number)


def test_it_uploads_ends_its_job_and_another_job_fetches(instance, client, tmp_path):
    source = tmp_path / "my art.zip"
    source.write_bytes(ARCHIVE)
    build, test = job(1001, "build"), job(1002, "test")
    runner = client(instance.url, "glrt-unused")
    log = runner.trace_of(build)
    log.writeline("building ü")
    runner.upload(log, build, str(source))
    log.flush()
    runner.success(build)
    assert remote(instance, 1001).artifacts() == ARCHIVE
    seen = remote(instance, 1001)
    assert (seen.status, seen.artifacts_file["filename"]) == ("success", "my art.zip")
    assert "building ü\n".encode() in seen.trace() and b"Uploading artifacts .." in seen.trace()
    # The token of a dependency's entry is one of a job that runs: the dependency's own died with it.
    test["dependencies"] = [{"id": 1001, "name": "build", "token": test["token"],
                             "artifacts_file": {"filename": "my art.zip", "size": len(ARCHIVE)}}]
    tree = tmp_path / "tree"
    runner.get_dependencies(runner.trace_of(test), test, str(tree))
    assert runner.fetched == ARCHIVE
    assert {name: (tree / name).read_bytes() for name in CONTENT} == CONTENT
    runner.failed(test)
    assert remote(instance, 1002).status == "failed"
    assert instance.get(archive(1, 1001), token=TOKEN).body == ARCHIVE


def test_the_ranges_of_its_log_end_one_byte_late(instance, client):
    lint = job(1003, "lint")
    runner = client(instance.url, "glrt-unused")
    log = runner.trace_of(lint)
    pieces = [b"x" * 43, b"y" * 1048, "ü".encode(), b"z"]
    for end, piece in zip((43, 1091, 1093, 1094), pieces):
        log.write(piece, flush=True)
        assert log.offset == end
    assert instance.get(logs.log(1, 1003), token=TOKEN).body == b"".join(pieces)
    runner.success(lint)
    assert remote(instance, 1003).trace() == b"".join(pieces)
