"""Uploads whose server is gone: the client must be told to come again, not that its file is too large."""

import os
import signal

import pytest

import zips
from fixtures import uploads
from fixtures.contract import expect
from fixtures.processes import unsupervised, wait_until_gone
from fixtures.uploads import chunked, content_type, form, part, path, send
from manifests import job_token, member, pipeline, project, running_job, user

UNAVAILABLE = {"message": "503 Service Unavailable"}
# More than nginx takes where nobody told it otherwise.
BODY = form(part("file", zips.zip_of({"a": zips.noise(3_000_000)}), "a.zip"))
TRANSFERS = {"length": (("Content-Length", str(len(BODY))), BODY), "chunked": (("Transfer-Encoding", "chunked"), chunked(BODY))}


@pytest.fixture
def instance(instance_factory):
    return instance_factory({"users": [user("dev")], "projects": [
        project("group/site", pipeline("one", running_job("build", "dev", id=1)), id=1, members=[member("dev", "developer")])]})


def test_large_uploads_without_a_server(instance):
    """gitlab-runner gives up at a 413, and tries again after a 503."""
    with unsupervised(instance):
        begun = []
        for transfer, (header, body) in TRANSFERS.items():
            sending = uploads.Upload(instance, path(1), [content_type(), ("Job-Token", job_token("build")), header])
            sending.send(body[:2_000_000])
            begun.append((transfer, sending, body[2_000_000:]))
        uploads.wait_until(lambda: len(uploads.temporary_files(instance)) == 2, what="both uploads")
        server = instance.process("artifactd")
        os.kill(server, signal.SIGKILL)
        wait_until_gone(server)
        for transfer, sending, rest in begun:
            sending.send(rest)
            expect(sending.answer(), 503, UNAVAILABLE, cell=f"{transfer}, killed in the middle")
        for transfer in TRANSFERS:
            answer = send(instance, path(1), BODY, job_token("build"), transfer=transfer)
            expect(answer, 503, UNAVAILABLE, cell=f"{transfer}, killed before")
