"""search_recent_successful_pipelines, a job that has only reports, and what pipelines' jobs make of their status."""

import pytest

from fixtures.contract import (
    NO_FILE, NO_JOB, NO_RECENT_JOB, SEARCH_INVALID, archive_by_ref, expect, raw_file, segment,
)
from manifests import Library, job, pipeline, project, public_group

FILES = Library()
SEARCH = "&search_recent_successful_pipelines="
TRUE = ("true", "TRUE", "True", "1", "t", "yes", "on", "T", "Yes", "ON")
FALSE = ("false", "False", "0", "f", "no", "off", "OFF")
NEITHER = ("maybe", "2", "tru", "y", "n", "null", "-1", "true%20", "01")

# status, allow_failure, retried of the jobs, and what follows
STATUS = [
    ("", "created"),
    ("created", "created"),
    ("created created", "created"),
    ("skipped", "skipped"),
    ("skipped skipped", "skipped"),
    ("manual?", "skipped"),
    ("manual? skipped", "skipped"),
    ("success", "success"),
    ("success skipped", "success"),
    ("success manual?", "success"),
    ("failed?", "success"),
    ("canceled?", "success"),
    ("failed? success skipped", "success"),
    ("failed- success", "success"),
    ("success- failed", "failed"),
    ("canceling", "canceling"),
    ("canceling running failed", "canceling"),
    ("canceling pending", "canceling"),
    ("pending", "pending"),
    ("pending created", "pending"),
    ("pending pending", "pending"),
    ("running", "running"),
    ("running created pending", "running"),
    ("running failed", "running"),
    ("running canceled", "running"),
    ("success pending", "running"),
    ("success created", "running"),
    ("failed created", "running"),
    ("canceled pending", "running"),
    ("success running manual", "running"),
    ("manual", "manual"),
    ("success manual", "manual"),
    ("failed manual", "manual"),
    ("canceled manual", "manual"),
    ("canceled", "canceled"),
    ("canceled success", "canceled"),
    ("canceled failed", "canceled"),
    ("failed", "failed"),
    ("failed success", "failed"),
    ("failed failed?", "failed"),
    ("failed skipped", "failed"),
]


def of_status(jobs):
    """A pipeline from words such as `failed?` (allow_failure) and `success-` (retried)."""
    entries = [job(f"job {number}", status=word.rstrip("?-"), allow_failure=word.endswith("?"),
                   retried=word.endswith("-")) for number, word in enumerate(jobs.split())]
    return pipeline("one", *entries)


def plain(key, *names, **extra):
    return pipeline(key, *(job(name, FILES.labelled(f"{name} {key}")) for name in names), **extra)


def expired(key, name):
    return pipeline(key, job(name, FILES.labelled(f"{name} {key}", expire_at="now-1h")))


def document():
    hundred = [plain("101st", "too old"), plain("100th", "oldest")]
    hundred += [pipeline(f"filler {number}", job("filler")) for number in range(99)]
    several = [
        plain("1", "rare", "common"), plain("2", "rare", "common"), expired("3", "rare"),
        plain("4", "rare", status="failed"), plain("5", "common"),
    ]
    family = [plain("p", "common"), plain("c", "in child", parent="p", source="parent_pipeline"), plain("q", "common")]
    reports = [
        pipeline("one", job("build", FILES.labelled("archive"), key="again"),
                 job("build", FILES.report(), key="b"), job("report", FILES.report())),
    ]
    states = [project(f"search/status-{number}", of_status(jobs), visibility="public", id=200 + number)
              for number, (jobs, _) in enumerate(STATUS)]
    return {"groups": [public_group("search")], "projects": [
        project("search/hundred", *hundred, visibility="public"),
        project("search/several", *several, visibility="public"),
        project("search/family", *family, visibility="public"),
        project("search/reports", *reports, visibility="public"),
        project("search/nothing", visibility="public"),
        *states,
    ]}


@pytest.fixture(scope="module")
def instance(instance_factory):
    return instance_factory(document())


def both(instance, path, name, value):
    query = SEARCH + value
    return (instance.get(raw_file(path, "main", "who.txt", name, query)),
            instance.get(archive_by_ref(path, "main", name, query)))


@pytest.mark.parametrize("value", TRUE)
def test_any_spelling_of_true_searches(instance, value):
    single, whole = both(instance, "search/several", "rare", value)
    expect(single, 200, cell=value)
    expect(whole, 200, cell=value)
    assert single.body == b"rare 2", f"{value}: the newest success that has it, not {single.body!r}"


@pytest.mark.parametrize("value", FALSE)
def test_any_spelling_of_false_does_not(instance, value):
    for response in both(instance, "search/several", "rare", value):
        expect(response, 404, NO_JOB, value)


@pytest.mark.parametrize("value", NEITHER)
def test_anything_else_is_refused(instance, value):
    for response in both(instance, "search/several", "rare", value):
        expect(response, 400, SEARCH_INVALID, value)


def test_the_newest_pipeline_still_comes_first(instance):
    single, _ = both(instance, "search/several", "common", "true")
    assert single.body == b"common 5"


@pytest.mark.parametrize("path,name", [("search/several", "none"), ("search/nothing", "build"),
                                       ("search/hundred", "too old")])
def test_nothing_found_has_its_own_answer(instance, path, name):
    for response in both(instance, path, name, "true"):
        expect(response, 404, NO_RECENT_JOB, f"{name} in {path}")


def test_the_hundredth_pipeline_is_still_looked_at(instance):
    single, _ = both(instance, "search/hundred", "oldest", "true")
    expect(single, 200)
    assert single.body == b"oldest 100th"


def test_the_search_descends_into_children(instance):
    single, _ = both(instance, "search/family", "in child", "true")
    expect(single, 200)
    assert single.body == b"in child c"


def test_a_missing_job_and_a_bad_boolean_are_told_together(instance):
    target = f"/api/v4/projects/{segment('search/several')}/jobs/artifacts/main/download?x=1{SEARCH}maybe"
    expect(instance.get(target), 400, {"error": "job is missing, search_recent_successful_pipelines is invalid"})


@pytest.mark.parametrize("name", ("build", "report"))
def test_a_job_with_a_report_is_found_and_has_no_archive(instance, name):
    expect(instance.get(archive_by_ref("search/reports", "main", name)), 404, NO_FILE, name)
    expect(instance.get(raw_file("search/reports", "main", "who.txt", name)), 404, NO_FILE, name)


@pytest.mark.parametrize("name", ("build", "report"))
def test_a_report_is_served_by_ref(instance, name):
    response = instance.get(archive_by_ref("search/reports", "main", name, "&file_type=junit"))
    expect(response, 200, cell=name)
    assert response.body == b"\x1f\x8b\x08\x00report"


@pytest.mark.parametrize("number", range(len(STATUS)),
                         ids=[f"{jobs or 'no jobs'} is {status}" for jobs, status in STATUS])
def test_the_status_of_a_pipeline_follows_from_its_jobs(instance, number):
    jobs, status = STATUS[number]
    seen = instance.psql(f"select status from pipelines where project_id = {200 + number}").strip()
    assert seen == status, f"jobs {jobs!r}: {seen}, expected {status}"
