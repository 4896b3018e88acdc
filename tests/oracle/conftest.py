import pytest
from twin import Twin, load_twin


@pytest.fixture(scope="session")
def twin(shared, tmp_path_factory) -> Twin:
    return load_twin(shared, tmp_path_factory.mktemp("openmic"))
