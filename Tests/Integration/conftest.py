"""Fixtures: instances of artifactd that end with the module that started them."""

import pytest

from harness import Instance


@pytest.fixture(scope="module")
def instance_factory():
    """`instance_factory(document)`: a new instance with this manifest; None is the demo's.

    Of the module's scope, so that fixtures of a module and of a test can both use it. Further arguments: `environment`
    (variables such as ARTIFACTD_WORKERS) and `options` (of deploy/run).
    """
    instances = []

    def start(document=None, **arguments):
        instances.append(Instance(document, **arguments))
        return instances[-1]

    yield start
    failures = []
    for instance in reversed(instances):
        try:
            instance.stop()
        except AssertionError as error:
            failures.append(str(error))
    assert not failures, failures
