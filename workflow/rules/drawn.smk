# Drawn anew: the training samples and random maps of further seeds, and what follows from them.
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
