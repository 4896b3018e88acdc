# Evidence: intervals and verdicts, adversaries, controls, and the sentences made from them.
include: "lookups/evidence.smk"


DRAWN = f"{RUN}/drawn/{{seed}}"


use rule match_samples as drawn_samples with:
    output:
        samples=f"{DRAWN}/samples/{{pair}}/{{model}}.parquet",
        excluded=f"{DRAWN}/samples/{{pair}}/{{model}}.excluded.csv",
    log:
        logs("drawn_samples", "{seed}/{pair}/{model}"),
    benchmark:
        benchmarks("drawn_samples", "{seed}/{pair}/{model}")
    params:
        corpora=corpora_of_pair,
        labels=config["labels"],
        genres=config["genres"],
        min_clips=config["sampling"]["min_clips"],
        seed=lambda wc: int(wc.seed),
        one_file=has_one_file_for_all,


use rule repeat_corrections as drawn_corrections with:
    input:
        samples=rules.drawn_samples.output.samples,
        embeddings=embeddings_of_pair,
    output:
        f"{DRAWN}/corrections/{CELL}.safetensors",
    log:
        logs("drawn_corrections", f"{{seed}}/{CELL}"),
    benchmark:
        benchmarks("drawn_corrections", f"{{seed}}/{CELL}")


use rule run_transfers as drawn_transfers with:
    input:
        samples=rules.drawn_samples.output.samples,
        clips=clips_of_pair,
        embeddings=embeddings_of_pair,
        corrections=rules.drawn_corrections.output,
    output:
        classifiers=f"{DRAWN}/classifiers/{CELL}.safetensors",
        scores=f"{DRAWN}/scores/{CELL}.parquet",
        bias=f"{DRAWN}/bias/{CELL}.parquet",
    log:
        logs("drawn_transfers", f"{{seed}}/{CELL}"),
    benchmark:
        benchmarks("drawn_transfers", f"{{seed}}/{CELL}")


rule intervals:
    input:
        scores=scores_of_all_seeds(),
        clips=clips_of_all(),
    output:
        intervals=f"{RUN}/intervals.parquet",
        in_space=f"{RUN}/intervals_in_space.parquet",
        drops=f"{RUN}/drops.parquet",
    log:
        logs("intervals"),
    benchmark:
        benchmarks("intervals")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(60),
    params:
        cells=[cell.names for cell in EXPERIMENT.cells],
        pairs={name: list(pair.corpora) for name, pair in EXPERIMENT.pairs.items()},
        corpora=EVERY_CORPUS,
        labels=config["labels"],
        modes=config["modes"],
        seeds=TRAINING_SEEDS,
        references=IN_SPACE,
        resamples=UNCERTAINTY["resamples"],
        level=UNCERTAINTY["level"],
        margin=UNCERTAINTY["margin"],
    script:
        "../scripts/intervals.py"


rule identify_domains:
    input:
        samples=rules.match_samples.output.samples,
        clips=clips_of_pair,
        embeddings=embeddings_of_pair,
        corrections=rules.fit_corrections.output,
    output:
        f"{RUN}/adversaries/{CELL}.parquet",
    log:
        logs("identify_domains", CELL),
    benchmark:
        benchmarks("identify_domains", CELL)
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(60),
    params:
        corpora=corpora_of_pair,
        labels=config["adversaries"]["labels"],
        permutations=config["adversaries"]["permutations"],
        resamples=UNCERTAINTY["resamples"],
        level=UNCERTAINTY["level"],
        seed=config["seed"],
    script:
        "../scripts/identify_domains.py"


rule adversaries:
    input:
        files_of(rules.identify_domains.output[0], EXPERIMENT.cells),
    output:
        f"{RUN}/adversaries.parquet",
    log:
        logs("adversaries"),
    benchmark:
        benchmarks("adversaries")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        cells=[cell.names for cell in EXPERIMENT.cells],
        modes=config["modes"],
    script:
        "../scripts/adversaries.py"


rule controls:
    input:
        samples=rules.match_samples.output.samples,
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


rule published_noise:
    input:
        rules.intervals.output.intervals,
    output:
        f"{RUN}/published_noise.parquet",
    log:
        logs("published_noise"),
    benchmark:
        benchmarks("published_noise")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        table=(PROJECT / "resources/published/table.csv").read_text(),
        same_as=SAME_AS,
        level=UNCERTAINTY["level"],
    script:
        "../scripts/published_noise.py"


rule findings:
    input:
        intervals=rules.intervals.output.intervals,
        drops=rules.intervals.output.drops,
        adversaries=rules.adversaries.output,
        bias=rules.metrics.output.bias,
        controls=controls_wanted(),
        band=rules.random_band.output if "random" in EXPERIMENT.methods else [],
        published=rules.published_noise.output if PUBLISHED else [],
    output:
        md=f"{RUN}/findings.md",
        json=f"{RUN}/findings.json",
    log:
        logs("findings"),
    benchmark:
        benchmarks("findings")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        names=SPOKEN,
        margin=UNCERTAINTY["margin"],
        resamples=UNCERTAINTY["resamples"],
    script:
        "../scripts/findings.py"
