"""The hot paths cost no more instructions and allocations than their committed budget, whatever else this machine does."""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness import REPOSITORY

SCRIPT = REPOSITORY / "Tests" / "Benchmarks" / "hot_paths.py"
BUILT = Path(os.environ.get("HOT_PATHS_BINARY") or REPOSITORY / ".build" / "release" / "hot-paths")


def missing():
    """What this test needs and is not there; deploy/test provides all of it."""
    if platform.machine() != "x86_64":
        return "the budget is one of x86-64"
    if not BUILT.exists():
        return f"{BUILT} is not built"
    return None if shutil.which("valgrind") else "valgrind is not installed"


def test_every_hot_path_holds_its_budget_of_instructions():
    reason = missing()
    if reason:
        if os.environ.get("ARTIFACTD_REQUIRE_TOOLS") and platform.machine() == "x86_64":
            pytest.fail(reason)
        pytest.skip(reason)
    done = subprocess.run([sys.executable, str(SCRIPT)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
