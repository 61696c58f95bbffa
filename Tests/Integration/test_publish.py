"""The publishing client and its counterpart in shell, through real nginx, and through a network that fails."""

import concurrent.futures
import gzip
import hashlib
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import textwrap
from pathlib import Path

import pytest

import zips
from fixtures.faults import FaultyProxy
from harness import REPOSITORY
from manifests import access_token, member, project, user

TOKEN = access_token("dev")
BINARY = Path(os.environ.get("ARTIFACTD_TEST_BINARY", REPOSITORY / ".build/release/artifactd"))
CLIENT = BINARY.with_name("artifactd-publish")
SCRIPT = REPOSITORY / "deploy" / "publish.sh"
EITHER = pytest.mark.parametrize("how", ["program", "script"])

pytestmark = pytest.mark.skipif(not CLIENT.exists(), reason="artifactd-publish is not built")


@pytest.fixture(scope="module")
def instance(instance_factory):
    reader = {"name": "reader", "token": access_token("reader"), "scopes": ["read_api"]}
    dev = user("dev")
    dev["access_tokens"].append(reader)
    members = [member("dev", "developer"), member("own", "owner"), member("rep", "reporter")]
    return instance_factory({"users": [dev, user("own"), user("rep")],
                             "projects": [project("acme/site", id=1, members=members, previous_paths=["acme/old"])]})


@pytest.fixture
def proxy(instance):
    proxy = FaultyProxy(instance)
    yield proxy
    proxy.stop()


@pytest.fixture
def tree(tmp_path):
    """A working directory with everything that an archive can hold."""
    root = tmp_path / "work"
    (root / "dist" / "empty directory").mkdir(parents=True)
    (root / "dist" / "bin").mkdir()
    (root / "reports").mkdir()
    (root / "dist" / "index.html").write_bytes(zips.prose(300_000))
    (root / "dist" / "noise").write_bytes(zips.noise(400_000))
    (root / "dist" / "empty").write_bytes(b"")
    (root / "dist" / "bin" / "run").write_bytes(b"#!/bin/sh\n")
    (root / "dist" / "bin" / "run").chmod(0o750)
    (root / "dist" / "ünï cödé \U0001f600").write_bytes(b"name\n")
    (root / "dist" / "link").symlink_to("bin/run")
    (root / "dist" / "outside").symlink_to("/etc/hostname")
    (root / "reports" / "junit.xml").write_bytes(b"<testsuites/>\n")
    return root


@pytest.fixture
def ref(request):
    """A branch of each test's own."""
    return "test/" + hashlib.sha256(request.node.name.encode()).hexdigest()[:12]


def environment(token=TOKEN, **extra):
    inherited = {name: value for name, value in os.environ.items()
                 if not name.startswith("ARTIFACTD_") and not name.lower().endswith("_proxy")}
    return {**inherited, **({"ARTIFACTD_TOKEN": token} if token else {}), **extra}


def publish(url, directory, *arguments, token=TOKEN, program=CLIENT, where="acme/site"):
    command = [program, "--url", url, "--project", where, *arguments]
    return subprocess.run(list(map(str, command)), cwd=directory, env=environment(token), capture_output=True, text=True,
                          timeout=120, check=False)


def publish_by(how, url, directory, ref, *paths, token=TOKEN, where="acme/site"):
    """One job `build` by the program or the script."""
    if how == "program":
        return publish(url, directory, "--ref", ref, "--job", "build", *paths, token=token, where=where)
    variables = environment(token, ARTIFACTD_URL=url, ARTIFACTD_PROJECT=where)
    return subprocess.run(["sh", SCRIPT, ref, "build", *paths], cwd=directory, env=variables, capture_output=True, text=True,
                          timeout=120, check=False)


def state(instance, ref):
    """What the database has of a ref: pipelines (status, open), jobs (name, status), artifacts (type)."""
    condition = f"FROM pipelines p WHERE p.ref = '{ref}'"
    pipelines = instance.psql(f"SELECT status, open {condition}").split()
    jobs = instance.psql(f"SELECT j.name || '=' || j.status FROM jobs j JOIN pipelines p ON p.id = j.pipeline_id "
                         f"WHERE p.ref = '{ref}'").split()
    artifacts = instance.psql("SELECT a.file_type FROM artifacts a JOIN jobs j ON j.id = a.job_id "
                              f"JOIN pipelines p ON p.id = j.pipeline_id WHERE p.ref = '{ref}'").split()
    return pipelines, jobs, artifacts


ONE = (["success|f"], ["build=success"], ["archive"])


def unpacked(url, directory):
    """What curl downloads and unzip unpacks."""
    directory.mkdir()
    subprocess.run(["curl", "--silent", "--fail", "--location", "--output", "a.zip", "--header", f"PRIVATE-TOKEN: {TOKEN}", url],
                   cwd=directory, check=True)
    subprocess.run(["unzip", "-q", "a.zip", "-d", "tree"], cwd=directory, check=True, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"})
    return directory / "tree"


def listing(root):
    """Everything below a directory: type, mode and content."""
    found = {}
    for path in sorted(root.rglob("*")):
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            content = os.readlink(path)
        else:
            content = path.read_bytes() if path.is_file() else None
        mode = None if stat.S_ISLNK(status.st_mode) else stat.S_IMODE(status.st_mode)
        found[str(path.relative_to(root))] = (stat.S_IFMT(status.st_mode), mode, content)
    return found


@EITHER
def test_a_tree_comes_back_as_it_was(instance, tree, ref, tmp_path, how):
    done = publish_by(how, instance.url, tree, ref, "dist/", "reports/")
    assert done.returncode == 0, done
    by_job, by_ref = done.stdout.splitlines()
    for number, url in enumerate([by_job, by_ref]):
        assert listing(unpacked(url, tmp_path / str(number))) == listing(tree)
    assert state(instance, ref) == ONE


def test_the_same_content_is_the_same_archive_and_stored_once(instance, tree, ref, tmp_path):
    first = json.loads(publish(instance.url, tree, "--ref", ref, "--job", "a", "--json", "dist", "reports").stdout)
    again = tmp_path / "again"
    shutil.copytree(tree, again, symlinks=True)
    for path in again.rglob("*"):
        if not path.is_symlink():
            os.utime(path, (1, 1))
    second = json.loads(publish(instance.url, again, "--ref", ref, "--job", "b", "--json", "./reports/", f"{again}/dist").stdout)
    assert first["artifact"] == second["artifact"] and first["job_id"] != second["job_id"]
    assert first["pipeline_status"] == "success" and first["project_id"] == 1
    assert instance.psql(f"SELECT count(*) FROM contents WHERE sha256 = '\\x{first['artifact']['sha256']}'").strip() == "1"
    (again / "dist" / "bin" / "run").chmod(0o755)
    third = json.loads(publish(instance.url, again, "--ref", ref, "--job", "c", "--json", "dist", "reports").stdout)
    assert third["artifact"]["sha256"] != first["artifact"]["sha256"], "modes are part of the content"


STEPS = {
    "pipeline": "POST /api/v4/projects/[^/]*/pipelines$", "job": "POST /api/v4/projects/[^/]*/pipelines/[0-9]*/jobs$",
    "upload": "POST /api/v4/jobs/[0-9]*/artifacts", "end of job": "PUT /api/v4/jobs/",
    "end of pipeline": "PUT /api/v4/projects/",
}
FAULTS = ["lose request", "lose answer", 502, (503, "1")]


@EITHER
@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize("step", STEPS)
def test_one_pipeline_one_job_one_artifact_whatever_is_lost(instance, proxy, tree, ref, how, step, fault):
    proxy.faults = [(STEPS[step], fault)]
    done = publish_by(how, proxy.url, tree, ref, "dist")
    assert done.returncode == 0, done
    assert not proxy.faults
    assert state(instance, ref) == ONE


def test_a_key_makes_one_pipeline_and_one_job_and_tells_the_token_again(instance, ref):
    def ask(target, key, token=TOKEN, **fields):
        headers = {"PRIVATE-TOKEN": token, "Content-Type": "application/json", "Idempotency-Key": key}
        return instance.request("POST", f"/api/v4/projects/1/{target}", headers, json.dumps(fields).encode())

    key = "0123456789abcdef" + ref
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask("pipelines", key, ref=ref), range(8)))
    assert {answer.status for answer in answers} == {201}
    number = answers[0].json()["id"]
    assert {answer.json()["id"] for answer in answers} == {number}
    assert ask("pipelines", f'"{key}"', ref=ref).json()["id"] == number, "quotes are no part of the key"
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask(f"pipelines/{number}/jobs", key, name="build"), range(8)))
    assert len({(answer.json()["id"], answer.json()["token"]) for answer in answers}) == 1
    assert state(instance, ref) == (["running|t"], ["build=running"], [])
    made = instance.psql(f"SELECT action, count(*) FROM audit_events WHERE pipeline_id = {number} GROUP BY 1 ORDER BY 1")
    assert made.split() in ([], ["create_job|1"], ["create_pipeline|1"], ["create_job|1", "create_pipeline|1"])
    for wrong in [ask("pipelines", key, ref="other"), ask(f"pipelines/{number}/jobs", key, name="other"),
                  ask("pipelines", "short", ref=ref), ask("pipelines", "with a space and more", ref=ref)]:
        assert (wrong.status, wrong.json()) == (400, {"error": "Idempotency-Key is invalid"})
    other = ask("pipelines", key, token=access_token("own"), ref=ref)
    assert other.status == 201 and other.json()["id"] != number, "a key is its token's own"
    again = ask("pipelines", key + "2", ref=ref)
    assert again.json()["id"] not in (number, other.json()["id"])
    second = ask(f"pipelines/{again.json()['id']}/jobs", key, name="build").json()
    assert second["token"] != answers[0].json()["token"], "tokens of two jobs differ"


def test_everything_at_once_goes_wrong_and_comes_out_right(instance, proxy, tree, ref):
    proxy.faults = [(pattern, fault) for pattern in STEPS.values() for fault in ["lose answer", 502]]
    done = publish(proxy.url, tree, "--ref", ref, "--job", "build", "dist")
    assert done.returncode == 0, done
    assert state(instance, ref) == ONE


@EITHER
@pytest.mark.parametrize("fault", [400, 413])
def test_an_upload_that_is_refused_leaves_no_running_job(instance, proxy, tree, ref, how, fault):
    proxy.faults = [(STEPS["upload"], fault)]
    done = publish_by(how, proxy.url, tree, ref, "dist")
    assert (done.returncode, done.stdout) == (65, ""), done
    assert state(instance, ref) == (["failed|f"], ["build=failed"], [])


# The signal comes while the server makes the job, or while the file is on its way.
SIGNALS = [("program", "job", signal.SIGINT), ("program", "job", signal.SIGTERM), ("program", "upload", signal.SIGINT),
           ("program", "upload", signal.SIGHUP), ("script", "upload", signal.SIGTERM), ("script", "upload", signal.SIGINT)]


@pytest.mark.parametrize("how,step,signal_number", SIGNALS)
def test_a_signal_leaves_no_running_job(instance, proxy, tree, ref, how, step, signal_number):
    proxy.faults = [(STEPS[step], "stall")]
    command = [CLIENT, "--url", proxy.url, "--project", "acme/site", "--ref", ref, "--job", "build", "dist"]
    variables = environment(TOKEN, ARTIFACTD_URL=proxy.url, ARTIFACTD_PROJECT="acme/site")
    if how == "script":
        command = ["sh", SCRIPT, ref, "build", "dist"]
    # Whoever runs the tests in the background ignores SIGINT, and so would a shell that inherits that.
    with subprocess.Popen(command, cwd=tree, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          start_new_session=True,
                          preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)) as process:
        assert proxy.stalled.wait(30)
        if how == "program":
            process.send_signal(signal_number)
        else:
            os.killpg(process.pid, signal_number)
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (128 + signal_number, b""), errors
    assert state(instance, ref) == (["failed|f"], ["build=failed"], [])


@pytest.mark.parametrize("name,status", [("reader", 77), ("rep", 77), ("nobody", 77)])
@EITHER
def test_who_may_not_publish_is_told_so(instance, tree, ref, how, name, status):
    done = publish_by(how, instance.url, tree, ref, "dist", token=access_token(name))
    assert (done.returncode, done.stdout) == (status, ""), done
    assert access_token(name) not in done.stderr
    assert state(instance, ref) == ([], [], [])


@EITHER
def test_what_is_missing_is_found_out_before_anything_is_made(instance, tree, ref, how):
    assert publish_by(how, instance.url, tree, ref, "dist", "nowhere").returncode == 65
    assert publish_by(how, instance.url, tree, ref, "dist", where="acme/nothing").returncode == 65
    assert publish_by(how, instance.url, tree, ref, "dist", token=None).returncode == 78
    assert state(instance, ref) == ([], [], [])


def test_paths_outside_and_behind_links_are_refused(instance, tree, ref):
    (tree / "way").symlink_to("dist")
    for path in ["..", "/etc/hostname", "way/index.html", "dist/../../x"]:
        done = publish(instance.url, tree, "--ref", ref, "--job", "build", path)
        assert done.returncode == 65 and path.split("/")[0] in done.stderr, done
    assert state(instance, ref) == ([], [], [])


def test_nobody_there_is_unavailable(tree, instance):
    del instance
    done = publish("http://127.0.0.1:9", tree, "--ref", "x", "--job", "build", "--timeout", "3s", "dist")
    assert done.returncode == 69, done


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_certificates_are_checked_and_can_be_named(instance, tree, ref, tmp_path):
    certificate = tmp_path / "server.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=artifacts", "-addext",
                    "subjectAltName=IP:127.0.0.1", "-keyout", certificate, "-out", tmp_path / "ca.pem"], check=True,
                   capture_output=True)
    with certificate.open("ab") as file:
        file.write((tmp_path / "ca.pem").read_bytes())
    proxy = FaultyProxy(instance, certificate)
    try:
        arguments = ["--ref", ref, "--job", "build", "dist"]
        unknown = publish(proxy.url, tree, *arguments)
        assert (unknown.returncode, len(unknown.stderr.splitlines())) == (78, 1), unknown
        assert publish(proxy.url, tree, "--ca-file", tmp_path / "none", *arguments).returncode == 78
        assert state(instance, ref) == ([], [], [])
        assert publish(proxy.url, tree, "--ca-file", tmp_path / "ca.pem", *arguments).returncode == 0
        assert state(instance, ref) == ONE
    finally:
        proxy.stop()


def test_a_project_under_its_old_path(instance, tree, ref):
    done = publish(instance.url, tree, "--ref", ref, "--job", "build", "dist", where="acme/old")
    assert done.returncode == 0, done
    assert state(instance, ref) == ONE


def test_several_jobs_in_one_pipeline(instance, tree, ref):
    opened = publish(instance.url, tree, "--ref", ref, "--keep-open", "--quiet")
    assert opened.returncode == 0 and opened.stderr == "", opened
    number = opened.stdout.strip()
    one = publish(instance.url, tree, "--pipeline", number, "--job", "one", "--stage", "s", "dist")
    assert one.returncode == 0 and len(one.stdout.splitlines()) == 1, one
    junit = publish(instance.url, tree, "--pipeline", number, "--job", "two", "--artifact-type", "junit", "--failed",
                    "--allow-failure", "reports/junit.xml")
    assert junit.returncode == 0, junit
    assert state(instance, ref)[0] == ["running|t"]
    assert publish(instance.url, tree, "--pipeline", number, "--finish").returncode == 0
    pipelines, jobs, artifacts = state(instance, ref)
    assert (pipelines, sorted(jobs), sorted(artifacts)) == (["success|f"], ["one=success", "two=failed"], ["archive", "junit"])
    target = junit.stdout.strip().removeprefix(instance.url)
    report = instance.get(target, token=TOKEN)
    assert gzip.decompress(report.body) == b"<testsuites/>\n"
    assert 'filename="junit.xml.gz"' in report.headers["Content-Disposition"]


def test_the_options_reach_the_server(instance, tree, ref):
    done = publish(instance.url, tree, "--ref", ref, "--tag", "--sha", "a" * 40, "--source", "web", "--job", "build", "--stage",
                   "deploy", "--expire-in", "never", "--access", "maintainer", "--name", "site ü.zip", "--exclude", "noise",
                   "--exclude", "dist/bin", "dist")
    assert done.returncode == 0, done
    row = instance.psql("SELECT p.tag, p.sha, p.source, j.stage, a.filename, a.access, a.expire_at IS NULL FROM artifacts a "
                        f"JOIN jobs j ON j.id = a.job_id JOIN pipelines p ON p.id = j.pipeline_id WHERE p.ref = '{ref}'")
    assert row.strip() == f"t|{'a' * 40}|web|deploy|site ü.zip|maintainer|t"


def test_a_pipe_is_skipped_with_a_word(instance, tree, ref):
    os.mkfifo(tree / "dist" / "pipe")
    done = publish(instance.url, tree, "--ref", ref, "--job", "build", "dist")
    assert done.returncode == 0 and "dist/pipe: skipped" in done.stderr, done


def test_the_server_program_runs_the_client_beside_it(instance, tree, ref, tmp_path):
    done = subprocess.run(
        [BINARY, "publish", "--url", instance.url, "--project", "acme/site", "--ref", ref, "--job", "build", "dist"],
        cwd=tree, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 2, done
    assert "usage: artifactd publish" in subprocess.run([BINARY, "publish", "--help"], capture_output=True, text=True,
                                                        check=True).stdout
    alone = tmp_path / "artifactd"
    shutil.copy(BINARY, alone)
    done = subprocess.run([alone, "publish", "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 78 and "artifactd-publish" in done.stderr


def test_the_client_is_of_the_same_release_and_needs_no_part_of_the_server():
    versions = {subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
                for program in (BINARY, CLIENT)}
    assert len(versions) == 1
    direct = subprocess.run(["readelf", "--dynamic", CLIENT], capture_output=True, text=True, check=True).stdout
    assert "libcurl" in direct and not any(name in direct for name in ("libpq", "libfcgi"))


def test_usage_errors_say_what_is_wrong(tree):
    done = publish("http://127.0.0.1:9", tree, "--ref", "x", "--nope")
    assert done.returncode == 64 and "--nope" in done.stderr
    assert subprocess.run([CLIENT, "--help"], capture_output=True, check=True).stdout


def test_the_token_is_in_no_argument_and_no_output(instance, tree, ref, tmp_path):
    secret = tmp_path / "token"
    secret.write_text(f"{TOKEN}\n")
    done = publish(instance.url, tree, "--ref", ref, "--job", "build", "--token-file", secret, "dist", token="glpat-wrong")
    assert done.returncode == 0, done
    assert TOKEN not in done.stdout + done.stderr and "glcbt-" not in done.stdout + done.stderr


# The README's lines

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
SECTION = README.split("### Publish from any CI\n")[1].split("\n### ")[0]
BLOCKS = [(kind, textwrap.dedent(text)) for kind, text in re.findall(r"^ *```(\w+)\n(.*?)^ *```", SECTION, re.S | re.M)]
SHELL = [text for kind, text in BLOCKS if kind == "sh" and "swift build" not in text]
# What these systems set, and their own blocks.
SYSTEMS = {"GitHub Actions": {"GITHUB_REF_NAME": "main", "GITHUB_SHA": "a" * 40},
           "Jenkins": {"BRANCH_NAME": "main", "GIT_COMMIT": "a" * 40},
           "Woodpecker": {"CI_COMMIT_BRANCH": "main", "CI_COMMIT_SHA": "a" * 40}}
OTHERS = [text for kind, text in BLOCKS if kind != "sh"]


@pytest.fixture(scope="module")
def demo(instance_factory):
    return instance_factory()


def run_lines(demo, directory, script, **extra):
    script = script.replace("http://127.0.0.1:8080", demo.url).replace("https://artifacts.example", demo.url)
    variables = environment(None, PATH=f"{CLIENT.parent}:{os.environ['PATH']}", **extra)
    done = subprocess.run(["sh", "-eu", "-c", script], cwd=directory, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (script, done)
    return done.stdout


def test_the_lines_of_the_readme_work_as_printed(demo, tmp_path):
    (tmp_path / "deploy").symlink_to(REPOSITORY / "deploy")
    assert len(SHELL) == 3
    output = run_lines(demo, tmp_path, "\n".join(SHELL))
    urls = [line for line in output.splitlines() if line.startswith(demo.url)]
    assert len(urls) == 6, output
    for url in urls:
        answer = demo.get(url.removeprefix(demo.url), token="glpat-demo-developer-00000001")
        assert answer.status == 200, (url, answer)


@pytest.mark.parametrize("system,text", list(zip(SYSTEMS, OTHERS, strict=True)), ids=SYSTEMS)
def test_the_lines_for_other_systems_work(demo, tmp_path, system, text):
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "a").write_text(system)
    line = re.search(r"artifactd-publish --url.*?dist/", text).group().replace("acme/site", "acme/payments")
    output = run_lines(demo, tmp_path, line, ARTIFACTD_TOKEN="glpat-demo-developer-00000001", **SYSTEMS[system])
    assert len(output.splitlines()) == 2
