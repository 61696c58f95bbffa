"""Pipelines and jobs made and ended over the API, by any CI system and by runners."""

import json
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

import zips
from fixtures import publishing, uploads
from fixtures.contract import (BLOCKED, EXPIRED, FORBIDDEN, INSUFFICIENT_SCOPE, MOVED, NO_JOB, NO_PROJECT, REVOKED,
                               UNAUTHORIZED, WRONG_VERB, archive, archive_by_ref, expect, expect_common_headers)
from harness import REPOSITORY
from fixtures.publishing import create_job, create_pipeline, end_pipeline, send, update
from manifests import access_token, job, job_token, member, pipeline, project, running_job, user

gitlab = pytest.importorskip("gitlab")

DEV = access_token("dev")
ARCHIVE = zips.zip_of({"dir/a.txt": b"hello\n"})
PROJECT = "group/site"
ENDED = ["created", "canceled", "skipped", "manual"]


def tokens(name):
    """A user whose access tokens are the cases of authentication."""
    def token(label, **extra):
        return {"name": label, "token": access_token(label), "scopes": ["api"], **extra}
    return {"username": name, "access_tokens": [
        token("main", token=access_token(name)), token("reading", scopes=["read_api"]),
        token("expired", expires_at="now-1d"), token("revoked", revoked=True)]}


@pytest.fixture(scope="module")
def instance(instance_factory):
    by_status = [job(f"is {status}", status=status, user="dev", token=job_token(f"is {status}"), id=100 + index)
                 for index, status in enumerate([*ENDED, "success", "failed", "pending"])]
    runner = pipeline(
        "runner", *by_status, running_job("running", "dev", id=1), running_job("canceling", "dev", id=2, status="canceling"),
        running_job("erased", "dev", id=3, erased_at="now-1h"), running_job("blocked", "gone", id=4), ref="runner", id=10)
    done = pipeline("done", job("build", id=50), ref="done", id=20)
    declared = pipeline("declared", running_job("declared", "dev", id=60), ref="declared", status="failed", id=30)
    members = [member("dev", "developer"), member("rep", "reporter"), member("own", "owner")]
    group = {"path": "group", "members": members}
    projects = [
        project(PROJECT, runner, done, declared, id=1, keep_latest_artifact=True, previous_paths=["group/old"]),
        project("group/archived", pipeline("one", id=40), id=2, archived=True),
        project("group/disabled", pipeline("one", id=41), id=3, builds_access_level="disabled"),
        project("other/hidden", pipeline("one", id=42), id=4),
        project("group/else", pipeline("one", id=43), id=5),
        project("group/latest", id=6, keep_latest_artifact=True),
        project("group/loose", id=7),
    ]
    document = {
        "users": [tokens("dev"), user("rep"), user("own"), user("stranger"), user("gone", state="blocked"),
                  user("root", admin=True)],
        "groups": [group, {"path": "other"}], "projects": projects}
    return instance_factory(document)


def status_of(instance, number):
    return instance.psql(f"SELECT status FROM pipelines WHERE id = {number}").strip()


# Who may

PIPELINES = publishing.pipelines(PROJECT)
CREDENTIALS = {
    "none": ([], 401, UNAUTHORIZED),
    "unknown": ([("PRIVATE-TOKEN", "glpat-nobody")], 401, UNAUTHORIZED),
    "job token": ([("JOB-TOKEN", job_token("running"))], 401, UNAUTHORIZED),
    "job token as Bearer": ([("Authorization", f"Bearer {job_token('running')}")], 401, UNAUTHORIZED),
    "expired": ([("PRIVATE-TOKEN", access_token("expired"))], 401, EXPIRED),
    "revoked": ([("PRIVATE-TOKEN", access_token("revoked"))], 401, REVOKED),
    "read_api": ([("PRIVATE-TOKEN", access_token("reading"))], 403, INSUFFICIENT_SCOPE),
    "blocked": ([("PRIVATE-TOKEN", access_token("gone"))], 403, BLOCKED),
    "stranger": ([("PRIVATE-TOKEN", access_token("stranger"))], 404, NO_PROJECT),
    "reporter": ([("PRIVATE-TOKEN", access_token("rep"))], 403, FORBIDDEN),
    "developer": ([("PRIVATE-TOKEN", DEV)], 201, None),
    "developer as Bearer": ([("Authorization", f"Bearer {DEV}")], 201, None),
    "owner": ([("PRIVATE-TOKEN", access_token("own"))], 201, None),
    "admin": ([("PRIVATE-TOKEN", access_token("root"))], 201, None),
}
TARGETS = {
    "unknown": ("nobody/knows", 404, NO_PROJECT),
    "hidden": ("other/hidden", 404, NO_PROJECT),
    "archived": ("group/archived", 403, FORBIDDEN),
    "builds disabled": ("group/disabled", 403, FORBIDDEN),
    "moved": ("group/old", 405, MOVED),
    "any case": ("GROUP/Site", 201, None),
    "by number": (1, 201, None),
}


@pytest.mark.parametrize("credential", CREDENTIALS)
def test_credentials_of_all_three(instance, credential):
    headers, status, body = CREDENTIALS[credential]
    made = create_pipeline(instance, PROJECT, DEV, ref="credentials")["id"]
    expect(send(instance, "POST", PIPELINES, {"ref": "credentials"}, headers=headers), status, body, credential)
    target = publishing.jobs(PROJECT, made)
    expect(send(instance, "POST", target, {"name": "build"}, headers=headers), status, body, credential)
    answer = send(instance, "PUT", publishing.pipeline(PROJECT, made), {"state": "finished"}, headers=headers)
    expect(answer, 200 if status == 201 else status, body, credential)
    expect_common_headers(answer)


@pytest.mark.parametrize("target", TARGETS)
def test_projects(instance, target):
    path, status, body = TARGETS[target]
    expect(send(instance, "POST", publishing.pipelines(path), {"ref": "projects"}, DEV), status, body, target)


def test_the_order_of_checks(instance):
    hidden, site = publishing.pipelines("other/hidden"), publishing.jobs(PROJECT, 999_999)
    expect(send(instance, "POST", hidden, b"{", headers=[publishing.JSON]), 401, UNAUTHORIZED)
    expect(send(instance, "POST", hidden, b"{", DEV, [publishing.JSON]), 400, publishing.MALFORMED)
    expect(send(instance, "POST", hidden, {}, DEV), 400, {"error": "ref is missing"})
    expect(send(instance, "POST", hidden, {"ref": "main"}, DEV), 404, NO_PROJECT)
    expect(send(instance, "POST", site, {}, DEV), 400, {"error": "name is missing"})
    expect(send(instance, "POST", site, {"name": "x"}, access_token("rep")), 403, FORBIDDEN)
    expect(send(instance, "POST", site, {"name": "x"}, DEV), 404, NO_JOB)
    expect(send(instance, "PUT", publishing.pipeline(PROJECT, 999_999), {}, DEV), 400, publishing.STATE_MISSING)
    expect(send(instance, "PUT", publishing.pipeline(PROJECT, 999_999), {"state": "finished"}, DEV), 404, NO_JOB)
    expect(send(instance, "PUT", publishing.pipeline(PROJECT, 43), {"state": "finished"}, DEV), 404, NO_JOB)
    expect(send(instance, "PUT", publishing.pipeline(PROJECT, "x"), {"state": "finished"}, DEV), 400,
           {"error": "pipeline_id is invalid"})
    expect(send(instance, "DELETE", PIPELINES, token=DEV), 405, WRONG_VERB)


# Parameters

BAD_BODIES = {
    "no body": (b"", [publishing.JSON], 400, {"error": "ref is missing"}),
    "no type, no body": (b"", [], 400, {"error": "ref is missing"}),
    "cut off": (b'{"ref":"main"', [publishing.JSON], 400, publishing.MALFORMED),
    "not an object": (b'["main"]', [publishing.JSON], 400, publishing.MALFORMED),
    "behind the end": (b'{"ref":"main"} x', [publishing.JSON], 400, publishing.MALFORMED),
    "too deep": (b'{"ref":' + b"[" * 5000, [publishing.JSON], 400, publishing.MALFORMED),
    "not UTF-8": (b'{"ref":"\xff"}', [publishing.JSON], 400, publishing.MALFORMED),
    "a broken form": (b"ref=%zz", [publishing.FORM], 400, {"message": "400 Bad request"}),
    "another type": (b"<ref/>", [("Content-Type", "text/xml")], 415,
                     {"error": "The provided content-type 'text/xml' is not supported."}),
    "no type": (b"ref=main", [], 415, {"error": "The provided content-type '' is not supported."}),
    "too large": (b'{"ref":"main","x":"' + b"x" * 70_000 + b'"}', [publishing.JSON], 400,
                  {"message": "400 Bad request - The body is too large."}),
}
BAD_PIPELINES = {
    "empty ref": ({"ref": ""}, "ref is missing"),
    "null ref": ({"ref": None}, "ref is missing"),
    "ref is an object": ({"ref": {"a": 1}}, "ref is invalid"),
    "ref is a list": ({"ref": ["a"]}, "ref is invalid"),
    "ref with NUL": ({"ref": "a\0b"}, "ref is invalid"),
    "ref of two lines": ({"ref": "a\nb"}, "ref is invalid"),
    "long ref": ({"ref": "x" * 1025}, "ref is invalid"),
    "tag": ({"ref": "main", "tag": "maybe"}, "tag is invalid"),
    "short sha": ({"ref": "main", "sha": "abcdef0"}, "sha is invalid"),
    "sha of other characters": ({"ref": "main", "sha": "g" * 40}, "sha is invalid"),
    "source": ({"ref": "main", "source": "imagination"}, "source does not have a valid value"),
    "parent": ({"ref": "main", "parent_pipeline_id": "x"}, "parent_pipeline_id is invalid"),
    "all at once": ({"tag": "maybe", "sha": "x"}, "ref is missing, tag is invalid, sha is invalid"),
}
BAD_JOBS = {
    "no name": ({}, "name is missing"),
    "long name": ({"name": "x" * 1025}, "name is invalid"),
    "stage": ({"name": "x", "stage": "a\tb"}, "stage is invalid"),
    "allow_failure": ({"name": "x", "allow_failure": "sure"}, "allow_failure is invalid"),
    "when": ({"name": "x", "when": "ever"}, "when does not have a valid value"),
    "status": ({"name": "x", "status": "success"}, "status does not have a valid value"),
    "retry_of": ({"name": "x", "retry_of": "y"}, "retry_of is invalid"),
    "unknown retry_of": ({"name": "x", "retry_of": 10**20}, "retry_of does not have a valid value"),
    "retry_of of another pipeline": ({"name": "build", "retry_of": 50}, "retry_of does not have a valid value"),
    "tags": ({"name": "x", "tag_list": [{"a": 1}]}, "tag_list is invalid"),
}


@pytest.mark.parametrize("case", BAD_BODIES)
def test_bodies_that_hold_no_parameters(instance, case):
    body, headers, status, answer = BAD_BODIES[case]
    expect(send(instance, "POST", PIPELINES, body, DEV, headers), status, answer, case)


@pytest.mark.parametrize("case", BAD_PIPELINES)
def test_parameters_of_pipelines(instance, case):
    body, error = BAD_PIPELINES[case]
    before = instance.psql("SELECT count(*) FROM pipelines")
    expect(send(instance, "POST", PIPELINES, body, DEV), 400, {"error": error}, case)
    assert instance.psql("SELECT count(*) FROM pipelines") == before


@pytest.mark.parametrize("case", BAD_JOBS)
def test_parameters_of_jobs(instance, case):
    body, error = BAD_JOBS[case]
    made = create_pipeline(instance, PROJECT, DEV, ref="bad jobs")["id"]
    expect(send(instance, "POST", publishing.jobs(PROJECT, made), body, DEV), 400, {"error": error}, case)
    assert instance.psql(f"SELECT count(*) FROM jobs WHERE pipeline_id = {made}").strip() == "0"


@pytest.mark.parametrize("way", ["JSON", "form", "query", "multipart", "body beats query"])
def test_parameters_by_any_way(instance, way):
    parameters = {"ref": "a/b c+é", "tag": "true", "sha": "A" * 40, "source": "web"}
    query = "?ref=a%2Fb%20c%2B%C3%A9&tag=1&sha=" + "A" * 40 + "&source=web"
    if way == "JSON":
        answer = send(instance, "POST", PIPELINES, {**parameters, "tag": True, "unknown": {"x": [1]}}, DEV)
    elif way == "form":
        answer = send(instance, "POST", PIPELINES, parameters, DEV, form=True)
    elif way == "query":
        answer = send(instance, "POST", PIPELINES + query, None, DEV, [publishing.JSON])
    elif way == "multipart":
        body = uploads.form(*(uploads.part(*each) for each in parameters.items()))
        answer = send(instance, "POST", PIPELINES, body, DEV, [uploads.content_type()])
    else:
        answer = send(instance, "POST", PIPELINES + "?ref=loses&tag=0", {**parameters, "ref": "a/b c+é"}, DEV)
    expect(answer, 201)
    made = answer.json()
    assert (made["ref"], made["tag"], made["sha"], made["source"]) == ("a/b c+é", True, "a" * 40, "web")


# What is made

def test_a_pipeline_is_shown_as_it_is_read(instance):
    made = create_pipeline(instance, PROJECT, DEV, ref="shown")
    assert made["status"] == "running" and made["source"] == "api" and made["sha"] == "0" * 40
    assert made["tag"] is False and made["user"]["username"] == "dev" and made["project_id"] == 1
    assert instance.get(publishing.pipeline(PROJECT, made["id"]), token=DEV).json() == made
    following = create_pipeline(instance, PROJECT, DEV, ref="shown")
    assert following["iid"] == made["iid"] + 1 and following["id"] > made["id"]
    assert following["created_at"] >= made["created_at"]


def test_the_whole_path(instance):
    made = create_pipeline(instance, "group/latest", DEV)
    job = create_job(instance, "group/latest", made["id"], DEV, stage="compile", tag_list=["linux", "arm"])
    assert re.fullmatch(r"glcbt-[A-Za-z0-9_-]{20,}", job["token"])
    assert (job["status"], job["stage"], job["tag_list"], job["user"]["username"]) == \
        ("running", "compile", ["linux", "arm"], "dev")
    shown = instance.get(f"/api/v4/projects/6/jobs/{job['id']}", token=DEV).json()
    assert "token" not in shown and {**job, "token": 0, "duration": 0} == {**shown, "token": 0, "duration": 0}
    assert instance.get("/api/v4/job", job_token=job["token"]).json()["id"] == job["id"]
    expect(uploads.upload(instance, job["id"], job["token"], ARCHIVE), 201)
    by_ref = archive_by_ref("group/latest", "main", "build")
    expect(instance.get(by_ref, token=DEV), 404)
    ended = update(instance, job["id"], job["token"], "success")
    expect(ended, 200, "200")
    assert ended.headers["Job-Status"] == "success"
    expect_common_headers(ended)
    expect(instance.get(by_ref, token=DEV), 404)
    assert status_of(instance, made["id"]) == "running"
    finished = end_pipeline(instance, "group/latest", made["id"], DEV)
    assert finished["status"] == "success" and finished["finished_at"] is not None
    assert end_pipeline(instance, "group/latest", made["id"], DEV) == finished
    answer = instance.get(by_ref, token=DEV)
    assert (answer.status, answer.body) == (200, ARCHIVE)


def test_an_ended_job_has_a_dead_token(instance):
    made = create_pipeline(instance, PROJECT, DEV, ref="dead")
    job = create_job(instance, PROJECT, made["id"], DEV)
    token = job["token"]
    expect(uploads.upload(instance, job["id"], token, ARCHIVE), 201)
    expect(instance.get(archive(1, job["id"]), job_token=token), 200)
    expect(update(instance, job["id"], token, "success"), 200)
    refused = uploads.upload(instance, job["id"], token, ARCHIVE)
    expect(refused, 403, publishing.NOT_RUNNING)
    assert refused.headers.get("Job-Status") == "success"
    expect(instance.get("/api/v4/job", job_token=token), 401, UNAUTHORIZED)
    expect(instance.get(archive(1, job["id"]), job_token=token), 401, UNAUTHORIZED)
    expect(instance.get(archive(1, job["id"]), headers=[("Authorization", f"Bearer {token}")]), 401, UNAUTHORIZED)
    expect(send(instance, "POST", PIPELINES, {"ref": "dead"}, token), 401, UNAUTHORIZED)
    stored = instance.psql(f"SELECT token_digest = sha256('{token}') FROM jobs WHERE id = {job['id']}").strip()
    assert stored == "t"
    assert token not in "".join(instance.logs().values())


def test_locks_follow(instance):
    def locked():
        return instance.psql("SELECT string_agg(id::text, ' ' ORDER BY id) FROM pipelines "
                             "WHERE project_id = 6 AND ref = 'locks' AND locked").split()

    numbers = []
    for state in ("success", "failed", "success"):
        made = create_pipeline(instance, "group/latest", DEV, ref="locks")["id"]
        numbers.append(str(made))
        job = create_job(instance, "group/latest", made, DEV)
        expect(uploads.upload(instance, job["id"], job["token"], ARCHIVE), 201)
        assert locked()[-1] == str(made), "a running pipeline is newer than the newest finished one"
        expect(update(instance, job["id"], job["token"], state), 200)
        assert locked()[-1] == str(made)
        end_pipeline(instance, "group/latest", made, DEV)
        if state == "failed":
            assert locked() == numbers, "the newest successful one and the newest finished one"
    assert locked() == numbers[-1:]
    assert instance.psql(f"SELECT bool_and(a.locked = (a.pipeline_id = {numbers[-1]})) FROM artifacts a "
                         f"WHERE a.pipeline_id IN ({', '.join(numbers)})").strip() == "t"
    loose = create_pipeline(instance, "group/loose", DEV)["id"]
    assert instance.psql(f"SELECT keep_latest, locked FROM pipelines WHERE id = {loose}").strip() == "f|f"


def test_parents(instance):
    parent = create_pipeline(instance, PROJECT, DEV, ref="family")["id"]
    child = create_pipeline(instance, PROJECT, DEV, ref="family", parent_pipeline_id=parent)
    assert child["source"] == "parent_pipeline"
    downstream = create_pipeline(instance, PROJECT, DEV, ref="family", parent_pipeline_id=43)
    assert downstream["source"] == "pipeline"
    for unknown in (42, 999_999, -1):
        expect(send(instance, "POST", PIPELINES, {"ref": "family", "parent_pipeline_id": unknown}, DEV), 404, NO_JOB)
    job = create_job(instance, PROJECT, child["id"], DEV, name="in the child")
    expect(uploads.upload(instance, job["id"], job["token"], ARCHIVE), 201)
    expect(update(instance, job["id"], job["token"], "success"), 200)
    other = create_job(instance, PROJECT, parent, DEV)
    expect(update(instance, other["id"], other["token"], "success"), 200)
    assert end_pipeline(instance, PROJECT, child["id"], DEV)["status"] == "success"
    expect(instance.get(archive_by_ref(PROJECT, "family", "in the child"), token=DEV), 404)
    end_pipeline(instance, PROJECT, parent, DEV)
    expect(instance.get(archive_by_ref(PROJECT, "family", "in the child"), token=DEV), 200)


# Ends

def test_a_finished_pipeline_takes_only_retries(instance):
    made = create_pipeline(instance, PROJECT, DEV, ref="retried")["id"]
    first = create_job(instance, PROJECT, made, DEV)
    expect(update(instance, first["id"], first["token"], "failed", failure_reason="script_failure"), 200)
    assert end_pipeline(instance, PROJECT, made, DEV)["status"] == "failed"
    target = publishing.jobs(PROJECT, made)
    expect(send(instance, "POST", target, {"name": "build"}, DEV), 403, publishing.FINISHED)
    expect(send(instance, "POST", target, {"name": "other", "retry_of": first["id"]}, DEV), 400,
           {"error": "retry_of does not have a valid value"})
    second = create_job(instance, PROJECT, made, DEV, retry_of=first["id"])
    assert status_of(instance, made) == "running"
    expect(send(instance, "POST", target, {"name": "build", "retry_of": first["id"]}, DEV), 400,
           {"error": "retry_of does not have a valid value"})
    expect(update(instance, second["id"], second["token"], "success"), 200)
    assert status_of(instance, made) == "success"
    expect(send(instance, "POST", publishing.jobs(PROJECT, 20), {"name": "new"}, DEV), 403, publishing.FINISHED)


def test_a_pipeline_that_is_ended_early_follows_its_jobs(instance):
    made = create_pipeline(instance, PROJECT, DEV, ref="early")["id"]
    one, two = (create_job(instance, PROJECT, made, DEV, name=name) for name in ("one", "two"))
    assert end_pipeline(instance, PROJECT, made, DEV)["status"] == "running"
    expect(update(instance, one["id"], one["token"], "success"), 200)
    assert status_of(instance, made) == "running"
    expect(update(instance, two["id"], two["token"], "failed"), 200)
    assert status_of(instance, made) == "failed"
    empty = create_pipeline(instance, PROJECT, DEV, ref="early")["id"]
    assert end_pipeline(instance, PROJECT, empty, DEV)["status"] == "created"


def test_an_allowed_failure_does_not_fail_the_pipeline(instance):
    made = create_pipeline(instance, PROJECT, DEV, ref="allowed")["id"]
    job = create_job(instance, PROJECT, made, DEV, allow_failure=True)
    expect(update(instance, job["id"], job["token"], "failed", failure_reason="script_failure"), 200)
    assert end_pipeline(instance, PROJECT, made, DEV)["status"] == "success"
    shown = instance.get(f"/api/v4/projects/1/jobs/{job['id']}", token=DEV).json()
    assert (shown["status"], shown["failure_reason"]) == ("failed", "script_failure")


def test_a_declared_status_stays(instance):
    expect(update(instance, 60, job_token("declared"), "success"), 200)
    assert status_of(instance, 30) == "failed"


@pytest.mark.parametrize("state", ["success", "failed"])
def test_a_repeated_end_is_answered_alike_and_another_is_not(instance, state):
    made = create_pipeline(instance, PROJECT, DEV, ref="repeated")["id"]
    job = create_job(instance, PROJECT, made, DEV)
    finished = f"SELECT finished_at, status FROM jobs WHERE id = {job['id']}"
    expect(update(instance, job["id"], job["token"], state), 200, "200")
    before = instance.psql(finished)
    for _ in range(2):
        again = update(instance, job["id"], job["token"], state)
        expect(again, 200, "200")
        assert again.headers["Job-Status"] == state
    for other in {"success", "failed", "running"} - {state}:
        refused = update(instance, job["id"], job["token"], other)
        expect(refused, 403, publishing.NOT_RUNNING)
        assert refused.headers["Job-Status"] == state
    expect(update(instance, job["id"], "glcbt-other", state), 403, FORBIDDEN)
    assert instance.psql(finished) == before


WORDS = {
    "unknown job": (999_999, job_token("running"), "success", 403, FORBIDDEN, None),
    "beyond 64 bits": (10**20, job_token("running"), "success", 403, FORBIDDEN, None),
    "no number": ("x", job_token("running"), "success", 400, {"error": "id is invalid"}, None),
    "another job's token": (1, job_token("canceling"), "success", 403, FORBIDDEN, None),
    "an access token": (1, DEV, "success", 403, FORBIDDEN, None),
    "no token": (1, None, "success", 403, FORBIDDEN, None),
    "erased": (3, job_token("erased"), "success", 403, uploads.ERASED, None),
    "blocked user": (4, job_token("blocked"), "success", 403, BLOCKED, None),
    "no state": (1, job_token("running"), None, 400, publishing.STATE_MISSING, None),
    "another state": (1, job_token("running"), "canceled", 400, publishing.STATE_UNKNOWN, None),
    "a state that is no text": (1, job_token("running"), ["success"], 400, publishing.STATE_UNKNOWN, None),
    "no token before no state": (1, None, None, 403, FORBIDDEN, None),
    "alive": (1, job_token("running"), "running", 200, "200", "running"),
    "alive while canceling": (2, job_token("canceling"), "running", 200, "200", "canceling"),
    "pending": (106, job_token("is pending"), "success", 403, publishing.NOT_RUNNING, "pending"),
    **{status: (100 + index, job_token(f"is {status}"), "success", 403, publishing.NOT_RUNNING, status)
       for index, status in enumerate(ENDED)},
}


@pytest.mark.parametrize("case", WORDS)
def test_words_of_runners(instance, case):
    number, token, state, status, body, job_status = WORDS[case]
    answer = update(instance, number, token, state)
    expect(answer, status, body, case)
    assert answer.headers.get("Job-Status") == job_status, case


@pytest.mark.parametrize("place", ["body", "form", "JOB-TOKEN", "query token", "query job_token", "Bearer"])
def test_the_token_may_stand_anywhere(instance, place):
    token, target = job_token("running"), "/api/v4/jobs/1"
    answer = {
        "body": lambda: send(instance, "PUT", target, {"token": token, "state": "running"}),
        "form": lambda: send(instance, "PUT", target, {"token": token, "state": "running"}, form=True),
        "JOB-TOKEN": lambda: send(instance, "PUT", target, {"state": "running"}, headers=[("JOB-TOKEN", token)]),
        "query token": lambda: send(instance, "PUT", f"{target}?token={token}&state=running"),
        "query job_token": lambda: send(instance, "PUT", f"{target}?job_token={token}", {"state": "running"}),
        "Bearer": lambda: send(instance, "PUT", target, {"state": "running"}, headers=[("Authorization", f"Bearer {token}")]),
    }[place]()
    expect(answer, 200, "200", place)


def test_a_canceling_job_ends_as_canceled(instance):
    made = create_pipeline(instance, PROJECT, DEV, ref="canceling")["id"]
    job = create_job(instance, PROJECT, made, DEV)
    instance.psql(f"UPDATE jobs SET status = 'canceling' WHERE id = {job['id']}")
    expect(uploads.upload(instance, job["id"], job["token"], ARCHIVE), 201)
    ended = update(instance, job["id"], job["token"], "success")
    expect(ended, 200, "200")
    assert ended.headers["Job-Status"] == "canceled"
    refused = update(instance, job["id"], job["token"], "success")
    expect(refused, 403, publishing.NOT_RUNNING)
    assert refused.headers["Job-Status"] == "canceled"
    assert end_pipeline(instance, PROJECT, made, DEV)["status"] == "canceled"


def test_a_pending_job_is_started_by_its_runner(instance):
    made = create_pipeline(instance, PROJECT, DEV, ref="pending")["id"]
    job = create_job(instance, PROJECT, made, DEV, status="pending")
    assert (job["status"], job["started_at"]) == ("pending", None)
    refused = uploads.upload(instance, job["id"], job["token"], ARCHIVE)
    expect(refused, 403, publishing.NOT_RUNNING)
    assert refused.headers.get("Job-Status") == "pending"
    expect(instance.get("/api/v4/job", job_token=job["token"]), 401)
    started = update(instance, job["id"], job["token"], "running")
    expect(started, 200)
    assert started.headers["Job-Status"] == "running"
    expect(uploads.upload(instance, job["id"], job["token"], ARCHIVE), 201)
    expect(update(instance, job["id"], job["token"], "success"), 200)
    shown = instance.get(f"/api/v4/projects/1/jobs/{job['id']}", token=DEV).json()
    assert shown["created_at"] <= shown["started_at"] <= shown["finished_at"]


@pytest.mark.parametrize("reason, shown", [
    ("script_failure", "script_failure"), (None, "unknown_failure"), ("no word", "unknown_failure"),
    ("x" * 65, "unknown_failure"), ("a\0b", "unknown_failure"), ({"a": 1}, "unknown_failure"),
])
def test_reasons_of_failures(instance, reason, shown):
    made = create_pipeline(instance, PROJECT, DEV, ref="reasons")["id"]
    job = create_job(instance, PROJECT, made, DEV)
    expect(update(instance, job["id"], job["token"], "failed", failure_reason=reason), 200)
    assert instance.get(f"/api/v4/projects/1/jobs/{job['id']}", token=DEV).json()["failure_reason"] == shown


# Many at once

def test_twenty_pipelines_at_once_have_numbers_of_their_own(instance):
    with ThreadPoolExecutor(20) as threads:
        made = list(threads.map(lambda _: create_pipeline(instance, "group/else", DEV, ref="many"), range(20)))
    numbers = [each["iid"] for each in sorted(made, key=lambda each: each["id"])]
    assert numbers == sorted(set(numbers)) and len(numbers) == 20
    times = [each["created_at"] for each in sorted(made, key=lambda each: each["id"])]
    assert times == sorted(times)


@pytest.mark.parametrize("is_open", [True, False], ids=["open", "ended before"])
def test_twenty_jobs_that_end_at_once_end_their_pipeline(instance, is_open):
    made = create_pipeline(instance, "group/latest", DEV, ref="at once")["id"]
    jobs = [create_job(instance, "group/latest", made, DEV, name=f"job {index}") for index in range(20)]
    if not is_open:
        end_pipeline(instance, "group/latest", made, DEV)

    def end(job):
        first = uploads.upload(instance, job["id"], job["token"], ARCHIVE).status
        return first, update(instance, job["id"], job["token"], "success").status

    with ThreadPoolExecutor(20) as threads:
        assert set(threads.map(end, jobs)) == {(201, 200)}
    assert status_of(instance, made) == ("running" if is_open else "success")
    assert end_pipeline(instance, "group/latest", made, DEV)["status"] == "success"
    assert "deadlock" not in instance.logs().get("postgresql.log", "")


def test_two_words_at_once_are_one_end(instance):
    made = create_pipeline(instance, PROJECT, DEV, ref="two words")["id"]
    for _ in range(5):
        job = create_job(instance, PROJECT, made, DEV)
        with ThreadPoolExecutor(8) as threads:
            words = ["success", "failed"] * 4
            answers = list(threads.map(lambda word, job=job: update(instance, job["id"], job["token"], word), words))
        final = instance.psql(f"SELECT status FROM jobs WHERE id = {job['id']}").strip()
        assert {(word, answer.status) for word, answer in zip(words, answers)} == \
            {(final, 200), ({"success": "failed", "failed": "success"}[final], 403)}
        assert {answer.headers["Job-Status"] for answer in answers} == {final}


# Clients

def test_python_gitlab_publishes(instance):
    client = gitlab.Gitlab(instance.url, private_token=DEV)
    site = client.projects.get(PROJECT)
    made = client.http_post(f"/projects/{site.id}/pipelines", post_data={"ref": "client", "tag": True})
    job = client.http_post(f"/projects/{site.id}/pipelines/{made['id']}/jobs",
                           post_data={"name": "build", "allow_failure": False})
    expect(uploads.upload(instance, job["id"], job["token"], ARCHIVE), 201)
    client.http_put(f"/jobs/{job['id']}", post_data={"token": job["token"], "state": "success"})
    ended = client.http_put(f"/projects/{site.id}/pipelines/{made['id']}", post_data={"state": "finished"})
    assert ended["status"] == "success" and ended["tag"] is True
    assert site.artifacts.download(ref_name="client", job="build") == ARCHIVE
    with pytest.raises(gitlab.GitlabHttpError) as failure:
        client.http_post(f"/projects/{site.id}/pipelines", post_data={})
    assert (failure.value.response_code, failure.value.error_message) == (400, "ref is missing")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_publishes(instance, tmp_path):
    (tmp_path / "site.zip").write_bytes(ARCHIVE)

    def curl(*arguments):
        done = subprocess.run(["curl", "--silent", "--show-error", "--fail-with-body", *arguments], cwd=tmp_path,
                              capture_output=True, check=False)
        assert done.returncode == 0, done
        return json.loads(done.stdout)

    key = ["--header", f"PRIVATE-TOKEN: {DEV}"]
    site = f"{instance.api}/projects/group%2Fsite"
    made = curl(*key, "--data", "ref=curl", f"{site}/pipelines")
    job = curl(*key, "--form", "name=build", f"{site}/pipelines/{made['id']}/jobs")
    token = ["--header", f"JOB-TOKEN: {job['token']}"]
    curl(*token, "--form", "file=@site.zip", f"{instance.api}/jobs/{job['id']}/artifacts")
    assert curl(*token, "--request", "PUT", "--data", "state=success", f"{instance.api}/jobs/{job['id']}") == "200"
    ended = curl(*key, "--request", "PUT", "--data", "state=finished", f"{site}/pipelines/{made['id']}")
    assert ended["status"] == "success"
    assert instance.get(archive_by_ref(PROJECT, "curl", "build"), token=DEV).body == ARCHIVE


@pytest.mark.skipif(not all(map(shutil.which, ("curl", "jq", "zip"))), reason="curl, jq or zip is not installed")
@pytest.mark.parametrize("title,archive_file", [
    ("Publish over the API", "hello.zip"), ("Use with gitlab-runner", "r.zip")])
def test_the_lines_of_the_readme_work_as_printed(instance_factory, tmp_path, title, archive_file):
    demo = instance_factory()
    section = (REPOSITORY / "README.md").read_text().split(f"### {title}\n")[1]
    script = section.split("```sh\n")[1].split("```")[0].replace("http://127.0.0.1:8080", demo.url)
    done = subprocess.run(["sh", "-eu", "-c", script], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done
    assert (tmp_path / "fetched.zip").read_bytes() == (tmp_path / archive_file).read_bytes()


# The audit trail

def events(instance, request):
    """What the trail tells of a request, when it has been written."""
    def listed():
        done = instance.artifactd("audit", "--format", "json", "--limit", 0, "--request-id", request)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]
    return uploads.wait_until(listed, what=f"an event of {request}")


def test_the_audit_trail_tells_of_all(instance):
    def named(name):
        return [("X-Request-Id", name)]

    made = send(instance, "POST", PIPELINES, {"ref": "audit"}, DEV, named("audit-pipeline")).json()
    job = send(instance, "POST", publishing.jobs(PROJECT, made["id"]), {"name": "x"}, DEV, named("audit-job")).json()
    word = {"token": job["token"], "state": "success"}
    expect(uploads.upload(instance, job["id"], job["token"], ARCHIVE, headers=named("audit-upload")), 201)
    expect(uploads.upload(instance, job["id"], job["token"], ARCHIVE, headers=named("audit-again")), 201)
    for name in ("audit-end", "audit-end-again"):
        expect(send(instance, "PUT", f"/api/v4/jobs/{job['id']}", word, headers=named(name)), 200)
    for name in ("audit-finish", "audit-finish-again"):
        expect(send(instance, "PUT", publishing.pipeline(PROJECT, made["id"]), {"state": "finished"}, DEV, named(name)), 200)
    expected = {
        "audit-pipeline": ("create_pipeline", None, made["id"], 201, None),
        "audit-job": ("create_job", job["id"], made["id"], 201, None),
        "audit-upload": ("upload", job["id"], made["id"], 201, len(ARCHIVE)),
        "audit-end": ("end_job", job["id"], made["id"], 200, None),
        "audit-finish": ("end_pipeline", None, made["id"], 200, None),
    }
    for name, columns in expected.items():
        [event] = events(instance, name)
        assert tuple(event[key] for key in ("action", "job_id", "pipeline_id", "status", "size")) == columns, event
        by_job = name in ("audit-upload", "audit-end")
        assert event["username"] == "dev" and event["project_id"] == 1
        assert (event["token_job_id"] == job["id"], event["token_id"] is None) == (by_job, by_job)
    [upload] = events(instance, "audit-upload")
    assert (upload["file_type"], len(upload["sha256"])) == ("archive", 64)
    assert instance.psql("SELECT count(*) FROM audit_events WHERE request_id LIKE 'audit-%again'").strip() == "0"


def test_strict_audit_publishes_nothing_that_it_cannot_record(instance_factory):
    site = project(PROJECT, pipeline("one", running_job("running", "dev", id=1), id=1), id=1,
                   members=[member("dev", "developer")])
    strict = instance_factory({"users": [user("dev")], "projects": [site]}, environment={"ARTIFACTD_AUDIT": "strict"})
    made = create_pipeline(strict, PROJECT, DEV)["id"]
    job = create_job(strict, PROJECT, made, DEV)
    counts = ("SELECT (SELECT count(*) FROM pipelines), (SELECT count(*) FROM jobs), (SELECT count(*) FROM artifacts), "
              "(SELECT count(*) FROM contents), (SELECT count(*) FROM jobs WHERE status = 'running')")
    before = strict.psql(counts)
    strict.psql("REVOKE INSERT ON audit_events FROM artifactd")
    for answer in (
            send(strict, "POST", PIPELINES, {"ref": "main"}, DEV),
            send(strict, "POST", publishing.jobs(PROJECT, made), {"name": "x"}, DEV),
            send(strict, "PUT", publishing.pipeline(PROJECT, made), {"state": "finished"}, DEV),
            update(strict, job["id"], job["token"], "success"),
            uploads.upload(strict, job["id"], job["token"], ARCHIVE)):
        expect(answer, 503, {"message": "503 Service Unavailable"})
    assert strict.psql(counts) == before
    assert status_of(strict, made) == "running"
    assert uploads.stored_files(strict) == []
    strict.psql("GRANT INSERT ON audit_events TO artifactd")
    expect(uploads.upload(strict, job["id"], job["token"], ARCHIVE), 201)
    expect(update(strict, job["id"], job["token"], "success"), 200)
    assert end_pipeline(strict, PROJECT, made, DEV)["status"] == "success"
    actions = strict.psql("SELECT action FROM audit_events ORDER BY created_at, id").split()
    assert actions == ["create_pipeline", "create_job", "upload", "end_job", "end_pipeline"]
