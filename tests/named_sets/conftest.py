"""These tests need mirdata and soundata, an environment of their own: `make test-named-sets`."""

from importlib.util import find_spec

import pytest

collect_ignore_glob = [] if find_spec("mirdata") else ["test_*.py"]


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """Small corpora in true layouts: the folder that a local server hands out, its address."""
    from miniatures import point_to, write_all

    from workflow.miniature import serve

    folder = tmp_path_factory.mktemp("served")
    write_all(folder)
    server, address = serve(folder)
    point_to(address, folder)
    yield folder, address
    server.shutdown()
