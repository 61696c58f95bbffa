"""Does everything start, do all answer the same bytes, and refuse whom they must? Measures next to nothing."""

from . import dataset
from .http import ask
from .measure import run_scenario, say
from .scenarios import WANTED, Scenarios
from .stage import Stage

STRANGER = {"PRIVATE-TOKEN": "glpat-unknown-unknown-0"}


def smoke(options):
    """0 where all is well."""
    options.rounds, options.seconds, options.clients = 1, 1, 4
    faults = []
    with Stage(options) as stage:
        known = Scenarios(stage).all()
        for name in options.scenarios:
            outcome = run_scenario(known[name](), options.seconds, options.rounds)
            # Every variant was compared with the archive's own bytes before it was measured.
            faults += [f"{name}: {result.name}: {result.failure or 'wrong answers'}" for result in outcome.results.values()
                       if result.failure or result.errors]
        for name in ("artifactd", *stage.peers):
            faults += refusals(name, stage.port(name))
        absent = list(stage.absent)
    for fault in faults:
        say(f"smoke: {fault}")
    print(f"bench smoke: {'FAILED' if faults else 'ok'}, peers: {', '.join(stage.peers) or 'none'}"
          + (f"; left out: {', '.join(absent)}" if absent else ""))
    return 1 if faults else 0


def refusals(name, port):
    """A peer that lets everybody in would not do the same work."""
    cases = [
        ("an unknown token", dataset.job_path(1), STRANGER, 401),
        ("an archive that nobody may read", dataset.job_path(dataset.FORBIDDEN_JOB, WANTED), None, 403),
        ("an unknown job", dataset.job_path(4_000_000_000), None, 404),
        ("an unknown member", dataset.job_path(2, "/nothing.txt"), None, 404),
    ]
    for what, target, headers, wanted in cases:
        status = ask(port, target, headers or {"PRIVATE-TOKEN": dataset.TOKEN}).status
        if status != wanted:
            yield f"{name}: {what} is answered with {status}, not {wanted}"
