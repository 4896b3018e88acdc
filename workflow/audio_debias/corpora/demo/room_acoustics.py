"""A recording in a small room through a narrow band: what sets one demo corpus apart."""

import numpy as np
from scipy import signal

from audio_debias.sound.looks import mix

BAND = (120.0, 3800.0)
"""Pass band, Hz."""

SNR = 25.0
"""Signal to noise ratio, dB."""

REVERBERATION = 0.4
"""Time in which the reverberation falls by 60 dB, s."""


def record(sound: np.ndarray, rate: int, rng: np.random.Generator) -> np.ndarray:
    """Record a sound with one microphone in a room.

    The impulse response is a direct sound and Gaussian noise that decays exponentially (the
    diffuse-field model of Polack, 1988), as loud together as the direct sound.

    Parameters
    ----------
    sound : ndarray of float, (n, channels)
    rate : int
        Sampling rate, Hz.
    rng : Generator
        Draws this clip's room and noise.

    Returns
    -------
    ndarray of float32, (n,)
        Peak 1.
    """
    length = round(REVERBERATION * rate)
    decay = 10 ** (-3 * np.arange(length) / length)
    response = rng.standard_normal(length) * decay
    response /= np.sqrt(np.sum(response**2))
    response[0] = 1.0
    mono = mix(sound)
    wet = signal.oaconvolve(mono, response)[: len(mono)]
    heard = signal.sosfilt(signal.butter(4, BAND, "bandpass", fs=rate, output="sos"), wet)
    noise = rng.standard_normal(len(heard))
    noise *= np.sqrt(np.mean(heard**2) / np.mean(noise**2)) * 10 ** (-SNR / 20)
    heard = heard + noise
    return (heard / np.abs(heard).max()).astype(np.float32)
