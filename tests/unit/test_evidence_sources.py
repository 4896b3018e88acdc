"""Attribution: a cause made on purpose is named, what is no cause is not."""

import librosa
import numpy as np
import pandas as pd
import pytest
import soundfile
from sklearn.metrics import roc_auc_score

from audio_debias.corpora.derived import derived_path, render_derived
from audio_debias.corpora.effects import apply_chain
from audio_debias.corpora.properties import PROPERTIES
from audio_debias.evidence import sources as evidence
from audio_debias.evidence.balance import balance_table, genre_identification, imbalance
from audio_debias.evidence.domain_scores import domain_scores
from audio_debias.evidence.factors import factors_of
from audio_debias.evidence.source_sentences import along, named, sentences
from audio_debias.models.kinds import yamnet
from audio_debias.models.recording import measure_shard
from audio_debias.models.waveforms import load_waveform

CAUSES = {
    "lowpass": ("bandwidth", [{"lowpass": {"hz": 4000}}]),
    "softer": ("level", [{"gain": {"db": -12}}]),
    "louder": ("level", [{"gain": {"db": 10}}]),
    "clipped": ("clipping", [{"clip": {"db": 12}}, {"gain": {"db": 6}}]),
    "noise": ("noise", [{"noise": {"snr": 20}}]),
    "codec": ("bandwidth", [{"codec": {"format": "mp3", "quality": 0.1}}]),
}


@pytest.fixture(scope="module")
def nsynth(shared):
    clips = pd.read_csv(shared / "audio" / "manifest.csv")
    clips = clips[clips["domain"] == "nsynth"].reset_index(drop=True)
    return clips.assign(clip_id=[f"{i:04d}" for i in clips.index])


@pytest.fixture(scope="module")
def measured(nsynth, shared):
    return measure_shard(nsynth, shared / "audio")[0]


def log_mel(path):
    """Mean and spread of log mel bands over time."""
    waveform = load_waveform(path, 16000)
    mel = librosa.feature.melspectrogram(y=waveform, sr=16000, n_mels=64)
    decibels = 10 * np.log10(mel + 1e-10)
    return np.concatenate([decibels.mean(axis=1), decibels.std(axis=1)])


def halves(nsynth, measured, root, folder, chain, embed):
    """Embeddings, domain and properties; the second half of the clips went through `chain`."""
    second = np.random.default_rng(0).permutation(len(nsynth)) % 2 == 1
    paths = [root / path for path in nsynth["path"]]
    properties = measured
    if chain:
        part = nsynth[second]
        render_derived(part, root, folder, chain, seed=1)
        part = part.assign(path=[derived_path(clip_id, chain) for clip_id in part["clip_id"]])
        changed = measure_shard(part, folder)[0]
        properties = pd.concat([measured[~second], changed]).sort_values("clip_id")
        for row in part.itertuples():
            paths[row.Index] = folder / row.path
    return np.stack([embed(path) for path in paths]), second.astype(int), properties


def attributed(x, domain, properties, groups):
    scores = domain_scores(x, domain, groups)
    table = evidence.attribute(scores, domain, factors_of(properties, domain=domain), groups)
    return table, evidence.identification(scores, domain, groups)


@pytest.mark.parametrize("cause", CAUSES)
def test_a_cause_made_on_purpose_is_named_first(nsynth, measured, shared, tmp_path, cause):
    data = halves(nsynth, measured, shared / "audio", tmp_path, CAUSES[cause][1], log_mel)
    table, identified = attributed(*data, nsynth["clip_id"].to_numpy())
    for probe, score in identified.set_index("score").loc[["linear", "nonlinear"]].iterrows():
        # A gain moves all bands alike, across the clips' own spread: a linear probe hears little.
        if (cause, probe) != ("softer", "linear"):
            check_named_first(table[table["score"] == probe], score, cause)


def check_named_first(table, score, cause):
    found = named(table, score)
    groups = found["group"].drop_duplicates().tolist()
    assert groups[0] == CAUSES[cause][0]
    if cause == "louder":
        # Clips that reach full scale are clipped when they are made louder: no cause of its own.
        assert "clipping" not in groups
    if cause == "codec":
        # It is heard by its cut-off; the header, constant in each half, is set apart.
        assert {"codec", "bit_depth"} <= set(table.loc[table["kind"] == "constant", "property"])
    # All that lies between the corpora, of which the rest of the score is no part.
    assert found["r2_alone"].iloc[0] >= 0.8 * score["r2"]
    if cause == "lowpass":
        assert found["property"].iloc[0] == "bandwidth"
        assert found["r2_alone"].iloc[0] >= 0.8


def test_an_untouched_split_names_nothing(nsynth, measured, shared, tmp_path):
    data = halves(nsynth, measured, shared / "audio", tmp_path, None, log_mel)
    table, identified = attributed(*data, nsynth["clip_id"].to_numpy())
    assert (identified["auc_low"] < 0.5).all()
    for score in identified.itertuples():
        rows = table[table["score"] == score.score]
        assert named(rows, pd.Series(score._asdict())).empty


@pytest.mark.slow
def test_yamnet_names_noise(nsynth, measured, shared, tmp_path):
    spec = {"name": "yamnet", "kind": "yamnet", "sample_rate": 16000, "options": {"output": 1}}
    model = yamnet.load(spec, shared / "models" / "yamnet_1")

    def embed(path):
        return model.embed(model.windows(load_waveform(path, 16000))).mean(axis=0)

    chain = [{"noise": {"snr": 20}}]
    data = halves(nsynth, measured, shared / "audio", tmp_path, chain, embed)
    table, identified = attributed(*data, nsynth["clip_id"].to_numpy())
    found = named(table[table["score"] == "linear"], identified.iloc[0])
    assert found["property"].iloc[0] == "noise"
    assert found["r2_alone"].iloc[0] >= 0.8


def test_a_room_is_named_where_notes_end_in_pauses(tmp_path):
    rng, rate = np.random.default_rng(0), 16000
    at = np.arange(3 * rate) / rate
    domain = np.repeat([0, 1], 40)
    rows, paths = [], []
    for index, wet in enumerate(domain):
        sound = 1e-3 * rng.normal(size=(len(at), 1))
        for start in np.arange(0.1, 3, 0.7):
            since = at - start
            pitch = rng.uniform(200, 800)
            note = sum(np.sin(2 * np.pi * k * pitch * at) / k for k in range(1, 6))
            fading = np.exp(-np.maximum(since, 0) / rng.uniform(0.02, 0.06)) * (since >= 0)
            sound[:, 0] += rng.uniform(0.05, 0.3) * note * fading
        if wet:
            sound, _ = apply_chain(sound, rate, [{"reverb": {"rt60": 0.8}}], rng)
        paths.append(tmp_path / f"{index:02d}.wav")
        soundfile.write(paths[-1], sound, rate)
        rows.append({"clip_id": f"{index:02d}", "path": paths[-1].name})
    properties = measure_shard(pd.DataFrame(rows), tmp_path)[0]
    x = np.stack([log_mel(path) for path in paths])
    table, identified = attributed(x, domain, properties, np.arange(80))
    found = named(table[table["score"] == "linear"], identified.iloc[0])
    assert "room" in set(found["group"].iloc[:2])
    assert found.set_index("property").loc["decay", "r2_alone"] > 0.6


def synthetic(n=400, seed=0):
    rng = np.random.default_rng(seed)
    domain = np.repeat([0, 1], n // 2)
    cause = rng.normal(0, 1, n) + 2 * domain
    properties = pd.DataFrame({"loudness": cause, "tilt": rng.normal(0, 1, n)})
    return domain, properties, cause, rng


def test_r2_is_that_of_the_construction():
    domain, properties, cause, rng = synthetic(4000)
    score = cause / cause.std() + rng.normal(0, 1, len(cause))  # R² = 1 / (1 + 1)
    groups = np.arange(len(cause))
    table = evidence.attribute({"s": score}, domain, factors_of(properties), groups)
    rows = table.set_index("property")
    for column in ("r2_alone", "r2_added"):
        assert rows.loc["loudness", column] == pytest.approx(0.5, abs=0.03)
        assert rows.loc["loudness", f"{column}_low"] < 0.5 < rows.loc["loudness", f"{column}_high"]
        assert rows.loc["tilt", column] == pytest.approx(0, abs=0.01)


def test_along_a_direction_the_factor_that_moves_it_is_what_explains_it():
    """Two axes differ between the corpora, the wide one further, the narrow one more clearly: the
    difference of the means follows one, the discriminant the other."""
    domain, properties, _, rng = synthetic(1000)
    wide, narrow = 12 * domain + 10 * rng.normal(size=1000), domain + 0.2 * rng.normal(size=1000)
    x = np.column_stack([wide, narrow, rng.normal(size=(1000, 4))])
    properties = properties.assign(loudness=wide, tilt=narrow)
    table, identified = attributed(x, domain, properties, np.arange(1000))
    alone = table[table["kind"] == "property"].set_index(["score", "property"])["r2_alone"]
    assert alone["mean", "loudness"] > 0.95 > 0.5 > alone["mean", "tilt"]
    assert alone["lda", "tilt"] > 0.95 > 0.5 > alone["lda", "loudness"]
    auc = identified.set_index("score")["auc"]
    assert auc["lda"] > 0.99 > 0.9 > auc["mean"]


def test_what_a_direction_holds_is_a_sentence():
    domain, properties, cause, _ = synthetic()
    groups = np.arange(len(cause))
    noise = np.random.default_rng(3).normal(size=len(cause))
    scores = {"linear": cause, "lda": cause, "mean": noise}
    table = evidence.attribute(scores, domain, factors_of(properties), groups)
    told = evidence.identification(scores, domain, groups)
    both = (part.assign(pair="a--b", model="vgg") for part in (table, told))
    texts = [one.text for one in along(*both)]
    auc = 100 * told.set_index("score")["auc"]
    assert [text.split("; ")[0] for text in texts] == [
        f"Along its discriminant (lda), vgg tells a--b apart at {auc['lda']:.1f}",
        f"Along the difference of its means (mean), vgg tells a--b apart at {auc['mean']:.1f}",
    ]
    assert "integrated loudness alone explains 9" in texts[0]
    assert texts[1].endswith("; not better than chance.")


def test_where_there_is_no_direction_the_probes_are_read_alone():
    domain = np.repeat([0, 1], 20)
    assert set(domain_scores(np.zeros((40, 3)), domain, np.arange(40))) == {"linear", "nonlinear"}


def test_of_a_difference_too_small_to_matter_no_source_is_named():
    domain, properties, cause, _ = synthetic()
    table = evidence.attribute({"s": cause}, domain, factors_of(properties), np.arange(400))
    told = pd.Series({"auc_low": 0.501, "r2": 0.9})
    assert not named(table, told).empty
    assert named(table, told.replace(0.9, 0.002)).empty


def test_of_few_tracks_every_resample_holds_both_corpora():
    domain = np.repeat([0, 1], 20)
    groups = domain * 5 + np.arange(40) % 5
    score = domain + 0.1 * np.random.default_rng(0).random(40)
    identified = evidence.identification({"s": score}, domain, groups).iloc[0]
    assert identified["auc_low"] == 1
    with pytest.raises(ValueError, match="two corpora"):
        evidence.identification({"s": score}, np.zeros(40, int), groups)


@pytest.mark.parametrize(
    ("channels", "kind"),
    [([1, 2], "constant"), ([2, 2], "property"), ([2, 6], "property")],
)
def test_stereo_is_no_source_between_mono_and_stereo(channels, kind):
    domain, properties, _, rng = synthetic()
    width = np.where(np.array(channels)[domain] == 1, 0.0, rng.uniform(0.1, 0.5, len(domain)))
    properties = properties.assign(channels=np.array(channels)[domain], width=width)
    kinds = {factor.name: factor.kind for factor in factors_of(properties, domain=domain)}
    assert kinds["width"] == kind


def test_what_two_factors_share_neither_adds():
    domain, properties, cause, rng = synthetic()
    properties["peak"] = cause + 1e-6 * rng.normal(size=len(cause))
    table = evidence.attribute(
        {"s": cause}, domain, factors_of(properties), np.arange(len(cause))
    ).set_index("property")
    assert table.loc["loudness", "r2_alone"] > 0.9
    assert abs(table.loc["loudness", "r2_added"]) < 0.05
    assert table.loc["level", "r2_added"] > 0.9


def test_auc_of_the_bootstrap_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    domain, score = rng.integers(0, 2, 200), rng.integers(0, 30, 200) / 10
    weights = rng.integers(0, 4, (5, 200)).astype(float)
    expected = [roc_auc_score(domain, score, sample_weight=weight) for weight in weights]
    np.testing.assert_allclose(evidence._auc(domain, score, weights), expected, atol=1e-12)


def test_identification_within_strata_is_what_the_factor_leaves():
    rng = np.random.default_rng(0)
    strata = np.repeat([0, 1, 2], 200)
    domain = (rng.random(600) < np.array([0.1, 0.5, 0.9])[strata]).astype(int)
    score = strata + rng.normal(0, 0.1, 600)
    assert roc_auc_score(domain, score) > 0.8
    within, overlap = evidence.auc_within(score, domain, strata)
    assert within == pytest.approx(0.5, abs=0.08)
    assert overlap == 1
    assert evidence.auc_within(score, (strata > 0).astype(int), strata) == (None, 0.0)


def test_a_clip_and_its_derived_version_share_a_fold():
    groups = np.tile([f"c{i}" for i in range(40)], 2)
    domain = np.repeat([0, 1], 40)
    for test in evidence.folds_of(domain, groups):
        assert not set(groups[test]) & set(np.delete(groups, test))


def test_what_is_constant_in_each_corpus_is_set_apart():
    domain, properties, cause, rng = synthetic()
    properties["bit_depth"] = pd.array(np.where(domain, 24, 16), dtype="Int64")
    properties["seconds"] = np.where(domain, 10.0, 3.0) + 1e-4 * rng.normal(size=len(domain))
    factors = factors_of(properties, pd.Series(["pop"] * 400), domain=domain)
    kinds = {factor.name: factor.kind for factor in factors}
    assert kinds == {
        "loudness": "property",
        "tilt": "property",
        "bit_depth": "constant",
        "seconds": "constant",
    }
    groups = np.arange(len(cause))
    table = evidence.attribute({"linear": cause}, domain, factors, groups)
    rows = table.set_index("property")
    assert rows.loc["bit_depth", "r2_alone"] > 0.4
    assert rows.loc["loudness", "r2_added"] > 0.9
    identified = evidence.identification({"linear": cause}, domain, groups)
    (finding,) = sentences(*(one.assign(pair="a--b", model="vgg") for one in (table, identified)))
    assert "loudness alone explains" in finding.text
    assert finding.text.endswith("; constant in each corpus: bit depth, duration.")


def test_many_properties_of_no_meaning_are_rarely_named():
    rng = np.random.default_rng(0)
    for _ in range(6):
        domain = np.repeat([0, 1], 60)
        noise = {name: rng.normal(size=120) for name in list(PROPERTIES)[:14]}
        score = domain + rng.normal(0, 1, 120)
        groups = np.arange(120)
        table = evidence.attribute({"s": score}, domain, factors_of(pd.DataFrame(noise)), groups)
        identified = evidence.identification({"s": score}, domain, groups).iloc[0]
        assert named(table, identified).empty


def test_a_sentence_names_causes_by_their_groups():
    domain, properties, cause, rng = synthetic()
    properties["peak"] = cause + 0.1 * rng.normal(size=len(cause))
    groups = np.arange(len(cause))
    table = evidence.attribute({"linear": cause}, domain, factors_of(properties), groups)
    identified = evidence.identification({"linear": cause}, domain, groups)
    (finding,) = sentences(*(one.assign(pair="a--b", model="vgg") for one in (table, identified)))
    assert "level (integrated loudness, peak level) explains 9" in finding.text


def test_the_sentence_names_the_cause_or_says_that_there_is_none():
    domain, properties, cause, _ = synthetic()
    groups = np.arange(len(cause))
    texts = []
    for score in (cause, np.random.default_rng(3).normal(size=len(cause))):
        table = evidence.attribute({"linear": score}, domain, factors_of(properties), groups)
        identified = evidence.identification({"linear": score}, domain, groups)
        for one in (table, identified):
            one.insert(0, "pair", "a--b")
            one.insert(1, "model", "yamnet")
        (finding,) = sentences(table, identified, {"a--b": "A and B"})
        texts.append(finding.text)
    assert "integrated loudness alone explains 9" in texts[0]
    assert "spectral tilt" not in texts[0]
    assert texts[1].endswith("not better than chance; no source to name.")


def test_balance_counts_every_cell_before_and_after():
    clips = pd.DataFrame(
        {
            "clip_id": list("abcdef"),
            "split": ["train"] * 5 + ["test"],
            "genre": ["pop", "pop", "jazz", None, "jazz", "pop"],
            "flute": pd.array([True, True, False, False, None, True], dtype="boolean"),
        }
    )
    other = clips.assign(genre="pop")
    samples = pd.DataFrame(
        {
            "label": "flute",
            "corpus": ["x", "y"],
            "clip_id": ["a", "a"],
            "positive": True,
            "genre": "pop",
        }
    )
    table = balance_table({"x": clips, "y": other}, samples)
    cells = table.set_index(["positive", "genre", "corpus"])
    assert cells.loc[(True, "pop", "x"), ["available", "matched"]].tolist() == [2, 1]
    assert cells.loc[(False, "none", "x"), ["available", "matched"]].tolist() == [1, 0]
    assert table["available"].sum() == 8
    before = imbalance(table, "available").set_index("positive")["distance"]
    assert before.to_dict() == {True: 0.0, False: 1.0}


def test_the_share_of_genre():
    rng = np.random.default_rng(0)
    domain = np.repeat([0, 1], 500)
    genre = pd.Series(np.where(rng.random(1000) < np.where(domain, 0.8, 0.2), "pop", "jazz"))
    auc, share = genre_identification(genre, domain, 1.0)
    # Two genres at 80 and 20 %: P(right) + P(tie) / 2 = 0.64 + 0.32 / 2.
    assert auc == pytest.approx(0.8, abs=0.03)
    assert share == pytest.approx(0.6, abs=0.06)
    none, _ = genre_identification(pd.Series(rng.choice(["pop", "jazz"], 1000)), domain, 1.0)
    assert none == pytest.approx(0.5, abs=0.06)
