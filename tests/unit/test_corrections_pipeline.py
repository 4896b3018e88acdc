"""BiasCorrection in scikit-learn's pipelines, with the domain routed to it."""

import numpy as np
import pytest
import sklearn
from sklearn.base import clone
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import make_pipeline

from audio_debias.corrections.correction import BiasCorrection
from audio_debias.corrections.label_columns import label_columns

DOMAIN_FREE = ["mean", "leace", "lda", "inlp", "random"]
BY_DOMAIN = ["center", "zscore", "coral", "combat"]


@pytest.fixture
def routed():
    with sklearn.config_context(enable_metadata_routing=True):
        yield


@pytest.fixture(params=[2, 5])
def rows(request):
    """Rows of two or five domains, each moved and stretched, with two classes."""
    rng = np.random.default_rng(0)
    k, n, width = request.param, 80 * request.param, 12
    domain, y = np.arange(n) % k, np.arange(n) // k % 2
    x = rng.normal(size=(n, width)) + 3 * rng.normal(size=(k, width))[domain]
    x = (1 + domain)[:, None] * x + y[:, None]
    return x, y, np.array([f"device {code}" for code in domain])


REQUESTS = {
    "as it is": lambda one: one,
    "fit": lambda one: one.set_fit_request(domain=True),
    "both": lambda one: one.set_fit_request(domain=True).set_transform_request(domain=True),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("request_domain", REQUESTS.values(), ids=REQUESTS)
@pytest.mark.parametrize("eraser", DOMAIN_FREE + BY_DOMAIN)
def test_a_pipeline_routes_the_domain_to_it(routed, rows, eraser, request_domain):
    x, y, domain = rows
    correction = request_domain(BiasCorrection(eraser))
    pipeline = make_pipeline(correction, LogisticRegression(max_iter=5000)).fit(x, y, domain=domain)
    needed = {"domain": domain} if eraser in BY_DOMAIN else {}
    alone = BiasCorrection(eraser).fit(x, y, domain=domain)
    assert alone.skipped_ == ()
    corrected = alone.transform(x, **needed)
    expected = LogisticRegression(max_iter=5000).fit(corrected, y)
    np.testing.assert_array_equal(
        pipeline.predict_proba(x, **needed), expected.predict_proba(corrected)
    )
    assert pipeline.score(x, y, **needed) == expected.score(corrected, y)
    assert pipeline[0].domains_ == tuple(np.unique(domain))


@pytest.mark.parametrize("eraser", ["mean", "leace", *BY_DOMAIN])
def test_fitted_and_applied_at_once_the_means_of_all_domains_are_one(rows, eraser):
    x, _, domain = rows
    corrected = BiasCorrection(eraser, options=_exact(eraser)).fit_transform(x, domain=domain)
    means = np.array([corrected[domain == name].mean(axis=0) for name in np.unique(domain)])
    # ComBat shrinks each domain's shift towards those of its other columns.
    np.testing.assert_allclose(means - means[0], 0, atol=0.5 if eraser == "combat" else 1e-9)
    assert np.ptp([x[domain == name].mean(axis=0) for name in np.unique(domain)], axis=0).max() > 2


def _exact(eraser):
    return {"shrinkage": 0} if eraser == "leace" else None


def test_rows_of_domains_never_fitted_need_no_domain(routed, rows):
    x, y, domain = rows
    pipeline = make_pipeline(BiasCorrection("leace"), LogisticRegression(max_iter=5000))
    pipeline.fit(x, y, domain=domain)
    np.testing.assert_array_equal(
        pipeline.predict(x), pipeline.predict(x, domain=np.full(len(x), "a new device"))
    )


def test_a_pipeline_of_one_that_needs_the_domain_says_so(routed, rows):
    x, y, domain = rows
    pipeline = make_pipeline(BiasCorrection("zscore"), LogisticRegression(max_iter=5000))
    pipeline.fit(x, y, domain=domain)
    with pytest.raises(ValueError, match="domain: missing; zscore corrects each domain"):
        pipeline.predict(x)


@pytest.mark.filterwarnings("error")
def test_a_search_over_erasers_routes_the_domain_through_folds(routed, rows):
    x, y, domain = rows
    pipeline = make_pipeline(BiasCorrection(), LogisticRegression(max_iter=5000))
    choices = {"biascorrection__eraser": ["leace", "zscore", None]}
    search = GridSearchCV(pipeline, choices, error_score="raise", cv=3).fit(x, y, domain=domain)
    for position, eraser in enumerate(choices["biascorrection__eraser"]):
        one = clone(pipeline).set_params(biascorrection__eraser=eraser)
        scores = cross_validate(one, x, y, params={"domain": domain}, error_score="raise", cv=3)
        assert search.cv_results_["mean_test_score"][position] == scores["test_score"].mean()
    # Stretched domains hide the classes; brought onto one scale, they are found.
    raw, levelled = search.cv_results_["mean_test_score"][[2, 1]]
    assert levelled > raw


def test_without_routing_the_domain_goes_by_its_step(rows):
    x, y, domain = rows
    pipeline = make_pipeline(BiasCorrection("leace"), LogisticRegression(max_iter=5000))
    pipeline.fit(x, y, biascorrection__domain=domain)
    np.testing.assert_array_equal(
        pipeline[0].transform(x), BiasCorrection("leace").fit_transform(x, domain=domain)
    )


def test_genre_is_routed_where_asked_for(routed, rows):
    x, y, domain = rows
    genre = np.array(["jazz", "rock"], dtype=object)[np.arange(len(x)) // 10 % 2]
    correction = BiasCorrection("lda", per_genre=True)
    with pytest.raises(UnsetMetadataPassedError, match="genre"):
        make_pipeline(correction).fit(x, y, domain=domain, genre=genre)
    pipeline = make_pipeline(correction.set_fit_request(genre=True))
    pipeline.fit(x, y, domain=domain, genre=genre)
    assert set(pipeline[0].genres_) == {"jazz", "rock"}


@pytest.mark.parametrize("eraser", ["splince", "combat"])
@pytest.mark.parametrize("k", [2, 3])
def test_classes_by_name_or_number_are_protected_as_columns_of_truth(eraser, k):
    rng = np.random.default_rng(0)
    domain, y = np.arange(300) % 4, rng.integers(k, size=300)
    x = rng.normal(size=(300, 8)) + domain[:, None] + rng.normal(size=(k, 8))[y]
    columns = np.equal.outer(y, np.arange(k))
    expected = BiasCorrection(eraser).fit_transform(x, columns, domain=domain)
    names = np.array(["rain", "car", "dog"], dtype=object)[y]
    for given in (y, 7 - y, names, names.astype(str), names.tolist()):
        corrected = BiasCorrection(eraser).fit_transform(x, given, domain=domain)
        np.testing.assert_allclose(corrected, expected, atol=1e-9)
    without = BiasCorrection("leace" if eraser == "splince" else eraser)
    assert np.abs(without.fit_transform(x, domain=domain) - expected).max() > 1e-3


def test_rows_without_a_class_belong_to_none():
    classes = label_columns(np.array(["car", None, "dog"], dtype=object))
    np.testing.assert_array_equal(classes, [[1, 0], [0, 0], [0, 1]])


def test_the_mode_classwise_refuses_classes_by_name(rows):
    x, y, domain = rows
    with pytest.raises(ValueError, match="y: must be true or false"):
        BiasCorrection(mode="classwise").fit(x, np.array(["dog", "car"])[y], domain=domain)
