"""From the frames of a window to one vector."""

import numpy as np

POOLINGS = ("mean", "mean+std", "max", "cls")


def pool_frames(frames, n_valid: np.ndarray, pooling: str):
    """Summarise frames over time; those that hear padding alone do not count.

    Parameters
    ----------
    frames : tensor of shape (batch, n_frames, width)
    n_valid : ndarray of shape (batch,), int
        How many frames of each window, from its start, hear sound.
    pooling : str
        ``mean``, ``mean+std`` (of the population, 2 x width long) or ``max``.

    Returns
    -------
    tensor of shape (batch, width) or (batch, 2 * width), float32

    Examples
    --------
    >>> import torch
    >>> frames = torch.tensor([[[1.0], [3.0], [9.0]]])
    >>> pool_frames(frames, np.array([2]), "mean+std").tolist()
    [[2.0, 1.0]]
    """
    import torch

    frames = frames.float()
    count = torch.as_tensor(n_valid, device=frames.device)[:, None, None]
    heard = torch.arange(frames.shape[1], device=frames.device)[None, :, None] < count
    if pooling == "max":
        return frames.masked_fill(~heard, -torch.inf).amax(dim=1)
    mean = frames.masked_fill(~heard, 0).sum(dim=1) / count[:, 0]
    if pooling == "mean":
        return mean
    deviation = (frames - mean[:, None]).masked_fill(~heard, 0)
    return torch.cat([mean, (deviation.square().sum(dim=1) / count[:, 0]).sqrt()], dim=1)
