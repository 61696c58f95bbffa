"""The effective role: the highest of direct, inherited and invited membership, seen through what it opens."""

import pytest

from fixtures.contract import FORBIDDEN, NO_PROJECT, archive, expect
from manifests import Library, access_token, job, member, pipeline, project, user

PROJECT = "acme/platform/site"
OTHER = "acme/platform/other"

# who: the highest role that some path of membership gives them in acme/platform/site
ROLE = {
    "nobody": None,
    "direct_minimal": None,
    "direct_guest": "guest",
    "direct_planner": "guest",
    "direct_reporter": "reporter",
    "direct_owner": "maintainer",
    "of_the_group": "developer",
    "of_the_group_above": "developer",
    "of_a_sibling_group": None,
    "of_a_group_below": None,
    "invited_to_the_project": "reporter",
    "invited_capped": "reporter",
    "invited_below_the_cap": "guest",
    "invited_to_the_group_above": "developer",
    "invited_to_the_group": "reporter",
    "above_the_invited_group": "developer",
    "below_the_invited_group": None,
    "invited_by_the_invited_group": None,
    "invited_to_another_project": None,
    "direct_and_group": "developer",
    "group_and_lower_direct": "developer",
    "direct_and_invited": "reporter",
    "minimal_and_invited": "reporter",
    "external_member": "developer",
    "expired_direct": None,
    "expired_in_the_group": None,
    "expired_in_the_invited_group": None,
    "expired_high_and_lower": "guest",
    "not_yet_expired": "developer",
    "auditor": "reporter",
    "auditor_and_guest": "reporter",
    "admin": "maintainer",
}
OPENS = {
    None: (404, 404, 404),
    "guest": (403, 403, 403),
    "reporter": (200, 403, 403),
    "developer": (200, 200, 403),
    "maintainer": (200, 200, 200),
}
BOTS = {
    "project_bot_guest": "guest", "project_bot_reporter": "reporter", "project_bot_maintainer": "maintainer",
    "group_bot_developer": "developer", "group_bot_above_reporter": "reporter",
    "project_bot_elsewhere": None, "group_bot_elsewhere": None,
}


def bot(name, role):
    return {"name": name, "token": access_token(name), "role": role, "scopes": ["read_api"]}


def groups():
    return [
        {
            "path": "acme",
            "visibility": "private",
            "members": [member("of_the_group_above", "developer")],
            "invited_groups": [{"group": "partners/team", "role": "developer"}],
            "access_tokens": [bot("group_bot_above_reporter", "reporter")],
        },
        {
            "path": "acme/platform",
            "visibility": "private",
            "members": [
                member("of_the_group", "developer"), member("direct_and_group", "developer"),
                member("group_and_lower_direct", "developer"),
                member("expired_in_the_group", "owner", expires_at="now-1h"),
                member("expired_high_and_lower", "guest"),
            ],
            "invited_groups": [{"group": "vendors", "role": "reporter"}],
            "access_tokens": [bot("group_bot_developer", "developer")],
        },
        {"path": "acme/sibling", "members": [member("of_a_sibling_group", "owner")],
         "access_tokens": [bot("group_bot_elsewhere", "owner")]},
        {"path": "acme/platform/below", "members": [member("of_a_group_below", "owner")]},
        {"path": "partners", "members": [member("above_the_invited_group", "owner")]},
        {
            "path": "partners/team",
            "members": [member("invited_to_the_group_above", "maintainer")],
        },
        {"path": "partners/team/nested", "members": [member("below_the_invited_group", "owner")]},
        {"path": "vendors", "members": [member("invited_to_the_group", "reporter")]},
        {
            "path": "contractors",
            "members": [
                member("invited_to_the_project", "reporter"), member("invited_capped", "owner"),
                member("invited_below_the_cap", "guest"), member("direct_and_invited", "maintainer"),
                member("minimal_and_invited", "developer"),
                member("expired_in_the_invited_group", "owner", expires_at="now-1d"),
            ],
            "invited_groups": [{"group": "subcontractors", "role": "owner"}],
        },
        {"path": "subcontractors", "members": [member("invited_by_the_invited_group", "owner")]},
        {"path": "elsewhere", "members": [member("invited_to_another_project", "owner")]},
    ]


def members():
    return [
        member("direct_minimal", "minimal_access"), member("direct_guest", "guest"),
        member("direct_planner", "planner"), member("direct_reporter", "reporter"), member("direct_owner", "owner"),
        member("direct_and_group", "guest"), member("group_and_lower_direct", "reporter"),
        member("direct_and_invited", "guest"), member("minimal_and_invited", "minimal_access"),
        member("external_member", "developer"), member("expired_direct", "owner", expires_at="now-1m"),
        member("expired_high_and_lower", "owner", expires_at="2024-01-01T00:00:00Z"),
        member("not_yet_expired", "developer", expires_at="now+1d"), member("auditor_and_guest", "guest"),
    ]


def document(files):
    flags = {"external_member": {"external": True}, "auditor": {"auditor": True},
             "auditor_and_guest": {"auditor": True}, "admin": {"admin": True}}
    levels = [job(level, files.labelled(level, access=level), id=number)
              for number, level in ((1, "all"), (2, "developer"), (3, "maintainer"))]
    return {
        "users": [user(name, **flags.get(name, {})) for name in ROLE],
        "groups": groups(),
        "projects": [
            project(
                PROJECT, pipeline("one", *levels), id=1, public_jobs=False, members=members(),
                invited_groups=[{"group": "contractors", "role": "reporter"}],
                access_tokens=[bot(name, name.rsplit("_", 1)[1]) for name in BOTS
                               if name.startswith("project_bot") and BOTS[name]],
            ),
            project(OTHER, id=2, public_jobs=False, invited_groups=[{"group": "elsewhere", "role": "owner"}],
                    access_tokens=[bot("project_bot_elsewhere", "owner")]),
        ],
    }


@pytest.fixture(scope="module")
def instance(instance_factory):
    return instance_factory(document(Library()))


@pytest.mark.parametrize("who,role", [*ROLE.items(), *BOTS.items()])
def test_the_highest_membership_decides(instance, who, role):
    bodies = {200: None, 403: FORBIDDEN, 404: NO_PROJECT}
    for number, status in zip((1, 2, 3), OPENS[role]):
        response = instance.get(archive(PROJECT, number), token=access_token(who))
        level = ("all", "developer", "maintainer")[number - 1]
        expect(response, status, bodies[status], f"{who}, expected {role}, access level {level}")


def test_a_lost_role_ends_at_the_next_request(instance):
    changed = {"projects": [{"path": PROJECT, "members": [m for m in members() if m["user"] != "direct_reporter"]}]}
    expect(instance.get(archive(PROJECT, 1), token=access_token("direct_reporter")), 200)
    applied = instance.apply(changed)
    assert applied.returncode == 0, applied.stderr
    expect(instance.get(archive(PROJECT, 1), token=access_token("direct_reporter")), 404, NO_PROJECT)
    assert instance.apply({"projects": [{"path": PROJECT, "members": members()}]}).returncode == 0
