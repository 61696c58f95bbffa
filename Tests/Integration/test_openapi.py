"""The description of the API: served as it stands in the tree, and true of the server under generated requests."""

import subprocess
import sys

import pytest
import yaml

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


def operations():
    """The operations of the document; those that change something last, as they empty what others read."""
    paths = yaml.safe_load(DOCUMENT.read_text())["paths"]
    found = [(item[method]["operationId"], method) for item in paths.values() for method in item if method != "parameters"]
    return [name for name, method in sorted(found, key=lambda each: (each[1] != "get", each[0]))]


@pytest.mark.parametrize("operation", operations())
@pytest.mark.parametrize("token", [None, TOKEN], ids=["anonymous", "maintainer"])
def test_generated_requests_get_the_answers_that_the_document_tells(instance, tmp_path, operation, token):
    credentials = ["--header", f"PRIVATE-TOKEN: {token}"] if token else []
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", str(DOCUMENT), "--url", f"{instance.url}/api/v4",
        "--include-operation-id", operation, "--checks", CHECKS, "--phases", "examples,coverage,fuzzing",
        "--max-examples", "15", "--generation-deterministic", "--no-color", "--suppress-health-check", "all",
        "--request-retries", "0", *credentials,
    ]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == 0, result.stdout[-6000:] + result.stderr[-2000:]
