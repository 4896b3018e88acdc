"""Sound as the bytes of a lossy file, by the encoders inside libsndfile."""

import io

import numpy as np
import soundfile

from audio_debias.corpora.demo.vorbis_files import renumbered
from audio_debias.errors import InputError, nearest

_ENCODINGS = {
    "ogg": {"format": "OGG", "subtype": "VORBIS"},
    "mp3": {"format": "MP3", "subtype": "MPEG_LAYER_III", "bitrate_mode": "CONSTANT"},
}
_WORST = 0.999  # libsndfile's mp3 encoder refuses 1 itself.


def encoded(sound: np.ndarray, rate: int, format: str, quality: float, serial: int = 0) -> bytes:
    """Encode a sound; equal arguments give equal bytes.

    libsndfile takes a compression level from 0 to 1 instead of a bit rate; quality is 1 less that
    level. For mp3 it is a constant bit rate between the least and the greatest of the format, 32 to
    320 kbit/s from 32 kHz on and 8 to 160 below, linear in `quality`; for Vorbis it is the
    encoder's own quality (mono at 44.1 kHz: about 60, 95 and 260 kbit/s at 0, 0.5 and 1).

    Parameters
    ----------
    sound : array of float, shape (n, channels)
        Cut off at full scale.
    rate : int
        Hz.
    format : str
        ``ogg`` or ``mp3``.
    quality : float
        0 (worst) to 1.
    serial : int
        Of the Ogg stream, 32 bits.

    Raises
    ------
    InputError
        If the format is unknown, or quality no number from 0 to 1, or the encoder refuses.
    """
    if format not in _ENCODINGS:
        raise InputError(f"codec: format: {format!r} is unknown{nearest(format, _ENCODINGS)}")
    if not 0 <= quality <= 1:
        raise InputError(f"codec: quality: is {quality}; it must lie between 0 and 1")
    buffer, level = io.BytesIO(), min(1 - quality, _WORST)
    try:
        soundfile.write(
            *(buffer, np.clip(sound, -1, 1), rate), compression_level=level, **_ENCODINGS[format]
        )
    except soundfile.SoundFileError as error:
        reason = str(error).rpartition(": ")[2]
        raise InputError(f"codec: {format} at {rate} Hz: {reason}; resample before it") from None
    return renumbered(buffer.getvalue(), serial) if format == "ogg" else buffer.getvalue()
