import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from audio_debias.corrections.correction import BiasCorrection
from audio_debias.corrections.directions import span
from audio_debias.corrections.erasers.lda import lda_direction
from audio_debias.corrections.kernel import KERNELS
from audio_debias.corrections.per_label import (
    LABEL_FREE,
    fit_corrections,
    fit_without_labels,
)
from audio_debias.corrections.store import load_corrections, save_corrections
from audio_debias.errors import InputError
from methods import PAPER, WITH_DIRECTIONS, parameters


def correction_of(method, **options):
    return BiasCorrection(**parameters(method), **options)


@pytest.fixture
def clips():
    """Clips of two corpora: embeddings, label, corpus, genre."""
    rng = np.random.default_rng(0)
    n, d = 120, 12
    domain = np.repeat(["a", "b"], n // 2)
    genre = np.tile(np.array(["jazz", "rock"], dtype=object), n // 2)
    y = rng.random(n) < 0.5
    x = rng.normal(size=(n, d)) + 2 * (domain == "b")[:, None] * rng.normal(size=d)
    x[genre == "jazz"] += (domain == "b")[genre == "jazz", None] * rng.normal(size=d)
    return {"X": x.astype(np.float32), "y": y, "domain": domain, "genre": genre}


# The methods that need no domain are estimators of the plain signature.
@parametrize_with_checks([correction_of("none"), correction_of("k")])
def test_is_a_scikit_learn_transformer(estimator, check):
    check(estimator)


@pytest.mark.parametrize("mode", ["global", "classwise"])
@pytest.mark.parametrize("method", WITH_DIRECTIONS)
def test_projection_is_symmetric_idempotent_and_annihilates_the_directions(clips, method, mode):
    correction = correction_of(method, mode=mode).fit(**clips)
    width = correction.directions_.shape[1]
    projection = correction.erasers_[0].apply(np.eye(width))
    np.testing.assert_allclose(projection, projection.T, atol=1e-12)
    np.testing.assert_allclose(projection @ projection, projection, atol=1e-12)
    scale = np.linalg.norm(correction.directions_)
    np.testing.assert_allclose(projection @ correction.directions_.T / scale, 0, atol=1e-12)
    assert span(correction.directions_).shape == (width, 1 if "m" not in method else 2)


@pytest.mark.parametrize("method", WITH_DIRECTIONS)
def test_transform_has_no_component_left_along_the_directions(clips, method):
    correction = correction_of(method).fit(**clips)
    corrected = correction.transform(clips["X"])
    np.testing.assert_allclose(corrected @ span(correction.directions_), 0, atol=1e-5)
    assert np.abs(correction.map(clips["X"]) @ span(correction.directions_)).max() > 0.01


def test_lda_subtracts_the_component_along_the_direction(clips):
    x, domain = clips["X"], clips["domain"]
    w = lda_direction(x[domain == "a"], x[domain == "b"])
    w /= np.linalg.norm(w)
    expected = x - np.outer(x @ w, w)
    np.testing.assert_allclose(correction_of("lda").fit(**clips).transform(x), expected, atol=1e-6)


def test_mlda_takes_one_direction_per_genre(clips):
    x, domain, genre = clips["X"], clips["domain"], clips["genre"]
    correction = correction_of("mlda").fit(**clips)
    assert correction.genres_ == ("jazz", "rock")
    for name, direction in zip(correction.genres_, correction.directions_, strict=True):
        rows = genre == name
        expected = lda_direction(x[rows & (domain == "a")], x[rows & (domain == "b")])
        np.testing.assert_array_equal(direction, expected)


def test_classwise_directions_see_the_positives_alone(clips):
    reference = correction_of("lda", mode="classwise").fit(**clips)
    changed = clips | {"X": np.where(clips["y"][:, None], clips["X"], 7 * clips["X"])}
    np.testing.assert_array_equal(
        correction_of("lda", mode="classwise").fit(**changed).directions_, reference.directions_
    )
    assert (correction_of("lda").fit(**changed).directions_ != reference.directions_).any()


def test_kernel_methods_standardise_each_corpus_on_its_own(clips):
    x, domain = clips["X"].astype(float), clips["domain"]
    correction = correction_of("klda").fit(**clips)
    mapped = [
        correction.space_.kernel_.transform(StandardScaler().fit_transform(x[domain == name]))
        for name in "ab"
    ]
    w = lda_direction(*mapped)
    np.testing.assert_allclose(correction.directions_[0], w, atol=1e-9 * np.abs(w).max())


@pytest.mark.parametrize("train_domain", ["a", "b"])
def test_kernel_methods_transform_by_the_scaling_of_the_train_corpus(clips, train_domain):
    x, domain = clips["X"].astype(float), clips["domain"]
    correction = correction_of("k", train_domain=train_domain).fit(**clips)
    scaled = StandardScaler().fit(x[domain == train_domain]).transform(x)
    np.testing.assert_allclose(
        correction.transform(x), correction.space_.kernel_.transform(scaled), atol=1e-6
    )


def test_linear_directions_point_from_the_first_to_the_second_domain(clips):
    forward = correction_of("lda", domains=("a", "b")).fit(**clips).directions_
    backward = correction_of("lda", domains=("b", "a")).fit(**clips).directions_
    np.testing.assert_allclose(forward, -backward, rtol=1e-9)


def test_all_equal_embeddings_are_left_alone_and_reported(clips):
    clips["X"] = np.ones_like(clips["X"])
    for method in WITH_DIRECTIONS:
        correction = correction_of(method).fit(**clips)
        assert span(correction.directions_).shape[1] == 0
        assert correction.skipped_
        assert np.isfinite(correction.transform(clips["X"])).all()


@pytest.mark.parametrize(
    ("arguments", "missing", "message"),
    [
        ({"eraser": "pca"}, None, "eraser: unknown name 'pca'"),
        ({"mode": "local"}, None, "mode: unknown name 'local'"),
        ({"kernel": "rbf", "eraser": None, "space": "kernel"}, None, "kernel: unknown name 'rbf'"),
        ({"eraser": "lda"}, "domain", "domain: missing"),
        ({"per_genre": True}, "genre", "genre: missing"),
        ({"eraser": "lda", "mode": "classwise"}, "y", "y: missing"),
        ({"eraser": "lda", "domains": ("a", "c")}, None, "domain: found"),
    ],
)
def test_refuses_wrong_arguments(clips, arguments, missing, message):
    clips.pop(missing, None)
    with pytest.raises(ValueError, match=message):
        BiasCorrection(**arguments).fit(**clips)


@pytest.fixture
def samples(clips):
    """The same clips as matched samples of two labels, and their embeddings."""
    names = np.array([f"clip{i:03d}" for i in range(len(clips["X"]))])
    table = pd.DataFrame(
        {
            "corpus": clips["domain"],
            "clip_id": names,
            "positive": clips["y"],
            "genre": clips["genre"],
        }
    )
    embeddings = {
        corpus: pd.DataFrame(clips["X"][rows], index=names[rows])
        for corpus in "ab"
        for rows in [clips["domain"] == corpus]
    }
    return pd.concat([table.assign(label=label) for label in ("flute", "organ")]), embeddings


def test_fits_one_correction_per_label(clips, samples):
    corrections = fit_corrections(*samples, **parameters("mlda"), mode="classwise")
    expected = correction_of("mlda", mode="classwise").fit(**clips)
    assert list(corrections) == ["flute", "organ"]
    np.testing.assert_array_equal(corrections["organ"].erasers_[0].left, span(expected.directions_))


def test_one_more_serves_all_labels(clips, samples):
    corrections = fit_corrections(*samples, **parameters("lda"), label_free=True)
    assert list(corrections) == ["flute", "organ", LABEL_FREE]
    clips.pop("y")
    np.testing.assert_array_equal(
        corrections[LABEL_FREE].directions_, correction_of("lda").fit(**clips).directions_
    )


def test_without_labels_every_training_clip_counts_and_one_correction_serves_all(
    clips, samples, tmp_path
):
    _, embeddings = samples
    tables = {
        corpus: pd.DataFrame({"clip_id": [*frame.index, "soundless"], "genre": None}).assign(
            split=lambda table: np.where(table.index % 5, "train", "test")
        )
        for corpus, frame in embeddings.items()
    }
    labels = ["flute", "organ"]
    corrections = fit_without_labels(labels, tables, embeddings, **parameters("zscore"))
    assert list(corrections) == [*labels, LABEL_FREE]
    training = [frame[np.arange(len(frame)) % 5 > 0] for frame in embeddings.values()]
    by_hand = BiasCorrection("zscore").fit(
        pd.concat(training).to_numpy(), domain=np.repeat(["a", "b"], list(map(len, training)))
    )
    expected = by_hand.transform(clips["X"], domain=clips["domain"])
    save_corrections(tmp_path / "c.safetensors", corrections)
    for one in load_corrections(tmp_path / "c.safetensors")[0].values():
        np.testing.assert_array_equal(one.transform(clips["X"], domain=clips["domain"]), expected)
    one, all_alike = tmp_path / "one.safetensors", tmp_path / "c.safetensors"
    save_corrections(one, {"flute": corrections["flute"]})
    assert all_alike.stat().st_size < 1.1 * one.stat().st_size + 500


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_names_the_clip_of_an_embedding_that_is_not_finite(samples, value):
    table, embeddings = samples
    embeddings["b"].loc["clip070", 3] = value
    with pytest.raises(InputError, match="embeddings of b: clip070: holds NaN or infinity"):
        fit_corrections(table, embeddings, **parameters("lda"))


def test_names_the_clip_without_embedding(samples):
    table, embeddings = samples
    embeddings["a"] = embeddings["a"].drop("clip007")
    with pytest.raises(InputError, match="embeddings of a: clip007: no such clip"):
        fit_corrections(table, embeddings, **parameters("lda"))


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("method", PAPER)
def test_comes_back_from_disk_as_it_was(samples, tmp_path, method, kernel):
    table, embeddings = samples
    corrections = fit_corrections(table, embeddings, **parameters(method), kernel=kernel)
    save_corrections(tmp_path / "c.safetensors", corrections, {"model": "yamnet"})
    loaded, metadata = load_corrections(tmp_path / "c.safetensors")
    assert metadata == {"model": "yamnet"}
    for label, correction in corrections.items():
        x = embeddings["b"].to_numpy()
        np.testing.assert_array_equal(loaded[label].transform(x), correction.transform(x))
        np.testing.assert_array_equal(loaded[label].directions_, correction.directions_)
        assert loaded[label].get_params() == correction.get_params()
        assert (loaded[label].genres_, loaded[label].skipped_) == (
            correction.genres_,
            correction.skipped_,
        )


def test_identical_seeds_give_identical_files(samples, tmp_path):
    table, embeddings = samples
    for name in ("one", "two"):
        corrections = fit_corrections(table, embeddings, **parameters("klda"), random_state=3)
        save_corrections(tmp_path / name, corrections)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("content", [b"", b"not a tensor file", b"\x80\x04K\x01."])
def test_refuses_a_file_that_is_no_correction(tmp_path, content):
    (tmp_path / "c.safetensors").write_bytes(content)
    with pytest.raises(InputError, match=r"c\.safetensors: damaged"):
        load_corrections(tmp_path / "c.safetensors")
