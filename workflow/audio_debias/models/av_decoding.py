"""Sound that libsndfile cannot read: m4a (AAC), webm (Opus), the sound of videos, through PyAV."""

from pathlib import Path

import numpy as np


class Undecodable(Exception):
    """A file that FFmpeg cannot decode to its end; the message says why, in one line."""


def decode_with_av(path: str | Path, dtype: str = "float32") -> tuple[np.ndarray, int]:
    """All samples of a file's first sound track.

    Decoded frame by frame: of a video, pictures are never decoded.

    Parameters
    ----------
    path : path
        Any container and codec of the FFmpeg that PyAV brings.
    dtype : str
        Of the result, ``float32`` or ``float64``.

    Returns
    -------
    samples : ndarray of shape (n_samples, n_channels)
        Full scale is -1 to 1.
    rate : int
        Hz.

    Raises
    ------
    Undecodable
        If PyAV is not installed, there is no sound track, or it is damaged.
    """
    try:
        import av
    except ImportError:
        raise Undecodable("libsndfile cannot read it; PyAV might: pip install av") from None
    # Errors as exceptions, instead of concealed frames.
    options = {"err_detect": "explode"}
    blocks, rate = [], 0
    try:
        with av.open(str(path), options=options) as container:
            if not container.streams.audio:
                raise Undecodable("the file holds no sound")
            track = container.streams.audio[0]
            rate = track.codec_context.sample_rate
            planar = av.AudioResampler(format="fltp", rate=rate)
            for frame in container.decode(track):
                blocks += [part.to_ndarray() for part in planar.resample(frame)]
            blocks += [part.to_ndarray() for part in planar.resample(None)]
    except (av.FFmpegError, ValueError) as error:
        raise Undecodable(" ".join(str(error).split())[:200]) from None
    if not blocks:
        raise Undecodable("the sound track is empty")
    return np.concatenate(blocks, axis=1).T.astype(dtype, copy=False), rate
