"""kill -9 of server and sweepers at any moment: nothing live is lost, nothing dead stays for ever.

The moments are random, from a seed that a failure names; what a pass leaves at each of its steps is a unit test.
"""

import os
import random
import signal
import subprocess
import time

import pytest

from fixtures.contract import archive, expect, wire
from fixtures.processes import Relaunched, unsupervised, wait_until_gone
from fixtures.store import age_releases, digest, faults, jobs_with_rows, request_deletion, stored, sweep
from manifests import Library, job, pipeline, project, public_group

FILES = Library()
LIVE, DEAD = 20, 160


@pytest.fixture
def instance(instance_factory):
    live = [job(f"live{number}", FILES.labelled(f"k{number}"), id=1 + number) for number in range(LIVE)]
    # Every fourth one shares its content with a live one.
    dead = [job(f"dead{number}", FILES.labelled(f"k{number % LIVE if number % 4 == 0 else 1000 + number}",
                                                expire_at="now-1h"), id=1001 + number) for number in range(DEAD)]
    more = [job(f"more{number}", FILES.labelled(f"m{number}"), id=3001 + number) for number in range(DEAD)]
    log = job("log", FILES.report("trace"), id=4001)
    return instance_factory(
        {"groups": [public_group("acme")],
         "projects": [project("acme/site", pipeline("one", *live, *dead), id=1, visibility="public"),
                      project("acme/deleted", pipeline("one", *more, log), id=2, visibility="public")]},
        environment={"ARTIFACTD_SWEEP_INTERVAL": "0", "ARTIFACTD_REMOVAL_DELAY": "1", "ARTIFACTD_SWEEP_BATCH": "4"})


def environment(instance, **extra):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ARTIFACTD_")}
    return {**kept, **instance.env, **extra}


def check_live(instance, seed):
    """Whatever was killed: every live row is there with its file, and rows agree with files."""
    lost = [fault for fault in faults(instance) if "no row" not in fault]
    assert not lost, f"seed {seed}: {lost}"


def finish(instance, seed):
    """What is left over goes with the next sweep, and gc finds nothing then."""
    age_releases(instance)
    sweep(instance)
    assert jobs_with_rows(instance, "acme/site") == list(range(1, 1 + LIVE)), f"seed {seed}"
    assert jobs_with_rows(instance, "acme/deleted") == [4001], f"seed {seed}"
    assert faults(instance) == [], f"seed {seed}"
    assert len(stored(instance)) == LIVE + 1, f"seed {seed}"
    for number in range(1, 1 + LIVE):
        expect(wire(instance, "GET", archive(1, number)), 200, cell=f"seed {seed}, job {number}")
    done = instance.artifactd("gc", "--grace", "0")
    assert done.returncode == 0 and done.stdout.startswith("nothing to collect"), f"seed {seed}: {done.stdout}"
    assert instance.psql("select count(*) from content_releases").strip() == "0"


def test_sweepers_that_are_killed(instance):
    seed = random.randrange(1 << 30)
    moments = random.Random(seed)
    request_deletion(instance, 2)
    program = str(instance.data / "bin" / "artifactd")
    variables = environment(instance, ARTIFACTD_SWEEP_BATCH="4")
    for _ in range(20):
        age_releases(instance)
        sweeps = [subprocess.Popen([program, "sweep"], env=variables, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL) for _ in range(2)]
        for each in sweeps:
            time.sleep(moments.uniform(0.01, 0.15))
            each.kill()
            each.wait()
        check_live(instance, seed)
    finish(instance, seed)


def test_a_server_that_is_killed_while_it_sweeps(instance):
    seed = random.randrange(1 << 30)
    moments = random.Random(seed)
    with unsupervised(instance):
        server = Relaunched(instance.process("artifactd"))
        server.environment |= {b"ARTIFACTD_SWEEP_INTERVAL": b"1", b"ARTIFACTD_SWEEP_BATCH": b"2"}
        os.kill(instance.process("artifactd"), signal.SIGKILL)
        wait_until_gone(instance.process("artifactd"))
        request_deletion(instance, 2)
        for _ in range(8):
            age_releases(instance)
            server.start()
            time.sleep(moments.uniform(0.05, 0.8))
            server.stop(signal.SIGKILL)
            check_live(instance, seed)
        server.start()
        try:
            deadline = time.monotonic() + 30
            while wire(instance, "GET", archive(1, 1)).status != 200:
                assert time.monotonic() < deadline
                time.sleep(0.1)
            finish(instance, seed)
        finally:
            server.stop()
