"""Where processor time goes: perf's samples of a process tree, as stacks by component."""

import re
import shutil
import signal
import subprocess
from collections import Counter
from dataclasses import dataclass, replace

from .cpu import processes, tree
from .errors import BenchError

# Samples a second that are asked for; without precise timers the kernel takes one a tick. Not a divisor of the kernel's ticks, or work that goes by them would be sampled in step.
FREQUENCY = 997
# Virtual machines have no hardware counters; the kernel's clock is everywhere.
EVENT = "cpu-clock"
# nginx and PostgreSQL come without frame pointers, so the stack is copied (this much) and unwound by the programs' tables.
UNWINDING = "dwarf,16384"
KERNEL = ("[kernel.kallsyms]", "[guest.kernel.kallsyms]")
OFFSET = re.compile(r"\+0x[0-9a-f]+$")
# How every program and thread begins says nothing.
BEGINNINGS = {"_start", "__libc_start_main", "__libc_start_call_main", "clone3", "start_thread"}
NOWHERE = "ffffffffffffffff"


@dataclass(frozen=True)
class Frame:
    """A function of a stack."""

    name: str
    in_kernel: bool
    # The program or library, without its directory.
    place: str


def require():
    """Raises where perf is missing or not permitted, with what it says itself."""
    if not shutil.which("perf"):
        raise BenchError("perf is not installed (Debian: linux-perf)")
    done = subprocess.run(["perf", "record", "--event", EVENT, "--output", "/dev/null", "--", "true"], capture_output=True,
                          text=True, check=False)
    if done.returncode != 0:
        raise BenchError("perf is not permitted here; as root, or with kernel.perf_event_paranoid at -1 and "
                         f"kernel.kptr_restrict at 0, it may be:\n{done.stderr.strip()[:2000]}")


def pids_of(roots):
    """All processes of each component."""
    table = processes()
    return {pid: name for name, root in roots.items() for pid in tree(root, table)}


def record(path, roots, work):
    """Samples the components while `work()` runs; returns its result and the stacks."""
    owners = pids_of(roots)
    command = ["perf", "record", "--event", EVENT, "--freq", FREQUENCY, "--call-graph", UNWINDING, "--output", path,
               "--pid", ",".join(map(str, owners))]
    with open(f"{path}.log", "wb") as log:
        process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            result = work()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()
    # Processes that came meanwhile are their parents' components'.
    return result, stacks(path, {**pids_of(roots), **owners})


def stacks(path, owners):
    """How often each stack was found: keys are the component and its frames, the outermost first."""
    command = ["perf", "script", "--input", str(path), "--fields", "pid,ip,sym,dso", "--no-inline"]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode != 0:
        raise BenchError(f"perf script: {done.stderr[-1000:]}")
    counted = Counter()
    for block in done.stdout.split("\n\n"):
        head, *lines = block.strip("\n").split("\n")
        pid = head.split()[0] if head.strip() else ""
        frames = readable([found for found in map(frame, reversed(lines)) if found])
        if pid.isdigit() and frames:
            counted[(owners.get(int(pid), "back end"), *frames)] += 1
    if not counted:
        raise BenchError("perf has found nothing: was there any load?")
    return demangled(counted)


def readable(frames):
    """Without the beginnings; functions in a row whose names are unknown count as one."""
    kept = []
    for each in frames:
        if each.name.partition("@")[0] not in BEGINNINGS and not (kept and each == kept[-1] and each.name.startswith("[")):
            kept.append(each)
    return kept


def frame(line):
    """A line of perf script: address, symbol, object in parentheses."""
    address, _, rest = line.strip().partition(" ")
    symbol, _, place = rest.rpartition(" (")
    # Where unwinding ended in nothing.
    if not address or address == NOWHERE:
        return None
    place = place.rstrip(")")
    symbol = OFFSET.sub("", symbol.strip())
    in_kernel = place in KERNEL or place.endswith(".ko") or address.startswith("ffffffff")
    place = "kernel" if in_kernel else place.rsplit("/", 1)[-1]
    if symbol in ("", "[unknown]"):
        symbol = place if in_kernel else f"[{place}]"
    return Frame(symbol, in_kernel, place)


def demangled(counted):
    """The same with Swift's names as one would write them, where a Swift toolchain is there."""
    names = sorted({each.name for _, *frames in counted for each in frames if each.name.startswith(("$s", "$S"))})
    swift = shutil.which("swift")
    if not names or not swift:
        return counted
    done = subprocess.run([swift, "demangle", "--simplified"], input="\n".join(names) + "\n", capture_output=True, text=True,
                          check=False)
    plain = done.stdout.splitlines()
    if done.returncode != 0 or len(plain) != len(names):
        return counted
    known = dict(zip(names, plain))
    renamed = Counter()
    for (component, *frames), count in counted.items():
        renamed[(component, *(replace(each, name=known.get(each.name, each.name)) for each in frames))] += count
    return renamed
