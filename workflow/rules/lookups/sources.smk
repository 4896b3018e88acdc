# What the jobs of recording properties, derived corpora and attribution need.
from audio_debias.corpora.effects import check_chain

PROPERTIES = "results/corpora/{corpus}/properties.parquet"
DERIVED = [name for name, spec in EXPERIMENT.corpora.items() if "derive" in spec]
for each in DERIVED:
    try:
        check_chain(EXPERIMENT.corpora[each]["derive"]["chain"], f"resources/corpora/{each}.yaml")
    except InputError as error:
        raise WorkflowError(str(error))
# A pool of corpora has no sound of its own; its corpora are compared one by one.
ATTRIBUTED = [
    (name, model)
    for name, pair in EXPERIMENT.pairs.items()
    if config["sources"] and not set(pair.corpora) & set(EXPERIMENT.pools)
    for model in EXPERIMENT.models
]


def derived_from(wildcards):
    return corpus_spec(wildcards)["derive"]["from"]


def root_derived_from(wildcards):
    return source_root_of(derived_from(wildcards))


def properties_of_pair(wildcards):
    return collect(PROPERTIES, corpus=corpora_of_pair(wildcards))


def sound_shards(wildcards):
    return EXPERIMENT.shards(wildcards.corpus)
