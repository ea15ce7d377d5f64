"""yun-sra-jadbabaie/1: three points on a line, two hidden units, a bad local minimum for almost any activation."""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, fmpq

from proofs.balls import Sign, hull, lower_bound, sign
from proofs.document import Reader
from proofs.exact import show
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided

_HALF, _THIRD = fmpq(1, 2), fmpq(1, 3)
INPUTS = [[fmpq(1), fmpq(0)], [fmpq(0), fmpq(1)], [_HALF, _HALF]]
TARGETS = [[fmpq(0)], [fmpq(0)], [fmpq(1)]]


@dataclass(frozen=True, slots=True)
class BadMinimum:
    """With two hidden units there is a local minimum of loss 2/3, and other parameters have loss exactly 0.

    Attributes:
        minors: lower bounds of the leading minors of diag(u_j h''(v_j)/3) + g g^T.
    """

    minors: tuple[fmpq, fmpq]


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    _demand_setting(instance)
    minors = _demand_minimum(instance, arguments)
    _demand_fit(instance, arguments)
    return Conclusion(
        BadMinimum(minors),
        f"with two hidden units of {instance.architecture.activation.name} the sum of squares on these three points "
        "has a local minimum of value 2/3, and other parameters have loss exactly 0",
        f"minors ≥ {show(minors[0])}, {show(minors[1])}",
    )


def _demand_setting(instance: Instance) -> None:
    network = instance.architecture
    rows, targets = ([table.row(n) for n in range(table.rows)] for table in (instance.inputs, instance.targets))
    if rows != INPUTS or targets != TARGETS:
        raise Rejected("YS01", "the theorem is about the inputs (1, 0), (0, 1), (1/2, 1/2) and the targets 0, 0, 1")
    if network.widths != (2,):
        raise Rejected("YS02", "the theorem is about one hidden layer of exactly two units")
    if instance.loss.name != "squared":
        raise Rejected("YS03", f"the theorem is about the squared loss, not {instance.loss.name}")


def _demand_minimum(instance: Instance, arguments: Reader) -> tuple[fmpq, fmpq]:
    """The point where unit j has pre-activation v_j at all samples and the output is 1/3; returns bounds of the minors.

    E - E* = 2/3 sum_j u_j (h(m_j + d_j) + h(m_j - d_j) - 2 h(m_j)) + |T - T*|^2, which is at least
    2 d^T (diag(u_j h''/3) + g g^T) d with g_j = u_j h', the derivatives taken near v_j.
    """
    activation = instance.architecture.activation
    levels = arguments.rationals("levels")
    if len(levels) != 2:
        raise Rejected("YS04", "expected the levels v_1 and v_2")
    (first, slope, bend, _), (second, slope_2, bend_2, _) = (activation.jet(arb(v)) for v in levels)
    weight = arb(arguments.rational("weight"))
    if sign(second) is Sign.UNKNOWN:
        raise Undecided("YS04", "h(v_2) may be 0, so u_2 = (1/3 - u_1 h(v_1)) / h(v_2) may not exist")
    weight_2 = (arb(_THIRD) - weight * first) / second
    a, b = weight * bend / 3, weight_2 * bend_2 / 3
    g, k = weight * slope, weight_2 * slope_2
    corner = g * g + a
    determinant = a * b + a * k * k + b * g * g  # of diag(a, b) + (g, k) (g, k)^T
    found = sign(corner), sign(determinant)
    if Sign.NEGATIVE in found:
        raise Rejected("YS05", "diag(u_j h''(v_j)/3) + g g^T is not positive definite at these levels")
    if Sign.UNKNOWN in found:
        raise Undecided("YS05", "cannot tell that diag(u_j h''(v_j)/3) + g g^T is positive definite (a kink?)")
    return lower_bound(corner), lower_bound(determinant)


def _demand_fit(instance: Instance, arguments: Reader) -> None:
    """Units with pre-activations (p, q) at the first two samples, and so (p + q)/2 at the third: (p_1, q_1) and
    (p_2, t) with the t in the bracket that makes the values at the first two samples proportional."""
    value = instance.architecture.activation.value
    fit = arguments.section("fit")
    unit, other, bracket = fit.rationals("unit"), fit.rational("other"), fit.rationals("bracket")
    fit.finish()
    if len(unit) != 2 or len(bracket) != 2 or bracket[0] >= bracket[1]:
        raise Rejected("YS06", "expected two pre-activations of the first unit and the two ends of a bracket")
    if not instance.architecture.activation.is_continuous_on(*bracket):
        raise Undecided("YS07", "the activation may jump within the bracket")
    p, q = unit
    low, high = (sign(value(arb(p)) * value(arb(t)) - value(arb(q)) * value(arb(other))) for t in bracket)
    if Sign.UNKNOWN in (low, high):
        raise Undecided("YS07", "cannot tell the signs of h(p_1) h(t) - h(q_1) h(p_2) at the ends of the bracket")
    if low is high:
        raise Rejected("YS07", "h(p_1) h(t) - h(q_1) h(p_2) has the same sign at both ends of the bracket")
    middle = hull((other + bracket[0]) / 2, (other + bracket[1]) / 2)
    at_third = value(arb(other)) * value(arb((p + q) / 2)) - value(arb(p)) * value(middle)
    if sign(at_third) is Sign.UNKNOWN:
        raise Undecided("YS08", "cannot tell that the two units differ at the third sample")


LEMMA = Lemma(
    name="yun-sra-jadbabaie/1",
    title="three points, two units",
    statement=(
        "Inputs (1, 0), (0, 1), (1/2, 1/2), targets 0, 0, 1, one hidden layer of two units of the activation h "
        "with biases, with or without an output bias, squared loss. (i) Let u_1 h(v_1) + u_2 h(v_2) = "
        "1/3, h twice continuously differentiable near v_1 and v_2, and diag(u_j h''(v_j)/3) + g g^T positive definite "
        "with g_j = u_j h'(v_j). Then unit j with incoming weights (v_j, v_j), bias 0 and outgoing weight u_j is a "
        "local minimum; its output is 1/3 everywhere and its loss 2/3 (1/3 if the loss is halved). (ii) Let "
        "h be continuous on a bracket between whose ends h(p_1) h(t) - h(q_1) h(p_2) changes its sign, and let "
        "h(p_2) h((p_1 + q_1)/2) ≠ h(p_1) h((p_2 + t)/2) for all t in it. Then some outgoing weights of the "
        "units with incoming weights (p_1, q_1) and (p_2, t), for some t in the bracket, fit all three targets: loss 0."
    ),
    source="docs/gallery/yun-sra-jadbabaie.md (after C. Yun, S. Sra, A. Jadbabaie 2019, Theorem 2)",
    premises=(),
    check=_check,
)
