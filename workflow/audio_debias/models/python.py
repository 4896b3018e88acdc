"""Kind `python`: an installed function ``embed(waveform, sample_rate) -> (frames, dim)``.

Example::

    name: my_python_model
    kind: python
    sample_rate: 22050
    dim: 40
    options: {function: "my_package.features:embed"}
"""

import importlib

from audio_debias.errors import InputError
from audio_debias.models.waveform import WaveformModel


def load(spec: dict) -> WaveformModel:
    """Find the function.

    Parameters
    ----------
    spec : dict
        A model of `resources/models/`; `options.function` is ``package.module:function``. It is
        called with one clip, an array of shape (n_samples,), float32, and `sample_rate`, possibly
        from several threads at once.

    Raises
    ------
    InputError
        If there is no such function.
    """
    name = spec["options"]["function"]
    module, _, attribute = name.partition(":")
    try:
        function = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise InputError(
            f"model {spec['name']}: options.function: cannot import {name!r} ({error}); write "
            f"package.module:function and install the package"
        ) from None
    whole_clips = {key: value for key, value in spec.items() if key != "window"}
    return WaveformModel(lambda windows: function(windows[0], spec["sample_rate"]), whole_clips)
