"""The search for a fitted point: a chain, and a residual that makes its lifts local minima.

Random chains come first, then small moves of the best one, each chain with its best residual (`margin`). Chains are
compared with the best so far long before their own margin is known. A margin over the spaces U_h, which serves every
lift, is at most the one over their parts L_h, which serves the uniform lifts and is cheaper; so the search climbs first
to a chain that is good for uniform lifts, and goes on from there.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np

from certify.progress import Report
from certify.search.chain import Chain, Derivatives, derivatives, forms_of, safe_amplitude
from certify.search.floats import VALUE_AND_SLOPE, Array
from certify.search.margin import widest_margin
from proofs.formulas import read_activation

_KINK_SHIFT = 0.1
_VISIBLE = 1e-11
_LOG_SPREADS = (-0.7, 1.6)
_TRIALS = 40
_MOVES = 120
_PATIENCE = 25
_PROGRESS = 1.03
_FIRST_STEP = 0.3
_HOPELESS = 1e4
_WORTH = 1e2


@dataclass(frozen=True, slots=True, eq=False)
class FittedPoint:
    """A chain and a residual for it.

    Attributes:
        residual: D, of length N, max |D_n| = 1.
        any_lift: whether the forms are definite on U_h, so that every lift is a local minimum, or just on L_h, so that
            the uniform lifts are.
        margin: t > 0; each form is at least t max_n |k_h(n)| times the Gram matrix of its space, where k_h is
            sigma''(z_h) times the derivative of T in sigma(z_h).
        amplitude: with any positive multiple of D up to this one the Hessian of the chain's loss is positive definite.
    """

    chain: Chain
    residual: Array
    any_lift: bool
    margin: float
    amplitude: float


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    """A chain in coordinates that suit the samples, whatever their scale.

    Attributes:
        direction: w for the whitened inputs.
        centres: the means of z_1, ..., z_H, up to what keeps samples off the kink.
        spreads: the standard deviations of z_2, ..., z_H, with the signs of s_2, ..., s_H.
    """

    direction: Array
    centres: Array
    spreads: Array


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    """A shape with its D, |D|_2 = 1, and t."""

    shape: _Shape
    residual: Array
    margin: float


class _Samples:
    """N samples, whitened, under one activation."""

    def __init__(self, inputs: Array, activation: str, output_bias: bool) -> None:
        self.activation, self.output_bias = activation, output_bias
        self.kinks = [float(kink.p) / float(kink.q) for kink in read_activation(activation, "activation").kinks]
        root = math.sqrt(len(inputs))
        self.mean, deviations = inputs.mean(axis=0), inputs.std(axis=0)
        orthonormal, triangle = np.linalg.qr((inputs - self.mean) / deviations)
        self.white = orthonormal * root
        self.transform = np.linalg.inv(triangle) * root / deviations[:, None]
        self.affine = np.column_stack([orthonormal, np.full(len(inputs), 1 / root)])

    def chain(self, shape: _Shape) -> tuple[Chain, Array]:
        """The chain on the inputs as they were given, and z_1."""
        value = VALUE_AND_SLOPE[self.activation][0]
        first = z = self._off_kink(self.white @ shape.direction + shape.centres[0])
        direction = self.transform @ shape.direction
        scales, biases = [], [z.mean() - self.mean @ direction]
        for spread, centre in zip(shape.spreads, shape.centres[1:], strict=True):
            below = value(z)
            scales.append(spread / below.std())
            z = self._off_kink(scales[-1] * (below - below.mean()) + centre)
            biases.append(z.mean() - scales[-1] * below.mean())
        return Chain(1.0, tuple(map(float, scales)), tuple(map(float, biases)), direction), first

    def derivatives(self, chain: Chain, first: Array) -> Derivatives:
        return derivatives(chain, first, self.affine, self.activation, self.output_bias)

    def candidate(self, shape: _Shape, any_lift: bool, floor: float) -> _Candidate | None:
        """The shape with its best residual, if the margin is above the floor."""
        with np.errstate(all="ignore"):
            best = _best_residual(self.derivatives(*self.chain(shape)), any_lift, floor)
        return _Candidate(shape, *best) if best else None

    def _off_kink(self, z: Array) -> Array:
        """Shift z a little, so that the kink nearest to its mean comes to lie in the middle of a gap between samples,
        rather a wide one."""
        if not self.kinks:
            return z
        kink = min(self.kinks, key=lambda kink: abs(kink - z.mean()))
        spread = z.std()
        ordered = np.sort(np.concatenate([z, [z.min() - spread, z.max() + spread]]) - kink)
        gaps, middles = np.diff(ordered), (ordered[1:] + ordered[:-1]) / 2
        return z - float(middles[np.argmax(gaps / (middles**2 + (_KINK_SHIFT * spread) ** 2))])


def find_fitted(
    inputs: Array,
    activation: str,
    depth: int,
    output_bias: bool,
    seed: int,
    budget: float,
    report: Report,
) -> FittedPoint | None:
    """Search for at most about ``budget`` seconds; None when no positive margin was found.

    Args:
        inputs: N x d_0 with affinely independent columns, of any scale.
        depth: H, the number of hidden layers.
        report: is told of progress, a line at a time.
    """
    deadline = time.monotonic() + budget
    if len(inputs) <= number_of_conditions(inputs.shape[1], depth, output_bias, activation):
        return None
    samples = _Samples(inputs, activation, output_bias)
    generator = np.random.default_rng(seed)
    every = (
        depth == 1 or read_activation(activation, "activation").flat is not None
    )  # flat directions: only their lifts are understood
    best = _scan(samples, depth, every, generator, deadline, report)
    if best is None:
        return None
    report(f"a chain of depth {depth} with margin {_relative(best):.1e}")
    any_lift = every
    best = _climb(samples, best.shape, every, _VISIBLE, generator, deadline, report) or best
    report(f"improved to margin {_relative(best):.1e}")
    floor = max(_VISIBLE, best.margin / _HOPELESS)
    if not every and (strong := _climb(samples, best.shape, True, floor, generator, deadline, report)):
        report(f"margin {_relative(strong):.1e} for every lift")
        if _relative(strong) * _WORTH > _relative(best):
            best, any_lift = strong, True
    chain, first = samples.chain(best.shape)
    residual = best.residual / np.abs(best.residual).max()
    amplitude = 1.0 if any_lift else safe_amplitude(samples.derivatives(chain, first), residual)
    return FittedPoint(chain, residual, any_lift, _relative(best), amplitude)


def number_of_conditions(features: int, depth: int, output_bias: bool, activation: str) -> int:
    """How many linear conditions a chain puts on its residual: one for each parameter that is not flat."""
    flat = depth if read_activation(activation, "activation").flat is not None else 0
    return features + 2 * depth + output_bias - flat


def _scan(
    samples: _Samples, depth: int, any_lift: bool, generator: np.random.Generator, deadline: float, report: Report
) -> _Candidate | None:
    """The best of some random chains; of more, until one has a margin."""
    best: _Candidate | None = None
    trials = 0
    while (trials < _TRIALS * depth or not best) and time.monotonic() < deadline:
        trials += 1
        report(f"searching a chain of depth {depth}: trial {trials}")
        spreads = np.exp(generator.uniform(_LOG_SPREADS[0], _LOG_SPREADS[1], size=depth))
        direction = generator.normal(size=samples.white.shape[1])
        direction *= spreads[0] / np.linalg.norm(direction)
        signs = generator.choice([-1.0, 1.0], size=depth - 1)
        shape = _Shape(direction, generator.normal(size=depth) * spreads, signs * spreads[1:])
        best = samples.candidate(shape, any_lift, best.margin if best else _VISIBLE) or best
    return best


def _climb(
    samples: _Samples,
    shape: _Shape,
    any_lift: bool,
    floor: float,
    generator: np.random.Generator,
    deadline: float,
    report: Report,
) -> _Candidate | None:
    """Random moves that widen the margin, longer after a success and shorter after a failure."""
    best = samples.candidate(shape, any_lift, floor)
    step = _FIRST_STEP
    waited, passed = 0, best.margin if best else 0.0
    for move in range(1, _MOVES + 1):
        report(f"widening the margin: move {move}")
        if waited == _PATIENCE or time.monotonic() > deadline:
            break
        moved = _moved(best.shape if best else shape, step, generator)
        better = samples.candidate(moved, any_lift, best.margin if best else floor)
        best = better or best
        step *= 1.5 if better else 0.92
        waited += 1
        if better and better.margin > passed * _PROGRESS:
            waited, passed = 0, better.margin
    return best


def _moved(shape: _Shape, step: float, generator: np.random.Generator) -> _Shape:
    length = np.linalg.norm(shape.direction)
    along = generator.normal(size=len(shape.direction)) * length / math.sqrt(len(shape.direction))
    shift = generator.normal(size=len(shape.centres)) * np.array([length, *np.abs(shape.spreads)])
    stretch = np.exp(step * generator.normal(size=len(shape.spreads)))
    return _Shape(shape.direction + step * along, shape.centres + step * shift, shape.spreads * stretch)


def _best_residual(found: Derivatives, any_lift: bool, floor: float) -> tuple[Array, float] | None:
    forms = forms_of(found, any_lift)
    return widest_margin(forms, floor) if forms else None


def _relative(candidate: _Candidate) -> float:
    return float(candidate.margin / np.abs(candidate.residual).max())
