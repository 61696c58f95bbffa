"""The options of deploy/bench."""

import argparse
import os
from dataclasses import dataclass, field
from pathlib import Path

from . import archives
from .scenarios import ARCHIVES_OF, NAMES

DESCRIPTION = """\
Measures artifactd side by side with what one would write instead, and with the limits of the parts that it is made of, on
this machine. What is missing is installed first (Debian packages), the release binary is built (ARTIFACTD_BENCH_BINARY
names another), and nginx, a private PostgreSQL, artifactd and the peers are started on loopback. Everything ends with it."""


@dataclass
class Options:
    """What was asked for, complete."""

    binary: str
    data: str
    scenarios: tuple
    clients: int = 16
    rounds: int = 5
    seconds: float = 4
    peers: bool = True
    quick: bool = False
    smoke: bool = False
    growth: bool = False
    growth_jobs: int = 1_000_000
    soak: int | None = None
    leaks: int | None = None
    profile: bool = False
    flame_graph: str | None = None
    into: str | None = None
    output: str | None = None
    json: str | None = None
    settings: dict = field(default_factory=dict)

    @property
    def marker(self):
        """What the markers in the document are called."""
        return f"profile-{self.scenarios[0]}" if self.profile else "benchmark"

    @property
    def archives(self):
        """The archives that the scenarios need."""
        return {"1k", "10"}.union(*(ARCHIVES_OF.get(name, ()) for name in self.scenarios))


def default_data():
    """Root's home is closed to the service user."""
    if os.geteuid() == 0:
        return "/var/cache/artifactd-bench"
    return str(Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "artifactd-bench")


def positive(kind):
    """A number above 0."""
    def parse(text):
        value = kind(text)
        if value <= 0:
            raise ValueError(text)
        return value
    parse.__name__ = kind.__name__
    return parse


def setting(text):
    """NAME=VALUE, without the prefix."""
    name, equals, value = text.partition("=")
    if not (equals and name):
        raise ValueError(text)
    return f"ARTIFACTD_{name.removeprefix('ARTIFACTD_').upper()}", value


def parser():
    """The command line."""
    made = argparse.ArgumentParser(prog="deploy/bench", description=DESCRIPTION,
                                   formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--quick", action="store_true", help="about five minutes: 2 rounds of 1 s, smaller bursts")
    made.add_argument("--scenario", nargs="+", metavar="NAME", choices=NAMES, help="only these: " + ", ".join(NAMES))
    made.add_argument("--clients", type=positive(int), default=16, metavar="N", help="connections for small answers (16)")
    made.add_argument("--rounds", type=positive(int), metavar="N", help="rounds, of which the median counts (5; 2 with --quick, 1 for --profile)")
    made.add_argument("--seconds", type=positive(float), metavar="N", 
                      help="seconds of each measurement in a round (4; 1 with --quick, 2 for --growth, 10 for --profile)")
    made.add_argument("--no-peers", action="store_true", help="artifactd and the limits only")
    made.add_argument("--set", action="append", type=setting, default=[], metavar="NAME=VALUE",
                      help="a setting of artifactd, such as AUDIT=off; the default is its own")
    made.add_argument("--output", metavar="FILE", help="the Markdown report (standard output)")
    made.add_argument("--json", metavar="FILE", help="all samples")
    made.add_argument("--into", metavar="FILE", help="also: the table of targets between the lines <!-- benchmark:begin --> and "
                      "<!-- benchmark:end --> of a document, such as README.md; not for --growth, --soak and --leaks")
    made.add_argument("--data", default=default_data(), metavar="DIR", help="kept between runs: archives, instance (%(default)s)")
    made.add_argument("--growth", action="store_true",
                      help="instead: the cost of one request as the data grow; --output is the SVG page, --json its data")
    made.add_argument("--growth-jobs", type=positive(int), default=1_000_000, metavar="N",
                      help="up to so many jobs (1000000; 10000000 takes ten minutes in all and 12 GB)")
    made.add_argument("--soak", type=positive(int), nargs="?", const=1_000_000, metavar="N",
                      help="instead: does memory grow over so many requests of all kinds? (1000000)")
    made.add_argument("--leaks", type=positive(int), nargs="?", const=1_000, metavar="N",
                      help="instead: does valgrind find that requests lose memory? Runs of N and of 3 N requests (1000)")
    made.add_argument("--profile", choices=NAMES, metavar="SCENARIO",
                      help="instead: where artifactd's, nginx's and PostgreSQL's time goes in that scenario, by perf and strace; "
                      "--into's lines are <!-- profile-SCENARIO:begin --> and <!-- profile-SCENARIO:end -->")
    made.add_argument("--flame-graph", metavar="FILE", help="of the profile, as SVG")
    made.add_argument("--smoke", action="store_true",
                      help="instead: does everything start, and answer the same bytes? In less than a minute")
    return made


def parse(arguments):
    """Options, with the defaults of the mode."""
    given = parser().parse_args(arguments)
    rounds, seconds = (2, 1) if given.quick else (5, 2) if given.growth else (1, 10) if given.profile else (5, 4)
    names = tuple(name for name in NAMES if name in given.scenario) if given.scenario else NAMES
    if given.smoke:
        names = ("archive-1k", "member-10")
    elif given.growth or given.soak or given.leaks:
        names = ()
    elif given.profile:
        names = (given.profile,)
    # A profile is artifactd's.
    peers = not (given.no_peers or given.profile)
    return Options(
        binary=os.environ["BENCH_BINARY"], data=os.path.realpath(given.data), scenarios=names, clients=given.clients,
        rounds=given.rounds or rounds, seconds=given.seconds or seconds, peers=peers, quick=given.quick,
        smoke=given.smoke, growth=given.growth, growth_jobs=given.growth_jobs, soak=given.soak, leaks=given.leaks,
        profile=bool(given.profile), flame_graph=given.flame_graph, into=given.into, output=given.output, json=given.json,
        settings=dict(given.set))


assert set(ARCHIVES_OF) <= set(NAMES) and {"1k", "10"} <= set(archives.ARCHIVES)
