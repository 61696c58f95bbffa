"""What the instance holds: a manifest for what is downloaded, SQL for the masses around it."""

from . import archives

TOKEN = "glpat-" + "bench" * 4
PROJECT = 1
# The job of each archive, and the one whose archive nobody may read: its answer is the database check alone.
JOBS = {"1k": 1, "10": 2, "50k": 3, "1m": 4, "log": 5, "blob": 6, "huge": 7}
FORBIDDEN_JOB = 99
SHA = "0ff3ae198f8601a285adcf5c0fff204ee6fba5fd"
GROUP = 10

# Refs with many pipelines, each in a project of its own: how many, and how many of the newest failed.
REFS = {"many": (2, 10_000, 0), "huge": (3, 100_000, 1_000)}

# The masses: so many projects with 200 jobs and 50 members each.
PROJECTS = 1_000
JOBS_A_PROJECT, JOBS_A_PIPELINE, MEMBERS_A_PROJECT = 200, 20, 50
USERS = 5_000
FIRST_PROJECT, FIRST_USER, FIRST_JOB = 1_000_000, 1_000_000, 100_000_000

# Running jobs that uploads go to.
UPLOAD_PROJECTS, UPLOAD_JOBS = 16, 40_000
FIRST_UPLOAD_PROJECT, FIRST_UPLOAD_JOB = 101, 10_000_000
# The project whose artifacts are deleted at once, and one whose jobs' are one by one.
DELETED_PROJECT, FIRST_DELETED_JOB = 201, 20_000_000
SINGLE_PROJECT, FIRST_SINGLE_JOB, SINGLE_JOBS = 202, 30_000_000, 1_000


def job_path(job, rest=""):
    """The target of a job's archive, or of something in it."""
    return f"/api/v4/projects/{PROJECT}/jobs/{job}/artifacts{rest}"


def ref_path(ref):
    """The target of the archive of the latest job `build` of one of REFS."""
    return f"/api/v4/projects/{REFS[ref][0]}/jobs/artifacts/{ref}/download?job=build"


def manifest(paths, more_jobs=()):
    """The document for `artifactd apply`; `paths` has the archives by name."""
    def job(number, path, **extra):
        artifact = {"type": "archive", "file": str(path), "filename": "artifacts.zip", **extra}
        return {"id": number, "name": f"job-{number}", "status": "success", "artifacts": [artifact]}

    jobs = [job(JOBS[name], paths[name]) for name in JOBS if name in paths]
    jobs.append(job(FORBIDDEN_JOB, paths["10"], access="none"))
    jobs += [job(number, paths[name]) for number, name in more_jobs]
    pipeline = {"id": 1, "key": "bench", "ref": "main", "sha": SHA, "jobs": jobs}
    user = {"username": "bench", "id": 1, "access_tokens": [{"name": "bench", "token": TOKEN, "scopes": ["api"]}]}
    members = [{"user": "bench", "role": "maintainer"}]
    refs = [{"path": f"acme/{ref}", "id": project, "visibility": "private"} for ref, (project, _, _) in REFS.items()]
    uploads = [{"path": f"acme/upload-{number}", "id": FIRST_UPLOAD_PROJECT + number} for number in range(UPLOAD_PROJECTS)]
    others = [{"path": "acme/deleted", "id": DELETED_PROJECT}, {"path": "acme/single", "id": SINGLE_PROJECT}]
    return {
        "users": [user],
        "groups": [{"path": "acme", "id": GROUP, "visibility": "private", "members": members}],
        "projects": [{"path": "acme/bench", "id": PROJECT, "visibility": "private", "pipelines": [pipeline]},
                     *refs, *uploads, *others],
    }


# Between parents and children: a session keeps the plan of its foreign key checks, and one that was made when the parents'
# table was small reads all of it for each child.
ANALYZE = "ANALYZE pipelines, jobs;"

# The archive that rows of the masses refer to.
SMALL = "(SELECT c.id FROM contents c JOIN artifacts a ON a.content_id = c.id WHERE a.job_id = 1)"


def users(first, last):
    """Users by their numbers from 1, each with an access token."""
    return unchecked(f"""
        INSERT INTO users (id, username) SELECT {FIRST_USER} + n, 'user-' || n FROM generate_series({first}, {last}) n;
        INSERT INTO access_tokens (user_id, name, token_digest, scopes)
        SELECT {FIRST_USER} + n, 'bench', sha256(('glpat-bench-' || n)::bytea), '{{api}}'
        FROM generate_series({first}, {last}) n;""")


def member(project, place):
    """The SQL expression for a member of a project of the masses, by numbers from 0."""
    return f"{FIRST_USER} + 1 + ({project} * {MEMBERS_A_PROJECT} + {place}) * 7 % {USERS}"


def masses(first, last):
    """Projects by their numbers from 0 up to before `last`, with members, pipelines, jobs and artifacts."""
    return f"""
        INSERT INTO projects (id, group_id, path, name)
        SELECT {FIRST_PROJECT} + n, {GROUP}, 'acme/mass-' || n, 'mass-' || n FROM generate_series({first}, {last - 1}) n;
        INSERT INTO routes (path_key, path, project_id)
        SELECT path, path, id FROM projects WHERE id BETWEEN {FIRST_PROJECT + first} AND {FIRST_PROJECT + last - 1};
        {unchecked(rows_of_masses(first, last))}"""


def rows_of_masses(first, last):
    """What belongs to these projects, and what is counted of it."""
    pipelines = JOBS_A_PROJECT // JOBS_A_PIPELINE
    begin, end = first * JOBS_A_PROJECT, last * JOBS_A_PROJECT - 1
    return f"""
        INSERT INTO members (user_id, project_id, role)
        SELECT {member("n", "k")}, {FIRST_PROJECT} + n, 30
        FROM generate_series({first}, {last - 1}) n, generate_series(0, {MEMBERS_A_PROJECT - 1}) k;
        INSERT INTO pipelines (id, project_id, iid, ref, sha, status, keep_latest)
        SELECT {FIRST_JOB} + n, {FIRST_PROJECT} + n / {pipelines}, n % {pipelines} + 1, 'main', '{SHA}', 'success', false
        FROM generate_series({first * pipelines}, {last * pipelines - 1}) n;
        INSERT INTO jobs (id, project_id, pipeline_id, name, status)
        SELECT {FIRST_JOB} + n, {FIRST_PROJECT} + n / {JOBS_A_PROJECT}, {FIRST_JOB} + n / {JOBS_A_PIPELINE},
               'job-' || n % {JOBS_A_PIPELINE}, 'success'
        FROM generate_series({begin}, {end}) n;
        INSERT INTO artifacts (project_id, pipeline_id, job_id, file_type, file_format, filename, size, content_id, locked)
        SELECT {FIRST_PROJECT} + n / {JOBS_A_PROJECT}, {FIRST_JOB} + n / {JOBS_A_PIPELINE}, {FIRST_JOB} + n,
               'archive', 'zip', 'artifacts.zip', 1024, {SMALL}, false
        FROM generate_series({begin}, {end}) n;
        INSERT INTO project_statistics (project_id, job_artifacts_size, job_artifacts_count)
        SELECT {FIRST_PROJECT} + n, {1024 * JOBS_A_PROJECT}, {JOBS_A_PROJECT} FROM generate_series({first}, {last - 1}) n;"""


def unchecked(statements):
    """The statements without triggers: neither foreign keys are looked up, nor is usage counted."""
    return f"SET session_replication_role = replica; {statements} SET session_replication_role = origin;"


def artifacts(jobs):
    """An archive, always the small one, for the jobs of the condition."""
    return f"""
        {ANALYZE}
        INSERT INTO artifacts (project_id, pipeline_id, job_id, file_type, file_format, filename, size, content_id, locked)
        SELECT project_id, pipeline_id, id, 'archive', 'zip', 'artifacts.zip', 1024, {SMALL}, false
        FROM jobs WHERE {jobs};"""


def pipelines_of_ref(project, ref, count, failed, first):
    """Pipelines of one ref, each with a job `build`; the newest that did not fail has an archive."""
    latest = first + count - failed - 1
    return f"""
        INSERT INTO pipelines (id, project_id, iid, ref, sha, status, keep_latest)
        SELECT {first} + n, {project}, {first} + n, '{ref}', '{SHA}',
               CASE WHEN n < {count - failed} THEN 'success' ELSE 'failed' END, false
        FROM generate_series(0, {count - 1}) n;
        {ANALYZE}
        INSERT INTO jobs (id, project_id, pipeline_id, name, status)
        SELECT {first} + n, {project}, {first} + n, 'build', CASE WHEN n < {count - failed} THEN 'success' ELSE 'failed' END
        FROM generate_series(0, {count - 1}) n;
        {artifacts(f"id = {latest}")}"""


def running_jobs():
    """The jobs that uploads go to, 100 a pipeline."""
    first_pipeline = FIRST_UPLOAD_JOB
    return f"""
        INSERT INTO pipelines (id, project_id, iid, ref, sha, status, keep_latest)
        SELECT {first_pipeline} + n, {FIRST_UPLOAD_PROJECT} + n % {UPLOAD_PROJECTS}, n + 1, 'main', '{SHA}', 'running', false
        FROM generate_series(0, {UPLOAD_JOBS // 100 - 1}) n;
        {ANALYZE}
        INSERT INTO jobs (id, project_id, pipeline_id, name, status, user_id, token_digest)
        SELECT {FIRST_UPLOAD_JOB} + n, {FIRST_UPLOAD_PROJECT} + n % {UPLOAD_JOBS // 100} % {UPLOAD_PROJECTS},
               {first_pipeline} + n % {UPLOAD_JOBS // 100},
               'upload-' || n, 'running', 1, sha256(('glcbt-bench-' || {FIRST_UPLOAD_JOB} + n)::bytea)
        FROM generate_series(0, {UPLOAD_JOBS - 1}) n;"""


def forget_uploads():
    """Takes back what was uploaded; the sweeper removes the files."""
    return f"DELETE FROM artifacts WHERE project_id BETWEEN {FIRST_UPLOAD_PROJECT} AND {FIRST_UPLOAD_PROJECT + UPLOAD_PROJECTS - 1};"


def jobs_to_delete(project, first, count):
    """So many jobs with an archive each in a project, new ones; 1,000 a pipeline."""
    pipelines = -(-count // 1000)
    return f"""
        DELETE FROM pipelines WHERE project_id = {project};
        INSERT INTO pipelines (id, project_id, iid, ref, sha, status, keep_latest)
        SELECT {first} + n, {project}, n + 1, 'main', '{SHA}', 'success', false FROM generate_series(0, {pipelines - 1}) n;
        {ANALYZE}
        INSERT INTO jobs (id, project_id, pipeline_id, name, status)
        SELECT {first} + n, {project}, {first} + n / 1000, 'job', 'success' FROM generate_series(0, {count - 1}) n;
        {artifacts(f"project_id = {project}")}"""


def everything():
    """All rows beside the manifest's."""
    first = 1_000
    parts = [users(1, USERS), masses(0, PROJECTS)]
    for ref, (project, count, failed) in REFS.items():
        parts.append(pipelines_of_ref(project, ref, count, failed, first))
        first += count
    parts.append(running_jobs())
    return "\n".join(parts)


# Two servers, pgbench and every peer have their connections at the same time, more than the 100 of a default.
CLUSTER = {"max_connections": 250}

# While they come in.
LOADING = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum": "off",
           "max_wal_size": "'4GB'", "checkpoint_timeout": "'1h'", "maintenance_work_mem": "'512MB'"}

# After the masses: no autovacuum and no checkpoint in the middle of a measurement.
SETTLE = ("VACUUM ANALYZE", "CHECKPOINT")

assert set(JOBS) == set(archives.ARCHIVES)
