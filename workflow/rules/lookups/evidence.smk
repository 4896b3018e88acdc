# What the jobs of the evidence need.
UNCERTAINTY = config["uncertainty"]
# Training clips and random maps are drawn anew under further seeds; the first is the run's.
TRAINING_SEEDS = [config["seed"] + i for i in range(UNCERTAINTY["seeds"])]
# A random direction is the control of every other: its band over draws is asked for as one.
RANDOM_SEEDS = [config["seed"] + 1 + i for i in range(config["controls"]["draws"])]
RANDOM_FITS = [
    fit for fit in EXPERIMENT.fits if EXPERIMENT.methods[fit["method"]].eraser == "random"
]
# A pool holds its corpora's own clips, and a derived corpus copies of another's, on purpose.
UNRELATED = [
    name
    for name, pair in EXPERIMENT.pairs.items()
    if not set(pair.corpora) & {*EXPERIMENT.pools, *DERIVED}
]
EVERY_CORPUS = [*EXPERIMENT.corpora, *EXPERIMENT.pools]
# A change may also be measured against the same space without an eraser.
IN_SPACE = {
    name: uncorrected.name
    for name, method in EXPERIMENT.methods.items()
    for uncorrected in [EXPERIMENT.uncorrected(method)]
    if uncorrected
}


def scores_of_all_seeds():
    """The scores of every cell, seed by seed."""
    drawn_anew = [
        replace(cell, seed=seed) for seed in TRAINING_SEEDS[1:] for cell in EXPERIMENT.cells
    ]
    own = files_of(rules.run_transfers.output.scores, EXPERIMENT.cells)
    return own + files_of(rules.drawn_transfers.output.scores, drawn_anew)


def random_cells(seed):
    return [cell for cell in EXPERIMENT.repeats(int(seed)) if cell.method.eraser == "random"]


def uncorrected_file(wildcards):
    """The corrections of the method `none` for a pair and a model."""
    group = next(iter(EXPERIMENT.fitted_on(EXPERIMENT.pairs[wildcards.pair]).values()))
    fit = {"group": group, "model": wildcards.model, "method": "none", "mode": "any"}
    return rules.fit_corrections.output.corrections.format(**fit)


def cells_of(wildcards):
    """The cells of a pair and a model."""
    return [
        cell
        for cell in EXPERIMENT.cells
        if (cell.pair.name, cell.model) == (wildcards.pair, wildcards.model)
    ]


def corrections_of_methods(wildcards):
    """The corrections of every cell of a pair and a model, as the first corpus trains with them:
    the only ones, unless each is fitted without the tested corpus."""
    path = rules.fit_corrections.output.corrections
    return [
        path.format(**cell.names, group=next(iter(EXPERIMENT.fitted_on(cell.pair).values())))
        for cell in cells_of(wildcards)
    ]


def controls_wanted():
    wanted = config["controls"]["draws"]
    pairs, models = (EXPERIMENT.pairs, EXPERIMENT.models) if wanted else ([], [])
    return collect(rules.controls.output, pair=pairs, model=models)


def random_band_wanted():
    return rules.random_band.output[0] if RANDOM_FITS and RANDOM_SEEDS else []
