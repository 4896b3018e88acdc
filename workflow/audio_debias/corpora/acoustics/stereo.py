"""The stereo image."""

import numpy as np


def stereo_measures(samples: np.ndarray) -> dict[str, float]:
    """Correlation of the first two channels and the width of the image.

    Parameters
    ----------
    samples : array of float32, shape (n, channels)

    Returns
    -------
    dict
        correlation: <l, r> / (|l| |r|) of left and right, -1 to 1; width: |l - r|² over
        |l - r|² + |l + r|², 0 (mono) to 1 (opposed). One channel is an image of correlation 1 and
        width 0; a silent channel has no correlation.
    """
    if samples.shape[1] == 1:
        return {"correlation": 1.0, "width": 0.0}
    gram = samples[:, :2].T.astype(np.float32, copy=False) @ samples[:, :2]
    left, right, both = (float(gram[i]) for i in ((0, 0), (1, 1), (0, 1)))
    total = left + right
    return {
        "correlation": both / np.sqrt(left * right) if left * right > 0 else float("nan"),
        "width": (total - 2 * both) / (2 * total) if total > 0 else 0.0,
    }
