"""The command audio-debias: the scenario it is made for, and bad input in one line."""

import json

import numpy as np
import onnxruntime
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import soundfile
import yaml
from click.testing import CliRunner

from audio_debias.cli.main import main
from audio_debias.corpora.registry import read_corpus
from audio_debias.corrections.per_label import LABEL_FREE
from audio_debias.corrections.pooled import apply_pooled
from audio_debias.corrections.store import load_corrections
from audio_debias.tables.embedding_table import read_table

DEVICES = ["phone A", "phone B", "recorder", "laptop"]
EVENTS = ["dog", "car", "rain"]


def run(*arguments, code=0):
    result = CliRunner().invoke(main, [str(one) for one in arguments])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def save(path, x, **columns):
    lists = pa.FixedSizeListArray.from_arrays(pa.array(x.astype(np.float32).ravel()), x.shape[1])
    pq.write_table(pa.table(columns | {"embedding": lists}), path)
    return path


def recordings(path, rows=40, width=24, seed=0):
    """Every event on every device: a shift a device, a shift an event."""
    rng = np.random.default_rng(seed)
    devices, events = rng.normal(size=(4, width)), 0.7 * rng.normal(size=(3, width))
    device = np.repeat(np.arange(4), 3 * rows)
    event = np.tile(np.repeat(np.arange(3), rows), 4)
    x = rng.normal(size=(12 * rows, width)) + devices[device] + events[event]
    return save(
        path,
        x,
        id=[f"clip{number:05d}" for number in range(len(x))],
        device=[DEVICES[one] for one in device],
        event=[EVENTS[one] for one in event],
    )


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fitted")
    table = recordings(folder / "clips.parquet")
    run("fit", table, "--domain", "device", "--out", folder / "eraser.safetensors")
    return table, folder / "eraser.safetensors"


def test_one_eraser_for_four_devices_leaves_a_new_linear_probe_at_chance(tmp_path):
    table = recordings(tmp_path / "clips.parquet", rows=400, width=512)
    own = ["--domain", "device", "--label", "event"]
    report = tmp_path / "report"
    run("measure", table, *own, "--out", report)
    before = json.loads((report / "report.json").read_text())["before"]
    eraser = tmp_path / "eraser.safetensors"
    run("fit", table, "--domain", "device", "--out", eraser)
    run("apply", eraser, table, "--out", tmp_path / "corrected.parquet")
    after = json.loads(run("measure", tmp_path / "corrected.parquet", *own, "--json").stdout)
    after = after["before"]
    assert before["identification"]["probes"]["linear"]["accuracy"] == 1
    assert after["identification"]["probes"]["linear"]["accuracy"] < 0.35
    for name in ("within", "cross"):
        assert abs(after["labels"][name]["auc"] - before["labels"][name]["auc"]) < 0.01
    page = (report / "report.html").read_text()
    assert "The embedding carries the domain: a linear probe names the right one of 4" in page


def test_portions_of_any_size_give_the_bits_of_the_whole(fitted, tmp_path):
    table, eraser = fitted
    correction = load_corrections(eraser)[0][LABEL_FREE]
    x = np.random.default_rng(1).normal(size=(9000, 24)).astype(np.float32)
    whole = apply_pooled(correction, x)
    parts = [apply_pooled(correction, x[at : at + 1234]) for at in range(0, 9000, 1234)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    np.testing.assert_allclose(whole, correction.transform(x), atol=1e-5)
    run("apply", eraser, table, "--out", tmp_path / "out.parquet")
    rows = read_table(table)
    np.testing.assert_array_equal(
        read_table(tmp_path / "out.parquet").x, apply_pooled(correction, rows.x)
    )


@pytest.mark.parametrize("method", ["zscore", "coral", "combat"])
def test_a_method_that_needs_the_domain_asks_for_it(fitted, tmp_path, method):
    table, _ = fitted
    eraser, out = tmp_path / "e.safetensors", tmp_path / "out.parquet"
    run("fit", table, "--domain", "device", "--method", method, "--out", eraser)
    assert "needs     each row's domain" in run("card", eraser).stdout
    message = run("apply", eraser, table, "--out", out, code=1).stderr
    assert "corrects each domain on its own; name the column of the domain with --domain" in message
    run("apply", eraser, table, "--out", out, "--domain", "device")
    corrected = read_table(out, columns={"domain": "device"})
    means = [corrected.x[corrected.domain == one].mean(axis=0) for one in DEVICES]
    assert np.abs(np.ptp(means, axis=0)).max() < 0.8
    other = save(tmp_path / "new.parquet", np.zeros((3, 24)), device=["tablet"] * 3)
    message = run("apply", eraser, other, "--out", tmp_path / "new2.parquet", "--domain", "device",
                  code=1).stderr  # fmt: skip
    assert "'tablet'" in message
    assert "fit the correction with that domain" in message


def test_splince_keeps_labels_and_is_told_them(fitted, tmp_path):
    table, _ = fitted
    eraser = tmp_path / "e.safetensors"
    own = ["--domain", "device", "--method", "splince", "--out", eraser]
    assert "splince" in run("fit", table, *own, code=1).stderr
    assert "has no labels; name a column" in run("fit", table, *own, "--with-labels", code=1).stderr
    run("fit", table, *own, "--label", "event", "--with-labels")
    assert "labels    car, dog, rain" in run("card", eraser).stdout


def test_strength_zero_changes_nothing(fitted, tmp_path):
    table, _ = fitted
    eraser, out = tmp_path / "e.safetensors", tmp_path / "out.parquet"
    run("fit", table, "--domain", "device", "--strength", "0", "--out", eraser)
    run("apply", eraser, table, "--out", out)
    np.testing.assert_array_equal(read_table(out).x, read_table(table).x)


def test_the_card_tells_what_it_was_fitted_on_and_what_it_removes(fitted):
    card = json.loads(run("card", fitted[1], "--json").stdout)
    assert card["domains"] == dict.fromkeys(sorted(DEVICES), 90)
    assert card["labels"] == []
    assert card["rank"] == 3
    assert len(card["table"]["sha256"]) == 64
    linear = card["removed"]["probes"]["linear"]
    assert linear["before"] > 0.95
    assert linear["after"] < 0.4
    assert "new probes name the domain of held-out rows: linear" in run("card", fitted[1]).stdout


def test_exports_give_the_corrected_rows(fitted, tmp_path):
    _, eraser = fitted
    x = np.random.default_rng(2).normal(size=(5, 24)).astype(np.float32)
    expected = apply_pooled(load_corrections(eraser)[0][LABEL_FREE], x)
    run("export", eraser, "--out", tmp_path / "e.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "e.onnx"))
    (ours,) = session.run(None, {"embedding": x})
    np.testing.assert_allclose(ours, expected, atol=1e-4)
    recipe = run("export", eraser, "--out", tmp_path / "e.npz").stdout
    names = {"x": x}
    exec(recipe.replace("'e.npz'", repr(str(tmp_path / "e.npz"))), names)
    np.testing.assert_allclose(names["y"], expected, atol=1e-5)
    assert recipe.count("\n") <= 6


def test_rows_that_lie_elsewhere_are_told_and_those_of_another_model_refused(fitted, tmp_path):
    table, eraser = fitted
    rows = read_table(table)
    shifted = save(tmp_path / "shifted.parquet", rows.x + 1)
    warning = run("apply", eraser, shifted, "--out", tmp_path / "a.parquet").stderr
    assert "warning" in warning
    assert "standard deviations" in warning
    strange = save(tmp_path / "strange.parquet", 100 * rows.x)
    out = tmp_path / "b.parquet"
    message = run("apply", eraser, strange, "--out", out, code=1).stderr
    assert "are they of another model? --force" in message
    assert not out.exists()
    run("apply", eraser, strange, "--out", out, "--force")
    assert out.exists()


def test_the_card_knows_the_model(fitted, tmp_path):
    table, _ = fitted
    eraser = tmp_path / "e.safetensors"
    run("fit", table, "--domain", "device", "--model", "yamnet", "--out", eraser)
    out = tmp_path / "out.parquet"
    message = run("apply", eraser, table, "--out", out, "--model", "vggish", code=1).stderr
    assert "was fitted on embeddings of 'yamnet', not 'vggish'" in message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["measure", "none.parquet"], "none.parquet: no such file"),
        (["measure", "t.parquet"], "has no column domain; name the column"),
        (["measure", "t.parquet", "--domain", "devise"], "did you mean 'device'?"),
        (["measure", "t.parquet", "--domain", "one"], "all rows are of the domain 'x'; needs two"),
        (["measure", "t.parquet", "--domain", "rare"], "domain 'y' has "),
        (["fit", "t.parquet", "--out", "e.safetensors"], "has no column domain"),
        (["fit", "t.parquet", "--out", "e.safetensors", "--domain", "rare"], "domain 'y' has "),
        (
            [
                "fit",
                "t.parquet",
                "--out",
                "e.safetensors",
                "--domain",
                "device",
                "--method",
                "leece",
            ],
            "did you mean 'leace'?",
        ),
        (
            [
                "fit",
                "t.parquet",
                "--out",
                "e.safetensors",
                "--domain",
                "device",
                "--option",
                "shrink=1",
            ],
            "did you mean 'shrinkage'?",
        ),
        (["apply", "t.parquet", "t.parquet", "--out", "o.parquet"], "t.parquet: damaged"),
        (["apply", "no.safetensors", "t.parquet", "--out", "o.parquet"], "no such file"),
        (["card", "no.safetensors"], "no.safetensors: no such file"),
    ],
)
def test_bad_input_is_one_line(tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    rare = ["y"] + ["x"] * 39
    save(
        tmp_path / "t.parquet",
        np.random.default_rng(0).normal(size=(40, 6)),
        device=["a", "b"] * 20,
        one=["x"] * 40,
        rare=rare,
    )
    error = run(*arguments, code=1).stderr
    lines = [line for line in error.splitlines() if not line.startswith("…")]
    assert len(lines) == 1
    assert lines[0].startswith("error: ")
    assert message in lines[0]


def test_another_width_names_both(fitted, tmp_path):
    narrow = save(tmp_path / "narrow.parquet", np.zeros((3, 8)))
    message = run("apply", fitted[1], narrow, "--out", tmp_path / "o.parquet", code=1).stderr
    assert "has embeddings of 8 numbers" in message
    assert "takes 24: they are of another model" in message


def test_nothing_is_replaced_unless_asked(fitted, tmp_path):
    table, eraser = fitted
    out = tmp_path / "out.parquet"
    out.write_text("mine")
    assert "is there already" in run("apply", eraser, table, "--out", out, code=1).stderr
    assert out.read_text() == "mine"
    assert "is read by this command" in run("apply", eraser, table, "--out", table, code=1).stderr
    run("apply", eraser, table, "--out", out, "--overwrite")
    assert len(read_table(out)) == 480


def test_every_sub_command_has_a_help_page():
    for name in main.commands:
        assert "Usage:" in run(name, "--help").stdout


def test_a_correction_of_the_workflow_without_one_for_all_rows_says_so(fitted, tmp_path):
    from audio_debias.corrections.store import save_corrections

    correction = load_corrections(fitted[1])[0][LABEL_FREE]
    save_corrections(tmp_path / "c.safetensors", {"piano": correction})
    message = run("card", tmp_path / "c.safetensors", code=1).stderr
    assert "holds a correction for each of piano, and none for all rows" in message


def test_properties_beside_the_embeddings_are_named(tmp_path):
    rng = np.random.default_rng(0)
    device = np.arange(400) % 2
    bandwidth = np.where(device == 1, 4000.0, 16000.0) + rng.normal(0, 300, size=400)
    x = rng.normal(size=(400, 8)) + np.outer((bandwidth - 10000) / 3000, rng.normal(size=8))
    table = save(
        tmp_path / "t.parquet",
        x,
        domain=np.array(["a", "b"])[device],
        bandwidth=bandwidth,
        loudness=rng.normal(size=400),
    )
    text = run("measure", table).stdout
    assert "The domain score goes with bandwidth (R²" in text
    assert "loudness" not in text


def test_init_of_one_table_writes_a_corpus_a_domain_and_nothing_beside_the_data(fitted, tmp_path):
    table, _ = fitted
    before = sorted(table.parent.iterdir())
    said = run("init", table, "--domain", "device", "--label", "event", "--into", tmp_path).stdout
    assert "4 corpora (laptop, phone_a, phone_b, recorder), 3 labels (car, dog, rain)" in said
    config = yaml.safe_load((tmp_path / "mine.yaml").read_text())
    assert config["models"] == ["clips"]
    corpus = yaml.safe_load((tmp_path / "resources/corpora/phone_a.yaml").read_text())
    assert corpus["options"]["where"] == {"device": "phone A"}
    assert sorted(table.parent.iterdir()) == before
    again = run("init", table, "--domain", "device", "--label", "event", "--into", tmp_path, code=1)
    assert "is there already; give another --into, or --overwrite" in again.stderr


def tones(folder, names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.full(8000, 0.1), 8000)
    return folder


def test_init_of_folders_takes_shared_labels_and_keeps_takes_together(tmp_path):
    takes = [f"song{song}_{take}.wav" for song in "abcde" for take in (1, 2)]
    studio = tones(
        tmp_path / "Studio 1",
        [f"{label}/{take}" for label in ("Flute", "Grand piano") for take in takes],
    )
    words = ("left", "right", "up", "down", "in")
    labels = ("flute", "grand_piano", "organ")
    stage = tones(tmp_path / "stage", [f"{label}/{word}.wav" for label in labels for word in words])
    into = tmp_path / "project"
    result = run("init", studio, stage, "--into", into)
    assert "2 corpora (studio_1, stage), 2 labels (flute, grand_piano)" in result.stdout
    assert "stage: labels that another corpus lacks: organ" in result.stderr
    assert "(10 groups of 20 clips" in result.stderr
    corpus = yaml.safe_load((into / "resources/corpora/studio_1.yaml").read_text())
    assert corpus["options"]["class_align"] == {"Flute": "flute", "Grand piano": "grand_piano"}
    clips, _ = read_corpus("table", studio, labels=corpus["labels"], genres=[],
                           options=corpus["options"])  # fmt: skip
    assert clips.groupby("track_id")["split"].nunique().max() == 1
    assert clips["track_id"].nunique() == 10
    assert "track_id" not in pd.read_csv(into / "resources/corpora/stage.csv")
    assert not list(studio.glob("*.csv"))
    alone = run("init", studio, stage, "--into", into, "--overwrite", "--no-groups")
    assert "groups of" not in alone.stderr
    message = run("init", studio, stage, "--into", into, "--overwrite", "--group-regex", "take(.)",
                  code=1).stderr  # fmt: skip
    assert "--group-regex: finds nothing in 'Flute/songa_1.wav'" in message


def test_init_says_what_it_needs(tmp_path, fitted):
    message = run("init", fitted[0], "--into", tmp_path, code=1).stderr
    assert "has no column domain; name one with --domain" in message
    one = tones(tmp_path / "one", ["a/x.wav", "b/y.wav"])
    other = tones(tmp_path / "other", ["c/x.wav", "d/y.wav"])
    message = run("init", one, other, "--into", tmp_path / "p", code=1).stderr
    assert "the corpora share no label (one: a, b; other: c, d)" in message
