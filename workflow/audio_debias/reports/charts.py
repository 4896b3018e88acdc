"""The charts of the page: Vega-Lite specifications without data, which the page fills in."""

import altair as alt

from audio_debias.reports.figures.style import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILLION

_ROWS = alt.NamedData("rows")
_COLOURS = [
    *(BLUE, ORANGE, GREEN, VERMILLION, PURPLE, SKY, "#8a8a8a", "#B8860B"),
    *("#44AA99", "#AA4499", "#999933", "#882255"),
]
_AUC = "AUC (points)"
_BY_METHOD = alt.Color("method:N", sort=None, title=None, scale=alt.Scale(range=_COLOURS))
_BY_MODEL = alt.Shape("model:N", sort=None, title=None)
_EMBEDDING = alt.Tooltip("model:N", title="Embedding")


def charts(level: str = "95 %") -> dict[str, dict]:
    """Every chart by its name.

    Parameters
    ----------
    level : str
        What intervals of AUCs cover.

    Returns
    -------
    dict of str to dict
        Vega-Lite; the data set of each is called ``rows``. A point's model, method, mode and label
        are in its row, by which a click filters the page.
    """
    made = {
        "overview": _intervals("model", "Embedding", level),
        "labels": _intervals("label", "Label", level),
        "removal": _removal(),
        "strength": _strength(),
        "cosines": _cosines(),
        "sources": _sources(),
        "counts": _counts(),
        "map": _map("N", alt.Scale(range=_COLOURS)),
        "shaded_map": _map("Q", alt.Scale(scheme="viridis")),
    }
    return {name: chart.to_dict() for name, chart in made.items()}


def _intervals(rows: str, title: str, level: str) -> alt.LayerChart:
    """AUCs with intervals on the test clips of one corpus: a colour a train corpus, a shape a
    correction."""
    base = alt.Chart(_ROWS).encode(
        y=alt.Y(f"{rows}:N", title=None, sort=None, axis=alt.Axis(labelLimit=140)),
        yOffset=alt.YOffset("series:N", sort=None),
        color=alt.Color(
            "trained:N",
            sort=None,
            scale=alt.Scale(domain=["within", "across"], range=[BLUE, VERMILLION]),
            legend=alt.Legend(title=None),
        ),
        tooltip=[
            alt.Tooltip(f"{rows}:N", title=title),
            alt.Tooltip("transfer:N", title="Train → test"),
            alt.Tooltip("correction:N", title="Correction"),
            alt.Tooltip("auc:Q", title=_AUC, format=".2f"),
            alt.Tooltip("interval:N", title=f"{level} interval"),
            alt.Tooltip("change:N", title="Change"),
            alt.Tooltip("positives:Q", title="Test positives"),
        ],
        opacity=alt.condition("datum.few", alt.value(0.35), alt.value(1)),
    )
    scale, axis = alt.Scale(zero=False, nice=True), alt.Axis(tickCount=6)
    rule = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title=_AUC, scale=scale, axis=axis), x2="high:Q"
    )
    points = base.mark_point(size=70, filled=True, cursor="pointer").encode(
        x=alt.X("auc:Q", title=_AUC, scale=scale, axis=axis),
        shape=alt.Shape(
            "kind:N",
            sort=None,
            scale=alt.Scale(domain=["uncorrected", "corrected"], range=["circle", "diamond"]),
            legend=alt.Legend(title=None),
        ),
    )
    return (rule + points).properties(width="container", usermeta=_step(9, rows, "series"))


def _removal() -> alt.LayerChart:
    base = alt.Chart(_ROWS).encode(
        x=alt.X(
            "after:Q",
            title="New linear probe afterwards (AUC)",
            scale=alt.Scale(domain=[50, 100], clamp=True),
        ),
        color=_BY_METHOD,
        tooltip=[
            _EMBEDDING,
            alt.Tooltip("correction:N", title="Correction"),
            alt.Tooltip("transfer:N", title="Train → test"),
            alt.Tooltip("before:Q", title="Told apart before", format=".1f"),
            alt.Tooltip("after:Q", title="Told apart after", format=".1f"),
            alt.Tooltip("change:N", title="Change of AUC"),
        ],
    )
    title = "Change of mean AUC (points)"
    zero = (
        alt.Chart(alt.InlineData([{}]))
        .mark_rule(strokeDash=[3, 3], color="#888")
        .encode(y=alt.datum(0))
    )
    bars = base.mark_rule(opacity=0.5).encode(y=alt.Y("low:Q", title=title), y2="high:Q")
    points = base.mark_point(size=60, filled=True, cursor="pointer").encode(
        y=alt.Y("size:Q", title=title), shape=_BY_MODEL
    )
    return (zero + bars + points).properties(width="container", height=300)


def _strength() -> alt.Chart:
    """A line an embedding, eraser and mode; the page says which adversary is across."""
    return (
        alt.Chart(_ROWS)
        .mark_line(point=alt.OverlayMarkDef(filled=True, size=60, cursor="pointer"))
        .encode(
            x=alt.X("found:Q", scale=alt.Scale(domain=[50, 100], clamp=True)),
            y=alt.Y("across:Q", title="Mean AUC across corpora", scale=alt.Scale(zero=False)),
            order="strength:Q",
            color=_BY_METHOD,
            shape=_BY_MODEL,
            strokeDash=alt.StrokeDash(
                "mode:N", sort=None, legend=alt.Legend(title=None, symbolType="stroke")
            ),
            detail="model:N",
            tooltip=[
                _EMBEDDING,
                alt.Tooltip("correction:N", title="Correction"),
                alt.Tooltip("strength:Q", title="Strength (%)"),
                alt.Tooltip("linear:Q", title="Told apart by a linear probe", format=".1f"),
                alt.Tooltip("nonlinear:Q", title="Told apart by a nonlinear one", format=".1f"),
                alt.Tooltip("across:Q", title="AUC across corpora", format=".2f"),
                alt.Tooltip("within:Q", title="AUC within", format=".2f"),
            ],
        )
        .properties(width="container", height=260)
    )


def _cosines() -> alt.Chart:
    return (
        alt.Chart(_ROWS)
        .mark_point(size=55, filled=True, opacity=0.8, cursor="pointer")
        .encode(
            x=alt.X("cosine:Q", title="|cosine| of classifier and domain direction"),
            y=alt.Y("label:N", title=None, sort=None),
            color=alt.Color("space:N", title=None, scale=alt.Scale(range=[BLUE, ORANGE])),
            shape=_BY_MODEL,
            tooltip=[
                alt.Tooltip("label:N", title="Label"),
                _EMBEDDING,
                alt.Tooltip("mode:N", title="Mode"),
                alt.Tooltip("train:N", title="Trained on"),
                alt.Tooltip("cosine:Q", title="|cosine|", format=".3f"),
            ],
        )
        .properties(width="container", usermeta=_step(24, "label"))
    )


def _sources() -> alt.LayerChart:
    base = alt.Chart(_ROWS).encode(
        y=alt.Y("property:N", title=None, sort=None, axis=alt.Axis(labelLimit=180)),
        color=alt.Color("model:N", sort=None, title=None, scale=alt.Scale(range=_COLOURS)),
        yOffset="model:N",
        tooltip=[
            alt.Tooltip("property:N", title="Source"),
            _EMBEDDING,
            alt.Tooltip("r2:Q", title="R² alone (%)", format=".1f"),
            alt.Tooltip("interval:N", title="95 % interval"),
            alt.Tooltip("added:Q", title="R² added to all others (%)", format=".1f"),
        ],
    )
    title = "Variance explained alone (%)"
    rule = base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", title=title), x2="high:Q")
    points = base.mark_point(size=55, filled=True).encode(x=alt.X("r2:Q", title=title))
    return (rule + points).properties(width="container", usermeta=_step(7, "property", "model"))


def _counts() -> alt.LayerChart:
    base = alt.Chart(_ROWS).encode(
        x=alt.X("genre:N", title=None, axis=alt.Axis(labelAngle=-30)),
        y=alt.Y("label:N", title=None, sort=None),
        tooltip=[
            alt.Tooltip("label:N", title="Label"),
            alt.Tooltip("genre:N", title="Genre"),
            alt.Tooltip("clips:Q", title="Positive clips"),
        ],
    )
    shade = alt.Color("clips:Q", legend=None, scale=alt.Scale(scheme="blues", zero=True))
    tiles = base.mark_rect(cursor="pointer").encode(color=shade)
    ink = alt.condition("datum.clips > datum.dark", alt.value("white"), alt.value("#1b1f24"))
    text = base.mark_text(fontSize=12).encode(text="clips:Q", color=ink)
    return (tiles + text).properties(width="container", usermeta=_step(20, "label"))


def _map(kind: str, scale: alt.Scale) -> alt.Chart:
    """Clips as points; the page gives the axes their titles and domains."""
    shade = alt.Color(f"shade:{kind}", title=None, sort=None, scale=scale)
    return (
        alt.Chart(_ROWS)
        .mark_point(size=32, filled=True, opacity=0.75)
        .encode(
            x=alt.X("x:Q"),
            y=alt.Y("y:Q"),
            color=shade,
            shape=alt.Shape("corpus:N", sort=None, title=None),
            tooltip=[
                alt.Tooltip("clip:N", title="Clip"),
                alt.Tooltip("corpus:N", title="Corpus"),
                alt.Tooltip("genre:N", title="Genre"),
                alt.Tooltip("there:N", title="Label"),
                alt.Tooltip("what:N", title="Coloured by"),
                alt.Tooltip(f"shade:{kind}", title="Value"),
            ],
        )
        .properties(width="container", height=300)
    )


def _step(pixels: int, *fields: str) -> dict:
    """Height per distinct value of the fields: Vega-Lite's own step does not go with a width that
    follows the window."""
    return {"step": pixels, "fields": list(fields)}
