# What the jobs of the evidence need.
UNCERTAINTY = config["uncertainty"]
# Training clips and random maps are drawn anew under further seeds; the first is the run's.
TRAINING_SEEDS = [config["seed"] + i for i in range(UNCERTAINTY["seeds"])]
RANDOM_SEEDS = [config["seed"] + 1 + i for i in range(10)]
EVERY_CORPUS = [*EXPERIMENT.corpora, *EXPERIMENT.pools]
# A change may also be measured against the same space without an eraser.
IN_SPACE = {
    name: uncorrected.name
    for name, method in EXPERIMENT.methods.items()
    for uncorrected in [EXPERIMENT.uncorrected(method)]
    if uncorrected
}
SPOKEN = TITLES | {
    **{name: method.title for name, method in EXPERIMENT.methods.items()},
    **{
        name: " and ".join(TITLES[corpus] for corpus in pair.corpora)
        for name, pair in EXPERIMENT.pairs.items()
    },
}


def clips_of_all():
    """The clip table of every corpus and pool."""
    return [
        (
            f"{RUN}/pools/{corpus}/clips.parquet"
            if corpus in EXPERIMENT.pools
            else CLIPS.format(corpus=corpus)
        )
        for corpus in EVERY_CORPUS
    ]


def scores_of_all_seeds():
    """The scores of every cell, seed by seed."""
    drawn_anew = [
        replace(cell, seed=seed) for seed in TRAINING_SEEDS[1:] for cell in EXPERIMENT.cells
    ]
    own = files_of(rules.run_transfers.output.scores, EXPERIMENT.cells)
    return own + files_of(rules.drawn_transfers.output.scores, drawn_anew)


def uncorrected_file(wildcards):
    """The corrections of the method `none` for a pair and a model."""
    return rules.fit_corrections.output[0].format(**wildcards, method="none", mode="any")


def controls_wanted():
    wanted = config["controls"]["draws"]
    pairs, models = (EXPERIMENT.pairs, EXPERIMENT.models) if wanted else ([], [])
    return collect(rules.controls.output, pair=pairs, model=models)
