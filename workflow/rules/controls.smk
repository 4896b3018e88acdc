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


rule random_band:
    input:
        metrics=rules.metrics.output.metrics,
        repeats=collect(rules.repeat_metrics.output.metrics, seed=RANDOM_SEEDS),
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
