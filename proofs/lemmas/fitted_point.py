"""fitted-point/1: a network of width one (a chain) with exactly one critical point in a box, for every target vector
near the instance's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb, arb_mat, fmpq

from proofs.balls import Sign, hull, is_bounded, lower_bound, sign, upper_bound
from proofs.basis import read_basis
from proofs.chain import ChainValues, Directions, directions, evaluate, half_hessian, homogeneous_inputs
from proofs.document import Reader
from proofs.exact import show_above
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided
from proofs.krawczyk import krawczyk, midpoint_inverse


@dataclass(frozen=True, slots=True, eq=False)
class FittedPoint:
    """For every target vector Y with |Y - Y_0| <= target_radius in each entry, exactly one critical point of the
    chain's loss among the parameters centre + frame q, |q| <= radii; it lies within |q| <= reaches.

    Attributes:
        centre: the rational parameters, in the order of proofs/chain.py.
        frame: a matrix, certainly of full rank; square, but for activations with a flat direction, where its columns
            span the parameters with s_2, .., s_H and V fixed.
        ratios: e_1 = 1, .., e_m with y_o = e_o y; everything below but the loss is about the first output.
        target_radius: r >= 0.
        basis: features that are affinely independent generators of all features; the chain uses these alone.
        spreads: for each parameter, how far the critical points can be from the centre.
        values: the chain, enclosed over |q| <= reaches.
        along: its derivatives along the frame, over the same set.
        residual: D_n, half the derivative of the loss in T_n, enclosed over the same set and all Y.
        weights: half the second derivatives, likewise.
        loss: bounds of E* over all Y.
    """

    centre: tuple[fmpq, ...]
    frame: arb_mat
    ratios: tuple[fmpq, ...]
    radii: tuple[fmpq, ...]
    reaches: tuple[fmpq, ...]
    target_radius: fmpq
    basis: tuple[int, ...]
    spreads: tuple[fmpq, ...]
    values: ChainValues
    along: Directions
    residual: list[arb]
    weights: list[arb]
    loss: tuple[fmpq, fmpq]

    @property
    def share(self) -> fmpq:
        """|e|^2, the loss of all outputs over the loss of the first one."""
        return _squared_length(self.ratios)


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    network = instance.architecture
    ratios = _read_ratios(instance, arguments)
    basis = read_basis(instance, arguments)
    centre = _read_chain(instance, basis, arguments)
    rows = _read_frame(instance, basis, len(centre), arguments)
    radii, size = arguments.rationals("radii"), len(rows[0])
    if len(radii) != size or not all(r > 0 for r in radii):
        raise Rejected("FP02", f"expected {size} positive radii, one for each direction of the frame")
    target_radius = arguments.rational("target_radius")
    if target_radius < 0:
        raise Rejected("FP03", "the radius of the targets is negative")
    frame = arb_mat([[arb(entry) for entry in row] for row in rows])
    inputs = homogeneous_inputs(instance, basis)

    for y in instance.targets.column(0):
        if not (
            instance.loss_of_an_output.allows(y - target_radius)
            and instance.loss_of_an_output.allows(y + target_radius)
        ):
            raise Rejected("FP03", f"targets that the loss {instance.loss.name} does not allow")
    targets = target_balls(instance, target_radius)

    def over(radii: Sequence[fmpq]) -> tuple[ChainValues, Directions, list[arb], list[arb]]:
        box = [hull(-r, r) for r in radii]
        values = evaluate(network.activation, inputs, network.depth, [arb(c) for c in centre], frame, box)
        pairs = list(zip(values.outputs, targets, strict=True))
        residual = [instance.loss_of_an_output.residual(t, y) for t, y in pairs]
        return (
            values,
            directions(values, inputs, frame),
            residual,
            [instance.loss_of_an_output.curvature(t, y) for t, y in pairs],
        )

    values, along, residual, weights = over(radii)
    hessian = half_hessian(values, along, residual, weights)
    _, at_centre, distance, _ = over([fmpq(0)] * size)
    reaches = _reaches(at_centre, distance, hessian, radii)
    values, along, residual, weights = over(reaches)
    _demand_live(values)
    loss = sum((instance.loss_of_an_output.value(t, y) for t, y in zip(values.outputs, targets, strict=True)), arb(0))
    if len(ratios) > 1:
        loss *= _squared_length(ratios)
    if not is_bounded(loss):
        raise Undecided("FP04", "the loss is not bounded")
    bounds = lower_bound(loss), upper_bound(loss)
    spreads = tuple(upper_bound(abs(s)) for s in (frame * arb_mat(size, 1, [hull(-r, r) for r in reaches])).entries())
    return Conclusion(
        FittedPoint(
            centre,
            frame,
            ratios,
            radii,
            reaches,
            target_radius,
            basis,
            spreads,
            values,
            along,
            residual,
            weights,
            bounds,
        ),
        f"one critical chain within {show_above(max(spreads))}, for all targets within {target_radius}",
        f"Krawczyk's image is {show_above(max(k / r for k, r in zip(reaches, radii, strict=True)))} of its box",
    )


def _squared_length(vector: Sequence[fmpq]) -> fmpq:
    """The sum of the squares of the entries."""
    return sum((v * v for v in vector), fmpq(0))


def _read_ratios(instance: Instance, arguments: Reader) -> tuple[fmpq, ...]:
    """e_1 = 1, .., e_m with y_o = e_o y_1 at every sample; they are given for several outputs only."""
    outputs = instance.architecture.outputs
    if outputs == 0:
        raise Rejected("FP01", "this instance has no targets")
    if outputs == 1:
        return (fmpq(1),)
    ratios = arguments.rationals("ratios")
    if instance.loss.name != "squared" or len(ratios) != outputs or ratios[0] != 1:
        raise Rejected("FP01", "expected the squared loss and a ratio for each output, the first of them 1")
    for n in range(instance.samples):
        first, *others = instance.targets.row(n)
        if any(y != e * first for y, e in zip(others, ratios[1:], strict=True)):
            raise Rejected("FP01", f"the targets of sample {n} are not in these ratios")
    return ratios


def _read_frame(
    instance: Instance, basis: tuple[int, ...], size: int, arguments: Reader
) -> tuple[tuple[fmpq, ...], ...]:
    """The frame's rows, one for each parameter. With a flat direction the factors s_2, .., s_H and V stay fixed."""
    rows = arguments.matrix("frame")
    depth = instance.architecture.depth
    factors = range(len(basis) + 1, size, 2) if instance.architecture.activation.flat else range(0)
    columns = size - (depth if factors else 0)
    if len(rows) != size or any(len(row) != columns for row in rows):
        raise Rejected("FP02", f"expected a frame of {size} rows and {columns} columns")
    if any(entry != 0 for k in factors for entry in rows[k]):
        raise Rejected("FP02", "the frame moves a scale or the output weight, on a flat direction of this activation")
    return rows


def _read_chain(instance: Instance, basis: tuple[int, ...], arguments: Reader) -> tuple[fmpq, ...]:
    """The centre of the box, in the order w, b_1, s_2, b_2, .., V (, beta)."""
    network = instance.architecture
    chain = arguments.section("chain")
    weights, biases, scales = (chain.rationals(key) for key in ("weights", "biases", "scales"))
    top = [chain.rational("output_weight")]
    if network.output_bias:
        top.append(chain.rational("output_bias"))
    chain.finish()
    if len(weights) != len(basis) or len(biases) != network.depth or len(scales) != network.depth - 1:
        raise Rejected("FP02", f"the chain needs {len(basis)} weights, and one bias and scale (but the first) a layer")
    middle = [value for pair in zip(scales, biases[1:], strict=True) for value in pair]
    return (*weights, biases[0], *middle, *top)


def target_balls(instance: Instance, radius: fmpq) -> list[arb]:
    """y_n +- radius for each sample."""
    spread = hull(-radius, radius)
    return [arb(instance.targets.entry(n, 0)) + spread for n in range(instance.samples)]


def _reaches(along: Directions, residual: Sequence[arb], hessian: arb_mat, radii: Sequence[fmpq]) -> tuple[fmpq, ...]:
    """How far the critical points can be from the centre: Krawczyk's image of the box, for all targets at once."""
    inverse = midpoint_inverse(hessian)
    if inverse is None:
        raise Undecided("FP05", "the chain's Hessian has no inverse at the midpoint (flat or kinked there?)")
    # P F(c) as (P dT/dq^T) D: the sum over samples of |.| times the radius of the targets, no more.
    steps = (inverse * along.outputs.transpose()) * arb_mat(len(residual), 1, list(residual))
    image = krawczyk(inverse, steps.entries(), hessian, radii)
    if not all(map(is_bounded, image)):
        raise Undecided("FP05", "Krawczyk's operator is not bounded on the box (a kink?)")
    if any(lower_bound(abs(k)) > r for k, r in zip(image, radii, strict=True)):
        raise Rejected("FP05", "the chain has no critical point in the box")
    reaches = tuple(upper_bound(abs(k)) for k in image)
    if not all(reach < r for reach, r in zip(reaches, radii, strict=True)):
        raise Undecided("FP05", "Krawczyk's operator does not map the box into its interior")
    return reaches


def _demand_live(values: ChainValues) -> None:
    """No scale and no last weight may vanish: the spaces of the theorems are those of the tangents."""
    for h, layer in enumerate(values.layers):
        if sign(layer.scale) is Sign.UNKNOWN:
            raise Undecided("FP06", f"the scale of layer {h + 1} may be zero")
    if sign(values.weight) is Sign.UNKNOWN:
        raise Undecided("FP06", "the output weight may be zero")


LEMMA = Lemma(
    name="fitted-point/1",
    title="critical chain",
    statement=(
        "A chain is the network with every width 1: z_1 = w.x + b_1, z_h = s_h σ(z_{h-1}) + b_h, T = V σ(z_H). Let "
        "Krawczyk's operator of its loss gradient map the stated box of parameters c + B q into its interior, for all "
        "targets within r of the instance's at once. Then for each such Y the chain has exactly one critical point "
        "in the box. Every lift of it (copies of each neuron, W_h[i,k] = s_h P_h[i,k] with P_h > 0 and row sums 1, "
        "v_i = V q_i with q > 0 summing to 1) computes the same function and is a critical point of the loss, for all "
        "widths. D_n is half the derivative of the loss in T_n (T_n - y_n for the squared loss). Features that are "
        "affine functions of the others have flat weights and are left to the basis. For exp, z^k and max(z, 0)^2, "
        "where rescaling or shifting a neuron's input only rescales its state, s_2, .., s_H and V are held fixed, and "
        "the critical point is unique among the others. Several outputs: squared loss and targets y_o = e_o y with "
        "e_1 = 1; the chain is that of y, a lift has v_{o,i} = e_o V q_i, and the loss is |e|^2 times as large."
    ),
    source="docs/mathematics.md, fitted-point/1, Theorem 22",
    premises=(),
    check=_check,
)
