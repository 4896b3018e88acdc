# The figures of the run.
# What figures without methods need: another method leaves them as they are.
UNCORRECTED_TITLES = {
    name: title for name, title in TITLES.items() if name not in EXPERIMENT.methods
}


def figures():
    """Every figure of the run, those of directions and changes only if there are any."""
    names = []
    for pair in EXPERIMENT.pairs:
        names += [f"{figure}/{pair}" for figure in ("distributions", "sensitivity")]
        if CURVES:
            names.append(f"strength/{pair}")
        if len(EXPERIMENT.methods) > 1:
            names.append(f"tradeoff/{pair}")
        names += [
            f"per_label/{pair}/{model}-{mode}"
            for model in EXPERIMENT.models
            for mode in config["modes"]
        ]
        if DIRECTIONS:
            names.append(f"cosines/{pair}")
    return expand(f"{RUN}/figures/{{name}}.{{format}}", name=names, format=["svg", "png"])
