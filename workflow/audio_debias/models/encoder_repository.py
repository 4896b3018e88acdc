"""A Hugging Face repository on disk, checked before any library opens it.

Nothing in it is run: configurations are JSON, weights are safetensors. What a configuration claims
is held against the weight files before a network of that size is built.
"""

import json
import math
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

from audio_debias.errors import InputError

_MAX_JSON = 4 << 20  # bytes; a repository's configuration has a few kB
_MAX_HEADER = 64 << 20  # of a safetensors file
_SLACK = 1.25  # of the parameters in the files: buffers, tied weights


def read_config(folder: Path, architecture: str | None) -> dict:
    """The configuration of a repository that is safe to load.

    Parameters
    ----------
    folder : Path
        Of the repository's files, such as a snapshot in Hugging Face's cache.
    architecture : str or None
        Take the configuration for this `model_type`, for a repository that would bring code of
        its own (``auto_map``); that code is not run.

    Returns
    -------
    dict
        ``config.json``, `model_type` replaced by `architecture`, ``auto_map`` left out.

    Raises
    ------
    InputError
        If files are missing, weights are pickles, a link or an index leads out of the repository,
        or it wants code of its own run.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; give the folder of a model's repository")
    _refuse_links_out(folder)
    config = _read_json(folder / "config.json")
    _read_json(folder / "preprocessor_config.json")
    if not list(folder.glob("*.safetensors")):
        pickles = sorted(p.name for p in folder.iterdir() if p.suffix in {".bin", ".pt", ".pth"})
        reason = f"{pickles[0]} is a pickle, which can run code" if pickles else "no weights"
        raise InputError(
            f"{folder}: {reason}; give a repository with model.safetensors, or convert it "
            f"(docs/models.md)"
        )
    _refuse_other_weights(folder)
    if architecture is None and "auto_map" in config:
        raise InputError(
            f"{folder}/config.json: auto_map: code of the repository is not run; if its network is "
            f"one that transformers has, name it in options.architecture"
        )
    config = {key: value for key, value in config.items() if key != "auto_map"}
    return config | {"model_type": architecture or config.get("model_type")}


def check_size(folder: Path, config: Mapping, n_parameters) -> None:
    """Refuse a configuration of a network that the weight files cannot fill.

    Parameters
    ----------
    folder : Path
    config : mapping
        As :func:`read_config` gives it.
    n_parameters : callable
        Counts the network's parameters without memory for them. It is called only when the
        number of layers is no more than that of stored tensors.

    Raises
    ------
    InputError
        If there are more layers than tensors, or more parameters than numbers in the files.
    """
    shapes = list(_shapes(folder))
    stored = sum(math.prod(shape) for shape in shapes)
    for key, value in _integers(config):
        if "layers" in key and value > len(shapes):
            raise InputError(
                f"{folder}/config.json: {key}: {value} layers, but the weights hold {len(shapes)} "
                f"tensors; fetch the repository again"
            )
        if value > max(stored, 1 << 24):
            raise InputError(f"{folder}/config.json: {key}: {value} is no size of this network")
    needed = n_parameters()
    if needed > _SLACK * stored:
        raise InputError(
            f"{folder}/config.json: describes a network of {needed:,} parameters "
            f"({4 * needed / 1e9:.3g} GB), but the weights hold {stored:,}; fetch it again"
        )


def _refuse_links_out(folder: Path) -> None:
    # Hugging Face's cache keeps models--*/snapshots/{revision}/* as links to models--*/blobs/*.
    home = folder.resolve()
    inside = [home]
    if home.parent.name == "snapshots":
        inside.append(home.parent.parent / "blobs")
    for path in folder.rglob("*"):
        target = path.resolve()
        if path.is_symlink() and not any(target.is_relative_to(place) for place in inside):
            raise InputError(f"{path}: a link out of the repository; copy the file there instead")


def _refuse_other_weights(folder: Path) -> None:
    """Refuse what would send transformers to other files than the checked ones."""
    if (folder / "adapter_config.json").exists():
        raise InputError(
            f"{folder}/adapter_config.json: an adapter of another repository; merge it first"
        )
    for path in sorted(folder.glob("*.index.json")):
        shards = _read_json(path).get("weight_map", {})
        for shard in shards.values() if isinstance(shards, dict) else [shards]:
            name = shard if isinstance(shard, str) else ""
            if Path(name).name != name or not name.endswith(".safetensors"):
                raise InputError(f"{path}: weight_map: {shard!r} is no safetensors file beside it")


def _read_json(path: Path) -> dict:
    try:
        if path.stat().st_size > _MAX_JSON:
            raise InputError(f"{path}: has more than {_MAX_JSON >> 20} MiB; is no configuration")
        content = json.loads(path.read_bytes())
    except OSError:
        raise InputError(f"{path}: missing; fetch the repository again") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: no JSON ({' '.join(str(error).split())})") from None
    if not isinstance(content, dict):
        raise InputError(f"{path}: must be a JSON object")
    return content


def _shapes(folder: Path) -> Iterator[list[int]]:
    """The shapes of all stored tensors, from the files' headers."""
    for path in sorted(folder.glob("*.safetensors")):
        try:
            with path.open("rb") as file:
                (length,) = struct.unpack("<Q", file.read(8))
                if length > min(_MAX_HEADER, path.stat().st_size):
                    raise ValueError("a header longer than the file")
                header = json.loads(file.read(length))
            header.pop("__metadata__", None)
            promised = 8 + length + max(entry["data_offsets"][1] for entry in header.values())
            if promised != path.stat().st_size:
                raise ValueError(f"{path.stat().st_size} bytes, of {promised}")
            yield from [entry["shape"] for entry in header.values()]
        except (OSError, ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
            reason = " ".join(str(error).split())[:200]
            raise InputError(f"{path}: no safetensors file ({reason}); fetch it again") from None


def _integers(config: Mapping, prefix: str = "") -> Iterator[tuple[str, int]]:
    for key, value in config.items():
        if isinstance(value, Mapping):
            yield from _integers(value, f"{prefix}{key}.")
        elif isinstance(value, list | tuple):
            yield from ((f"{prefix}{key}", v) for v in value if type(v) is int)
        elif type(value) is int:
            yield f"{prefix}{key}", value
