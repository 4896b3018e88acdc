from audio_debias.corpora.clips import read_clips
from audio_debias.corpora.properties import read_properties
from audio_debias.evidence.findings import read_findings
from audio_debias.files import read_parquet, write_text
from audio_debias.jobs.log import job
from audio_debias.reports.index_page import answer_page, count_positives, index_page
from audio_debias.reports.map_data import map_blocks
from audio_debias.reports.telling_clips import clips_of_run, with_sound
from audio_debias.transfers.scores import read_scores

inputs, params = snakemake.input, snakemake.params
with job(snakemake.log[0], findings=inputs.findings) as log:
    clips = dict(zip(params.corpora, map(read_clips, inputs.clips), strict=True))
    cells = [tuple(cell.values()) for cell in params.cells]
    scores = dict(zip(cells, inputs.scores, strict=True))
    # The page calls a mode ``any`` if all modes give the same, be it that there is one alone.
    scores |= {(*cell[:3], "any"): path for cell, path in scores.items()}
    paths = {corpus: table.set_index("clip_id")["path"] for corpus, table in clips.items()}

    def clips_of(answers):
        found = clips_of_run(answers, lambda *cell: read_scores(scores[cell]), params.clips)
        return with_sound(found, paths, params.sound)

    def maps_of(words):
        drawn = map(tuple, params.mapped)
        maps = dict(zip(drawn, map(read_parquet, inputs.maps), strict=True))
        measured = map(read_properties, inputs.properties)
        return map_blocks(maps, clips, dict(zip(params.measured, measured, strict=True)), words)

    findings = read_findings(inputs.findings)
    intervals = read_parquet(inputs.intervals)
    shared = {"title": params.title, "names": params.names, "level": params.level}
    shared["sources"] = read_parquet(inputs.sources) if inputs.sources else None
    page = index_page(
        findings,
        intervals,
        *map(read_parquet, (inputs.in_space, inputs.adversaries)),
        cosines=read_parquet(inputs.cosines) if inputs.cosines else None,
        strengths=read_parquet(inputs.strengths) if inputs.strengths else None,
        counts=count_positives(clips, params.labels),
        links=params.links,
        clips_of=clips_of if cells else None,
        maps_of=maps_of,
        **shared,
    )
    log.info("size: %.1f MB", len(page.encode()) / 1e6)
    answer = answer_page(findings, intervals, **shared)
    for path, text in ((snakemake.output.page, page), (snakemake.output.answer, answer)):
        write_text(path, text)
