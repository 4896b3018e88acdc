"""PyTorch, set up so that a result depends on its inputs alone."""

from functools import cache
from types import ModuleType

from audio_debias.errors import InputError


@cache
def torch() -> ModuleType:
    """Import PyTorch and fix what could make two runs differ.

    As with TensorFlow, each operation runs on one thread and cores are used by several batches
    at once (see `extraction.embed_clips`): sums split by the number of threads would else depend
    on the machine's cores. On a GPU, TF32 (a 10-bit mantissa) is off.

    Raises
    ------
    InputError
        If PyTorch is not installed.
    """
    try:
        import torch as module
    except ImportError as error:
        raise InputError("this model needs PyTorch: pip install torch transformers") from error
    module.set_num_threads(1)
    module.backends.cuda.matmul.allow_tf32 = False
    module.backends.cudnn.allow_tf32 = False
    module.backends.cudnn.benchmark = False
    return module


def device() -> str:
    """Where networks run: ``cuda``, ``mps`` or ``cpu``, the first that is there."""
    if torch().cuda.is_available():
        return "cuda"
    return "mps" if torch().backends.mps.is_available() else "cpu"


def float_type(precision: str):
    """The PyTorch type for a model's `precision`: ``float32`` or ``bf16``."""
    return {"float32": torch().float32, "bf16": torch().bfloat16}[precision]
