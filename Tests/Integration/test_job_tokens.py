"""Job tokens: whose rights they carry, which projects let them in, and what they are told at a closed door."""

import json

import pytest

from fixtures.contract import (
    BLOCKED, FORBIDDEN, NO_PROJECT, UNAUTHORIZED, archive, archive_by_ref, expect, file, raw_file,
)
from manifests import Library, job, job_token, member, pipeline, project, public_group, running_job, user

SOURCE = "acme/apps/app"
LIMITED = "acme/apps/limited"

CLOSED = {}
DISABLED = {"job_token_scope": {"inbound_enabled": False}}


def allowing(*entries, **scope):
    return {"job_token_scope": {"inbound_enabled": True, "inbound_allowlist": list(entries), **scope}}


FOR_SOURCE = {"project": SOURCE}
# name: visibility and settings of a target project; `dev` and `boss_member` are developers in each, `guest` a guest
TARGETS = {
    "by-project": ("private", allowing(FOR_SOURCE)),
    "by-group": ("private", allowing({"group": "acme/apps"})),
    "by-ancestor-group": ("private", allowing({"group": "acme"})),
    "by-other-group": ("private", allowing({"group": "acme/other"})),
    "by-other-project": ("private", allowing({"project": LIMITED})),
    "with-read-jobs": ("private", allowing({**FOR_SOURCE, "policies": ["read_packages", "read_jobs"]})),
    "group-with-read-jobs": ("private", allowing({"group": "acme", "policies": ["read_jobs"]})),
    "without-read-jobs": ("private", allowing({**FOR_SOURCE, "policies": ["read_packages"]})),
    "no-policies": ("private", allowing({**FOR_SOURCE, "policies": []})),
    "group-without-read-jobs": ("private", allowing({"group": "acme", "policies": ["read_packages"]})),
    "open": ("private", DISABLED),
    "open-internal-closed-jobs": ("internal", {**DISABLED, "public_jobs": False}),
    "closed": ("private", CLOSED),
    "closed-empty-list": ("private", allowing()),
    "closed-internal": ("internal", CLOSED),
    "closed-internal-jobs": ("internal", {"public_jobs": False}),
    "closed-public": ("public", CLOSED),
    "closed-public-jobs": ("public", {"public_jobs": False}),
    "closed-public-builds-private": ("public", {"builds_access_level": "private"}),
    "listed": ("private", DISABLED),
    "listed-but-closed": ("private", CLOSED),
}


def not_allowed(target, source="app"):
    return {"message": f"403 Forbidden - Authentication by CI/CD job token not allowed from {source} to {target}."}


IN = (200, None)
NOT_FOUND = (404, NO_PROJECT)
NO_BUILDS = (403, FORBIDDEN)
SHUT = "not allowed"

# target: answers to the job tokens of dev (developer there), guest (guest there), outsider (no member), external (no
# member, external user), minimal (minimal access there), boss (admin, no member), auditor (no member)
CALLERS = ("dev", "guest", "outsider", "external", "minimal", "boss", "auditor")
SCOPE = {
    "by-project": (IN, IN, NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND),
    "by-group": (IN, IN, NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND),
    "by-ancestor-group": (IN, IN, NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND),
    "by-other-group": (SHUT, SHUT, NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND),
    "by-other-project": (SHUT, SHUT, NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND),
    "with-read-jobs": (IN, IN, NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND),
    "group-with-read-jobs": (IN, IN, NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND),
    "open": (IN, IN, NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND),
    "open-internal-closed-jobs": (IN, NO_BUILDS, NO_BUILDS, NOT_FOUND, NO_BUILDS, NO_BUILDS, NO_BUILDS),
    "closed": (SHUT, SHUT, NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND),
    "closed-empty-list": (SHUT, SHUT, NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND),
    "closed-internal": (IN, IN, IN, NOT_FOUND, IN, IN, IN),
    "closed-internal-jobs": (NO_BUILDS, NO_BUILDS, NO_BUILDS, NOT_FOUND, NO_BUILDS, NO_BUILDS, NO_BUILDS),
    "closed-public": (IN, IN, IN, IN, IN, IN, IN),
    "closed-public-jobs": (NO_BUILDS,) * 7,
    "closed-public-builds-private": (NO_BUILDS,) * 7,
}

# the same for the source that limits outbound access
OUTBOUND = {
    "listed": (IN, IN, NOT_FOUND),
    "open": (SHUT, SHUT, NOT_FOUND),
    "listed-but-closed": (SHUT, SHUT, NOT_FOUND),
    "closed-public": (IN, IN, IN),
    "closed-internal": (IN, IN, IN),
    "open-internal-closed-jobs": (IN, NO_BUILDS, NO_BUILDS),
}

STATUSES = {
    "running": 200, "canceling": 200, "created": 401, "pending": 401, "success": 401, "failed": 401, "canceled": 401,
    "skipped": 401, "manual": 401,
}


def document(files):
    there = [member("dev", "developer"), member("guest", "guest"), member("minimal", "minimal_access"),
             member("boss_member", "developer"), member("external_member", "guest")]
    everyone = [member(name, "developer") for name in ("dev", "guest", "outsider", "external", "minimal", "blocked",
                                                        "boss_member", "external_member", "boss_guest")]
    tokens = [running_job(name, name) for name in (*CALLERS, "boss_member", "external_member", "blocked")]
    statuses = [job(f"in-{status}", status=status, user="dev", token=job_token(status)) for status in STATUSES]
    erased = running_job("erased", "dev", erased_at="now-1h")
    userless = job("of nobody", status="running", token=job_token("of nobody"))
    targets = [
        project(f"targets/{name}",
                pipeline("one", job("build", files.labelled(name), id=100 + number),
                         job("restricted", files.labelled(name, access="developer"), id=200 + number)),
                visibility=visibility, id=100 + number, members=there, **settings)
        for number, (name, (visibility, settings)) in enumerate(TARGETS.items())
    ]
    limited = {"job_token_scope": {"outbound_enabled": True, "outbound_allowlist": [
        {"project": "targets/listed"}, {"project": "targets/listed-but-closed"}]}}
    return {
        "users": [user("dev"), user("guest"), user("outsider"), user("external", external=True), user("minimal"),
                  user("boss", admin=True), user("auditor", auditor=True), user("boss_member", admin=True),
                  user("boss_guest", admin=True), user("external_member", external=True),
                  user("blocked", state="blocked")],
        "groups": [public_group("acme"), public_group("acme/apps"), public_group("acme/other"),
                   public_group("targets")],
        "projects": [
            project(SOURCE, pipeline("ci", *tokens, *statuses, erased, userless, ref="ci"),
                    pipeline("one", job("build", files.labelled("own"), id=1)), id=1, members=everyone),
            project(LIMITED, pipeline("ci", *(running_job(name, name, f"limited {name}") for name in CALLERS[:3])),
                    id=2, **limited),
            *targets,
        ],
    }


@pytest.fixture(scope="module")
def instance(instance_factory):
    return instance_factory(document(Library()))


def number_of(target):
    return 100 + list(TARGETS).index(target)


def expect_scope(response, target, answer, source, cell):
    status, body = (403, not_allowed(target, source)) if answer == SHUT else answer
    expect(response, status, body, cell)


@pytest.mark.parametrize("target,who,answer", [
    (target, who, answer) for target, row in SCOPE.items() for who, answer in zip(CALLERS, row)])
def test_which_targets_let_a_job_in(instance, target, who, answer):
    response = instance.get(archive(f"targets/{target}", number_of(target)), job_token=job_token(who))
    expect_scope(response, target, answer, "app", f"a job of {who} to {target}")


@pytest.mark.parametrize("target,who,answer", [
    (target, who, answer) for target, row in OUTBOUND.items() for who, answer in zip(CALLERS, row)])
def test_a_source_that_limits_outbound_access(instance, target, who, answer):
    token = job_token(f"limited {who}")
    response = instance.get(archive(f"targets/{target}", number_of(target)), job_token=token)
    expect_scope(response, target, answer, "limited", f"a job of {who} in {LIMITED} to {target}")


@pytest.mark.parametrize("target", ("without-read-jobs", "no-policies", "group-without-read-jobs"))
def test_an_entry_without_read_jobs_names_the_permission(instance, target):
    response = instance.get(archive(f"targets/{target}", number_of(target)), job_token=job_token("dev"))
    expect(response, 403, cell=target)
    text = "403 Forbidden - Insufficient permissions to access this resource in project {}. " \
           "The following token permission is required: read_jobs."
    assert json.loads(response.body) in ({"message": text.format(f"targets/{target}")},
                                         {"message": text.format(target)}), f"{target}: {response.body!r}"


@pytest.mark.parametrize("endpoint", (archive, archive_by_ref, file, raw_file), ids=lambda e: e.__name__)
@pytest.mark.parametrize("target,status", [("by-project", 200), ("closed", 403), ("closed-public-jobs", 403)])
def test_every_read_endpoint_asks_the_same(instance, endpoint, target, status):
    path, number = f"targets/{target}", number_of(target)
    targets = {
        archive: lambda: archive(path, number), archive_by_ref: lambda: archive_by_ref(path, "main", "build"),
        file: lambda: file(path, number, "who.txt"), raw_file: lambda: raw_file(path, "main", "who.txt", "build"),
    }
    response = instance.get(targets[endpoint](), job_token=job_token("dev"))
    expect(response, status, cell=f"{endpoint.__name__} of {target}")


@pytest.mark.parametrize("who", ("dev", "guest", "outsider", "external", "boss_member"))
def test_the_own_project_is_always_in_scope(instance, who):
    expect(instance.get(archive(SOURCE, 1), job_token=job_token(who)), 200, cell=who)


@pytest.mark.parametrize("who", ("boss", "auditor"))
def test_the_flags_of_admins_and_auditors_do_not_count(instance, who):
    expect(instance.get(archive(SOURCE, 1), job_token=job_token(who)), 404, NO_PROJECT, who)


def test_an_admins_membership_counts_instead(instance):
    target = "targets/by-project"
    expect(instance.get(archive(target, number_of("by-project")), job_token=job_token("boss_member")), 200)


def test_an_external_member_of_a_closed_internal_project_is_told(instance):
    response = instance.get(archive("targets/closed-internal", number_of("closed-internal")),
                            job_token=job_token("external_member"))
    expect(response, 403, not_allowed("closed-internal"))


@pytest.mark.parametrize("target,who,status", [
    ("by-project", "dev", 200), ("by-project", "guest", 403), ("closed-public", "dev", 403),
    ("closed-internal", "dev", 403), ("open", "boss_member", 200)])
def test_out_of_scope_a_membership_opens_no_restricted_artifact(instance, target, who, status):
    response = instance.get(archive(f"targets/{target}", number_of(target) + 100), job_token=job_token(who))
    expect(response, status, FORBIDDEN if status == 403 else None, f"{who} in {target}")


@pytest.mark.parametrize("status", STATUSES)
def test_the_token_works_while_the_job_runs(instance, status):
    for target in (archive(SOURCE, 1), archive("targets/closed-public", number_of("closed-public"))):
        response = instance.get(target, job_token=job_token(status))
        body = UNAUTHORIZED if STATUSES[status] == 401 else None
        expect(response, STATUSES[status], body, f"a {status} job, {target}")


# what the token of a job without a user opens: what an anonymous caller sees
NOBODY = {"by-project": NOT_FOUND, "open": NOT_FOUND, "open-internal-closed-jobs": NOT_FOUND, "closed": NOT_FOUND,
          "closed-internal": NOT_FOUND, "closed-internal-jobs": NOT_FOUND, "without-read-jobs": NOT_FOUND,
          "closed-public": IN, "closed-public-jobs": NO_BUILDS, "closed-public-builds-private": NO_BUILDS}


@pytest.mark.parametrize("target", NOBODY)
def test_a_job_without_a_user_sees_elsewhere_what_anonymous_callers_see(instance, target):
    path = archive(f"targets/{target}", number_of(target))
    status, body = NOBODY[target]
    expect(instance.get(path, job_token=job_token("of nobody")), status, body, target)
    expect(instance.get(path), status, body, f"{target}, anonymous")


def test_an_erased_jobs_token_is_dead(instance):
    expect(instance.get(archive(SOURCE, 1), job_token=job_token("erased")), 401, UNAUTHORIZED)


def test_a_blocked_user_is_blocked_in_jobs_too(instance):
    expect(instance.get(archive(SOURCE, 1), job_token=job_token("blocked")), 403, BLOCKED)


def test_an_unknown_project_looks_like_a_hidden_one(instance):
    expect(instance.get(archive("no/such", 1), job_token=job_token("dev")), 404, NO_PROJECT)
    expect(instance.get(archive(999999, 1), job_token=job_token("dev")), 404, NO_PROJECT)
