"""Corpora of music that mirdata knows: see :mod:`audio_debias.corpora.named_sets`."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from audio_debias.corpora.named_sets import Catalogue
from audio_debias.errors import InputError

try:
    import mirdata
except ImportError as error:
    raise InputError(
        f"reader mirdata needs the package mirdata (envs/named_sets.in): {error}"
    ) from None

ENVIRONMENT = "named_sets"

_CATALOGUE = Catalogue(mirdata, "track")


def fetch(root: Path, options: Mapping) -> str:
    """Download the corpus into `root`; gives its licence and citation."""
    return _CATALOGUE.fetch(root, options)


def read(
    root: Path, *, labels: list[str], genres: list[str], options: Mapping
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read its clips: :meth:`~audio_debias.corpora.named_sets.Catalogue.read`."""
    return _CATALOGUE.read(root, labels=labels, genres=genres, options=options)
