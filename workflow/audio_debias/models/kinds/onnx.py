"""Kind `onnx`: an ONNX model that takes windows of waveform, run by ONNX Runtime.

Example::

    name: my_onnx_model
    kind: onnx
    weights: {folder: my_model.onnx}
    sample_rate: 32000
    window: 10.0
    dim: 768
    options: {output: embedding}

A model whose tensors lie in files of their own (external data) is given as a folder that holds the
`.onnx` and them, and nothing else: all of it is hashed, and a change of any of it is seen.
"""

import re
from pathlib import Path, PurePosixPath, PureWindowsPath

import numpy as np

from audio_debias.errors import InputError
from audio_debias.models.waveform_windows import WaveformModel

OPTIONS = {"output": str}
"""Type of every option."""


def load(spec: dict, path: Path) -> WaveformModel:
    """Load a model with one input, shape (batch, n_samples), float32.

    Parameters
    ----------
    spec : dict
        A model of `resources/models/`; see `WaveformModel`. `options.output` names the output with
        the embeddings, shape (batch, dim); without it, the first.
    path : Path

    Raises
    ------
    InputError
        If ONNX Runtime is not installed, can not load the file, there is no such output, or data
        of the model lie outside its folder.
    """
    try:
        import onnxruntime
    except ImportError:
        raise InputError(f"model {spec['name']}: kind onnx: pip install onnxruntime") from None
    path = _model_file(path)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # see runtime.tensorflow: results must not depend on it
    options.use_deterministic_compute = True
    try:
        session = onnxruntime.InferenceSession(str(path), options)
    except Exception as error:  # its exceptions share no base class
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"{path}: ONNX Runtime cannot load it ({reason})") from None
    outputs = [output.name for output in session.get_outputs()]
    output = spec.get("options", {}).get("output", outputs[0])
    if output not in outputs:
        raise InputError(f"model {spec['name']}: options.output: {output!r} is none of {outputs}")
    name = session.get_inputs()[0].name

    def network(windows: np.ndarray) -> np.ndarray:
        """Frame embeddings of a batch of windows, shape (batch, dim)."""
        try:
            return session.run([output], {name: windows})[0]
        except Exception as error:  # as above
            reason = " ".join(str(error).split())[:200]
            raise InputError(
                f"{path}: does not take windows of {windows.shape} ({reason}); export it with a "
                "free first dimension, or set batch: and window: to what it takes"
            ) from None

    return WaveformModel(network, spec)


# In a tensor of an ONNX file, a protocol buffer: the key "location", then the file's name.
_LOCATION = re.compile(rb"\x0a\x08location\x12(.)", re.DOTALL)


def _model_file(path: Path) -> Path:
    """The `.onnx` of a file or folder of weights, its external data checked."""
    found = [path]
    if path.is_dir():
        found = sorted(path.glob("*.onnx"))
        if len(found) != 1:
            raise InputError(f"{path}: holds {len(found)} files .onnx; it must hold one")
    try:
        data = found[0].read_bytes()
    except OSError as error:
        raise InputError(f"{found[0]}: cannot be read: {error.strerror}") from None
    for match in _LOCATION.finditer(data):
        name = data[match.end() : match.end() + match[1][0]].decode(errors="backslashreplace")
        if not path.is_dir():
            raise InputError(
                f"{path}: its tensors lie in {name!r}: put both into a folder of their own and "
                "name that under weights.folder"
            )
        inside = (path / name).resolve().is_relative_to(path.resolve())
        if ".." in PurePosixPath(name).parts or PureWindowsPath(name).anchor or not inside:
            raise InputError(f"{found[0]}: its tensors lie outside its folder, in {name!r}")
    return found[0]
