"""Who is asking: every row of the table of credentials, where they may stand, and which of several decides."""

import pytest

from fixtures.contract import (
    BLOCKED, DEACTIVATED, EXPIRED, INSUFFICIENT_SCOPE, NO_PROJECT, PENDING, REVOKED, UNAUTHORIZED, archive,
    archive_by_ref, expect, expect_common_headers, segment, wire,
)
from manifests import Library, access_token, job, job_token, member, pipeline, project, public_group, running_job, user

PRIVATE = archive("acme/private", 1)
PUBLIC = archive("acme/public", 2)
UNKNOWN = "glpat-00000000000000000000"

# token: answer on the private project's archive
ACCESS_TOKENS = {
    "dev": (200, None),
    "read_api": (200, None),
    "two_scopes": (200, None),
    "expired": (401, EXPIRED),
    "expired_today": (401, EXPIRED),
    "revoked": (401, REVOKED),
    "read_user": (403, INSUFFICIENT_SCOPE),
    "no_scopes": (403, INSUFFICIENT_SCOPE),
    "blocked": (403, BLOCKED),
    "pending": (403, PENDING),
    "deactivated": (403, DEACTIVATED),
}
TOKENS = {name: access_token(name) for name in ACCESS_TOKENS}
MALFORMED = ["x", "glpat-", "a b", "%00", "é", "x" * 4000, "' OR 1=1 --", "null", UNKNOWN, access_token("dev") + "x",
             access_token("dev")[:-1], access_token("dev").upper()]

PLACES = {
    "private_token parameter": lambda token: ({}, f"?private_token={segment(token)}"),
    "PRIVATE-TOKEN header": lambda token: ({"PRIVATE-TOKEN": token}, ""),
    "Private-Token header": lambda token: ({"Private-Token": token}, ""),
    "private-token header": lambda token: ({"private-token": token}, ""),
    "Bearer": lambda token: ({"Authorization": f"Bearer {token}"}, ""),
}
JOB_PLACES = {
    "job_token parameter": lambda token: ({}, f"?job_token={segment(token)}"),
    "JOB-TOKEN header": lambda token: ({"JOB-TOKEN": token}, ""),
    "Job-Token header": lambda token: ({"Job-Token": token}, ""),
    "Bearer": lambda token: ({"Authorization": f"Bearer {token}"}, ""),
}
DEV = access_token("dev")
STRANGER = access_token("stranger")
LIVE = job_token("live")
DEAD = job_token("dead")

# what decides when there are several: name, headers, query, status on the private project
PRECEDENCE = [
    ("parameter before header", {"PRIVATE-TOKEN": UNKNOWN}, f"private_token={DEV}", 200),
    ("a bad parameter is not helped by a header", {"PRIVATE-TOKEN": DEV}, f"private_token={UNKNOWN}", 401),
    ("header before Bearer", {"PRIVATE-TOKEN": DEV, "Authorization": f"Bearer {UNKNOWN}"}, "", 200),
    ("a bad header is not helped by Bearer", {"PRIVATE-TOKEN": UNKNOWN, "Authorization": f"Bearer {DEV}"}, "", 401),
    ("parameter before Bearer", {"Authorization": f"Bearer {UNKNOWN}"}, f"private_token={DEV}", 200),
    ("a stranger's parameter before a member's header", {"PRIVATE-TOKEN": DEV}, f"private_token={STRANGER}", 404),
    ("an access token beats a job token", {"PRIVATE-TOKEN": STRANGER, "JOB-TOKEN": LIVE}, "", 404),
    ("an access token beats a job token parameter", {"PRIVATE-TOKEN": STRANGER}, f"job_token={LIVE}", 404),
    ("an access token beats a dead job token", {"PRIVATE-TOKEN": DEV, "JOB-TOKEN": DEAD}, "", 200),
    ("a bad access token is not helped by a job token", {"PRIVATE-TOKEN": UNKNOWN, "JOB-TOKEN": LIVE}, "", 401),
    ("an access token as Bearer beats a job token",
     {"Authorization": f"Bearer {STRANGER}", "JOB-TOKEN": LIVE}, "", 404),
    ("job token parameter before header", {"JOB-TOKEN": DEAD}, f"job_token={LIVE}", 200),
    ("a bad job token parameter is not helped by a header", {"JOB-TOKEN": LIVE}, f"job_token={DEAD}", 401),
    ("a bad job token header is not helped by Bearer", {"JOB-TOKEN": DEAD, "Authorization": f"Bearer {LIVE}"}, "", 401),
    ("an empty parameter is absent", {"PRIVATE-TOKEN": DEV}, "private_token=", 200),
    ("an empty header is absent", {"PRIVATE-TOKEN": "", "Authorization": f"Bearer {DEV}"}, "", 200),
    ("an empty access token leaves the job token", {"PRIVATE-TOKEN": "", "JOB-TOKEN": LIVE}, "", 200),
    ("an empty job token parameter is absent", {"JOB-TOKEN": LIVE}, "job_token=", 200),
    ("empty credentials are none", {"PRIVATE-TOKEN": "", "JOB-TOKEN": ""}, "private_token=&job_token=", 404),
    ("an empty Bearer is none", {"Authorization": "Bearer "}, "", 404),
    ("Bearer without a value is none", {"Authorization": "Bearer"}, "", 404),
    ("of a repeated parameter the last wins", {}, f"private_token={UNKNOWN}&private_token={DEV}", 200),
    ("of a repeated parameter the first is nothing", {}, f"private_token={DEV}&private_token={UNKNOWN}", 401),
    ("a repeated job token parameter", {}, f"job_token={DEAD}&job_token={LIVE}", 200),
    ("an encoded parameter name", {}, f"private%5Ftoken={DEV}", 200),
    ("Basic is ignored", {"Authorization": "Basic dXNlcjpwYXNz"}, "", 404),
    ("Digest is ignored", {"Authorization": f'Digest username="{DEV}"'}, "", 404),
    ("Deploy-Token is ignored", {"Deploy-Token": UNKNOWN}, "", 404),
    ("Basic beside a token is ignored", {"Authorization": "Basic dXNlcjpwYXNz", "PRIVATE-TOKEN": DEV}, "", 200),
    ("the scheme has no case", {"Authorization": f"bearer {DEV}"}, "", 200),
    ("a job token is no access token", {"PRIVATE-TOKEN": LIVE}, "", 401),
    ("a job token is no access token parameter", {}, f"private_token={LIVE}", 401),
    ("an access token is no job token", {"JOB-TOKEN": DEV}, "", 401),
    ("an access token is no job token parameter", {}, f"job_token={DEV}", 401),
    ("a token with a plus is a space", {}, f"private_token={DEV}+", 401),
]


def document(files):
    def owner(name, state="active", **token):
        entry = {"name": "main", "token": access_token(name), "scopes": ["api"], **token}
        return {"username": name, "name": name, "state": state, "access_tokens": [entry]}

    return {
        "users": [
            user("dev"), user("stranger"), owner("read_api", scopes=["read_api"]),
            owner("two_scopes", scopes=["read_user", "read_api"]), owner("expired", expires_at="2020-01-01"),
            owner("expired_today", expires_at="now-1m"), owner("revoked", revoked=True),
            owner("read_user", scopes=["read_user", "read_repository"]), owner("no_scopes", scopes=[]),
            owner("blocked", state="blocked"), owner("pending", state="blocked_pending_approval"),
            owner("deactivated", state="deactivated"),
        ],
        "groups": [public_group("acme", members=[member(name, "maintainer") for name in ACCESS_TOKENS])],
        "projects": [
            project("acme/private",
                    pipeline("one", job("build", files.labelled("private"), id=1)),
                    pipeline("ci", running_job("live", "dev"), running_job("of_blocked", "blocked"),
                             job("dead", status="success", token=DEAD, user="dev"), ref="ci"), id=1),
            project("acme/public", pipeline("one", job("build", files.labelled("public"), id=2)), id=2,
                    visibility="public"),
        ],
    }


@pytest.fixture(scope="module")
def instance(instance_factory):
    return instance_factory(document(Library()))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", ACCESS_TOKENS)
def test_each_access_token_in_each_place(instance, name, place):
    status, body = ACCESS_TOKENS[name]
    headers, query = PLACES[place](TOKENS[name])
    for target in (PRIVATE, PUBLIC):
        response = instance.request("GET", target + query, headers=headers)
        expect(response, status, body, f"{name} as {place} on {target}")
        if body in (EXPIRED, REVOKED):
            challenge = response.headers.get("WWW-Authenticate") or ""
            assert challenge.startswith("Bearer "), f"{name} as {place}: WWW-Authenticate {challenge!r}"


@pytest.mark.parametrize("place", [*PLACES, *JOB_PLACES])
@pytest.mark.parametrize("token", MALFORMED, ids=range(len(MALFORMED)))
def test_an_unknown_token_is_never_a_fall_back_to_anonymous(instance, token, place):
    headers, query = {**PLACES, **JOB_PLACES}[place](token)
    for target in (PUBLIC, PRIVATE):
        answer = wire(instance, "GET", target + query, [(key, value.encode()) for key, value in headers.items()])
        expect(answer, 401, UNAUTHORIZED, f"{token[:20]!r} as {place}")


@pytest.mark.parametrize("name,headers,query,status", PRECEDENCE, ids=[row[0] for row in PRECEDENCE])
def test_which_of_several_credentials_decides(instance, name, headers, query, status):
    response = instance.request("GET", f"{PRIVATE}?{query}", headers=headers)
    expect(response, status, {200: None, 401: UNAUTHORIZED, 404: NO_PROJECT}[status], name)


@pytest.mark.parametrize("place", JOB_PLACES)
def test_a_running_jobs_token_in_each_place(instance, place):
    headers, query = JOB_PLACES[place](LIVE)
    expect(instance.request("GET", PRIVATE + query, headers=headers), 200, cell=place)


@pytest.mark.parametrize("place", JOB_PLACES)
@pytest.mark.parametrize("target", (PRIVATE, PUBLIC))
def test_a_finished_jobs_token_is_unknown(instance, place, target):
    headers, query = JOB_PLACES[place](DEAD)
    expect(instance.request("GET", target + query, headers=headers), 401, UNAUTHORIZED, f"{place} on {target}")


def test_a_blocked_users_job_token_is_answered_as_blocked(instance):
    expect(instance.get(PUBLIC, job_token=job_token("of_blocked")), 403, BLOCKED)


def test_no_credentials_are_anonymous(instance):
    expect(instance.get(PUBLIC), 200)
    expect(instance.get(PRIVATE), 404, NO_PROJECT)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic dXNlcjpwYXNz"}, {"Deploy-Token": "x"},
                                     {"PRIVATE-TOKEN": ""}, {"Authorization": "Bearer "}, {"JOB-TOKEN": LIVE}])
@pytest.mark.parametrize("method,suffix", [("DELETE", ""), ("POST", "/keep")])
def test_no_access_token_where_something_changes_is_401(instance, method, suffix, headers):
    response = instance.request(method, PUBLIC + suffix, headers=headers)
    expect(response, 401, UNAUTHORIZED, f"{method} {suffix} with {headers}")
    expect(instance.get(PUBLIC), 200, cell="the archive is still there")


@pytest.mark.parametrize("method,suffix", [("DELETE", ""), ("POST", "/keep")])
def test_read_api_grants_no_change(instance, method, suffix):
    response = instance.request(method, PUBLIC + suffix, headers={"PRIVATE-TOKEN": access_token("read_api")})
    expect(response, 403, INSUFFICIENT_SCOPE, f"{method} {suffix}")


@pytest.mark.parametrize("name", ACCESS_TOKENS)
def test_head_is_answered_with_the_same_status(instance, name):
    answer = wire(instance, "HEAD", PRIVATE, [("PRIVATE-TOKEN", TOKENS[name])])
    expect(answer, ACCESS_TOKENS[name][0], cell=name)
    assert answer.body == b"", f"{name}: HEAD with a body"


@pytest.mark.parametrize("name", [name for name in ACCESS_TOKENS if ACCESS_TOKENS[name][1]])
def test_a_bad_token_comes_before_the_project(instance, name):
    status, body = ACCESS_TOKENS[name]
    expect(instance.get(archive("no/such", 1), token=TOKENS[name]), status, body, name)


def test_a_missing_parameter_comes_before_a_bad_token(instance):
    target = archive_by_ref("acme/private", "main", "x").split("?")[0]
    expect(instance.get(target, token=UNKNOWN), 400, {"error": "job is missing"})


@pytest.mark.parametrize("name", ACCESS_TOKENS)
def test_the_common_headers_stand_on_every_answer_once(instance, name):
    expect_common_headers(wire(instance, "GET", PRIVATE, [("PRIVATE-TOKEN", TOKENS[name])]), name)


def test_tokens_are_stored_as_digests_only(instance):
    tables = instance.psql("select table_name from information_schema.tables where table_schema = 'public'").split()
    for table in tables:
        for token in (DEV, LIVE):
            found = instance.psql(f"select count(*) from \"{table}\" t where t::text like '%{token}%'").strip()
            assert found == "0", f"a token stands in table {table}"
