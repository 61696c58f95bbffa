"""The targets P1 to P13: what was measured for each, and whether it is met."""

from dataclasses import dataclass

from .curve import DEARER_A_DECADE, a_decade
from .peers import PEERS, GitLab
from .scenarios import CHECK, STATEMENT_CLIENTS

PEER_TITLES = tuple(kind.title for kind in PEERS)
# What P9 wants to be flat up to.
MANY_JOBS = 10_000_000


@dataclass(frozen=True)
class Target:
    """A row; `measured` is None where the run did not cover it."""

    number: str
    work: str
    wanted: str
    measured: float | None
    met: bool | None
    form: str = "{:.2f} ×"

    @property
    def measured_text(self):
        return "–" if self.measured is None else self.form.format(self.measured)

    @property
    def met_text(self):
        return "not measured" if self.met is None else ("yes" if self.met else "**no**")


def ratio(one, other):
    """A quotient, or None where either is missing or nothing."""
    return one / other if one and other else None


class Judge:
    """Answers what targets ask of the outcomes."""

    def __init__(self, outcomes):
        self.outcomes = outcomes

    def result(self, scenario, name):
        outcome = self.outcomes.get(scenario)
        return outcome.result(name) if outcome else None

    def value(self, scenario, name, get):
        """`get(result)`, or None without a result."""
        found = self.result(scenario, name)
        return get(found) if found else None

    def rate(self, scenario, name="artifactd"):
        return self.value(scenario, name, lambda result: result.rate)

    def cpu(self, scenario, name="artifactd", component=None):
        return self.value(scenario, name, lambda result: result.cpu(component))

    def time(self, scenario, name):
        return self.value(scenario, name, lambda result: result.median(lambda sample: sample.p50))

    def figure(self, scenario, figure, name="artifactd"):
        return self.value(scenario, name, lambda result: result.figure(figure))

    def best_peer(self, scenario, get=None):
        """The highest rate of any peer, or the least of what is got."""
        values = [(get or self.rate)(scenario, title) for title in PEER_TITLES]
        values = [value for value in values if value]
        return (min if get else max)(values) if values else None

    def best_of(self, scenario, wanted):
        """The variant of the highest rate, for a capacity: its rate and its name, or None and an empty text."""
        outcome = self.outcomes.get(scenario)
        results = [result for result in outcome.results.values() if result.samples and wanted(result.name)] if outcome else []
        best = max(results, key=lambda result: result.rate, default=None)
        return (best.rate, best.name) if best else (None, "")


def targets(outcomes, growth=None):
    """All rows, in order; `growth` is the data of an earlier `--growth`."""
    judge = Judge(outcomes)
    rows = []

    def at_least(number, work, least, value, form="{:.2f} ×", wanted=None):
        rows.append(Target(number, work, wanted or f"≥ {least:g} ×", value, None if value is None else value >= least, form))

    def at_most(number, work, most, value, form="{:.2f} ×", wanted=None):
        rows.append(Target(number, work, wanted or f"≤ {most:g} ×", value, None if value is None else value <= most, form))

    static, check = "nginx static", CHECK
    rate, best = judge.rate, judge.best_peer
    at_least("P1", "1 KiB archive, of the best peer's rate", 1.5, ratio(rate("archive-1k"), best("archive-1k")))
    at_least("P1", "1 KiB archive, of nginx static's rate", 0.28, ratio(rate("archive-1k"), rate("archive-1k", static)))
    at_least("P2", "100 MiB archive, of nginx static's rate", 0.97, ratio(rate("archive-100m"), rate("archive-100m", static)))
    at_least("P3", "2 KiB member of 10, of the best peer's rate", 1.7, ratio(rate("member-10"), best("member-10")))
    at_least("P3", "2 KiB member of 10, of the database check's rate", 0.85, ratio(rate("member-10"), rate("member-10", check)))
    at_least("P3", "2 KiB member of 10, of the rate of a process a file, as GitLab Workhorse does", 28,
             ratio(rate("member-10"), rate("member-10", GitLab.title)), "{:.1f} ×")
    at_most("P4", "first touch of 1,000,000 members, of that of 10", 1.25,
            ratio(judge.time("first-touch", "artifactd"), judge.time("first-touch", "artifactd, of 10")))
    at_least("P4", "first touch, times faster than the best peer's", 500,
             ratio(best("first-touch", judge.time), judge.time("first-touch", "artifactd")), "{:.0f} ×")
    at_least("P5", "100 MiB deflated log, of the best peer's rate", 2.5, ratio(rate("log-100m"), best("log-100m")))
    at_least("P5", "100 MiB deflated log, raw inflate's processor time of the back end's", 0.85,
             ratio(judge.cpu("log-100m", "raw inflate"), judge.cpu("log-100m", component="back end")))
    at_least("P6", "the same as gzip, of nginx static's rate", 0.7, ratio(rate("log-100m-gzip"), rate("log-100m-gzip", static)))
    at_most("P7", "last MiB of 1 GiB, time of the first MiB's", 5,
            ratio(judge.time("range-1g", "last MiB"), judge.time("range-1g", "first MiB")))
    for name in ("member", "archive"):
        at_least("P8", f"304, {name}, of the database check's rate", 0.9,
                 ratio(rate("not-modified", name), rate("not-modified", check)))
    statements, who = judge.best_of("authorisation", lambda name: "look-ups" not in name)
    at_least("P9", f"authorisation statements a second{who and f' ({who}, the best of {counts()})'}", 10_000, statements,
             "{:,.0f}", "≥ 10,000")
    lookups, who = judge.best_of("authorisation", lambda name: "look-ups" in name)
    at_least("P9", f"authorisation look-ups a second, several in a statement{who and f' ({who})'}", 10_000, lookups, "{:,.0f}",
             "≥ 10,000")
    at_most("P9", "what ten times as many jobs add to a request, up to 10,000,000", 100 * DEARER_A_DECADE, jobs_a_decade(growth),
            "{:+.0f} %", f"≤ {100 * DEARER_A_DECADE:.0f} %")
    at_most("P10", "by ref of 100,000 pipelines, time of by id's", 1.5,
            ratio(rate("by-ref", "by id"), rate("by-ref", "100,000 pipelines, newest 1,000 failed")))
    at_most("P11", "resident memory, idle", 32, judge.figure("memory", "idle MiB"), "{:.0f} MiB", "≤ 32 MiB")
    at_most("P11", "resident memory, 256 streams of 1 GiB", 96, judge.figure("memory", "peak MiB"), "{:.0f} MiB", "≤ 96 MiB")
    at_least("P12", "upload of 100 MiB, sha256sum + cp + fsync's time of its", 0.8,
             ratio(judge.time("upload-100m", "sha256sum+cp+fsync"), judge.time("upload-100m", "artifactd")))
    at_most("P12", uploads_at_once(outcomes), 128, judge.figure("uploads-64", "peak MiB"), "{:.0f} MiB", "≤ 128 MiB")
    deletion = deletion_text(outcomes)
    at_most("P13", f"{deletion}, answer's time of a one-row delete's", 5, judge.figure("delete-project", "answer / one row"))
    at_least("P13", f"{deletion}, rows a second", 5_000, judge.figure("delete-project", "rows a second"), "{:,.0f}", "≥ 5,000")
    at_least("P13", f"{deletion}, what downloads keep of their rate", 0.8, judge.figure("delete-project", "downloads kept"))
    return rows


def counts():
    """The numbers of clients, as words."""
    return ", ".join(map(str, STATEMENT_CLIENTS[:-1])) + f" and {STATEMENT_CLIENTS[-1]}"


def jobs_a_decade(growth):
    """In percent, by the curve over jobs, if it goes far enough and is right."""
    for curve in (growth or {}).get("curves", ()):
        if curve["key"] == "jobs" and curve["points"][-1][0] >= MANY_JOBS and not curve["errors"]:
            return 100 * a_decade(curve["points"])
    return None


def uploads_at_once(outcomes):
    """The burst may be smaller than the target's."""
    outcome = outcomes.get("uploads-64")
    return f"resident memory, {outcome.scenario.title if outcome else '64 uploads of 100 MiB at once'}"


def deletion_text(outcomes):
    """The number of rows may be smaller than the target's."""
    outcome = outcomes.get("delete-project")
    return outcome.scenario.title if outcome else "deletion of a project's 1,000,000 artifacts"
