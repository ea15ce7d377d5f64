"""`certify export`: the weights of one concrete network at the proved point, rounded to float64."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from certify.commands.check import checked
from certify.errors import UsageError
from certify.output import CERTIFICATE, INSTANCE, write_all
from proofs.balls import precision
from proofs.instance import Instance
from proofs.kernel import Verdict
from proofs.lemmas.constant_point import ConstantPoint

if TYPE_CHECKING:
    from certify.search.floats import Array

MOST_WEIGHTS = 50_000_000
BITS = 128


def run(arguments: argparse.Namespace) -> int:
    """Check the certificate, lift its point to the given widths, write; returns the exit code."""
    folder: Path = arguments.out
    instance, outcome = checked(folder / INSTANCE, folder / CERTIFICATE)
    if outcome.verdict is not Verdict.PROVED:
        raise UsageError(
            f"{folder}: the certificate there is not proved ({outcome.verdict.value}); nothing is exported"
        )
    point = next(
        (f.conclusion.proposition for f in outcome.facts if isinstance(f.conclusion.proposition, ConstantPoint)), None
    )
    if point is None:
        raise UsageError(f"{folder}: the certificate there is an obstruction; it has no point to export")
    arrays = network_arrays(instance, point, arguments.widths)
    name = f"network.{arguments.format}"
    write_all(folder, {name: _npz(arrays) if arguments.format == "npz" else _pt(arrays)})
    print(f"written to {folder / name}: {', '.join(f'{key} {value.shape}' for key, value in arrays.items())}")
    print("every number is the exact one rounded to float64, so the gradient there is zero up to rounding only")
    return 0


def network_arrays(instance: Instance, point: ConstantPoint, widths: Sequence[int]) -> dict[str, Array]:
    """The uniform lift of the point: every unit of a layer alike, every outgoing weight in equal shares.

    Args:
        widths: d_1..d_H.

    Returns:
        `W1` (d_1 x d_0), `b1` (d_1), ..., `v` (m x d_H), `c` (m, with an output bias), `X` (N x d_0), `Y` (N x m).

    Raises:
        UsageError: widths that the instance does not have, or too many weights to write.
    """
    import numpy as np

    from certify.search.tables import to_floats

    network = instance.architecture
    _demand_widths(instance, widths)
    with precision(BITS):
        levels = [a.ball() for a in point.levels]
        heights = [network.activation.value(a) for a in levels]
        arrays: dict[str, Array] = {
            "W1": np.zeros((widths[0], instance.inputs.columns)),
            "b1": np.full(widths[0], float(levels[0].mid())),
        }
        for h, scale in enumerate(point.scales, 1):
            arrays[f"W{h + 1}"] = np.full((widths[h], widths[h - 1]), int(scale.p) / int(scale.q) / widths[h - 1])
            arrays[f"b{h + 1}"] = np.full(widths[h], float((levels[h] - scale * heights[h - 1]).mid()))
        sums = point.output_weights
        weights = [c / heights[-1] for c in point.constants] if sums is None else [0 * heights[-1] + v for v in sums]
        arrays["v"] = np.array([[float((w / widths[-1]).mid())] * widths[-1] for w in weights])
        if sums is not None:
            arrays["c"] = np.array(
                [float((c - w * heights[-1]).mid()) for c, w in zip(point.constants, weights, strict=True)]
            )
    arrays["X"] = to_floats(instance.inputs)
    arrays["Y"] = to_floats(instance.targets)
    return arrays


def _demand_widths(instance: Instance, widths: Sequence[int]) -> None:
    network = instance.architecture
    if len(widths) != network.depth or min(widths) < 1:
        plural = "s" if network.depth > 1 else ""
        found = ",".join(map(str, widths))
        raise UsageError(f"--widths: expected {network.depth} positive integer{plural}, found {found}")
    if network.widths is not None and tuple(widths) != network.widths:
        raise UsageError(f"--widths: the instance is about the widths {','.join(map(str, network.widths))}")
    sizes = [instance.inputs.columns, *widths, network.outputs]
    total = sum(a * b for a, b in pairwise(sizes))
    if total > MOST_WEIGHTS:
        raise UsageError(f"--widths: {total} weights; at most {MOST_WEIGHTS} are written")


def _npz(arrays: dict[str, Array]) -> bytes:
    import numpy as np

    stream = BytesIO()
    np.savez(stream, **arrays)  # type: ignore[arg-type]
    return stream.getvalue()


def _pt(arrays: dict[str, Array]) -> bytes:
    try:
        import torch  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        raise UsageError("--format pt needs PyTorch, which is not installed; use --format npz") from None
    stream = BytesIO()
    torch.save({name: torch.from_numpy(array) for name, array in arrays.items()}, stream)
    return stream.getvalue()
