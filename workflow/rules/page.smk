# The page people show: the answer first, then the table and the pictures, in one file.
include: "lookups/page.smk"


rule map_clips:
    input:
        intervals=rules.intervals.output.intervals,
        samples=PAIR_SAMPLES,
        clips=clips_of_pair,
        embeddings=embeddings_of_pair,
        corrections=corrections_of_model,
    output:
        f"{RUN}/map/{{pair}}/{{model}}.parquet",
    log:
        logs("map_clips", "{pair}/{model}"),
    benchmark:
        benchmarks("map_clips", "{pair}/{model}")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        corpora=corpora_of_pair,
        cells=cells_of_model,
        points=config["page"]["points"],
        seed=config["seed"],
    script:
        "../scripts/map_clips.py"


rule index_page:
    input:
        findings=rules.findings.output.json,
        intervals=rules.intervals.output.intervals,
        in_space=rules.intervals.output.in_space,
        adversaries=rules.adversaries.output[0],
        cosines=rules.cosines.output[0] if DIRECTIONS else [],
        sources=rules.join_sources.output.sources if ATTRIBUTED else [],
        strengths=rules.strengths.output[0] if CURVES else [],
        scores=files_of(rules.run_transfers.output.scores, HEARD),
        clips=collect(CLIPS, corpus=EXPERIMENT.corpora),
        maps=[rules.map_clips.output[0].format(pair=p, model=m) for p, m in MAPPED],
        properties=collect(PROPERTIES, corpus=MEASURED),
    output:
        page=f"{RUN}/index.html",
        answer=report(
            f"{RUN}/answer.html",
            caption="../report/index.rst",
            category="0 Findings",
            labels={"result": "The answer"},
        ),
    log:
        logs("index_page"),
    benchmark:
        benchmarks("index_page")
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        corpora=list(EXPERIMENT.corpora),
        labels=config["labels"],
        cells=[cell.names for cell in HEARD],
        clips=config["page"]["clips"],
        sound={corpus: sound_of(corpus) for corpus in EXPERIMENT.corpora},
        measured=MEASURED,
        mapped=MAPPED,
        names=TITLES,
        level=UNCERTAINTY["level"],
        title=f"Domain bias: the run {config['run']}",
        links={
            "All findings": "findings.md",
            "Report of the workflow": "report.html",
            "The paper's table": "table.html",
            "What was left out": "exclusions.html",
        },
    script:
        "../scripts/index_page.py"


# On demand: what changed from another run in results/ to this one.
rule compare_runs:
    input:
        own=rules.intervals.output.intervals,
        other="results/{other}/intervals.parquet",
    output:
        f"{RUN}/compare/{{other}}.html",
    log:
        logs("compare_runs", "{other}"),
    benchmark:
        benchmarks("compare_runs", "{other}")
    wildcard_constraints:
        other="[A-Za-z0-9][A-Za-z0-9_]*",
    conda:
        "../../envs/core.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        names=TITLES,
    script:
        "../scripts/compare_runs.py"
