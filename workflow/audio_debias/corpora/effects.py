"""Recording conditions put on a clip on purpose: each effect is one cause of domain bias.

An effect is a function ``(sound, rate, rng, **options) -> (sound, rate)`` on float arrays of shape
(n, channels). Random numbers come from the clip's own generator.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import soundfile
import soxr

from audio_debias.corpora.lossy_files import encoded
from audio_debias.errors import InputError, nearest

# scipy.signal takes a second to import, and a plan of jobs only checks chains: it is imported where
# sound is filtered.


@dataclass(frozen=True)
class Effect:
    """How an effect is applied, and which of its options is the dose, in which unit."""

    apply: Callable
    dose: str
    unit: str
    options: tuple[str, ...] = ()


def gain(sound, rate, rng, *, db: float):
    """Louder by `db`; what passes full scale stays so until the file is written."""
    return sound * 10 ** (db / 20), rate


def lowpass(sound, rate, rng, *, hz: float):
    """Nothing above `hz`: as steep as a codec's cut-off (elliptic, order 10, 80 dB), zero phase."""
    return _filtered(sound, rate, "lowpass", hz), rate


def bandpass(sound, rate, rng, *, low: float, high: float):
    """Nothing below `low` and above `high`, Hz; Butterworth slopes of order 4 and zero phase."""
    from scipy import signal

    _below_nyquist("bandpass", high, rate)
    sections = signal.butter(4, (low, high), "bandpass", fs=rate, output="sos")
    return signal.sosfiltfilt(sections, sound, axis=0), rate


def noise(sound, rate, rng, *, snr: float):
    """White Gaussian noise, `snr` dB below the clip's mean power, the same in no two channels."""
    power = np.mean(np.square(sound))
    return sound + rng.standard_normal(sound.shape) * np.sqrt(power) * 10 ** (-snr / 20), rate


def reverb(sound, rate, rng, *, rt60: float, wet: float = 0.0):
    """A room: Gaussian noise that decays by 60 dB in `rt60` s, `wet` dB re the direct sound.

    The tail is cut where the clip ends, and the power is as before.

    References
    ----------
    J.-D. Polack, "La transmission de l'énergie sonore dans les salles", 1988: the diffuse field.
    """
    from scipy import signal

    length = max(round(rt60 * rate), 1)
    tail = rng.standard_normal((length, 1)) * 10 ** (-3 * np.arange(length) / length)[:, None]
    tail *= 10 ** (wet / 20) / np.sqrt(np.sum(tail**2))
    tail[0] = 1.0
    heard = signal.oaconvolve(sound, tail, axes=0)[: len(sound)]
    after = np.mean(np.square(heard))
    return heard * np.sqrt(np.mean(np.square(sound)) / after) if after else heard, rate


def clip(sound, rate, rng, *, db: float):
    """Cut off all that stands more than `db` below the peak."""
    peak = np.abs(sound).max() * 10 ** (-db / 20)
    return np.clip(sound, -peak, peak), rate


def bits(sound, rate, rng, *, depth: int):
    """Round to `depth` bits of full scale, without dither."""
    step = 2.0 ** (1 - depth)
    return np.round(sound / step) * step, rate


def codec(sound, rate, rng, *, format: str, quality: float):
    """Through a lossy codec and back, ``ogg`` (Vorbis) or ``mp3``; see `lossy_files.encoded`."""
    stream = io.BytesIO(encoded(sound, rate, format, quality))
    decoded = soundfile.read(stream, always_2d=True)[0][: len(sound)]
    return np.pad(decoded, ((0, len(sound) - len(decoded)), (0, 0))), rate


def resample(sound, rate, rng, *, hz: int):
    """At another sample rate, and left there."""
    return soxr.resample(sound, rate, hz, "HQ"), hz


EFFECTS = {
    "gain": Effect(gain, "db", "dB"),
    "lowpass": Effect(lowpass, "hz", "Hz"),
    "bandpass": Effect(bandpass, "high", "Hz", ("low",)),
    "noise": Effect(noise, "snr", "dB SNR"),
    "reverb": Effect(reverb, "rt60", "s RT60", ("wet",)),
    "clip": Effect(clip, "db", "dB"),
    "bits": Effect(bits, "depth", "bit"),
    "codec": Effect(codec, "quality", "quality", ("format",)),
    "resample": Effect(resample, "hz", "Hz"),
}
"""The effects by name."""

_OPTIONAL = {("reverb", "wet")}


def check_chain(chain: Sequence[Mapping], source: str) -> None:
    """Refuse a chain with an unknown effect, a missing or unknown option, or no number.

    Raises
    ------
    InputError
        Naming the effect, the option and the mend.
    """
    for step in chain:
        if len(step) != 1:
            raise InputError(f"{source}: derive: chain: one effect a step, not {sorted(step)}")
        ((name, options),) = step.items()
        if name not in EFFECTS:
            raise InputError(f"{source}: derive: chain: no effect {name!r}{nearest(name, EFFECTS)}")
        effect = EFFECTS[name]
        known = (effect.dose, *effect.options)
        for option in options:
            if option not in known:
                raise InputError(
                    f"{source}: derive: chain: {name}: unknown option {option!r}"
                    f"{nearest(option, known)}"
                )
        for option in known:
            if option not in options and (name, option) not in _OPTIONAL:
                raise InputError(f"{source}: derive: chain: {name}: give {option!r}")
            value = options.get(option, 0)
            if option != "format" and (
                isinstance(value, bool) or not isinstance(value, int | float)
            ):
                raise InputError(
                    f"{source}: derive: chain: {name}: {option}: {value!r} is no number"
                )


def apply_chain(
    sound: np.ndarray, rate: int, chain: Sequence[Mapping], rng: np.random.Generator
) -> tuple[np.ndarray, int]:
    """Put a clip through a chain of effects.

    Parameters
    ----------
    sound : array of float, shape (n, channels)
    rate : int
        Hz.
    chain : sequence of mapping
        Each ``{effect: options}``, checked by :func:`check_chain`.
    rng : Generator
        The clip's own.

    Returns
    -------
    sound : array of float64, shape (n', channels)
    rate : int

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> apply_chain(np.ones((4, 1)), 16000, [{"gain": {"db": -20}}], rng)[0].ravel().tolist()
    [0.1, 0.1, 0.1, 0.1]
    """
    sound = np.asarray(sound, dtype=np.float64)
    for step in chain:
        ((name, options),) = step.items()
        sound, rate = EFFECTS[name].apply(sound, rate, rng, **options)
    return sound, rate


def dose_of(chain: Sequence[Mapping]) -> tuple[str, float]:
    """The first effect of a chain and its dose."""
    ((name, options),) = chain[0].items()
    return name, float(options[EFFECTS[name].dose])


def _filtered(sound, rate: int, kind: str, hz: float):
    from scipy import signal

    _below_nyquist(kind, hz, rate)
    # Twice 40 dB, forwards and backwards.
    sections = signal.ellip(10, 0.1, 40, hz, kind, fs=rate, output="sos")
    return signal.sosfiltfilt(sections, sound, axis=0)


def _below_nyquist(effect: str, hz: float, rate: int) -> None:
    if hz >= rate / 2:
        raise InputError(
            f"{effect}: {hz:g} Hz is no frequency of a clip at {rate} Hz; "
            f"stay below {rate / 2:g} Hz"
        )
