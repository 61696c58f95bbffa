"""`artifactd sweep`, the sweeper of the server, `unlock` and `gc`, as operators see them."""

import hashlib
import os
import re
import subprocess
import time

import pytest

import zips
from fixtures.contract import archive, expect, file, wire
from fixtures.store import age_releases, digest, digests, faults, jobs_with_rows, request_deletion, stored, sweep
from manifests import Library, access_token, job, member, pipeline, project, public_group, user

FILES = Library()
PAST = "now-1h"


def document(path, number, *jobs, **extra):
    return {"groups": [public_group("acme")],
            "projects": [project(path, pipeline("one", *jobs), id=number, visibility="public", **extra)]}


def until(condition, limit=20):
    """Waits for something that happens in the background."""
    deadline = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.05)


@pytest.fixture
def quiet(instance_factory):
    """An instance that sweeps only when it is told."""
    return instance_factory({"groups": [public_group("acme")]},
                            environment={"ARTIFACTD_SWEEP_INTERVAL": "0", "ARTIFACTD_REMOVAL_DELAY": "1"})


@pytest.fixture(scope="module")
def busy(instance_factory):
    """An instance that sweeps every second."""
    return instance_factory({"groups": [public_group("acme")]},
                            environment={"ARTIFACTD_SWEEP_INTERVAL": "1", "ARTIFACTD_REMOVAL_DELAY": "1"})


def test_a_sweep_says_what_it_did(quiet):
    shared = FILES.labelled("shared", expire_at=PAST)
    jobs = [job("a", FILES.labelled("own", expire_at=PAST), id=1), job("b", shared, id=2),
            job("c", {**shared, "expire_at": "now+1d"}, id=3), job("d", FILES.labelled("live"), id=4)]
    assert quiet.apply(document("acme/site", 1, *jobs)).returncode == 0
    before = stored(quiet)
    output = sweep(quiet)
    assert re.fullmatch(r"expired 2 artifact rows, removed 1 file \(\d+ bytes\)\n", output), output
    assert jobs_with_rows(quiet, "acme/site") == [3, 4]
    assert set(before) - set(stored(quiet)) == {digest(jobs[0]["artifacts"][0])}
    assert faults(quiet) == []
    expect(wire(quiet, "GET", archive(1, 3)), 200)
    assert wire(quiet, "GET", archive(1, 1)).status == 404
    assert sweep(quiet) == "expired 0 artifact rows, removed 0 files (0 bytes)\n"


def test_a_server_without_an_interval_leaves_everything_alone(quiet):
    assert quiet.apply(document("acme/site", 1, job("a", FILES.labelled("own", expire_at=PAST), id=1))).returncode == 0
    request_deletion(quiet, 1)
    time.sleep(2.5)
    assert len(stored(quiet)) == 1 and jobs_with_rows(quiet, "acme/site") == [1]
    metrics = quiet.request("GET", "/-/metrics", url=quiet.monitoring).body.decode()
    assert "artifactd_sweep" not in metrics


def test_downloads_that_have_begun_end_although_the_file_goes(quiet, tmp_path):
    content = zips.noise(30_000_000)
    big = FILES.archive(zips.build([zips.Member(b"big.bin", content)]), expire_at="now+1d")
    assert quiet.apply(document("acme/site", 1, job("a", big, id=1))).returncode == 0
    targets = {"whole": archive(1, 1), "member": file(1, 1, "big.bin")}
    downloads = {name: subprocess.Popen(
        ["curl", "-q", "--noproxy", "*", "--silent", "--fail", "--limit-rate", "8M", "--max-time", "60",
         "--output", tmp_path / name, quiet.url + target]) for name, target in targets.items()}
    until(lambda: all((tmp_path / name).exists() for name in targets))
    quiet.psql("delete from artifacts")
    age_releases(quiet)
    sweep(quiet)
    assert stored(quiet) == []
    assert all(download.wait() == 0 for download in downloads.values())
    assert hashlib.sha256((tmp_path / "whole").read_bytes()).hexdigest() == digest(big)
    assert (tmp_path / "member").read_bytes() == content


def metrics(instance):
    """What the operators' listener tells."""
    return instance.request("GET", "/-/metrics", url=instance.monitoring).body.decode()


def test_the_server_sweeps_in_the_background(busy):
    jobs = [job("a", FILES.labelled("goes", expire_at=PAST), id=11), job("b", FILES.labelled("stays"), id=12)]
    assert busy.apply(document("acme/swept", 2, *jobs)).returncode == 0
    gone = digest(jobs[0]["artifacts"][0])
    until(lambda: gone not in digests(busy))
    assert jobs_with_rows(busy, "acme/swept") == [12]
    # The figures follow when the pass is over, a moment after the file has gone.
    for line in (r'artifactd_sweep_rows_total\{reason="expired"\} [1-9]', r"artifactd_sweep_contents_removed_total [1-9]",
                 r"artifactd_sweep_last_success_timestamp_seconds [1-9]", r"artifactd_sweep_failures_total 0",
                 r'artifactd_sweep_backlog\{kind="condemned"\} 0'):
        until(lambda line=line: re.search(line, metrics(busy)))
    assert faults(busy) == []


def test_all_artifacts_of_a_project_go_in_the_background(busy):
    jobs = [job(f"j{number}", FILES.labelled(f"j{number}"), id=number) for number in range(21, 31)]
    log = job("log", FILES.report("trace"), id=31)
    assert busy.apply(document("acme/deleted", 3, *jobs, log)).returncode == 0
    latest = project("acme/locked", pipeline("one", job("a", FILES.labelled("kept"), id=41)), id=4,
                     visibility="public", keep_latest_artifact=True)
    assert busy.apply({"projects": [latest]}).returncode == 0
    request_deletion(busy, 3)
    request_deletion(busy, 4)
    until(lambda: busy.psql("select count(*) from artifact_deletions where finished_at is null").strip() == "0")
    assert jobs_with_rows(busy, "acme/deleted") == [31]
    answer = wire(busy, "GET", archive(3, 21))
    assert answer.status == 404 and answer.headers.get("X-Artifact-Reason") == "expired"
    expect(wire(busy, "GET", archive(4, 41)), 200)
    until(lambda: not {digest(entry["artifacts"][0]) for entry in jobs} & digests(busy))
    assert faults(busy) == []


def test_the_api_has_all_artifacts_of_a_project_deleted(busy):
    runs = pipeline("one", job("a", FILES.labelled("api"), id=51), job("log", FILES.report("trace"), id=52))
    site = project("acme/api", runs, id=5, visibility="public", members=[member("boss", "maintainer")])
    assert busy.apply({"users": [user("boss")], "projects": [site]}).returncode == 0
    expect(wire(busy, "GET", archive(5, 51)), 200)
    headers = [("PRIVATE-TOKEN", access_token("boss"))]
    expect(wire(busy, "DELETE", "/api/v4/projects/5/artifacts", headers), 202, {"message": "202 Accepted"})
    until(lambda: wire(busy, "GET", archive(5, 51)).status == 404)
    assert jobs_with_rows(busy, "acme/api") == [52]


def test_four_sweeps_at_once_delete_each_row_once(quiet):
    files = [FILES.labelled(f"many {number}", expire_at=PAST) for number in range(40)]
    jobs = [job(f"j{number}", files[number % 40], id=100 + number) for number in range(2000)]
    assert quiet.apply(document("acme/many", 5, *jobs)).returncode == 0
    environment = {**os.environ, **quiet.env, "ARTIFACTD_SWEEP_BATCH": "50"}
    environment = {name: value for name, value in environment.items() if not name.startswith("ARTIFACTD_TEST_")}
    sweeps = [subprocess.Popen(["artifactd", "sweep"], env=environment, stdout=subprocess.PIPE, text=True,
                               executable=str(quiet.data / "bin" / "artifactd")) for _ in range(4)]
    outputs = [each.communicate(timeout=120)[0] for each in sweeps]
    assert [each.returncode for each in sweeps] == [0] * 4, outputs
    counts = [re.match(r"expired (\d+) artifact rows?, removed (\d+) files?", output) for output in outputs]
    assert sum(int(count[1]) for count in counts) == 2000, outputs
    sweep(quiet)
    assert stored(quiet) == [] and faults(quiet) == []


@pytest.mark.parametrize("arguments, status, words", [
    (("unlock", "--project", "acme/nope", "--ref", "main"), 65, "acme/nope"),
    (("unlock", "--project", "acme", "--ref", "main"), 65, "acme"),
    (("unlock", "--ref", "main"), 64, "--project"),
    (("unlock", "--project", "acme/site"), 64, "--ref"),
    (("gc", "--grace", "soon"), 64, "--grace"),
    (("gc", "--dry-run", "--delete"), 64, "--delete"),
    (("sweep", "--nope"), 64, "--nope"),
])
def test_commands_refuse_what_makes_no_sense(busy, arguments, status, words):
    done = busy.artifactd(*arguments)
    assert done.returncode == status, f"{done.returncode}: {done.stdout}{done.stderr}"
    assert words in done.stderr, done.stderr


@pytest.mark.parametrize("command", ("sweep", "unlock", "gc"))
def test_commands_explain_themselves(busy, command):
    done = busy.artifactd(command, "--help")
    assert done.returncode == 0 and "OPTIONS" in done.stdout


def test_unlock_says_what_it_did(quiet):
    runs = [pipeline(str(number), job("a", FILES.labelled(f"u{number}", expire_at=PAST), id=number))
            for number in range(1, 4)]
    site = project("acme/site", *runs, id=1, keep_latest_artifact=True, previous_paths=["acme/before"])
    assert quiet.apply({"projects": [site]}).returncode == 0
    done = quiet.artifactd("unlock", "--project", "ACME/before", "--ref", "main")
    assert done.stdout == "acme/site: branch main had 3 pipelines, unlocked 1 pipeline\n"
    done = quiet.artifactd("unlock", "--project", "acme/site", "--ref", "main")
    assert done.returncode == 0 and "had 0 pipelines" in done.stdout
    sweep(quiet)
    assert stored(quiet) == []


def plant(instance, content, name=None):
    """A file in the store that no row refers to, as a crash before the commit leaves it."""
    value = hashlib.sha256(content).hexdigest()
    directory = instance.data / "store" / "contents" / value[:2] / value[2:4]
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / (name or f"{value}.1")
    path.write_bytes(content)
    return path


def test_gc_finds_what_no_row_refers_to(quiet):
    live = FILES.labelled("gc")
    assert quiet.apply(document("acme/site", 1, job("a", live, id=1))).returncode == 0
    quiet.psql("select setval('contents_id_seq', 1000)")
    planted, foreign = plant(quiet, b"planted"), plant(quiet, b"foreign", "README")
    done = quiet.artifactd("gc")
    assert done.returncode == 0 and "planted" not in done.stdout and planted.name not in done.stdout, done.stdout
    done = quiet.artifactd("gc", "--dry-run", "--grace", "0")
    assert done.returncode == 0 and planted.name in done.stdout and planted.exists(), done.stdout
    assert "1 content without a row (7 bytes)" in done.stdout and "--delete" in done.stdout
    done = quiet.artifactd("gc", "--delete", "--grace", "0")
    assert done.returncode == 0 and not planted.exists() and foreign.exists(), done.stdout
    assert "removed 1" in done.stdout
    foreign.unlink()
    assert quiet.artifactd("gc", "--grace", "0").stdout == "nothing to collect that is older than 0\n"
    expect(wire(quiet, "GET", archive(1, 1)), 200)


def test_gc_tells_of_lost_content(quiet):
    assert quiet.apply(document("acme/site", 1, job("a", FILES.labelled("lost"), id=1))).returncode == 0
    for path in (quiet.data / "store" / "contents").glob("*/*/*"):
        path.unlink()
    done = quiet.artifactd("gc")
    assert done.returncode == 65 and "lost: " in done.stdout, done.stdout + done.stderr
