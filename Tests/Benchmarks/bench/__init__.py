"""The benchmark: artifactd beside its peers and its limits, on one machine, in one run."""
