"""Kind `python`: an installed function ``embed(waveform, sample_rate) -> (frames, dim)``.

Example::

    name: my_python_model
    kind: python
    sample_rate: 22050
    dim: 40
    options: {function: "my_package.features:embed"}
"""

import importlib

import numpy as np

from audio_debias.errors import InputError
from audio_debias.models.function_process import FunctionProcess
from audio_debias.models.waveform_windows import WaveformModel
from audio_debias.sound.decoding import BrokenAudio

OPTIONS = {"function": str}
"""Type of every option."""


def load(spec: dict) -> WaveformModel:
    """Find the function.

    Parameters
    ----------
    spec : dict
        A model of `resources/models/`; `options.function` is ``package.module:function``. It is
        called with one clip, an array of shape (n_samples,), float32, and `sample_rate`, in a
        process of its own. A clip on which it raises, or ends that process, is skipped as
        ``model_failed``.

    Raises
    ------
    InputError
        If there is no such function.
    """
    name = spec.get("options", {}).get("function")
    if not name:
        raise InputError(
            f"model {spec['name']}: options.function: missing; write package.module:function"
        )
    module, _, attribute = name.partition(":")
    try:
        getattr(importlib.import_module(module), attribute)
    except (Exception, SystemExit) as error:  # of the module itself, as it is imported
        reason = " ".join(str(error).split())[:200]
        raise InputError(
            f"model {spec['name']}: options.function: cannot import {name!r} ({reason}); write "
            f"package.module:function and install the package"
        ) from None

    call = FunctionProcess(module, attribute)

    def embed(windows):
        """Call the function on the one clip of a batch."""
        frames = call(windows[0], spec["sample_rate"])
        if frames.dtype.kind not in "biuf":
            raise BrokenAudio("model_failed", f"the function gave {frames.dtype}, no real numbers")
        with np.errstate(over="ignore"):  # the embedding is checked at the end
            return frames.astype(np.float32)

    whole_clips = {key: value for key, value in spec.items() if key != "window"}
    return WaveformModel(embed, whole_clips)
