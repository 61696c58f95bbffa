"""The description of the API: served as it stands in the tree, and true of the server under generated requests."""

import subprocess
import sys

import pytest

from harness import REPOSITORY

DOCUMENT = REPOSITORY / "deploy" / "openapi.yaml"
# The demo, whose numbers and names are the examples of the document, has this maintainer.
TOKEN = "glpat-demo-maintainer-0000001"
# What a generated request must never bring about, and what its answer must keep to.
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest.fixture(scope="module")
def instance(instance_factory):
    return instance_factory()


def test_the_document_is_served_as_it_stands(instance):
    response = instance.get("/api/v4/openapi.yaml")
    assert response.status == 200
    assert response.headers["Content-Type"] == "application/yaml"
    assert response.body == DOCUMENT.read_bytes()


def test_head_has_the_length_of_the_document(instance):
    response = instance.request("HEAD", "/api/v4/openapi.yaml")
    assert (response.status, response.body) == (200, b"")
    assert int(response.headers["Content-Length"]) == DOCUMENT.stat().st_size


# Those that change something last, as they empty what others read.
@pytest.mark.parametrize("operations", ["--include-method", "--exclude-method"], ids=["reading", "changing"])
@pytest.mark.parametrize("token", [None, TOKEN], ids=["anonymous", "maintainer"])
def test_generated_requests_get_the_answers_that_the_document_tells(instance, tmp_path, operations, token):
    credentials = ["--header", f"PRIVATE-TOKEN: {token}"] if token else []
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", str(DOCUMENT), "--url", f"{instance.url}/api/v4",
        operations, "GET", "--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--max-examples", "10",
        "--generation-deterministic", "--no-color", "--suppress-health-check", "all", "--request-retries", "0",
        *credentials,
    ]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False)
    assert result.returncode == 0, result.stdout[-6000:] + result.stderr[-2000:]
