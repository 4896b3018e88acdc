"""How models, corpora and methods are called in what people read."""

from collections.abc import Mapping

from audio_debias.experiment.method import REFERENCE

MODES = {"global": "Global bias correction", "classwise": "Class-wise bias correction"}
"""The modes as the paper's table heads them."""

SHORT_MODES = {"global": "global", "classwise": "class-wise", "any": ""}
"""The same in sentences; a mode that changes nothing is not named."""

Names = Mapping[str, str]
"""Display names of models, corpora and methods; a name that is absent stands for itself."""


def row_name(model: str, method: str, names: Names) -> str:
    """The name of a row of the paper's table, such as ``VGGish`` or ``VGGish-LDA``."""
    name = names.get(model, model)
    return name if method == REFERENCE else f"{name}-{names.get(method, method)}"


def correction_name(method: str, mode: str, names: Names) -> str:
    """A correction such as ``LDA (class-wise)``."""
    mode = SHORT_MODES.get(mode, mode)
    return names.get(method, method) + (f" ({mode})" if mode else "")


def transfer_name(train_corpus: str, test_corpus: str, names: Names) -> str:
    """A transfer as ``train → test``."""
    return f"{names.get(train_corpus, train_corpus)} → {names.get(test_corpus, test_corpus)}"


def corpora_of(pair: str) -> tuple[str, str]:
    """The two corpora of a pair ``a--b``."""
    first, _, second = pair.partition("--")
    return first, second


def transfers_of(pair: str) -> list[tuple[str, str]]:
    """The four transfers of a pair in the paper's order: two within a corpus, two across."""
    a, b = corpora_of(pair)
    return [(a, a), (b, b), (b, a), (a, b)]
