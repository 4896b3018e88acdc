"""Short random pieces in four genres, as MIDI, and their sound.

The sound comes from two plain wheels: `midirenderer` (MIT) renders with ``TimGM6mb.sf2``, the
General MIDI sound font by Tim Brechbill that `pretty_midi` carries (the font: GPL-2; pretty_midi:
MIT). Neither is copied into this project.
"""

import importlib.util
import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import midirenderer
import mido
import numpy as np
import soundfile
import soxr

RATE = 44_100
"""Sampling rate of what is rendered, Hz."""

PROGRAMS = {
    "cello": (42,),
    "clarinet": (71,),
    "flute": (73,),
    "guitar": (24, 25, 26, 27),
    "organ": (16, 17, 19),
    "piano": (0, 1),
    "saxophone": (64, 65, 66),
    "trumpet": (56,),
    "violin": (40,),
    "voice": (52, 53),
}
"""General MIDI programs (from 0) of each label. Guitar: two acoustic ones, two electric ones."""

RANGES = {
    "cello": (36, 64),
    "clarinet": (55, 82),
    "flute": (60, 91),
    "guitar": (45, 76),
    "organ": (48, 79),
    "piano": (40, 84),
    "saxophone": (50, 78),
    "trumpet": (55, 82),
    "violin": (58, 93),
    "voice": (50, 74),
}
"""Lowest and highest MIDI pitch of each label."""

CHORDAL = ("guitar", "organ", "piano")
"""Labels that play more than one note at a time."""


@dataclass(frozen=True)
class Style:
    """What makes a genre: beats per minute, scale (semitones), note lengths (beats), accompaniment.

    The programs of bass and chords belong to no label, or an accompaniment would be a false
    negative of that label.
    """

    tempo: tuple[int, int]
    scale: tuple[int, ...]
    lengths: tuple[float, ...]
    bass: int
    chords: tuple[int, ...]
    drums: bool


STYLES = {
    "pop_rock": Style((105, 145), (0, 2, 4, 7, 9), (0.5, 0.5, 1.0), 33, (90, 62), True),
    "jazz_blue": Style((120, 190), (0, 3, 5, 6, 7, 10), (0.33, 0.67, 0.67, 1.0), 32, (11,), True),
    "classical": Style((60, 100), (0, 2, 4, 5, 7, 9, 11), (0.5, 1.0, 2.0), 70, (46, 60), False),
    "country_folk": Style((80, 115), (0, 2, 4, 5, 7, 9, 10), (0.5, 1.0), 32, (105, 21), False),
}
"""Style of each genre."""


@dataclass(frozen=True)
class Song:
    """What the excerpts of one song share."""

    style: Style
    tempo: float
    key: int
    chord_program: int

    @classmethod
    def draw(cls, genre: str, rng: np.random.Generator) -> "Song":
        """Draw a song of a genre."""
        style = STYLES[genre]
        tempo, key = rng.uniform(*style.tempo), int(rng.integers(12))
        return cls(style, tempo, key, int(rng.choice(style.chords)))


@dataclass(frozen=True)
class Part:
    """Notes of one MIDI channel: (start, end in seconds, pitch, velocity)."""

    program: int
    level: float
    """Loudness against the other parts, dB."""
    notes: list[tuple[float, float, int, int]]
    pan: int = 64
    drums: bool = False


def melody(
    song: Song, label: str, program: int, seconds: float, rng: np.random.Generator, *, level: float
) -> Part:
    """A random walk on the song's scale within the label's range."""
    pitches = _scale_pitches(song, *RANGES[label])
    beat = 60 / song.tempo
    position, time, notes = int(rng.integers(len(pitches))), 0.0, []
    while time < seconds:
        length = float(rng.choice(song.style.lengths)) * beat
        position = int(np.clip(position + rng.integers(-2, 3), 0, len(pitches) - 1))
        if rng.random() > 0.1:
            velocity = int(rng.integers(75, 115))
            chord = [position]
            if label in CHORDAL and rng.random() < 0.5:
                chord += [p for p in (position - 2, position - 4) if p >= 0]
            notes += [(time, time + 0.95 * length, pitches[p], velocity) for p in chord]
        time += length
    return Part(program, level, notes, pan=int(rng.integers(44, 85)))


def accompaniment(
    song: Song, seconds: float, rng: np.random.Generator, *, level: float
) -> list[Part]:
    """Bass, chords and, where the genre has them, drums."""
    beat = 60 / song.tempo
    low, middle = _scale_pitches(song, 31, 50), _scale_pitches(song, 52, 72)
    bass, chords, drums = [], [], []
    for number in range(int(seconds / beat) + 1):
        if number % 4 == 0:
            root = int(rng.integers(len(low) - 3))
        time = number * beat
        velocity = int(rng.integers(70, 100))
        if number % 2 == 0 or rng.random() < 0.4:
            step = low[root + int(rng.choice((0, 0, 2)))]
            bass.append((time, time + 0.9 * beat, step, velocity))
        if number % 2 == 1 or rng.random() < 0.3:
            third = root % max(len(middle) - 4, 1)
            chords += [
                (time, time + 0.9 * beat, middle[third + k], velocity - 10) for k in (0, 2, 4)
            ]
        drums += [(time, time + 0.1, 36 if number % 2 == 0 else 38, velocity)]
        drums += [(time + k * beat / 2, time + k * beat / 2 + 0.1, 42, velocity) for k in (0, 1)]
    parts = [
        Part(song.style.bass, level, bass),
        Part(song.chord_program, level, chords, pan=int(rng.integers(34, 95))),
    ]
    return [*parts, Part(0, level, drums, drums=True)] if song.style.drums else parts


def render(parts: list[Part], seconds: float, *, start: float = 0.25) -> np.ndarray:
    """Render parts, dry, from `start` on: an excerpt begins in the middle of the music.

    Returns
    -------
    ndarray of float32, (RATE * seconds, 2)
        Peak 1, unless silent.
    """
    quietest = min(_loudness(part.program, part.drums) for part in parts)
    gains = [part.level + quietest - _loudness(part.program, part.drums) for part in parts]
    loudest = max(gains)
    sound = _synthesise(parts, [gain - loudest for gain in gains], start + seconds)
    sound = sound[round(start * RATE) :][: round(seconds * RATE)]
    return sound / max(np.abs(sound).max(), np.finfo(np.float32).tiny)


def _scale_pitches(song: Song, low: int, high: int) -> list[int]:
    return [p for p in range(low, high + 1) if (p - song.key) % 12 in song.style.scale]


@cache
def _font() -> bytes:
    package = importlib.util.find_spec("pretty_midi")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("pretty_midi, which carries the sound font, is not installed")
    return Path(package.origin).with_name("TimGM6mb.sf2").read_bytes()


@cache
def _loudness(program: int, drums: bool) -> float:
    """Level (dB) of a program playing the same few notes: programs of the font differ by 20 dB."""
    pitches = (36, 38, 42, 42) if drums else (55, 59, 62, 67)
    notes = [(0.4 * i, 0.4 * i + 0.38, pitch, 95) for i, pitch in enumerate(pitches)]
    sound = _synthesise([Part(program, 0.0, notes, drums=drums)], [0.0], 1.6)
    return float(10 * np.log10(np.mean(sound**2) + 1e-12))


def _synthesise(parts: list[Part], gains: list[float], seconds: float) -> np.ndarray:
    """Sound of parts at the given gains (dB, <= 0), float32 (RATE * seconds, 2)."""
    wav = midirenderer.render_wave_from(_font(), _midi(parts, gains, seconds))
    sound, rate = soundfile.read(io.BytesIO(wav), dtype="float32")
    sound = soxr.resample(sound, rate, RATE, quality="HQ")
    return sound[: round(seconds * RATE)]


def _midi(parts: list[Part], gains: list[float], seconds: float) -> bytes:
    """A MIDI file; ticks are milliseconds."""
    file = mido.MidiFile(ticks_per_beat=500)  # the default tempo is 500 ms a beat
    melodic = iter(channel for channel in range(16) if channel != 9)
    for part, gain in zip(parts, gains, strict=True):
        channel = 9 if part.drums else next(melodic)
        # General MIDI: attenuation = 40 log10(127 / volume) dB. 91, 93: no reverb, no chorus.
        volume = round(127 * 10 ** (gain / 40))
        controls = {7: volume, 10: part.pan, 91: 0, 93: 0}
        events = [(0, "control_change", {"control": c, "value": v}) for c, v in controls.items()]
        if not part.drums:
            events.append((0, "program_change", {"program": part.program}))
        for begin, end, note, velocity in part.notes:
            events.append((round(begin * 1000), "note_on", {"note": note, "velocity": velocity}))
            events.append((round(end * 1000), "note_off", {"note": note}))
        # The renderer stops at the last event: one after the end keeps the whole excerpt.
        events.append((round(seconds * 1000) + 50, "control_change", {"control": 93, "value": 0}))
        track, now = mido.MidiTrack(), 0
        # A note's end goes before the next one's start, so that a repeated note sounds.
        for time, kind, values in sorted(events, key=lambda e: (e[0], e[1] == "note_on")):
            track.append(mido.Message(kind, channel=channel, time=time - now, **values))
            now = time
        file.tracks.append(track)
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()
