# What counts as another environment.
import hashlib

import yaml


@functools.cache
def pinned_versions(path):
    """A hash of what an environment file asks for."""
    return hashlib.sha256(repr(yaml.safe_load(path.read_bytes())).encode()).hexdigest()[:12]
