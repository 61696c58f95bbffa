"""Every rule of "keep latest artifacts", each by what the sweeper left in the database and on disk."""

from dataclasses import dataclass

import pytest

from fixtures.store import digest, faults, jobs_with_rows, stored, sweep
from manifests import Library, job, pipeline, project, public_group

FILES = Library()
PAST = "now-1h"


def built(number, status="success", expire_at=PAST, **extra):
    """A job with an archive of its own, which has expired unless said otherwise."""
    archive = FILES.labelled(f"locks {number}", **({} if expire_at is None else {"expire_at": expire_at}))
    return job(f"build {number}", archive, id=number, status=status, **extra)


@dataclass
class Rule:
    """Documents and deletions of refs in their order, and the jobs whose artifacts are there after a sweep at the end."""

    steps: list
    kept: list
    keep_latest: bool = True


def child(key, number, parent, **extra):
    return pipeline(key, built(number), parent=parent, source="parent_pipeline", **extra)


RULES = {
    "two successes": Rule([[pipeline("1", built(101)), pipeline("2", built(102))]], [102]),
    "success, then failure": Rule([[pipeline("1", built(111)), pipeline("2", built(112, "failed"))]], [111, 112]),
    "failure, then failure": Rule(
        [[pipeline("1", built(121, "failed")), pipeline("2", built(122, "failed"))]], [122]),
    "success, then two failures": Rule(
        [[pipeline("1", built(131)), pipeline("2", built(132, "failed")), pipeline("3", built(133, "failed"))]],
        [131, 133]),
    "failure, then success": Rule([[pipeline("1", built(141, "failed")), pipeline("2", built(142))]], [142]),
    "still running after a success": Rule(
        [[pipeline("1", built(151)), pipeline("2", built(152), job("test", status="running"))]], [151, 152]),
    "a running one that fails": Rule(
        [[pipeline("1", built(161)), pipeline("2", built(162), job("test", status="running"))],
         [pipeline("2", job("test", status="failed"))]], [161, 162]),
    "a running one that succeeds": Rule(
        [[pipeline("1", built(171)), pipeline("2", built(172), job("test", status="running"))],
         [pipeline("2", job("test", status="success"))]], [172]),
    "canceled, skipped and blocked manual pipelines are finished": Rule(
        [[pipeline("1", built(181)), pipeline("2", built(182, "canceled")),
          pipeline("3", built(183), job("deploy", status="manual"))]], [181, 183]),
    "children and grandchildren of the latest": Rule(
        [[pipeline("1", built(191)), child("1c", 192, "1"), pipeline("2", built(193)), child("2c", 194, "2"),
          child("2g", 195, "2c")]], [193, 194, 195]),
    "a child on another ref": Rule(
        [[pipeline("1", built(201)), child("1c", 202, "1", ref="other"), pipeline("o", built(203), ref="other")],
         [pipeline("2", built(204))]], [203, 204]),
    "the parent of the latest of another ref": Rule(
        [[pipeline("1", built(211)), child("1c", 212, "1", ref="other"), pipeline("2", built(213))]], [211, 212, 213]),
    "a child that succeeded does not replace the latest success": Rule(
        [[pipeline("1", built(221)), pipeline("2", built(222, "failed")), child("2c", 223, "2")]], [221, 222, 223]),
    "the setting is off": Rule([[pipeline("1", built(231))]], [], keep_latest=False),
    "the setting is off, without expiry": Rule([[pipeline("1", built(241, expire_at=None))]], [241], keep_latest=False),
    "without expiry": Rule([[pipeline("1", built(251, expire_at=None)), pipeline("2", built(252))]], [251, 252]),
    "not yet expired": Rule([[pipeline("1", built(261, expire_at="now+1d")), pipeline("2", built(262))]], [261, 262]),
    "the ref was deleted": Rule([[pipeline("1", built(271))], ("main",)], []),
    "another ref was deleted": Rule([[pipeline("1", built(281))], ("other",)], [281]),
    "a tag of that name was deleted": Rule([[pipeline("1", built(291))], ("main", "--tag")], [291]),
    "the tag was deleted": Rule([[pipeline("1", built(301), tag=True)], ("main", "--tag")], []),
    "a pipeline after the ref was deleted": Rule(
        [[pipeline("1", built(311))], ("main",), [pipeline("2", built(312))]], [312]),
    "a child on another ref, and the parent's ref was deleted before another one came": Rule(
        [[pipeline("1", built(321)), child("1c", 322, "1", ref="other"), pipeline("o", built(323), ref="other")],
         ("main",), [pipeline("2", built(324))]], [323, 324]),
    "a job's log": Rule(
        [[pipeline("1", job("log", FILES.report("trace", expire_at=PAST), id=331)), pipeline("2", built(332))]],
        [331, 332]),
    "a retried success": Rule(
        [[pipeline("1", built(341)), pipeline("2", built(342, "failed", retried=True), job("again"))]], [342]),
}


def path(rule):
    return "locks/" + "-".join(rule.replace(",", "").replace("'", "").split())


@pytest.fixture(scope="module")
def swept(instance_factory):
    """An instance to which all steps have happened, and then one sweep."""
    instance = instance_factory({"groups": [public_group("locks")]}, environment={"ARTIFACTD_SWEEP_INTERVAL": "0"})
    for number in range(max(len(rule.steps) for rule in RULES.values())):
        projects = []
        for name, rule in RULES.items():
            step = rule.steps[number] if number < len(rule.steps) else []
            if isinstance(step, tuple):
                done = instance.artifactd("unlock", "--project", path(name), "--ref", *step)
                assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"
            elif step:
                projects.append(project(path(name), *step, keep_latest_artifact=rule.keep_latest))
        if projects:
            done = instance.apply({"projects": projects})
            assert done.returncode == 0, done.stderr
    sweep(instance)
    return instance


@pytest.mark.parametrize("name", RULES)
def test_the_rule_decides_what_the_sweeper_leaves(swept, name):
    rule = RULES[name]
    assert jobs_with_rows(swept, path(name)) == sorted(rule.kept)
    entries = [(item["id"], digest(entry)) for step in rule.steps if isinstance(step, list) for run in step
               for item in run["jobs"] for entry in item.get("artifacts", [])]
    there = set(stored(swept))
    assert [number for number, _ in entries if number in rule.kept] == sorted(
        number for number, content in entries if content in there), "on disk"


def test_nothing_else_is_left(swept):
    assert faults(swept) == []
    assert swept.psql("select count(*) from content_releases").strip() == "0"
    assert sweep(swept).startswith("expired 0 artifact rows, removed 0 files"), "a second sweep has nothing to do"
