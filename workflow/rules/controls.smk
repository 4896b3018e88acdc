# Controls: what must come out when nothing is there to be found; run on demand.
rule controls:
    input:
        samples=PAIR_SAMPLES,
        clips=clips_of_pair,
        embeddings=embeddings_of_pair,
        corrections=uncorrected_file,
    output:
        f"{RUN}/controls/{{pair}}/{{model}}.parquet",
    log:
        logs("controls", "{pair}/{model}"),
    benchmark:
        benchmarks("controls", "{pair}/{model}")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(240),
    params:
        corpora=corpora_of_pair,
        draws=config["controls"]["draws"],
        grid=sorted(config["classifier"]["C"]),
        folds=config["classifier"]["folds"],
        level=UNCERTAINTY["level"],
        seed=config["seed"],
    script:
        "../scripts/controls.py"


use rule metrics as random_metrics with:
    input:
        scores=lambda wc: files_of(rules.repeat_transfers.output.scores, random_cells(wc.seed)),
        bias=lambda wc: files_of(rules.repeat_transfers.output.bias, random_cells(wc.seed)),
        lacking=lambda wc: lacking_of(RANDOM_FITS, wc.seed),
        excluded=excluded_labels(),
    output:
        metrics=f"{REPEAT}/random/metrics.parquet",
        bias=f"{REPEAT}/random/bias.parquet",
        lacking=f"{REPEAT}/random/lacking.parquet",
    log:
        logs("random_metrics", "{seed}"),
    benchmark:
        benchmarks("random_metrics", "{seed}")
    params:
        cells=lambda wc: joined(random_cells(wc.seed)),
        fits=fitted(RANDOM_FITS),
        samples=SAMPLES,
        labels=config["labels"],
        modes=config["modes"],


rule random_band:
    input:
        metrics=rules.metrics.output.metrics,
        repeats=collect(rules.random_metrics.output.metrics, seed=RANDOM_SEEDS),
    output:
        f"{RUN}/random_band.parquet",
    log:
        logs("random_band"),
    benchmark:
        benchmarks("random_band")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        level=UNCERTAINTY["level"],
    script:
        "../scripts/random_band.py"
