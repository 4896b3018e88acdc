# What the jobs of extraction need, looked up by their wildcards.
from audio_debias.models.registry import DESCRIPTIVE
from audio_debias.models.weights import cached_by_hub, in_package


def network_spec(wildcards):
    return sorted_keys(EXPERIMENT.networks[wildcards.network])


def weights_files(wildcards):
    """Where a network's weights are: fetched once for all models, or already on this disk."""
    return [
        weights.get("folder", "").replace("{corpus}", wildcards.corpus)
        or unpacked(weights["file"])
        or cached_by_hub(weights["source"])
        or installed(weights)
        or f"results/weights/{weights['file']}"
        for weights in weights_of(network_spec(wildcards))
    ]


def installed(weights):
    """The file as an installed package has it, unless `local:` names another."""
    file = weights["file"] not in config["local"] and in_package(weights.get("installed", ""))
    return str(file) if file else None


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
        for spec in EXPERIMENT.networks.values()
        for weights in weights_of(spec)
        if weights.get("file") == name
    )


def network_numbers(wildcards):
    """What of a network's definition can change a number."""
    return {key: value for key, value in network_spec(wildcards).items() if key not in DESCRIPTIVE}


def kind_code(wildcards):
    """A hash of the kind of model, of the library or a user's own."""
    return plugin_fingerprint(KINDS.find(network_spec(wildcards)["kind"], "kind"))


def environment_of_kind(wildcards):
    """The environment that a kind of model says it runs in."""
    kind = EXPERIMENT.networks[wildcards.network]["kind"]
    return f"../../envs/{KINDS.environment(kind, 'kind', default='tensorflow')}.yaml"


def shards(network, corpus):
    """The extraction jobs; embeddings that are there already are read in one go."""
    if EXPERIMENT.networks[network]["kind"] == "precomputed":
        return range(1)
    return EXPERIMENT.shards(corpus)


def shards_of(template, wildcards):
    """The shards of the network that a model is, or is a layer of."""
    layer = EXPERIMENT.layers.get(wildcards.model)
    network = layer.network["name"] if layer else wildcards.model
    numbers = shards(network, wildcards.corpus)
    return collect(template, network=network, corpus=wildcards.corpus, shard=numbers)


def layer_number(wildcards):
    """The layer that a model is of its network, if it is one."""
    layer = EXPERIMENT.layers.get(wildcards.model)
    return layer and layer.number


def extraction_minutes():
    """Time for a shard: 20 s a clip are twice what the slowest network, OpenL3, takes on a core."""
    return 10 + config["extraction"]["shard_clips"] // 3
