# What the jobs of pools and matched samples need, looked up by their wildcards.
# Every matched sample: a pair or group of corpora in the embedding of a model.
SAMPLES = [(group, model) for group in EXPERIMENT.groups for model in EXPERIMENT.models]
PAIR_SAMPLES = f"{RUN}/samples/{{pair}}/{{model}}.parquet"


def corpora_of_pool(wildcards):
    return list(EXPERIMENT.pools[wildcards.pool].corpora)


def corpora_of_pair(wildcards):
    return list(EXPERIMENT.pairs[wildcards.pair].corpora)


def corpora_of_group(wildcards):
    return list(EXPERIMENT.groups[wildcards.group])


def clips_of(corpora):
    """The clip table of each corpus, in order; a pool of corpora has its own."""
    pooled = f"{RUN}/pools/{{corpus}}/clips.parquet"
    return [
        (pooled if corpus in EXPERIMENT.pools else CLIPS).format(corpus=corpus)
        for corpus in corpora
    ]


def embeddings_of(corpora, model):
    """The embeddings of each corpus, in order; a pool of corpora has its own."""
    pooled = f"{RUN}/pools/{{corpus}}/embeddings/{{model}}.parquet"
    return [
        (pooled if corpus in EXPERIMENT.pools else EMBEDDINGS).format(corpus=corpus, model=model)
        for corpus in corpora
    ]


def clips_of_pair(wildcards):
    return clips_of(corpora_of_pair(wildcards))


def clips_of_group(wildcards):
    return clips_of(corpora_of_group(wildcards))


def embeddings_of_pair(wildcards):
    return embeddings_of(corpora_of_pair(wildcards), wildcards.model)


def embeddings_of_group(wildcards):
    return embeddings_of(corpora_of_group(wildcards), wildcards.model)


def has_one_file_for_all(wildcards):
    """Whether all corpora's embeddings are looked up in one file, by clip ids alone."""
    spec = model_spec(wildcards)
    folders = [weights.get("folder", "") for weights in weights_of(spec)]
    return spec["kind"] == "precomputed" and not any("{corpus}" in one for one in folders)


def excluded_labels():
    """The list of excluded labels of every sample, in the order of `SAMPLES`."""
    return [f"{RUN}/samples/{group}/{model}.excluded.csv" for group, model in SAMPLES]
