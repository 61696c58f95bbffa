#!/usr/bin/env python3
"""Counts the instructions and allocations of the hot paths, and compares them with the committed budget.

    swift build -c release --static-swift-stdlib --product hot-paths
    Tests/Benchmarks/hot_paths.py                     measure, compare, exit 1 where a budget does not hold
    Tests/Benchmarks/hot_paths.py --update            write what was measured as the new budget
    Tests/Benchmarks/hot_paths.py --profile job/json  where a path spends its instructions

Counts do not depend on what else the machine does. Each path runs twice under callgrind, with two numbers of operations:
the difference is theirs alone, without the start of the program.
"""

import argparse
import concurrent.futures
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
BUDGET = HERE / "hot-paths.json"
FEW, MANY = 100, 500
# The start of the program varies a little, by up to 3 % of the shorter paths: a fault must stand when it weighs less.
AGAIN = 2_500
# The same compiler gives the same code; what is left are libraries of the system and how often a thread waits.
TOLERANCE = 0.05
# Another compiler or libc gives other code. A path that became so much slower did so for another reason.
TOLERANCE_ELSEWHERE = 0.30
ALLOCATORS = {"malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc"}


class CannotMeasure(Exception):
    """Something is missing, or the program failed."""


@dataclass(frozen=True)
class Cost:
    """Of one operation."""

    instructions: float
    allocations: float


def binary():
    """The program: HOT_PATHS_BINARY, or the release build's."""
    path = Path(os.environ.get("HOT_PATHS_BINARY") or REPOSITORY / ".build" / "release" / "hot-paths")
    if not path.exists():
        raise CannotMeasure(f"{path} is missing: swift build -c release --static-swift-stdlib --product hot-paths")
    return path


def toolchain():
    """What the code was made by, as far as it matters to the counts."""
    text = subprocess.run(["swift", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"Swift version (\S+)", text)
    return {"swift": found.group(1) if found else "unknown", "libc": " ".join(platform.libc_ver()),
            "machine": platform.machine()}


class Bench:
    """A prepared directory and the program."""

    def __init__(self, directory):
        self.directory = directory
        self.program = binary()
        self.archives = self.call("prepare", directory).strip()
        self.names = self.call("list").split()

    def call(self, *arguments, before=()):
        """What the program printed."""
        environment = {**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1", "LC_ALL": "C.UTF-8"}
        done = subprocess.run([*before, str(self.program), *map(str, arguments)], capture_output=True, text=True,
                              check=False, env=environment, timeout=300)
        if done.returncode != 0:
            raise CannotMeasure(f"{' '.join(map(str, arguments))}: status {done.returncode}\n{done.stderr[-3000:]}")
        return done.stdout

    def count(self, name, operations):
        """Instructions and allocations of a whole run, and the profile that says so."""
        profile = Path(self.directory, f"{name.replace('/', '-')}.{operations}.callgrind")
        tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}", "--quiet"]
        self.call("run", self.directory, self.archives, name, operations, before=tool)
        return *totals(profile), profile

    def cost(self, name, operations=MANY):
        """Of one operation of a path."""
        few, many = self.count(name, FEW), self.count(name, operations)
        return Cost(*((more - less) / (operations - FEW) for less, more in zip(few[:2], many[:2])))


def totals(profile):
    """The instructions of a profile, and the calls of allocating functions in it (the callgrind format)."""
    instructions, allocations, names, called = None, 0, {}, ""
    with open(profile, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if line.startswith(("fn=", "cfn=")):
                number, _, name = line.split("=", 1)[1].strip().partition(" ")
                if name:
                    names[number] = name
                called = names.get(number, number) if line.startswith("cfn=") else called
            elif line.startswith("calls="):
                allocations += int(line[6:].split()[0]) if called.split("'")[0] in ALLOCATORS else 0
            elif line.startswith(("summary:", "totals:")):
                instructions = int(line.split()[1])
    if instructions is None:
        raise CannotMeasure(f"{profile} holds no total")
    return instructions, allocations


def measure(bench, names, operations=MANY):
    """The cost of each path; valgrind runs one thread at a time, so as many run as there are processors."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return dict(zip(names, pool.map(lambda name: bench.cost(name, operations), names)))


def faults(costs, budget, here):
    """What does not hold, in words that lead to the cause."""
    same = budget["toolchain"] == here
    tolerance = TOLERANCE if same else TOLERANCE_ELSEWHERE
    found = []
    for name in sorted(budget["paths"].keys() | costs.keys()):
        if name not in budget["paths"] or name not in costs:
            found.append(f"{name}: " + ("has no budget" if name in costs else "has a budget and is gone") + "; --update")
            continue
        found += compare(name, costs[name], budget["paths"][name], tolerance, same)
    return found


def compare(name, cost, allowed, tolerance, same):
    """The faults of one path. Below the budget counts only where the numbers are comparable."""
    found = []
    kinds = (("instructions", cost.instructions, tolerance * allowed["instructions"]),
             # Growing arrays allocate now and then.
             ("allocations", cost.allocations, 0.25 + (0 if same else tolerance * allowed["allocations"])))
    for kind, measured, slack in kinds:
        budget = allowed[kind]
        text = f"{name}: {measured:,.1f} {kind} an operation, budget {budget:,.1f} ({measured / max(budget, 1e-9) - 1:+.1%})"
        if measured > budget + slack:
            found.append(f"{text}\n    see where: Tests/Benchmarks/hot_paths.py --profile {name}"
                         "   (callgrind_annotate); if it is meant to cost that: --update")
        elif same and measured < budget - slack:
            found.append(f"{text}\n    it became cheaper: lower the budget by Tests/Benchmarks/hot_paths.py --update")
    return found


def table(costs, budget):
    """Markdown: what was measured beside the budget."""
    lines = ["| path | instructions | budget | | allocations | budget |", "|---|---:|---:|---:|---:|---:|"]
    for name, cost in costs.items():
        known = budget.get("paths", {}).get(name)
        change = f"{cost.instructions / known['instructions'] - 1:+.1%}" if known else "new"
        lines.append(f"| {name} | {cost.instructions:,.0f} | {known['instructions'] if known else 0:,.0f} | {change} "
                     f"| {cost.allocations:.1f} | {known['allocations'] if known else 0:.1f} |")
    return "\n".join(lines)


def profile(bench, name, lines):
    """What callgrind_annotate says of a path, demangled."""
    *_, file = bench.count(name, 5 * MANY)
    text = subprocess.run(["callgrind_annotate", "--auto=no", str(file)], capture_output=True, text=True,
                          check=True).stdout
    demangle = shutil.which("swift-demangle")
    if demangle:
        text = subprocess.run([demangle, "--simplified"], input=text, capture_output=True, text=True, check=True).stdout
    print("\n".join(text.splitlines()[:lines]))
    print(f"\n{5 * MANY} operations and the start of the program")


def options():
    """The command line."""
    made = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    made.add_argument("paths", nargs="*", help="only these; the beginning of a name is enough")
    made.add_argument("--update", action="store_true", help="write what was measured as the budget")
    made.add_argument("--profile", metavar="PATH", help="instead: where this path spends its instructions")
    made.add_argument("--lines", type=int, default=60, help="of a profile (60)")
    return made.parse_args()


def run(given, directory):
    """The exit status."""
    bench = Bench(directory)
    if given.profile:
        if given.profile not in bench.names:
            raise CannotMeasure(f"{given.profile}: one of {', '.join(bench.names)}")
        profile(bench, given.profile, given.lines)
        return 0
    names = [name for name in bench.names if not given.paths or name.startswith(tuple(given.paths))]
    budget = json.loads(BUDGET.read_text(encoding="utf-8")) if BUDGET.exists() else {"toolchain": {}, "paths": {}}
    here = toolchain()
    costs = measure(bench, names)
    print(table(costs, budget))
    if given.update:
        paths = {**budget["paths"], **{name: {"instructions": round(cost.instructions),
                                              "allocations": round(cost.allocations, 1)} for name, cost in costs.items()}}
        paths = {name: paths[name] for name in bench.names if name in paths}
        BUDGET.write_text(json.dumps({"toolchain": here, "paths": paths}, indent=1) + "\n", encoding="utf-8")
        return 0
    if budget["toolchain"] != here:
        print(f"\nThe budget was made by {budget['toolchain']}, this is {here}: it holds with "
              f"{TOLERANCE_ELSEWHERE:.0%} of tolerance, and nothing is too cheap.")
    if given.paths:
        budget["paths"] = {name: allowed for name, allowed in budget["paths"].items() if name in names}
    found = faults(costs, budget, here)
    doubtful = [name for name in costs if any(fault.startswith(f"{name}:") for fault in found)]
    if doubtful:
        costs.update(measure(bench, doubtful, AGAIN))
        found = faults(costs, budget, here)
    print("\n" + ("\n".join(found) if found else "hot paths: every budget holds"))
    return 1 if found else 0


def main():
    """0 every budget holds, 1 one does not, 70 nothing could be measured."""
    try:
        # A socket's path is short.
        with tempfile.TemporaryDirectory(prefix="hot-paths-", dir="/tmp") as directory:
            return run(options(), directory)
    except (CannotMeasure, FileNotFoundError, subprocess.TimeoutExpired) as error:
        print(f"hot_paths.py: {error}", file=sys.stderr)
        return 70


if __name__ == "__main__":
    sys.exit(main())
