"""Handles of models: resolved, and kept, by the library of the hub that serves them."""

import re
from pathlib import Path

from audio_debias.errors import InputError

HANDLES = ("hub:", "huggingface:")
"""How the source of such weights begins."""

# Configurations and weights; never code or pickles.
_HUGGING_FACE_FILES = ["config.json", "preprocessor_config.json", "*.safetensors"]


def resolve(source: str) -> Path:
    """The folder of a model, fetched into its library's own cache if it is not there.

    Parameters
    ----------
    source : str
        ``hub:`` and what `tensorflow_hub.resolve` takes, such as ``google/yamnet/1`` or an
        address (kept below ``$TFHUB_CACHE_DIR``); or ``huggingface:{owner}/{name}@{revision}``
        with the 40 digits of a commit (kept below ``$HF_HOME``).

    Raises
    ------
    InputError
        If the library is not installed, or the model can be neither found nor fetched.
    """
    if source.startswith("hub:"):
        return _tensorflow_hub(source.removeprefix("hub:"))
    return _hugging_face(source)


def _tensorflow_hub(handle: str) -> Path:
    if "://" not in handle and not Path(handle).is_absolute():
        handle = f"https://tfhub.dev/{handle}"
    try:
        import tensorflow_hub
    except ImportError as error:
        raise InputError(
            f"hub:{handle}: this model needs TensorFlow Hub: pip install tensorflow-hub "
            f"'setuptools<82' ({error})"
        ) from None
    try:
        return Path(tensorflow_hub.resolve(handle))
    except Exception as error:  # of the network, the archive or the handle
        reason = " ".join(str(error).split())[:200]
        raise InputError(
            f"hub:{handle}: TensorFlow Hub cannot resolve it ({reason}); check the handle, the "
            f"network and TFHUB_CACHE_DIR, or name a folder under `local:` in the config"
        ) from None


def _hugging_face(source: str) -> Path:
    match = re.fullmatch(r"huggingface:([\w.-]+/[\w.-]+)@([0-9a-f]{40})", source)
    if not match:
        raise InputError(
            f"weights.source: {source}: write huggingface:owner/name@revision with the 40 digits "
            f"of a commit, so that the weights cannot change"
        )
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import LocalEntryNotFoundError
    except ImportError:
        raise InputError(f"{source}: needs huggingface_hub: pip install transformers") from None
    repository, revision = match.groups()
    wanted = {"revision": revision, "allow_patterns": _HUGGING_FACE_FILES}
    try:
        try:
            return Path(snapshot_download(repository, local_files_only=True, **wanted))
        except LocalEntryNotFoundError:
            return Path(snapshot_download(repository, **wanted))
    except Exception as error:  # of the network or the hub
        reason = " ".join(str(error).split())[:200]
        raise InputError(
            f"{source}: cannot be fetched ({reason}); check the name, the revision and the "
            f"network, or name the repository's folder under `local:` in the config"
        ) from None
