"""A user's function in a process of its own: one that ends its process costs a clip, no shard."""

import importlib
import os
import subprocess
import sys
import threading
from multiprocessing.connection import Connection, Pipe

import numpy as np

from audio_debias.sound.decoding import BrokenAudio


class FunctionProcess:
    """Calls ``function(waveform, sample_rate)`` elsewhere; each thread that calls has its process.

    Parameters
    ----------
    module, attribute : str
        What to import, and the function in it.
    """

    def __init__(self, module: str, attribute: str):
        self._name = (module, attribute)
        self._own = threading.local()

    def __call__(self, waveform: np.ndarray, sample_rate: int) -> np.ndarray:
        """What the function gives.

        Raises
        ------
        BrokenAudio
            ``model_failed``: it raised, or ended its process.
        """
        if getattr(self._own, "pipe", None) is None:
            self._own.process, self._own.pipe = _start(*self._name)
        try:
            self._own.pipe.send((waveform, sample_rate))
            result = self._own.pipe.recv()
        except (EOFError, OSError):
            self._own.pipe = None
            code = self._own.process.wait()
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            raise BrokenAudio("model_failed", f"the function ended its process ({how})") from None
        if isinstance(result, str):
            raise BrokenAudio("model_failed", result)
        return result


def _start(module: str, attribute: str) -> tuple[subprocess.Popen, Connection]:
    ours, theirs = Pipe()
    # Not by multiprocessing, whose processes run the main script again.
    code = f"from {__name__} import serve; serve({theirs.fileno()}, {module!r}, {attribute!r})"
    paths = os.pathsep.join(path for path in sys.path if path)
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        pass_fds=[theirs.fileno()],
        env=os.environ | {"PYTHONPATH": paths},
        stdin=subprocess.DEVNULL,
    )
    theirs.close()
    return process, ours


def serve(descriptor: int, module: str, attribute: str) -> None:
    """Answer calls until the other end is closed."""
    pipe = Connection(descriptor)
    function = getattr(importlib.import_module(module), attribute)
    while True:
        try:
            waveform, sample_rate = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send(np.asarray(function(waveform, sample_rate)))
        except (Exception, SystemExit) as error:
            pipe.send(" ".join(f"{type(error).__name__}: {error}".split())[:500])
