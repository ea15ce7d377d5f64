"""A network of few units that computes given affine functions, no unit of which bends on the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import fmpq, fmpq_mat

from certify.search.affine_fit import AffineFunction
from proofs.exact_network import exact_sums
from proofs.instance import Instance
from proofs.layers import Layer
from proofs.piecewise import Piece, PiecewiseAffine

_SCALES = tuple(fmpq(10) ** k for n in range(13) for k in ((n, -n) if n else (0,)))
_ZERO, _ONE = fmpq(0), fmpq(1)

Range = tuple[fmpq, fmpq]


@dataclass(frozen=True, slots=True)
class Interval:
    """An open interval; None: unbounded."""

    lower: fmpq | None
    upper: fmpq | None

    def holds(self, least: fmpq, most: fmpq) -> bool:
        """Whether [least, most] lies in it."""
        return (self.lower is None or least > self.lower) and (self.upper is None or most < self.upper)

    def room_for(self, least: fmpq, most: fmpq) -> tuple[fmpq, fmpq]:
        """A factor s > 0 and a shift k, simple ones, with k + s [least, most] inside."""
        if self.lower is not None and self.upper is not None:
            middle = (self.lower + self.upper) / 2
            return self.factor_for(middle, middle, least, most), middle
        if self.lower is not None:
            return _ONE, _above(self.lower - least)
        return _ONE, -_above(most - self.upper) if self.upper is not None else _ZERO

    def factor_for(self, low: fmpq, high: fmpq, least: fmpq, most: fmpq) -> fmpq:
        """A factor s > 0, a power of ten if one of those tried will do, with [low, high] + s [least, most] inside.

        [low, high] itself lies inside.
        """
        below = _ONE if self.lower is None else low - self.lower
        above = _ONE if self.upper is None else self.upper - high
        slack, size = (below if below < above else above), max(abs(least), abs(most))
        return next((s for s in sorted(_SCALES, reverse=True) if s * size < slack and s <= 1), slack / (size + 1))


def _above(bound: fmpq) -> fmpq:
    """The least non-negative integer above the bound."""
    return fmpq(max(0, int(bound.floor()) + 1))


def interior(piece: Piece) -> Interval:
    """The pre-activations inside a piece."""
    return Interval(piece.lower, piece.upper)


def image(piece: Piece) -> Interval:
    """The values that sigma, on a piece of non-zero slope, takes inside it."""
    ends = [None if end is None else piece.value(end) for end in (piece.lower, piece.upper)]
    return Interval(*ends) if piece.slope > 0 else Interval(ends[1], ends[0])


def ranges(instance: Instance, piecewise: PiecewiseAffine, rows: Sequence[AffineFunction]) -> list[Range]:
    """The least and the greatest value of each function on the data."""
    layer = Layer(tuple(f.weights for f in rows), tuple(f.constant for f in rows))
    (table,) = exact_sums(instance, piecewise, [layer])
    found = []
    for k, denominator in enumerate(table.denominators):
        column = [table.numerators[n, k] for n in range(table.rows)]
        found.append((fmpq(min(column), denominator), fmpq(max(column), denominator)))
    return found


def straight_network(
    instance: Instance, piecewise: PiecewiseAffine, piece: Piece, fits: Sequence[AffineFunction]
) -> list[Layer] | None:
    """A network that computes the fits, one for each output, with all pre-activations inside the piece.

    With an output bias the last hidden layer has as many units as the fits have independent slopes; without one, as
    many as the fits themselves, or one more where no fit serves as an offset. The layers below have one for each
    independent slope. Every layer has one unit at least.

    Args:
        piece: of slope 0 only for constant fits.

    Returns:
        None when the constants of the fits are out of reach: on a piece where sigma is 0, without an output bias.
    """
    if piece.slope == 0:
        return _flat_network(instance, piece, fits)
    biased = instance.architecture.output_bias
    find = _values_with_bias if biased else _values_without_bias
    values = find(instance, piecewise, image(piece), fits)
    states = [f.scaled(1 / piece.slope, -piece.intercept / piece.slope) for f in values]
    last = Layer(tuple(f.weights for f in states), tuple(f.constant for f in states))
    return [*carried(instance, piecewise, piece, last), _output_layer(values, fits, biased)]


def _flat_network(instance: Instance, piece: Piece, fits: Sequence[AffineFunction]) -> list[Layer] | None:
    """One unit a layer, all weights 0: sigma is constantly the intercept."""
    network, height = instance.architecture, piece.intercept
    if not network.output_bias and height == 0 and any(f.constant != 0 for f in fits):
        return None
    _, level = interior(piece).room_for(_ZERO, _ZERO)
    features = instance.inputs.columns
    hidden = [Layer(((_ZERO,) * (features if h == 0 else 1),), (level,)) for h in range(network.depth)]
    if network.output_bias:
        output = Layer(((_ZERO,),) * len(fits), tuple(f.constant for f in fits))
    else:
        weights = tuple((f.constant / height if height != 0 else _ZERO,) for f in fits)
        output = Layer(weights, (_ZERO,) * len(fits))
    return [*hidden, output]


def _values_with_bias(
    instance: Instance, piecewise: PiecewiseAffine, reach: Interval, fits: Sequence[AffineFunction]
) -> list[AffineFunction]:
    """Functions k + s f inside the interval for independent slopes f; constants are left to the output bias."""
    functions = [fits[o] for o in _independent([f.weights for f in fits])[0]] or [fits[0].scaled(_ZERO, _ZERO)]
    bounds = ranges(instance, piecewise, functions)
    return [f.scaled(*reach.room_for(*ends)) for f, ends in zip(functions, bounds, strict=True)]


def _values_without_bias(
    instance: Instance, piecewise: PiecewiseAffine, reach: Interval, fits: Sequence[AffineFunction]
) -> list[AffineFunction]:
    """Functions a + s f inside the interval for independent fits f, with an offset a that is a multiple of one of them
    if possible, else 0 if that is inside, else a constant, which then is one more function."""
    functions = [fits[o] for o in _independent([(*f.weights, f.constant) for f in fits])[0]]
    bounds = ranges(instance, piecewise, functions) if functions else []
    nothing = fits[0].scaled(_ZERO, _ZERO)
    own = _offset(bounds, reach)
    if own is not None:
        values = [functions[own[0]].scaled(own[1], _ZERO)]
    elif functions and reach.holds(_ZERO, _ZERO):
        values = []
    else:
        values = [nothing.scaled(_ZERO, reach.room_for(_ZERO, _ZERO)[1])]
    offset = values[0] if values else nothing
    (ends,) = ranges(instance, piecewise, [offset])
    for k, (f, bound) in enumerate(zip(functions, bounds, strict=True)):
        if own is None or k != own[0]:
            values.append(f.scaled(reach.factor_for(*ends, *bound), _ZERO).plus(offset))
    return values


def _output_layer(values: Sequence[AffineFunction], fits: Sequence[AffineFunction], biased: bool) -> Layer:
    """The output weights, and biases if there are any, with which the values add up to the fits."""
    constant = [AffineFunction((_ZERO,) * len(fits[0].weights), _ONE)] if biased else []
    known = [*values, *constant]
    pivots, shares = _independent([(*f.weights, f.constant) for f in (*known, *fits)])
    table = [[_ZERO] * (len(values) + 1) for _ in fits]
    for k, pivot in enumerate(pivots):
        for o, row in enumerate(table):
            row[pivot] = shares[k, len(known) + o]
    return Layer(tuple(tuple(row[:-1]) for row in table), tuple(row[-1] for row in table))


def _independent(rows: Sequence[Sequence[fmpq]]) -> tuple[list[int], fmpq_mat]:
    """The first independent rows, and R with row_o = sum_k R[k, o] row_{pivot k}."""
    matrix = fmpq_mat(len(rows[0]), len(rows), [row[j] for j in range(len(rows[0])) for row in rows])
    reduced, rank = matrix.rref()
    return [next(o for o in range(len(rows)) if reduced[k, o] != 0) for k in range(rank)], reduced


def _offset(bounds: Sequence[Range], reach: Interval) -> tuple[int, fmpq] | None:
    """A function and a factor, of either sign, that puts it inside the interval on all data."""
    for k, (least, most) in enumerate(bounds):
        for scale in _SCALES:
            for factor in (scale, -scale):
                low, high = sorted((factor * least, factor * most))
                if reach.holds(low, high):
                    return k, factor
    return None


def carried(instance: Instance, piecewise: PiecewiseAffine, piece: Piece, last: Layer) -> list[Layer]:
    """The hidden layers of a network whose last one has the pre-activations `last` of the inputs: at depth 1 itself;
    deeper, units inside the piece carry its independent slopes upwards.

    Args:
        piece: of non-zero slope.
    """
    depth = instance.architecture.depth
    if depth == 1:
        return [last]
    pivots, shares = _independent(last.weights)
    rows = [last.weights[i] for i in pivots] or [(_ZERO,) * instance.inputs.columns]
    functions = [AffineFunction(row, _ZERO) for row in rows]
    room = [interior(piece).room_for(*bounds) for bounds in ranges(instance, piecewise, functions)]
    first = Layer(
        tuple(f.scaled(s, _ZERO).weights for f, (s, _) in zip(functions, room, strict=True)),
        tuple(level for _, level in room),
    )
    size, back = len(rows), -piece.intercept / piece.slope  # z = (sigma(z) - intercept) / slope
    passing = Layer(
        tuple(tuple(1 / piece.slope if i == k else _ZERO for k in range(size)) for i in range(size)), (back,) * size
    )
    weights, biases = [], []
    for i, bias in enumerate(last.biases):
        row = [shares[k, i] / (piece.slope * s) if pivots else _ZERO for k, (s, _) in enumerate(room)]
        weights.append(tuple(row))
        biases.append(bias - sum((w * piece.value(level) for w, (_, level) in zip(row, room, strict=True)), _ZERO))
    return [first, *[passing] * (depth - 2), Layer(tuple(weights), tuple(biases))]
