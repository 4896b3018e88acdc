# What the jobs of transfers need, looked up by their wildcards.
# One direction of linear discriminant analysis is compared with the classifier of the same space,
# uncorrected: each such cell, and that classifier's.
DIRECTIONS = [
    (cell, replace(cell, method=uncorrected, mode="any"))
    for cell in EXPERIMENT.cells
    if EXPERIMENT.fit_on == "pair"
    and cell.method.eraser == "lda"
    and not cell.method.per_genre
    and not cell.method.options
    for uncorrected in [EXPERIMENT.uncorrected(cell.method)]
    if uncorrected
]


def repeated_cells(wildcards):
    return EXPERIMENT.repeats(int(wildcards.seed))


def joined(cells):
    """How the tables of `cells` are joined: the names, corpora and samples of each."""
    return [
        {
            "names": cell.names,
            "corpora": list(cell.pair.corpora),
            "samples": list(
                dict.fromkeys([cell.pair.name, *EXPERIMENT.fitted_on(cell.pair).values()])
            ),
        }
        for cell in cells
    ]


def fitted(fits):
    """How the lists of what corrections lack are joined: a group of corpora stands for a pair."""
    return [{"pair": fit["group"], **{k: fit[k] for k in fit if k != "group"}} for fit in fits]


SEEDED_FITS = [fit for fit in EXPERIMENT.fits if EXPERIMENT.methods[fit["method"]].seeded]


def lacking_of(fits, seed):
    """What the corrections of `fits` lack, under another seed."""
    return [rules.repeat_corrections.output.lacking.format(**fit, seed=seed) for fit in fits]


def repeated(template):
    """An input function: the file of every cell that depends on the seed, under another one."""
    return lambda wildcards: files_of(template, repeated_cells(wildcards))
