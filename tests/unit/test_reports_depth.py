"""The figure over depth: what it averages, and in which order layers stand."""

import pandas as pd
import pytest

from audio_debias.errors import InputError
from audio_debias.reports.figures.depth import by_layer, depth_figure


def run(models):
    """Metrics and bias whose values follow from the layer's place in `models`."""
    metrics, bias = [], []
    for place, model in enumerate(models):
        for method, gain in (("none", 0.0), ("lda", 0.3)):
            for train, test in (("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")):
                for label, lift in (("flute", 0.0), ("piano", 0.1)):
                    auc = (0.6 if train == test else 0.5) + lift + gain + 0.01 * place
                    metrics.append(("a--b", model, method, train, test, label, auc))
            bias.append(("a--b", model, method, "a", "flute", 0.9 - 0.1 * place))
    names = ["pair", "model", "method", "train_corpus", "test_corpus", "label", "roc_auc"]
    columns = ["pair", "model", "method", "train_corpus", "label", "domain_auc_before"]
    return pd.DataFrame(metrics, columns=names), pd.DataFrame(bias, columns=columns)


def test_layers_stand_in_order_of_their_numbers_and_corrections_do_not_count():
    table = by_layer(*run(["wavlm@10", "wavlm@2", "vggish"]), "a--b")
    assert table["layer"].tolist() == [2, 10]
    assert table["domain identification"].tolist() == pytest.approx([80, 90])
    assert table["labels, same corpus"].tolist() == pytest.approx([66, 65])
    assert table["labels, other corpus"].tolist() == pytest.approx([56, 55])


def test_a_panel_a_model_with_three_curves_over_its_layers():
    figure = depth_figure(*run(["hubert@0", "wavlm@0", "wavlm@1"]), "a--b", {"wavlm": "WavLM"})
    assert [axes.get_title() for axes in figure.axes] == ["hubert", "WavLM"]
    assert [list(line.get_xdata()) for line in figure.axes[1].lines] == [[0, 1]] * 3


def test_a_run_without_layers_is_refused_in_one_line():
    with pytest.raises(InputError, match="no model has layers"):
        depth_figure(*run(["vggish"]), "a--b")
