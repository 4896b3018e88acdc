"""Measure the domain bias of pre-trained audio embeddings and correct it after the fact.

The library knows nothing of Snakemake. Data flows one way, and no package imports one to its
right: corpora -> models -> corrections -> transfers -> reports.
"""

import os
from pathlib import Path

__version__ = "0.2.0"


def lend_to_subprocesses() -> None:
    """Let the Python processes started from here import this very copy of the library."""
    here = str(Path(__file__).resolve().parent.parent)
    others = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    os.environ["PYTHONPATH"] = os.pathsep.join([here, *(path for path in others if path)])
