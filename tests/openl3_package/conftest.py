"""These tests need the package openl3, in an environment of its own: `make test-openl3`."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("openl3") else ["test_*.py"]
