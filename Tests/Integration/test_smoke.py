"""That an instance is there at all: deploy/run, nginx in front, artifactd behind it."""

import socket
import subprocess
import zipfile

import pytest

TOKEN = "glpat-smoke-secret-00000001"


@pytest.fixture(scope="module")
def instance(instance_factory):
    return instance_factory()


def expect_common_headers(response):
    assert response.headers.all("X-Content-Type-Options") == ["nosniff"], response.headers
    assert response.headers.all("X-Frame-Options") == ["SAMEORIGIN"], response.headers
    assert len(response.headers.all("X-Request-Id")) == 1, response.headers


def test_operators_see_it_ready(instance):
    assert instance.request("GET", "/-/readiness", url=instance.monitoring).status == 200


def test_the_public_server_answers(instance):
    response = instance.get("/api/v4/nothing", headers={"X-Request-Id": "smoke-1"})
    assert (response.status, response.json()) == (404, {"error": "404 Not Found"})
    assert response.headers.all("X-Request-Id") == ["smoke-1"]


def test_the_printed_lines_work_as_printed(instance, tmp_path):
    lines = [line for line in instance.output.splitlines() if line.startswith("curl ")]
    assert instance.url in instance.output and len(lines) == 3, instance.output
    for line in lines:
        done = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == 0, f"{line}: {done.stderr.decode()}"
    archives = sorted(tmp_path.glob("*.zip"))
    assert len(archives) == 2, archives
    assert all(zipfile.is_zipfile(path) for path in archives)


@pytest.mark.parametrize("method,target,status,body", [
    ("GET", "/%zz", 400, {"message": "400 Bad request"}),
    ("GET", "/a%00b", 400, {"message": "400 Bad request"}),
    ("GET", "/../a", 400, {"message": "400 Bad request"}),
    ("TRACE", "/api/v4/version", 405, {"error": "405 Not Allowed"}),
    ("GET", "/" + "a" * 32768, 414, {"message": "414 URI Too Long"}),
    ("GET", "/" + "a" * 100000, 414, {"message": "414 URI Too Long"}),
    ("GET", "/_content/ab/cd/ef", 404, {"error": "404 Not Found"}),
], ids=["bad escape", "NUL", "above the root", "TRACE", "target of 32 KiB + 1", "target of 100 kB", "internal"])
def test_errors_of_nginx_have_the_contracts_form(instance, method, target, status, body):
    response = instance.request(method, target)
    assert (response.status, response.json()) == (status, body)
    assert response.headers.get("Content-Type") == "application/json"
    expect_common_headers(response)


def test_a_body_that_is_too_large_is_refused(instance):
    response = instance.request("PUT", "/api/v4/projects/1", body=b"x" * 1_100_000)
    assert (response.status, response.json()) == (413, {"message": "413 Request Entity Too Large"})
    expect_common_headers(response)


@pytest.mark.parametrize("query", [
    "private_token={}", "a=b&job_token={}&c=d", "access_token={}", "token={}", "token=x&token={}",
    "priv%61te_token={}", "a=b;private_token={}", "private_token%3D{}",
])
def test_tokens_in_queries_stay_out_of_the_logs(instance, query):
    mark = f"mask-{abs(hash(query))}"
    instance.get(f"/api/v4/version?{query.format(TOKEN)}", headers={"X-Request-Id": mark, "Private-Token": TOKEN,
                                                                    "Referer": f"http://127.0.0.1/?{TOKEN}"})
    instance.wait_for_log("nginx-access.log", mark)
    for name, text in instance.logs().items():
        assert TOKEN not in text, name


def test_without_redirect_nothing_listens_on_the_port_of_signed_urls(instance):
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", instance.cdn_port), timeout=5)
    assert not {"ARTIFACTD_CDN_URL", "ARTIFACTD_CDN_KEY_FILE"} & set(instance.env)
