import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from audio_debias.corrections.correction import METHODS, BiasCorrection, fit_corrections
from audio_debias.corrections.directions import lda_direction
from audio_debias.corrections.kernel import KERNELS
from audio_debias.corrections.store import load_corrections, save_corrections
from audio_debias.errors import InputError

LDA_METHODS = [method for method in METHODS if method.endswith("lda")]


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
@parametrize_with_checks([BiasCorrection("none"), BiasCorrection("k")])
def test_is_a_scikit_learn_transformer(estimator, check):
    check(estimator)


@pytest.mark.parametrize("mode", ["global", "classwise"])
@pytest.mark.parametrize("method", LDA_METHODS)
def test_projection_is_symmetric_idempotent_and_annihilates_the_directions(clips, method, mode):
    correction = BiasCorrection(method, mode=mode).fit(**clips)
    width = correction.directions_.shape[1]
    projection = correction.project(np.eye(width))
    np.testing.assert_allclose(projection, projection.T, atol=1e-12)
    np.testing.assert_allclose(projection @ projection, projection, atol=1e-12)
    scale = np.linalg.norm(correction.directions_)
    np.testing.assert_allclose(projection @ correction.directions_.T / scale, 0, atol=1e-12)
    assert correction.basis_.shape == (width, 1 if "m" not in method else 2)


@pytest.mark.parametrize("method", LDA_METHODS)
def test_transform_has_no_component_left_along_the_directions(clips, method):
    correction = BiasCorrection(method).fit(**clips)
    corrected = correction.transform(clips["X"])
    np.testing.assert_allclose(corrected @ correction.basis_, 0, atol=1e-5)
    assert np.abs(correction.map(clips["X"]) @ correction.basis_).max() > 0.01


def test_lda_subtracts_the_component_along_the_direction(clips):
    x, domain = clips["X"], clips["domain"]
    w = lda_direction(x[domain == "a"], x[domain == "b"])
    w /= np.linalg.norm(w)
    expected = x - np.outer(x @ w, w)
    np.testing.assert_allclose(BiasCorrection("lda").fit(**clips).transform(x), expected, atol=1e-6)


def test_mlda_takes_one_direction_per_genre(clips):
    x, domain, genre = clips["X"], clips["domain"], clips["genre"]
    correction = BiasCorrection("mlda").fit(**clips)
    assert correction.genres_ == ("jazz", "rock")
    for name, direction in zip(correction.genres_, correction.directions_, strict=True):
        rows = genre == name
        expected = lda_direction(x[rows & (domain == "a")], x[rows & (domain == "b")])
        np.testing.assert_array_equal(direction, expected)


def test_classwise_directions_see_the_positives_alone(clips):
    reference = BiasCorrection("lda", mode="classwise").fit(**clips)
    changed = clips | {"X": np.where(clips["y"][:, None], clips["X"], 7 * clips["X"])}
    np.testing.assert_array_equal(
        BiasCorrection("lda", mode="classwise").fit(**changed).directions_, reference.directions_
    )
    assert (BiasCorrection("lda").fit(**changed).directions_ != reference.directions_).any()


def test_kernel_methods_standardise_each_corpus_on_its_own(clips):
    x, domain = clips["X"].astype(float), clips["domain"]
    correction = BiasCorrection("klda").fit(**clips)
    mapped = [
        correction.kernel_.transform(StandardScaler().fit_transform(x[domain == name]))
        for name in "ab"
    ]
    w = lda_direction(*mapped)
    np.testing.assert_allclose(correction.directions_[0], w, atol=1e-9 * np.abs(w).max())


@pytest.mark.parametrize("train_domain", ["a", "b"])
def test_kernel_methods_transform_by_the_scaling_of_the_train_corpus(clips, train_domain):
    x, domain = clips["X"].astype(float), clips["domain"]
    correction = BiasCorrection("k", train_domain=train_domain).fit(**clips)
    scaled = StandardScaler().fit(x[domain == train_domain]).transform(x)
    np.testing.assert_allclose(
        correction.transform(x), correction.kernel_.transform(scaled), atol=1e-6
    )


def test_linear_directions_point_from_the_first_to_the_second_domain(clips):
    forward = BiasCorrection("lda", domains=("a", "b")).fit(**clips).directions_
    backward = BiasCorrection("lda", domains=("b", "a")).fit(**clips).directions_
    np.testing.assert_allclose(forward, -backward, rtol=1e-9)


def test_all_equal_embeddings_are_left_alone_and_reported(clips):
    clips["X"] = np.ones_like(clips["X"])
    for method in LDA_METHODS:
        correction = BiasCorrection(method).fit(**clips)
        assert correction.basis_.shape[1] == 0
        assert correction.skipped_
        assert np.isfinite(correction.transform(clips["X"])).all()


@pytest.mark.parametrize(
    ("parameters", "missing", "message"),
    [
        ({"method": "pca"}, None, "method: unknown name 'pca'"),
        ({"mode": "local"}, None, "mode: unknown name 'local'"),
        ({"kernel": "rbf", "method": "k"}, None, "kernel: unknown name 'rbf'"),
        ({"method": "lda"}, "domain", "domain: missing"),
        ({"method": "mlda"}, "genre", "genre: missing"),
        ({"method": "lda", "mode": "classwise"}, "y", "y: missing"),
        ({"method": "lda", "domains": ("a", "c")}, None, "domain: found"),
    ],
)
def test_refuses_wrong_arguments(clips, parameters, missing, message):
    clips.pop(missing, None)
    with pytest.raises(ValueError, match=message):
        BiasCorrection(**parameters).fit(**clips)


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
    corrections = fit_corrections(*samples, method="mlda", mode="classwise")
    expected = BiasCorrection("mlda", mode="classwise").fit(**clips)
    assert list(corrections) == ["flute", "organ"]
    np.testing.assert_array_equal(corrections["organ"].basis_, expected.basis_)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_names_the_clip_of_an_embedding_that_is_not_finite(samples, value):
    table, embeddings = samples
    embeddings["b"].loc["clip070", 3] = value
    with pytest.raises(InputError, match="embeddings of b: clip070: holds NaN or infinity"):
        fit_corrections(table, embeddings, method="lda")


def test_names_the_clip_without_embedding(samples):
    table, embeddings = samples
    embeddings["a"] = embeddings["a"].drop("clip007")
    with pytest.raises(InputError, match="embeddings of a: clip007: no such clip"):
        fit_corrections(table, embeddings, method="lda")


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("method", METHODS)
def test_comes_back_from_disk_as_it_was(samples, tmp_path, method, kernel):
    table, embeddings = samples
    corrections = fit_corrections(table, embeddings, method=method, kernel=kernel)
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
        corrections = fit_corrections(table, embeddings, method="klda", seed=3)
        save_corrections(tmp_path / name, corrections)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("content", [b"", b"not a tensor file", b"\x80\x04K\x01."])
def test_refuses_a_file_that_is_no_correction(tmp_path, content):
    (tmp_path / "c.safetensors").write_bytes(content)
    with pytest.raises(InputError, match=r"c\.safetensors: not a file of fitted estimators"):
        load_corrections(tmp_path / "c.safetensors")
