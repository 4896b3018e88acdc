# What the page may let people hear.
HEARD = EXPERIMENT.cells if config["page"]["clips"] else []


def sound_of(corpus):
    """The folder of a corpus's audio, if its licence lets excerpts be passed on."""
    licence = EXPERIMENT.corpora[corpus]["licence"]
    return source_root_of(corpus) if licence.get("redistributable") else None


# What is drawn on a map; a pool of corpora has no sound to be measured.
MAPPED = (
    [[pair, model] for pair in EXPERIMENT.pairs for model in EXPERIMENT.models]
    if config["page"]["points"] and len(EXPERIMENT.methods) > 1
    else []
)
MEASURED = list(EXPERIMENT.corpora) if ATTRIBUTED and MAPPED else []


def cells_of_model(wildcards):
    """The corrected cells of a pair and a model: method and mode."""
    return [
        [cell.method.name, cell.mode]
        for cell in EXPERIMENT.cells
        if (cell.pair.name, cell.model) == (wildcards.pair, wildcards.model)
        and cell.method.name != "none"
    ]


def corrections_of_model(wildcards):
    """The corrections of those cells, as the first corpus trains with them."""
    group = next(iter(EXPERIMENT.fitted_on(EXPERIMENT.pairs[wildcards.pair]).values()))
    path = f"{RUN}/corrections/{FIT}.safetensors"
    return [
        path.format(group=group, model=wildcards.model, method=method, mode=mode)
        for method, mode in cells_of_model(wildcards)
    ]
