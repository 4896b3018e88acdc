"""The authors' own directions and classifiers against their published cosines and ranks."""

import numpy as np
import pandas as pd
import pytest

from audio_debias.corrections.directions import cosine, span


@pytest.fixture(scope="module")
def directions(shared):
    with np.load(shared / "published" / "directions.npz") as arrays:
        return dict(arrays)


def test_reproduces_the_published_cosines_of_the_linear_space(shared, directions):
    table = pd.read_csv(shared / "published" / "cosine_similarity.csv")
    linear = table[table["space"] == "linear"]
    assert len(linear) == 120
    for row in linear.itertuples():
        direction = directions[f"{row.mode}/{row.model}/irmas/{row.label}/lda"]
        classifier = directions[f"global/{row.model}/{row.train_corpus}/{row.label}/lr"]
        assert cosine(direction, classifier) == pytest.approx(row.cosine, abs=1e-12)


def test_published_genre_directions_have_full_rank(directions):
    matrices = [value for key, value in directions.items() if key.endswith("/mlda")]
    assert len(matrices) == 60
    for matrix in matrices:
        assert span(matrix).shape[1] == np.linalg.matrix_rank(matrix) == 4
