"""No token in a log, an answer, a redirect or a process list, whatever is asked and however it ends."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import zips
from fixtures.contract import archive, archive_by_ref, file, raw_file, segment, wire
from manifests import Library, access_token, job, job_token, member, pipeline, project, public_group, running_job, user

FILES = Library()
DAMAGED = zips.build([
    zips.Member(b"short.txt", b"short", crc=1), zips.Member(b"good.txt", b"good"),
    zips.Member(b"long.bin", zips.noise(3_000_000), crc=1), zips.Member(b"endless.bin", zips.noise(20_000_000)),
])
ACCESS = {name: access_token(name) for name in ("dev", "stranger", "expired", "revoked", "read_user", "blocked")}
JOBS = {name: job_token(name) for name in ("live", "dead")}
UNKNOWN = {"unknown": "glpat-unknownunknownunkno", "unknown job": "glcbt-64_unknownunknownun"}
TOKENS = {**ACCESS, **JOBS, **UNKNOWN}

PLACES = {
    "private_token": lambda token: ([], f"private_token={segment(token)}"),
    "job_token": lambda token: ([], f"job_token={segment(token)}"),
    "encoded name": lambda token: ([], f"private%5Ftoken={segment(token)}"),
    "encoded value": lambda token: ([], "private_token=" + "".join(f"%{ord(letter):02x}" for letter in token)),
    "second parameter": lambda token: ([], f"private_token=x&a=b&private_token={token}&job_token={token}"),
    "PRIVATE-TOKEN": lambda token: ([("PRIVATE-TOKEN", token)], ""),
    "JOB-TOKEN": lambda token: ([("JOB-TOKEN", token)], ""),
    "Bearer": lambda token: ([("Authorization", f"Bearer {token}")], ""),
    "Basic": lambda token: ([("Authorization", f"Basic {token}")], ""),
    "Deploy-Token": lambda token: ([("Deploy-Token", token)], ""),
    "Referer": lambda token: ([("Referer", f"http://127.0.0.1/?private_token={token}")], ""),
}
TARGETS = [
    archive(1, 1), archive(1, 999), archive(999, 1), archive("acme/old", 1), archive(1, "abc"), file(1, 1, "good.txt"),
    file(1, 1, "short.txt"), file(1, 1, "long.bin"), file(1, 1, "none"), file(1, 1, "a//b"),
    archive_by_ref(1, "main", "build"), raw_file(1, "main", "good.txt", "build"), "/api/v4/nothing", "/api/v3/x",
    archive(1, 1) + "/a%00b", archive(1, 1) + "/a%zz",
]


@pytest.fixture(scope="module")
def instance(instance_factory):
    def holder(name, state="active", **token):
        return {"username": name, "state": state,
                "access_tokens": [{"name": "t", "token": ACCESS[name], "scopes": ["api"], **token}]}

    site = project(
        "acme/site", pipeline("one", job("build", FILES.archive(DAMAGED), id=1)),
        pipeline("ci", running_job("live", "dev"), job("dead", user="dev", token=JOBS["dead"]), ref="ci"),
        id=1, members=[member(name, "developer") for name in ACCESS if name != "stranger"], previous_paths=["acme/old"])
    return instance_factory({
        "users": [user("dev"), user("stranger"), holder("expired", expires_at="2020-01-01"),
                  holder("revoked", revoked=True), holder("read_user", scopes=["read_user"]),
                  holder("blocked", state="blocked")],
        "groups": [public_group("acme")], "projects": [site]})


def joined(target, query):
    return target + (("&" if "?" in target else "?") + query if query else "")


def abort(instance, target, headers):
    """Asks for something large and goes away after its first bytes."""
    address = urlsplit(instance.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        fields = "".join(f"{name}: {value}\r\n" for name, value in headers)
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n".encode())
        connection.recv(1000)


@pytest.fixture(scope="module")
def answers(instance):
    """Everything is asked with every token in every place; the answers are kept without their bodies' bulk."""
    seen = []
    for place in PLACES.values():
        for token in TOKENS.values():
            headers, query = place(token)
            for target in TARGETS:
                answer = wire(instance, "GET", joined(target, query), headers)
                seen.append((target, answer.status, str(answer.fields) + answer.body[:2000].decode("latin-1")))
            abort(instance, joined(file(1, 1, "endless.bin"), query), headers)
    for place in PLACES.values():
        headers, query = place(ACCESS["dev"])
        for method, target in (("DELETE", archive(1, 999)), ("POST", archive(1, 999) + "/keep"), ("PUT", archive(1, 1)),
                               ("TRACE", archive(1, 1)), ("HEAD", archive(1, 1))):
            answer = wire(instance, method, joined(target, query), [*headers, ("Content-Length", "0")])
            seen.append((target, answer.status, str(answer.fields) + answer.body[:2000].decode("latin-1")))
        answer = wire(instance, "GET", joined(archive(1, 1) + "/" + "a" * 100_000, query), headers)
        seen.append(("long", answer.status, str(answer.fields) + answer.body.decode("latin-1")))
    return seen


def test_the_requests_met_every_kind_of_answer(answers):
    assert {200, 301, 400, 401, 403, 404, 405, 410, 414, 500} <= {status for _, status, _ in answers}


def test_no_answer_repeats_a_token(answers):
    # A redirect to the new path keeps the query unchanged, as the contract says.
    leaks = [(target, status) for target, status, text in answers
             if status != 301 and any(token in text for token in TOKENS.values())]
    assert not leaks, leaks


def found_in(text):
    return [name for name, token in TOKENS.items() if token in text or token[6:] in text]


def test_no_log_holds_a_token(instance, answers):
    logs = instance.logs()
    assert any("artifactd" in name for name in logs), f"which logs are there? {list(logs)}"
    for name, text in logs.items():
        assert not found_in(text), f"{name} holds the tokens of {found_in(text)}"


def test_no_log_holds_an_encoded_token(instance, answers):
    encoded = "".join(f"%{ord(letter):02x}" for letter in ACCESS["dev"])
    for name, text in instance.logs().items():
        assert encoded.lower() not in text.lower(), name


def test_no_file_of_the_instance_outside_the_database_holds_a_token(instance, answers):
    for path in Path(instance.data).rglob("*"):
        inside = path.relative_to(instance.data).parts[0]
        if inside in ("postgres", "store", "bin") or "manifest" in path.name or not path.is_file():
            continue
        if path.stat().st_size < 50_000_000:
            text = path.read_bytes().decode("latin-1")
            assert not found_in(text), f"{path} holds the tokens of {found_in(text)}"


def test_no_process_list_holds_a_token(instance, answers):
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().decode("latin-1")
        except OSError:
            continue
        if "artifactd" in command or "nginx" in command or "postgres" in command:
            assert not found_in(command), command


def test_the_database_holds_digests_only(instance, answers):
    tables = instance.psql("select table_name from information_schema.tables where table_schema = 'public'").split()
    pattern = "|".join(token[6:] for token in (*ACCESS.values(), *JOBS.values()))
    for table in tables:
        found = instance.psql(f"select count(*) from \"{table}\" t where t::text ~ '{pattern}'").strip()
        assert found == "0", f"a token stands in table {table}"
