"""What was measured on, so that a table can be judged later."""

import os
import platform
import subprocess
from pathlib import Path

from .cpu import steal_seconds


def processor_model():
    """The model's name, or the architecture where /proc does not tell."""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def first_line(command):
    """The first line that a program prints about itself, or a dash."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return "–"
    return ((done.stdout or done.stderr).splitlines() or ["–"])[0].strip()


class Machine:
    """Cores, model, kernel and load, and how much of the run's time was stolen."""

    def __init__(self):
        self.begun = steal_seconds()
        self.load_before = os.getloadavg()[0]

    def describe(self):
        """Pairs of a word and a value."""
        stolen, everything = (now - then for now, then in zip(steal_seconds(), self.begun))
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        return {
            "cores": len(os.sched_getaffinity(0)),
            "processor": processor_model(),
            "memory": f"{memory:.0f} GiB",
            "kernel": platform.release(),
            "nginx": first_line(["/usr/sbin/nginx", "-v"]).removeprefix("nginx version: "),
            "PostgreSQL": first_line(["psql", "--version"]).removeprefix("psql (PostgreSQL) "),
            "steal": f"{100 * stolen / everything:.1f} %" if everything else "–",
            "load before": f"{self.load_before:.1f}",
        }
