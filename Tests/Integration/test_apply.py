"""`artifactd apply`: what it takes, what it refuses and says, and that it does all or nothing."""

import copy
import re

import pytest

import zips
from fixtures.contract import NO_PROJECT, REVOKED, UNAUTHORIZED, archive, expect, file
from manifests import Library, access_token, job, job_token, member, pipeline, project, user

FILES = Library()
ARTIFACT = "projects[0].pipelines[0].jobs[0].artifacts[0]"
SUMMARY = re.compile(r"created .+; updated (\d+)\b.*; removed (\d+)\b.*; unchanged (\d+)\b.*")


@pytest.fixture(scope="module")
def instance(instance_factory):
    base = project("base/site", pipeline("one", job("build", FILES.labelled("base"), id=1)), id=1,
                   members=[member("dev", "developer")], previous_paths=["base/before"])
    group = {"path": "base", "id": 5, "visibility": "private"}
    return instance_factory({"users": [user("dev", id=7)], "groups": [group], "projects": [base]})


def apply(instance, document):
    """Applies, expects success, and returns the summary line."""
    done = instance.apply(document)
    assert done.returncode == 0, f"exit {done.returncode}: {done.stderr}{done.stdout}"
    lines = [line for line in f"{done.stdout}\n{done.stderr}".splitlines() if SUMMARY.search(line)]
    assert lines, f"no summary in {done.stdout!r} {done.stderr!r}"
    return lines[-1]


def refused(instance, document, *words):
    done = instance.apply(document)
    said = f"{done.stdout}\n{done.stderr}"
    assert done.returncode == 65, f"exit {done.returncode}, expected 65: {said}"
    for word in words:
        assert word in said, f"{word!r} is not in {said!r}"



def with_artifact(**artifact):
    entry = {"type": "archive", "file": FILES.add(zips.labelled("x")), **artifact}
    return {"projects": [project("errors/site", pipeline("one", job("build", entry)))]}


def with_project(**extra):
    return {"projects": [{**project("errors/site"), **extra}]}


def with_job(**extra):
    return {"projects": [project("errors/site", pipeline("one", {**job("build"), **extra}))]}


MISSING_FILE = {"projects": [project(
    "errors/site", pipeline("a"), pipeline("b"),
    pipeline("c", job("x"), job("build", {"type": "archive", "file": "dist/site.zip"})))]}

REFUSED = {
    "a missing file": (MISSING_FILE, "projects[0].pipelines[2].jobs[1].artifacts[0].file: no such file: dist/site.zip"),
    "an unknown key at the top": ({"project": []}, "project"),
    "an unknown key of a user": ({"users": [{"username": "x", "nickname": "y"}]}, "users[0]", "nickname"),
    "an unknown key of a project": (with_project(colour="red"), "projects[0]", "colour"),
    "an unknown key of a job": (with_job(colour="red"), "projects[0].pipelines[0].jobs[0]", "colour"),
    "an unknown key of an artifact": (with_artifact(colour="red"), ARTIFACT, "colour"),
    "a wrong type": (with_project(public_jobs="perhaps"), "projects[0].public_jobs"),
    "a list where a map belongs": ({"users": {"username": "x"}}, "users"),
    "an id in letters": (with_project(id="one"), "projects[0].id"),
    "an id of zero": (with_project(id=0), "projects[0].id"),
    "a user without a name": ({"users": [{"name": "x"}]}, "users[0]", "username"),
    "a project without a path": ({"projects": [{"name": "x"}]}, "projects[0]", "path"),
    "an unknown visibility": (with_project(visibility="secret"), "projects[0].visibility"),
    "an unknown status": (with_job(status="done"), "projects[0].pipelines[0].jobs[0].status"),
    "an unknown role": (with_project(members=[member("dev", "king")]), "projects[0].members[0].role"),
    "an unknown user": (with_project(members=[member("nobody", "guest")]), "projects[0].members[0]"),
    "an unknown group": (with_project(invited_groups=[{"group": "nothing", "role": "guest"}]),
                         "projects[0].invited_groups[0]"),
    "an unknown project in a list": (with_project(job_token_scope={"inbound_allowlist": [{"project": "no/such"}]}),
                                     "projects[0].job_token_scope.inbound_allowlist[0]"),
    "an unknown parent": ({"projects": [project("errors/site", pipeline("a", parent="zzz"))]},
                          "projects[0].pipelines[0].parent"),
    "an unknown job user": (with_job(user="nobody"), "projects[0].pipelines[0].jobs[0].user"),
    "a bad time": (with_artifact(expire_at="tomorrow"), f"{ARTIFACT}.expire_at"),
    "a bad relative time": (with_artifact(expire_at="now+3y"), f"{ARTIFACT}.expire_at"),
    "a bad duration": (with_artifact(expire_in="soon"), f"{ARTIFACT}.expire_in"),
    "an unknown artifact type": (with_artifact(type="nothing"), f"{ARTIFACT}.type"),
    "a type in the wrong format": (with_artifact(type="junit", format="zip"), ARTIFACT),
    "an archive that is gzip": (with_artifact(format="gzip"), ARTIFACT),
    "an unknown access": (with_artifact(access="friends"), f"{ARTIFACT}.access"),
    "an archive of noise": (with_artifact(file=FILES.add(zips.noise(500), "noise.zip")),
                            ARTIFACT),
    "an empty archive file": (with_artifact(file=FILES.add(b"", "nothing.zip")),
                              ARTIFACT),
    "an archive without its end": (with_artifact(file=FILES.add(zips.labelled("cut")[:-30], "cut.zip")),
                                   ARTIFACT),
    "an archive that is a directory": (with_artifact(file=str(FILES.path)),
                                       f"{ARTIFACT}.file"),
    "a path that starts with a dash": (with_project(path="errors/-site"), "projects[0].path"),
    "a path with two dots": (with_project(path="errors/.."), "projects[0].path"),
    "a path with an empty segment": (with_project(path="errors//site"), "projects[0].path"),
    "a path with a space": (with_project(path="errors/my site"), "projects[0].path"),
    "a path of a group": (with_project(path="BASE"), "projects[0].path"),
    "a group at the path of a project": ({"groups": [{"path": "base/Site"}]}, "groups[0].path"),
    "another id for a project": ({"projects": [{"path": "base/site", "id": 99}]}, "projects[0]", "id"),
    "another id for a user": ({"users": [{"username": "dev", "id": 99}]}, "users[0]", "id"),
    "an id that another project has": (with_project(id=1), "projects[0]", "id"),
    "another project's previous path": (with_project(path="base/before"), "projects[0].path"),
    "a project more visible than its group": (with_project(path="base/open", visibility="public"), "projects[0]"),
    "a project more visible than a new private group": (
        {"groups": [{"path": "hidden", "visibility": "private"}],
         "projects": [project("hidden/open", visibility="internal")]}, "projects[0]"),
    "other content for an artifact": (
        {"projects": [project("base/site", pipeline("one", job("build", FILES.labelled("other"), id=1)))]},
        ARTIFACT),
    "a time against the ids": (
        {"projects": [project("errors/site", pipeline("a", created_at="now-1d"), pipeline("b", created_at="now-2d"))]},
        "projects[0].pipelines[1].created_at"),
    "the same pipeline twice": ({"projects": [project("errors/site", pipeline("a"), pipeline("a"))]},
                                "projects[0].pipelines[1]"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_names_its_path(instance, what):
    document, *words = REFUSED[what]
    mark = f"not-{list(REFUSED).index(what)}"
    refused(instance, {**document, "users": document.get("users") or [user(mark)]}, *words)
    assert instance.psql(f"select count(*) from users where username = '{mark}'").strip() == "0"
    assert instance.psql("select count(*) from projects where path ilike 'errors/%'").strip() == "0"
    expect(instance.get(file(1, 1, "who.txt"), token=access_token("dev")), 200, cell="what was there still is")


def several(prefix):
    jobs = [job(name, FILES.labelled(f"{prefix} {name}", expire_at="now+30d")) for name in ("a", "b")]
    running = job("c", status="running", token=job_token(prefix), user=f"{prefix}-one")
    return {
        "users": [user(f"{prefix}-one"), user(f"{prefix}-two")],
        "groups": [{"path": prefix, "members": [member(f"{prefix}-one", "reporter", expires_at="now+1d")]}],
        "projects": [
            project(f"{prefix}/x", pipeline("p", *jobs, created_at="now-2d"), previous_paths=[f"{prefix}/w"],
                    members=[member(f"{prefix}-two", "developer")]),
            project(f"{prefix}/y", pipeline("q", running)),
        ],
    }


def test_the_summary_counts_what_was_created(instance):
    line = apply(instance, several("counted"))
    for part in ("2 users", "2 projects", "2 pipelines", "3 jobs", "2 artifacts"):
        assert part in line, line
    assert SUMMARY.search(line)[1] == "0" and SUMMARY.search(line)[2] == "0", line


def test_the_same_document_again_changes_nothing_and_says_so(instance):
    document = several("again")
    apply(instance, document)
    line = apply(instance, document)
    found = SUMMARY.search(line)
    assert not re.search(r"created [^;]*[1-9]", line), line
    assert (found[1], found[2]) == ("0", "0") and found[3] != "0", line


def test_a_change_is_an_update(instance):
    document = several("changed")
    apply(instance, document)
    document["users"][0]["name"] = "Somebody Else"
    found = SUMMARY.search(apply(instance, document))
    assert found[1] == "1" and found[2] == "0", found[0]


def test_an_absent_key_leaves_what_is_stored(instance):
    document = several("absent")
    apply(instance, document)
    apply(instance, {"users": [{"username": "absent-two"}], "projects": [{"path": "absent/x", "name": "renamed"}]})
    number = instance.psql("select j.id from jobs j join projects p on p.id = j.project_id "
                           "where p.path = 'absent/x' and j.name = 'a'").strip()
    expect(instance.get(archive("absent/x", number), token=access_token("absent-two")), 200)
    expect(instance.get(archive("absent/w", number), token=access_token("absent-two")), 301)


def test_a_token_that_is_no_longer_listed_is_revoked(instance):
    apply(instance, {"users": [user("leaving")]})
    token = access_token("leaving")
    expect(instance.get(archive(1, 1), token=token), 404, NO_PROJECT)
    apply(instance, {"users": [{"username": "leaving", "access_tokens": []}]})
    expect(instance.get(archive(1, 1), token=token), 401, REVOKED)


def test_a_name_that_is_listed_again_works_with_a_new_secret_only(instance):
    def listed(secret, **extra):
        tokens = [{"name": "main", "token": access_token(secret), "scopes": ["api"], **extra}]
        apply(instance, {"users": [{"username": "back", "access_tokens": tokens}]})

    listed("back-1")
    apply(instance, {"users": [{"username": "back", "access_tokens": []}]})
    listed("back-1")
    expect(instance.get(archive(1, 1), token=access_token("back-1")), 401, REVOKED, "the same secret stays revoked")
    listed("back-2")
    expect(instance.get(archive(1, 1), token=access_token("back-2")), 404, NO_PROJECT, "a new secret")
    expect(instance.get(archive(1, 1), token=access_token("back-1")), 401, UNAUTHORIZED, "the old secret is unknown")
    listed("back-3", revoked=True)
    expect(instance.get(archive(1, 1), token=access_token("back-3")), 401, REVOKED, "a new secret that is revoked")
    listed("back-3", revoked=False)
    expect(instance.get(archive(1, 1), token=access_token("back-3")), 404, NO_PROJECT, "as the document says")


def test_a_member_who_is_no_longer_listed_is_none(instance):
    apply(instance, several("members"))
    token = access_token("members-two")
    number = instance.psql("select j.id from jobs j join projects p on p.id = j.project_id "
                           "where p.path = 'members/x' and j.name = 'a'").strip()
    expect(instance.get(archive("members/x", number), token=token), 200)
    apply(instance, {"projects": [{"path": "members/x", "members": []}]})
    expect(instance.get(archive("members/x", number), token=token), 404, NO_PROJECT)


def test_a_previous_path_ends_with_its_list(instance):
    apply(instance, {**several("moved")})
    token = access_token("moved-two")
    expect(instance.get(archive("moved/w", 1), token=token), 301)
    apply(instance, {"projects": [{"path": "moved/x", "previous_paths": []}]})
    expect(instance.get(archive("moved/w", 1), token=token), 404, NO_PROJECT)


def test_a_previous_path_is_taken_over_on_request(instance):
    apply(instance, several("taken"))
    newcomer = project("taken/w", pipeline("one", job("build", FILES.labelled("new"), id=900)), id=900,
                       members=[member("taken-two", "developer")])
    refused(instance, {"projects": [newcomer]}, "projects[0]")
    apply(instance, {"projects": [{**newcomer, "take_over": True}]})
    response = instance.get(file("taken/w", 900, "who.txt"), token=access_token("taken-two"))
    expect(response, 200)
    assert response.body == b"new"


def test_given_ids_are_kept_and_never_met_again(instance):
    apply(instance, {"projects": [project("ids/a", pipeline("p", job("j", id=5_000), id=6_000), id=4_000)]})
    apply(instance, {"projects": [project("ids/b", pipeline("p", job("j")))]})
    rows = instance.psql("select p.id || ' ' || l.id || ' ' || j.id from projects p "
                         "join pipelines l on l.project_id = p.id join jobs j on j.pipeline_id = l.id "
                         "where p.path in ('ids/a', 'ids/b') order by p.path")
    given, made = (tuple(map(int, row.split())) for row in rows.strip().splitlines())
    assert given == (4_000, 6_000, 5_000)
    assert all(new > old for new, old in zip(made, given)), f"{made} after {given}"


def test_replace_lets_other_content_in(instance):
    def document(label, **extra):
        return {"projects": [project("replace/site", pipeline("p", job("j", FILES.labelled(label, **extra), id=910)),
                                     id=910, members=[member("dev", "developer")])]}

    apply(instance, document("old"))
    refused(instance, document("new"), ARTIFACT)
    assert instance.get(file(910, 910, "who.txt"), token=access_token("dev")).body == b"old"
    apply(instance, document("new", replace=True))
    assert instance.get(file(910, 910, "who.txt"), token=access_token("dev")).body == b"new"


def test_a_job_that_ends_makes_its_token_worthless(instance):
    document = several("ends")
    apply(instance, document)
    expect(instance.get(archive("ends/y", 1), job_token=job_token("ends")), 404)
    ended = copy.deepcopy(document)
    ended["projects"][1]["pipelines"][0]["jobs"][0]["status"] = "success"
    apply(instance, ended)
    expect(instance.get(archive("ends/y", 1), job_token=job_token("ends")), 401)


def test_a_damaged_member_is_not_the_intakes_business(instance):
    damaged = zips.build([zips.Member(b"a.txt", b"content", crc=1)])
    apply(instance, {"projects": [project("damaged/site", pipeline("p", job("j", FILES.archive(damaged))))]})


def test_json_with_escapes_beyond_the_basic_plane_is_a_document(instance):
    box = "\N{PACKAGE}.zip"
    entry = FILES.labelled("box", filename=box)
    apply(instance, {"projects": [project("json/site", pipeline("p", job("j", entry, id=920)), id=920,
                                          members=[member("dev", "developer")])]})
    response = instance.get(archive(920, 920), token=access_token("dev"))
    assert "filename*=UTF-8''%F0%9F%93%A6.zip" in response.headers.get("Content-Disposition")


def test_an_empty_document_is_no_error(instance):
    apply(instance, {})
