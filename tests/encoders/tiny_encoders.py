"""Tiny random encoders, one per architecture."""

import numpy as np
import transformers

RATE = {"encodec": 24000, "mert": 24000, "clap": 48000}
LAYERS, WIDTH = 2, 32

_SPEECH = {
    "hidden_size": WIDTH,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": 4,
    "intermediate_size": 37,
    "num_conv_pos_embeddings": 16,
    "num_conv_pos_embedding_groups": 4,
    "conv_dim": [WIDTH] * 3,
    "conv_kernel": [10, 8, 8],
    "conv_stride": [5, 8, 8],
    "feat_extract_norm": "group",
}


def _speech(name, **changes):
    network = getattr(transformers, f"{name}Model")
    return network(network.config_class(**{**_SPEECH, **changes}))


def _ast():
    config = transformers.ASTConfig(
        hidden_size=WIDTH, num_hidden_layers=LAYERS, num_attention_heads=4, intermediate_size=37
    )
    return transformers.ASTModel(config)


def _clap():
    # A small Swin of HTSAT's layout; the text tower lies in the same file, as in LAION's.
    audio = {
        "patch_embeds_hidden_size": 8,
        "hidden_size": 16,
        "depths": [2, 2],
        "num_attention_heads": [2, 2],
        "num_hidden_layers": 2,
        "projection_dim": WIDTH,
        "enable_fusion": False,
    }
    text = {
        "hidden_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 16,
        "vocab_size": 20,
        "projection_dim": WIDTH,
    }
    config = transformers.ClapConfig(audio_config=audio, text_config=text, projection_dim=WIDTH)
    return transformers.ClapModel(config)


def _whisper():
    config = transformers.WhisperConfig(
        d_model=WIDTH,
        encoder_layers=LAYERS,
        decoder_layers=1,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=37,
        decoder_ffn_dim=37,
        vocab_size=60,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=1,
    )
    return transformers.WhisperModel(config)


def _encodec():
    config = transformers.EncodecConfig(hidden_size=WIDTH, codebook_dim=WIDTH, num_filters=4)
    return transformers.EncodecModel(config)


def _speech_extractor(rate=16000):
    return transformers.Wav2Vec2FeatureExtractor(sampling_rate=rate, do_normalize=True)


ENCODERS = {
    "wav2vec2": (lambda: _speech("Wav2Vec2"), _speech_extractor),
    "wavlm": (lambda: _speech("WavLM"), _speech_extractor),
    "hubert": (lambda: _speech("Hubert"), _speech_extractor),
    # MERT-v1-95M is a HuBERT of this convolution stack and depth, at 24 kHz.
    "mert": (
        lambda: _speech(
            "Hubert",
            conv_dim=[WIDTH] * 7,
            conv_kernel=[10, 3, 3, 3, 3, 2, 2],
            conv_stride=[5, 2, 2, 2, 2, 2, 2],
            num_hidden_layers=12,
        ),
        lambda: _speech_extractor(24000),
    ),
    "ast": (_ast, transformers.ASTFeatureExtractor),
    "clap": (_clap, lambda: transformers.ClapFeatureExtractor(truncation="rand_trunc")),
    "whisper": (_whisper, transformers.WhisperFeatureExtractor),
    "encodec": (_encodec, transformers.EncodecFeatureExtractor),
}


def noise(seconds, rate, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(0, 0.1, round(seconds * rate)).astype(np.float32)
