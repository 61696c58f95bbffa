"""Builders of manifest documents: short spellings of users, projects, pipelines, jobs and artifact files."""

import atexit
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

import zips

SHA = "0ff3ae198f8601a285adcf5c0fff204ee6fba5fd"


def access_token(label):
    """The access token that `label` has in every manifest of the suite."""
    return "glpat-" + hashlib.sha256(label.encode()).hexdigest()[:20]


def job_token(label):
    """The job token that `label` has in every manifest of the suite."""
    return "glcbt-" + hashlib.sha256(b"job " + label.encode()).hexdigest()[:20]


class Library:
    """A directory of artifact files that a server under another system user can read too."""

    def __init__(self):
        self.path = Path(tempfile.mkdtemp(prefix="artifact-files-"))
        os.chmod(self.path, 0o755)
        atexit.register(shutil.rmtree, self.path, ignore_errors=True)

    def add(self, content, name=None):
        """Stores `content` and returns its absolute path; equal content without a name is one file."""
        path = self.path / (name or hashlib.sha256(content).hexdigest()[:16] + ".zip")
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
            os.chmod(path, 0o644)
        return str(path)

    def archive(self, content, **extra):
        """An `archive` artifact entry of `content`."""
        return {"type": "archive", "file": self.add(content), "filename": "artifacts.zip", **extra}

    def labelled(self, label, **extra):
        """An `archive` entry whose who.txt holds `label`."""
        return self.archive(zips.labelled(label), **extra)

    def report(self, kind="junit", content=b"\x1f\x8b\x08\x00report", **extra):
        """An artifact entry of a type other than archive; the content is not looked into."""
        return {"type": kind, "file": self.add(content, f"{kind}.bin"), "filename": f"{kind}.gz", **extra}


def user(name, scopes=("api",), **extra):
    """A user with one access token, `access_token(name)`."""
    token = {"name": "main", "token": access_token(name), "scopes": list(scopes)}
    return {"username": name, "name": name.title(), "access_tokens": [token], **extra}


def member(name, role, **extra):
    """An entry of a `members` list."""
    return {"user": name, "role": role, **extra}


def job(name="build", *artifacts, status="success", **extra):
    """A job with these artifact entries."""
    entry = {"name": name, "stage": "build", "status": status, **extra}
    return {**entry, "artifacts": list(artifacts)} if artifacts else entry


def running_job(name, who, label=None, **extra):
    """A running job of the user `who`, with the token `job_token(label or name)`."""
    return job(name, **{"status": "running", "user": who, "token": job_token(label or name), **extra})


def pipeline(key, *jobs, ref="main", **extra):
    """A pipeline with these jobs."""
    return {"key": key, "ref": ref, "sha": SHA, "jobs": list(jobs), **extra}


def project(path, *pipelines, visibility="private", **extra):
    """A project with these pipelines; keep-latest is off, so that only expiry decides."""
    entry = {"path": path, "visibility": visibility, "keep_latest_artifact": False, **extra}
    return {**entry, "pipelines": list(pipelines)} if pipelines else entry


def public_group(path, **extra):
    """A group that projects of any visibility may live in."""
    return {"path": path, "visibility": "public", **extra}
