"""The weights of one concrete network at the proved point, rounded to float64."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from flint import arb, fmpq

from certify.checking import check
from certify.errors import UsageError
from certify.output import CERTIFICATE, INSTANCE
from certify.progress import Report
from proofs.balls import precision
from proofs.instance import Instance
from proofs.kernel import Verdict
from proofs.layers import Layer, hidden_widths
from proofs.lemmas.affine_better_point import AffineBetterPoint
from proofs.lemmas.affine_minimum import AffineMinimum
from proofs.lemmas.constant_point import ConstantPoint
from proofs.lemmas.fitted_point import FittedPoint

if TYPE_CHECKING:
    from certify.search.floats import Array

MOST_WEIGHTS = 50_000_000
BITS = 128


def networks_at(folder: Path, widths: Sequence[int], progress: Report) -> dict[str, dict[str, Array]]:
    """Check the certificate in a folder, and lift its point to these widths.

    Returns:
        the arrays of `network`, as `network_arrays` describes them; for an affine minimum also those of a `better` one.

    Raises:
        UsageError: the certificate is not proved, has no point, or not with these widths.
        OSError: a file cannot be read.
    """
    result = check(folder / INSTANCE, folder / CERTIFICATE, progress=progress)
    instance, outcome = result.instance, result.outcome
    if outcome.verdict is not Verdict.PROVED:
        raise UsageError(
            f"{folder}: the certificate there is not proved ({outcome.verdict.value}); nothing is exported"
        )
    points = [f.conclusion.proposition for f in outcome.facts]
    point = next((p for p in points if isinstance(p, ConstantPoint | FittedPoint | AffineMinimum)), None)
    if point is None:
        raise UsageError(
            f"{folder}: the certificate there has no point to export; those that `certify prove` writes have one"
        )
    progress("computing the weights")
    networks = {"network": network_arrays(instance, point, widths)}
    better = next((p for p in points if isinstance(p, AffineBetterPoint)), None)
    if better is not None and all(w >= n for w, n in zip(widths, better.least_widths, strict=True)):
        networks["better"] = _with_data(instance, _widened(better.layers, instance, widths))
    return networks


def network_arrays(
    instance: Instance, point: ConstantPoint | FittedPoint | AffineMinimum, widths: Sequence[int]
) -> dict[str, Array]:
    """The uniform lift of the point, every unit of a layer alike, every outgoing weight in equal shares; of an affine
    minimum its own network, with copies of the last unit of each layer whose outgoing weights are 0.

    Args:
        widths: d_1..d_H.

    Returns:
        `W1` (d_1 x d_0), `b1` (d_1), ..., `v` (m x d_H), `c` (m, with an output bias), `X` (N x d_0), `Y` (N x m).

    Raises:
        UsageError: widths that the instance does not have, or too many weights to write.
    """
    _demand_widths(instance, widths)
    if isinstance(point, AffineMinimum):
        return _with_data(instance, _widened(point.layers, instance, widths))
    with precision(BITS):
        if isinstance(point, ConstantPoint):
            return _with_data(instance, _lifted_constant(instance, point, widths))
        return _with_data(instance, _lifted_chain(instance, point, widths))


def _with_data(instance: Instance, arrays: dict[str, Array]) -> dict[str, Array]:
    from certify.search.tables import to_floats

    return {**arrays, "X": to_floats(instance.inputs), "Y": to_floats(instance.targets)}


def _widened(layers: Sequence[Layer], instance: Instance, widths: Sequence[int]) -> dict[str, Array]:
    """The network with copies of the last unit of each hidden layer, whose outgoing weights are 0.

    Raises:
        UsageError: fewer units than the network has.
    """
    import numpy as np

    least = hidden_widths(layers)
    if any(width < n for width, n in zip(widths, least, strict=True)):
        raise UsageError(f"--widths: the point needs at least {','.join(map(str, least))}")
    arrays: dict[str, Array] = {}
    more_inputs = 0
    for h, (layer, more) in enumerate(
        zip(layers, [w - n for w, n in zip(widths, least, strict=True)] + [0], strict=True), 1
    ):
        weights = np.array([[int(w.p) / int(w.q) for w in row] for row in layer.weights])
        weights = np.pad(np.pad(weights, ((0, more), (0, 0)), mode="edge"), ((0, 0), (0, more_inputs)))
        biases = np.pad([int(b.p) / int(b.q) for b in layer.biases], (0, more), mode="edge")
        if h <= len(widths):
            arrays |= {f"W{h}": weights, f"b{h}": biases}
        else:
            arrays |= {"v": weights, **({"c": biases} if instance.architecture.output_bias else {})}
        more_inputs = more
    return arrays


def _lifted_constant(instance: Instance, point: ConstantPoint, widths: Sequence[int]) -> dict[str, Array]:
    import numpy as np

    network = instance.architecture
    levels = [a.ball() for a in point.levels]
    heights = [network.activation.value(a) for a in levels]
    biases = [a - s * t for a, s, t in zip(levels, (fmpq(0), *point.scales), (arb(0), *heights), strict=False)]
    hidden = _hidden(widths, np.zeros(instance.inputs.columns), [arb(s) for s in point.scales], biases)
    sums = point.output_weights
    weights = [c / heights[-1] for c in point.constants] if sums is None else [0 * heights[-1] + v for v in sums]
    hidden["v"] = np.array([[float((w / widths[-1]).mid())] * widths[-1] for w in weights])
    if sums is not None:
        hidden["c"] = np.array(
            [float((c - w * heights[-1]).mid()) for c, w in zip(point.constants, weights, strict=True)]
        )
    return hidden


def _lifted_chain(instance: Instance, point: FittedPoint, widths: Sequence[int]) -> dict[str, Array]:
    """The chain at the critical point itself, which the certificate's centre is only near to."""
    import numpy as np

    from certify.search.newton import critical_chain

    settled = critical_chain(instance, point.basis, [arb(c) for c in point.centre])
    if settled is None:
        raise UsageError("Newton's method does not settle at the critical point; nothing is exported")
    parameters, size, depth = settled[0], len(point.basis), len(widths)
    weights = np.zeros(instance.inputs.columns)
    weights[list(point.basis)] = [float(w.mid()) for w in parameters[:size]]
    middle = parameters[size + 1 : size + 2 * depth - 1]
    hidden = _hidden(widths, weights, middle[::2], [parameters[size], *middle[1::2]])
    top = parameters[size + 2 * depth - 1] / widths[-1]
    hidden["v"] = np.array([[float((e * top).mid())] * widths[-1] for e in point.ratios])
    if instance.architecture.output_bias:
        hidden["c"] = np.array([float((e * parameters[-1]).mid()) for e in point.ratios])
    return hidden


def _hidden(widths: Sequence[int], weights: Array, scales: Sequence[arb], biases: Sequence[arb]) -> dict[str, Array]:
    """The hidden layers of a uniform lift."""
    import numpy as np

    arrays: dict[str, Array] = {
        "W1": np.tile(weights, (widths[0], 1)),
        "b1": np.full(widths[0], float(biases[0].mid())),
    }
    for h, scale in enumerate(scales, 1):
        arrays[f"W{h + 1}"] = np.full((widths[h], widths[h - 1]), float(scale.mid()) / widths[h - 1])
        arrays[f"b{h + 1}"] = np.full(widths[h], float(biases[h].mid()))
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
        raise UsageError(f"--widths: {total} weights; at most {MOST_WEIGHTS} are written, so give smaller ones")


def packed(arrays: dict[str, Array], kind: str) -> bytes:
    """A file of kind `npz` or `pt`.

    Raises:
        UsageError: `pt` without PyTorch.
    """
    return _npz(arrays) if kind == "npz" else _pt(arrays)


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
