"""The sources of a pair's bias, with labels called as anything."""

import numpy as np
import pandas as pd
import pytest

from audio_debias.evidence.pair_sources import pair_sources

CORPORA = ["a", "b"]


def corpora(label):
    rng = np.random.default_rng(0)
    clips, embeddings, properties = {}, {}, {}
    for code, name in enumerate(CORPORA):
        ids = [f"{name}{i}" for i in range(80)]
        noise = rng.normal(size=80) - 4 * code
        flag = pd.array(rng.random(80) < 0.5, dtype="boolean")
        table = pd.DataFrame({"clip_id": ids, "genre": None, "track_id": None, label: flag})
        clips[name] = table
        properties[name] = pd.DataFrame({"clip_id": ids, "seconds": 3.0, "noise": noise})
        x = rng.normal(size=(80, 6))
        x[:, 0] += noise
        embeddings[name] = pd.DataFrame(x.astype(np.float32), index=ids)
    return clips, embeddings, properties


@pytest.mark.parametrize("label", ["noise", "domain", "flute"])
def test_a_label_may_have_the_name_of_a_property(label):
    clips, embeddings, properties = corpora(label)
    sources, _ = pair_sources(clips, embeddings, properties, [label])
    linear = sources[sources["score"] == "linear"].set_index("property")
    assert linear.loc["label", "kind"] == "label"
    assert linear.loc["label", "r2_alone"] < 0.1
    assert linear.loc["noise", "r2_alone"] > 0.5


def test_a_label_that_neither_corpus_has_says_nothing():
    clips, embeddings, properties = corpora("flute")
    sources, _ = pair_sources(clips, embeddings, properties, ["flute", "organ"])
    assert "noise" in sources["property"].tolist()
