# Input and param functions: what a job needs, looked up by its wildcards.
def source_root(wildcards):
    spec = corpus_spec(wildcards)
    source = f"results/corpora/{wildcards.corpus}/source"
    return spec.get("root", f"{source}/{spec['folder']}" if "folder" in spec else source)


def remote_file(name):
    """Address and checksum of a file of a corpus, or of the published results."""
    files = [spec.get("files", {}) for spec in EXPERIMENT.corpora.values()]
    return next(known[name] for known in [*files, PUBLISHED_FILES] if name in known)


def fetched_files(wildcards):
    """The corpus's files once fetched; one that lies unpacked on this disk is taken as it is."""
    files = corpus_spec(wildcards)["files"]
    return [unpacked(file) or f"results/downloads/{file}" for file in files]


def corpus_sources(wildcards):
    """The files that a corpus is indexed from, as far as they are known by name."""
    spec = corpus_spec(wildcards)
    if "demo" in spec:
        return collect(
            "results/corpora/{corpus}/{part}.csv",
            corpus=wildcards.corpus,
            part=["metadata", *(f"shard-{i}" for i in range(spec["demo"]["shards"]))],
        )
    if "files" in spec:
        return "results/corpora/{corpus}/source.csv"
    named = [value for value in spec.get("options", {}).values() if isinstance(value, str)]
    files = [Path(spec["root"], value) for value in named]
    return [str(path) for path in {clip_csv(spec), *files} - {None} if path.is_file()]


def weights_files(wildcards):
    """Where a model's weights are: fetched once for all models, or already on this disk."""
    return [
        weights.get("folder", "").replace("{corpus}", wildcards.corpus)
        or unpacked(weights["file"])
        or cached_by_hub(weights["source"])
        or f"results/weights/{weights['file']}"
        for weights in weights_of(model_spec(wildcards))
    ]


def files_of_weights(wildcards):
    """The files in folders of weights: of a folder itself, no change inside shows."""
    return [file for folder in weights_files(wildcards) for file in files_below(folder)]


@functools.cache
def files_below(folder):
    return [str(path) for path in sorted(Path(folder).rglob("*")) if path.is_file()]


def has_one_file_for_all(wildcards):
    """Whether all corpora's embeddings are looked up in one file, by clip ids alone."""
    spec = model_spec(wildcards)
    folders = [weights.get("folder", "") for weights in weights_of(spec)]
    return spec["kind"] == "precomputed" and not any("{corpus}" in one for one in folders)


def local_copy(wildcards):
    """The file that `local:` gives: when it changes, it is verified again."""
    local = config["local"].get(wildcards.file)
    return str(local_path(local)) if local else []


def table_digest(wildcards):
    """A hash of the CSV that a corpus is read from, if it is."""
    table = clip_csv(corpus_spec(wildcards))
    return table and file_digest(table)


def unpacked(file):
    """The folder that `local:` gives for an archive, if it does."""
    local = config["local"].get(file)
    folder = local and local_path(local)
    return str(folder) if folder and folder.is_dir() else None


def remote_weights(name):
    """How the first model that has a weights file of this name describes it."""
    return next(
        weights
        for spec in EXPERIMENT.models.values()
        for weights in weights_of(spec)
        if weights.get("file") == name
    )


def model_numbers(wildcards):
    """What of a model's definition can change a number."""
    return {key: value for key, value in model_spec(wildcards).items() if key not in DESCRIPTIVE}


def shards(wildcards):
    """The extraction jobs; embeddings that are there already are read in one go."""
    if model_spec(wildcards)["kind"] == "precomputed":
        return range(1)
    return EXPERIMENT.shards(wildcards.corpus)


def extraction_minutes():
    """Time for a shard: 20 s a clip are twice what the slowest network, OpenL3, takes on a core."""
    return 10 + config["extraction"]["shard_clips"] // 3


def corpus_spec(wildcards):
    return sorted_keys(EXPERIMENT.corpora[wildcards.corpus])


def model_spec(wildcards):
    return sorted_keys(EXPERIMENT.models[wildcards.model])


def sorted_keys(value):
    """The same with the keys of all mappings sorted: their order in a file reruns nothing."""
    if isinstance(value, dict):
        return {key: sorted_keys(value[key]) for key in sorted(value)}
    return value


def clips_of_pair(wildcards):
    """The clip table of each corpus of the pair, in order; a pool of corpora has its own."""
    return [
        (
            f"{RUN}/pools/{corpus}/clips.parquet"
            if corpus in EXPERIMENT.pooled
            else CLIPS.format(corpus=corpus)
        )
        for corpus in wildcards.pair.split("--")
    ]


def embeddings_of_pair(wildcards):
    """The embeddings of each corpus of the pair, in order; a pool of corpora has its own."""
    return [
        (
            f"{RUN}/pools/{corpus}/embeddings/{wildcards.model}.parquet"
            if corpus in EXPERIMENT.pooled
            else EMBEDDINGS.format(corpus=corpus, model=wildcards.model)
        )
        for corpus in wildcards.pair.split("--")
    ]


def cell_files(template):
    """The file of every cell, in the order of `CELLS`."""
    return [template.format(pair=pair, model=model, cell=cell) for pair, model, cell in CELLS]


def kernel_options(wildcards):
    """The kernel's options, for the methods that have a kernel: others need not run again."""
    return {"kernel": config["kernel"]["map"]} if method(wildcards) in KERNEL_METHODS else None


def direction_options(wildcards):
    """How to treat lonely genres, for the methods with a direction a genre."""
    return config["directions"] if method(wildcards) in GENRE_METHODS else None


def method(wildcards):
    return wildcards.cell.split("-")[0]


def kernel_seed(wildcards):
    """The seed of a cell's kernel map: the run's, or that of a repeat, `klda-global@43`."""
    return int(wildcards.cell.partition("@")[2] or config["seed"])


def repeated(template):
    """An input function: the file of every kernel cell under the seed of a repeat."""

    def files(wildcards):
        return [
            template.format(pair=pair, model=model, cell=f"{cell}@{wildcards.repeat}")
            for pair, model, cell in KERNEL_CELLS
        ]

    return files


def named_cells(cells):
    """Cells as (pair, model, method, mode)."""
    return [(pair, model, *cell.split("-")) for pair, model, cell in cells]


def published_cosines(wildcards):
    """The published cosines, if this is the pair that they are of."""
    if {SAME_AS[corpus] for corpus in wildcards.pair.split("--")} != {"irmas", "openmic"}:
        return []
    return [
        f"results/downloads/published_cosines_{mode}_{space}.csv"
        for mode, space in PUBLISHED_COSINES
    ]


def figures():
    """Every figure of the run, those of directions and changes only if there are any."""
    names = []
    for pair in EXPERIMENT.pairs:
        names += [f"{figure}/{pair}" for figure in ("distributions", "sensitivity")]
        if config["methods"] != ["none"]:
            names.append(f"tradeoff/{pair}")
        names += [
            f"per_label/{pair}/{model}-{mode}"
            for model in EXPERIMENT.models
            for mode in config["modes"]
        ]
        if DIRECTIONS:
            names.append(f"cosines/{pair}")
    return expand(f"{RUN}/figures/{{name}}.{{format}}", name=names, format=["svg", "png"])
