"""Time the engine beside scikit-learn, and the paper's whole table through the real rules.

    python benchmarks/engine.py pieces [--widths 128 512 1024 4096 8192]
    python benchmarks/engine.py erasers [--widths 128 512 1024 8192]
    python benchmarks/engine.py growth
    python benchmarks/engine.py table [--cores 2]

Everything is synthetic: embeddings of the paper's sizes with effects of label, genre and corpus.
The output is Markdown.
"""

import argparse
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.kernel_approximation import RBFSampler
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "workflow"))

from audio_debias.corpora.clips import validate_clips, write_clips  # noqa: E402
from audio_debias.corrections.directions import cosine  # noqa: E402
from audio_debias.corrections.erasers.lda import lda_direction  # noqa: E402
from audio_debias.corrections.kernel import Fastfood, median_distance  # noqa: E402
from audio_debias.corrections.per_label import fit_corrections  # noqa: E402
from audio_debias.models.embeddings import write_embeddings  # noqa: E402
from audio_debias.plugins import ERASERS  # noqa: E402
from audio_debias.samples.matching import match_samples  # noqa: E402
from audio_debias.transfers.classifier import GRID, LogisticGrid  # noqa: E402
from audio_debias.transfers.transfer import run_transfers  # noqa: E402

LABELS = ["cello", "clarinet", "flute", "guitar", "organ"]
LABELS += ["piano", "saxophone", "trumpet", "violin", "voice"]
GENRES = ["pop_rock", "jazz_blue", "classical", "country_folk"]
SIZES = {"irmas": (4997, 1666), "openmic": (6838, 2491)}
PAPER_METHODS = ["none", "lda", "mlda", "k", "klda", "mklda"]
WIDTHS = {"synthetic128": 128, "synthetic512": 512, "synthetic1024": 1024}
ANNOTATED = 0.105
"""Share of OpenMIC's clips that are annotated for a label; every clip of IRMAS is."""


def synthetic_clips(corpus: str, scale: int = 1) -> pd.DataFrame:
    """A clip table of the corpus's size: one label a clip (irmas), or a tenth annotated."""
    rng = np.random.default_rng(len(corpus))
    train, test = (scale * size for size in SIZES[corpus])
    n = train + test
    clips = pd.DataFrame(
        {
            "clip_id": [f"{corpus}{i:06d}" for i in range(n)],
            "path": None,
            "split": rng.permutation(np.repeat(["train", "test"], [train, test])),
            "genre": rng.choice(GENRES, size=n),
            "track_id": None,
            "seconds": None,
        }
    )
    label = rng.integers(len(LABELS), size=n)
    for index, name in enumerate(LABELS):
        truth = pd.array(label == index, dtype="boolean")
        if corpus == "openmic":
            truth = pd.array(rng.random(n) < 0.5, dtype="boolean")
            truth[rng.random(n) >= ANNOTATED] = pd.NA
        clips[name] = truth
    return validate_clips(clips, LABELS, GENRES, source=corpus)


def synthetic_embeddings(clips: pd.DataFrame, corpus: str, width: int) -> np.ndarray:
    """Rectified mixtures of 64 sources that carry label, genre and corpus: float32."""
    rng = np.random.default_rng(width)
    label_effect, genre_effect = rng.normal(size=(len(LABELS), 64)), rng.normal(size=(4, 64))
    mixing, shift = rng.normal(size=(64, width)) / 8, rng.normal(size=(2, width)) / 3
    rng = np.random.default_rng([width, len(corpus)])
    truth = clips[LABELS].fillna(False).to_numpy(float)
    genre = pd.Categorical(clips["genre"], GENRES).codes
    sources = truth @ label_effect / 2 + genre_effect[genre] / 2 + rng.normal(size=(len(clips), 64))
    noise = rng.normal(size=(len(clips), width)) / 2
    return np.maximum(
        sources @ mixing + shift[list(SIZES).index(corpus)] + noise, 0, dtype=np.float32
    )


def seconds(call: Callable, clock: Callable = time.process_time) -> tuple[float, object]:
    """CPU seconds (or those of `clock`) of one call, and what it gave."""
    start = clock()
    result = call()
    return clock() - start, result


def machine() -> str:
    """One line on what this ran on."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = names[0].partition(":")[2].strip() if names else model
    return (
        f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"numpy {np.__version__}, load {os.getloadavg()[0]:.1f}"
    )


def print_row(*cells) -> None:
    """One row of a Markdown table."""
    texts = [f"{cell:.3g}" if isinstance(cell, float) else str(cell) for cell in cells]
    print(f"| {' | '.join(texts)} |", flush=True)


def pieces(widths: list[int], n: int = 576) -> None:
    """Each piece at each width, ours and scikit-learn's, on `n` clips of either corpus."""
    print(machine(), end="\n\n")
    print_row("piece", "width", "ours, CPU s", "scikit-learn, CPU s", "ratio", "agreement")
    print_row(*["---"] * 6)
    rng = np.random.default_rng(0)
    for width in widths:
        mixing = rng.normal(size=(64, width)) / 8
        a, b = (rng.normal(size=(n, 64)) @ mixing + rng.normal(size=(n, width)) for _ in "ab")
        b += rng.normal(size=width) / 4
        target = a @ rng.normal(size=width) / 8 + rng.normal(size=n) > 0
        ours, w = seconds(lambda a=a, b=b: lda_direction(a, b))
        both, domain = np.concatenate([a, b]), np.repeat([0, 1], n)
        lda = LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto")
        theirs, fitted = seconds(lambda x=both, y=domain, m=lda: m.fit(x, y))
        agreement = f"1 - cos = {1 - cosine(w, fitted.coef_[0]):.0e}"
        print_row("direction", width, ours, theirs, theirs / ours, agreement)

        ours, grid = seconds(lambda x=a, y=target: LogisticGrid().fit(x, y))
        search = GridSearchCV(
            LogisticRegression(solver="liblinear", class_weight="balanced"),
            {"C": GRID},
            scoring="roc_auc",
            cv=StratifiedKFold(3),
        )
        theirs, search = seconds(lambda x=a, y=target, m=search: m.fit(x, y))
        agreement = f"C = {grid.C_:g}, {search.best_params_['C']:g}"
        print_row("classifier grid", width, ours, theirs, theirs / ours, agreement)
    for width in (128, 512, 1024):
        x = rng.normal(size=(2 * n, width))
        sigma = median_distance(x)
        fast = Fastfood(sigma=sigma, random_state=0).fit(x)
        dense = RBFSampler(gamma=0.5 / sigma**2, n_components=8 * width, random_state=0).fit(x)
        ours, z = seconds(lambda x=x, m=fast: m.transform(x))
        theirs, other = seconds(lambda x=x, m=dense: m.transform(x))
        error = np.abs(z[:50] @ z[:50].T - other[:50] @ other[:50].T).mean()
        agreement = f"kernels differ by {error:.3f}"
        print_row("kernel map", f"{width} to {8 * width}", ours, theirs, theirs / ours, agreement)
    for width in (128, 1024):
        ours, theirs = cell(width)
        print_row("one label of klda", f"{width} to {8 * width}", ours, theirs, theirs / ours, "")


def erasers(widths: list[int], n: int = 576) -> None:
    """Each eraser's fit beside LDA's at each width, on `n` clips of two corpora together."""
    print(machine(), end="\n\n")
    names = ["lda", *(name for name in ERASERS.names() if name != "lda")]
    print_row("eraser", *(f"{width}, ms" for width in widths), *(f"{w}, / LDA" for w in widths))
    print_row(*["---"] * (1 + 2 * len(widths)))
    spent = {name: [] for name in names}
    for width in widths:
        rng = np.random.default_rng(width)
        domain, y = np.repeat([0, 1], n // 2), rng.random(n) < 0.5
        x = rng.normal(size=(n, 64)) @ rng.normal(size=(64, width)) / 8
        x += rng.normal(size=(n, width)) + np.outer(domain, rng.normal(size=width)) / 4
        genre = rng.choice(GENRES, size=n).astype(object)
        for name in names:
            module = ERASERS.load(name, "eraser")
            fit = getattr(module, "fit", None) or module.directions
            call = partial(fit, x, domain, y=y, genre=genre)
            spent[name].append(1e3 * min(seconds(call)[0] for _ in range(5)))
    for name in names:
        ratios = [own / lda for own, lda in zip(spent[name], spent["lda"], strict=True)]
        print_row(name, *spent[name], *ratios)


def cell(width: int) -> tuple[float, float]:
    """CPU seconds of one label of klda, both train and test corpora: ours and scikit-learn's."""
    clips = {corpus: synthetic_clips(corpus) for corpus in SIZES}
    embeddings = {
        corpus: pd.DataFrame(synthetic_embeddings(table, corpus, width), index=table["clip_id"])
        for corpus, table in clips.items()
    }
    samples, _ = match_samples(clips, LABELS[:1], GENRES)

    def ours():
        corrections = fit_corrections(samples, embeddings, eraser="lda", space="kernel")
        return run_transfers(samples, clips, embeddings, dict.fromkeys(SIZES, corrections))

    def theirs():
        x, y = {}, {}
        for corpus in SIZES:
            part = samples[samples["corpus"] == corpus]
            x[corpus] = embeddings[corpus].loc[part["clip_id"]].to_numpy(float)
            y[corpus] = part["positive"]
        scalers = {corpus: StandardScaler().fit(x[corpus]) for corpus in SIZES}
        scaled = np.concatenate([scalers[corpus].transform(x[corpus]) for corpus in SIZES])
        gamma = 0.5 / median_distance(scaled) ** 2
        kernel = RBFSampler(gamma=gamma, n_components=8 * width, random_state=0).fit(scaled)
        mapped = kernel.transform(scaled)
        domain = np.repeat([0, 1], [len(x[corpus]) for corpus in SIZES])
        lda = LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto").fit(mapped, domain)
        w = lda.coef_[0] / np.linalg.norm(lda.coef_)
        model = LogisticRegression(solver="liblinear", class_weight="balanced")
        for index, train in enumerate(SIZES):
            data = mapped[domain == index]
            grid = GridSearchCV(model, {"C": GRID}, scoring="roc_auc", cv=StratifiedKFold(3))
            grid.fit(data - np.outer(data @ w, w), y[train])
            for corpus, table in clips.items():
                test = table[(table["split"] == "test") & table[LABELS[0]].notna()]
                z = embeddings[corpus].loc[test["clip_id"]].to_numpy(float)
                z = kernel.transform(scalers[train].transform(z))
                grid.predict_proba(z - np.outer(z @ w, w))

    return seconds(ours)[0], seconds(theirs)[0]


def growth() -> None:
    """Seconds and memory of one cell's jobs, for the paper's number of clips and ten times that."""
    print(machine(), end="\n\n")
    print_row("cell", "width", "clips", "jobs' seconds", "ratio", "largest job, MiB")
    print_row(*["---"] * 6)
    for model, cell in (
        ("synthetic128", "lda-global"),
        ("synthetic512", "lda-global"),
        ("synthetic128", "klda-global"),
    ):
        previous = None
        for scale in (1, 10):
            target = f"results/engine/scores/{'--'.join(SIZES)}/{model}/{cell}.parquet"
            with tempfile.TemporaryDirectory() as folder:
                prepare(Path(folder), {model: WIDTHS[model]}, scale)
                run(Path(folder), 1, target)
                jobs = read_benchmarks(Path(folder))
            n, taken = scale * sum(map(sum, SIZES.values())), float(jobs["s"].sum())
            ratio = taken / previous if previous else ""
            print_row(cell, WIDTHS[model], n, taken, ratio, float(jobs["max_rss"].max()))
            previous = taken


def run(project: Path, cores: int, *targets: str) -> None:
    """Make `targets` with Snakemake from the clip tables and embeddings that are there."""
    rules = ["match_samples", "fit_corrections", "run_transfers", "metrics", "cosines"]
    command = [sys.executable, "-m", "snakemake", *targets, "--cores", str(cores), "--quiet"]
    subprocess.run([*command, "all", "--allowed-rules", *rules], cwd=project, check=True)


def table(cores: int) -> None:
    """The paper's whole table from embeddings to metrics, through the real rules."""
    print(machine(), end="\n\n")
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        prepare(project, WIDTHS)
        targets = ["results/engine/metrics.parquet", "results/engine/cosines.parquet"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        wall, _ = seconds(lambda: run(project, cores, *targets), time.perf_counter)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        jobs = read_benchmarks(project)
        rows = len(pd.read_parquet(project / targets[0]))
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    idle = 1 - jobs["s"].sum() / (cores * wall)
    print_row("rule", "jobs", "seconds", "largest job, MiB")
    print_row(*["---"] * 4)
    for rule, group in jobs.groupby("rule"):
        print_row(rule, len(group), float(group["s"].sum()), float(group["max_rss"].max()))
    print(
        f"\n{rows} rows in {wall:.0f} s on {cores} cores; {spent:.0f} CPU s, "
        f"{100 * idle:.0f} % of the cores' time outside the jobs; "
        f"largest job {jobs['max_rss'].max():.0f} MiB"
    )


def prepare(project: Path, widths: dict[str, int], scale: int = 1) -> None:
    """A copy of the workflow with synthetic clip tables and embeddings in place of results."""
    for name in ("Snakefile", "config.yaml"):
        shutil.copy(ROOT / name, project)
    for name in ("workflow", "resources", "envs"):
        ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(ROOT / name, project / name, ignore=ignored)
    config = yaml.safe_load((project / "config.yaml").read_text())
    config |= {"run": "engine", "corpora": list(SIZES), "models": list(widths)}
    config |= {"methods": PAPER_METHODS, "controls": {"draws": 0}}
    config["accept_licences"] = ["CC BY-NC-SA 3.0"]  # of the corpora whose sizes are imitated
    (project / "config.yaml").write_text(yaml.safe_dump(config))
    model = yaml.safe_load((project / "resources/models/yamnet.yaml").read_text())
    for name in widths:
        definition = yaml.safe_dump({**model, "name": name})
        (project / f"resources/models/{name}.yaml").write_text(definition)
    for corpus in SIZES:
        clips = synthetic_clips(corpus, scale)
        write_clips(clips, project / f"results/corpora/{corpus}/clips.parquet")
        for name, width in widths.items():
            values = synthetic_embeddings(clips, corpus, width)
            path = project / f"results/embeddings/{name}/{corpus}.parquet"
            write_embeddings(path, clips["clip_id"].tolist(), values, {"synthetic": True})


def read_benchmarks(project: Path) -> pd.DataFrame:
    """Snakemake's own measurement of every job."""
    files = sorted((project / "logs/benchmarks/engine").rglob("*.tsv"))
    frames = []
    for file in files:
        relative = file.relative_to(project / "logs/benchmarks/engine")
        rule = relative.parts[0].removesuffix(".tsv")
        frames.append(pd.read_csv(file, sep="\t", na_values="-").assign(rule=rule))
    return pd.concat(frames)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("pieces").add_argument(
        "--widths", type=int, nargs="+", default=[128, 512, 1024, 4096, 8192]
    )
    commands.add_parser("erasers").add_argument(
        "--widths", type=int, nargs="+", default=[128, 512, 1024, 8192]
    )
    commands.add_parser("growth")
    commands.add_parser("table").add_argument("--cores", type=int, default=2)
    options = vars(parser.parse_args())
    with threadpool_limits(1):  # as in a rule; several cores run several jobs
        {"pieces": pieces, "erasers": erasers, "growth": growth, "table": table}[
            options.pop("command")
        ](**options)
