"""The entry of the command: its sub-commands, and errors in one line."""

import sys

import click

import audio_debias
from audio_debias.cli.apply import apply
from audio_debias.cli.card import card
from audio_debias.cli.compare import compare
from audio_debias.cli.export import export
from audio_debias.cli.fit import fit
from audio_debias.cli.init import init
from audio_debias.cli.measure import evaluate, measure


class _Commands(click.Group):
    """Sub-commands in the order in which they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, as they were added."""
        return list(self.commands)

    def invoke(self, ctx: click.Context):
        """Run a sub-command; what a user can mend is told in one line."""
        from audio_debias.errors import InputError

        try:
            return super().invoke(ctx)
        except InputError as error:
            click.echo(f"error: {error}", err=True)
        except BrokenPipeError:  # a pager that was closed
            sys.stderr.close()
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            click.echo(f"error: {where}{error.strerror or error}", err=True)
        except MemoryError:
            click.echo("error: out of memory; give it fewer rows at a time", err=True)
        except ModuleNotFoundError as error:
            if (error.name or "audio_debias").startswith("audio_debias"):
                raise
            click.echo(f"error: needs {error.name}: pip install {error.name}", err=True)
        ctx.exit(1)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(audio_debias.__version__, "-V", "--version", prog_name="audio-debias")
def main() -> None:
    """Measure how far audio embeddings carry the recording domain, and take it out.

    TABLE is a parquet, CSV, JSON-lines, npz, npy or HDF5 file with a row per clip, or a folder with
    a metadata file: its embedding (a column of lists, or columns e0, e1, …), the domain that each
    clip was recorded in (a corpus, a device, a site), and, where known, labels. Columns called id,
    domain, label, split, group and embedding are found by themselves.

    \b
      audio-debias measure clips.parquet --domain device --label event --out report/
      audio-debias fit clips.parquet --domain device --out eraser.safetensors
      audio-debias apply eraser.safetensors clips.parquet --out corrected.parquet
      audio-debias card eraser.safetensors

    \b
    Exit codes: 0 done, 1 bad input (one line says what to mend), 2 wrong use of the command.
    Completion: eval "$(_AUDIO_DEBIAS_COMPLETE=bash_source audio-debias)", or zsh_, fish_source.
    """


for command in (measure, fit, apply, card, evaluate, export, init, compare):
    main.add_command(command)
