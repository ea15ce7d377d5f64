"""Gradient descent from networks in the proved region, and from random ones elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from certify.report.figure import Figure
from certify.report.figures.region import Region
from certify.report.figures.scene import Scene
from certify.report.figures.surface import Surface
from certify.report.figures.svg import (
    BLUE,
    SMALL,
    TITLE,
    VERMILION,
    Axes,
    Entry,
    drawing,
    legend,
    line,
    number,
    span,
    text,
)
from certify.search.floats import Array

_FROM_REGION, _ELSEWHERE = 5, 7
_STEPS, _FEWEST = 600, 60
_MOST_WORK = 1e7
_SMALLER, _LARGER, _FIRST = 0.5, 1.2, 1e-3
_TRIALS, _PART = 40, 1 / 16


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """The loss before each step (one row for each run), and at last."""

    from_region: Array
    elsewhere: Array


def runs_of(scene: Scene, regions: Sequence[Region]) -> Runs | None:
    """Runs from both kinds of starts, the same at each call; None without a region or a start, or for large data."""
    steps = int(min(_STEPS, _MOST_WORK / scene.surface.work / (_FROM_REGION + _ELSEWHERE)))
    if steps < _FEWEST:
        return None
    around = next((r for r in regions if r.inside(scene.minimum[None])[0]), None)
    if around is None:
        return None
    generator = np.random.default_rng(0)
    inside = _starts_inside(scene, around, generator)
    outside = _starts_elsewhere(scene.surface, generator)
    if not len(inside) or not len(outside):
        return None
    own, others = (_finite(_descend(scene.surface, starts, steps)) for starts in (inside, outside))
    return Runs(own, others) if len(own) and len(others) else None


def _finite(losses: Array) -> Array:
    """The runs that stayed within float64."""
    found: Array = losses[np.isfinite(losses).all(axis=1)]
    return found


def _starts_inside(scene: Scene, region: Region, generator: np.random.Generator) -> Array:
    """Other shares and a slightly different scale of the last weights, and hidden units moved by a part of what keeps
    them in the region (found by halves)."""
    surface, found = scene.surface, []
    for _ in range(_FROM_REGION):
        start = scene.minimum.copy()
        last = surface.layers(start)[-1][0]
        if scene.edge is not None:
            shares = generator.uniform(0.7, 1.3, (1, last.shape[1]))
            last *= shares / np.mean(shares)
        last *= generator.uniform(0.97, 1.03)
        move = generator.standard_normal(len(start)) * (np.abs(start) + _typical(surface))
        for part in surface.layers(move)[-1]:
            part[:] = 0
        for size in 0.5 ** np.arange(_TRIALS):
            if region.inside(start + size * move * [[_PART], [1.0]]).all():
                found.append(start + _PART * size * move)
                break
    return np.array(found).reshape(-1, len(scene.minimum))


def _typical(surface: Surface) -> Array:
    """For each parameter a size that matters: 1, but for weights of the inputs 1 over their spread."""
    sizes = np.ones(surface.parameters)
    surface.layers(sizes)[0][0][:] /= _spread(surface)
    return sizes


def _spread(surface: Surface) -> Array:
    found: Array = surface.model.inputs.std(axis=0)
    return np.where(found > 0, found, 1.0)


def _starts_elsewhere(surface: Surface, generator: np.random.Generator) -> Array:
    """Random weights, those of the inputs as for standardised data; outputs as large as the targets."""
    points = generator.standard_normal((_ELSEWHERE, surface.parameters))
    layers = surface.layers(points)
    for weights, _ in layers:
        np.divide(weights, np.sqrt(weights.shape[-1]), out=weights)
    first, biases = layers[0]
    first *= 2 / _spread(surface)
    biases -= first @ surface.model.inputs.mean(axis=0)
    targets = surface.model.targets
    layers[-1][0][:] *= max(float(targets.std()), 1e-300)
    layers[-1][1][:] = targets.mean(axis=0) if surface.model.output_bias else 0.0
    return points


def _descend(surface: Surface, points: Array, steps: int) -> Array:
    """Gradient descent in the coordinates of standardised inputs; a step that would climb is halved instead.

    Returns:
        the losses, one row for each start, one column for each step and one more.
    """
    losses, directions = surface.losses(points), _standardised(surface, surface.gradients(points))
    rates = _FIRST / np.maximum(np.abs(directions).max(axis=1), 1e-100)
    history = [losses]
    for _ in range(steps):
        trial = points - rates[:, None] * directions
        reached = surface.losses(trial)
        falls = reached < losses
        points = np.where(falls[:, None], trial, points)
        losses = np.where(falls, reached, losses)
        rates = np.where(falls, rates * _LARGER, rates * _SMALLER)
        directions = _standardised(surface, surface.gradients(points))
        history.append(losses)
    return np.array(history).T


def _standardised(surface: Surface, gradients: Array) -> Array:
    """The direction of steepest ascent when the inputs are standardised, in the weights for the inputs as they are."""
    found = gradients.copy()
    weights, biases = surface.layers(found)[0]
    centre, spread = surface.model.inputs.mean(axis=0), _spread(surface)
    weights -= biases[..., None] * centre
    weights /= spread**2
    biases -= weights @ centre
    return found


def trajectories(scene: Scene, regions: Sequence[Region]) -> Figure | None:
    """The picture of the runs, if there are any."""
    runs = runs_of(scene, regions)
    if runs is None:
        return None
    own, others = runs.from_region[:, -1], runs.elsewhere[:, -1]
    lower = int((others < scene.loss - 1e-6 * abs(scene.loss)).sum())
    stayed = int((runs.from_region >= scene.loss - 1e-9 * abs(scene.loss)).all(axis=1).sum())
    steps = runs.elsewhere.shape[1] - 1
    what = (
        f"{stayed} of {len(own)} runs from networks in the proved region never go below E*; "
        f"{lower} of {len(others)} from random networks end below it, the lowest at {number(float(others.min()))}"
    )
    alt = f"The loss during gradient descent, against the number of steps. {what}."
    caption = (
        f"{steps} steps of gradient descent on standardised inputs, a step that would climb being halved (float64): "
        f"{what}. The region is proved; where descent goes is only seen here."
    )
    return Figure("descent-runs", drawing(410, alt, _elements(scene, runs)), alt, caption)


def _elements(scene: Scene, runs: Runs) -> Iterator[str]:
    yield text(6, 18, "Gradient descent", "start", f' font-size="{TITLE}"')
    parts, top = legend(
        [Entry("from the proved region", VERMILION), Entry("from random networks", BLUE, dash="5 3")], 42
    )
    yield from parts
    steps = runs.elsewhere.shape[1]
    lowest = float(min(runs.elsewhere.min(), runs.from_region.min()))
    room = max(scene.loss - lowest, 0.1 * abs(scene.loss))
    above = max(room, 1.3 * (float(np.median(runs.elsewhere[:, -1])) - scene.loss))
    low, high = span(np.array([max(lowest, scene.loss - room), scene.loss + above]))
    axes = Axes((1, steps), (max(low, 0.0) if lowest >= 0 else low, high), top + 28, 358, log_x=True)
    yield from axes.frame("step (logarithmic)", "loss E, cut above")
    yield line(axes.left, axes.down(scene.loss), axes.across(steps), axes.down(scene.loss), ' stroke-dasharray="2 4"')
    yield text(
        axes.across(1) + 6, axes.down(scene.loss) + 15, f"E* = {number(scene.loss)}", "start", f' font-size="{SMALL}"'
    )
    places = _places(steps)
    for losses in runs.elsewhere:
        yield axes.curve(places + 1, _below(losses[places], high), BLUE, "5 3", 1.7)
    for losses in runs.from_region:
        yield axes.curve(places + 1, _below(losses[places], high), VERMILION, width=1.7)


def _places(steps: int) -> Array:
    """Steps that are evenly spread on the logarithmic axis."""
    return np.unique(np.geomspace(1, steps, 90).astype(int)) - 1


def _below(losses: Array, high: float) -> Array:
    """Nothing is drawn above the axis but the point at which a curve enters."""
    found = losses.copy()
    found[:-1][(losses[:-1] > high) & (losses[1:] > high)] = np.nan
    return found
