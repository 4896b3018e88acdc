"""The file of the page: what may run in it, and what it holds."""

import base64
import hashlib
import json
import re

import pandas as pd
import pytest

from audio_debias.reports.index_page import as_json, count_positives, index_page
from unit.page_data import make_run


@pytest.fixture(scope="module")
def html():
    return index_page(**make_run())


def test_only_its_own_scripts_run_and_nothing_reaches_a_network(html):
    rules = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1].replace("&#39;", "'")
    assert rules.startswith("default-src 'none'; ")
    assert "unsafe-eval" not in rules
    assert "http" not in rules
    scripts = re.findall(r'<script type="module">(.*?)</script>', html, re.DOTALL)
    assert len(scripts) == 3
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in rules
    assert not re.search(r"<(link|img|iframe|script[^>]* src)", html.split("<body>")[0])


def test_the_level_of_the_intervals_is_told():
    html = index_page(**make_run(), level=0.9)
    charts = re.search(r'id="charts">(.*?)</script>', html, re.DOTALL)[1]
    at = {name: set(re.findall(r"\d+ %", str(one))) for name, one in json.loads(charts).items()}
    assert at["overview"] == at["labels"] == {"90 %"}
    prose = html.replace(charts, "")
    assert prose.count("90 % interval") == 2
    assert "95 % interval" not in prose


def test_the_page_is_small(html):
    assert len(html.encode()) < 6e6


def test_the_numbers_in_it_are_those_of_the_tables(html):
    run = make_run()
    words = json.loads(re.search(r'id="words">(.*?)</script>', html, re.DOTALL)[1])
    block = json.loads(re.search(r'class="block"[^>]*>(.*?)</script>', html, re.DOTALL)[1])
    found = {tuple(row[:4]): row[4] for row in block["rows"]}
    table = run["intervals"]
    row = table.query(
        "model == 'large' and method == 'lda' and mode == 'classwise' and label == 'flute'"
        " and train_corpus == 'b' and test_corpus == 'a'"
    ).iloc[0]
    key = (
        [name for name, _ in words["models"]].index("large"),
        [name for name, _ in words["methods"]].index("lda"),
        words["modes"].index("classwise"),
        words["labels"].index("flute"),
    )
    auc, low, _, positives, change, _ = found[key][2]
    assert auc == round(1e4 * row["auc"])
    assert low == round(1e4 * row["low"])
    assert positives == 60
    assert change[0] == round(1e4 * row["change"])


def test_text_ends_no_script_element():
    assert "<" not in as_json({"title": "</script><!--"})
    assert json.loads(as_json({"title": "</script>"})) == {"title": "</script>"}


def test_positives_are_counted_by_genre_and_unknown_ones_too():
    clips = pd.DataFrame({"genre": ["jazz", "jazz", None], "flute": [True, False, True]})
    clips["organ"] = pd.array([None, True, None], dtype="boolean")
    counts = count_positives({"a": clips}, ["flute", "organ"])
    counted = {(row.label, row.genre): row.clips for row in counts.itertuples()}
    assert counted == {
        ("flute", "jazz"): 1,
        ("flute", "(none)"): 1,
        ("organ", "jazz"): 1,
        ("organ", "(none)"): 0,
    }
