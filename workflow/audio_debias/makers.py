"""Which rule makes a file of the project again: what an error about a damaged one tells."""

from fnmatch import fnmatchcase
from pathlib import PurePath

# Below results/; the first pattern that fits counts.
_SHARED = (
    ("corpora/*/properties/*", "measure_properties"),
    ("corpora/*/properties.*", "merge_properties"),
    ("corpora/*/derived-*.csv", "render_derived"),
    ("corpora/*/source.csv", "unpack"),
    ("corpora/*/licence.txt", "fetch_corpus"),
    ("corpora/*/clips.parquet", "index_corpus (index_derived of a derived corpus)"),
    ("corpora/*/dropped.csv", "index_corpus (index_derived of a derived corpus)"),
    ("embeddings/*/*/*", "extract"),
    ("embeddings/*/*", "merge_embeddings"),
    ("weights/*", "fetch_weights"),
    ("downloads/*", "fetch"),
)

# Below the folder of a run.
_OF_A_RUN = (
    ("drawn/*/samples/*", "drawn_samples"),
    ("drawn/*/corrections/*", "drawn_corrections"),
    ("drawn/*", "drawn_transfers"),
    ("repeats/*/random/*", "random_metrics"),
    ("repeats/*/corrections/*", "repeat_corrections"),
    *((f"repeats/*/{folder}/*", "repeat_transfers") for folder in ("classifiers", "scores")),
    ("repeats/*/bias/*", "repeat_transfers"),
    ("repeats/*", "repeat_metrics"),
    ("pools/*/clips.parquet", "pool_clips"),
    ("pools/*/embeddings/*", "pool_embeddings"),
    ("samples/*", "match_samples"),
    ("corrections/*", "fit_corrections"),
    *((f"{folder}/*", "run_transfers") for folder in ("classifiers", "scores", "bias")),
    ("adversaries/*", "identify_domains"),
    ("controls/*", "controls"),
    ("map/*", "map_clips"),
    ("near_copies/*", "near_copies"),
    ("strength.parquet", "strengths"),
    ("sources/*.balance.parquet", "balance"),
    ("sources/*", "sources"),
    *((f"{name}.parquet", "metrics") for name in ("metrics", "bias", "lacking")),
    *((f"{name}.parquet", "intervals") for name in ("intervals", "intervals_in_space", "drops")),
    *((f"{name}.parquet", "join_sources") for name in ("sources", "identification", "balance")),
    *(
        (f"{name}.parquet", name)
        for name in ("adversaries", "random_band", "cosines", "published_noise")
    ),
    ("findings.*", "findings"),
)


def maker_of(path: str | PurePath) -> str | None:
    """The rule whose output a file below ``results/`` is; None for a file of another origin."""
    parts = PurePath(path).parts
    if "results" not in parts:
        return None
    below = parts[len(parts) - parts[::-1].index("results") :]
    for inside, makers in ((below, _SHARED), (below[1:], _OF_A_RUN)):
        for pattern, rule in makers:
            if fnmatchcase("/".join(inside), pattern):
                return rule
    return None


def remake(path: str | PurePath) -> str:
    """The end of an error about a damaged file: its mend."""
    rule = maker_of(path)
    if rule is None:
        return "make it again"
    return f"delete it and run again: the rule {rule} makes it"
