"""TensorFlow, set up so that a result depends on its inputs alone."""

import os
from collections.abc import Callable
from functools import cache
from types import ModuleType

from audio_debias.errors import InputError


@cache
def tensorflow() -> ModuleType:
    """Import TensorFlow and fix what could make two runs differ.

    Each operation runs on one thread: kernels split sums by the number of threads, so a result
    would else depend on the machine's cores. Cores are used by running several batches at once
    (see `extract.extract_shard`), which measures faster than splitting one batch. On a GPU,
    TF32 is off (its 10-bit mantissa is no float32) and deterministic kernels are on.

    Raises
    ------
    InputError
        If TensorFlow is not installed.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        import tensorflow as tf
    except ImportError as error:
        raise InputError("this model needs TensorFlow: pip install tensorflow") from error
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(_n_cores())
    tf.config.experimental.enable_tensor_float_32_execution(False)
    tf.config.experimental.enable_op_determinism()
    for gpu in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, True)
    return tf


def _n_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def float_type(precision: str):
    """The TensorFlow type for a model's `precision`: ``float32`` or ``bf16``.

    Networks in bf16 keep 8 bits of mantissa: three to seven times as fast on processors with
    AMX or AVX512-BF16, slow on others; see docs/decisions.md for what it costs in exactness.
    """
    tf = tensorflow()
    return {"float32": tf.float32, "bf16": tf.bfloat16}[precision]


def compiled(network: Callable, window_shape: tuple[int, ...]) -> Callable:
    """Turn a network of TensorFlow operations into a function of NumPy arrays.

    Parameters
    ----------
    network : callable
        Maps a tensor of shape (batch, *window_shape), float32, to one of shape (batch, dim).
    window_shape : tuple of int

    Returns
    -------
    callable
        The same on arrays; it may be called from several threads.
    """
    tf = tensorflow()
    signature = [tf.TensorSpec((None, *window_shape), tf.float32)]
    function = tf.function(network, input_signature=signature)
    return lambda windows: function(tf.constant(windows)).numpy()
