"""The report: Markdown for people, JSON for programs."""

import json
import textwrap
from dataclasses import asdict
from pathlib import Path

from .targets import targets

COMPONENTS = ("nginx", "back end", "postgres")
HEADINGS = ("", "req/s", "spread", "MB/s", "p50 ms", "p99 ms", "nginx µs", "back end µs", "postgres µs", "MiB", "errors",
            "of it")


def number(value, digits=None):
    """About three significant digits, thousands grouped; a dash for nothing."""
    if value is None:
        return "–"
    if digits is None:
        digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}"


def row(cells):
    return "| " + " | ".join(cells) + " |"


def table(headings, rows, numbers_from=1):
    """A Markdown table; columns from that one on are aligned right."""
    rule = ["---" if place < numbers_from else "---:" for place in range(len(headings))]
    return "\n".join([row(headings), row(rule), *map(row, rows)])


def cells(result, baseline):
    """One variant's row."""
    if not result.samples:
        return [result.name, f"failed: {result.failure.splitlines()[0]}", *[""] * (len(HEADINGS) - 2)]
    low, high = result.spread
    milliseconds = [result.median(lambda sample, name=name: getattr(sample, name)) for name in ("p50", "p99")]
    share = baseline.rate / result.rate if baseline is not None and baseline.rate and result.rate else None
    return [
        result.name, number(result.rate), f"{number(low)}–{number(high)}",
        number(result.median(lambda sample: sample.bytes / sample.seconds / 1e6 if sample.bytes else None)),
        *(number(None if value is None else 1e3 * value) for value in milliseconds),
        *(number(result.cpu(component)) for component in COMPONENTS),
        number(result.median(lambda sample: sample.memory)), str(result.errors),
        "1" if result is baseline else (f"{number(share)} ×" if share else "–"),
    ]


def section(outcome):
    """One scenario: heading and table, then figures that only it has."""
    baseline = outcome.result(outcome.scenario.baseline)
    headings = [*HEADINGS[:-1], f"{outcome.scenario.baseline} / this"]
    lines = [f"### {outcome.scenario.title}", "",
             table(headings, [cells(result, baseline) for result in outcome.results.values()])]
    figures = []
    for result in outcome.results.values():
        names = dict.fromkeys(name for sample in result.samples for name in sample.figures)
        if names:
            figures.append(f"{result.name}: " + ", ".join(f"{name} {number(result.figure(name))}" for name in names) + ".")
    return "\n".join([*lines, *(["", *figures] if figures else [])])


# In the data directory, by --growth.
GROWTH_DATA = "growth.json"

NOTES = """\
Medians of interleaved rounds; "spread" is the lowest and the highest. Microseconds are processor time a request, by
component; MiB is the back end's memory, shared pages counted once. "FastCGI hello" is libfcgi with 16 threads and fixed
text, "unknown route" artifactd without the database, "database check alone" artifactd's 403 for an archive that nobody may
read. The peers apply the same rules to the same columns, by a statement for each request, on pools of 16 connections, behind an
nginx of the same configuration, and keep a directory of each archive where their language can. artifactd runs as deploy/run
starts it, with its audit trail and nginx's log. "GitLab Workhorse's way" is a stand-in: a process for each file, as Workhorse has, but the statement instead of Rails."""


def growth_of(options):
    """What the last `--growth` with the same data directory found, or None."""
    try:
        return json.loads(Path(options.data, GROWTH_DATA).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def summary(stage, machine, outcomes, growth):
    """How it was measured, and the targets."""
    options = stage.options
    about = [f"{word}: {value}" for word, value in machine.describe().items()]
    settings = ", ".join(f"{name}={value}" for name, value in options.settings.items())
    how = (f"By `deploy/bench`, {options.rounds} round{'s' if options.rounds > 1 else ''} of {options.seconds:g} s, "
           f"{options.clients} clients where nothing else is said{settings and f', {settings}'}; everything ran on one machine. "
           + "; ".join(about) + ".")
    return "\n\n".join([
        textwrap.fill(how, 130, break_long_words=False, break_on_hyphens=False),
        table(("", "work", "target", "measured", "met"),
              [[each.number, each.work, each.wanted, each.measured_text, each.met_text]
               for each in targets(outcomes, growth)], 2),
    ]) + "\n"


def markdown(stage, machine, outcomes, growth):
    """The whole report."""
    parts = [
        summary(stage, machine, outcomes, growth).rstrip("\n"),
        *(section(outcome) for outcome in outcomes.values()),
        NOTES,
    ]
    parts += [f"{title} was left out: {reason}." for title, reason in stage.absent.items()]
    return "\n\n".join(parts) + "\n"


def data(stage, machine, outcomes, growth):
    """Everything as JSON."""
    return json.dumps({
        "machine": machine.describe(), "rounds": stage.options.rounds, "seconds": stage.options.seconds,
        "clients": stage.options.clients, "settings": stage.options.settings,
        "targets": [{**asdict(each)} for each in targets(outcomes, growth)],
        "scenarios": {
            key: {"title": outcome.scenario.title, "variants": {
                name: {"failure": result.failure, "samples": [asdict(sample) for sample in result.samples]}
                for name, result in outcome.results.items()}}
            for key, outcome in outcomes.items()},
    }, indent=1)
