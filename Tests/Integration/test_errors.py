"""Every error of the common rules: its status, body and headers, the order of the checks, and HEAD beside GET."""

import json

import pytest

from fixtures.contract import (
    API_V3, BAD_PATH, FILE_TYPE_INVALID, FORBIDDEN, JOB_ID_INVALID, JOB_MISSING, NO_FILE, NO_JOB, NO_PROJECT, NO_ROUTE,
    REQUEST_ID, SEARCH_INVALID, UNAUTHORIZED, WRONG_VERB, archive, archive_by_ref, expect, expect_common_headers,
    expect_no_repeated_header, file, raw_file, wire,
)
from manifests import Library, access_token, job, member, pipeline, project, public_group, user

DEV = [("PRIVATE-TOKEN", access_token("dev"))]
GUEST = [("PRIVATE-TOKEN", access_token("guest"))]
BAD = [("PRIVATE-TOKEN", "glpat-00000000000000000000")]
ANONYMOUS = []
BEYOND = 2 ** 63
NO_JOB_PARAMETER = "/api/v4/projects/{}/jobs/artifacts/main/download"

# what, target, headers, status, body: all with GET
ERRORS = [
    ("the root", "/", DEV, 404, NO_ROUTE),
    ("outside the API", "/index.html", DEV, 404, NO_ROUTE),
    ("the bare prefix", "/api/v4", DEV, 404, NO_ROUTE),
    ("an unknown route", "/api/v4/nothing", DEV, 404, NO_ROUTE),
    ("an unknown version", "/api/v5/projects/1/jobs/1/artifacts", DEV, 404, NO_ROUTE),
    ("an unknown route below a project", "/api/v4/projects/1/nothing", DEV, 404, NO_ROUTE),
    ("an unknown route below a job", "/api/v4/projects/1/jobs/1/nothing", DEV, 404, NO_ROUTE),
    ("a project path with a raw slash", "/api/v4/projects/acme/site/jobs/1/artifacts", DEV, 404, NO_ROUTE),
    ("an unknown route for a bad token", "/api/v4/nothing", BAD, 404, NO_ROUTE),
    ("by ref, neither download nor raw", "/api/v4/projects/1/jobs/artifacts/main?job=build", DEV, 404, NO_ROUTE),
    ("version 3", "/api/v3/projects/1/jobs/1/artifacts", DEV, 410, API_V3),
    ("version 3, anonymous", "/api/v3/anything", ANONYMOUS, 410, API_V3),
    ("no job parameter", NO_JOB_PARAMETER.format(1), DEV, 400, JOB_MISSING),
    ("no job parameter, anonymous", NO_JOB_PARAMETER.format(1), ANONYMOUS, 400, JOB_MISSING),
    ("no job parameter, bad token", NO_JOB_PARAMETER.format(1), BAD, 400, JOB_MISSING),
    ("no job parameter, unknown project", NO_JOB_PARAMETER.format("no%2Fsuch"), ANONYMOUS, 400, JOB_MISSING),
    ("no job parameter, raw", "/api/v4/projects/1/jobs/artifacts/main/raw/a.txt", DEV, 400, JOB_MISSING),
    ("a bad boolean", archive_by_ref(1, "main", "build", "&search_recent_successful_pipelines=x"), ANONYMOUS, 400,
     SEARCH_INVALID),
    ("a job id in letters", archive(1, "abc"), DEV, 400, JOB_ID_INVALID),
    ("a job id in letters, anonymous", archive(1, "abc"), ANONYMOUS, 400, JOB_ID_INVALID),
    ("a job id in letters, unknown project", archive(999, "abc"), BAD, 400, JOB_ID_INVALID),
    ("a job id with a fraction", archive(1, "1.5"), DEV, 400, JOB_ID_INVALID),
    ("a job id with letters behind", archive(1, "1a"), DEV, 400, JOB_ID_INVALID),
    ("a job id in hexadecimal", archive(1, "0x1"), DEV, 400, JOB_ID_INVALID),
    ("a job id in letters, single file", file(1, "abc", "a.txt"), DEV, 400, JOB_ID_INVALID),
    ("an unknown file type", archive(1, 1, "?file_type=nothing"), DEV, 400, FILE_TYPE_INVALID),
    ("a file type that is not downloadable", archive(1, 1, "?file_type=metadata"), DEV, 400, FILE_TYPE_INVALID),
    ("an unknown file type, anonymous", archive(1, 1, "?file_type=nothing"), ANONYMOUS, 400, FILE_TYPE_INVALID),
    ("an empty file type", archive(1, 1, "?file_type="), DEV, 400, FILE_TYPE_INVALID),
    ("an unknown file type by ref", archive_by_ref(1, "main", "build", "&file_type=x"), DEV, 400, FILE_TYPE_INVALID),
    ("no job and an unknown file type", "/api/v4/projects/1/jobs/artifacts/main/download?file_type=x", DEV, 400,
     {"error": "job is missing, file_type does not have a valid value"}),
    ("a part of a report", archive(1, 14, "?file_type=junit&path=a"), DEV, 400,
     {"error": "path, file_type are mutually exclusive"}),
    ("a bad path of a part, a bad token", archive(1, 1, "?path=.."), BAD, 401, UNAUTHORIZED),
    ("a bad path of a part, no archive", archive(1, 13, "?path=.."), DEV, 404, NO_FILE),
    ("a bad path of a part", archive(1, 1, "?path=.."), DEV, 400, BAD_PATH),
    ("no such part", archive(1, 1, "?path=none"), DEV, 404, {"message": "404 Path Not Found"}),
    ("a list, bad boolean, anonymous", archive(1, 1) + "/tree?recursive=maybe", ANONYMOUS, 400,
     {"error": "recursive is invalid"}),
    ("a list, bad page size", archive(1, 1) + "/tree?per_page=0", DEV, 400, {"error": "per_page is invalid"}),
    ("a list, hidden project", archive(1, 1) + "/tree", ANONYMOUS, 404, NO_PROJECT),
    ("a list, unknown job", archive(1, 999) + "/tree", DEV, 404, NO_JOB),
    ("a list, no archive", archive(1, 13) + "/tree?path=..", DEV, 404, {"message": "404 Artifacts Not Found"}),
    ("a list, bad path", archive(1, 1) + "/tree?path=..", DEV, 400, BAD_PATH),
    ("a list, no such path", archive(1, 1) + "/tree?path=none", DEV, 404, {"message": "404 Path Not Found"}),
    ("a list of a file", archive(1, 1) + "/tree?path=who.txt", DEV, 404, {"message": "404 Path Not Found"}),
    ("a bad token, unknown project", archive(999, 1), BAD, 401, UNAUTHORIZED),
    ("a bad token, public project", archive(3, 31), BAD, 401, UNAUTHORIZED),
    ("an unknown project", archive(999, 1), DEV, 404, NO_PROJECT),
    ("an unknown project path", archive("no/such", 1), DEV, 404, NO_PROJECT),
    ("a group", archive("acme", 1), DEV, 404, NO_PROJECT),
    ("a hidden project", archive(1, 1), ANONYMOUS, 404, NO_PROJECT),
    ("a hidden project, unknown job", archive(1, 999), ANONYMOUS, 404, NO_PROJECT),
    ("a project id beyond 64 bits", archive(BEYOND, 1), DEV, 404, NO_PROJECT),
    ("a project id far beyond", archive("9" * 100, 1), DEV, 404, NO_PROJECT),
    ("a project path encoded twice", "/api/v4/projects/acme%252Fsite/jobs/1/artifacts", DEV, 404, NO_PROJECT),
    ("a plus is no space in a path", "/api/v4/projects/acme%2Fsi+te/jobs/1/artifacts", DEV, 404, NO_PROJECT),
    ("no right to read builds", archive(2, 21), GUEST, 403, FORBIDDEN),
    ("no right to read builds, unknown job", archive(2, 999), GUEST, 403, FORBIDDEN),
    ("no right to read builds, by ref", archive_by_ref(2, "none", "none"), GUEST, 403, FORBIDDEN),
    ("an unknown job", archive(1, 999), DEV, 404, NO_JOB),
    ("a job of another project", archive(1, 21), DEV, 404, NO_JOB),
    ("a job id beyond 64 bits", archive(1, BEYOND), DEV, 404, NO_JOB),
    ("a job id far beyond", archive(1, "9" * 100), DEV, 404, NO_JOB),
    ("an unknown job, single file", file(1, 999, "a.txt"), DEV, 404, NO_JOB),
    ("an unknown job, bad path", file(1, 999, "a//b"), DEV, 404, NO_JOB),
    ("an unknown ref", archive_by_ref(1, "none", "build"), DEV, 404, NO_JOB),
    ("an unknown job name", archive_by_ref(1, "main", "none"), DEV, 404, NO_JOB),
    ("an unknown job name, raw", raw_file(1, "main", "a.txt", "none"), DEV, 404, NO_JOB),
    ("a restricted artifact", archive(1, 12), GUEST, 403, FORBIDDEN),
    ("a restricted artifact, missing file", file(1, 12, "none"), GUEST, 403, FORBIDDEN),
    ("a restricted artifact, bad path", file(1, 12, "a//b"), GUEST, 403, FORBIDDEN),
    ("no archive", archive(1, 13), DEV, 404, NO_FILE),
    ("no archive, single file", file(1, 13, "a.txt"), DEV, 404, NO_FILE),
    ("no archive, bad path", file(1, 13, "a//b"), DEV, 404, NO_FILE),
    ("no such report", archive(1, 1, "?file_type=junit"), DEV, 404, NO_FILE),
    ("no such member", file(1, 1, "none.txt"), DEV, 404, NO_FILE),
    ("no such member, raw", raw_file(1, "main", "none.txt", "build"), DEV, 404, NO_FILE),
    ("a bad path", file(1, 1, "a//b"), DEV, 400, BAD_PATH),
    ("a bad path, raw", raw_file(1, "main", "a/%2E%2E/b", "build"), DEV, 400, BAD_PATH),
    ("invalid UTF-8 in a member", file(1, 1, "%ff.txt"), DEV, 400, BAD_PATH),
    ("no conditions where there is nothing", archive(1, 999), [*DEV, ("If-None-Match", "*")], 404, NO_JOB),
    ("no precondition where there is nothing", archive(1, 999), [*DEV, ("If-Match", '"x"')], 404, NO_JOB),
    ("no 304 without the right", archive(1, 12), [*GUEST, ("If-None-Match", "*")], 403, FORBIDDEN),
    ("no range where there is nothing", archive(1, 13), [*DEV, ("Range", "bytes=999999-")], 404, NO_FILE),
    ("no 304 for a missing member", file(1, 1, "none"), [*DEV, ("If-None-Match", "*")], 404, NO_FILE),
]
SUCCESSES = [
    ("an archive", archive(1, 1), DEV, 200),
    ("an archive by path", archive("acme/site", 1), DEV, 200),
    ("an archive by encoded path", "/api/v4/projects/%61cme%2Fsite/jobs/1/artifacts", DEV, 200),
    ("an archive by path in another case", archive("ACME/Site", 1), DEV, 200),
    ("a dot as %2E", "/api/v4/projects/acme%2Fdotted%2Eproject/jobs/31/artifacts", DEV, 200),
    ("a bare question mark", archive(1, 1, "?"), DEV, 200),
    ("unknown parameters", archive(1, 1, "?a=b&c&=d&&"), DEV, 200),
    ("by ref", archive_by_ref(1, "main", "build"), DEV, 200),
    ("of a repeated parameter the last", archive_by_ref(1, "main", "none", "&job=build"), DEV, 200),
    ("a file", file(1, 1, "who.txt"), DEV, 200),
    ("a raw file", raw_file(1, "main", "who.txt", "build"), DEV, 200),
    ("a report", archive(1, 14, "?file_type=junit"), DEV, 200),
]
# what nginx refuses by itself, as it stands on the wire
BY_NGINX = [
    ("%00", b"GET", b"/api/v4/projects/1/jobs/1/artifacts/a%00b", 400),
    ("a bad escape", b"GET", b"/api/v4/projects/1/jobs/1/artifacts/a%zzb", 400),
    ("half an escape", b"GET", b"/api/v4/projects/1/jobs/1/artifacts/a%2", 400),
    ("above the root", b"GET", b"/api/../../etc/passwd", 400),
    ("above the root, encoded", b"GET", b"/api/%2e%2e/%2e%2e/etc/passwd", 400),
    ("TRACE", b"TRACE", b"/api/v4/projects/1/jobs/1/artifacts", 405),
    ("a very long target", b"GET", b"/api/v4/projects/1/jobs/1/artifacts/" + b"a" * 100_000, 414),
    ("a very long query", b"GET", b"/api/v4/projects/1/jobs/artifacts/main/download?job=" + b"a" * 100_000, 414),
]
WRONG_VERBS = [(verb, target) for verb in ("PUT", "PATCH", "DELETE", "POST") for target in (
    archive(1, 1), archive_by_ref(1, "main", "build"), file(1, 1, "who.txt"), raw_file(1, "main", "who.txt", "build"))
    if (verb, target) != ("DELETE", archive(1, 1))]


@pytest.fixture(scope="module")
def instance(instance_factory):
    files = Library()
    site = project(
        "acme/site",
        pipeline("one", job("build", files.labelled("site"), id=1),
                 job("closed", files.labelled("c", access="developer"), id=12), job("empty", id=13),
                 job("report", files.report(), id=14)),
        id=1, members=[member("dev", "maintainer"), member("guest", "guest")],
    )
    closed = project("acme/closed", pipeline("one", job("build", files.labelled("closed"), id=21)), id=2,
                     public_jobs=False, members=[member("guest", "guest")])
    dotted = project("acme/dotted.project", pipeline("one", job("build", files.labelled("dotted"), id=31)), id=3,
                     visibility="public")
    return instance_factory({"users": [user("dev"), user("guest")], "groups": [public_group("acme")],
                             "projects": [site, closed, dotted]})


def ids(rows):
    return [row[0] for row in rows]


@pytest.mark.parametrize("what,target,headers,status,body", ERRORS, ids=ids(ERRORS))
def test_error(instance, what, target, headers, status, body):
    answer = wire(instance, "GET", target, headers)
    expect(answer, status, body, what)
    expect_common_headers(answer, what)
    expect_no_repeated_header(answer, what)


@pytest.mark.parametrize("what,target,headers,status", SUCCESSES, ids=ids(SUCCESSES))
def test_success(instance, what, target, headers, status):
    answer = wire(instance, "GET", target, headers)
    expect(answer, status, cell=what)
    expect_common_headers(answer, what)
    expect_no_repeated_header(answer, what)


@pytest.mark.parametrize("what,target,headers", [row[:3] for row in ERRORS + SUCCESSES], ids=ids(ERRORS + SUCCESSES))
def test_head_has_the_status_and_headers_of_get(instance, what, target, headers):
    headers = [*headers, ("X-Request-Id", "same")]
    whole, head = (wire(instance, method, target, headers) for method in ("GET", "HEAD"))
    assert head.status == whole.status, f"{what}: HEAD {head.status}, GET {whole.status}"
    assert head.body == b"", f"{what}: a HEAD response with a body"
    assert head.headers.get("Content-Length") == str(len(whole.body)), f"{what}: {head.fields}"
    fields = [sorted((name.lower(), value) for name, value in answer.fields if name.lower() != "date")
              for answer in (head, whole)]
    assert fields[0] == fields[1], f"{what}: HEAD and GET differ"


@pytest.mark.parametrize("method,target", WRONG_VERBS)
@pytest.mark.parametrize("headers", (ANONYMOUS, DEV), ids=("anonymous", "dev"))
def test_a_wrong_verb_is_405_and_names_the_right_ones(instance, method, target, headers):
    answer = wire(instance, method, target, [*headers, ("Content-Length", "0")])
    expect(answer, 405, WRONG_VERB, f"{method} {target}")
    expect_common_headers(answer, f"{method} {target}")
    allowed = {verb.strip() for verb in ",".join(answer.headers.all("Allow")).split(",")}
    assert {"GET", "HEAD"} <= allowed and method not in allowed, f"{method} {target}: Allow {allowed}"


@pytest.mark.parametrize("method", ("POST", "PUT", "PATCH"))
def test_a_jobs_artifacts_may_also_be_deleted(instance, method):
    answer = wire(instance, method, archive(1, 1), [("Content-Length", "0")])
    expect(answer, 405, WRONG_VERB, method)
    assert "DELETE" in answer.headers.get("Allow"), f"{method}: {answer.fields}"


@pytest.mark.parametrize("method", ("POST", "PUT", "DELETE", "HEAD"))
def test_version_3_is_gone_for_every_verb(instance, method):
    answer = wire(instance, method, "/api/v3/projects", [("Content-Length", "0")])
    expect(answer, 410, None if method == "HEAD" else API_V3, method)


@pytest.mark.parametrize("target", [archive(1, 1), archive(1, "abc"), archive(999, 1), archive("no/such", 1),
                                    archive(1, BEYOND), archive(1, 1, "?x=1")])
@pytest.mark.parametrize("method,suffix", [("DELETE", ""), ("POST", "/keep")])
def test_without_credentials_a_change_is_401_before_anything_else(instance, method, suffix, target):
    path, _, query = target.partition("?")
    answer = wire(instance, method, path + suffix + ("?" + query if query else ""), [("Content-Length", "0")])
    expect(answer, 401, UNAUTHORIZED, f"{method} {path}{suffix}")
    expect_common_headers(answer)


def test_a_change_with_credentials_checks_parameters_before_the_project(instance):
    expect(wire(instance, "DELETE", archive(999, "abc"), [*DEV, ("Content-Length", "0")]), 400, JOB_ID_INVALID)
    expect(wire(instance, "DELETE", archive(999, 1), [*DEV, ("Content-Length", "0")]), 404, NO_PROJECT)
    expect(wire(instance, "DELETE", archive(1, 999), [*GUEST, ("Content-Length", "0")]), 403, FORBIDDEN)
    expect(wire(instance, "DELETE", archive(1, 999), [*DEV, ("Content-Length", "0")]), 404, NO_JOB)


@pytest.mark.parametrize("what,method,target,status", BY_NGINX, ids=ids(BY_NGINX))
def test_what_nginx_refuses_looks_like_the_rest(instance, what, method, target, status):
    for headers in (ANONYMOUS, DEV, BAD):
        answer = wire(instance, method, target, headers)
        expect(answer, status, BAD_PATH if status == 400 else WRONG_VERB if status == 405 else None, what)
        assert set(json.loads(answer.body)) <= {"message", "error"}, f"{what}: {answer.body!r}"
        assert answer.headers.get("Content-Type").startswith("application/json"), f"{what}: {answer.fields}"
        expect_common_headers(answer, what)
        expect_no_repeated_header(answer, what)


def test_a_body_that_is_too_large_is_refused_in_json(instance):
    answer = wire(instance, "POST", archive(1, 1) + "/keep", [*DEV, ("Content-Length", str(10 ** 12))])
    expect(answer, 413)
    assert set(json.loads(answer.body)) <= {"message", "error"}, answer.body
    expect_common_headers(answer)


@pytest.mark.parametrize("size", (9000, 20000, 32 * 1024))
def test_request_targets_up_to_32_kib_reach_the_application(instance, size):
    prefix = file(1, 1, "")
    target = prefix + "a" * (size - len(prefix))
    expect(wire(instance, "GET", target, DEV), 404, NO_FILE, f"a target of {size} bytes")
    start = archive_by_ref(1, "main", "")
    target = start + "a" * (size - len(start))
    expect(wire(instance, "GET", target, DEV), 404, NO_JOB, f"a query up to {size} bytes")


@pytest.mark.parametrize("query", ["job=%zz", "job=%", "job=build%2", "job=build&x=%g1"])
def test_a_malformed_escape_in_the_query_is_400(instance, query):
    answer = wire(instance, "GET", f"/api/v4/projects/1/jobs/artifacts/main/download?{query}", DEV)
    expect(answer, 400, cell=query)
    assert set(json.loads(answer.body)) <= {"message", "error"}, answer.body


@pytest.mark.parametrize("target", [
    archive_by_ref(1, "main", "") + "a%00b", archive_by_ref(1, "main", "") + "%ff%fe",
    archive_by_ref(1, "%ff", "build"), archive_by_ref(1, "%ed%a0%80", "build"), "/api/v4/projects/%ff/jobs/1/artifacts",
    "/api/v4/projects/%20/jobs/1/artifacts",
    archive(1, 1, "?file_type=%00"), archive(1, 1, "?private_token=%00"), archive(1, 1, "?job_token=%ff"),
    "/api/v4/projects/-1/jobs/1/artifacts", "/api/v4/projects/1/jobs/-1/artifacts",
    "/api/v4/projects/0/jobs/0/artifacts"])
def test_nul_invalid_utf8_and_odd_ids_are_the_clients_error(instance, target):
    answer = wire(instance, "GET", target, DEV)
    assert answer.status in (400, 401, 404), f"{target}: {answer.status} {answer.body[:200]!r}"
    assert set(json.loads(answer.body)) <= {"message", "error"}, f"{target}: {answer.body!r}"


@pytest.mark.parametrize("value", ["a", "abc-DEF_1.2", "0" * 64, "9f8e7d6c5b4a39281706f5e4d3c2b1a0"])
@pytest.mark.parametrize("target", [archive(1, 1), archive(999, 1), file(1, 1, "who.txt"), "/nothing"])
def test_a_good_request_id_is_kept(instance, value, target):
    answer = wire(instance, "GET", target, [*DEV, ("X-Request-Id", value)])
    assert answer.headers.all("X-Request-Id") == [value], f"{target}: {answer.fields}"


@pytest.mark.parametrize("value", ["", "0" * 65, "a b", "a/b", "a\"b", "a,b", "é", "<b>", "a;b", "a:b", "{}"])
@pytest.mark.parametrize("target", [archive(1, 1), archive(999, 1), "/a%00b"])
def test_a_bad_request_id_is_replaced(instance, value, target):
    seen = wire(instance, "GET", target, [*DEV, ("X-Request-Id", value)]).headers.all("X-Request-Id")
    assert len(seen) == 1 and seen[0] != value and REQUEST_ID.fullmatch(seen[0]), f"{value!r} on {target}: {seen}"


def test_request_ids_differ(instance):
    seen = {wire(instance, "GET", archive(999, 1)).headers.get("X-Request-Id") for _ in range(5)}
    assert len(seen) == 5
