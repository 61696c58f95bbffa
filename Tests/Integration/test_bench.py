"""deploy/bench still runs: every contestant answers the bytes of the archives, and refuses whom artifactd refuses."""

import os
import subprocess
import tempfile

from harness import REPOSITORY, base_directory


def test_the_smoke_test_of_the_benchmark_finds_equal_answers():
    with tempfile.TemporaryDirectory(prefix="artifactd-bench-", dir=base_directory()) as data:
        os.chmod(data, 0o755)
        environment = dict(os.environ)
        binary = environment.get("ARTIFACTD_TEST_BINARY")
        if binary:
            environment["ARTIFACTD_BENCH_BINARY"] = binary
        # In a file: services that inherited a pipe would keep it open.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(["bash", str(REPOSITORY / "deploy" / "bench"), "--smoke", "--data", data], check=False,
                                  stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment)
            output.seek(0)
            text = output.read().decode(errors="replace")
    assert done.returncode == 0, text
    assert "bench smoke: ok" in text
