"""Kind `transformers`: an audio encoder of Hugging Face transformers, by one yaml.

Example::

    name: my_wavlm
    kind: transformers
    weights: {folder: /models/wavlm-base-plus}
    sample_rate: 16000
    window: 10.0
    dim: 768
    options: {layer: 6, pooling: mean}

The weights are a repository's folder: config.json, preprocessor_config.json and safetensors.
Nothing in it is run, and nothing is fetched.
"""

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from audio_debias.errors import InputError
from audio_debias.models.audio_encoders import architecture_of
from audio_debias.models.encoder_repository import check_size, read_config
from audio_debias.models.pins import pinned_folder
from audio_debias.models.time_pooling import POOLINGS, pool_frames
from audio_debias.models.torch_setup import device, float_type, torch

OPTIONS = {"layer": (int, list, str), "depth": int, "pooling": str, "architecture": str}
"""Type of every option."""

PRECISIONS = ["float32", "bf16"]
ENVIRONMENT = "torch"

_MAX_SAMPLES = 1 << 24  # a window's length is stored as a float32 beside it


def load(spec: dict, path: Path) -> "Encoder":
    """Load an encoder and its feature extractor.

    Parameters
    ----------
    spec : dict
        A model of `resources/models/`: `sample_rate`; in seconds `window` (left out: the longest
        the network takes, or 10) and `hop` (left out: windows do not overlap); under `options`

        - `layer`: a hidden state of transformers (0 is the input of the first layer), a list of
          them, or ``all``; left out: the network's output,
        - `depth`: how many layers the network has, checked if given,
        - `pooling`: ``mean`` (default), ``mean+std``, ``max`` over a window's frames, or ``cls``,
          the network's own vector (AST's class tokens, CLAP's projection),
        - `architecture`: the `model_type` to take the configuration for.
    path : Path
        A repository's folder, or a pin of one.

    Raises
    ------
    InputError
        If the repository is not safe or not whole, or the definition does not fit it.
    """
    folder = pinned_folder(path)
    options = spec.get("options", {})
    config = read_config(folder, options.get("architecture"))
    architecture = architecture_of(config["model_type"], f"{folder}/config.json")
    network, extractor = _from_repository(folder, config, architecture)
    if extractor.sampling_rate != spec["sample_rate"]:
        raise InputError(
            f"model {spec['name']}: sample_rate: is {spec['sample_rate']}, but the network was "
            f"trained at {extractor.sampling_rate} Hz"
        )
    network = network.to(device(), float_type(spec.get("precision", "float32"))).eval()
    return Encoder(network, extractor, architecture, spec)


class Encoder:
    """A network with its feature extractor.

    Parameters
    ----------
    network, extractor
        Of transformers.
    architecture : WaveformEncoder
    spec : dict
        See `load`.

    Attributes
    ----------
    layers : tuple of int, or None
        The hidden states that an embedding holds side by side; None for the network's output.
    """

    def __init__(self, network, extractor, architecture, spec: dict):
        self.sample_rate = spec["sample_rate"]
        self._network, self._extractor, self._architecture = network, extractor, architecture
        options = spec.get("options", {})
        self._pooling = _pooling(options.get("pooling", "mean"), architecture, spec["name"])
        self.layers = _layers(options, network.config, architecture, spec["name"])
        if self.layers is not None and self._pooling == "cls":
            raise InputError(f"model {spec['name']}: options.layer: pooling cls has no layers")
        longest = architecture.seconds(extractor)
        window = spec.get("window", longest or 10.0)
        if longest and window > longest + 1e-9:
            raise InputError(
                f"model {spec['name']}: window: is {window} s, but the network takes {longest:g}"
            )
        self._length = round(window * self.sample_rate)
        self._hop = round(spec.get("hop", window) * self.sample_rate)
        if self._hop < 1 or self._length >= _MAX_SAMPLES:
            raise InputError(f"model {spec['name']}: hop, window: less than a sample or too long")
        probe = architecture.prepare(extractor, np.zeros(self._length, np.float32))
        self._input_shape = probe.shape
        # A window is the network's input, flat, and in its last place how much of it is sound.
        self.window_shape = (probe.size + 1,)

    def windows(self, waveform: np.ndarray) -> np.ndarray:
        """The network's inputs, shape (n, *window_shape), n >= 1.

        A clip shorter than a window is one; a partial window at a clip's end is dropped.
        """
        if len(waveform) < self._length:
            parts = waveform[np.newaxis]
        else:
            parts = sliding_window_view(waveform, self._length)[:: self._hop]
        rows = np.zeros((len(parts), *self.window_shape), np.float32)
        for row, part in zip(rows, parts, strict=True):
            prepared = self._architecture.prepare(self._extractor, part)
            row[: prepared.size] = prepared.ravel()
            row[-1] = len(part)
        return rows

    def embed(self, windows: np.ndarray) -> np.ndarray:
        """One vector a window, shape (n, dim) or (n, n_layers * dim), float32.

        Windows of waveform that are not whole go through the network with others of their length.
        """
        lengths = windows[:, -1].astype(np.int64)
        if self._architecture.fixed_window:
            return self._run(windows[:, :-1].reshape(-1, *self._input_shape), lengths)
        out = np.zeros((len(windows), 0), np.float32)
        for length in np.unique(lengths[lengths > 0]):
            rows = lengths == length
            inputs = windows[rows, :length].reshape(-1, *self._input_shape[:-1], length)
            vectors = self._run(inputs, lengths[rows])
            if not out.size:
                out = np.zeros((len(windows), vectors.shape[1]), np.float32)
            out[rows] = vectors
        return out

    def _run(self, inputs: np.ndarray, n_samples: np.ndarray) -> np.ndarray:
        weight = next(self._network.parameters())
        with torch().inference_mode():
            tensor = torch().from_numpy(inputs).to(weight.device, weight.dtype)
            frames, summary = self._architecture.run(self._network, tensor, self.layers)
            if self._pooling == "cls":
                return summary.float().cpu().numpy()
            pooled = [
                pool_frames(
                    layer,
                    self._architecture.n_valid(self._extractor, n_samples, layer.shape[1]),
                    self._pooling,
                )
                for layer in frames
            ]
            widths = sorted({vectors.shape[1] for vectors in pooled})
            if len(widths) > 1:
                raise InputError(f"options.layer: layers of several widths ({widths}); name one")
            return torch().cat(pooled, dim=1).cpu().numpy()


def _from_repository(folder: Path, config: dict, architecture) -> tuple:
    """The network, filled, and its feature extractor."""
    try:
        import transformers
    except ImportError as error:
        raise InputError("this model needs transformers: pip install torch transformers") from error
    cls = getattr(transformers, architecture.network)
    extractor_cls = getattr(transformers, architecture.extractor)
    source = f"{folder}/config.json"

    def n_parameters() -> int:
        with torch().device("meta"):
            return sum(weight.numel() for weight in cls(settings).parameters())

    verbosity = transformers.logging.get_verbosity()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    try:
        settings = cls.config_class.from_dict(config)
        if architecture.network == "ClapAudioModelWithProjection":
            settings = transformers.ClapConfig.from_dict(config).audio_config
        check_size(folder, config, n_parameters)
        network, info = cls.from_pretrained(
            folder,
            config=settings,
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
            output_loading_info=True,
        )
        extractor = extractor_cls.from_pretrained(folder, local_files_only=True)
    except InputError:
        raise
    except Exception as error:  # of transformers, torch, safetensors or the configuration's values
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"{source}: transformers cannot load it ({reason})") from None
    finally:
        transformers.logging.set_verbosity(verbosity)
        transformers.logging.enable_progress_bar()
    # Only training masks with it.
    missing = sorted(set(info["missing_keys"]) - {"masked_spec_embed"})
    if missing:
        raise InputError(
            f"{folder}: the weights lack {missing[0]} ({len(missing)} in all); the configuration "
            f"is another network's, or a file is missing"
        )
    if getattr(settings, "audio_channels", 1) != 1:
        raise InputError(f"{source}: audio_channels: only networks on mono sound can be used")
    logging.getLogger(__name__).info("%s: %s on %s", folder, architecture.network, device())
    return network, extractor


def _pooling(name: str, architecture, model: str) -> str:
    if name not in POOLINGS:
        raise InputError(f"model {model}: options.pooling: {name!r} is none of {POOLINGS}")
    if name == "cls" and not architecture.has_summary:
        raise InputError(
            f"model {model}: options.pooling: {architecture.network} has no class token"
        )
    return name


def _layers(options: dict, config, architecture, model: str) -> Sequence[int] | None:
    layer = options.get("layer")
    if layer is None:
        return None
    known = getattr(config, "num_hidden_layers", None) or getattr(config, "encoder_layers", None)
    if architecture.extractor == "ClapFeatureExtractor":
        known = len(config.depths)
    if architecture.extractor == "EncodecFeatureExtractor" or known is None:
        raise InputError(f"model {model}: options.layer: {architecture.network} has one output")
    depth = options.get("depth", known)
    if depth != known:
        raise InputError(
            f"model {model}: options.depth: is {depth}, but the network has {known} layers"
        )
    chosen = tuple(range(known + 1)) if layer == "all" else layer
    chosen = (chosen,) if isinstance(chosen, int) else tuple(chosen)
    bad = [one for one in chosen if type(one) is not int or not 0 <= one <= known]
    if bad or not chosen:
        raise InputError(
            f"model {model}: options.layer: {(bad or [layer])[0]!r} is no layer; 0 to {known}, a "
            f"list of them, or all"
        )
    return chosen
