"""Sound that libsndfile cannot read: m4a (AAC), webm (Opus), the sound of videos, through PyAV."""

from pathlib import Path

import numpy as np


class Undecodable(Exception):
    """A file that FFmpeg cannot decode to its end; the message says why, in one line."""

    reason = "undecodable"

    def told_after(self, first: str) -> str:
        """What is wrong, after what was said by the reader that was asked first."""
        return f"{first} ({self})"


class TooLong(Undecodable):
    """A file that holds more than is asked for at most."""

    reason = "too_long"

    def told_after(self, first: str) -> str:
        """What is wrong: that the first reader does not know the format is nothing."""
        return str(self)


def decode_with_av(
    path: str | Path,
    dtype: str = "float32",
    max_values: int | None = None,
    rate: int | None = None,
    until: float | None = None,
) -> tuple[np.ndarray, int]:
    """All samples of a file's first sound track.

    Decoded frame by frame: of a video, pictures are never decoded.

    Parameters
    ----------
    path : path
        Any container and codec of the FFmpeg that PyAV brings.
    dtype : str
        Of the result, ``float32`` or ``float64``.
    max_values : int, optional
        Samples times channels at most.
    rate : int, optional
        Of the result, in Hz; that of the sound track by default.
    until : float, optional
        Seconds after which no more is decoded.

    Returns
    -------
    samples : ndarray of shape (n_samples, n_channels)
        Full scale is -1 to 1.
    rate : int
        Hz.

    Raises
    ------
    Undecodable
        If PyAV is not installed, there is no sound track or it is damaged.
    TooLong
        If it holds more than `max_values`.
    """
    try:
        import av
    except ImportError:
        raise Undecodable("libsndfile cannot read it; PyAV might: pip install av") from None
    # Errors as exceptions, instead of concealed frames.
    options = {"err_detect": "explode"}
    blocks, seconds, n_channels = [], None, 1
    try:
        with av.open(str(path), options=options) as container:
            if not container.streams.audio:
                raise Undecodable("the file holds no sound")
            track = container.streams.audio[0]
            if track.codec_context is None:
                raise Undecodable("no codec is known for its sound")
            rate = rate or int(track.codec_context.sample_rate)
            seconds = _seconds(container, track)
            # Packed: PyAV gives no array of more than eight planes.
            packed = av.AudioResampler(format="flt", rate=rate)
            n_channels = track.codec_context.channels
            n_values = 0
            first_rate = None
            for frame in container.decode(track):
                first_rate = first_rate or frame.sample_rate
                if (frame.sample_rate, frame.layout.nb_channels) != (first_rate, n_channels):
                    raise Undecodable("its parts differ in sample rate or channels")
                new = [part.to_ndarray() for part in packed.resample(frame)]
                n_values += sum(part.size for part in new)
                if max_values is not None and n_values > max_values:
                    raise TooLong(f"it holds more than {max_values} values")
                blocks += new
                if until is not None and n_values >= until * rate * n_channels:
                    seconds = None  # that it is whole shows at its end
                    break
            blocks += [part.to_ndarray() for part in packed.resample(None)]
    except (av.FFmpegError, ValueError) as error:
        raise Undecodable(" ".join(str(error).split())[:200]) from None
    if not blocks or rate is None:
        raise Undecodable("the sound track is empty")
    samples = np.concatenate(blocks, axis=1).reshape(-1, n_channels).astype(dtype, copy=False)
    if seconds is not None and len(samples) / rate < 0.98 * seconds - 0.1:
        raise Undecodable(f"it holds {len(samples) / rate:.1f} of {seconds:.1f} s: it is cut")
    return samples, rate


def container_seconds(path: str | Path) -> float | None:
    """How long the container says that its sound is; None where it says nothing, or is none."""
    try:
        import av
    except ImportError:
        return None
    try:
        with av.open(str(path)) as container:
            tracks = container.streams.audio
            return _seconds(container, tracks[0]) if tracks else None
    except (av.FFmpegError, OSError, ValueError):  # not every one of FFmpeg's is one of Python's
        return None


def codec_of(path: str | Path) -> str:
    """FFmpeg's name for the codec of a file that :func:`decode_with_av` has decoded."""
    import av

    with av.open(str(path)) as container:
        return container.streams.audio[0].codec_context.codec.canonical_name


def _seconds(container, track) -> float | None:
    """How long the container says that its sound is; None where that is an estimate."""
    if container.format.name == "mp3":
        return None
    if track.duration is not None and track.time_base is not None:
        return float(track.duration * track.time_base)
    return None if container.duration is None else container.duration / 1e6
