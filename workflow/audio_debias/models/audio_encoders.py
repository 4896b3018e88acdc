"""Architectures of Hugging Face transformers: what goes in, and which frames come out.

An architecture is a `model_type` of transformers. Waveform networks take windows as long as the
sound is: no padding enters them, which a group norm over time could not mask. Networks on
spectrograms have one size of window; frames that hear padding alone are left out of the pooling.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from audio_debias.errors import InputError, nearest


@dataclass(frozen=True)
class WaveformEncoder:
    """wav2vec 2.0 and its kin: a normalised waveform in, transformer layers out."""

    network: str
    extractor: str = "Wav2Vec2FeatureExtractor"
    fixed_window = False
    has_summary = False  # pooling `cls`: the network's own vector of a window

    def prepare(self, extractor, samples: np.ndarray) -> np.ndarray:
        """The network's input for one window, shape (...,)."""
        rate = extractor.sampling_rate
        return extractor(samples, sampling_rate=rate, return_tensors="np")["input_values"][0]

    def seconds(self, extractor) -> float | None:
        """The longest window; None if any length will do."""
        return None

    def run(self, network, inputs, layers: Sequence[int] | None) -> tuple[list, object]:
        """Frames (batch, n_frames, width) of each layer, and the network's own summary or None."""
        outputs = network(inputs, output_hidden_states=layers is not None)
        return _chosen(outputs, layers), None

    def n_valid(self, extractor, n_samples: np.ndarray, n_frames: int) -> np.ndarray:
        """How many frames hear sound, for windows of `n_samples`."""
        return np.full(len(n_samples), n_frames)


@dataclass(frozen=True)
class EncodecEncoder(WaveformEncoder):
    """EnCodec: the continuous latents before quantisation."""

    network: str = "EncodecModel"
    extractor: str = "EncodecFeatureExtractor"

    def run(self, network, inputs, layers):
        """As `WaveformEncoder.run`."""
        return [network.encoder(inputs).transpose(1, 2)], None


@dataclass(frozen=True)
class SpectrogramTransformer(WaveformEncoder):
    """AST: 16 x 16 patches of a spectrogram; the class tokens are the summary."""

    network: str = "ASTModel"
    extractor: str = "ASTFeatureExtractor"
    fixed_window = True
    has_summary = True

    def seconds(self, extractor):
        """As `WaveformEncoder.seconds`: frames of 25 ms every 10 ms."""
        return (extractor.max_length - 1) * 0.01 + 0.025

    def run(self, network, inputs, layers):
        """As `WaveformEncoder.run`; the patches of one time, over frequency, are one frame."""
        outputs = network(inputs, output_hidden_states=layers is not None)
        config = network.config
        n_bands = (config.num_mel_bins - config.patch_size) // config.frequency_stride + 1
        frames = [
            hidden[:, 2:].unflatten(1, (n_bands, -1)).float().mean(dim=1)
            for hidden in _chosen(outputs, layers)
        ]
        return frames, outputs.pooler_output

    def n_valid(self, extractor, n_samples, n_frames):
        """As `WaveformEncoder.n_valid`: a patch counts if its first spectrogram frame hears."""
        rows = 1 + (np.maximum(n_samples, 400) - 400) // 160
        return np.clip(1 + (rows - 1) // 10, 1, n_frames)


@dataclass(frozen=True)
class ClapEncoder(WaveformEncoder):
    """CLAP: the audio tower; its projection into the space shared with text is the summary."""

    network: str = "ClapAudioModelWithProjection"
    extractor: str = "ClapFeatureExtractor"
    fixed_window = True
    has_summary = True

    def prepare(self, extractor, samples):
        """As `WaveformEncoder.prepare`; a short window is repeated, as the extractor does."""
        rate = extractor.sampling_rate
        return extractor(samples, sampling_rate=rate, return_tensors="np")["input_features"][0]

    def seconds(self, extractor):
        """As `WaveformEncoder.seconds`: longer ones would be cropped at random."""
        return extractor.max_length_s

    def run(self, network, inputs, layers):
        """As `WaveformEncoder.run`; positions of the last map in time and frequency are frames."""
        longer = inputs.new_zeros((len(inputs), 1), dtype=bool)
        outputs = network(inputs, is_longer=longer, output_hidden_states=layers is not None)
        hidden = [outputs.last_hidden_state]
        if layers is not None:
            hidden = [outputs.hidden_states[layer] for layer in layers]
        # Maps of a Swin transformer: (batch, width, frequency, time).
        maps = [h.flatten(2).transpose(1, 2) if h.ndim == 4 else h for h in hidden]
        # On the unit sphere, as `get_audio_features` gives it.
        return maps, outputs.audio_embeds / outputs.audio_embeds.norm(dim=-1, keepdim=True)


@dataclass(frozen=True)
class WhisperEncoder(WaveformEncoder):
    """Whisper's encoder, on 30 s as it was trained."""

    network: str = "WhisperModel"
    extractor: str = "WhisperFeatureExtractor"
    fixed_window = True

    def prepare(self, extractor, samples):
        """As `WaveformEncoder.prepare`; padded to the extractor's window with silence."""
        rate = extractor.sampling_rate
        return extractor(samples, sampling_rate=rate, return_tensors="np")["input_features"][0]

    def seconds(self, extractor):
        """As `WaveformEncoder.seconds`."""
        return extractor.chunk_length

    def run(self, network, inputs, layers):
        """As `WaveformEncoder.run`."""
        return _chosen(
            network.encoder(inputs, output_hidden_states=layers is not None), layers
        ), None

    def n_valid(self, extractor, n_samples, n_frames):
        """As `WaveformEncoder.n_valid`: a frame is two steps of the spectrogram."""
        return np.clip(-(-n_samples // (2 * extractor.hop_length)), 1, n_frames)


ARCHITECTURES = {
    "wav2vec2": WaveformEncoder("Wav2Vec2Model"),
    "wav2vec2-conformer": WaveformEncoder("Wav2Vec2ConformerModel"),
    "hubert": WaveformEncoder("HubertModel"),
    "wavlm": WaveformEncoder("WavLMModel"),
    "unispeech": WaveformEncoder("UniSpeechModel"),
    "unispeech-sat": WaveformEncoder("UniSpeechSatModel"),
    "data2vec-audio": WaveformEncoder("Data2VecAudioModel"),
    "sew": WaveformEncoder("SEWModel"),
    "encodec": EncodecEncoder(),
    "audio-spectrogram-transformer": SpectrogramTransformer(),
    "clap": ClapEncoder(),
    "whisper": WhisperEncoder(),
}
"""By `model_type`."""


def architecture_of(model_type: str, source: str):
    """The architecture of that name.

    Raises
    ------
    InputError
        If it is none of `ARCHITECTURES`.
    """
    if model_type not in ARCHITECTURES:
        raise InputError(
            f"{source}: model_type: {model_type!r} is no audio encoder that this kind knows"
            f"{nearest(model_type, ARCHITECTURES)}"
        )
    return ARCHITECTURES[model_type]


def _chosen(outputs, layers: Sequence[int] | None) -> list:
    if layers is None:
        return [outputs.last_hidden_state]
    return [outputs.hidden_states[layer] for layer in layers]
