"""The common look of the figures, and files with reproducible bytes."""

from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.figure import Figure

from audio_debias.experiment.method import REFERENCE
from audio_debias.files import replacing

# Okabe & Ito (2008), "Color Universal Design": told apart by colour-blind readers.
BLUE, ORANGE, GREEN, VERMILLION, PURPLE, SKY, YELLOW = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
    "#F0E442",
)
INK, SOFT, LINE, BAND = "#1b1f24", "#5c6670", "#c9ced4", "#f3f5f7"
FAINT = "#a4abb3"
"""What is no difference, or cannot be told."""

# Okabe & Ito's, a brown (grey is what is no difference), then the darker ones of Tol (2021),
# "Colour Schemes", muted.
_METHODS = (
    *(SKY, BLUE, "#661100", ORANGE, VERMILLION, GREEN, PURPLE, YELLOW, INK),
    *("#882255", "#332288", "#999933", "#117733", "#AA4499", "#44AA99"),
)
_MARKERS = "osD^vPX*"
_LEGENDS: dict[str, Literal["outside lower center", "outside upper center"]] = {
    "lower": "outside lower center",
    "upper": "outside upper center",
}

_LOOK: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "axes.titlesize": 9,
    "axes.labelsize": 8.5,
    "axes.edgecolor": LINE,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "text.color": INK,
    # A name with a dollar sign is a name, not a formula.
    "text.parse_math": False,
    "xtick.color": SOFT,
    "ytick.color": INK,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8.5,
    "xtick.major.width": 0.6,
    "ytick.major.size": 0,
    "grid.color": LINE,
    "grid.linewidth": 0.5,
    "legend.frameon": False,
    "figure.facecolor": "white",
    "svg.fonttype": "path",
    "svg.hashsalt": "audio-debias",
}


def styled(draw: Callable[..., Figure]) -> Callable[..., Figure]:
    """Run a drawing function under the common look, whatever the user's matplotlibrc says."""

    @wraps(draw)
    def run(*args, **kwargs):
        """Draw under the common look."""
        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.rcParams.update(_LOOK)
            return draw(*args, **kwargs)

    return run


def save_figure(figure: Figure, path: str | Path, dpi: int = 200) -> None:
    """Write a figure as svg or png, chosen by the suffix; equal figures give equal bytes.

    Parameters
    ----------
    figure : Figure
    path : path
        Ends with ``.svg`` or ``.png``.
    dpi : int
        Dots per inch of a png.
    """
    metadata = {"Date": None} if Path(path).suffix == ".svg" else None
    with mpl.rc_context(), replacing(path) as temporary:
        mpl.rcdefaults()
        mpl.rcParams.update(_LOOK)
        figure.savefig(temporary, dpi=dpi, metadata=metadata)


def method_colors(methods: Iterable[str]) -> dict[str, str]:
    """A colour per method in turn, none for the reference: those of the config, in its order."""
    corrected = [method for method in methods if method != REFERENCE]
    return {method: _METHODS[i % len(_METHODS)] for i, method in enumerate(corrected)}


def markers(models: Iterable[str]) -> dict[str, str]:
    """A marker per model, in turn."""
    return {model: _MARKERS[i % len(_MARKERS)] for i, model in enumerate(models)}


def short(name: str, width: int = 26) -> str:
    """A name on one line of at most `width` characters."""
    name = " ".join(name.split())
    return name if len(name) <= width else name[: width - 1] + "…"


def label_rows(axes, labels: list[str], names: bool = True) -> None:
    """Lay out a vertical axis of one banded row per label, the first on top."""
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_yticks(range(len(labels)), [short(label, 18) for label in labels] if names else [])
    for row in range(0, len(labels), 2):
        axes.axhspan(row - 0.5, row + 0.5, color=BAND, zorder=0, linewidth=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")


def add_legend(figure: Figure, handles: list, side: str = "lower") -> None:
    """Put a legend below (or above) all panels, in as many columns as the width holds."""
    longest = max(len(handle.get_label()) for handle in handles)
    inches = 0.55 + 0.075 * longest
    columns = max(1, min(len(handles), int(figure.get_figwidth() / inches)))
    figure.legend(handles=handles, loc=_LEGENDS[side], ncols=columns)
