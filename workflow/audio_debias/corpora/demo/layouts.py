"""The demo corpora: seeded renderings in exactly the layouts of IRMAS and OpenMIC-2018.

Both hold the same ten instruments in the same four genres, and differ as recording domains do.
``irmas``: 3 s stereo wav, one predominant instrument over a quieter accompaniment, dry.
``openmic``: 10 s mono ogg, mostly two or three instruments, partly annotated, through a room.
How often an instrument plays in a genre differs too. Every label occurs in every genre of both:
with fewer than 8 positives to train on, a genre's domain direction is noise.

A clip is drawn from the seed and its number alone, so that shards can be rendered in any number,
in any order, and give the same bytes.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile

from audio_debias.corpora.clips import SPLITS
from audio_debias.corpora.demo.composition import (
    PROGRAMS,
    RATE,
    STYLES,
    Song,
    accompaniment,
    melody,
    render,
)
from audio_debias.corpora.demo.room_acoustics import record
from audio_debias.corpora.demo.vorbis_files import write_ogg
from audio_debias.corpora.readers import irmas
from audio_debias.errors import InputError, nearest
from audio_debias.files import replacing

LABELS = list(PROGRAMS)
GENRES = list(STYLES)

MIN_TRAIN = 8
"""Training positives in every cell of label and genre."""

TEST_SHARE = 0.25

# Excerpts of one song share its tempo, key and instrument, and are on one side of the split.
_EXCERPTS = 3

# Weight of each genre (pop_rock, jazz_blue, classical, country_folk) within a label.
_IRMAS_WEIGHTS = {
    "cello": (1, 1, 4, 1),
    "clarinet": (1, 3, 2, 1),
    "flute": (2, 1, 3, 1),
    "guitar": (3, 2, 1, 2),
    "organ": (3, 3, 1, 1),
    "piano": (1, 3, 3, 1),
    "saxophone": (2, 4, 1, 1),
    "trumpet": (2, 3, 2, 1),
    "violin": (1, 1, 3, 2),
    "voice": (4, 1, 1, 3),
}
_OPENMIC_WEIGHTS = {
    "cello": (2, 1, 2, 2),
    "clarinet": (1, 2, 1, 3),
    "flute": (3, 2, 1, 2),
    "guitar": (3, 1, 2, 4),
    "organ": (2, 1, 3, 2),
    "piano": (4, 2, 2, 1),
    "saxophone": (3, 2, 1, 1),
    "trumpet": (3, 1, 2, 2),
    "violin": (2, 1, 2, 4),
    "voice": (4, 2, 2, 2),
}
_OPENMIC_GENRE_WEIGHTS = (3, 2, 2, 3)
_OPENMIC_CLASSES = (
    *("accordion", "banjo", "bass", "cello", "clarinet", "cymbals", "drums", "flute", "guitar"),
    *("mallet_percussion", "mandolin", "organ", "piano", "saxophone", "synthesizer", "trombone"),
    *("trumpet", "ukulele", "violin", "voice"),
)
# Titles as the Free Music Archive has them.
_TITLES = {
    "pop_rock": ("Rock", "Pop", "Indie-Rock", "Psych-Rock"),
    "jazz_blue": ("Jazz", "Free-Jazz", "Jazz: Vocal"),
    "classical": ("Classical", "20th Century Classical"),
    "country_folk": ("Folk", "Country", "Freak-Folk"),
}
_SIDE_TITLES = ("Experimental", "Instrumental", "Soundtrack", "International")


@dataclass(frozen=True)
class Layout:
    """How a demo corpus is planned, rendered and described."""

    plan: Callable[[int, int], pd.DataFrame]
    render_clip: Callable[[pd.Series, Path, int], None]
    write_metadata: Callable[[pd.DataFrame, Path, int], None]


def plan(layout: str, *, clips: int, seed: int) -> pd.DataFrame:
    """What every clip of a demo corpus is.

    Parameters
    ----------
    layout : str
        ``irmas`` or ``openmic``.
    clips : int
        Wanted number of clips; rounded down to whole songs per label in ``irmas``.
    seed : int

    Returns
    -------
    DataFrame
        One row per clip: ``clip_id``, ``path`` (from the corpus's folder), ``split``, ``genre``,
        ``track_id``, ``labels`` (tuple of what plays) and, in ``openmic``, ``annotated`` (tuple).

    Raises
    ------
    InputError
        If there is no such layout, or too few clips for every cell of label and genre.
    """
    return _layout(layout).plan(clips, seed)


def render_shard(
    layout: str, folder: str | Path, *, clips: int, seed: int, shard: int, n_shards: int
) -> list[Path]:
    """Render every n-th clip of a demo corpus into its folder.

    Parameters
    ----------
    layout, clips, seed
        As in :func:`plan`.
    folder : path
        The corpus's folder; made if need be.
    shard, n_shards : int
        Render the clips whose number is `shard` modulo `n_shards`.

    Returns
    -------
    list of Path
        The audio files written.
    """
    rows = plan(layout, clips=clips, seed=seed).iloc[shard::n_shards]
    for _, row in rows.iterrows():
        _layout(layout).render_clip(row, Path(folder), seed)
    return [Path(folder) / path for path in rows["path"]]


def write_metadata(layout: str, folder: str | Path, *, clips: int, seed: int) -> list[Path]:
    """Write the files of a demo corpus that are not audio: split, annotations, genres.

    Returns
    -------
    list of Path
        The files written.
    """
    planned = plan(layout, clips=clips, seed=seed)
    return _layout(layout).write_metadata(planned, Path(folder), seed)


def _layout(name: str) -> Layout:
    if name not in LAYOUTS:
        raise InputError(f"demo: unknown layout {name!r}{nearest(name, LAYOUTS)}")
    return LAYOUTS[name]


def _rng(*key: int) -> np.random.Generator:
    """Random numbers that depend on these numbers alone."""
    return np.random.default_rng(key)


_PLAN, _SONG, _CLIP, _TEXT = range(4)  # purposes that random numbers are drawn for


def _apportion(total: int, weights: tuple[int, ...], least: int) -> np.ndarray:
    """Whole numbers that sum to `total`, at least `least`, the rest in proportion to weights."""
    rest = total - least * len(weights)
    if rest < 0:
        raise InputError(f"demo: clips: too few: {total} do not give {least} per label and genre")
    exact = rest * np.array(weights) / sum(weights)
    whole = np.floor(exact).astype(int)
    largest = np.argsort(whole - exact, kind="stable")[: rest - whole.sum()]
    whole[largest] += 1
    return least + whole


# --- IRMAS ------------------------------------------------------------------------------------


def _plan_irmas(clips: int, seed: int) -> pd.DataFrame:
    codes = {genre: code for code, genre in irmas.GENRES.items()}
    rows, number = [], 0
    least = -(-MIN_TRAIN // _EXCERPTS) + 1
    for label in LABELS:
        names = [code for code, name in irmas.LABELS.items() if name == label]
        songs = clips // len(LABELS) // _EXCERPTS
        counts = _apportion(songs, _IRMAS_WEIGHTS[label], least)
        for genre, count in zip(GENRES, counts, strict=True):
            n_test = max(1, min(round(count * TEST_SHARE), count - least + 1))
            for song in range(count):
                number += 1
                code = names[song % len(names)]
                # As in IRMAS, some names have a counter and a drums tag, others have neither.
                drums = "dru" if STYLES[genre].drums else "nod"
                full = number % 3 == 0
                prefix = f"{number:03d}__[{code}][{drums}]" if full else f"[{code}]"
                rows += [
                    {
                        "clip_id": f"{prefix}[{codes[genre]}]{number:04d}__{excerpt}",
                        "split": "test" if song < n_test else "train",
                        "genre": genre,
                        "track_id": f"{number:04d}",
                        "labels": (label,),
                        "code": code,
                    }
                    for excerpt in range(1, _EXCERPTS + 1)
                ]
    frame = pd.DataFrame(rows)
    frame["path"] = "IRMAS-TrainingData/" + frame["code"] + "/" + frame["clip_id"] + ".wav"
    return frame


def _render_irmas(row: pd.Series, folder: Path, seed: int) -> None:
    of_song = _rng(seed, _SONG, int(row["track_id"]))
    song = Song.draw(row["genre"], of_song)
    (label,) = row["labels"]
    programs = PROGRAMS[label]
    if label == "guitar":
        programs = programs[:2] if row["code"] == "gac" else programs[2:]
    program = int(of_song.choice(programs))
    rng = _rng(seed, _CLIP, row.name)
    seconds = 3.0
    parts = [melody(song, label, program, seconds + 0.25, rng, level=0.0)]
    parts += accompaniment(song, seconds + 0.25, rng, level=-6.0)
    sound = render(parts, seconds) * rng.uniform(0.4, 0.95)
    path = folder / row["path"]
    with replacing(path) as temporary:
        soundfile.write(temporary, sound, RATE, subtype="PCM_16")


def _write_irmas_metadata(planned: pd.DataFrame, folder: Path, seed: int) -> list[Path]:
    return [_write_list(planned, split, folder / f"irmas_{split}.csv") for split in SPLITS]


def _write_list(planned: pd.DataFrame, split: str, path: Path) -> Path:
    names = planned.loc[planned["split"] == split, "clip_id"]
    with replacing(path) as temporary:
        temporary.write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
    return path


# --- OpenMIC-2018 -----------------------------------------------------------------------------


def _plan_openmic(clips: int, seed: int) -> pd.DataFrame:
    rng = _rng(seed, _PLAN)
    weights = np.array([_OPENMIC_WEIGHTS[label] for label in LABELS])
    rows = []
    sizes = _apportion(clips, _OPENMIC_GENRE_WEIGHTS, 0)
    for g, (genre, size) in enumerate(zip(GENRES, sizes, strict=True)):
        n_test = round(size * TEST_SHARE)
        for split, n, least in (("train", size - n_test, 11), ("test", n_test, 3)):
            counts = _apportion(round(2.6 * n), tuple(weights[:, g]), least)
            playing = _deal(n, counts, rng)
            annotated = rng.random(playing.shape) < 0.5
            for label, column in enumerate(playing.T):
                # Three quarters of what plays is annotated, and half of what does not.
                present = rng.permutation(np.flatnonzero(column))
                annotated[present, label] = False
                annotated[present[: round(0.75 * len(present))], label] = True
            rows += [
                {
                    "split": split,
                    "genre": genre,
                    "labels": tuple(np.array(LABELS)[p].tolist()),
                    "annotated": tuple(np.array(LABELS)[a].tolist()),
                }
                for p, a in zip(playing, annotated, strict=True)
            ]
    frame = pd.DataFrame(rows).iloc[rng.permutation(len(rows))].reset_index(drop=True)
    tracks = [f"{2 + 155_000 * i // len(frame):06d}" for i in frame.index]
    frame["track_id"] = tracks
    frame["clip_id"] = [f"{track}_{3840 * (1 + i % 90)}" for i, track in enumerate(tracks)]
    frame["path"] = [f"audio/{key[:3]}/{key}.ogg" for key in frame["clip_id"]]
    return frame


def _deal(n: int, counts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Deal label j to counts[j] of n clips, evenly: bool (n, labels)."""
    playing = np.zeros((n, len(counts)), dtype=bool)
    if counts.max() > n:
        raise InputError(f"demo: clips: too few: a label needs {counts.max()} of {n} clips")
    for label in rng.permutation(len(counts)):
        load = playing.sum(axis=1) + rng.uniform(0, 2, n)
        playing[np.argsort(load)[: counts[label]], label] = True
    return playing


def _render_openmic(row: pd.Series, folder: Path, seed: int) -> None:
    rng = _rng(seed, _CLIP, row.name)
    song = Song.draw(row["genre"], rng)
    seconds = 10.0
    parts = accompaniment(song, seconds + 0.25, rng, level=-9.0)
    for label in row["labels"]:
        program = int(rng.choice(PROGRAMS[label]))
        level = rng.uniform(-3, 0)
        parts.append(melody(song, label, program, seconds + 0.25, rng, level=level))
    sound = record(render(parts, seconds), RATE, rng) * rng.uniform(0.4, 0.95)
    write_ogg(folder / row["path"], sound, RATE, serial=row.name)


def _write_openmic_metadata(planned: pd.DataFrame, folder: Path, seed: int) -> list[Path]:
    rng = _rng(seed, _TEXT)
    likelihood = np.full((len(planned), len(_OPENMIC_CLASSES)), 0.5)
    observed = np.zeros(likelihood.shape, dtype=bool)
    for j, label in enumerate(_OPENMIC_CLASSES):
        plays = np.array([label in labels for labels in planned["labels"]])
        observed[:, j] = [label in labels for labels in planned["annotated"]]
        # What does not play is judged unlikely, what does likely, never quite certain.
        judged = rng.uniform(0.0, 0.4, len(planned)) + 0.6 * plays
        likelihood[:, j] = np.where(observed[:, j], judged, 0.5)
    annotations = folder / "openmic-2018.npz"
    with replacing(annotations) as temporary:
        # Keys as fixed-width text, not as Python objects: numpy reads it without a pickle.
        keys = planned["clip_id"].to_numpy(dtype="U")
        np.savez_compressed(temporary, Y_true=likelihood, Y_mask=observed, sample_key=keys)

    class_map = folder / "class-map.json"
    with replacing(class_map) as temporary:
        temporary.write_text(json.dumps({name: j for j, name in enumerate(_OPENMIC_CLASSES)}))

    metadata = folder / "openmic-2018-metadata.csv"
    titles = [(rng.choice(_TITLES[genre]), rng.choice(_SIDE_TITLES)) for genre in planned["genre"]]
    table = pd.DataFrame(
        {
            "track_id": planned["track_id"].astype(int),
            "track_genres": [
                str([{"genre_id": "0", "genre_title": str(title)} for title in pair])
                for pair in titles
            ],
            "track_title": [f"Demo {number}" for number in planned.index],
            "sample_key": planned["clip_id"],
            "start_time": [int(key.split("_")[1]) / 1000 for key in planned["clip_id"]],
        }
    )
    with replacing(metadata) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n")
    partitions = folder / "partitions"
    lists = [_write_list(planned, s, partitions / f"split01_{s}.csv") for s in SPLITS]
    return [annotations, class_map, metadata, *lists]


LAYOUTS = {
    "irmas": Layout(_plan_irmas, _render_irmas, _write_irmas_metadata),
    "openmic": Layout(_plan_openmic, _render_openmic, _write_openmic_metadata),
}
"""The demo corpora by name."""
