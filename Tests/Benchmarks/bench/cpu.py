"""What processes cost, from /proc: processor time and memory of whole process trees."""

import os
from dataclasses import dataclass, field
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Process:
    """One line of /proc/PID/stat: the parent, and ticks of its own and of its children that were waited for."""

    parent: int
    ticks: int


def processes():
    """Every process of the machine by its number."""
    found = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                text = Path(entry.path, "stat").read_text(encoding="utf-8", errors="replace")
            except OSError:
                # It ended meanwhile.
                continue
            # The name in parentheses may hold anything, parentheses too.
            fields = text.rpartition(")")[2].split()
            found[int(entry.name)] = Process(int(fields[1]), sum(map(int, fields[11:15])))
    return found


def tree(root, table):
    """A process and all below it."""
    children = {}
    for pid, process in table.items():
        children.setdefault(process.parent, []).append(pid)
    wanted, reached = [root], []
    while wanted:
        pid = wanted.pop()
        if pid in table:
            reached.append(pid)
            wanted += children.get(pid, [])
    return reached


@dataclass
class Usage:
    """Processor seconds of each component since `begin`."""

    roots: dict
    begun: dict = field(default_factory=dict)

    @staticmethod
    def begin(roots):
        """Starts to count; `roots` names a process for each component."""
        usage = Usage(dict(roots))
        usage.begun = usage.ticks()
        return usage

    def ticks(self):
        """What each component has used up to now; a child that ended counts in its parent."""
        table = processes()
        return {name: sum(table[pid].ticks for pid in tree(root, table)) for name, root in self.roots.items()}

    def seconds(self):
        """Processor seconds by component."""
        return {name: (ticks - self.begun[name]) / TICK for name, ticks in self.ticks().items()}


def status_kib(pid, name):
    """A field of /proc/PID/status or smaps_rollup in KiB, or None."""
    source = "smaps_rollup" if name == "Pss" else "status"
    try:
        for line in Path(f"/proc/{pid}/{source}").read_text(encoding="utf-8").splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1])
    except OSError:
        pass
    return None


def resident_mib(root):
    """Resident memory of one process in MiB, as P11 counts it: mapped files of the store included."""
    return (status_kib(root, "VmRSS") or 0) / 1024


def memory_mib(root):
    """Memory of a process tree in MiB, where a page that several share counts once; resident sizes where that is secret."""
    table = processes()
    pids = tree(root, table)
    shares = [status_kib(pid, "Pss") for pid in pids]
    if None in shares:
        shares = [status_kib(pid, "VmRSS") or 0 for pid in pids]
    return sum(shares) / 1024


def steal_seconds():
    """Seconds that the hypervisor gave to others, of all processors, since boot; and all seconds."""
    fields = list(map(int, Path("/proc/stat").read_text(encoding="utf-8").split("\n", 1)[0].split()[1:]))
    return fields[7] / TICK, sum(fields[:8]) / TICK
