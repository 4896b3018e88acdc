"""What is computed: the pairs of corpora, and for each every model, method and mode."""

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from audio_debias.experiment.definitions import clip_csv
from audio_debias.experiment.layers import Layer
from audio_debias.experiment.method import Method


@dataclass(frozen=True)
class Pool:
    """All corpora but one, taken for one corpus.

    Attributes
    ----------
    left_out : str
        The corpus that the pool is compared with.
    corpora : tuple of str
        Those that it is made of.
    """

    left_out: str
    corpora: tuple[str, ...]

    @property
    def name(self) -> str:
        """What it is called in the place of a corpus."""
        return f"all_but_{self.left_out}"


@dataclass(frozen=True)
class Pair:
    """Two corpora that are compared; either may be a pool. Directions point to the second."""

    first: str
    second: str

    @property
    def name(self) -> str:
        """What it is called in paths and tables."""
        return f"{self.first}--{self.second}"

    @property
    def corpora(self) -> tuple[str, str]:
        """Both corpora, in order."""
        return self.first, self.second


@dataclass(frozen=True)
class Cell:
    """One correction to compute: a method on a pair of corpora and a model.

    Attributes
    ----------
    pair : Pair
    model : str
    method : Method
    mode : {"any", "global", "classwise"}
        ``any`` for a method that does not depend on it: computed once, it stands in every mode.
    seed : int
    """

    pair: Pair
    model: str
    method: Method
    mode: str
    seed: int

    @property
    def names(self) -> dict[str, str]:
        """By name: the wildcards of its paths, and the columns that lead its rows in tables."""
        return {
            "pair": self.pair.name,
            "model": self.model,
            "method": self.method.name,
            "mode": self.mode,
        }


@dataclass(frozen=True)
class Experiment:
    """A checked config with the definitions that it names.

    Attributes
    ----------
    config : dict
        The config as given.
    corpora, models : dict of str to dict
        Name to definition, in the order of the config.
    methods : dict of str to Method
    layers : dict of str to Layer
        Those of the models that are one layer of a network.
    """

    config: Mapping
    corpora: Mapping[str, dict]
    models: Mapping[str, dict]
    methods: Mapping[str, Method]
    layers: Mapping[str, Layer] = field(default_factory=dict)

    @cached_property
    def networks(self) -> dict[str, dict]:
        """What is extracted, by name: the models, and of layers the network that they are of."""
        networks = (
            self.layers[name].network if name in self.layers else model
            for name, model in self.models.items()
        )
        return {network["name"]: network for network in networks}

    def shards(self, corpus: str) -> range:
        """The extraction jobs of a corpus; its clips are dealt out evenly among them."""
        spec = self.corpora[corpus]
        csv = clip_csv(spec)
        clips = _rows(csv) if csv and "clips" not in spec else spec["clips"]
        return range(math.ceil(clips / self.config["extraction"]["shard_clips"]))

    @cached_property
    def pools(self) -> dict[str, Pool]:
        """With ``against_rest``, for each corpus the pool of all others, by name."""
        if not self.config.get("against_rest"):
            return {}
        pools = [
            Pool(corpus, tuple(other for other in self.corpora if other != corpus))
            for corpus in self.corpora
        ]
        return {pool.name: pool for pool in pools}

    @cached_property
    def pairs(self) -> dict[str, Pair]:
        """Every unordered pair of corpora, in the order of the config, then each corpus with the
        pool of the others; by name."""
        pairs = list(itertools.starmap(Pair, itertools.combinations(self.corpora, 2)))
        pairs += [Pair(pool.left_out, pool.name) for pool in self.pools.values()]
        return {pair.name: pair for pair in pairs}

    @cached_property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """The corpora that corrections can be fitted on, by name: those of each pair, and with
        ``directions.fit_on`` all of them, or all but one."""
        groups: dict[str, tuple[str, ...]] = {
            name: pair.corpora for name, pair in self.pairs.items()
        }
        if self.fit_on == "all":
            groups["all"] = tuple(self.corpora)
        elif self.fit_on == "others":
            for corpus in self.corpora:
                others = tuple(other for other in self.corpora if other != corpus)
                groups[f"all_but_{corpus}"] = others
        return groups

    @property
    def fit_on(self) -> str:
        """``pair``, ``all`` or ``others``."""
        return self.config["directions"].get("fit_on", "pair")

    def fitted_on(self, pair: Pair) -> dict[str, str]:
        """For each corpus of a pair, when it trains: the group that its correction is fitted on."""
        if self.fit_on == "others":
            first, second = pair.corpora
            return {first: f"all_but_{second}", second: f"all_but_{first}"}
        return dict.fromkeys(pair.corpora, "all" if self.fit_on == "all" else pair.name)

    @cached_property
    def fits(self) -> list[dict[str, str]]:
        """What is fitted: ``group, model, method, mode`` of every correction."""
        fits = [
            {**cell.names, "group": group}
            for cell in self.cells
            for group in self.fitted_on(cell.pair).values()
        ]
        names = ("group", "model", "method", "mode")
        return [
            dict(zip(names, fit, strict=True))
            for fit in dict.fromkeys(tuple(fit[name] for name in names) for fit in fits)
        ]

    @cached_property
    def cells(self) -> list[Cell]:
        """Every cell under the run's own seed."""
        return [
            Cell(pair, model, method, mode, self.config["seed"])
            for pair in self.pairs.values()
            for model in self.models
            for method in self.methods.values()
            for mode in (self.config["modes"] if method.depends_on_mode else ["any"])
        ]

    def repeats(self, seed: int) -> list[Cell]:
        """The cells that depend on the seed, under another one."""
        return [replace(cell, seed=seed) for cell in self.cells if cell.method.seeded]

    def uncorrected(self, method: Method) -> Method | None:
        """The method of the same space that takes nothing out, if the run has one."""
        same = (one for one in self.methods.values() if one.space == method.space)
        return next((one for one in same if one.eraser is None), None)


def _rows(table: Path) -> int:
    """About how many rows a CSV file has; it only sets the number of jobs."""
    with table.open("rb") as lines:
        return max(1, sum(1 for _ in lines) - 1)
