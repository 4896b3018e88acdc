from audio_debias.corpora.clips import read_clips
from audio_debias.evidence.near_copies import resting_share, suspects_of
from audio_debias.files import write_parquet
from audio_debias.jobs.log import job
from audio_debias.models.embeddings import read_embeddings
from audio_debias.transfers.scores import read_scores

inputs, output, wildcards = snakemake.input, snakemake.output, snakemake.wildcards
with job(snakemake.log[0], **wildcards) as log:
    clips, embeddings = {}, {}
    for corpus, table, file in zip(
        snakemake.params.corpora, inputs.clips, inputs.embeddings, strict=True
    ):
        found = read_embeddings(file)
        clips[corpus], embeddings[corpus] = found.of(read_clips(table)), found.frame
    suspects = suspects_of(clips, embeddings)
    shares = resting_share(read_scores(inputs.scores), suspects)
    for row in shares[shares["suspects"] > 0].itertuples():
        log.warning(
            "warning: %d test clips of %s look like copies of training clips of %s (%s): %s; "
            "ROC-AUC %.3f, without them %.3f",
            *(row.suspects, row.test_corpus, row.train_corpus, wildcards.model, row.example),
            *(row.auc, row.auc_without),
        )
    write_parquet(output.suspects, suspects)
    write_parquet(output.shares, shares.assign(pair=wildcards.pair, model=wildcards.model))
