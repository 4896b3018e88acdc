"""``audio-debias export``: a correction for other programs."""

from pathlib import Path

import click

from audio_debias.cli.options import PATH, check_out, overwrite, say


@click.command()
@click.argument("eraser", type=PATH)
@click.option("--out", type=PATH, required=True, metavar="FILE", help=".onnx or .npz.")
@click.option("--domain", metavar="NAME", help="Of which domain, if each has its own map.")
@overwrite
def export(eraser: Path, out: Path, domain: str | None, overwrite: bool):
    """Write an affine correction as ONNX (rows of float32) or as plain arrays (float64).

    An ONNX model is run by ONNX Runtime and compared before it appears.
    """
    from audio_debias.corrections.export import affine_eraser, export_npz, export_onnx
    from audio_debias.corrections.pooled import load_pooled
    from audio_debias.errors import InputError

    if out.suffix not in (".onnx", ".npz"):
        raise InputError(f"{out}: must be .onnx or .npz")
    check_out(out, overwrite, eraser)
    one = affine_eraser(load_pooled(eraser)[0], domain)
    if out.suffix == ".npz":
        click.echo(export_npz(out, one), nl=False)
    else:
        difference = export_onnx(out, one)
        say(f"largest difference by ONNX Runtime {difference:.1e} of the largest number")
    say(str(out))
