# What counts as another environment.
import hashlib

import yaml


@functools.cache
def pinned_versions(path):
    """A hash of what an environment file asks for."""
    return hashlib.sha256(repr(yaml.safe_load(path.read_bytes())).encode()).hexdigest()[:12]


def environment_of_rule(conda_env):
    """What a rule's environment asks for; where jobs differ in it, a look-up for each."""
    if callable(conda_env):
        return lambda wildcards: pinned_versions(RULES / conda_env(wildcards))
    return pinned_versions(RULES / conda_env)
