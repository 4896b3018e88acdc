"""A demo corpus in the layout of OpenMIC-2018: two or three instruments, through a room.

10 s mono ogg, partly annotated; how often an instrument plays in a genre differs from the other
demo corpus.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from audio_debias.corpora.clips import SPLITS
from audio_debias.corpora.demo.composition import (
    PROGRAMS,
    RATE,
    Song,
    accompaniment,
    melody,
    render,
)
from audio_debias.corpora.demo.drawing import (
    CLIP,
    GENRES,
    LABELS,
    PLAN,
    TEST_SHARE,
    TEXT,
    apportion,
    deal,
    random_numbers,
    write_list,
)
from audio_debias.corpora.demo.room_acoustics import record
from audio_debias.corpora.demo.vorbis_files import write_ogg
from audio_debias.files import replacing

# Weight of each genre (pop_rock, jazz_blue, classical, country_folk) within a label.
_GENRE_WEIGHTS = {
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
_GENRE_SIZES = (3, 2, 2, 3)
_CLASSES = (
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


def plan(clips: int, seed: int) -> pd.DataFrame:
    """What every clip is, as :func:`audio_debias.corpora.demo.layouts.plan` describes it."""
    rng = random_numbers(seed, PLAN)
    weights = np.array([_GENRE_WEIGHTS[label] for label in LABELS])
    rows = []
    sizes = apportion(clips, _GENRE_SIZES, 0)
    for g, (genre, size) in enumerate(zip(GENRES, sizes, strict=True)):
        n_test = round(size * TEST_SHARE)
        for split, n, least in (("train", size - n_test, 11), ("test", n_test, 3)):
            counts = apportion(round(2.6 * n), tuple(weights[:, g]), least)
            playing = deal(n, counts, rng)
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


def render_clip(row: pd.Series, folder: Path, seed: int) -> None:
    """Render one row of the plan into the corpus's folder."""
    rng = random_numbers(seed, CLIP, row.name)
    song = Song.draw(row["genre"], rng)
    seconds = 10.0
    parts = accompaniment(song, seconds + 0.25, rng, level=-9.0)
    for label in row["labels"]:
        program = int(rng.choice(PROGRAMS[label]))
        level = rng.uniform(-3, 0)
        parts.append(melody(song, label, program, seconds + 0.25, rng, level=level))
    sound = record(render(parts, seconds), RATE, rng) * rng.uniform(0.4, 0.95)
    write_ogg(folder / row["path"], sound, RATE, serial=row.name)


def write_metadata(planned: pd.DataFrame, folder: Path, seed: int) -> list[Path]:
    """Write annotations, class map, genres and split; give the files."""
    rng = random_numbers(seed, TEXT)
    likelihood = np.full((len(planned), len(_CLASSES)), 0.5)
    observed = np.zeros(likelihood.shape, dtype=bool)
    for j, label in enumerate(_CLASSES):
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
        temporary.write_text(json.dumps({name: j for j, name in enumerate(_CLASSES)}))

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
    lists = [write_list(planned, s, partitions / f"split01_{s}.csv") for s in SPLITS]
    return [annotations, class_map, metadata, *lists]
