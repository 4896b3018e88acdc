"""What every test may ask for."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared data folder, named by AUDIO_DEBIAS_SHARED; without it the test is skipped."""
    folder = os.environ.get("AUDIO_DEBIAS_SHARED")
    if not folder:
        pytest.skip("AUDIO_DEBIAS_SHARED does not name the shared data folder")
    folder = Path(folder).resolve()
    if not folder.is_dir():
        pytest.skip(f"AUDIO_DEBIAS_SHARED names no folder: {folder}")
    return folder
