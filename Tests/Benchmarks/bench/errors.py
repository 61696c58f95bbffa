"""What ends a run of the benchmark with a message instead of a traceback."""


class BenchError(Exception):
    """Something that the benchmark needs does not work; the text says what."""
