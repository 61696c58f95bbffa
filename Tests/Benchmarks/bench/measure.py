"""Interleaved rounds: A B C A B C …, so that what the machine does meanwhile hits all alike."""

import statistics
import sys
from dataclasses import dataclass, field

from .errors import BenchError


@dataclass
class Scenario:
    """Work that several variants do; `baseline` is whose rate the others are compared with."""

    key: str
    title: str
    variants: list
    baseline: str = "artifactd"
    # A shorter list of rounds where one round says enough, as for memory.
    rounds: int | None = None
    # For what brings its own preparations and clean-up.
    before: object = None
    after: object = None


@dataclass
class Result:
    """All samples of one variant."""

    name: str
    samples: list = field(default_factory=list)
    # Why there are none.
    failure: str = ""

    def median(self, value):
        """The median of `value(sample)` over the rounds, or None where no round has it."""
        values = [found for found in map(value, self.samples) if found is not None]
        return statistics.median(values) if values else None

    @property
    def rate(self):
        return self.median(lambda sample: sample.rate)

    @property
    def spread(self):
        """The lowest and highest rate."""
        rates = [sample.rate for sample in self.samples]
        return (min(rates), max(rates)) if rates else (None, None)

    def cpu(self, component=None):
        """Processor microseconds a request, of one component or in all."""
        def value(sample):
            if not sample.requests or not sample.cpu or (component is not None and component not in sample.cpu):
                return None
            seconds = sum(sample.cpu.values()) if component is None else sample.cpu[component]
            return 1e6 * seconds / sample.requests
        return self.median(value)

    def figure(self, name):
        """The median of a figure of the scenario's own."""
        return self.median(lambda sample: sample.figures.get(name))

    @property
    def errors(self):
        return sum(sample.errors for sample in self.samples)


@dataclass
class Outcome:
    """A scenario and what came of it."""

    scenario: Scenario
    results: dict

    def result(self, name):
        """The result of a variant, or None."""
        found = self.results.get(name)
        return found if found is not None and found.samples else None


def run_scenario(scenario, seconds, rounds):
    """Checks every variant, then measures them in turns. A variant that fails is left out and says why."""
    say(f"{scenario.key}: {scenario.title}")
    if scenario.before:
        scenario.before()
    try:
        results = {variant.name: Result(variant.name) for variant in scenario.variants}
        usable = [variant for variant in scenario.variants if attempt(results[variant.name], variant.check)]
        for turn in range(min(rounds, scenario.rounds or rounds)):
            # Each begins once: what went before leaves its mark on the caches.
            first = turn % max(1, len(usable))
            for variant in usable[first:] + usable[:first]:
                if not results[variant.name].failure and turn < (variant.rounds or rounds):
                    attempt(results[variant.name], lambda chosen=variant: results[chosen.name].samples.append(
                        chosen.measure(seconds)))
        return Outcome(scenario, results)
    finally:
        if scenario.after:
            scenario.after()


def attempt(result, work):
    """Whether it worked; the failure stays with the result."""
    try:
        work()
    except (BenchError, OSError) as error:
        result.failure = str(error)
        say(f"  {result.name}: {error}")
        return False
    return True


def say(text):
    """Progress, on standard error."""
    print(text, file=sys.stderr, flush=True)
