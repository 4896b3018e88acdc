"""Corpora by name: fetched, validated and annotated by a library that knows them.

mirdata knows corpora of music (Bittner et al., mirdata: Software for Reproducible Usage of
Datasets, ISMIR 2019), soundata those of other sound (Fuentes et al., Soundata: Reproducible use of
audio datasets, Journal of Open Source Software 9(98), 2024). Both offer one interface but for what
they call an item.
"""

import contextlib
import io
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from audio_debias.corpora.clip_rows import clips_of_rows
from audio_debias.corpora.clips import SPLITS, dropped_frame
from audio_debias.corpora.named_rows import rows_of_items
from audio_debias.errors import InputError, nearest
from audio_debias.plugins import check_options

OPTIONS: dict[str, type | tuple[type, ...]] = {
    "dataset": str,
    "version": str,
    "sound": str,
    "label": (str, list),
    "genre": str,
    "genre_align": dict,
    "track_id": str,
    "split": (str, dict),
    "class_align": dict,
    "test_fraction": float,
    "seed": int,
    "drop_duplicates": bool,
}
"""Type of every option."""


@dataclass(frozen=True)
class Catalogue:
    """A library of corpora.

    Attributes
    ----------
    library : module
        ``initialize(name, data_home=, version=)`` and ``list_datasets()``.
    item : str
        What it calls a clip: data sets have ``{item}_ids`` and ``{item}(id)``.
    """

    library: Any
    item: str

    def fetch(self, root: Path, options: Mapping) -> str:
        """Download a corpus, whole and checked, into `root`.

        Returns
        -------
        str
            Its licence and citation, as the library has them.

        Raises
        ------
        InputError
            If there is no such corpus, it cannot be downloaded, or must be fetched by hand.
        """
        source, dataset = self._source(options), self._open(root, options)
        if not dataset.remotes:
            told = " ".join(str(dataset._download_info).replace("{}", str(root)).split())
            raise InputError(f"{source}: must be fetched by hand; name its folder as root: {told}")
        for remote in dataset.remotes.values():
            # The library takes what lies there for whole, and then says that it is damaged.
            part = root.joinpath(remote.destination_dir or "", remote.filename)
            if part.is_file() and self.library.validate.md5(str(part)) != remote.checksum:
                part.unlink()
        with _told(source):
            dataset.download()
        with contextlib.redirect_stdout(io.StringIO()) as text:
            dataset.license()
            dataset.cite()
        return text.getvalue()

    def read(
        self, root: Path, *, labels: list[str], genres: list[str], options: Mapping
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Read the clips of a corpus, by attributes of the library's items.

        Parameters
        ----------
        root : Path
            The folder that the library downloaded the corpus to (its ``data_home``).
        labels, genres : list of str
            Of the run. A clip of another genre is dropped; one without a genre is kept.
        options : mapping
            ``dataset``: what the library calls the corpus; ``version`` (default: the library's).
            ``label``: the attribute, or several, that holds the clip's class: a text, several of
            them (what is not named is absent), or confidences by name (from 0.5 on present; what
            is not named is not annotated). A dot leads into an attribute: ``tags.labels``.
            ``class_align``: the corpus's class to the run's label.
            ``genre``, ``track_id``: attributes; ``genre_align``: the corpus's genre to the run's.
            ``sound``: the attribute that holds the path (default ``audio_path``).
            ``split``: ``{attribute: fold, test: [5]}``: these values are the test clips, all
            others the training clips, or with ``train: [...]`` too those alone; or ``stratified``
            (the default), ``hash``, with ``test_fraction`` and ``seed`` as of the reader ``table``.
            ``drop_duplicates``: as there.

        Returns
        -------
        clips, dropped : DataFrame
            Files that are not as the library knows them are dropped (``checksum``).

        Raises
        ------
        InputError
            If there is no such corpus, its folder lacks what describes it, or its items have no
            such attribute.
        """
        check_options(options, OPTIONS, str(root))
        source, split = self._source(options), options.get("split", "stratified")
        _check_split(split, source)
        dataset = self._open(root, options)
        with _told(source):
            if not os.path.exists(dataset.index_path):
                dataset.download(["index"])
            damaged = set(_paths(dataset.validate(verbose=False)[1]))
            items = [
                (str(one), getattr(dataset, self.item)(one))
                for one in getattr(dataset, f"{self.item}_ids")
            ]
        rows = rows_of_items(items, root, genres, options, source)
        bad = rows["path"].map(lambda path: str(root / path) in damaged).astype(bool)
        found = [(row.clip_id, "checksum", row.path) for row in rows[bad].itertuples()]
        rows = rows[~bad]
        if isinstance(split, Mapping):
            outside = rows["split"].eq("")
            found += [
                (clip_id, "not_in_split", "neither in train nor in test")
                for clip_id in rows.loc[outside, "clip_id"]
            ]
            rows, split = rows[~outside], "column"
        clips, dropped = clips_of_rows(
            rows,
            root,
            Path(source),
            labels=labels,
            genres=genres,
            options={**options, "split": split},
        )
        return clips, pd.concat([dropped, dropped_frame(found)], ignore_index=True)

    def _source(self, options: Mapping) -> str:
        return f"{self.library.__name__} {options.get('dataset', '')}".strip()

    def _open(self, root: Path, options: Mapping) -> Any:
        name, known = options.get("dataset"), self.library.list_datasets()
        if name not in known:
            said = "missing" if name is None else f"unknown name {name!r}"
            raise InputError(
                f"{self.library.__name__}: options: dataset: {said}{nearest(str(name), known)}"
            )
        with _told(self._source(options)):
            return self.library.initialize(
                name, data_home=str(root), version=options.get("version", "default")
            )


def _check_split(split: str | Mapping, source: str) -> None:
    """Refuse a split by attribute that names none, or no values of a side."""
    if not isinstance(split, Mapping):
        return
    for key in split:
        if key not in ("attribute", *SPLITS):
            known = ("attribute", *SPLITS)
            raise InputError(f"{source}: options: split: unknown key {key!r}{nearest(key, known)}")
    sides = [split[side] for side in SPLITS if side in split]
    if "attribute" not in split or not sides or not all(isinstance(one, list) for one in sides):
        raise InputError(
            f"{source}: options: split: write {{attribute: fold, test: [5]}}, the attribute and "
            "its values on one side or both"
        )


@contextlib.contextmanager
def _told(source: str) -> Iterator[None]:
    """What a library of corpora raises, in one line."""
    try:
        yield
    except Exception as error:
        why = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"{source}: {why}") from error


def _paths(found: Any) -> Iterator[str]:
    """The paths in what a library's validation gives: lists by item, by kind."""
    if isinstance(found, str):
        yield found
    else:
        for one in found.values() if isinstance(found, Mapping) else found:
            yield from _paths(one)
