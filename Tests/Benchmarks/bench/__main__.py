"""`python3 -m bench`, which deploy/bench runs."""

import signal
import sys
from pathlib import Path

from . import document, report
from .errors import BenchError
from .machine import Machine
from .measure import run_scenario, say
from .options import parse
from .scenarios import Scenarios
from .smoke import smoke
from .stage import Stage


def measure(options):
    """Every scenario that was asked for, and the report."""
    machine = Machine()
    outcomes = {}
    with Stage(options) as stage:
        known = Scenarios(stage).all()
        for name in options.scenarios:
            outcomes[name] = run_scenario(known[name](), options.seconds, options.rounds)
        growth = report.growth_of(options)
        write(options.output, report.markdown(stage, machine, outcomes, growth))
        if options.json:
            write(options.json, report.data(stage, machine, outcomes, growth))
        if options.into:
            document.put_into(options.into, options.marker, report.summary(stage, machine, outcomes, growth))
    failed = [f"{outcome.scenario.key}: {result.name}" for outcome in outcomes.values()
              for result in outcome.results.values() if result.failure or result.errors]
    if failed:
        say("with errors: " + ", ".join(failed))
    return 1 if failed else 0


def profile(options):
    """The extract and the flame graph of one scenario."""
    from .profile import profile as take
    text, page, status = take(options)
    if options.into:
        document.put_into(options.into, options.marker, text)
    if options.output or not options.into:
        write(options.output, text)
    if options.flame_graph:
        write(options.flame_graph, page)
    return status


def write(name, text):
    """To a file, or to standard output."""
    if name is None:
        sys.stdout.write(text)
    else:
        Path(name).write_text(text, encoding="utf-8")


def main():
    """The exit status: 0 measured, 1 something answered wrongly or failed, 64 usage, 70 it could not run."""
    options = parse(sys.argv[1:])
    # Becomes an exception, so that everything is stopped.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(130))
    try:
        if options.into:
            document.require_markers(options.into, options.marker)
        if options.smoke:
            return smoke(options)
        if options.growth:
            from .growth import grow
            return grow(options)
        if options.soak:
            from .soak import soak
            return soak(options)
        if options.leaks:
            from .leaks import leaks
            return leaks(options)
        if options.profile:
            return profile(options)
        return measure(options)
    except BenchError as error:
        say(f"deploy/bench: {error}")
        return 70
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
