"""`--profile`: where the time of one scenario goes, as a flame graph and as an extract for people."""

import os
import re
import textwrap
from collections import Counter
from pathlib import Path

from . import perf, syscalls
from .errors import BenchError
from .flame import TITLES, flame_graph
from .load import Requests
from .machine import Machine
from .measure import say
from .report import COMPONENTS, number, table
from .scenarios import Scenarios
from .stage import Stage

SYMBOLS, CALLS = 12, 10
# Names of generic code are long; the flame graph has them in full.
LONGEST = 96
LIBRARY_VERSION = re.compile(r"(-[0-9.]+)?\.so[0-9.]*$")


def profile(options):
    """Measures, and returns the extract and the page; 1 where answers were wrong."""
    perf.require()
    syscalls.require()
    machine = Machine()
    with Stage(options) as stage:
        name, = options.scenarios
        scenario = Scenarios(stage).all()[name]()
        try:
            variant = profiled(scenario)
            variant.check()
            # Connections, plans and caches are there before the first sample.
            variant.measure(1)
            say(f"{name}: sampling for {options.seconds:g} s")
            sample, stacks = perf.record(stage.work / "perf.data", variant.roots, lambda: variant.measure(options.seconds))
            say(f"{name}: counting system calls")
            calls = syscalls.a_request(stage.work, variant.roots, variant.measure)
        finally:
            if scenario.after:
                scenario.after()
    clients = variant.clients
    title = f"Where the processor time goes: {scenario.title}"
    note = (f"{sum(stacks.values()):,} samples in {options.seconds:g} s, {clients} clients. In brackets: functions of a program "
            "that comes without their names.")
    text = extract(scenario, clients, options, machine, sample, stacks, calls)
    return text, flame_graph(stacks, title, note), 1 if sample.errors else 0


def profiled(scenario):
    """artifactd's requests among the variants, or else the first ones of any."""
    found = [each for each in scenario.variants if isinstance(each, Requests) and "back end" in each.roots]
    if not found:
        raise BenchError(f"{scenario.key} has no requests that could be profiled")
    return next((each for each in found if each.name == "artifactd"), found[0])


def extract(scenario, clients, options, machine, sample, stacks, calls):
    """Markdown: shares by component, system calls, the functions that took most themselves."""
    about = machine.describe()
    link = ""
    if options.flame_graph:
        base = Path(options.into).resolve().parent if options.into else Path.cwd()
        link = f" [Flame graph]({os.path.relpath(options.flame_graph, base)})."
    how = (
        f"**{scenario.title}**, {clients} clients, {about['cores']} cores ({about['processor']}, Linux {about['kernel']}, "
        f"steal {about['steal']}, load before {about['load before']}), "
        f"{number(sample.rate)} requests a second while sampled, {number(microseconds(sample))} µs of processor time each; "
        f"{sum(stacks.values()):,} samples by `perf`, event `{perf.EVENT}`.{link} Names in brackets stand for functions that the "
        "program comes without a name for; what the kernel does while interrupts are off shows where it lets them in again "
        "(`finish_task_switch`, `_raw_spin_unlock_irqrestore`).")
    parts = [
        textwrap.fill(how, 130, break_long_words=False, break_on_hyphens=False),
        shares(sample, stacks, calls),
        *(symbols(component, stacks) for component in COMPONENTS if component in {key[0] for key in stacks}),
    ]
    return "\n\n".join(parts) + "\n"


def microseconds(sample):
    """Of processor time a request, all components together."""
    return 1e6 * sum(sample.cpu.values()) / sample.requests


def shares(sample, stacks, calls):
    """A row for each component."""
    everything, rows = sum(stacks.values()), []
    for component in COMPONENTS:
        own = {key: count for key, count in stacks.items() if key[0] == component}
        total = sum(own.values())
        if not total:
            continue
        kernel = sum(count for key, count in own.items() if key[-1].in_kernel)
        made = calls.get(component, {})
        most = ", ".join(f"{name} {count:.2f}" for name, count in sorted(made.items(), key=lambda each: -each[1])[:CALLS]
                         if count >= 0.005)
        rows.append([TITLES[component], f"{100 * total / everything:.0f} %", number(1e6 * sample.cpu[component] / sample.requests),
                     f"{100 * (total - kernel) / total:.0f} % / {100 * kernel / total:.0f} %", f"{sum(made.values()):.1f}", most])
    headings = ("", "share", "µs a request", "user / kernel", "system calls a request", "of these")
    text = table(headings, rows, 1).split("\n")
    # The list of calls reads from the left.
    text[1] = text[1].removesuffix("---: |") + "--- |"
    return "\n".join(text)


def symbols(component, stacks):
    """Which programs and libraries took the processor time, and which functions most, without what they call."""
    own, places = Counter(), Counter()
    for (owner, *frames), count in stacks.items():
        if owner == component:
            own[frames[-1]] += count
            places[LIBRARY_VERSION.sub("", frames[-1].place)] += count
    total = sum(own.values())
    where = ", ".join(f"{place} {100 * count / total:.0f} %" for place, count in places.most_common() if count >= total / 100)
    rows = [[f"{100 * count / total:.1f} %", "kernel" if leaf.in_kernel else "", f"`{shortened(leaf.name)}`"]
            for leaf, count in own.most_common(SYMBOLS)]
    lines = table((f"of {TITLES[component]}", "", "function, without what it calls"), rows, 3).split("\n")
    lines[1] = "| ---: | --- | --- |"
    return f"{TITLES[component]}: {where}.\n\n" + "\n".join(lines)


def shortened(name):
    """A name that fits a table."""
    name = name.replace("|", "¦").replace("`", "'")
    return name if len(name) <= LONGEST else name[:LONGEST - 1] + "…"
