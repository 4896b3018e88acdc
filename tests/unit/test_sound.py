"""Sound as people have it: lengths that are no counts, cut files, sound that is none."""

import io
import random
import struct

import numpy as np
import pandas as pd
import pytest
import soundfile

from audio_debias.corpora.sound_headers import probe
from audio_debias.models.embeddings import merge_suspicious, read_skipped, write_skipped
from audio_debias.models.extraction import embed_clips
from audio_debias.models.waveforms import load_waveform
from audio_debias.sound import decoding
from audio_debias.sound.decoding import BrokenAudio, decode
from audio_debias.sound.lengths import _frame_length
from audio_debias.sound.looks import mix

RATE = 16000


def tone(seconds=4.0, rate=RATE, seed=0):
    rng = np.random.default_rng(seed)
    t = np.arange(int(seconds * rate)) / rate
    return (0.2 * np.sin(2 * np.pi * 300 * t) + 0.02 * rng.normal(size=len(t))).astype(np.float32)


def wav(x, length=None, tail=b""):
    """16-bit PCM by hand, so that the header can lie."""
    pcm = (x * 32767).astype("<i2").tobytes()
    promised = len(pcm) if length is None else length
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16)
    body = b"WAVE" + head + struct.pack("<4sI", b"data", promised) + pcm + tail
    return b"RIFF" + struct.pack("<I", min(promised + 36, 0xFFFFFFFF)) + body


def encoded(x, rate=RATE, **options):
    buffer = io.BytesIO()
    soundfile.write(buffer, x, rate, **options)
    return buffer.getvalue()


def without_info(mp3):
    """An mp3 without its first frame, which counts the others."""
    start = mp3.find(b"\xff\xfb")
    return mp3[:start] + mp3[mp3.find(b"\xff\xfb", start + 4) :]


def unknown_length(flac):
    """A FLAC whose header gives no number of samples."""
    return flac[:21] + bytes([flac[21] & 0xF0]) + bytes(4) + flac[26:]


def constant(seconds=4.0):
    options = {"format": "MP3", "bitrate_mode": "CONSTANT", "compression_level": 0.5}
    return encoded(tone(seconds, 44100), 44100, **options)


def variable():
    loud = 0.3 * np.random.default_rng(3).standard_normal(4 * 44100)
    x = np.concatenate([loud, 0.001 * tone(4, 44100)]).astype(np.float32)
    return encoded(x, 44100, format="MP3", bitrate_mode="VARIABLE", compression_level=0.2)


WHOLE = {
    "no_info.mp3": (lambda: without_info(constant()), 4),
    "no_info_tag.mp3": (lambda: without_info(constant()) + b"TAG" + bytes(125), 4),
    "variable_no_info.mp3": (lambda: without_info(variable()), 8),
    "joined.mp3": (lambda: constant() + constant(), 8),
    "two_streams.ogg": (lambda: 2 * encoded(tone(), format="OGG", subtype="VORBIS"), 8),
    "two_streams.opus": (lambda: 2 * encoded(tone(), format="OGG", subtype="OPUS"), 8),
    "pipe_ffffffff.wav": (lambda: wav(tone(), 0xFFFFFFFF), 4),
    "pipe_7ffff000.wav": (lambda: wav(tone(), 0x7FFFF000), 4),
    "pipe_7fffffff.wav": (lambda: wav(tone(), 0x7FFFFFFF), 4),
    "pipe_80000000.wav": (lambda: wav(tone(), 0x80000000), 4),
    "unknown_length.flac": (lambda: unknown_length(encoded(tone(), format="FLAC")), 4),
    "tail.wav": (lambda: wav(tone(), tail=b"LIST" + struct.pack("<I", 4) + b"INFO"), 4),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_length_that_is_no_count_is_read_to_the_end(tmp_path, name):
    make, seconds = WHOLE[name]
    (tmp_path / name).write_bytes(make())
    assert len(load_waveform(tmp_path / name, RATE)) / RATE == pytest.approx(seconds, abs=0.12)
    found, dropped = probe(tmp_path, [("a", name)])
    assert dropped == []
    if not name.startswith(("joined", "two_streams")):  # the index looks at the first header alone
        assert found["a"] == pytest.approx(seconds, abs=0.12)


def test_without_pyav_a_file_of_several_is_listed_and_never_halved(tmp_path, monkeypatch):
    def absent(*_):
        raise decoding.Undecodable("libsndfile cannot read it; PyAV might: pip install av")

    monkeypatch.setattr(decoding, "decode_with_av", absent)
    for name in ("joined.mp3", "two_streams.ogg", "variable_no_info.mp3"):
        (tmp_path / name).write_bytes(WHOLE[name][0]())
        with pytest.raises(BrokenAudio, match=r"more sound follows .* pip install av"):
            load_waveform(tmp_path / name, RATE)
    (tmp_path / "no_info.mp3").write_bytes(WHOLE["no_info.mp3"][0]())
    assert len(load_waveform(tmp_path / "no_info.mp3", RATE))


def many_channels():
    """A format that libsndfile does not know, of nine channels."""
    av = pytest.importorskip("av")
    buffer = io.BytesIO()
    x = np.tile(np.round(0.1 * 32767 * tone(1)).astype(np.int16), (9, 1)).T
    with av.open(buffer, "w", format="matroska") as container:
        track = container.add_stream("pcm_s16le", rate=RATE, layout="9 channels")
        frame = av.AudioFrame.from_ndarray(x.reshape(1, -1), format="s16", layout="9 channels")
        frame.sample_rate = RATE
        for packet in [*track.encode(frame), *track.encode(None)]:
            container.mux(packet)
    return buffer.getvalue()


JOINED_BADLY = {
    "cut.ogg": lambda: half_after(encoded(tone(), format="OGG", subtype="VORBIS")),
    "half_and_whole.mp3": lambda: first_frames(constant(), 60) + constant(),
    "whole_and_half.mp3": lambda: constant() + first_frames(constant(), 60),
    "rates.mp3": lambda: constant() + encoded(tone(), format="MP3"),
    "two.flac": lambda: (
        unknown_length(encoded(tone(), format="FLAC")) + encoded(tone(), format="FLAC")
    ),
}


def first_frames(mp3, count):
    """An mp3 that was cut where a frame ends."""
    at = 0
    for _ in range(count):
        at += _frame_length(mp3[at : at + 4])
    return mp3[:at]


def half_after(data):
    return data + data[: len(data) // 2]


@pytest.mark.parametrize("name", JOINED_BADLY)
def test_files_joined_badly_are_listed_and_never_shorter_in_silence(tmp_path, name):
    (tmp_path / name).write_bytes(JOINED_BADLY[name]())
    with pytest.raises(BrokenAudio, match=r"truncated|undecodable"):
        load_waveform(tmp_path / name, RATE)


def test_many_channels_by_pyav_are_read(tmp_path):
    (tmp_path / "a.mka").write_bytes(many_channels())
    samples, rate, _ = decode(tmp_path / "a.mka")
    assert (samples.shape, rate) == ((RATE, 9), RATE)
    np.testing.assert_allclose(samples[:, 8], 0.1 * tone(1), atol=1e-4)


def test_a_header_of_a_huge_chunk_ends_no_shard(tmp_path):
    data = bytearray(encoded(tone(0.1), format="CAF", subtype="PCM_16"))
    data[12] = 0x7F
    (tmp_path / "a.caf").write_bytes(data)
    assert len(load_waveform(tmp_path / "a.caf", RATE)) == 1600


def test_sound_behind_a_header_of_length_zero_is_listed_as_that(tmp_path):
    (tmp_path / "zero.wav").write_bytes(wav(tone(), 0))
    with pytest.raises(BrokenAudio, match=r"empty: the header counts 0 samples, in a file of 128"):
        load_waveform(tmp_path / "zero.wav", RATE)
    _, dropped = probe(tmp_path, [("a", "zero.wav")])
    assert dropped[0][1] == "empty"


COUNTED = [
    (container, kind)
    for container, kind in (
        *(("WAV", "PCM_16"), ("WAV", "FLOAT"), ("WAV", "MS_ADPCM"), ("WAVEX", "PCM_24")),
        *(("RF64", "PCM_16"), ("W64", "PCM_16"), ("W64", "FLOAT"), ("AIFF", "PCM_16")),
        *(("AIFF", "FLOAT"), ("AU", "PCM_16"), ("AU", "ULAW"), ("AU", "G721_32")),
        *(("NIST", "PCM_16"), ("NIST", "ULAW"), ("VOC", "PCM_16"), ("VOC", "PCM_U8")),
        *(("CAF", "PCM_16"), ("CAF", "ALAC_16"), ("SVX", "PCM_16"), ("HTK", "PCM_16")),
        *(("MAT4", "PCM_16"), ("FLAC", "PCM_16"), ("MP3", "MPEG_LAYER_III")),
        *(("OGG", "VORBIS"), ("OGG", "OPUS")),
    )
]


@pytest.mark.parametrize(("container", "kind"), COUNTED)
def test_a_cut_file_of_any_container_is_refused(tmp_path, container, kind):
    whole = encoded(tone(), format=container, subtype=kind)
    path = tmp_path / "clip"
    path.write_bytes(whole)
    # VOC's old block holds the sample rate as one byte.
    assert len(load_waveform(path, RATE)) >= (3.9 if container == "VOC" else 4) * RATE
    for share in (0.3, 0.5, 0.9):
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(BrokenAudio) as caught:
            load_waveform(path, RATE)
        assert caught.value.reason in ("truncated", "undecodable")


@pytest.mark.parametrize("seed", range(3))
def test_mutated_files_give_their_sound_or_one_reason(tmp_path, seed):
    """Bytes of real headers changed, cut out and doubled: never another error, never a hang."""
    rng = random.Random(seed)
    path = tmp_path / "clip"
    for container, kind in COUNTED:
        whole = encoded(tone(0.2), format=container, subtype=kind)
        for _ in range(12):
            data = bytearray(whole)
            for _ in range(rng.randint(1, 4)):
                at = rng.randrange(min(len(data), 200))
                change = rng.choice(("set", "cut", "double"))
                if change == "set":
                    data[at] = rng.randrange(256)
                elif change == "cut":
                    del data[at : at + rng.randint(1, 8)]
                else:
                    data[at:at] = data[at : at + rng.randint(1, 8)]
            path.write_bytes(data)
            try:
                samples, rate, _ = decode(path)
            except BrokenAudio:
                continue
            assert samples.ndim == 2
            assert rate > 0
            probe(tmp_path, [("a", "clip")])


def test_a_ceiling_is_checked_before_anything_is_read(tmp_path, monkeypatch):
    path = tmp_path / "long.flac"
    soundfile.write(path, np.zeros((RATE, 8)), RATE)
    monkeypatch.setattr(decoding, "MAX_VALUES", 8 * RATE - 1)
    monkeypatch.setattr(decoding, "_by_libsndfile", None)
    with pytest.raises(BrokenAudio, match=r"too_long: the header counts 16000 samples of 8 chan"):
        load_waveform(path, RATE)


def test_sound_of_unknown_length_has_the_same_ceiling(tmp_path, monkeypatch):
    (tmp_path / "a.flac").write_bytes(unknown_length(encoded(tone(), format="FLAC")))
    monkeypatch.setattr(decoding, "MAX_VALUES", RATE)
    with pytest.raises(BrokenAudio, match="too_long"):
        load_waveform(tmp_path / "a.flac", RATE)


class Levels:
    """A model whose embedding is the level of a clip."""

    sample_rate, window_shape = RATE, None

    def windows(self, waveform):
        if len(waveform) == 3 * RATE:
            raise MemoryError
        return waveform

    def embed(self, waveform):
        return np.array([[np.abs(waveform).max(), 1e300 if waveform[0] == 1 else 1]])


ODD = {
    "silent": np.zeros((RATE, 2)),
    "channels_cancel": np.column_stack([tone(1), -tone(1)]),
    "beyond_full_scale": 32768 * tone(1),
    "nearly_empty": tone(0.01),
}


@pytest.fixture
def odd(tmp_path):
    clips = {"fine": tone(1), **ODD, "memory": tone(3), "overflow": np.ones(RATE, np.float32)}
    for name, x in clips.items():
        soundfile.write(tmp_path / f"{name}.wav", x, RATE, subtype="FLOAT")
    names = sorted(clips)
    return names, [tmp_path / f"{name}.wav" for name in names]


@pytest.mark.parametrize("channels", [1, 2, 3, 7, 8, 11])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_mix_is_the_mean_to_the_last_bit(channels, dtype):
    block = np.random.default_rng(channels).normal(size=(1001, channels)).astype(dtype)
    assert np.array_equal(mix(block), block.mean(axis=1))
    assert mix(block).dtype == dtype


def test_odd_sound_is_listed_and_kept(odd):
    out = embed_clips(*odd, Levels(), 2)
    assert dict(zip(out.suspicious["clip_id"], out.suspicious["reason"], strict=True)) == {
        name: name for name in ODD
    }
    assert out.clip_ids.tolist() == sorted([*ODD, "fine"])
    assert dict(zip(out.skipped["clip_id"], out.skipped["reason"], strict=True)) == {
        "memory": "out_of_memory",
        "overflow": "embedding_not_finite",
    }


def test_odd_sound_is_skipped_where_the_policy_says_so(odd):
    out = embed_clips(*odd, Levels(), 2, keep_suspicious=False)
    assert out.clip_ids.tolist() == ["fine"]
    assert set(out.skipped["reason"]) == {*ODD, "out_of_memory", "embedding_not_finite"}


def test_many_suspicious_clips_and_equal_embeddings_warn(tmp_path, caplog):
    rows = [(f"c{number}", "silent", "1 s of zeros") for number in range(3)]
    shard = tmp_path / "0.csv"
    write_skipped(shard, pd.DataFrame(rows, columns=["clip_id", "reason", "detail"]))
    merge_suspicious([shard, shard], tmp_path / "all.csv", 1000, equal=1)
    assert caplog.text == ""
    merge_suspicious([shard], tmp_path / "all.csv", 10, equal=10)
    assert "30 % of the clips are suspicious (3 silent, such as 'c0'" in caplog.text
    assert "10 of 10 clips have one and the same embedding" in caplog.text
    assert len(read_skipped(tmp_path / "all.csv")) == 3
