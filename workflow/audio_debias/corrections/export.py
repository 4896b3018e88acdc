"""An affine correction for use elsewhere: as plain arrays, or as an ONNX model."""

from pathlib import Path

import numpy as np

from audio_debias.corrections.correction import BiasCorrection
from audio_debias.corrections.eraser import Eraser
from audio_debias.errors import InputError, nearest
from audio_debias.files import replacing

RECIPE = """\
import numpy as np
e = np.load({name!r})
offset = x - e["centre"]                        # x: float rows, shape (n, D)
y = e["target"] + offset * e["scale"]
y -= (offset @ e["left"]) @ e["right"].T        # y: the corrected rows
"""
"""How to use what :func:`export_npz` writes."""

TOLERANCE = 1e-4
"""Largest difference of an ONNX model, in float32, from the correction, relative to the largest
number."""


def affine_eraser(correction: BiasCorrection, domain: str | None = None) -> Eraser:
    """The one affine map that a correction is, for rows of `domain` if it needs that.

    Raises
    ------
    InputError
        If it maps through a kernel, or moves each domain on its own and none is named.
    """
    if correction.space_ is not None:
        raise InputError("export: a correction in the space of a kernel map is not affine")
    known = [str(one) for one in correction.domains_]
    if domain is not None and domain not in known:
        raise InputError(f"export: --domain: unknown {domain!r}{nearest(domain, known)}")
    if not correction.needs_domain:
        return correction.erasers_[0]
    if domain is None:
        raise InputError(
            f"export: {correction.eraser} moves each domain on its own; name one with --domain: "
            f"{', '.join(known)}"
        )
    return correction.erasers_[known.index(domain)]


def affine_arrays(eraser: Eraser) -> dict[str, np.ndarray]:
    """The arrays of y = target + (x - centre) scale - (x - centre) left right'."""
    width = len(eraser.centre)
    return {
        "centre": eraser.centre,
        "left": eraser.left,
        "right": eraser.right,
        "scale": np.ones(width) if eraser.scale is None else eraser.scale,
        "target": eraser.centre if eraser.target is None else eraser.target,
    }


def export_npz(path: str | Path, eraser: Eraser) -> str:
    """Write plain arrays of float64, and give the six lines that use them."""
    arrays = affine_arrays(eraser)
    with replacing(path) as temporary:
        np.savez(temporary, **arrays)  # type: ignore[arg-type]
    return RECIPE.format(name=Path(path).name)


def export_onnx(path: str | Path, eraser: Eraser) -> float:
    """Write an ONNX model: ``embedding`` (rows of float32, shape (n, D)) to ``corrected``.

    The model is run by ONNX Runtime before the file appears.

    Returns
    -------
    float
        Its largest difference from the correction, relative to the largest number.

    Raises
    ------
    InputError
        If `onnx` or `onnxruntime` is missing, or float32 is too coarse for this correction.
    """
    try:
        import onnx
        import onnxruntime
    except ImportError as error:
        raise InputError(f"export: needs {error.name}: pip install onnx onnxruntime") from None
    arrays = affine_arrays(eraser)
    with replacing(path) as temporary:
        onnx.save(_graph(onnx, arrays), temporary)
        session = onnxruntime.InferenceSession(str(temporary), providers=["CPUExecutionProvider"])
        rng = np.random.default_rng(0)
        width = len(arrays["centre"])
        spread = 1 + np.abs(arrays["centre"]).max()
        x = (arrays["centre"] + spread * rng.normal(size=(64, width))).astype(np.float32)
        (ours,) = session.run(["corrected"], {"embedding": x})
        expected = eraser.apply(x.astype(np.float64))
        difference = float(np.abs(ours - expected).max() / np.abs(expected).max())
        if difference > TOLERANCE:
            raise InputError(
                f"{path}: float32 changes the correction by {difference:.1e}; export .npz"
            )
    return difference


def _graph(onnx, arrays: dict[str, np.ndarray]):
    """y = x diag(s) - (x L) R' + b, with b = t - c diag(s) + (c L) R'."""
    left, right, scale = arrays["left"], arrays["right"], arrays["scale"]
    centre = arrays["centre"]
    bias = arrays["target"] - centre * scale + (centre @ left) @ right.T
    width = len(centre)
    constants = {"scale": scale, "left": left, "right_transposed": right.T, "bias": bias}
    node = onnx.helper.make_node
    nodes = [
        node("Mul", ["embedding", "scale"], ["scaled"]),
        node("Add", ["scaled", "bias"], ["moved"]),
        node("MatMul", ["embedding", "left"], ["along"]),
        node("MatMul", ["along", "right_transposed"], ["removed"]),
        node("Sub", ["moved", "removed"], ["corrected"]),
    ]
    if not left.shape[1]:
        nodes = [nodes[0], node("Add", ["scaled", "bias"], ["corrected"])]
        constants = {"scale": scale, "bias": bias}
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        nodes,
        "correction",
        [value("embedding", onnx.TensorProto.FLOAT, ["rows", width])],
        [value("corrected", onnx.TensorProto.FLOAT, ["rows", width])],
        [
            onnx.numpy_helper.from_array(np.ascontiguousarray(array, dtype=np.float32), name)
            for name, array in constants.items()
        ],
    )
    opset = [onnx.helper.make_opsetid("", 17)]
    model = onnx.helper.make_model(
        graph, producer_name="audio-debias", opset_imports=opset, ir_version=8
    )
    onnx.checker.check_model(model)
    return model
