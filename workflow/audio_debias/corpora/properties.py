"""Recording properties of clips: what they are, in which units, and their table.

A property describes how a clip was recorded and stored, not what it plays. Properties are chosen
to depend on one cause each, as far as possible: noise is relative to the clip's own level, so that
a gain does not change it; tilt is fitted within the clip's band, so that a cut-off does not either.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from audio_debias.corpora.acoustics.decay import decay_time
from audio_debias.corpora.acoustics.level import level_measures
from audio_debias.corpora.acoustics.spectrum import spectrum_measures
from audio_debias.corpora.acoustics.stereo import stereo_measures
from audio_debias.errors import InputError
from audio_debias.files import read_table, reading, write_table


@dataclass(frozen=True)
class Property:
    """One column of the table.

    Attributes
    ----------
    title : str
        As a sentence names it.
    group : str
        The cause that it is a sign of.
    unit : str
        Empty for a share, a correlation or a name.
    kind : type
        float, int or str.
    """

    title: str
    group: str
    unit: str = ""
    kind: type = float


PROPERTIES: dict[str, Property] = {
    "loudness": Property("integrated loudness", "level", "LUFS"),
    "peak": Property("peak level", "level", "dBFS"),
    "crest": Property("crest factor", "clipping", "dB"),
    "clipped": Property("share of clipped samples", "clipping"),
    "dc": Property("DC offset", "offset", "FS"),
    "bandwidth": Property("bandwidth", "bandwidth", "Hz"),
    "low_cutoff": Property("low cut-off", "bandwidth", "Hz"),
    "tilt": Property("spectral tilt", "bandwidth", "dB/octave"),
    "noise": Property("noise relative to the clip", "noise", "dB"),
    "dynamic_range": Property("dynamic range", "noise", "dB"),
    "decay": Property("decay time (reverberation)", "room", "s"),
    "correlation": Property("stereo correlation", "stereo"),
    "width": Property("stereo width", "stereo"),
    "channels": Property("number of channels", "stereo", kind=int),
    "codec": Property("codec", "format", kind=str),
    "sample_rate": Property("sample rate", "format", "Hz", int),
    "bit_depth": Property("bit depth", "format", "bit", int),
    "seconds": Property("duration", "duration", "s"),
    "silence": Property("share of silence", "duration"),
}
"""Name of a column to what it is; formulas in :mod:`audio_debias.corpora.acoustics`."""

GROUPS = tuple(dict.fromkeys(one.group for one in PROPERTIES.values()))

_TYPES = {float: pa.float64(), int: pa.int64(), str: pa.string()}
SCHEMA = pa.schema(
    [
        pa.field("clip_id", pa.string(), nullable=False),
        *(
            pa.field(name, _TYPES[one.kind], metadata={"unit": one.unit, "title": one.title})
            for name, one in PROPERTIES.items()
        ),
    ]
)

_CODECS = {
    "VORBIS": "vorbis",
    "OPUS": "opus",
    "MPEG_LAYER_I": "mp1",
    "MPEG_LAYER_II": "mp2",
    "MPEG_LAYER_III": "mp3",
}
_BITS = {"PCM_S8": 8, "PCM_U8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32}
_BITS |= {"FLOAT": 32, "DOUBLE": 64, "ULAW": 8, "ALAW": 8}


def measure(samples: np.ndarray, rate: int) -> dict[str, float | int]:
    """The properties that one decoded clip shows.

    Parameters
    ----------
    samples : array of float, shape (n, channels)
        At the file's own rate, full scale -1 to 1; n >= 1.
    rate : int
        Hz.

    Returns
    -------
    dict
        Every one of `PROPERTIES` but those of the header (:func:`describe_header`); NaN where a
        property does not exist, such as the bandwidth of silence.

    Examples
    --------
    >>> sine = np.sin(2 * np.pi * 997 * np.arange(48000) / 48000)
    >>> round(measure(sine[:, None], 48000)["loudness"], 1)
    -3.0
    """
    samples = np.asarray(samples, dtype=np.float32)
    # One plane a channel: along interleaved channels every pass would be several times slower.
    samples = np.asfortranarray(samples)
    mono = samples[:, 0] if samples.shape[1] == 1 else samples.T.mean(axis=0)
    return {
        **level_measures(samples, mono, rate),
        **spectrum_measures(mono, rate),
        "decay": decay_time(mono, rate),
        **stereo_measures(samples),
        "channels": samples.shape[1],
        "sample_rate": rate,
        "seconds": len(samples) / rate,
    }


def describe_header(encoding: str) -> dict[str, str | int | None]:
    """Codec and bit depth, given the encoding as :func:`~audio_debias.sound.decoding.decode` does.

    A lossy codec has no bit depth. All that stores samples as they are is one codec, ``lossless``:
    no model can hear whether a file is wav or flac.
    """
    bits = _BITS.get(encoding)
    codec = _CODECS.get(encoding, "lossless" if bits else encoding.lower())
    return {"codec": codec, "bit_depth": bits}


def properties_frame(rows: Sequence[Mapping]) -> pd.DataFrame:
    """Rows of ``clip_id`` and properties as a table: columns as in `SCHEMA`, nullable types."""
    frame = pd.DataFrame(rows, columns=SCHEMA.names)
    types = {float: "float64", int: "Int64", str: "string"}
    return frame.astype({name: types[one.kind] for name, one in PROPERTIES.items()})


def write_properties(properties: pd.DataFrame, path: str | Path) -> None:
    """Write the table as parquet; each column's unit and title are in the schema's metadata."""
    table = pa.Table.from_pandas(properties, schema=SCHEMA, preserve_index=False)
    write_table(path, table.replace_schema_metadata(None))


def read_properties(path: str | Path) -> pd.DataFrame:
    """Read what :func:`write_properties` wrote, NaN where a property does not exist.

    Raises
    ------
    InputError
        If the file is damaged or lacks a column.
    """
    frame = read_table(path).to_pandas()
    missing = [name for name in SCHEMA.names if name not in frame]
    if missing:
        raise InputError(f"{path}: column {missing[0]!r} is missing; delete it and run again")
    with reading(path):
        return properties_frame(frame[SCHEMA.names])


def merge_properties(paths: Sequence[str | Path], destination: str | Path) -> None:
    """Join the shards of a corpus, given in the order of their clips."""
    write_properties(pd.concat([read_properties(path) for path in paths]), destination)
