"""Content that was damaged in the store: every way to it says so before the first byte, and GET says what HEAD says."""

import hashlib
import os

import pytest

import zips
from fixtures.contract import CORRUPT, archive, archive_by_ref, expect, wire
from harness import DELIVERIES
from manifests import Library, job, pipeline, project, public_group

FILES = Library()
# 40,000 bytes and more, so that no limit for small files decides
CONTENTS = {name: zips.zip_of({name: zips.noise(40_000)}) for name in ("whole", "shorter", "longer", "empty", "missing")}
REPORT = b"\x1f\x8b\x08\x00 a report of some length"
LOST = {"message": "500 Internal Server Error"}
RANGE = ("Range", "bytes=0-99")


def stored(instance, content):
    """The file that holds a content."""
    value = hashlib.sha256(content).hexdigest()
    found = [path for path in (instance.data / "store" / "contents" / value[:2] / value[2:4]).iterdir()
             if path.name.startswith(value) and path.name.count(".") == 1]
    assert len(found) == 1, found
    return found[0]


@pytest.fixture(scope="module", params=DELIVERIES)
def instance(instance_factory, request):
    entries = [job(name, FILES.archive(content)) for name, content in CONTENTS.items()]
    entries.append(job("report", FILES.report(content=REPORT)))
    site = project("acme/site", pipeline("one", *(
        {**entry, "id": number} for number, entry in enumerate(entries, start=1))), id=1, visibility="public")
    instance = instance_factory({"groups": [public_group("acme")], "projects": [site]}, options=DELIVERIES[request.param])
    for name in ("shorter", "longer"):
        path = stored(instance, CONTENTS[name])
        os.truncate(path, path.stat().st_size + (1 if name == "longer" else -1))
    os.truncate(stored(instance, CONTENTS["empty"]), 0)
    os.truncate(stored(instance, REPORT), 3)
    stored(instance, CONTENTS["missing"]).unlink()
    return instance


NUMBERS = {**{name: number for number, name in enumerate(CONTENTS, start=1)}, "report": 6}


@pytest.mark.parametrize("headers", [(), (RANGE,)], ids=["whole", "range"])
@pytest.mark.parametrize("what", [name for name in NUMBERS if name != "whole"])
def test_get_says_what_head_says(instance, what, headers):
    query = "?file_type=junit" if what == "report" else ""
    ref_query = "&file_type=junit" if what == "report" else ""
    body = LOST if what == "missing" else CORRUPT
    for target in (archive(1, NUMBERS[what], query), archive_by_ref(1, "main", what, ref_query)):
        expect(wire(instance, "HEAD", target, headers), 500, cell=target)
        answer = wire(instance, "GET", target, headers)
        expect(answer, 500, body, target)
        assert answer.headers.all("ETag") == answer.headers.all("Repr-Digest") == [], target


def test_what_is_whole_is_served(instance):
    assert wire(instance, "HEAD", archive(1, 1)).status == 200
    assert wire(instance, "GET", archive(1, 1)).status in (200, 302)


def test_a_condition_that_needs_no_content_is_answered_without_it(instance):
    tag = f'"{hashlib.sha256(CONTENTS["shorter"]).hexdigest()}"'
    assert wire(instance, "GET", archive(1, NUMBERS["shorter"]), [("If-None-Match", tag)]).status == 304
