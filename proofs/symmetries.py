"""Symmetries of a network: families of maps of its parameters, near a point, that leave its outputs on the data as
they are, or shift them in a way that the loss does not notice. docs/mathematics.md, section 25, proves what each kind
needs and gives its tangent vector.

Layers are counted 1, .., H, the output layer being H + 1; units, inputs and targets (the units of the next layer) from
0; input d of a unit with d incoming weights is its bias.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from flint import arb, arb_mat, fmpq

from proofs.activations import Flat
from proofs.affine_parts import AffineParts
from proofs.balls import Sign, sign
from proofs.document import Reader
from proofs.exact import Malformed
from proofs.full_network import NetworkValues, Shape
from proofs.instance import Instance
from proofs.kernel import Rejected, Undecided
from proofs.krawczyk import midpoint_inverse
from proofs.losses import CrossEntropy

DEGREES = {"square": 2, "cube": 3, "relu_squared": 2}
"""sigma(c z) = c^k sigma(z) for c > 0: the k of each row of the catalogue with `Flat.SCALE`."""

Tangent = dict[int, arb]
"""A vector over the parameters, by their numbers; 0 where nothing is listed."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A symmetry as a certificate states it.

    Attributes:
        places: its integers: layer, unit, other, input, target, state, as far as the kind has them.
        fixes: the number of the parameter that it holds fixed.
        units: of an exchange.
        vectors: of an exchange for each of its units, and of a dependency the only one: a number for each incoming
            weight and the bias.
    """

    kind: str
    places: Mapping[str, int]
    fixes: int
    units: tuple[int, ...] = ()
    vectors: tuple[tuple[fmpq, ...], ...] = ()

    @property
    def layer(self) -> int:
        """Dependencies are about the first one; for softmax it does not matter."""
        return self.places.get("layer", 1)


@dataclass(frozen=True, slots=True, eq=False)
class Symmetry:
    """A symmetry at an enclosed point.

    Attributes:
        tangent: an enclosure of its tangent vector there.
        margin: no pre-activation of its units is nearer than this to a kink on any sample; None where it does not rest
            on pieces.
    """

    stated: Stated
    tangent: Tangent
    margin: fmpq | None


def read_symmetries(shape: Shape, items: Sequence[Reader]) -> tuple[Stated, ...]:
    """The stated symmetries.

    Raises:
        Malformed: an unknown kind.
        Rejected: CR05, a place that does not exist, a parameter fixed twice, or none left that is free.
    """
    found = []
    for item in items:
        kind = item.text("kind")
        if kind not in KINDS:
            raise Malformed(item.place("kind"), f"unknown symmetry {kind[:40]!r}; known: {', '.join(KINDS)}")
        places = {name: item.integer(name) for name in KINDS[kind][0]}
        units: tuple[int, ...] = ()
        vectors: tuple[tuple[fmpq, ...], ...] = ()
        if kind == "exchange":
            units, vectors = item.integers("units"), item.matrix("vectors")
        if kind == "dependency":
            vectors = (item.rationals("vector"),)
        found.append(Stated(kind, places, item.integer("fixes"), units, vectors))
        item.finish()
        _demand_places(shape, found[-1])
    fixed = {stated.fixes for stated in found}
    if len(fixed) < len(found) or not all(0 <= k < shape.parameters for k in fixed):
        raise Rejected("CR05", "the symmetries do not fix different parameters of the network")
    if len(fixed) == shape.parameters:
        raise Rejected("CR05", "no parameter is left free")
    return tuple(found)


def _demand_places(shape: Shape, stated: Stated) -> None:
    layer = stated.layer
    if not 1 <= layer <= shape.hidden:
        raise Rejected("CR05", f"there is no hidden layer {layer}")
    below, units, above = shape.sizes[layer - 1 : layer + 2]
    states = shape.sizes[shape.hidden] + shape.output_bias
    ends = {"layer": layer + 1, "unit": units, "other": units, "input": below + 1, "target": above, "state": states}
    for name, number in [*stated.places.items(), *(("unit", unit) for unit in stated.units)]:
        if not 0 <= number < ends[name]:
            raise Rejected("CR05", f"layer {layer} of the network has no {name} {number}")
    if "other" in stated.places and stated.places["other"] == stated.places["unit"]:
        raise Rejected("CR05", "the two units are the same")
    if stated.kind == "exchange" and (
        not stated.units or len(set(stated.units)) < len(stated.units) or len(stated.vectors) != len(stated.units)
    ):
        raise Rejected("CR05", "expected different units, and a vector for each")
    if any(len(vector) != below + 1 for vector in stated.vectors):
        raise Rejected("CR05", f"expected vectors of {below + 1} numbers, for the incoming weights and the bias")


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """The network near the enclosed point; all its questions are about some unit of some hidden layer.

    Attributes:
        placed: the units whose samples have been placed on pieces.
    """

    instance: Instance
    values: NetworkValues
    placed: dict[tuple[int, int], AffineParts] = field(default_factory=dict)

    @property
    def shape(self) -> Shape:
        return self.values.shape

    def symmetry(self, stated: Stated) -> Symmetry:
        """With its tangent vector.

        Raises:
            Rejected, Undecided: CR06, or CR08 if its units are not where it needs them: it is certainly none, or not
                certainly one. CR09 if it moves a parameter that decays.
        """
        tangent, margin = KINDS[stated.kind][1](self, stated)
        if not all(self.values.rates[k] == 0 for k in tangent):
            raise Rejected("CR09", f"the {stated.kind} moves a parameter that decays, which changes the loss")
        return Symmetry(stated, tangent, margin)

    def row(self, layer: int, unit: int) -> list[tuple[int, arb]]:
        """The incoming weights and the bias, with their numbers."""
        entries = self.values.rows[layer - 1][unit]
        return [(self.shape.number(layer, unit, k), entry) for k, entry in enumerate(entries)]

    def outgoing(self, layer: int, unit: int) -> list[tuple[int, arb]]:
        """The outgoing weights, with their numbers."""
        rows = self.values.rows[layer]
        return [(self.shape.number(layer + 1, target, unit), row[unit]) for target, row in enumerate(rows)]

    def absorbed(self, layer: int, amounts: Sequence[arb]) -> Tangent:
        """The changes of the biases of the next layer.

        Raises:
            Rejected: CR06, it has none.
        """
        if layer == self.shape.hidden and not self.shape.output_bias:
            raise Rejected("CR06", f"the outputs have no biases to absorb what the symmetry of layer {layer} adds")
        inputs = self.shape.sizes[layer]
        return {self.shape.number(layer + 1, target, inputs): amount for target, amount in enumerate(amounts)}

    def parts(self, layer: int, unit: int) -> AffineParts:
        """The pieces of sigma on which the samples lie; raises as `AffineParts.of`."""
        if (layer, unit) not in self.placed:
            weights = arb_mat([[entry] for entry in self.values.rows[layer - 1][unit]])
            sums = (self.values.below(layer - 1) * weights).entries()
            parts = AffineParts.of(self.instance.architecture.activation, sums, f"unit {unit} of layer {layer}")
            self.placed[layer, unit] = parts
        return self.placed[layer, unit]

    def inputs(self, sample: int) -> list[fmpq]:
        """(x_n, 1)."""
        return [*self.instance.inputs.row(sample), fmpq(1)]

    def product(self, vector: Sequence[fmpq], sample: int) -> fmpq:
        """The product of a vector with (x_n, 1)."""
        return sum((a * x for a, x in zip(vector, self.inputs(sample), strict=True)), fmpq(0))

    def is_below_dead(self, layer: int) -> bool:
        """Whether all units of some hidden layer above are certainly dead, so that the outputs are constant."""
        above = range(layer + 1, self.shape.hidden + 1)
        return any(all(self.is_dead(h, k) for k in range(self.shape.sizes[h])) for h in above)

    def is_dead(self, layer: int, unit: int) -> bool:
        """Whether the slope of a hidden unit is certainly 0 at all samples."""
        try:
            return self.parts(layer, unit).are_flat
        except (Rejected, Undecided):
            return False


Found = tuple[Tangent, fmpq | None]


def _scaling(near: Near, stated: Stated) -> Found:
    layer, unit = stated.layer, stated.places["unit"]
    activation = near.instance.architecture.activation
    margin = None
    degree, place, level = 1, fmpq(0), fmpq(0)
    if activation.flat is Flat.SCALE:
        degree = DEGREES[activation.name]
    else:
        parts = near.parts(layer, unit)
        margin = parts.margin
        place, level = parts.meeting_point()
    row, outgoing = near.row(layer, unit), near.outgoing(layer, unit)
    tangent = dict(row)
    tangent[row[-1][0]] -= arb(place)
    tangent |= {k: -degree * v for k, v in outgoing}
    if level != 0:
        tangent |= near.absorbed(layer, [arb(level) * v for _, v in outgoing])
    return tangent, margin


def _shift(near: Near, stated: Stated) -> Found:
    layer, unit = stated.layer, stated.places["unit"]
    outgoing = near.outgoing(layer, unit)
    tangent = {near.row(layer, unit)[-1][0]: arb(1)}
    if near.instance.architecture.activation.flat is Flat.SHIFT:
        return tangent | {k: -v for k, v in outgoing}, None
    parts = near.parts(layer, unit)
    slope, _ = parts.only_line()
    return tangent | near.absorbed(layer, [-arb(slope) * v for _, v in outgoing]), parts.margin


def _mix(near: Near, stated: Stated) -> Found:
    layer, unit, other = stated.layer, stated.places["unit"], stated.places["other"]
    mine, its = near.parts(layer, unit), near.parts(layer, other)
    pairs = [(a, b) for (a, _), (b, _) in zip(mine.lines, its.lines, strict=True) if a != 0 or b != 0]
    ratios = {a / b if b != 0 else None for a, b in pairs}
    levels = {level for _, level in its.lines}
    if len(ratios) != 1 or None in ratios or len(levels) != 1:
        raise Rejected("CR06", f"the slopes of units {unit} and {other} of layer {layer} are not in one ratio")
    (ratio,), (level,) = ratios, levels
    shares = [arb(ratio) * v for _, v in near.outgoing(layer, unit)]
    rows = zip(near.row(layer, unit), near.row(layer, other), strict=True)
    tangent = {k: entry for (k, _), (_, entry) in rows}
    tangent |= {k: -share for (k, _), share in zip(near.outgoing(layer, other), shares, strict=True)}
    if level != 0:
        tangent |= near.absorbed(layer, [arb(level) * share for share in shares])
    return tangent, min(mine.margin, its.margin)


def _exchange(near: Near, stated: Stated) -> Found:
    layer = stated.layer
    parts = [near.parts(layer, unit) for unit in stated.units]
    targets = list(range(near.shape.sizes[layer + 1]))
    if layer < near.shape.hidden:
        targets = [k for k in targets if not near.is_dead(layer + 1, k)]
    if len(targets) != 1:
        raise Rejected("CR06", f"{len(targets)} units above layer {layer} are not certainly dead; expected one")
    rises = {_rise(near, stated, [part.lines[n][0] for part in parts], n) for n in range(near.instance.samples)}
    if len(rises) != 1:
        raise Rejected("CR06", f"the exchange between units of layer {layer} changes more than a constant")
    (rise,) = rises
    top = near.values.rows[layer][targets[0]]
    for unit in stated.units:  # even where the fixed parameters would not tell of a quotient that does not exist
        if sign(top[unit]) is Sign.UNKNOWN:
            raise Undecided(
                "CR06", f"the outgoing weight of unit {unit} of layer {layer} is not certainly different from 0"
            )
    tangent = {
        k: arb(entry) / top[unit]
        for unit, vector in zip(stated.units, stated.vectors, strict=True)
        for (k, _), entry in zip(near.row(layer, unit), vector, strict=True)
    }
    if rise != 0:
        changes = [arb(-rise if k == targets[0] else 0) for k in range(near.shape.sizes[layer + 1])]
        tangent |= near.absorbed(layer, changes)
    return tangent, min(part.margin for part in parts)


def _rise(near: Near, exchange: Stated, slopes: Sequence[fmpq], sample: int) -> fmpq:
    """What an exchange adds to the unit above at a sample; above the first layer it must not depend on the states."""
    if exchange.layer == 1:
        products = (near.product(vector, sample) for vector in exchange.vectors)
        return sum((a * p for a, p in zip(slopes, products, strict=True)), fmpq(0))
    entries = zip(*exchange.vectors, strict=True)
    *factors, rise = (sum((a * e for a, e in zip(slopes, column, strict=True)), fmpq(0)) for column in entries)
    if any(factor != 0 for factor in factors):
        raise Rejected("CR06", f"the exchange between units of layer {exchange.layer} is not 0 at sample {sample}")
    return rise


def _dead(near: Near, stated: Stated) -> Found:
    layer, unit = stated.layer, stated.places["unit"]
    tangent = {near.shape.number(layer, unit, stated.places["input"]): arb(1)}
    if near.is_below_dead(layer):
        return tangent, None
    parts = near.parts(layer, unit)
    if not parts.are_flat:
        raise Rejected("CR06", f"unit {unit} of layer {layer} is not dead on the data")
    return tangent, parts.margin


def _dead_outgoing(near: Near, stated: Stated) -> Found:
    layer, unit, target = stated.layer, stated.places["unit"], stated.places["target"]
    parts = near.parts(layer, unit)
    slope, level = parts.only_line()
    if slope != 0:
        raise Rejected("CR06", f"unit {unit} of layer {layer} is not dead on the data")
    tangent = {near.shape.number(layer + 1, target, unit): arb(1)}
    if level != 0:
        changes = [arb(-level if k == target else 0) for k in range(near.shape.sizes[layer + 1])]
        tangent |= near.absorbed(layer, changes)
    return tangent, parts.margin


def _dependency(near: Near, stated: Stated) -> Found:
    unit, (vector,) = stated.places["unit"], stated.vectors
    moving = [n for n in range(near.instance.samples) if near.product(vector, n) != 0]
    margin = None
    if moving:
        parts = near.parts(1, unit)
        margin = parts.margin
        for n in moving:
            if parts.lines[n][0] != 0:
                raise Rejected("CR06", f"the dependency is false for sample {n}, where unit {unit} is not dead")
    return {k: arb(a) for (k, _), a in zip(near.row(1, unit), vector, strict=True)}, margin


def _softmax(near: Near, stated: Stated) -> Found:
    if not isinstance(near.instance.loss, CrossEntropy):
        raise Rejected("CR06", "the loss is not the cross-entropy")
    last, state = near.shape.hidden + 1, stated.places["state"]
    return {near.shape.number(last, target, state): arb(1) for target in range(near.shape.sizes[last])}, None


KINDS: dict[str, tuple[tuple[str, ...], Callable[[Near, Stated], Found]]] = {
    "scaling": (("layer", "unit"), _scaling),
    "shift": (("layer", "unit"), _shift),
    "mix": (("layer", "unit", "other"), _mix),
    "exchange": (("layer",), _exchange),
    "dead": (("layer", "unit", "input"), _dead),
    "dead-outgoing": (("layer", "unit", "target"), _dead_outgoing),
    "dependency": (("unit",), _dependency),
    "softmax": (("state",), _softmax),
}
"""For each kind the integers that it states, and its tangent vector with its margin."""


def demand_transversal(symmetries: Sequence[Symmetry]) -> None:
    """The orbit crosses the slice of the fixed parameters: the matrix G_S is nonsingular.

    With an approximate inverse P, |1 - P G_S| < 1 in the norm of the row sums of absolute values.

    Raises:
        Undecided: CR07, this is not certain.
    """
    if not symmetries:
        return
    fixed = [symmetry.stated.fixes for symmetry in symmetries]
    matrix = arb_mat([[symmetry.tangent.get(k, arb(0)) for symmetry in symmetries] for k in fixed])
    inverse = midpoint_inverse(matrix)
    rows = [] if inverse is None else (inverse * matrix).tolist()
    sums = [sum((abs(arb(int(i == j)) - z) for j, z in enumerate(row)), arb(0)) for i, row in enumerate(rows)]
    if not sums or not all(sign(1 - total) is Sign.POSITIVE for total in sums):
        raise Undecided(
            "CR07", "the fixed parameters do not certainly follow all symmetries (some depend on others, or one is 0)"
        )
