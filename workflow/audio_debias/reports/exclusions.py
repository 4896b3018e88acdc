"""What a run left out, counted by reason: nothing is dropped silently."""

from collections.abc import Mapping

import pandas as pd

from audio_debias.reports.names import Names, corpora_of, row_name
from audio_debias.reports.page import render

_CELL = ["pair", "model", "method", "mode"]


def count_exclusions(
    dropped: Mapping[str, pd.DataFrame],
    skipped: Mapping[tuple[str, str], pd.DataFrame],
    excluded: Mapping[tuple[str, str], pd.DataFrame],
    bias: pd.DataFrame,
    names: Names | None = None,
) -> pd.DataFrame:
    """Count what readers, models, samples and corrections left out.

    Parameters
    ----------
    dropped : mapping of corpus to DataFrame
        ``clip_id, reason, detail`` of clips that the reader left out.
    skipped : mapping of (model, corpus) to DataFrame
        ``clip_id, reason, detail`` of clips that gave no embedding.
    excluded : mapping of (pair, model) to DataFrame
        ``label, reason, detail`` of labels that cannot be compared.
    bias : DataFrame
        ``pair, model, method, mode, label, skipped``: which directions a correction lacks, and why.
    names : mapping of str to str, optional
        Display names of models and corpora.

    Returns
    -------
    DataFrame
        ``stage, where, reason, count, example``: one row per reason and place, the example being
        the first clip, label, or label and genre.
    """
    names = names or {}

    def called(name: str) -> str:
        return names.get(name, name)

    parts = [
        *(("clips dropped", called(corpus), "clip_id", t) for corpus, t in dropped.items()),
        *(
            ("clips without embedding", f"{called(corpus)}, {called(model)}", "clip_id", t)
            for (model, corpus), t in skipped.items()
        ),
        *(
            (
                "labels excluded",
                f"{' and '.join(map(called, corpora_of(pair)))}, {called(model)}",
                "label",
                t,
            )
            for (pair, model), t in excluded.items()
        ),
    ]
    rows = [
        (stage, where, reason, len(table), str(table[subject].iloc[0]))
        for stage, where, subject, listed in parts
        for reason, table in listed.groupby("reason", sort=False)
    ]
    lacking = bias.dropna(subset="skipped").drop_duplicates([*_CELL, "label"])
    for (pair, model, method, mode), part in lacking.groupby(_CELL, sort=False):
        where = f"{' and '.join(map(called, corpora_of(pair)))}, {row_name(model, method, names)}"
        listed = [
            f"{label}: {one.removeprefix(': ')}"
            for label, skipped in zip(part["label"], part["skipped"], strict=True)
            for one in skipped.split("; ")
        ]
        rows.append(("directions", f"{where}, {mode}", "not fitted", len(listed), listed[0]))
    return pd.DataFrame(rows, columns=["stage", "where", "reason", "count", "example"])


def html_exclusions(counts: pd.DataFrame, title: str = "What was left out") -> str:
    """The counts as one self-contained HTML page.

    Parameters
    ----------
    counts : DataFrame
        What :func:`count_exclusions` gives.
    title : str
        The title of the page.
    """
    return render(_HTML, title, rows=counts.to_dict("records"))


_HTML = """
{% if rows %}
<p>Clips, labels and directions that did not take part, by reason, with one example each; the full
lists are the csv files beside the clip tables, embeddings and samples, and the column
<code>skipped</code> of bias.parquet.</p>
<table class="text">
<thead>
<tr><th class="foot">What</th><th>Where</th><th>Reason</th><th>Count</th><th>Example</th></tr>
</thead>
<tbody>
{% for row in rows %}
<tr><th>{{ row.stage }}</th><td>{{ row.where }}</td><td>{{ row.reason }}</td>
<td class="number">{{ '{:,}'.format(row.count) }}</td><td>{{ row.example }}</td></tr>
{% endfor %}
</tbody>
</table>
{% else %}
<p>Nothing: every clip gave an embedding and every label could be compared.</p>
{% endif %}
"""
