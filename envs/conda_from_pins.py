"""Write envs/*.yaml from envs/*.in and the pins of envs/dev.txt: the same versions for conda users.

Snakemake copies an environment file before it creates the environment, so the files must stand
alone: the pins are written out instead of being referred to.
"""

import re
from pathlib import Path

ENVS = Path(__file__).resolve().parent
PYTHON = "3.11"


def pins() -> dict[str, str]:
    """Package name to pinned version for `PYTHON`, in the order of the lock file."""
    found = {}
    for name, version, marker in re.findall(
        r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)(?: ; ([^\\\n]+))?", (ENVS / "dev.txt").read_text(), re.M
    ):
        if "python_full_version >=" not in marker:
            found[name] = version
    return found


def wanted(name: str) -> dict[str, str | None]:
    """The packages that envs/{name}.in names, those of files it includes first, each with the
    version that it pins there."""
    packages: dict[str, str | None] = {}
    for line in (ENVS / f"{name}.in").read_text().splitlines():
        if line.startswith("-r "):
            packages |= wanted(line.removeprefix("-r ").removesuffix(".in"))
        elif line and not line.startswith("#"):
            package, version = re.match(r"([A-Za-z0-9_.-]+)(?:==(\S+))?", line).groups()
            packages[package.lower().replace("_", "-")] = version
    return packages


def conda_file(name: str, locked: dict[str, str]) -> str:
    """The text of envs/{name}.yaml."""
    lines = [
        f"      - {package}=={version or locked[package]}"
        for package, version in wanted(name).items()
    ]
    return "\n".join(
        [
            f"# Made by `make lock` from {name}.in and the pins of dev.txt.",
            "# It promises these versions: nothing is hashed, and what they need is not pinned.",
            "channels:",
            "  - conda-forge",
            "  - nodefaults",
            "dependencies:",
            f"  - python={PYTHON}",
            "  - pip",
            "  - pip:",
            *lines,
            "",
        ]
    )


if __name__ == "__main__":
    for name in ("core", "report", "tensorflow", "torch", "openl3", "named_sets"):
        (ENVS / f"{name}.yaml").write_text(conda_file(name, pins()))
