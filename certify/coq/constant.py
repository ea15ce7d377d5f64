"""The theorems of a constant point: the minimum, its regions, the better network."""

from __future__ import annotations

from collections.abc import Iterator

from flint import arb, fmpq

from certify.coq import terms
from certify.coq.pieces import Piece, computation, definition, theorem
from certify.errors import UsageError
from proofs.balls import precision
from proofs.certificate import Certificate
from proofs.document import Reader
from proofs.instance import Instance
from proofs.layers import hidden_widths, read_layers
from proofs.lemmas.constant_point import ConstantPoint

# Activations of the catalogue, and the names that the library has for them.
COVERED = {
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "softplus": "softplus",
    "arctan": "arctan",
    "exp": "exponential",
    "silu": "silu",
    "square": "square",
    "sin": "sine",
    "cos": "cosine",
    "gaussian": "gaussian",
    "sinh": "sinh",
    "cosh": "cosh",
}
RUNGS = 16
BITS = 128


def constant_theorems(instance: Instance, certificate: Certificate, point: ConstantPoint) -> list[Piece]:
    """What the Coq file of a constant point says.

    Raises:
        UsageError: an activation, or a network, that the library does not cover.
    """
    with precision(BITS):
        return list(_Constant(instance, certificate, point).pieces())


class _Constant:
    """One constant point, and the terms that several theorems share."""

    def __init__(self, instance: Instance, certificate: Certificate, point: ConstantPoint) -> None:
        _demand_covered(instance, point)
        self.instance, self.point = instance, point
        self.arguments = {step.lemma: step.arguments for step in certificate.steps}
        self.activation = COVERED[instance.architecture.activation.name]
        self.sign = point.weight_signs[0]
        self.incoming = [1 if scale > 0 else -1 for scale in point.scales]
        self.known = f"smooth_{self.activation}"
        self.inputs = instance.inputs.columns

    @property
    def constant_network(self) -> str:
        level = terms.number(self.point.levels[0])
        stages = terms.listed(
            f"Stage {terms.sign(s)} (real_number {terms.number(level)})"
            for s, level in zip(self.incoming, self.point.levels[1:], strict=True)
        )
        c = terms.argument(self.point.constants[0])
        return (
            f"constant_network {self.activation} (real_number {level}) {stages} (Q2R {c}) {terms.sign(self.sign)} net"
        )

    def pieces(self) -> Iterator[Piece]:
        yield definition("rows", "list row", terms.rows(self.instance), "The data: inputs and target of each sample.")
        local: list[str] = []
        if "jensen-region/1" in self.arguments:
            yield from self._jensen(self.arguments["jensen-region/1"])
            local.append("jensen_minimum")
        if "interval-region/1" in self.arguments and len(self.point.levels) == 1:
            yield from self._box(self.arguments["interval-region/1"].rational("radius"))
            local.append("box_minimum")
        if not local:
            raise UsageError(
                "the Coq library needs a Jensen region, or one hidden layer and a box; the certificate has neither"
            )
        if "better-point/1" in self.arguments:
            yield from self._bad(self.arguments["better-point/1"], local[0])

    def _box(self, radius: fmpq) -> Iterator[Piece]:
        level, c, sign = self.point.levels[0], self.point.constants[0], terms.sign(self.sign)
        yield definition(
            "rungs",
            "list rung",
            terms.listed(self._rungs(radius), "  "),
            "Bounds of the second derivative for samples of several sizes.",
        )
        arguments = f"{self.inputs} {terms.bracket(level)} {terms.argument(c)} {sign} {terms.argument(radius)} rungs"
        yield computation(
            "box_computed", f"box_check (second_of {self.known}) (third_of {self.known}) rows {arguments}"
        )
        applied = f"{self.activation} {self.known} rows {arguments} box_computed"
        box = f"box (Q2R {terms.argument(radius)}) (real_number {terms.number(level)}) {sign} net'"
        yield theorem(
            "nothing_lower_in_the_box",
            f"forall net net', {self.constant_network} -> {box} ->\n"
            f"    loss {self.activation} (data_of rows) net <= loss {self.activation} (data_of rows) net'",
            f"box_checked {applied}",
            "In a box of every width nothing is lower than the constant network.",
        )
        yield self._minimum("box_minimum", f"box_minimum_checked {applied}")

    def _minimum(self, name: str, proof: str) -> Piece:
        return theorem(
            name,
            f"forall net, {self.constant_network} -> local_minimum {self.activation} (data_of rows) net",
            proof,
            "Every such constant network, of every width, is a local minimum.",
        )

    def _rungs(self, radius: fmpq) -> Iterator[str]:
        """Sizes |x|_1 that the samples with a residual have, and bounds of sigma'' for each."""
        table, activation = self.instance.inputs, self.instance.architecture.activation
        sizes = sorted(
            {
                sum((abs(v) for v in table.row(n)), fmpq(0))
                for n in range(table.rows)
                if self.instance.targets.entry(n, 0) != self.point.constants[0]
            }
        )
        step = max(1, -(-len(sizes) // RUNGS))
        below, above = terms.bounds(self.point.levels[0])
        for size in sizes[step - 1 :: step] + ([] if len(sizes) % step == 0 else [sizes[-1]]):
            spread = radius * (1 + size)
            second = activation.derivatives_over(below - spread, above + spread)[1]
            least, greatest = terms.outward(second, _unit_below(second))
            yield f"Rung {terms.argument(size)} {terms.argument(least)} {terms.argument(greatest)}"

    def _jensen(self, arguments: Reader) -> Iterator[Piece]:
        scale = arguments.rationals("output_scales")[0]
        gaps = terms.listed((_gap(item, abs(scale)) for item in arguments.sections("gaps")), "  ")
        e = 1 if scale > 0 else -1
        yield definition(
            "gaps", "list rational_gap", gaps, "The residual's Jensen gaps: size, centre, vertices with shares."
        )
        layers, k = self._bends(arguments, e * self.sign)
        first, above = layers[0], terms.listed(layers[1:])
        data = f"rows {terms.argument(self.point.constants[0])} {terms.sign(self.sign)} gaps {terms.sign(k)} {terms.sign(e)} {first} {above}"
        yield computation(
            "jensen_computed",
            f"jensen_check (first_of {self.known}) (second_of {self.known}) (third_of {self.known}) {data}",
        )
        applied = f"{self.activation} {self.known} {data} jensen_computed"
        intervals = [
            (i.optional_rational("lower"), i.optional_rational("upper")) for i in arguments.sections("intervals")
        ]
        ranges = [f"(real_range {terms.maybe(lower)} {terms.maybe(upper)})" for lower, upper in intervals]
        bends = terms.listed(
            f"Bend {terms.sign(s)} {terms.sign(slope)} {interval}"
            for s, slope, interval in zip(self.incoming, self._slopes(intervals), ranges[1:], strict=True)
        )
        region = (
            f"jensen_region {self.activation} {ranges[0]} {bends} {terms.sign(self.sign)}\n"
            "      (flat_map points (map (real_gap rows) gaps)) net'"
        )
        yield theorem(
            "nothing_lower_in_the_jensen_region",
            f"forall net net', {self.constant_network} ->\n    {region} ->\n"
            f"    loss {self.activation} (data_of rows) net <= loss {self.activation} (data_of rows) net'",
            f"jensen_checked {applied}",
            "While the preactivations of these samples stay in the intervals, and weights keep their signs, nothing is lower.",
        )
        yield self._minimum("jensen_minimum", f"jensen_minimum_checked {applied}")

    def _slopes(self, intervals: list[tuple[fmpq | None, fmpq | None]]) -> list[int]:
        """+1 or -1 for each layer above the first, as sigma increases or decreases on its interval."""
        activation = self.instance.architecture.activation
        shapes = [activation.shape_on(lower, upper) for lower, upper in intervals[1:]]
        return [shape.slope if shape is not None and shape.slope else 1 for shape in shapes]

    def _bends(self, arguments: Reader, last: int) -> tuple[list[str], int]:
        """The layers with their intervals, and the direction (1 convex, -1 concave) of the first one."""
        intervals = [
            (i.optional_rational("lower"), i.optional_rational("upper")) for i in arguments.sections("intervals")
        ]
        slopes = self._slopes(intervals)
        k = last
        for s, slope in zip(self.incoming, slopes, strict=True):
            k *= s * slope
        layers = [
            f"(JLayer {terms.sign(s)} {terms.bracket(level)} {terms.sign(slope)} {terms.maybe(lower)} {terms.maybe(upper)})"
            for s, level, slope, (lower, upper) in zip(
                [1, *self.incoming], self.point.levels, [1, *slopes], intervals, strict=True
            )
        ]
        return layers, k

    def _bad(self, arguments: Reader, minimum: str) -> Iterator[Piece]:
        layers = read_layers(self.instance, arguments)
        yield definition("better", "rational_network", terms.network(layers), "A network with a smaller loss.")
        high, low = self.point.loss, self.point.loss - arguments.rational("gap")
        widths = terms.listed(f"{w}%nat" for w in hidden_widths(layers))
        biased = "true" if self.instance.architecture.output_bias else "false"
        stages = terms.listed(
            f"({terms.sign(s)}%Z, {terms.bracket(level)})"
            for s, level in zip(self.incoming, self.point.levels[1:], strict=True)
        )
        value = f"(value_of {self.known})"
        data = (
            f"{value} rows {self.inputs} {biased} {terms.bracket(self.point.levels[0])} {stages} "
            f"{terms.argument(self.point.constants[0])} {terms.sign(self.sign)} {widths} {terms.argument(high)} {terms.argument(low)} better"
        )
        yield computation("point_computed", f"point_check {data}")
        yield theorem(
            "bad_local_minimum_of_every_width",
            f"forall widths, at_least widths {widths} ->\n    bad_local_minimum {self.activation} (data_of rows) {self.inputs} {biased} "
            f"widths (Q2R {terms.argument(high)}) (Q2R {terms.argument(low)})",
            f"bad_local_minimum_checked {self.activation} {data}\n    (value_correct {self.known}) point_computed {minimum}",
            "Every network at least this wide has a local minimum with the first loss, and parameters with at most the second.",
        )


def _gap(item: Reader, scale: fmpq) -> str:
    vertices = terms.listed(
        f"({terms.rational(share)}, {n}%nat)"
        for share, n in zip(item.rationals("coefficients"), item.integers("vertices"), strict=True)
    )
    return f"QGap {terms.argument(item.rational('weight') * scale)} {item.integer('centre')} {vertices}"


def _unit_below(ball: arb) -> fmpq:
    """A power of ten at most a thousandth of the ball's largest number, which loses little and keeps numbers short."""
    return next(
        unit
        for unit in (fmpq(1, 10**e) for e in range(1, 30))
        if unit.q == 10**29 or 1000 * arb(unit) < abs(ball).upper()
    )


def _demand_covered(instance: Instance, point: ConstantPoint) -> None:
    network = instance.architecture
    if network.activation.name not in COVERED:
        raise UsageError(f"the Coq library does not cover {network.activation.name}; it covers {', '.join(COVERED)}")
    if network.outputs != 1:
        raise UsageError(f"the Coq library covers one output, not {network.outputs}")
    if len(point.basis) != instance.inputs.columns:
        raise UsageError("the Coq library does not cover dependent features; leave them out with --features")
    if point.weight_signs[0] == 0:
        raise UsageError("the Coq library does not cover last weights whose sum is zero")
