# Which published results there are to compare with.
PUBLISHED = config.get("published", {})
PUBLISHED_MODES = config["modes"] if PUBLISHED.get("labels") else []
PUBLISHED_COSINES = [
    (mode, space)
    for mode in PUBLISHED_MODES
    for space in dict.fromkeys(cell.method.space for cell, _ in DIRECTIONS)
]
SEEDED_METHODS = [name for name, method in EXPERIMENT.methods.items() if method.seeded]
# What a corpus or model is called in published results.
SAME_AS = {
    name: spec.get("same_as", name)
    for definitions in (EXPERIMENT.models, EXPERIMENT.corpora)
    for name, spec in definitions.items()
}
SAME_AS |= {pool: pool for pool in EXPERIMENT.pools}


def published_cosines(wildcards):
    """The published cosines, if this is the pair that they are of."""
    if {SAME_AS[corpus] for corpus in corpora_of_pair(wildcards)} != {"irmas", "openmic"}:
        return []
    return [
        f"results/downloads/published_cosines_{mode}_{space}.csv"
        for mode, space in PUBLISHED_COSINES
    ]
