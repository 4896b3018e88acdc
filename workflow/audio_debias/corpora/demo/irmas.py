"""A demo corpus in the layout of IRMAS: one instrument over a quieter accompaniment, dry.

3 s stereo wav; songs of one label and genre, of which all excerpts are on one side of the split.
"""

from pathlib import Path

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
from audio_debias.corpora.demo.drawing import (
    CLIP,
    GENRES,
    LABELS,
    MIN_TRAIN,
    SONG,
    TEST_SHARE,
    apportion,
    random_numbers,
    write_list,
)
from audio_debias.corpora.readers import irmas
from audio_debias.files import replacing

# Excerpts of one song share its tempo, key and instrument, and are on one side of the split.
_EXCERPTS = 3

# Weight of each genre (pop_rock, jazz_blue, classical, country_folk) within a label.
_GENRE_WEIGHTS = {
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


def plan(clips: int, seed: int) -> pd.DataFrame:
    """What every clip is, as :func:`audio_debias.corpora.demo.layouts.plan` describes it."""
    codes = {genre: code for code, genre in irmas.GENRES.items()}
    rows, number = [], 0
    least = -(-MIN_TRAIN // _EXCERPTS) + 1
    for label in LABELS:
        names = [code for code, name in irmas.LABELS.items() if name == label]
        songs = clips // len(LABELS) // _EXCERPTS
        counts = apportion(songs, _GENRE_WEIGHTS[label], least)
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


def render_clip(row: pd.Series, folder: Path, seed: int) -> None:
    """Render one row of the plan into the corpus's folder."""
    of_song = random_numbers(seed, SONG, int(row["track_id"]))
    song = Song.draw(row["genre"], of_song)
    (label,) = row["labels"]
    programs = PROGRAMS[label]
    if label == "guitar":
        programs = programs[:2] if row["code"] == "gac" else programs[2:]
    program = int(of_song.choice(programs))
    rng = random_numbers(seed, CLIP, row.name)
    seconds = 3.0
    parts = [melody(song, label, program, seconds + 0.25, rng, level=0.0)]
    parts += accompaniment(song, seconds + 0.25, rng, level=-6.0)
    sound = render(parts, seconds) * rng.uniform(0.4, 0.95)
    path = folder / row["path"]
    with replacing(path) as temporary:
        soundfile.write(temporary, sound, RATE, subtype="PCM_16")


def write_metadata(planned: pd.DataFrame, folder: Path, seed: int) -> list[Path]:
    """Write the lists of the split; give the files."""
    return [write_list(planned, split, folder / f"irmas_{split}.csv") for split in SPLITS]
