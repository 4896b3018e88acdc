"""Kind `torch`: a program exported by `torch.export` (`.pt2`) that takes windows of waveform.

Example::

    name: my_torch_model
    kind: torch
    weights: {folder: my_model.pt2}
    sample_rate: 16000
    window: 1.0
    dim: 256

The program maps waveforms (batch, samples), with a batch of any size, to embeddings (batch, dim)
or to frames (batch, n_frames, dim), over which the mean is taken.
"""

import io
import json
import re
import zipfile
from pathlib import Path

from audio_debias.errors import InputError
from audio_debias.models.torch_setup import device, torch
from audio_debias.models.waveform_windows import WaveformModel

ENVIRONMENT = "torch"

_MEMBERS = re.compile(
    r"[^/]+/(models/model\.json|data/(weights|constants)/(model_\w+_config\.json|(weight|tensor)_\d+)"
    r"|data/sample_inputs/model\.pt|archive_format|archive_version|byteorder"
    r"|\.data/(version|serialization_id))"
)
_MAX_CONFIG = 64 << 20  # bytes


def load(spec: dict, path: Path) -> WaveformModel:
    """Load an exported program.

    Parameters
    ----------
    spec : dict
        A model of `resources/models/`, with a `window`; see `WaveformModel`.
    path : Path
        Its operators and weights; one with compiled code or pickles in it is refused.

    Raises
    ------
    InputError
        If it is no such program, or takes something else than windows.
    """
    if "window" not in spec:
        raise InputError(f"model {spec['name']}: window: missing")
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_pickles(archive, path)
        program = torch().export.load(path).module()
    except InputError:
        raise
    except Exception as error:  # of zipfile, JSON or torch
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"{path}: torch.export cannot load it ({reason})") from None
    program = program.to(device())

    def embed(windows):
        """Frame embeddings of a batch of windows."""
        try:
            with torch().inference_mode():
                found = program(torch().from_numpy(windows).to(device()))
        except Exception as error:  # of a guard on the program's inputs, or an operator
            reason = " ".join(str(error).split())[:200]
            raise InputError(
                f"{path}: does not take windows of {windows.shape} ({reason})"
            ) from None
        found = found.float().mean(dim=1) if found.ndim == 3 else found.float()
        return found.cpu().numpy()

    return WaveformModel(embed, spec)


def _refuse_pickles(archive: zipfile.ZipFile, path: Path) -> None:
    """torch.export unpickles whatever a program says is pickled: refuse all but plain tensors."""
    for entry in archive.infolist():
        if not _MEMBERS.fullmatch(entry.filename):
            raise InputError(f"{path}: {entry.filename} may run code; only tensors are read")
        if entry.filename.endswith("_config.json"):
            if entry.file_size > _MAX_CONFIG:
                raise InputError(f"{path}: {entry.filename} has {entry.file_size} bytes")
            for name, tensor in json.loads(archive.read(entry))["config"].items():
                plain = re.fullmatch(r"(weight|tensor)_\d+", tensor["path_name"])
                if tensor["use_pickle"] is not False or not plain:
                    raise InputError(f"{path}: {name} is a pickle; only plain tensors are read")
        if entry.filename.endswith("model.pt"):
            # torch falls back to a full unpickling of what this cannot read.
            torch().load(io.BytesIO(archive.read(entry)), weights_only=True)
