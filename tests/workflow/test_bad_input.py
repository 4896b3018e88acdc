"""Bad input ends in one clear line, or in a counted and listed exclusion."""

import numpy as np
import pandas as pd
import pytest
import soundfile


def edit_table(project, corpus, change):
    """Rewrite a corpus's CSV after `change` of its DataFrame."""
    path = project.path / corpus / "clips.csv"
    change(pd.read_csv(path)).to_csv(path, index=False)


def test_broken_sound_files_are_listed_and_odd_ones_are_embedded(audio_project):
    project = audio_project
    folder = project.path / "dry"
    rng = np.random.default_rng(0)
    (folder / "dry_000.wav").write_bytes(b"")
    whole = (folder / "dry_001.wav").read_bytes()
    (folder / "dry_001.wav").write_bytes(whole[: len(whole) // 2])
    soundfile.write(folder / "dry_002.wav", np.full(8000, np.nan, np.float32), 8000, "FLOAT")
    soundfile.write(folder / "dry_004.wav", np.zeros(16000), 16000)
    soundfile.write(folder / "dry_005.wav", rng.normal(size=8000) / 9, 8000)
    soundfile.write(folder / "dry_006.wav", rng.normal(size=(96000, 2)) / 9, 96000)
    soundfile.write(folder / "dry_007.wav", rng.normal(size=(96000, 6)) / 9, 96000)
    project.configure(methods=["none"])
    project.snakemake("results/embeddings/mtt_vgg/dry.parquet")
    dropped = pd.read_csv(project.path / "results/corpora/dry/dropped.csv")
    skipped = pd.read_csv(project.path / "results/embeddings/mtt_vgg/dry.skipped.csv")
    listed = {*dropped["clip_id"], *skipped["clip_id"]}
    assert listed == {"dry_000", "dry_001", "dry_002"}
    assert pd.concat([dropped, skipped])["reason"].notna().all()
    embedded = pd.read_parquet(project.path / "results/embeddings/mtt_vgg/dry.parquet")
    assert len(embedded) == 61
    assert np.isfinite(np.stack(embedded["embedding"])).all()


def test_too_many_broken_files_fail_the_run_but_the_list_says_why(audio_project):
    project = audio_project
    for index in range(8):
        path = project.path / f"dry/dry_{index:03d}.wav"
        soundfile.write(path, np.full(8000, np.nan, np.float32), 8000, "FLOAT")
    done = project.snakemake("results/embeddings/mtt_vgg/dry.parquet", check=False)
    assert done.returncode != 0
    assert "8 of 64 clips were skipped" in done.stdout
    assert not (project.path / "results/embeddings/mtt_vgg/dry.parquet").exists()
    # Snakemake deletes the outputs of a failed job, the list among them; the log stays.
    log = (project.path / "logs/merge_embeddings/mtt_vgg/dry.log").read_text()
    assert all(f"dry_{index:03d},not_finite," in log for index in range(8))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda clips: clips.drop(columns="path"), "column 'path' is missing"),
        (lambda clips: clips.assign(clip_id="same"), "clip_id 'same' occurs twice"),
        (lambda clips: clips.assign(flute="yes"), "write 1 (present), 0 (absent) or nothing"),
        (lambda clips: clips.assign(split="both"), "write train or test in every row"),
    ],
)
def test_a_bad_table_names_its_file_and_field(project, change, message):
    edit_table(project, "dry", change)
    done = project.snakemake("results/corpora/dry/clips.parquet", check=False)
    assert done.returncode != 0
    (line,) = {line for line in done.stdout.splitlines() if line.startswith("error: ")}
    assert line.startswith("error: dry/clips.csv: ")
    assert message in line
    assert not (project.path / "results/corpora/dry/clips.parquet").exists()


def test_a_missing_sound_file_is_dropped_and_listed(project):
    edit_table(project, "dry", lambda clips: clips.assign(path=["no.wav", *clips["path"][1:]]))
    project.snakemake("results/corpora/dry/clips.parquet")
    dropped = pd.read_csv(project.path / "results/corpora/dry/dropped.csv")
    assert dropped[["clip_id", "reason"]].to_numpy().tolist() == [["no", "missing"]]


def test_a_wrong_wheel_is_refused(project, tmp_path):
    fake = tmp_path / "fake.whl"
    fake.write_bytes(b"PK not the wheel")
    project.configure(models=["mtt_vgg"], local={"musicnn-0.1.0-py3-none-any.whl": str(fake)})
    wheel = "results/weights/musicnn-0.1.0-py3-none-any.whl"
    done = project.snakemake(wheel, check=False)
    assert done.returncode != 0
    assert "error: musicnn-0.1.0-py3-none-any.whl: local: " in done.stdout
    assert not (project.path / wheel).exists()


def test_a_label_too_rare_in_one_corpus_is_listed_and_its_metrics_say_so(project):
    def rare(clips):
        clips.loc[clips["split"].eq("train") & clips["flute"].eq(1), "flute"] = None
        return clips.astype({"flute": "Int64"})

    edit_table(project, "noisy", rare)
    project.configure(methods=["none"])
    project.snakemake("results/test/metrics.parquet")
    excluded = pd.read_csv(project.results("samples/dry--noisy/known.excluded.csv"))
    assert excluded["label"].tolist() == ["flute"]
    metrics = pd.read_parquet(project.results("metrics.parquet"))
    flute = metrics["label"].eq("flute")
    assert metrics.loc[flute, "roc_auc"].isna().all()
    assert metrics.loc[flute, "reason"].notna().all()
    assert metrics.loc[~flute, "roc_auc"].notna().all()


def test_a_genre_of_one_corpus_gives_no_direction_and_is_reported(project):
    edit_table(project, "noisy", lambda clips: clips.assign(genre="classical"))
    project.configure(methods=["none", "mlda"])
    project.snakemake("results/test/metrics.parquet")
    bias = pd.read_parquet(project.results("bias.parquet"))
    mlda = bias[bias["method"] == "mlda"]
    assert (mlda["rank"] == 1).all()
    lacking = pd.read_parquet(project.results("lacking.parquet"))
    assert (lacking["genre"] == "pop_rock").all()
    assert set(lacking["method"]) == {"mlda"}
