"""What clients ask around artifacts: shapes, filters, pages, and the checks that come before them."""

import hashlib
import json
import re
from urllib.parse import parse_qsl, urlsplit

import pytest

from fixtures.contract import (
    DEACTIVATED, FORBIDDEN, INSUFFICIENT_SCOPE, MOVED, NO_JOB, NO_PROJECT, REVOKED, UNAUTHORIZED, WRONG_VERB, expect,
    expect_common_headers, expect_no_repeated_header, wire,
)
from manifests import (
    SHA, Library, access_token, job, job_token, member, pipeline, project, public_group, running_job, user,
)

SITE = "acme/web/site"
LOG = b"Running with artifactd\n" + b"\x1b[0Ksection " * 3000 + "grün\n".encode()
OTHER_SHA = "f" * 40
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
FILES = Library()


def document():
    builds = pipeline(
        "builds",
        job("compile", FILES.labelled("compile"), FILES.report("trace", LOG, filename="job.log"),
            FILES.report("junit"), id=10, user="dev", tags=["docker"], coverage=81.5,
            created_at="2026-01-01T00:00:00Z", started_at="2026-01-01T00:00:05Z", finished_at="2026-01-01T00:01:05.5Z"),
        job("test", id=11, retried=True, key="test-1", status="failed", failure_reason="script_failure"),
        job("test", id=12, key="test-2", status="failed", allow_failure=True),
        id=100, iid=7, ref="feat/x", created_at="2026-01-01T00:00:00Z",
    )
    many = [job(f"unit {number}", id=20 + number, status="success" if number % 5 else "failed") for number in range(25)]
    site = project(
        SITE, builds, pipeline("many", *many, id=101, status="failed"),
        pipeline("tag", job("build", id=60), id=102, ref="v1", tag=True, sha=OTHER_SHA, source="web", status="success"),
        pipeline("child", job("build", id=61), id=103, source="parent_pipeline", parent="many", status="success"),
        pipeline("ci", running_job("ci", "dev", id=62), id=104, ref="ci"),
        id=1, name="The Site", default_branch="main", previous_paths=["acme/old"],
        members=[member("dev", "developer"), member("guest", "guest")],
    )
    other = project("acme/other", pipeline("one", job("build", id=70), id=200), id=2,
                    members=[member("dev", "reporter"), member("guest", "guest")], public_jobs=False)
    users = [{**user("dev", id=3, email="dev@example.com"), "name": "Dev Eloper"}, user("guest"), user("stranger"),
             user("root", admin=True), user("reader", ["read_api"]), user("useless", ["read_user"]),
             user("gone", state="deactivated"), user("revoked")]
    users[-1]["access_tokens"][0]["revoked"] = True
    groups = [public_group("acme", id=5), {"path": "acme/web", "id": 6, "members": [member("dev", "reporter")]}]
    return {"users": users, "groups": groups, "projects": [site, other]}


@pytest.fixture(scope="module")
def instance(instance_factory):
    return instance_factory(document())


def ask(instance, target, who="dev"):
    answer = instance.get(f"/api/v4/{target}", token=who and access_token(who))
    expect(answer, 200, cell=target)
    assert answer.headers.all("Content-Type") == ["application/json"], target
    return answer.json()


def ids(instance, target, who="dev"):
    return [entry["id"] for entry in ask(instance, target, who)]


# Shapes

def test_version_is_one_that_clients_can_compare(instance):
    version = ask(instance, "version")
    assert re.fullmatch(r"19\.\d+\.\d+", version["version"])
    assert version["revision"] == f"artifactd-{version['artifactd']}"


def test_user_is_the_tokens_owner(instance):
    found = ask(instance, "user")
    assert TIME.fullmatch(found.pop("created_at"))
    assert found == {
        "id": 3, "username": "dev", "name": "Dev Eloper", "state": "active", "locked": False, "avatar_url": None,
        "web_url": f"{instance.url}/dev", "bot": False, "email": "dev@example.com", "commit_email": "dev@example.com",
        "external": False, "is_admin": False, "is_auditor": False,
    }
    assert ask(instance, "user", "root")["is_admin"] is True


def test_job_is_the_tokens_own(instance):
    answer = instance.get("/api/v4/job", job_token=job_token("ci"))
    expect(answer, 200)
    assert answer.json() == ask(instance, "projects/1/jobs/62")
    bearer = instance.get("/api/v4/job", headers={"Authorization": f"Bearer {job_token('ci')}"})
    assert bearer.json()["id"] == 62
    assert instance.get(f"/api/v4/job?job_token={job_token('ci')}").json()["id"] == 62


def test_project(instance):
    found = ask(instance, "projects/acme%2Fweb%2Fsite")
    assert found == ask(instance, "projects/1") == ask(instance, "projects/ACME%2FWeb%2FSite")
    assert TIME.fullmatch(found.pop("created_at"))
    assert found == {
        "id": 1, "description": None, "name": "The Site", "name_with_namespace": "acme / web / The Site", "path": "site",
        "path_with_namespace": SITE, "default_branch": "main", "tag_list": [], "topics": [],
        "web_url": f"{instance.url}/{SITE}", "avatar_url": None, "_links": {"self": f"{instance.api}/projects/1"},
        "namespace": {"id": 6, "name": "web", "path": "web", "kind": "group", "full_path": "acme/web", "parent_id": 5,
                      "avatar_url": None, "web_url": f"{instance.url}/groups/acme/web"},
        "archived": False, "visibility": "private", "jobs_enabled": True, "builds_access_level": "enabled",
        "public_jobs": True, "keep_latest_artifact": False,
        "permissions": {"project_access": {"access_level": 30}, "group_access": {"access_level": 20}},
    }


@pytest.mark.parametrize("value, who, shown", [
    ("true", "dev", True), ("True", "root", True), ("1", "guest", False), ("false", "dev", False),
])
def test_statistics_are_for_reporters(instance, value, who, shown):
    found = ask(instance, f"projects/1?statistics={value}", who)
    assert ("statistics" in found) == shown
    if shown:
        size = int(instance.psql("SELECT sum(size) FROM artifacts WHERE project_id = 1"))
        assert found["statistics"] == {"storage_size": size, "job_artifacts_size": size}


SUMMARY = {
    "id": 100, "iid": 7, "project_id": 1, "sha": SHA, "ref": "feat/x", "status": "success", "source": "push",
    "created_at": "2026-01-01T00:00:00.000Z",
}


def test_pipeline_in_a_list_and_alone(instance):
    listed = next(entry for entry in ask(instance, "projects/1/pipelines") if entry["id"] == 100)
    assert TIME.fullmatch(listed["updated_at"])
    assert listed == {**SUMMARY, "updated_at": listed["updated_at"], "name": None,
                      "web_url": f"{instance.url}/{SITE}/-/pipelines/100"}
    alone = ask(instance, "projects/1/pipelines/100")
    assert {key: alone.pop(key) for key in listed} == listed
    assert (alone.pop("user")["username"], alone.pop("detailed_status")["text"]) == ("dev", "Passed")
    assert alone == {
        "before_sha": None, "tag": False, "yaml_errors": None, "started_at": "2026-01-01T00:00:05.000Z",
        "finished_at": "2026-01-01T00:01:05.500Z", "committed_at": None, "duration": 60, "queued_duration": 5,
        "coverage": "81.50",
    }


def test_job(instance):
    found = ask(instance, "projects/1/jobs/10")
    assert found["pipeline"] == {**{key: value for key, value in SUMMARY.items()},
                                 "updated_at": found["pipeline"]["updated_at"],
                                 "web_url": f"{instance.url}/{SITE}/-/pipelines/100"}
    assert (found["name"], found["status"], found["ref"], found["coverage"]) == ("compile", "success", "feat/x", 81.5)
    assert found["user"]["username"] == "dev" and "email" not in found["user"]
    assert found["artifacts_file"]["filename"] == "artifacts.zip"
    assert [entry["file_type"] for entry in found["artifacts"]] == ["archive", "trace", "junit"]
    assert found["web_url"] == f"{instance.url}/{SITE}/-/jobs/10"


def test_every_list_entry_is_the_thing_itself(instance):
    for entry in ask(instance, "projects/1/jobs?per_page=100&include_retried=1"):
        assert entry == ask(instance, f"projects/1/jobs/{entry['id']}") or entry["status"] == "running"


# Filters

MANY = list(range(44, 19, -1))
FAILED = [44 - number for number in range(25) if (24 - number) % 5 == 0]
LISTS = {
    "jobs?per_page=100": [62, 61, 60, *MANY, 12, 10],
    "jobs?per_page=100&include_retried=true": [62, 61, 60, *MANY, 12, 11, 10],
    "jobs?per_page=100&include_retried=False": [62, 61, 60, *MANY, 12, 10],
    "jobs?scope=failed": [*FAILED, 12],
    "jobs?scope[]=failed&include_retried=1": [*FAILED, 12, 11],
    "jobs?scope%5B%5D=failed&scope%5B%5D=running": [62, *FAILED, 12],
    "jobs?scope[]=scheduled": [],
    "jobs?scope[]=preparing&scope[]=running": [62],
    "jobs?all=False&order_by=name&foo[bar]=1&scope=running": [62],
    "pipelines/100/jobs": [12, 10],
    "pipelines/100/jobs?include_retried=yes": [12, 11, 10],
    "pipelines/100/jobs?scope[]=success": [10],
    "pipelines/103/jobs": [61],
    "pipelines": [104, 102, 101, 100],
    "pipelines?sort=asc": [100, 101, 102, 104],
    "pipelines?ref=feat%2Fx": [100],
    "pipelines?ref=feat": [],
    "pipelines?ref=": [104, 102, 101, 100],
    "pipelines?status=success&order_by=ref": [102, 100],
    "pipelines?status=success&order_by=ref&sort=asc": [100, 102],
    "pipelines?status=waiting_for_resource": [],
    f"pipelines?sha={OTHER_SHA}": [102],
    f"pipelines?sha={OTHER_SHA[:8]}": [],
    "pipelines?source=parent_pipeline": [103],
    "pipelines?all=False&unknown=1": [104, 102, 101, 100],
}


@pytest.mark.parametrize("target", LISTS)
def test_lists_hold_what_is_asked_for(instance, target):
    assert ids(instance, f"projects/1/{target}") == LISTS[target]


# Pages

def paged(instance, target):
    answer = instance.get(target, token=access_token("dev"))
    expect(answer, 200, cell=target)
    links = {name: url for url, name in re.findall(r'<([^>]+)>; rel="([a-z]+)"', answer.headers["Link"])}
    return [entry["id"] for entry in answer.json()], answer.headers, links


def test_links_lead_through_the_whole_list(instance):
    target, seen, pages = "/api/v4/projects/acme%2Fweb%2Fsite/jobs?scope[]=failed&scope[]=success&per_page=7", [], 0
    while target:
        found, headers, links = paged(instance, target)
        seen += found
        pages += 1
        assert headers["X-Total"] == "29" and headers["X-Total-Pages"] == "5" and headers["X-Page"] == str(pages)
        assert headers["X-Next-Page"] == (str(pages + 1) if pages < 5 else "")
        assert headers["X-Prev-Page"] == (str(pages - 1) if pages > 1 else "")
        assert set(links) == {"first", "last"} | ({"next"} if pages < 5 else set()) | ({"prev"} if pages > 1 else set())
        for link in links.values():
            parts = urlsplit(link)
            assert link.startswith(f"{instance.url}/api/v4/projects/acme%2Fweb%2Fsite/jobs?")
            assert parse_qsl(parts.query)[:2] == [("scope[]", "failed"), ("scope[]", "success")]
        target = links.get("next", "")[len(instance.url):]
    assert seen == LISTS["jobs?per_page=100"][1:]


@pytest.mark.parametrize("page, per_page, expected", [
    ("1", "1000", LISTS["jobs?per_page=100"]), ("2", "30", []), ("99999999999999999999", "20", []), ("3", "14", [12, 10]),
])
def test_pages_past_the_end_are_empty(instance, page, per_page, expected):
    found, headers, _ = paged(instance, f"/api/v4/projects/1/jobs?page={page}&per_page={per_page}")
    assert found == expected
    assert headers["X-Total"] == "30"


def test_an_empty_list_has_one_page(instance):
    found, headers, links = paged(instance, "/api/v4/projects/1/jobs?scope=canceled")
    assert (found, headers["X-Total"], headers["X-Total-Pages"]) == ([], "0", "1")
    assert set(links) == {"first", "last"}


@pytest.mark.parametrize("query", (
    "private_token={dev}", "job_token={job}", "private_token={dev}&job_token=x", "x={dev}&private_token={dev}",
    "private%5Ftoken={dev}", "access_token=s3cret&private_token={dev}",
))
def test_links_repeat_no_token(instance, query):
    dev, ci = access_token("dev"), job_token("ci")
    answer = instance.get(f"/api/v4/projects/1/jobs?per_page=2&{query.format(dev=dev, job=ci)}&scope[]=failed")
    expect(answer, 200)
    for secret in (dev, ci, "s3cret", "token"):
        assert secret not in answer.headers["Link"]
    assert answer.headers["Link"].count("scope%5B%5D=failed") == 3


def test_links_of_a_tree_repeat_no_token_either(instance):
    target = f"/api/v4/projects/1/jobs/10/artifacts/tree?recursive=true&private_token={access_token('dev')}"
    answer = instance.get(target)
    expect(answer, 200)
    assert "token" not in answer.headers["Link"] and "recursive=true" in answer.headers["Link"]


def test_a_link_that_no_header_could_hold_is_left_out(instance):
    answer = instance.get(f"/api/v4/projects/1/jobs?per_page=2&x={'y' * 31000}", token=access_token("dev"))
    expect(answer, 200)
    assert "Link" not in answer.headers and answer.headers["X-Next-Page"] == "2"


# Logs

TRACE = "/api/v4/projects/1/jobs/10/trace"


def test_trace_is_the_stored_bytes(instance):
    answer = instance.get(TRACE, token=access_token("dev"))
    expect(answer, 200)
    assert answer.body == LOG
    assert answer.headers.all("Content-Type") == ["text/plain"]
    assert answer.headers.get("Content-Disposition") == 'infile; filename="10.log"'
    assert answer.headers.get("ETag") == f'"{hashlib.sha256(LOG).hexdigest()}"'


def test_trace_of_a_job_without_one_is_empty(instance):
    answer = instance.get("/api/v4/projects/1/jobs/12/trace", token=access_token("dev"))
    expect(answer, 200)
    assert (answer.body, answer.headers.all("Content-Type")) == (b"", ["text/plain"])
    assert answer.headers.all("Content-Length") == ["0"]


def test_trace_can_be_resumed_and_revalidated(instance):
    part = instance.get(TRACE, token=access_token("dev"), headers={"Range": "bytes=-6"})
    assert (part.status, part.body) == (206, LOG[-6:])
    assert part.headers["Content-Range"] == f"bytes {len(LOG) - 6}-{len(LOG) - 1}/{len(LOG)}"
    tag = part.headers["ETag"]
    assert instance.get(TRACE, token=access_token("dev"), headers={"If-None-Match": tag}).status == 304


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_log_that_has_expired_is_none(instance, method):
    instance.psql("UPDATE artifacts SET expire_at = now() - interval '1 hour' WHERE file_type = 'trace'")
    try:
        answer = instance.get(TRACE, token=access_token("dev"), method=method)
        expect(answer, 200)
        assert (answer.body, answer.headers.all("Content-Length")) == (b"", ["0"])
        shown = [row["file_type"] for row in ask(instance, "projects/1/jobs/10")["artifacts"]]
        assert shown == ["archive", "junit"]
    finally:
        instance.psql("UPDATE artifacts SET expire_at = NULL WHERE file_type = 'trace'")


def test_trace_obeys_the_rows_access_level(instance):
    instance.psql("UPDATE artifacts SET access = 'maintainer' WHERE file_type = 'trace'")
    try:
        expect(instance.get(TRACE, token=access_token("dev")), 403, FORBIDDEN)
        expect(instance.get(TRACE, token=access_token("root")), 200)
    finally:
        instance.psql("UPDATE artifacts SET access = 'all' WHERE file_type = 'trace'")


# Checks

PUBLIC = ["version", "user", "job"]
PROJECT = ["", "/jobs", "/jobs/10", "/jobs/10/trace", "/pipelines", "/pipelines/100", "/pipelines/100/jobs"]
ALL = [*PUBLIC, *(f"projects/1{rest}" for rest in PROJECT)]


@pytest.mark.parametrize("target", PUBLIC)
def test_nobody_is_told_without_a_token(instance, target):
    expect(instance.get(f"/api/v4/{target}"), 401, UNAUTHORIZED)


@pytest.mark.parametrize("target", ("version", "user"))
def test_a_job_token_counts_as_none_outside_of_projects(instance, target):
    expect(instance.get(f"/api/v4/{target}", job_token=job_token("ci")), 401, UNAUTHORIZED)
    both = instance.get(f"/api/v4/{target}", job_token=job_token("ci"), token=access_token("dev"))
    expect(both, 200)


def test_an_access_token_is_of_no_job(instance):
    expect(instance.get("/api/v4/job", token=access_token("dev")), 401, UNAUTHORIZED)
    expect(instance.get("/api/v4/job", token=access_token("dev"), job_token=job_token("ci")), 401, UNAUTHORIZED)


@pytest.mark.parametrize("target", ALL)
@pytest.mark.parametrize("who, status, body", [
    ("nobody at all", 401, UNAUTHORIZED), ("revoked", 401, REVOKED), ("useless", 403, INSUFFICIENT_SCOPE),
    ("gone", 403, DEACTIVATED),
])
def test_a_bad_token_is_told_everywhere(instance, target, who, status, body):
    expect(instance.get(f"/api/v4/{target}", token=access_token(who)), status, body, f"{who}: {target}")


def test_read_api_is_enough(instance):
    assert ask(instance, "user", "reader")["username"] == "reader"
    assert ask(instance, "version", "reader")


@pytest.mark.parametrize("rest", PROJECT)
@pytest.mark.parametrize("project, who, status, body", [
    (1, None, 404, NO_PROJECT), (1, "stranger", 404, NO_PROJECT), (1, "guest", 200, None), (1, "dev", 200, None),
    (2, "guest", 403, FORBIDDEN), (9, "root", 404, NO_PROJECT), ("9223372036854775808", "root", 404, NO_PROJECT),
    ("acme%2Fnothing", "dev", 404, NO_PROJECT), ("acme%2Fweb", "dev", 404, NO_PROJECT),
])
def test_who_reads_builds_reads_what_is_around_them(instance, rest, project, who, status, body):
    target = f"/api/v4/projects/{project}{rest}"
    expect(instance.get(target, token=who and access_token(who)), status, body, f"{who}: {target}")


@pytest.mark.parametrize("rest", PROJECT)
def test_job_tokens_read_their_own_project(instance, rest):
    expect(instance.get(f"/api/v4/projects/1{rest}", job_token=job_token("ci")), 200, cell=rest)


def test_job_tokens_are_kept_out_of_others(instance):
    text = "403 Forbidden - Authentication by CI/CD job token not allowed from site to other."
    for rest in ("", "/jobs", "/pipelines"):
        expect(instance.get(f"/api/v4/projects/2{rest}", job_token=job_token("ci")), 403, {"message": text}, rest)


@pytest.mark.parametrize("target", (
    "jobs/99", "jobs/70", "jobs/0", "jobs/-1", "jobs/9223372036854775808", "jobs/99/trace", "jobs/70/trace",
    "pipelines/99", "pipelines/200", "pipelines/9223372036854775808", "pipelines/99/jobs", "pipelines/200/jobs",
))
def test_what_is_not_in_the_project_is_not_found(instance, target):
    expect(instance.get(f"/api/v4/projects/1/{target}", token=access_token("dev")), 404, NO_JOB, target)


FAULTS = {
    "jobs?scope=bogus": "scope does not have a valid value",
    "jobs?scope[]=success&scope[]=": "scope does not have a valid value",
    "jobs?include_retried=maybe": "include_retried is invalid",
    "jobs?page=0": "page is invalid",
    "jobs?per_page=0": "per_page is invalid",
    "jobs?page=x&per_page=-5": "page is invalid, per_page is invalid",
    "jobs/x": "job_id is invalid",
    "jobs/1.5/trace": "job_id is invalid",
    "pipelines/latest": "pipeline_id is invalid",
    "pipelines/x/jobs": "pipeline_id is invalid",
    "pipelines/100/jobs?scope=x": "scope does not have a valid value",
    "pipelines?status=x": "status does not have a valid value",
    "pipelines?order_by=name": "order_by does not have a valid value",
    "pipelines?sort=up": "sort does not have a valid value",
    "pipelines?order_by=name&sort=up&page=0":
        "order_by does not have a valid value, sort does not have a valid value, page is invalid",
    "?statistics=maybe": "statistics is invalid",
}


@pytest.mark.parametrize("target", FAULTS)
def test_parameters_come_before_everything_else(instance, target):
    for project, who in ((1, "dev"), (99, None), (1, "nobody at all")):
        separator = "" if target.startswith("?") else "/"
        answer = instance.get(f"/api/v4/projects/{project}{separator}{target}", token=who and access_token(who))
        expect(answer, 400, {"error": FAULTS[target]}, f"{who}: {target}")


@pytest.mark.parametrize("target", ALL)
def test_head_has_the_same_header(instance, target):
    credential = [("JOB-TOKEN", job_token("ci"))] if target == "job" else [("PRIVATE-TOKEN", access_token("dev"))]
    answers = [wire(instance, method, f"/api/v4/{target}", credential) for method in ("GET", "HEAD")]
    for answer in answers:
        expect_common_headers(answer, target)
        expect_no_repeated_header(answer, target)
    fields = [[field for field in answer.fields if field[0] not in ("Date", "X-Request-Id")] for answer in answers]
    # The durations of what still runs grow meanwhile, and with them the text.
    if "running" not in answers[0].body.decode(errors="replace"):
        assert fields[0] == fields[1]
    assert answers[0].headers.all("Content-Length") == [str(len(answers[0].body))]
    assert answers[1].body == b""


# what clients that publish send to the same targets
CHANGES = {"projects/1/pipelines": "POST", "projects/1/pipelines/100": "PUT", "projects/1/pipelines/100/jobs": "POST"}


@pytest.mark.parametrize("method,target", [
    (method, target) for method in ("POST", "PUT", "PATCH", "DELETE") for target in ALL
    if CHANGES.get(target) != method])
def test_other_methods_are_told_which_there_are(instance, target, method):
    answer = wire(instance, method, f"/api/v4/{target}", [("PRIVATE-TOKEN", access_token("dev"))])
    expect(answer, 405, WRONG_VERB, f"{method} {target}")
    assert answer.headers.all("Allow") == [", ".join(["GET", "HEAD", *filter(None, [CHANGES.get(target)])])]


@pytest.mark.parametrize("rest", PROJECT)
def test_an_old_path_leads_on(instance, rest):
    answer = wire(instance, "GET", f"/api/v4/projects/acme%2Fold{rest}?a=b", [("PRIVATE-TOKEN", access_token("dev"))])
    expect(answer, 301, cell=rest)
    assert answer.headers.all("Location") == [f"{instance.api}/projects/1{rest}?a=b"]
    assert json.loads(answer.body) != MOVED
    expect(instance.get(f"/api/v4/projects/acme%2Fold{rest}"), 404, NO_PROJECT)
