"""Changes that wait for a lock: they end in time, and hold up nothing that reads."""

import json
import subprocess
import threading

import pytest

from fixtures.contract import archive, wire
from fixtures.uploads import upload, wait_until
from manifests import Library, access_token, job_token, member, pipeline, project, running_job, user
import zips

MAINTAINER = [("PRIVATE-TOKEN", access_token("owner")), ("Content-Length", "0")]


@pytest.fixture
def instance(instance_factory):
    files = Library()
    jobs = [running_job(f"job {number}", "owner", id=number, artifacts=[files.labelled(f"a{number}")])
            for number in range(1, 13)]
    site = project("acme/site", pipeline("one", *jobs), id=1, members=[member("owner", "owner")])
    return instance_factory({"users": [user("owner")], "projects": [site]},
                            environment={"ARTIFACTD_DB_CONNECTIONS": "4"})


@pytest.fixture
def maintenance(instance):
    """Another session that holds the locks of all jobs, as `artifactd apply` does until it commits."""
    session = subprocess.Popen(["psql", "--no-psqlrc", "--quiet", "--dbname", instance.env["ARTIFACTD_DATABASE_URL"]],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    session.stdin.write("BEGIN;\nDO $$ BEGIN PERFORM 1 FROM jobs FOR NO KEY UPDATE; END $$;\nSELECT pg_advisory_lock(1);\n")
    session.stdin.flush()
    wait_until(lambda: instance.psql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 1 "
                                     "AND granted").strip() == "1", what="the lock of all jobs")
    yield session
    if session.poll() is None:
        session.communicate("COMMIT;\n")


def test_changes_that_wait_for_a_lock_hold_up_no_download(instance, maintenance):
    answers = []

    def delete(number):
        answers.append(wire(instance, "DELETE", archive(1, number), MAINTAINER))

    threads = [threading.Thread(target=delete, args=[number]) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'artifactd'"
    wait_until(lambda: instance.psql(waiting).strip() != "0", what="a change that waits")
    for number in range(1, 13):
        answer = wire(instance, "GET", archive(1, number), MAINTAINER[:1])
        assert answer.status == 200, f"{answer} beside changes that wait"
    for thread in threads:
        thread.join()
    assert {answer.status for answer in answers} == {503}, answers
    for answer in answers:
        assert answer.headers.all("Retry-After"), "a client is told to come again"
        assert json.loads(answer.body) == {"message": "503 Service Unavailable"}


def test_a_runner_is_told_to_come_again(instance, maintenance):
    content = zips.labelled("again")
    query = {"artifact_type": "junit", "artifact_format": "gzip"}
    answer = upload(instance, 12, job_token("job 12"), content, filename="junit.xml.gz", parameters=query)
    assert answer.status == 503, answer
    maintenance.communicate("COMMIT;\n")
    answer = upload(instance, 12, job_token("job 12"), content, filename="junit.xml.gz", parameters=query)
    assert answer.status == 201, answer
