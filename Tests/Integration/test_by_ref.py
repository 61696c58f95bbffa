"""Finding the job by ref: which pipeline, which of its jobs, and what is never found."""

import pytest

from fixtures.contract import NO_JOB, archive_by_ref, expect, raw_file, segment
from manifests import SHA, Library, job, pipeline, project, public_group

FILES = Library()
PAST = "now-1h"
DANGLING = ("webide", "ondemand_dast_scan", "ondemand_dast_validation", "security_orchestration_policy")
COUNTING = ("push", "web", "schedule", "trigger", "api", "external", "merge_request_event")


def build(label=None, name="build", **extra):
    """A job with an archive that says `label`; without one it has no artifacts."""
    return job(name, *([FILES.labelled(label)] if label else []), **extra)


def again(label, key):
    """A job beside another of its name, neither retried."""
    return build(label, key=f"again {key}")


def expired(label, name="build", **extra):
    return job(name, FILES.labelled(label, expire_at=PAST), **extra)


def child(key, parent, *jobs, **extra):
    return pipeline(key, *jobs, parent=parent, source="parent_pipeline", **extra)


def newer(status):
    """A success, and after it a pipeline in another state."""
    return [pipeline("one", build("older")), pipeline("two", build("newer"), status=status)]


# what the situation is: its pipelines, and the label that `build` on `main` leads to (None: 404)
CASES = {
    "the newest success wins": ([pipeline("one", build("1")), pipeline("two", build("2"))], "2"),
    **{f"a newer {status} pipeline is ignored": (newer(status), "older") for status in (
        "running", "failed", "canceled", "skipped", "manual", "pending", "created", "canceling")},
    "a newer pipeline that failed by its jobs is ignored": (
        [pipeline("one", build("older")), pipeline("two", build("newer"), job("test", status="failed"))], "older"),
    "a newer pipeline that still runs by its jobs is ignored": (
        [pipeline("one", build("older")), pipeline("two", build("newer"), job("test", status="running"))], "older"),
    "a blocked manual job makes a pipeline no success": (
        [pipeline("one", build("older")), pipeline("two", build("newer"), job("deploy", status="manual"))], "older"),
    "an optional manual job does not": (
        [pipeline("one", build("older")),
         pipeline("two", build("newer"), job("deploy", status="manual", allow_failure=True))], "newer"),
    "an allowed failure does not": (
        [pipeline("one", build("older")),
         pipeline("two", build("newer"), job("lint", status="failed", allow_failure=True))], "newer"),
    "no success at all": ([pipeline("one", build("1"), status="failed")], None),
    "the job's own status does not matter": (
        [pipeline("one", build("failed", status="failed", allow_failure=True), job("x"))], "failed"),
    "a failed job in a declared success": ([pipeline("one", build("f", status="failed"), status="success")], "f"),
    "no fall-back to an older pipeline that has the job": (
        [pipeline("one", build("older")), pipeline("two", build("other", name="other"))], None),
    "no fall-back when the newer job has no artifacts": (
        [pipeline("one", build("older")), pipeline("two", build())], None),
    "no fall-back when the newer artifacts have expired": (
        [pipeline("one", build("older")), pipeline("two", expired("newer"))], None),
    "the parent before its child": (
        [pipeline("p", build("parent")), child("c", "p", build("child"))], "parent"),
    "a child when the parent lacks the job": (
        [pipeline("p", job("other")), child("c", "p", build("child"))], "child"),
    "the older child before the younger": (
        [pipeline("p", job("other")), child("a", "p", build("older")), child("b", "p", build("younger"))], "older"),
    "the younger child when the older has no such artifacts": (
        [pipeline("p", job("other")), child("a", "p", build()), child("b", "p", build("younger"))], "younger"),
    "a grandchild": (
        [pipeline("p", job("x")), child("c", "p", job("y")), child("g", "c", build("grandchild"))], "grandchild"),
    "an older grandchild before a younger child": (
        [pipeline("p", job("x")), child("a", "p", job("y")), child("g", "a", build("grandchild")),
         child("b", "p", build("child"))], "grandchild"),
    "a child that is not finished": (
        [pipeline("p", job("x")), child("c", "p", build("child"), job("y", status="running"))], "child"),
    "a failed child": (
        [pipeline("p", job("x")), child("c", "p", build("child"), job("y", status="failed"))], "child"),
    "a child of an older pipeline does not count": (
        [pipeline("p", job("x")), child("c", "p", build("child")), pipeline("q", job("x"))], None),
    "a child is no candidate of its own": (
        [pipeline("p", build("parent"), status="failed"), child("c", "p", build("child"))], None),
    "a younger child does not hide a younger pipeline's elder": (
        [pipeline("p", build("p")), pipeline("q", build("q")), child("c", "p", build("c"))], "q"),
    "the expired parent's job gives way to the child's": (
        [pipeline("p", expired("parent")), child("c", "p", build("child"))], "child"),
    "a retried job is not found": (
        [pipeline("one", build("first", key="a", retried=True), build("second", key="b"))], "second"),
    "a retried job is not found even with a higher id": (
        [pipeline("one", build("first", key="a"), build("second", key="b", retried=True))], "first"),
    "only retried jobs": ([pipeline("one", build("first", retried=True), job("x"))], None),
    "a retry without artifacts does not bring the old job back": (
        [pipeline("one", build("first", key="a", retried=True), build(key="b"))], None),
    "of several of one name the highest id": (
        [pipeline("one", again("first", "a"), build("second", key="b"))], "second"),
    "of several of one name the highest id that has something": (
        [pipeline("one", again("first", "a"), again("second", "b"), build(key="c"))], "second"),
    "of several of one name the highest id that has not expired": (
        [pipeline("one", again("first", "a"), expired("second", key="b"))], "first"),
    "a job with nothing downloadable is passed over": (
        [pipeline("one", again("first", "a"),
                  job("build", FILES.report("metadata"), FILES.report("trace"), FILES.report("terraform"), key="b"))],
        "first"),
    "a pipeline of a tag beside one of a branch": (
        [pipeline("one", build("branch")), pipeline("two", build("tag"), tag=True)], "tag"),
    "a pipeline of a branch beside one of a tag": (
        [pipeline("one", build("tag"), tag=True), pipeline("two", build("branch"))], "branch"),
    "another ref's pipeline": ([pipeline("one", build("1")), pipeline("two", build("2"), ref="mains")], "1"),
    "another case's ref": ([pipeline("one", build("1")), pipeline("two", build("2"), ref="Main")], "1"),
    **{f"source {source} counts": ([pipeline("one", build("1")), pipeline("two", build("2"), source=source)], "2")
       for source in COUNTING},
    **{f"source {source} dangles": ([pipeline("one", build("1")), pipeline("two", build("2"), source=source)], "1")
       for source in DANGLING},
    "ids decide, not the order of the document": (
        [pipeline("one", build("1"), id=902), pipeline("two", build("2"), id=901)], "1"),
    "no pipelines": ([], None),
    "a pipeline without jobs": ([pipeline("one")], None),
}
SLUGS = {name: f"refs/case-{number}" for number, name in enumerate(CASES)}

NAMES = ["build", "build & test: a/b", "test [1/2]", "prüfung ✓", "100%", "a+b", "x?y#z", "job;a=b",
         "'quoted' \"twice\"", " padded ", "Build", "a\\b", "tab\there"]
REFS = ["main", "feat/x", "feat/raw/x", "a/download", "raw/x", "1.0+build", "ünïcode/✓", "with space", "100%25",
        "a%2Fb", "refs/merge-requests/7/head", "x/raw", "download", "artifacts", "HEADS", "release;1", "@", "a:b"]


def special():
    jobs = [job(name, FILES.labelled(name), key=str(number)) for number, name in enumerate(NAMES)]
    refs = [pipeline(str(number), build(f"ref {ref}"), ref=ref,
                     source="merge_request_event" if ref.startswith("refs/") else "push")
            for number, ref in enumerate(REFS)]
    other = [pipeline("theirs", build("theirs", name="theirs"), parent="refs/upstream:mine", source="pipeline")]
    return [
        project("refs/names", pipeline("one", *jobs), visibility="public", id=1),
        project("refs/refs", *refs, visibility="public", id=2),
        project("refs/upstream", pipeline("mine", build("mine", name="mine")), visibility="public", id=3),
        project("refs/downstream", *other, visibility="public", id=4),
    ]


@pytest.fixture(scope="module")
def instance(instance_factory):
    cases = [project(SLUGS[name], *pipelines, visibility="public") for name, (pipelines, _) in CASES.items()]
    return instance_factory({"groups": [public_group("refs")], "projects": [*special(), *cases]})


def found(instance, path, ref="main", name="build", query=""):
    """The label of what raw by ref finds, None for the 404; the archive by ref must agree."""
    response = instance.get(raw_file(path, ref, "who.txt", name, query))
    whole = instance.get(archive_by_ref(path, ref, name, query))
    assert response.status == whole.status, f"file {response.status}, archive {whole.status}"
    if response.status == 200:
        return response.body.decode()
    expect(response, 404, NO_JOB, f"file of {path}")
    expect(whole, 404, NO_JOB, f"archive of {path}")
    return None


@pytest.mark.parametrize("name", CASES)
def test_which_job_is_found(instance, name):
    expected = CASES[name][1]
    seen = found(instance, SLUGS[name])
    assert seen == expected, f"{name}: found {seen!r}, expected {expected!r}"


@pytest.mark.parametrize("name", NAMES)
def test_job_names_are_matched_byte_for_byte(instance, name):
    assert found(instance, "refs/names", name=name) == name


@pytest.mark.parametrize("name", ["BUILD", "build ", "buil", "builds", "build%", "b_ild", "", "padded", "100", "*"])
def test_nothing_else_is_the_name(instance, name):
    response = instance.get(archive_by_ref("refs/names", "main", "X").replace("=X", "=" + segment(name)))
    assert response.status in ((400, 404) if name == "" else (404,)), f"{name!r}: {response.status}"


def test_a_plus_is_a_space_in_the_query(instance):
    target = "/api/v4/projects/1/jobs/artifacts/main/raw/who.txt?job=build+%26+test%3A+a%2Fb"
    response = instance.get(target)
    expect(response, 200)
    assert response.body == b"build & test: a/b"


@pytest.mark.parametrize("encoded", (False, True), ids=("raw slashes", "%2F"))
@pytest.mark.parametrize("ref", REFS)
def test_refs_are_matched_byte_for_byte(instance, ref, encoded):
    spelled = segment(ref) if encoded else "/".join(segment(part) for part in ref.split("/"))
    assert found(instance, "refs/refs", ref=spelled) == f"ref {ref}"


def test_a_plus_is_a_plus_in_the_path(instance):
    assert found(instance, "refs/refs", ref="1.0+build") == "ref 1.0+build"


@pytest.mark.parametrize("ref", ["HEAD", SHA, SHA[:8], "refs/heads/main", "refs%2Fheads%2Fmain", "refs/tags/main",
                                 "heads/main", "MAIN", "mai", "main%20", "main%2F", "%2Fmain", "a%252Fc", "*", "ma_n"])
def test_nothing_else_is_the_ref(instance, ref):
    assert found(instance, "refs/refs", ref=ref) is None, ref


def test_a_child_in_another_project_is_not_descended_into(instance):
    assert found(instance, "refs/upstream", name="mine") == "mine"
    assert found(instance, "refs/upstream", name="theirs") is None
