"""The methods of the repository, as parameters of a correction."""

import yaml

from projects import ROOT

PAPER = ("none", "lda", "mlda", "k", "klda", "mklda")
WITH_DIRECTIONS = ("lda", "mlda", "klda", "mklda")


def parameters(method):
    """What `BiasCorrection` takes, from the definition of a method."""
    spec = yaml.safe_load((ROOT / f"resources/methods/{method}.yaml").read_text())
    return {
        "eraser": spec.get("eraser"),
        "space": spec["space"],
        "per_genre": spec.get("per_genre", False),
        "options": spec.get("options"),
    }
