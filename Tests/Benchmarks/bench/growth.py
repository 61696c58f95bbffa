"""How the cost of one request grows with the data: rows are added step by step and the same request is measured."""

import json
from statistics import median

from . import archives, dataset, svg
from .cpu import Usage
from .curve import is_steep, sentence
from .instance import Instance
from .load import Expected, Requests, wrk
from .machine import Machine
from .measure import Scenario, run_scenario, say
from .report import GROWTH_DATA

TOKEN = {"PRIVATE-TOKEN": dataset.TOKEN}
MEMBERS = {10: "10", 100: "100", 1_000: "1k-members", 10_000: "10k-members", 100_000: "100k-members", 1_000_000: "1m"}
REF_PROJECT = 2
CLIENTS = (1, 10, 100, 1000)
# Rows go in by so many projects a statement, several statements at once.
PROJECTS_AT_ONCE = 1_000


class Growth:
    """The curves. Data only grow during a run, in an instance of its own that begins empty."""

    def __init__(self, options):
        self.options = options
        self.directory = options.data
        self.instance = Instance(f"{self.directory}/growth", options.binary, options.settings)
        self.curves = []
        # Wrong answers by curve: they are cheap, and a curve with them says nothing.
        self.errors = {}

    def run(self):
        """Prepares the instance, then measures one curve after the other."""
        paths = archives.provide(f"{self.directory}/archives", {"1k", *MEMBERS.values()})
        jobs = {size: 1_000 + number for number, size in enumerate(MEMBERS)}
        document = dataset.manifest(paths, [(jobs[size], name) for size, name in MEMBERS.items()])
        self.instance.directory.mkdir(parents=True, exist_ok=True)
        # Always from the beginning.
        (self.instance.directory / "loaded").unlink(missing_ok=True)
        self.instance.load(document, "SELECT 1")
        try:
            self.of_members(jobs)
            self.of_clients()
            self.of_pipelines()
            self.of_tokens()
            self.of_jobs()
        finally:
            self.instance.stop()
        return self.curves

    def requests(self, name, target, expected, clients=None):
        """The same request over and over."""
        return Requests(str(name), self.instance.port, target, expected, headers=TOKEN,
                        clients=clients or self.options.clients, roots=self.instance.roots)

    def interleaved(self, key, title, variants):
        """Points of variants that exist at the same time."""
        outcome = run_scenario(Scenario(key, title, variants), self.options.seconds, self.options.rounds)
        self.errors[key] = sum(result.errors + bool(result.failure) for result in outcome.results.values())
        return [(int(result.name), result.cpu()) for result in outcome.results.values() if result.cpu() is not None]

    def add(self, key, title, x_label, points):
        """A curve with its sentence."""
        if len(points) > 1:
            errors = self.errors.get(key, 0)
            curve = {"key": key, "title": title, "x": x_label, "points": points, "errors": errors}
            self.curves.append({**curve, "sentence": sentence(x_label, points, errors)})

    def of_members(self, jobs):
        expected = Expected.of(archives.log_text(2 * archives.KIB))
        variants = [self.requests(size, dataset.job_path(job, f"/{archives.WANTED}"), expected)
                    for size, job in jobs.items()]
        self.add("members", "2 KiB member by the archive's size", "members of the archive", self.interleaved("members", "by members", variants))

    def of_clients(self):
        expected = Expected.of(archives.log_text(2 * archives.KIB))
        target = dataset.job_path(1_000, f"/{archives.WANTED}")
        variants = [self.requests(count, target, expected, clients=count) for count in CLIENTS]
        self.add("clients", "2 KiB member by clients", "concurrent clients", self.interleaved("clients", "by clients", variants))

    def of_pipelines(self):
        expected, first, variants = Expected.of_file(f"{self.directory}/archives/1k.zip"), 10_000, []
        with self.instance.loading():
            for count in (1, 10, 100, 1_000, 10_000, 100_000):
                self.instance.sql(dataset.pipelines_of_ref(REF_PROJECT, f"ref-{count}", count, 0, first))
                first += count
                target = f"/api/v4/projects/{REF_PROJECT}/jobs/artifacts/ref-{count}/download?job=build"
                variants.append(self.requests(count, target, expected))
        self.add("pipelines", "Archive of 1 KiB by ref", "pipelines of the ref", self.interleaved("pipelines", "by ref", variants))

    def of_tokens(self):
        """Every user has one; a random one asks for a project that does not exist, which costs the look-up of the token."""
        points, users = [], 0
        for count in (1_000, 10_000, 100_000, 1_000_000):
            with self.instance.loading():
                self.instance.sql(dataset.users(users + 1, count))
            users = count
            points.append((count, self.random("tokens", 0, count, 404)))
        self.add("tokens", "Look-up of a stranger's token", "access tokens", points)

    def of_jobs(self):
        """A random one of the 5,000 users that have memberships asks; who is none of the project's members may, too."""
        points, projects, count = [], 0, 1_000
        while count <= self.options.growth_jobs:
            wanted = count // dataset.JOBS_A_PROJECT
            say(f"jobs: up to {count:,}")
            with self.instance.loading(), self.instance.without_indexes(("jobs", "artifacts")):
                self.instance.sql_at_once(dataset.masses(place, min(wanted, place + PROJECTS_AT_ONCE))
                                          for place in range(projects, wanted, PROJECTS_AT_ONCE))
                self.instance.sql("UPDATE projects SET visibility = 'public' WHERE visibility <> 'public';")
            projects = wanted
            points.append((count, self.random("jobs", projects, dataset.USERS, 200)))
            count *= 10
        self.add("jobs", "Archive of 1 KiB of a random job for a random user", "jobs", points)

    def random(self, key, projects, users, status):
        """Processor microseconds a request of random jobs; without projects all is there but the job's project."""
        costs = []
        arguments = [max(1, projects), users, dataset.FIRST_PROJECT, dataset.FIRST_JOB, dataset.JOBS_A_PROJECT]
        for _ in range(self.options.rounds):
            usage = Usage.begin(self.instance.roots)
            report = wrk(self.instance.port, "/", self.options.seconds, self.options.clients, script="random_jobs.lua",
                         arguments=arguments)
            wrong = report["statuses"] if status < 400 else report["requests"] - report["statuses"]
            self.errors[key] = self.errors.get(key, 0) + wrong + report["broken"]
            costs.append(sum(usage.seconds().values()) * 1e6 / report["requests"])
        return median(costs)


def grow(options):
    """The page and its data; 1 where a curve is too steep or answers were wrong."""
    machine = Machine()
    curves = Growth(options).run()
    about = ", ".join(f"{word} {value}" for word, value in machine.describe().items() if word in ("cores", "processor", "kernel"))
    note = (f"Processor time of one request, nginx, artifactd and PostgreSQL together; medians of {options.rounds} "
            f"round{'s' if options.rounds > 1 else ''} of {options.seconds:g} s. On {about}.")
    plots = [svg.Plot(curve["title"], curve["x"], "µs of processor time a request", curve["points"], curve["sentence"])
             for curve in curves]
    text = svg.page("Cost of one request as the data grow", note, plots)
    from .__main__ import write
    write(options.output, text)
    found = json.dumps({"machine": machine.describe(), "curves": curves}, indent=1)
    # For the target's row in later reports.
    write(f"{options.data}/{GROWTH_DATA}", found)
    if options.json:
        write(options.json, found)
    for curve in curves:
        say(f"{curve['title']}: {curve['sentence']}")
    return 1 if any(is_steep(curve["points"]) or curve["errors"] for curve in curves) else 0
