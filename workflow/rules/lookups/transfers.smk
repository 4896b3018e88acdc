# What the jobs of transfers need, looked up by their wildcards.
# One direction of linear discriminant analysis is compared with the classifier of the same space,
# uncorrected: each such cell, and that classifier's.
DIRECTIONS = [
    (cell, replace(cell, method=uncorrected, mode="any"))
    for cell in EXPERIMENT.cells
    if cell.method.eraser == "lda" and not cell.method.per_genre and not cell.method.options
    for uncorrected in [EXPERIMENT.uncorrected(cell.method)]
    if uncorrected
]


def repeated_cells(wildcards):
    return EXPERIMENT.repeats(int(wildcards.seed))


def joined(cells):
    """How the tables of `cells` are joined: the names and the corpora of each."""
    return [{"names": cell.names, "corpora": list(cell.pair.corpora)} for cell in cells]


def repeated(template):
    """An input function: the file of every cell that depends on the seed, under another one."""
    return lambda wildcards: files_of(template, repeated_cells(wildcards))
