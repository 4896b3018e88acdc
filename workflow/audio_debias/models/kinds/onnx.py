"""Kind `onnx`: an ONNX model that takes windows of waveform, run by ONNX Runtime.

Example::

    name: my_onnx_model
    kind: onnx
    weights: {folder: my_model.onnx}
    sample_rate: 32000
    window: 10.0
    dim: 768
    options: {output: embedding}
"""

from pathlib import Path

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
        If ONNX Runtime is not installed, can not load the file, or there is no such output.
    """
    try:
        import onnxruntime
    except ImportError:
        raise InputError(f"model {spec['name']}: kind onnx: pip install onnxruntime") from None
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
    return WaveformModel(lambda windows: session.run([output], {name: windows})[0], spec)
