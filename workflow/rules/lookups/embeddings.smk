# What the jobs of extraction need, looked up by their wildcards.
from audio_debias.models.registry import DESCRIPTIVE
from audio_debias.models.weights import cached_by_hub


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


def kind_code(wildcards):
    """A hash of the kind of model, of the library or a user's own."""
    return plugin_fingerprint(KINDS.find(model_spec(wildcards)["kind"], "kind"))


def shards(wildcards):
    """The extraction jobs; embeddings that are there already are read in one go."""
    if model_spec(wildcards)["kind"] == "precomputed":
        return range(1)
    return EXPERIMENT.shards(wildcards.corpus)


def extraction_minutes():
    """Time for a shard: 20 s a clip are twice what the slowest network, OpenL3, takes on a core."""
    return 10 + config["extraction"]["shard_clips"] // 3
