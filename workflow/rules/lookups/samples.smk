# What the jobs of pools and matched samples need, looked up by their wildcards.
# Every matched sample: a pair of corpora in the embedding of a model.
SAMPLES = [(pair, model) for pair in EXPERIMENT.pairs for model in EXPERIMENT.models]


def corpora_of_pool(wildcards):
    return list(EXPERIMENT.pools[wildcards.pool].corpora)


def corpora_of_pair(wildcards):
    return list(EXPERIMENT.pairs[wildcards.pair].corpora)


def clips_of_pair(wildcards):
    """The clip table of each corpus of the pair, in order; a pool of corpora has its own."""
    return [
        (
            f"{RUN}/pools/{corpus}/clips.parquet"
            if corpus in EXPERIMENT.pools
            else CLIPS.format(corpus=corpus)
        )
        for corpus in corpora_of_pair(wildcards)
    ]


def embeddings_of_pair(wildcards):
    """The embeddings of each corpus of the pair, in order; a pool of corpora has its own."""
    return [
        (
            f"{RUN}/pools/{corpus}/embeddings/{wildcards.model}.parquet"
            if corpus in EXPERIMENT.pools
            else EMBEDDINGS.format(corpus=corpus, model=wildcards.model)
        )
        for corpus in corpora_of_pair(wildcards)
    ]


def has_one_file_for_all(wildcards):
    """Whether all corpora's embeddings are looked up in one file, by clip ids alone."""
    spec = model_spec(wildcards)
    folders = [weights.get("folder", "") for weights in weights_of(spec)]
    return spec["kind"] == "precomputed" and not any("{corpus}" in one for one in folders)


def excluded_labels():
    """The list of excluded labels of every sample, in the order of `SAMPLES`."""
    return [f"{RUN}/samples/{pair}/{model}.excluded.csv" for pair, model in SAMPLES]
