"""One's own recordings: several `table` corpora, every pair of them compared."""

import itertools
import shutil

import pandas as pd
import pytest

from audio_debias.corpora.folders import clips_of_folders
from projects import define_recordings

LABELS = ["guitar", "piano", "voice"]


@pytest.mark.slow
def test_three_corpora_of_real_recordings_run_as_six_transfers(audio_project, shared, tmp_path):
    """NSynth is split in two by instrument source: every other instrument number."""
    project = audio_project
    for name in ("nsynth", "medleysolos"):
        shutil.copytree(shared / "audio" / name, tmp_path / name)
        (tmp_path / name).chmod(0o755)
    nsynth = clips_of_folders(tmp_path / "nsynth").table
    source = nsynth["path"].str.extract(r"_(\d{3})-\d{3}-\d{3}\.flac$")[0].astype(int)
    for name, chosen in (("odd", source % 2 == 1), ("even", source % 2 == 0)):
        folder = tmp_path / name
        folder.mkdir()
        paths = str(tmp_path / "nsynth") + "/" + nsynth["path"]
        define_recordings(project, name, folder, nsynth.assign(path=paths)[chosen], LABELS)
    medley = clips_of_folders(tmp_path / "medleysolos").table
    define_recordings(project, "medley", tmp_path / "medleysolos", medley, LABELS)
    project.configure(
        methods=["none", "lda"],
        corpora=["odd", "even", "medley"],
        labels=LABELS,
        genres=[],
        sampling={"min_clips": 3},
        against_rest=True,
    )
    project.snakemake("results/test/metrics.parquet", "results/test/table.md")
    metrics = pd.read_parquet(project.results("metrics.parquet"))
    across = metrics[metrics["train_corpus"] != metrics["test_corpus"]]
    transfers = set(zip(across["train_corpus"], across["test_corpus"], strict=True))
    corpora = ["odd", "even", "medley"]
    against_rest = {(corpus, f"all_but_{corpus}") for corpus in corpora}
    against_rest |= {transfer[::-1] for transfer in against_rest}
    assert transfers == {*itertools.permutations(corpora, 2), *against_rest}
    assert (across["roc_auc"].notna() | across["reason"].notna()).all()
    assert across["roc_auc"].notna().any()
    table = project.results("table.md").read_text()
    assert table.count("## ") == 6
