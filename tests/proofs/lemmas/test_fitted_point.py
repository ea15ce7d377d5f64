"""fitted-point/1: accepted and rejected, and the critical chains once more by Newton's method with 60 digits."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from flint import arb, arb_mat, fmpq

from proofs.balls import hull, precision
from proofs.chain import Directions, evaluate
from proofs.document import Reader
from proofs.exact import Malformed
from proofs.kernel import Rejected, Undecided
from proofs.lemmas import LEMMAS, fitted_point
from proofs.lemmas.fitted_point import FittedPoint, target_balls
from tests.proofs.build import Case, changed, texts
from tests.proofs.fitted import (
    ANY,
    DEPENDENT,
    EPSILON,
    FITTED,
    HUBER,
    KINKED,
    LOGISTIC,
    POINT,
    POISSON,
    REPEATED,
    SIGMOID,
    THREE,
    TWO,
    TWO_BIASED,
    UNEVEN,
    basis_of,
    centre_of,
    criticals,
    decimals,
    fraction,
    moved_targets,
    point_of,
    rational,
    scaled,
    targets_of,
)
from tests.proofs.oracle import encloses, real

EACH = pytest.mark.parametrize("name", FITTED)


def radii_of(case: Case) -> list[Fraction]:
    return [Fraction(r) for r in case.arguments[POINT]["radii"]]


def frame_of(case: Case) -> Any:
    return mpmath.matrix([[real(Fraction(v)) for v in row] for row in case.arguments[POINT]["frame"]])


@EACH
def test_accepted(name: str) -> None:
    case, point = FITTED[name], point_of(FITTED[name])
    assert list(map(fraction, point.centre)) == centre_of(case)
    assert list(map(fraction, point.radii)) == radii_of(case)
    assert point.target_radius == rational(case.arguments[POINT]["target_radius"])
    assert list(point.basis) == basis_of(case)
    assert all(0 <= reach < radius for reach, radius in zip(point.reaches, point.radii, strict=True))
    assert len(point.spreads) == len(point.centre)
    assert len(point.residual) == len(point.weights) == case.instance.samples
    assert len(point.values.layers) == case.instance.architecture.depth


@EACH
def test_the_critical_chains_of_many_targets_are_where_the_proposition_says(name: str) -> None:
    case, point = FITTED[name], point_of(FITTED[name])
    with mpmath.workdps(60):
        centre, inverse = mpmath.matrix([real(c) for c in centre_of(case)]), frame_of(case) ** -1
        for found in criticals(name, 5):
            assert max(map(abs, found.chain.half_gradient(found.parameters, found.targets))) < mpmath.mpf(10) ** -45
            shift = mpmath.matrix(found.parameters) - centre
            for q, reach in zip(inverse * shift, point.reaches, strict=True):
                assert abs(q) <= real(reach)
            for s, spread in zip(shift, point.spreads, strict=True):
                assert abs(s) <= real(spread)
            assert real(point.loss[0]) <= found.loss <= real(point.loss[1])
            for ball, d in zip(point.residual, found.residual, strict=True):
                assert encloses(ball, d)
            for ball, t in zip(point.values.outputs, found.chain.outputs(found.parameters), strict=True):
                assert encloses(ball, t)
            for layer, sums in zip(point.values.layers, found.chain.pre_activations(found.parameters), strict=True):
                assert all(encloses(ball, z) for ball, z in zip(layer.sums, sums, strict=True))


@EACH
def test_the_reaches_are_what_the_targets_move_to_first_order_and_little_more(name: str) -> None:
    case, point = FITTED[name], point_of(FITTED[name])
    (found,) = criticals(name, 1)
    with mpmath.workdps(60):
        bump = mpmath.mpf(10) ** -20
        newton = frame_of(case) ** -1 * found.chain.half_hessian(found.parameters, found.targets) ** -1
        moved = [mpmath.mpf(0)] * len(point.reaches)
        for n in range(len(found.targets)):
            bumped = list(found.targets)
            bumped[n] += bump
            step = newton * mpmath.matrix(found.chain.half_gradient(found.parameters, bumped))
            moved = [m + abs(s) / bump for m, s in zip(moved, step, strict=True)]
        for m, reach in zip(moved, point.reaches, strict=True):
            assert 0.4 < real(point.target_radius) * m / real(reach) < 1


def with_chain(case: Case, **changes: Any) -> dict[str, Any]:
    return {"chain": case.arguments[POINT]["chain"] | changes}


def a_little_less(text: str) -> str:
    return str(Fraction(text) - EPSILON)


def _two_outputs() -> Case:
    return SIGMOID.about({"data.targets": [[*row, "0"] for row in SIGMOID.document["data"]["targets"]]})


def _frame(case: Case, factor: Any) -> list[list[str]]:
    return texts([[Fraction(v) * factor for v in row] for row in case.arguments[POINT]["frame"]])


def _identical(size: int) -> list[list[str]]:
    return [["1"] * size for _ in range(size)]


SIZE = 3  # parameters of SIGMOID: w, b, V
LEAST_LOGISTIC = min(min(y, 1 - y) for y in targets_of(LOGISTIC))
LEAST_POISSON = min(targets_of(POISSON))

REJECTED: list[tuple[str, Case, dict[str, Any], str, str]] = [
    ("two outputs", _two_outputs(), {"ratios": ["1", "1"]}, "Rejected", "FP01"),
    ("no output", SIGMOID.about({"data.targets": []}), {}, "Rejected", "FP01"),
    ("no weight", SIGMOID, with_chain(SIGMOID, weights=[]), "Rejected", "FP02"),
    ("a weight for the dependent feature", DEPENDENT, with_chain(DEPENDENT, weights=["1", "0"]), "Rejected", "FP02"),
    ("no bias", SIGMOID, with_chain(SIGMOID, biases=[]), "Rejected", "FP02"),
    ("a bias too many", SIGMOID, with_chain(SIGMOID, biases=["0", "0"]), "Rejected", "FP02"),
    ("a scale in the first layer", SIGMOID, with_chain(SIGMOID, scales=["1"]), "Rejected", "FP02"),
    ("a scale too few", TWO, with_chain(TWO, scales=[]), "Rejected", "FP02"),
    ("no frame", SIGMOID, {"frame": []}, "Rejected", "FP02"),
    ("a row of the frame too few", SIGMOID, {"frame": SIGMOID.arguments[POINT]["frame"][:2]}, "Rejected", "FP02"),
    ("a row of the frame too long", SIGMOID, {"frame.1": ["0", "1", "0", "0"]}, "Rejected", "FP02"),
    ("a radius too few", SIGMOID, {"radii": SIGMOID.arguments[POINT]["radii"][:2]}, "Rejected", "FP02"),
    ("a radius too many", SIGMOID, {"radii": [*SIGMOID.arguments[POINT]["radii"], "1"]}, "Rejected", "FP02"),
    ("a radius zero", SIGMOID, {"radii.2": "0"}, "Rejected", "FP02"),
    ("a negative radius", SIGMOID, {"radii.0": f"-{EPSILON}"}, "Rejected", "FP02"),
    ("a negative radius of the targets", SIGMOID, {"target_radius": f"-{EPSILON}"}, "Rejected", "FP03"),
    ("probabilities that reach 0 or 1", LOGISTIC, {"target_radius": str(LEAST_LOGISTIC)}, "Rejected", "FP03"),
    ("a probability 1", LOGISTIC.about({"data.targets.3": ["1"]}), {"target_radius": "0"}, "Rejected", "FP03"),
    ("a probability 0", LOGISTIC.about({"data.targets.0": ["0"]}), {"target_radius": "0"}, "Rejected", "FP03"),
    ("a probability above 1", LOGISTIC.about({"data.targets.3": ["3/2"]}), {}, "Rejected", "FP03"),
    ("a negative probability", LOGISTIC.about({"data.targets.3": ["-1/2"]}), {}, "Rejected", "FP03"),
    ("counts that reach 0", POISSON, {"target_radius": str(LEAST_POISSON)}, "Rejected", "FP03"),
    ("a count 0", POISSON.about({"data.targets.3": ["0"]}), {"target_radius": "0"}, "Rejected", "FP03"),
    ("a frame of zeros", SIGMOID, {"frame": _frame(SIGMOID, 0)}, "Undecided", "FP05"),
    ("a frame with equal columns", SIGMOID, {"frame": _identical(SIZE)}, "Undecided", "FP05"),
    ("a dependent feature that is not named", DEPENDENT,
     with_chain(DEPENDENT, weights=[*DEPENDENT.arguments[POINT]["chain"]["weights"], "0"])
     | {"dependent": [], "frame": texts([[int(i == j) for j in range(4)] for i in range(4)]), "radii": ["1/1000"] * 4},
     "Undecided", "FP05"),
    ("the chain that does nothing", SIGMOID,
     with_chain(SIGMOID, weights=["0"], biases=["0"], output_weight="0"), "Undecided", "FP05"),
    ("a box that is far too large", SIGMOID, {"radii": ["1"] * SIZE}, "Undecided", "FP05"),
    ("a box without end", POISSON, {"radii": [str(10**400)] * SIZE}, "Undecided", "FP05"),
    ("a frame too coarse for the box", THREE, {"frame": texts([[int(i == j) for j in range(7)] for i in range(7)])},
     "Undecided", "FP05"),
    ("targets too far apart", SIGMOID, {"target_radius": "1/1000"}, "Undecided", "FP05"),
    ("twice the targets", TWO, {"target_radius": str(2 * Fraction(TWO.arguments[POINT]["target_radius"]))},
     "Undecided", "FP05"),
    ("half the box", TWO_BIASED, {"radii": texts([r / 2 for r in radii_of(TWO_BIASED)])}, "Undecided", "FP05"),
    ("an input beyond all bounds", SIGMOID.about({"network.activation": "exp", "data.inputs.7": [f"-{10**400}"]}),
     {"frame": [["1", "0"], ["0", "1"], ["0", "0"]], "radii": ["1/1000", "1/1000"]}, "Undecided", "FP05"),
    ("the kink of elu is in the box", KINKED.about({"network.activation": "elu"}),
     with_chain(KINKED, weights=["1"], biases=["0"]), "Undecided", "FP05"),
    ("the centre is elsewhere", SIGMOID, with_chain(SIGMOID, output_weight="1001/1000") | {"target_radius": "0"},
     "Rejected", "FP05"),
    ("other targets", SIGMOID.about({"data.targets.0": ["11/10"]}), {}, "Rejected", "FP05"),
    ("another loss", SIGMOID.about({"loss": "pseudo-huber"}), {}, "Rejected", "FP05"),
    ("another activation", SIGMOID.about({"network.activation": "arctan"}), {}, "Rejected", "FP05"),
    ("an input that is elsewhere", UNEVEN.about({"data.inputs.3": ["-1"]}), {}, "Rejected", "FP05"),
    ("a feature that is not that function", DEPENDENT, {"dependent.0.constant": "2"}, "Rejected", "CP07"),
    ("a dependent feature that does not exist", DEPENDENT, {"dependent.0.feature": 2}, "Rejected", "CP06"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "changes", "kind", "code"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(case: Case, changes: dict[str, Any], kind: str, code: str) -> None:
    assert case.code(POINT, changes) == (kind, code)


def test_the_targets_may_reach_the_ends_of_what_the_loss_allows() -> None:
    """Every target is allowed until it touches the end; what fails then is Krawczyk's operator, not the loss."""
    for case, least in ((LOGISTIC, LEAST_LOGISTIC), (POISSON, LEAST_POISSON)):
        nearly = str(least * Fraction(999999, 1000000))
        assert case.code(POINT, {"target_radius": nearly}) == ("Undecided", "FP05")


def test_a_box_that_barely_holds_krawczyks_image_is_accepted_and_a_smaller_one_is_not() -> None:
    """With targets in no box, the image is as far from the centre as the critical chain is."""
    exact = scaled(SIGMOID, 1)
    assert exact.code(POINT) == ("", "")
    reaches = point_of(exact).reaches
    for k in range(SIZE):
        shifted = changed(exact.arguments[POINT], {"radii": ["1/1000000000000"] * SIZE})
        point = point_of(Case(exact.document, {POINT: shifted}))
        assert point.reaches[k] <= reaches[k] * 2
    # Now the centre is moved by 1e-14 along each direction of the frame.
    centre = [Fraction(c) for c in centre_of(exact)]
    rows = [[Fraction(v) for v in row] for row in exact.arguments[POINT]["frame"]]
    moved = [c + sum(row) / 10**14 for c, row in zip(centre, rows, strict=True)]
    chain = {"weights": [str(moved[0])], "biases": [str(moved[1])], "scales": [], "output_weight": str(moved[2])}
    beyond, within = Fraction(101, 10**16), Fraction(99, 10**16)
    for radius, expected in ((beyond, ("", "")), (within, ("Rejected", "FP05"))):
        assert exact.code(POINT, {"chain": chain, "radii": [str(radius)] * SIZE}) == expected
    for k in range(SIZE):  # one direction too short is enough
        radii = [str(beyond)] * SIZE
        radii[k] = str(within)
        assert exact.code(POINT, {"chain": chain, "radii": radii}) == ("Rejected", "FP05")


HALF, LITTLE = fmpq(1, 2), fmpq(1, 2**50)


@pytest.mark.parametrize(
    ("radii", "expected"),
    [
        ([HALF + LITTLE, HALF + LITTLE], ""),
        ([HALF, HALF + LITTLE], "Undecided"),
        ([HALF + LITTLE, HALF], "Undecided"),
        ([HALF - LITTLE, 2 * HALF], "Rejected"),
        ([2 * HALF, HALF - LITTLE], "Rejected"),
    ],
)
def test_the_image_must_lie_in_the_interior(radii: list[fmpq], expected: str) -> None:
    """With the identity for a Hessian the image is one point, here (-1/2, 1/2), without rounding."""
    along = Directions((), arb_mat([[1, 0], [0, 1]]), (), [])
    found = ""
    with precision(128):
        try:
            reaches = fitted_point._reaches(along, [arb(0.5), arb(-0.5)], arb_mat([[1, 0], [0, 1]]), radii)
            assert reaches == (HALF, HALF)
        except (Undecided, Rejected) as failure:
            assert failure.code == "FP05"
            found = type(failure).__name__
    assert found == expected


def test_the_same_case_at_other_precisions() -> None:
    tiny = scaled(SIGMOID, 1, radii=Fraction(1, 10**20))
    for bits, expected in ((53, ("Undecided", "FP05")), (128, ("", "")), (256, ("", ""))):
        assert THREE.code(POINT, bits=bits) == ("", "")
        assert tiny.code(POINT, bits=bits) == expected


def test_a_larger_box_holds_the_same_critical_chains() -> None:
    """Only the reaches tell where they are; the box says how large a set holds no other one."""
    point = point_of(SIGMOID)
    wider = SIGMOID.step(POINT, {"radii": texts([r * 6 / 5 for r in radii_of(SIGMOID)])}).proposition
    assert isinstance(wider, FittedPoint)
    for one, other in zip(point.reaches, wider.reaches, strict=True):
        assert one < other < one * fmpq(6, 5)


def test_the_frame_may_be_turned_and_scaled() -> None:
    """The same critical point in other coordinates."""
    flat = {"frame": _frame(TWO, Fraction(-1, 7)), "radii": texts([7 * r for r in radii_of(TWO)])}
    other = TWO.step(POINT, flat).proposition
    assert isinstance(other, FittedPoint)
    for one, two in zip(point_of(TWO).spreads, other.spreads, strict=True):
        assert abs(one - two) <= one / 1000


def test_a_loss_that_is_not_bounded() -> None:
    """Krawczyk's operator bounds everything that the losses of the catalogue need, so it takes another loss."""
    instance = replace(SIGMOID.instance, loss=replace(SIGMOID.instance.loss, value=lambda t, y: arb.nan()))
    with precision(128), pytest.raises(Undecided) as caught:
        LEMMAS[POINT].check(instance, (), Reader(SIGMOID.arguments[POINT], ""))
    assert caught.value.code == "FP04"


@pytest.mark.parametrize(("parameter", "code"), [(2, "FP06"), (4, "FP06"), (None, "")])
def test_no_scale_and_no_weight_may_vanish(parameter: int | None, code: str) -> None:
    """The Hessian of a chain is singular where one of them does, so this takes values that no step can have."""
    activation = TWO.instance.architecture.activation
    centre = [arb(1)] * 5
    box = [arb(0)] * 5
    if parameter is not None:
        box[parameter] = hull(rational(-1), rational(1))
    frame = arb_mat([[arb(int(i == j)) for j in range(5)] for i in range(5)])
    values = evaluate(activation, arb_mat([[1, 1], [2, 1]]), 2, centre, frame, box)
    found = ""
    try:
        fitted_point._demand_live(values)
    except Undecided as failure:
        found = failure.code
    assert found == code


@pytest.mark.parametrize("case", [SIGMOID, TWO], ids=["depth 1", "depth 2"])
@pytest.mark.parametrize("parameter", ["scales", "output_weight"])
def test_the_hessian_is_singular_where_a_scale_or_the_weight_is_zero(case: Case, parameter: str) -> None:
    if parameter == "scales" and not case.arguments[POINT]["chain"]["scales"]:
        return
    zero = {"scales": ["0"]} if parameter == "scales" else {"output_weight": "0"}
    changes = with_chain(case, **zero) | {"target_radius": "0", "radii": ["1/1000000"] * len(radii_of(case))}
    assert case.code(POINT, changes) in {("Undecided", "FP05"), ("Rejected", "FP05")}


def test_target_balls_hold_the_whole_box() -> None:
    for case in (SIGMOID, REPEATED, HUBER):
        radius = Fraction(case.arguments[POINT]["target_radius"])
        with precision(128), mpmath.workdps(60):
            balls = target_balls(case.instance, rational(radius))
            for y, ball in zip(targets_of(case), balls, strict=True):
                for target in (y - radius, y, y + radius):
                    assert encloses(ball, real(target))
                    assert not encloses(ball, real(y + radius * Fraction(11, 10)))


def test_targets_outside_of_the_box_have_their_critical_chain_elsewhere() -> None:
    """A control: the independent solver does leave the box when the targets do."""
    (found,) = criticals("sigmoid", 1)
    with mpmath.workdps(60):
        targets = [y + 5 * real(Fraction(SIGMOID.arguments[POINT]["target_radius"])) for y in found.targets]
        c = found.chain.critical(found.parameters, targets)
        spreads = point_of(SIGMOID).spreads
        centre = centre_of(SIGMOID)
        assert any(abs(a - real(b)) > real(s) for a, b, s in zip(c, centre, spreads, strict=True))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"chain": None}, "'chain' is missing"),
        ({"chain.scales": None}, "'scales' is missing"),
        ({"chain.output_weight": 1}, "output_weight"),
        ({"chain.output_bias": "0"}, "unknown field 'output_bias'"),
        ({"frame.0.0": "0.5"}, r"frame\[0\]\[0\]"),
        ({"radii.0": "2/4"}, "lowest terms"),
        ({"target_radius": None}, "'target_radius' is missing"),
        ({"dependent": None}, "'dependent' is missing"),
        ({"targets": []}, "unknown field 'targets'"),
    ],
)
def test_malformed(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(Malformed, match=message):
        SIGMOID.step(POINT, changes)


def test_an_output_bias_must_be_given_where_there_is_one() -> None:
    with pytest.raises(Malformed, match="'output_bias' is missing"):
        TWO_BIASED.step(POINT, {"chain.output_bias": None})


def test_the_moved_targets_are_in_the_box() -> None:
    radius, middle = Fraction(SIGMOID.arguments[POINT]["target_radius"]), targets_of(SIGMOID)
    for targets in moved_targets(SIGMOID, 9):
        assert all(abs(a - b) <= radius for a, b in zip(targets, middle, strict=True))
    assert decimals(mpmath.mpf(1) / 4) == "1/4"
    assert ANY in SIGMOID.arguments
