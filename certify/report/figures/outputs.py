"""The targets, and what the network at the minimum and the better one compute."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from certify.report.figure import Figure
from certify.report.figures.scene import Scene
from certify.report.figures.svg import GREEN, TITLE, VERMILION, Axes, Entry, drawing, legend, mark, number, span, text
from certify.search.floats import Array
from proofs.instance import Instance

_SHOWN, _EXTREME = 120, 20
_CURVE = 201


def outputs(instance: Instance, scene: Scene) -> Figure | None:
    """Of the output with the largest residual: over the input if there is one, else in the order of the targets."""
    with np.errstate(all="ignore"):
        found = _predicted(scene, scene.surface.outputs(scene.minimum))
        better = None if scene.better is None else _predicted(scene, scene.surface.outputs(scene.better))
    targets = scene.surface.model.targets
    if not np.isfinite(found).all() or (better is not None and not np.isfinite(better).all()):
        return None
    o = int(np.argmax(((found - targets) ** 2).sum(axis=0)))
    of = "" if targets.shape[1] == 1 else f" of output {o + 1}"
    values = (targets[:, o], found[:, o], None if better is None else better[:, o])
    shown = _shown(*values[:2])
    alt = (
        f"The targets{of} at {len(shown)} of {len(targets)} samples, with what the network at the minimum computes: "
        f"from {number(float(values[1].min()))} to {number(float(values[1].max()))}, with the root mean square error "
        f"{_error(values[1], values[0])}"
    )
    alt += "." if values[2] is None else f"; that of the better network is {_error(values[2], values[0])}."
    who = "at the minimum" if better is None else "at the minimum and by the better network"
    link = _LINKS.get(instance.loss.name, "")
    caption = f"Targets{of}, and what is computed {who}{link} (float64)."
    if len(shown) < len(targets):
        caption += (
            f" {len(shown)} of the {len(targets)} samples are drawn: those with the largest residuals, and others "
            "evenly by their targets."
        )
    return Figure("outputs", drawing(400, alt, _elements(instance, scene, values, shown, o)), alt, caption)


_LINKS = {
    "logistic": ", as probabilities 1/(1+exp(−T))",
    "poisson": ", as rates exp(T)",
    "cross-entropy": ", as probabilities (softmax)",
}


def _predicted(scene: Scene, values: Array) -> Array:
    """What the outputs say about the targets, for losses that compare a function of them."""
    name = scene.surface.model.loss_name
    if name == "logistic":
        return np.asarray(0.5 * (1 + np.tanh(values / 2)))
    if name == "poisson":
        return np.asarray(np.exp(values))
    if name == "cross-entropy":
        powers = np.exp(values - values.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))
    return values


def _error(values: Array, targets: Array) -> str:
    return number(float(np.sqrt(np.mean((values - targets) ** 2))))


def _shown(targets: Array, found: Array) -> npt.NDArray[np.intp]:
    """The samples in the order of their targets; if there are too many, some evenly, and those with large residuals."""
    order = np.argsort(targets, kind="stable")
    if len(order) <= _SHOWN:
        return order
    evenly = np.linspace(0, len(order) - 1, _SHOWN - _EXTREME).astype(int)
    extreme = np.argsort(-np.abs(found - targets)[order], kind="stable")[:_EXTREME]
    chosen: npt.NDArray[np.intp] = order[np.union1d(evenly, extreme)]
    return chosen


def _elements(
    instance: Instance, scene: Scene, values: tuple[Array, Array, Array | None], shown: npt.NDArray[np.intp], o: int
) -> Iterator[str]:
    targets, found, better = values
    yield text(6, 18, "Targets and outputs", "start", f' font-size="{TITLE}"')
    entries = [Entry("target", "currentColor", "ring"), Entry("minimum", VERMILION, "diamond")]
    entries += [] if better is None else [Entry("better network", GREEN, "cross")]
    parts, top = legend(entries, 42)
    yield from parts
    single = instance.inputs.columns == 1
    places = scene.surface.model.inputs[shown, 0] if single else np.arange(1.0, len(shown) + 1)
    drawn = [targets[shown], found[shown], *([] if better is None else [better[shown]])]
    axes = Axes(span(places, 0.04), span(np.concatenate(drawn)), top + 28, 350)
    label = f"input {instance.features[0]}" if single else "samples, in the order of their targets"
    yield from axes.frame(label, "target, output", x_ticks=single)
    if single:
        yield from _curves(scene, axes, o)
    size = 4 if len(shown) <= 60 else 3
    for x, y in zip(places, drawn[0], strict=True):
        yield mark("ring", axes.across(x), axes.down(y), "currentColor", size)
    for x, y in zip(places, drawn[1], strict=True):
        yield mark("diamond", axes.across(x), axes.down(y), VERMILION, size - 0.6)
    for x, y in zip(places, drawn[2] if better is not None else (), strict=False):
        yield mark("cross", axes.across(x), axes.down(y), GREEN, size - 0.6)


def _curves(scene: Scene, axes: Axes, o: int) -> Iterator[str]:
    """What the networks compute between the samples."""
    inputs = np.linspace(*axes.x, _CURVE)
    for point, ink, dash in ((scene.minimum, VERMILION, "6 4"), (scene.better, GREEN, "")):
        if point is not None:
            values = _predicted(scene, scene.surface.sums(point[None], inputs[:, None])[-1][0])[:, o]
            inside = np.where((values >= axes.y[0]) & (values <= axes.y[1]), values, np.nan)
            yield axes.curve(inputs, inside, ink, dash, 1.6)
