"""Who may read what: every cell of the table of callers and project kinds, on each of the four read endpoints."""

import pytest

from fixtures.contract import FORBIDDEN, NO_FILE, NO_PROJECT, archive, archive_by_ref, expect, file, raw_file
from manifests import Library, access_token, job, member, pipeline, project, public_group, user

ROLES = ("guest", "planner", "reporter", "developer", "maintainer", "owner")
VISIBILITIES = ("public", "internal", "private")

# public with public_jobs, public without, internal with, internal without, private with, private without
TABLE = {
    "anonymous": (200, 403, 404, 404, 404, 404),
    "stranger": (200, 403, 200, 403, 404, 404),
    "minimal_access": (200, 403, 200, 403, 404, 404),
    "external": (200, 403, 404, 404, 404, 404),
    "guest": (200, 403, 200, 403, 200, 403),
    "planner": (200, 403, 200, 403, 200, 403),
    "external_guest": (200, 403, 200, 403, 200, 403),
    "reporter": (200, 200, 200, 200, 200, 200),
    "external_reporter": (200, 200, 200, 200, 200, 200),
    "developer": (200, 200, 200, 200, 200, 200),
    "maintainer": (200, 200, 200, 200, 200, 200),
    "owner": (200, 200, 200, 200, 200, 200),
    "auditor": (200, 200, 200, 200, 200, 200),
    "root": (200, 200, 200, 200, 200, 200),
}
KINDS = [(visibility, public_jobs) for visibility in VISIBILITIES for public_jobs in (True, False)]

MEMBERS = [member(role, role) for role in ROLES] + [
    member("minimal_access", "minimal_access"),
    member("external_guest", "guest"),
    member("external_reporter", "reporter"),
]

ENDPOINTS = {
    "archive by id": lambda path, number: archive(path, number),
    "archive by ref": lambda path, number: archive_by_ref(path, "main", "build"),
    "file by id": lambda path, number: file(path, number, "who.txt"),
    "raw file by ref": lambda path, number: raw_file(path, "main", "who.txt", "build"),
}

# builds_access_level private: members, auditors and admins only
BUILDS_PRIVATE = {
    "anonymous": 403, "stranger": 403, "external": 403, "minimal_access": 403, "guest": 200, "planner": 200,
    "external_guest": 200, "reporter": 200, "owner": 200, "auditor": 200, "root": 200,
}

ACCESS = {
    "all": {role: 200 for role in ("anonymous", "stranger", *ROLES, "auditor", "root")},
    "developer": {
        "anonymous": 403, "stranger": 403, "guest": 403, "planner": 403, "reporter": 403, "auditor": 403,
        "developer": 200, "maintainer": 200, "owner": 200, "root": 200,
    },
    "maintainer": {
        "anonymous": 403, "stranger": 403, "guest": 403, "planner": 403, "reporter": 403, "auditor": 403,
        "developer": 403, "maintainer": 200, "owner": 200, "root": 200,
    },
    "none": {role: 403 for role in ("anonymous", "stranger", *ROLES, "auditor", "root")},
}


def users():
    special = [
        user("root", admin=True), user("auditor", auditor=True), user("stranger"), user("minimal_access"),
        user("external", external=True), user("external_guest", external=True),
        user("external_reporter", external=True), user("auditing_developer", auditor=True),
    ]
    return special + [user(role) for role in ROLES]


def build_project(files, number, path, **settings):
    return project(
        path, pipeline("one", job("build", files.labelled(path), id=number)),
        id=number, members=MEMBERS, **settings,
    )


def document(files):
    projects = [
        build_project(files, 10 + index, f"kinds/{visibility}-{'on' if public_jobs else 'off'}",
                      visibility=visibility, public_jobs=public_jobs)
        for index, (visibility, public_jobs) in enumerate(KINDS)
    ]
    projects += [
        build_project(files, 20 + index, f"kinds/builds-{level}-{'on' if public_jobs else 'off'}",
                      visibility="public", builds_access_level=level, public_jobs=public_jobs)
        for index, (level, public_jobs) in enumerate(
            (level, on) for level in ("disabled", "private") for on in (True, False))
    ]
    leveled = [
        job(level, files.labelled(level, access=level), files.report(access="all"), id=30 + index)
        for index, level in enumerate(ACCESS)
    ]
    reports = job("report", files.labelled("report"), files.report(access="maintainer"), id=40)
    no_archive = job("no-archive", files.report(access="none"), id=41)
    projects.append(project("kinds/leveled", pipeline("one", *leveled, reports, no_archive), id=30,
                            visibility="public", members=[*MEMBERS, member("auditing_developer", "developer")]))
    return {"users": users(), "groups": [public_group("kinds")], "projects": projects}


@pytest.fixture(scope="module")
def instance(instance_factory):
    return instance_factory(document(Library()))


def get(instance, target, who):
    return instance.get(target, token=None if who == "anonymous" else access_token(who))


REPORT = b"\x1f\x8b\x08\x00report"


def expect_report(instance, number, who, status):
    response = get(instance, archive("kinds/leveled", number, "?file_type=junit"), who)
    expect(response, status, body_of(status), who)
    assert status != 200 or response.body == REPORT, f"{who}: not the report"


def body_of(status):
    return {200: None, 403: FORBIDDEN, 404: NO_PROJECT}[status]


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("kind", range(6), ids=[f"{v}-{'public_jobs' if p else 'not'}" for v, p in KINDS])
@pytest.mark.parametrize("who", TABLE)
def test_every_cell_of_the_table(instance, who, kind, endpoint):
    visibility, public_jobs = KINDS[kind]
    path = f"kinds/{visibility}-{'on' if public_jobs else 'off'}"
    status = TABLE[who][kind]
    response = get(instance, ENDPOINTS[endpoint](path, 10 + kind), who)
    expect(response, status, body_of(status), f"{who} on {path}, {endpoint}")


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("who", TABLE)
def test_disabled_builds_are_forbidden_to_everyone(instance, who, endpoint):
    for number, path in ((20, "kinds/builds-disabled-on"), (21, "kinds/builds-disabled-off")):
        response = get(instance, ENDPOINTS[endpoint](path, number), who)
        expect(response, 403, FORBIDDEN, f"{who} on {path}, {endpoint}")


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("who", BUILDS_PRIVATE)
def test_private_builds_are_for_members_auditors_and_admins(instance, who, endpoint):
    status = BUILDS_PRIVATE[who]
    response = get(instance, ENDPOINTS[endpoint]("kinds/builds-private-on", 22), who)
    expect(response, status, body_of(status), f"{who}, {endpoint}")


@pytest.mark.parametrize("who", BUILDS_PRIVATE)
def test_private_builds_without_public_jobs_are_for_reporters_and_up(instance, who):
    status = 200 if who in ("reporter", "owner", "auditor", "root") else 403
    response = get(instance, archive("kinds/builds-private-off", 23), who)
    expect(response, status, body_of(status), who)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("level,who", [(level, who) for level in ACCESS for who in ACCESS[level]])
def test_artifact_access_level(instance, level, who, endpoint):
    number = 30 + list(ACCESS).index(level)
    target = ENDPOINTS[endpoint]("kinds/leveled", number).replace("job=build", f"job={level}")
    status = ACCESS[level][who]
    expect(get(instance, target, who), status, body_of(status), f"level {level}, {who}, {endpoint}")


def test_an_auditor_who_is_a_developer_is_a_developer(instance):
    number = 30 + list(ACCESS).index("developer")
    expect(get(instance, archive("kinds/leveled", number), "auditing_developer"), 200)


@pytest.mark.parametrize("who", ["anonymous", "developer"])
def test_a_report_has_its_own_access_level_beside_a_closed_archive(instance, who):
    expect_report(instance, 30 + list(ACCESS).index("none"), who, 200)


@pytest.mark.parametrize("who,status", [("anonymous", 403), ("developer", 403), ("maintainer", 200), ("root", 200)])
def test_a_closed_report_beside_an_open_archive(instance, who, status):
    expect_report(instance, 40, who, status)
    expect(get(instance, archive("kinds/leveled", 40), who), 200, cell=f"the archive, {who}")


@pytest.mark.parametrize("who", ("anonymous", "guest", "owner"))
def test_without_the_row_there_is_no_restriction_but_nothing_to_see(instance, who):
    expect(get(instance, archive("kinds/leveled", 41), who), 404, NO_FILE, who)


@pytest.mark.parametrize("who", ("anonymous", "guest", "owner"))
def test_a_closed_report_is_closed_and_a_missing_one_missing(instance, who):
    expect(get(instance, archive("kinds/leveled", 41, "?file_type=sast"), who), 404, NO_FILE, who)
    expect(get(instance, archive("kinds/leveled", 41, "?file_type=junit"), who), 403, FORBIDDEN, who)
