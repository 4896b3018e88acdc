from audio_debias.corpora.clips import label_columns, read_clips, write_clips, write_dropped
from audio_debias.corpora.derived import derive_clips
from audio_debias.jobs.log import job

params = snakemake.params
with job(snakemake.log[0], clips=snakemake.input.clips, chain=params.chain) as log:
    source = read_clips(snakemake.input.clips)
    genres = sorted(source["genre"].dropna().unique())
    clips, dropped = derive_clips(source, params.root, params.chain, label_columns(source), genres)
    log.info("clips: %d, dropped: %d", len(clips), len(dropped))
    write_dropped(dropped, snakemake.output.dropped)
    write_clips(clips, snakemake.output.clips)
