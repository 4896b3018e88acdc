# What the jobs of corrections need, looked up by their wildcards.
def method_of(wildcards):
    return EXPERIMENT.methods[wildcards.method]


def method_numbers(wildcards):
    """What of a method's definition can change a number."""
    method = method_of(wildcards)
    return {
        "eraser": method.eraser,
        "space": method.space,
        "per_genre": method.per_genre,
        "options": sorted_keys(dict(method.options)),
    }


def clips_to_fit_on(wildcards):
    """The clip tables, for a method that is fitted on all training clips."""
    return clips_of_group(wildcards) if method_of(wildcards).clips == "training" else []


def fitted_mode(wildcards):
    """Without an eraser there is nothing to fit on the clips of a label alone."""
    return wildcards.mode if method_of(wildcards).depends_on_mode else "global"


def kernel_options(wildcards):
    """The kernel's options, for the methods that have a kernel: others need not run again."""
    in_kernel_space = method_of(wildcards).space == "kernel"
    return {"kernel": config["kernel"]["map"]} if in_kernel_space else None


def direction_options(wildcards):
    """How to treat lonely genres, for the methods with a direction a genre."""
    if not method_of(wildcards).per_genre:
        return None
    return {"one_corpus_genre": config["directions"]["one_corpus_genre"]}


def eraser_code(wildcards):
    """A hash of the eraser, of the library, a user's own or an installed package's."""
    eraser = method_of(wildcards).eraser
    if eraser is None:
        return None
    if ":" in eraser:
        return class_fingerprint(eraser, f"resources/methods/{wildcards.method}.yaml: eraser")
    return plugin_fingerprint(ERASERS.find(eraser, "eraser"))


def corrections_of(folder):
    """An input function: the corrections of a cell, for either train corpus, below `folder`."""

    def files(wildcards):
        groups = EXPERIMENT.fitted_on(EXPERIMENT.pairs[wildcards.pair])
        path = f"{folder}/corrections/{FIT}.safetensors"
        return [path.format(**{**dict(wildcards), "group": group}) for group in groups.values()]

    return files
