"""Pictures of an examined network: the eigenvalues of the Hessian, and the loss along the direction in which it falls.

What they show is computed in float64 from the checked facts, to look at; what is proved is marked as certified.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from flint import arb, arb_mat, fmpq

from certify.report.figure import Figure
from certify.search.curvature import half_hessian_at
from certify.search.floats import Array
from certify.search.levenberg import model_of
from certify.search.polish import floats
from proofs.checking import Outcome
from proofs.exact import show, show_above
from proofs.full_network import Shape
from proofs.instance import Instance
from proofs.kernel import Fact
from proofs.lemmas.not_critical import NotCritical
from proofs.lemmas.replicated_saddle import ReplicatedSaddle
from proofs.lemmas.saddle import Saddle
from proofs.lemmas.spectrum import Spectrum

SPECTRUM, DESCENT = "spectrum", "descent"
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 480, 270, 70, 20, 70, 50  # legible on a phone
_INK, _BLUE, _ORANGE = "currentColor", "#2b85bd", "#d55e00"  # seen on light and dark, and by the colour-blind
_STYLE = (
    "svg:root{color:#222;background:#fff}@media(prefers-color-scheme:dark){svg:root{color:#ddd;background:#181818}}"
)
"""For a picture by itself; in a page it has the page's colours."""
_POINTS = 161
_REACHES = np.geomspace(1e-4, 1e2, 121)
_MOST_OF = 0.9


@dataclass(frozen=True, slots=True)
class Descent:
    """The loss along a direction in which it certainly falls, in float64.

    Attributes:
        step: the step that certifies it.
        certified: with this margin.
        lengths: how far from the point in question, which is at 0.
        reach: where most of what can be gained along the line is gained.
    """

    step: str
    certified: str
    lengths: Array
    losses: Array
    reach: float

    @property
    def table(self) -> Iterator[tuple[float, float]]:
        """Some lengths up to the reach, with the loss there."""
        for part in (0.0, 0.125, 0.25, 0.5, 1.0):
            yield part * self.reach, float(np.interp(part * self.reach, self.lengths, self.losses))


def descent_of(instance: Instance, outcome: Outcome) -> Descent | None:
    """Along the direction of a saddle or a slope, if that is what was proved, and float64 sees it."""
    for fact in outcome.facts:
        found = _ray(fact)
        if found is not None:
            return _descent(instance, fact, *found)
    return None


def _ray(fact: Fact) -> tuple[Array, Array] | None:
    """The point and the unit direction of a step that establishes a descent."""
    known = fact.conclusion.proposition
    if isinstance(known, Saddle):
        point: Sequence[arb] = known.point.parameters
    elif isinstance(known, ReplicatedSaddle):
        point = known.parameters
    elif isinstance(known, NotCritical):
        point = list(map(arb, known.centre))
    else:
        return None
    direction = np.array([float(arb(v).mid()) for v in known.direction])
    return np.array([float(p.mid()) for p in point]), direction / np.linalg.norm(direction)


def _descent(instance: Instance, fact: Fact, point: Array, direction: Array) -> Descent | None:
    network = instance.architecture
    shape = Shape((instance.inputs.columns, *(network.widths or ()), network.outputs), network.output_bias)
    model = model_of(instance)

    def loss(length: float) -> float:
        layers = [floats(arb_mat(rows)) for rows in shape.rows(list(map(arb, (point + length * direction).tolist())))]
        return model.loss([(rows[:, :-1], rows[:, -1]) for rows in layers])

    here = loss(0.0)
    falls = {side: _finite([here - loss(side * reach) for reach in _REACHES]) for side in (1, -1)}
    slope = isinstance(fact.conclusion.proposition, NotCritical)
    side = 1 if slope or falls[1].max() >= falls[-1].max() else -1
    if not falls[side].max() > 0:
        return None
    reach = float(_REACHES[int(np.argmax(falls[side] >= _MOST_OF * falls[side].max()))])
    lengths = np.linspace(-reach, 1.25 * reach, _POINTS)
    losses = np.array([loss(side * t) for t in lengths])
    certified = (
        f"{fact.conclusion.margin}, for the direction as long as it is given" if slope else fact.conclusion.margin
    )
    return Descent(fact.step, certified, lengths, losses, reach)


def _finite(falls: Sequence[float]) -> Array:
    """Where floats overflow, nothing falls."""
    found = np.array(falls)
    return np.where(np.isfinite(found), found, -np.inf)


def figures(instance: Instance, outcome: Outcome) -> Iterator[Figure]:
    """The pictures that there are."""
    spectrum = spectrum_of(outcome)
    if spectrum is not None:
        negative = f"{spectrum.negative} of {spectrum.point.shape.parameters} negative"
        yield Figure(
            SPECTRUM,
            "\n".join(_svg(_spectrum(instance, spectrum))),
            f"The eigenvalues of the Hessian on a logarithmic axis, {negative}; the smallest is in "
            f"{_interval(spectrum.smallest)}, the largest in {_interval(spectrum.largest)}.",
            "The eigenvalues of the Hessian. The bounds of the extreme ones, and how many are negative, are certified; "
            "the dots are float64.",
        )
    descent = descent_of(instance, outcome)
    if descent is not None:
        *_, (reach, there) = descent.table
        yield Figure(
            DESCENT,
            "\n".join(_svg(_curve(descent))),
            f"A curve of the loss, which falls from {next(descent.table)[1]:.6g} to {there:.6g} over a distance of "
            f"{reach:.3g}.",
            f"The loss along the direction of {descent.step}. That it falls there at first is certified "
            f"({descent.certified}); the curve is float64.",
        )


def _interval(bounds: tuple[fmpq, fmpq]) -> str:
    return f"[{show(bounds[0])}, {show_above(bounds[1])}]"


def spectrum_of(outcome: Outcome) -> Spectrum | None:
    """What is certified about the eigenvalues of the Hessian."""
    return next((p for f in outcome.facts if isinstance(p := f.conclusion.proposition, Spectrum)), None)


def _svg(elements: Iterator[str]) -> Iterator[str]:
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif">'
    yield f"<style>{_STYLE}</style>"
    yield from elements
    yield "</svg>\n"


def _text(x: float, y: float, text: str, anchor: str = "middle", size: int = 12, ink: str = _INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{ink}">{escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, ink: str = _INK, more: str = "") -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{ink}"{more}/>'


def _spectrum(instance: Instance, spectrum: Spectrum) -> Iterator[str]:
    """The eigenvalues on an axis that is logarithmic away from 0, so that small ones of either sign are seen."""
    point = spectrum.point
    values = np.linalg.eigvalsh(2 * half_hessian_at(instance, point.shape, point.parameters))
    sizes = np.log10(np.abs(values).clip(1e-300))
    least, most = int(np.floor(sizes.min())), int(np.ceil(sizes.max()))

    def place(value: float) -> float:
        """In powers of ten; from 0 to the least is one, too."""
        return float(np.sign(value) * (np.log10(abs(value)) - least + 1)) if value else 0.0

    left, right = min(0.0, np.floor(place(values[0]))), max(0.0, np.ceil(place(values[-1])))

    def across(value: float) -> float:
        return float(_LEFT + (place(value) - left) / (right - left) * (_WIDTH - _LEFT - _RIGHT))

    base = _HEIGHT - _BOTTOM
    yield _text(8, 20, "Eigenvalues of the Hessian", "start", 15)
    yield _text(8, 38, "dots: float64, an illustration; orange: certified bounds", "start")
    yield _line(_LEFT, base, _WIDTH - _RIGHT, base)
    for power in range(least, most + 1, int(right - left) // 7 + 1):
        for tick in (-(10.0**power), 10.0**power):
            if left <= place(tick) <= right:
                yield _line(across(tick), base, across(tick), base + 5)
                yield _text(across(tick), base + 20, f"{'-' if tick < 0 else ''}1e{power}")
    yield _line(across(0), base - 6, across(0), base + 6, _INK)
    yield _text(across(0), base + 20, "0")
    for (lower, upper), height, anchor in ((spectrum.smallest, 70, "start"), (spectrum.largest, 90, "end")):
        x = across(float(arb((lower + upper) / 2).mid()))
        yield _line(x, height, x, base, _ORANGE, ' stroke-width="2"')
        shift = 6 if anchor == "start" else -6
        yield _text(x + shift, height + 8, _interval((lower, upper)), anchor, ink=_ORANGE)
    places = [across(float(v)) for v in values]
    for k, x in enumerate(places):
        above = sum(abs(x - other) < 8 for other in places[:k])
        yield f'<circle cx="{x:.1f}" cy="{base - 10 - 9 * (above % 8)}" r="4" fill="{_BLUE}" fill-opacity="0.7"/>'
    yield _text(_WIDTH - _RIGHT, _HEIGHT - 8, f"{spectrum.negative} of {len(values)} negative (certified)", "end")


def _curve(descent: Descent) -> Iterator[str]:
    lengths, losses = descent.lengths, descent.losses
    shown = np.isfinite(losses) & (
        losses <= losses[np.argmin(np.abs(lengths))] + 3 * np.ptp([y for _, y in descent.table])
    )
    low, high = float(losses[shown].min()), float(losses[shown].max())

    def across(t: float) -> float:
        return float(_LEFT + (t - lengths[0]) / (lengths[-1] - lengths[0]) * (_WIDTH - _LEFT - _RIGHT))

    def down(y: float) -> float:
        return float(_TOP + (high - y) / (high - low) * (_HEIGHT - _TOP - _BOTTOM))

    base, start = _HEIGHT - _BOTTOM, next(descent.table)[1]
    yield _text(8, 20, f"The loss along the unit vector in the direction of {descent.step}", "start", 15)
    yield _text(8, 38, "float64, an illustration; that it falls from 0 is certified", "start")
    yield _line(_LEFT, base, _WIDTH - _RIGHT, base)
    yield _line(across(0), _TOP, across(0), base, _INK, ' stroke-dasharray="3 3"')
    for t in (-descent.reach, -descent.reach / 2, 0.0, descent.reach / 2, descent.reach):
        yield _line(across(t), base, across(t), base + 5)
        yield _text(across(t), base + 20, f"{t:.3g}")
    for y in (low, high):
        yield _text(_LEFT - 8, down(y) + 4, f"{y:.6g}", "end")
    points = " ".join(f"{across(t):.1f},{down(y):.1f}" for t, y in zip(lengths[shown], losses[shown], strict=True))
    yield f'<polyline points="{points}" fill="none" stroke="{_BLUE}" stroke-width="2"/>'
    yield f'<circle cx="{across(0):.1f}" cy="{down(start):.1f}" r="5" fill="{_ORANGE}"/>'
    yield _text(across(0) + 10, down(start) - 8, f"E = {start:.6g}", "start", ink=_ORANGE)
    yield _text(_WIDTH - _RIGHT, _HEIGHT - 8, "distance", "end")
