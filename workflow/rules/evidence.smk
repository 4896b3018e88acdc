# Evidence: intervals and verdicts of every number, and what still tells the corpora apart.
include: "lookups/evidence.smk"


rule intervals:
    input:
        scores=scores_of_all_seeds(),
        clips=clips_of(EVERY_CORPUS),
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
        samples=PAIR_SAMPLES,
        clips=clips_of_pair,
        embeddings=embeddings_of_pair,
        corrections=corrections_of_methods,
    output:
        f"{RUN}/adversaries/{{pair}}/{{model}}.parquet",
    log:
        logs("identify_domains", "{pair}/{model}"),
    benchmark:
        benchmarks("identify_domains", "{pair}/{model}")
    priority: 1
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(60),
    params:
        corpora=corpora_of_pair,
        cells=lambda wc: [cell.names for cell in cells_of(wc)],
        modes=config["modes"],
        labels=config["adversaries"]["labels"],
        permutations=config["adversaries"]["permutations"],
        resamples=UNCERTAINTY["resamples"],
        level=UNCERTAINTY["level"],
        seed=config["seed"],
    script:
        "../scripts/identify_domains.py"


rule adversaries:
    input:
        collect(rules.identify_domains.output[0], pair=EXPERIMENT.pairs, model=EXPERIMENT.models),
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
        # Snakemake sees no other order of the same files; rows stand in that of the models.
        models=list(EXPERIMENT.models),
    script:
        "../scripts/adversaries.py"


rule near_copies:
    input:
        clips=clips_of_pair,
        embeddings=embeddings_of_pair,
        scores=f"{RUN}/scores/{{pair}}/{{model}}/none-any.parquet",
    output:
        suspects=f"{RUN}/near_copies/{{pair}}/{{model}}.parquet",
        shares=f"{RUN}/near_copies/{{pair}}/{{model}}.shares.parquet",
    log:
        logs("near_copies", "{pair}/{model}"),
    benchmark:
        benchmarks("near_copies", "{pair}/{model}")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(30),
    params:
        corpora=corpora_of_pair,
    script:
        "../scripts/near_copies.py"
