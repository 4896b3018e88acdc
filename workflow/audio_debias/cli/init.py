"""``audio-debias init``: from folders of sound, or one table, to a run of the workflow."""

from pathlib import Path

import click

from audio_debias.cli.options import PATH, overwrite, read, say, table_options


@click.command()
@click.argument("data", type=PATH, nargs=-1, required=True)
@table_options
@click.option("--run", default="mine", show_default=True, help="What the run is called.")
@click.option("--model", multiple=True, help="Models to compare; of a table, what it is called.")
@click.option("--into", type=PATH, default=Path(), help="The folder of the workflow.  [this one]")
@click.option("--group-regex", metavar="REGEX", help="What in a file's name clips share.")
@click.option("--no-groups", is_flag=True, help="Do not look for names that share a stem.")
@click.option(
    "--folders-are",
    type=click.Choice(["labels", "splits"]),
    help="What folders called train, test and the like are.",
)
@overwrite
def init(
    data: tuple[Path, ...],
    run: str,
    model: tuple[str, ...],
    into: Path,
    group_regex: str | None,
    no_groups: bool,
    folders_are: str | None,
    overwrite: bool,
    **options,
):
    """Write what a run needs: DATA are folders of sound (each a corpus, with a folder a label), or
    one table of embeddings.

    Definitions of the corpora, a configuration with the labels that they share, a stratified split.
    Nothing is written into the folders of the data.
    """
    from audio_debias.cli import starting
    from audio_debias.errors import InputError

    run = starting.name_of(run)
    if all(path.is_dir() for path in data) and len(data) > 1:
        start = starting.of_folders(
            data, group_regex=group_regex, groups=not no_groups, folders_are=folders_are
        )
        models = list(model) or starting.SOUND_MODELS
    elif len(data) == 1:
        name = starting.name_of(model[0] if model else data[0].stem)
        if options["embeddings"] is not None:
            raise InputError(
                "--embeddings: the workflow reads one file; give a table that holds them"
            )
        table = read(data[0], options)
        start = starting.of_table(table, data[0], name, options["separator"])
        start.models[name]["options"] |= (
            {"embedding": options["embedding"]} if options["embedding"] else {}
        )
        models = [name]
    else:
        missing = next((path for path in data if not path.is_dir()), data[0])
        raise InputError(f"{missing}: give two or more folders of sound, or one table")
    config = starting.write(start, into, run, models, overwrite)
    for note in start.notes:
        say(note)
    click.echo(
        f"{config}: {len(start.corpora)} corpora ({', '.join(start.corpora)}), "
        f"{len(start.labels)} labels ({', '.join(start.labels)})"
    )
    where = "" if into == Path() else f" --directory {into}"
    click.echo(f"run:     snakemake --cores all{where} --configfile {config}")
    click.echo(f"results: {into / 'results' / run / 'index.html'}")
