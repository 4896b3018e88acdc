"""A look at decoded sound before it is trusted: what decodes may still be no recording."""

import numpy as np

FULL_SCALE = 4.0
"""Peaks beyond this are another unit (integers in a file of floats), not a loud recording."""

CANCELLED = 1e-3
"""A mono mix with less than this share of its channels' level: they cancel each other."""

SHORTEST = 0.05
"""Seconds below which next to nothing is there, before padding."""

REASONS = {
    "silent": "no sample differs from zero",
    "channels_cancel": "the channels cancel each other in the mix",
    "beyond_full_scale": "samples far beyond full scale, as integers in a file of floats are",
    "nearly_empty": "next to nothing to hear before padding",
}
"""What makes a clip suspicious, and what it means."""


def mix(block: np.ndarray) -> np.ndarray:
    """The mean of the channels, shape (n,): ``block.mean(axis=1)`` to the last bit.

    Of a few channels, added one after another: a thirtieth of the time that numpy takes for sums
    of two.
    """
    channels = block.shape[1]
    if channels >= 8:
        return block.mean(axis=1)  # summed in another order
    mixed = block[:, 0].copy()
    for channel in range(1, channels):
        mixed += block[:, channel]
    return mixed / channels if channels > 1 else mixed


class Look:
    """What is seen of a clip while it is decoded, block by block."""

    def __init__(self):
        self._frames, self._peak, self._channels, self._mix = 0, 0.0, 0.0, 0.0

    def add(self, block: np.ndarray, mono: np.ndarray) -> None:
        """Take samples into account.

        Parameters
        ----------
        block : array of shape (n, channels)
        mono : array of shape (n,)
            Their mean.
        """
        if not len(block):
            return
        self._frames += len(block)
        with np.errstate(over="ignore", invalid="ignore"):
            self._peak = max(self._peak, float(np.abs(block).max()))
            self._channels += float(np.square(block, dtype=np.float64).sum() / block.shape[1])
            self._mix += float(np.square(mono, dtype=np.float64).sum())

    def found(self, rate: int) -> list[tuple[str, str]]:
        """What is suspicious: the reason, one of `REASONS`, and a detail."""
        reasons = []
        if self._peak == 0:
            reasons.append(("silent", f"{self._frames / rate:.3g} s of zeros"))
        elif self._mix < CANCELLED**2 * self._channels:
            reasons.append(("channels_cancel", f"the mix has {self._share():.1e} of their level"))
        if self._peak > FULL_SCALE:
            reasons.append(("beyond_full_scale", f"the peak is {self._peak:.6g}, full scale 1"))
        if self._frames < SHORTEST * rate:
            reasons.append(("nearly_empty", f"{self._frames} samples at {rate} Hz"))
        return reasons

    def _share(self) -> float:
        return float(np.sqrt(self._mix / self._channels))
