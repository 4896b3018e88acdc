# Drawn anew: the training samples and random maps of further seeds, and what follows from them.
DRAWN = f"{RUN}/drawn/{{seed}}"


use rule match_samples as drawn_samples with:
    output:
        samples=f"{DRAWN}/samples/{{group}}/{{model}}.parquet",
        excluded=f"{DRAWN}/samples/{{group}}/{{model}}.excluded.csv",
    log:
        logs("drawn_samples", "{seed}/{group}/{model}"),
    benchmark:
        benchmarks("drawn_samples", "{seed}/{group}/{model}")
    params:
        corpora=corpora_of_group,
        labels=config["labels"],
        genres=config["genres"],
        min_clips=config["sampling"]["min_clips"],
        seed=lambda wc: int(wc.seed),
        one_file=has_one_file_for_all,


use rule repeat_corrections as drawn_corrections with:
    input:
        samples=rules.drawn_samples.output.samples,
        embeddings=embeddings_of_group,
        clips=clips_to_fit_on,
    output:
        corrections=f"{DRAWN}/corrections/{FIT}.safetensors",
        lacking=f"{DRAWN}/corrections/{FIT}.lacking.parquet",
    log:
        logs("drawn_corrections", f"{{seed}}/{FIT}"),
    benchmark:
        benchmarks("drawn_corrections", f"{{seed}}/{FIT}")


use rule run_transfers as drawn_transfers with:
    input:
        samples=f"{DRAWN}/samples/{{pair}}/{{model}}.parquet",
        clips=clips_of_pair,
        embeddings=embeddings_of_pair,
        corrections=corrections_of(DRAWN),
    output:
        classifiers=f"{DRAWN}/classifiers/{CELL}.safetensors",
        scores=f"{DRAWN}/scores/{CELL}.parquet",
        bias=f"{DRAWN}/bias/{CELL}.parquet",
    log:
        logs("drawn_transfers", f"{{seed}}/{CELL}"),
    benchmark:
        benchmarks("drawn_transfers", f"{{seed}}/{CELL}")
