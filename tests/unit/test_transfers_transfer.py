import re

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from audio_debias.corrections.per_label import fit_corrections, lacking_directions
from audio_debias.samples.matching import match_samples
from audio_debias.transfers.bias import COLUMNS, cosines
from audio_debias.transfers.metrics import METRICS, compute_metrics
from audio_debias.transfers.scores import read_scores, write_scores
from audio_debias.transfers.transfer import run_transfers
from methods import PAPER, parameters

LABELS, GENRES, CORPORA = ["flute", "organ"], ["jazz", "rock"], ("a", "b")
FEATURES = 10


@pytest.fixture
def world():
    """Two corpora that differ by a shift, with two labels; in b not every clip is annotated."""
    rng = np.random.default_rng(0)
    shift, directions = rng.normal(size=FEATURES), rng.normal(size=(2, FEATURES))
    clips, embeddings = {}, {}
    for offset, corpus in enumerate(CORPORA):
        n = 240
        truth = rng.random((n, 2)) < 0.5
        table = pd.DataFrame(
            {
                "clip_id": [f"{corpus}{i:03d}" for i in range(n)],
                "split": np.where(np.arange(n) % 3 == 0, "test", "train"),
                "genre": rng.choice(GENRES, size=n),
            }
        )
        for label, column in zip(LABELS, truth.T, strict=True):
            table[label] = pd.array(column, dtype="boolean")
            if corpus == "b":
                table.loc[rng.random(n) < 0.2, label] = pd.NA
        x = truth @ directions + 3 * offset * shift + rng.normal(size=(n, FEATURES))
        clips[corpus] = table
        embeddings[corpus] = pd.DataFrame(x.astype(np.float32), index=table["clip_id"])
    return clips, embeddings


def transfers(clips, embeddings, method, **options):
    samples, _ = match_samples(clips, LABELS, GENRES)
    corrections = fit_corrections(samples, embeddings, **parameters(method), **options)
    return corrections, run(samples, clips, embeddings, corrections)


def run(samples, clips, embeddings, corrections, **options):
    """Transfers with the same corrections whichever corpus trains."""
    by_corpus = dict.fromkeys(CORPORA, corrections)
    return run_transfers(samples, clips, embeddings, by_corpus, **options)


@pytest.mark.parametrize("method", PAPER)
def test_scores_are_those_of_transform_and_predict(world, method):
    _, embeddings = world
    corrections, result = transfers(*world, method)
    for (label, train_corpus), classifier in result.classifiers.items():
        correction = corrections[label].set_params(train_domain=train_corpus)
        for (corpus,), scores in result.scores[
            (result.scores.label == label) & (result.scores.train_corpus == train_corpus)
        ].groupby(["test_corpus"]):
            x = embeddings[corpus].loc[scores.clip_id].to_numpy()
            expected = classifier.predict_proba(correction.transform(x))[:, 1]
            np.testing.assert_allclose(scores.score, expected, atol=1e-6)


def test_scores_every_annotated_test_clip_once(world):
    clips, _ = world
    _, result = transfers(*world, "none")
    for key, scores in result.scores.groupby(["train_corpus", "test_corpus", "label"]):
        test = clips[key[1]]
        test = test[(test.split == "test") & test[key[2]].notna()]
        assert scores.clip_id.tolist() == test.clip_id.tolist()
        assert scores.truth.tolist() == test[key[2]].tolist()


def test_nothing_is_learnt_from_the_test_split(world):
    clips, embeddings = world
    _, reference = transfers(*world, "mklda")
    for corpus in CORPORA:
        test = (clips[corpus].split == "test").to_numpy()
        embeddings[corpus].loc[test] = 3.0
        clips[corpus].loc[test, LABELS] = False
    _, result = transfers(*world, "mklda")
    for key, classifier in reference.classifiers.items():
        np.testing.assert_array_equal(result.classifiers[key].coef_, classifier.coef_)


def test_the_number_of_threads_does_not_matter(world):
    clips, embeddings = world
    samples, _ = match_samples(clips, LABELS, GENRES)
    results = []
    for threads in (1, 2):
        corrections = fit_corrections(samples, embeddings, **parameters("mklda"), threads=threads)
        results.append(run(samples, clips, embeddings, corrections, threads=threads))
    np.testing.assert_allclose(results[0].scores.score, results[1].scores.score, atol=1e-9)


def test_equal_clips_score_equally(world):
    clips, embeddings = world
    rows = (clips["a"].split == "test").to_numpy()
    embeddings["a"].loc[rows] = embeddings["a"][rows].iloc[0].to_numpy()
    _, result = transfers(clips, embeddings, "klda")
    scores = result.scores[result.scores.test_corpus == "a"]
    assert (scores.groupby(["train_corpus", "label"]).score.agg(np.ptp) == 0).all()


def test_bias_tells_what_a_correction_took_out(world):
    _, before = transfers(*world, "none")
    _, after = transfers(*world, "lda")
    assert list(after.bias.columns) == list(COLUMNS)
    assert (before.bias["rank"] == 0).all()
    assert (before.bias["variance_removed"] == 0).all()
    assert before.bias["direction_auc"].isna().all()
    assert (before.bias["domain_auc_before"] > 0.99).all()
    assert (before.bias["domain_auc_after"] == before.bias["domain_auc_before"]).all()
    assert (after.bias["rank"] == 1).all()
    assert after.bias["variance_removed"].between(0.05, 0.95).all()
    assert (after.bias["direction_auc"] > 0.99).all()
    assert (after.bias["domain_auc_after"] < after.bias["domain_auc_before"]).all()
    assert (after.bias["distance_after"] < after.bias["distance_before"]).all()


def test_a_skipped_genre_is_listed_with_its_reason(world):
    clips, embeddings = world
    clips["a"]["genre"] = "rock"
    corrections, result = transfers(clips, embeddings, "mlda")
    assert (result.bias["rank"] == 1).all()
    lacking = lacking_directions(corrections)
    assert lacking[["label", "genre"]].to_numpy().tolist() == [["flute", "jazz"], ["organ", "jazz"]]
    assert lacking["reason"].str.startswith("0 and").all()


def test_all_equal_embeddings_score_alike_and_are_not_told_apart(world):
    clips, embeddings = world
    embeddings = {corpus: frame * 0 + 1 for corpus, frame in embeddings.items()}
    for method in PAPER:
        _, result = transfers(clips, embeddings, method)
        metrics = compute_metrics(result.scores, LABELS, CORPORA)
        assert (metrics.roc_auc == 0.5).all()
        assert (result.bias.domain_auc_before == 0.5).all()


def test_scores_that_are_all_equal_have_a_reason_and_a_warning(world, caplog):
    clips, embeddings = world
    same = {corpus: table * 0 + 1 for corpus, table in embeddings.items()}
    _, result = transfers(clips, same, "none")
    metrics = compute_metrics(result.scores, LABELS, CORPORA)
    assert metrics["roc_auc"].eq(0.5).all()
    assert metrics["reason"].str.fullmatch(r"all \d+ scores are equal").all()
    warnings = [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]
    assert len(warnings) == 8
    assert re.fullmatch(r"a to a, flute: all 80 scores are equal", warnings[0])


@pytest.mark.parametrize("scale", [1e-9, 1e4, 1e31])
def test_the_unit_of_an_embedding_costs_no_auc(world, scale):
    clips, embeddings = world
    scaled = {corpus: table.astype(float) * scale for corpus, table in embeddings.items()}
    for method in ("none", "lda"):
        usual, other = (
            compute_metrics(transfers(clips, one, method)[1].scores, LABELS, CORPORA)
            for one in (embeddings, scaled)
        )
        assert other["reason"].isna().all()
        within = usual["train_corpus"] == usual["test_corpus"]
        change = (other["roc_auc"] - usual["roc_auc"])[within]
        assert change.abs().max() < 0.01


def test_metrics_of_four_clips_counted_by_hand():
    """Scores 0.9 (true), 0.7 (false), 0.6 (true), 0.1 (false): two of three calls are right."""
    scores = pd.DataFrame({"score": [0.9, 0.7, 0.6, 0.1], "truth": [True, False, True, False]})
    scores["logit"] = np.log(scores["score"] / (1 - scores["score"]))
    scores = scores.assign(train_corpus="a", test_corpus="a", label="organ", clip_id=list("1234"))
    row = compute_metrics(scores, ["organ"], ["a"]).iloc[0]
    assert row["roc_auc"] == 3 / 4  # of the four pairs of a true and a false clip
    assert row["average_precision"] == pytest.approx((1 / 1 + 2 / 3) / 2)
    assert row["precision"] == pytest.approx(2 / 3)
    assert row["recall"] == 1
    assert row["f1"] == pytest.approx(4 / 5)
    assert row["accuracy"] == 3 / 4
    assert row["support"] == 2


def test_metrics_are_those_of_scikit_learn(world):
    _, result = transfers(*world, "none")
    metrics = compute_metrics(result.scores, LABELS, CORPORA)
    assert len(metrics) == 8
    assert metrics.reason.isna().all()
    for row in metrics.itertuples():
        scores = result.scores.query(
            "train_corpus == @row.train_corpus and test_corpus == @row.test_corpus"
            " and label == @row.label"
        )
        assert row.roc_auc == roc_auc_score(scores.truth, scores.score)
        assert row.average_precision == average_precision_score(scores.truth, scores.score)
        assert row.accuracy == ((scores.score >= 0.5) == scores.truth).mean()
        assert row.support == scores.truth.sum()


@pytest.mark.parametrize(("truth", "polarity"), [(False, "negative"), (True, "positive")])
def test_one_class_in_a_test_split_gives_null_and_the_reason(world, truth, polarity):
    clips, embeddings = world
    clips["b"].loc[clips["b"].split == "test", "organ"] = truth
    _, result = transfers(clips, embeddings, "lda")
    metrics = compute_metrics(result.scores, LABELS, CORPORA)
    missing = metrics[(metrics.test_corpus == "b") & (metrics.label == "organ")]
    assert missing[list(METRICS)].isna().all(axis=None)
    assert missing.reason.str.fullmatch(f"all 80 test clips are {polarity}").all()
    assert metrics.drop(missing.index)[list(METRICS)].notna().all(axis=None)


def test_a_label_not_annotated_in_a_test_split_gives_null_and_the_reason(world):
    clips, embeddings = world
    clips["b"].loc[clips["b"].split == "test", "organ"] = pd.NA
    _, result = transfers(clips, embeddings, "klda")
    metrics = compute_metrics(result.scores, LABELS, CORPORA)
    missing = metrics[metrics.roc_auc.isna()]
    assert missing[["test_corpus", "label"]].drop_duplicates().to_numpy().tolist() == [
        ["b", "organ"]
    ]
    assert (missing.reason == "no annotated test clip").all()
    assert result.bias[result.bias.label == "organ"].domain_auc_before.isna().all()


def test_an_excluded_label_gives_null_and_the_reason(world):
    clips, embeddings = world
    clips["a"]["organ"] = False
    samples, excluded = match_samples(clips, LABELS, GENRES)
    corrections = fit_corrections(samples, embeddings, **parameters("lda"))
    result = run(samples, clips, embeddings, corrections)
    metrics = compute_metrics(result.scores, LABELS, CORPORA, excluded)
    organ = metrics[metrics.label == "organ"]
    assert len(organ) == 4
    assert organ.roc_auc.isna().all()
    assert organ.reason.str.startswith("too few clips: a 0 positive").all()


def test_no_label_at_all_gives_empty_tables(world):
    clips, embeddings = world
    samples, _ = match_samples(clips, [], GENRES)
    result = run_transfers(samples, clips, embeddings, {})
    assert result.scores.empty
    assert list(result.bias.columns) == list(COLUMNS)
    assert compute_metrics(result.scores, LABELS, CORPORA).roc_auc.isna().all()


def test_cosines_compare_direction_and_classifier(world):
    corrections, _ = transfers(*world, "lda")
    _, uncorrected = transfers(*world, "none")
    table = cosines(corrections, uncorrected.classifiers)
    assert len(table) == 4
    row = table.iloc[0]
    w = corrections[row.label].directions_[0]
    v = uncorrected.classifiers[row.label, row.train_corpus].coef_[0]
    assert row.cosine == pytest.approx(w @ v / np.sqrt((w @ w) * (v @ v)), abs=1e-12)


def test_scores_come_back_from_disk_as_they_were(world, tmp_path):
    _, result = transfers(*world, "none")
    write_scores(tmp_path / "scores.parquet", result.scores)
    pd.testing.assert_frame_equal(read_scores(tmp_path / "scores.parquet"), result.scores)


def test_clips_of_a_certain_probability_keep_their_ranks():
    """Above a logit of 37 every probability is 1: ranked by it, all four clips would tie."""
    scores = pd.DataFrame({"logit": [50.0, 45, 42, 40], "truth": [True, True, False, False]})
    scores["score"] = 1.0
    scores = scores.assign(train_corpus="a", test_corpus="a", label="organ", clip_id=list("1234"))
    assert compute_metrics(scores, ["organ"], ["a"]).iloc[0]["roc_auc"] == 1


OBLIQUE = """
import numpy as np
from audio_debias.corrections.eraser import Eraser

OPTIONS = {"tilt": float}


def fit(x, domain, *, y=None, genre=None, seed=0, tilt=0.5):
    rng = np.random.default_rng(seed)
    left, right = rng.normal(size=(2, x.shape[1], 2))
    return Eraser(x.mean(axis=0), tilt * left, right)
"""


def expected_logits(world, corrections, result, corpora=CORPORA):
    """Clip by clip: transform, then classify."""
    _, embeddings = world
    for (label, train_corpus), classifier in result.classifiers.items():
        correction = corrections[label].set_params(train_domain=train_corpus)
        for corpus in corpora:
            scores = result.scores.query(
                "label == @label and train_corpus == @train_corpus and test_corpus == @corpus"
            )
            x = embeddings[corpus].loc[scores.clip_id].to_numpy()
            corrected = correction.transform(x, domain=[corpus] * len(x))
            yield scores.logit, classifier.decision_function(corrected)


@pytest.mark.parametrize("space", ["linear", "kernel"])
def test_an_oblique_eraser_of_ones_own_scores_as_transform_and_classify(
    world, space, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "resources/erasers").mkdir(parents=True)
    (tmp_path / "resources/erasers/oblique.py").write_text(OBLIQUE)
    clips, embeddings = world
    samples, _ = match_samples(clips, LABELS, GENRES)
    corrections = fit_corrections(
        samples, embeddings, eraser="oblique", space=space, options={"tilt": 0.3}
    )
    assert corrections["flute"].erasers_[0].rank == 2
    result = run(samples, clips, embeddings, corrections)
    for found, expected in expected_logits(world, corrections, result):
        # A kernel map's features are float32.
        np.testing.assert_allclose(found, expected, atol=1e-10 if space == "linear" else 1e-6)


ONE_A_CORPUS = """
import numpy as np
from audio_debias.corrections.eraser import Eraser

OPTIONS = {}


def fit(x, domain, *, y=None, genre=None, seed=0):
    none = np.empty((x.shape[1], 0))
    return {
        code: Eraser(
            x[domain == code].mean(axis=0), none, none,
            scale=1 / x[domain == code].std(axis=0), target=np.zeros(x.shape[1]),
        )
        for code in (0, 1)
    }
"""


def test_an_eraser_a_corpus_scores_as_transform_and_classify(world, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "resources/erasers").mkdir(parents=True)
    (tmp_path / "resources/erasers/standard.py").write_text(ONE_A_CORPUS)
    clips, embeddings = world
    samples, _ = match_samples(clips, LABELS, GENRES)
    corrections = fit_corrections(samples, embeddings, eraser="standard")
    with pytest.raises(ValueError, match="domain: missing; standard corrects each domain"):
        corrections["flute"].transform(embeddings["a"].to_numpy())
    result = run(samples, clips, embeddings, corrections)
    for found, expected in expected_logits(world, corrections, result):
        np.testing.assert_allclose(found, expected, atol=1e-10)
    assert (result.bias.domain_auc_after < result.bias.domain_auc_before).all()
    assert (result.bias.distance_after < 0.2).all()
