"""What the benchmark writes into documents: between two markers, and nothing else."""

import re
from pathlib import Path

from .errors import BenchError


def pattern(name):
    """The markers and what is between them."""
    return re.compile(rf"(<!-- {re.escape(name)}:begin -->\n).*?(<!-- {re.escape(name)}:end -->)", re.DOTALL)


def require_markers(path, name):
    """Raises where there are none: before anything is measured."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise BenchError(f"--into {path}: {error.strerror}") from None
    if len(pattern(name).findall(text)) != 1:
        raise BenchError(f"--into {path}: it needs one line <!-- {name}:begin --> and, after it, one <!-- {name}:end -->")


def put_into(path, name, text):
    """Replaces what is between the markers."""
    path = Path(path)
    before = path.read_text(encoding="utf-8")
    after = pattern(name).sub(lambda found: found[1] + text.rstrip("\n") + "\n" + found[2], before)
    path.write_text(after, encoding="utf-8")
