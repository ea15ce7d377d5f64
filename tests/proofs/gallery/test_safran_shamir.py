"""safran-shamir/1: accepted and rejected; the closed form, its derivatives and the minimum checked another way."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb, arb_mat, fmpq

from proofs.balls import Sign
from proofs.document import Reader
from proofs.exact import Malformed
from proofs.gallery import safran_shamir
from proofs.gallery.safran_shamir import LEMMA, GaussianMinimum
from proofs.instance import read_instance
from proofs.kernel import Undecided
from tests.proofs.build import texts
from tests.proofs.gallery.pieces import Piece, piece

SIX, EIGHT = piece("safran-shamir/k6"), piece("safran-shamir/k8")
NARROW = "1/10000000000"


def proposition(entry: Piece, arguments: Any = None, instance: Any = None) -> GaussianMinimum:
    outcome = entry.outcome(arguments, instance)
    assert outcome.failure is None, outcome.failure
    found = outcome.facts[-1].conclusion.proposition
    assert isinstance(found, GaussianMinimum)
    return found


def loss(units: Any, teacher: Any) -> Any:
    """Half the expected squared error, at the working precision of mpmath."""

    def kernel(w: Any, v: Any) -> Any:
        n, m = mpmath.norm(w), mpmath.norm(v)
        c = min(mpmath.mpf(1), mpmath.fdot(w, v) / (n * m))
        return n * m * (mpmath.sqrt(1 - c * c) + (mpmath.pi - mpmath.acos(c)) * c) / (2 * mpmath.pi)

    def sums(first: Any, second: Any) -> Any:
        return mpmath.fsum(kernel(w, v) for w in first for v in second)

    return (sums(units, units) + sums(teacher, teacher)) / 2 - sums(units, teacher)


def numbers(rows: Any) -> Any:
    return [[mpmath.mpf(Fraction(v).numerator) / Fraction(v).denominator for v in row] for row in rows]


@pytest.mark.parametrize(("entry", "low", "high"), [(SIX, "0.02508", "0.02509"), (EIGHT, "0.0215", "0.0216")])
def test_accepted(entry: Piece, low: str, high: str) -> None:
    found = proposition(entry)
    with mpmath.workdps(30):
        value = loss(numbers(entry.last()["weights"]), numbers(entry.instance["data"]["inputs"]))
        assert mpmath.mpf(low) < value < mpmath.mpf(high)
        assert abs(mpmath.mpf(int(found.value.p)) / int(found.value.q) - value) < mpmath.mpf(10) ** -7
    assert f"{found.units} ReLU units" in entry.outcome().facts[-1].conclusion.detail


def test_the_closed_form_is_the_expectation() -> None:
    """In the plane of w and v, E relu(w.x) relu(v.x) = |w| |v| / pi int cos(t)+ cos(t - angle)+ dt."""
    w, v = [mpmath.mpf(2), mpmath.mpf(-1)], [mpmath.mpf(1) / 3, mpmath.mpf(4)]
    angle = mpmath.acos(mpmath.fdot(w, v) / mpmath.norm(w) / mpmath.norm(v))
    integral = mpmath.quad(lambda t: mpmath.cos(t) * mpmath.cos(t - angle), [angle - mpmath.pi / 2, mpmath.pi / 2])
    pair = safran_shamir._Pair.of([arb(2), arb(-1)], [arb(fmpq(1, 3)), arb(4)])
    expected = mpmath.norm(w) * mpmath.norm(v) / mpmath.pi * integral
    assert abs(float(pair.kernel().mid()) / (2 * mpmath.pi) - expected) < 1e-12


def contains(ball: arb, value: Any) -> bool:
    """Whether the number lies in the ball, up to the error of the numerical derivative."""
    return (
        bool(ball.union(arb(0)).is_finite()) and abs(arb(mpmath.nstr(value, 40)) - ball) < arb("1e-15") + ball.rad() * 2
    )


@pytest.mark.parametrize("seed", range(4))
def test_derivatives_are_those_of_the_kernel(seed: int) -> None:
    """All first and second derivatives of 2 pi F for random small networks, against numerical ones at 50 digits."""
    chance = np.random.default_rng(seed)
    exact = [[Fraction(int(x), 16) for x in row] for row in chance.integers(-40, 40, size=(4, 3))]
    units, teacher = exact[:2], exact[2:]
    balls = [[arb(fmpq(x.numerator, x.denominator)) for x in row] for row in exact]
    gradient = safran_shamir._gradient(balls[:2], balls[2:])
    hessian = safran_shamir._hessian(balls[:2], balls[2:]).tolist()
    value = safran_shamir._value(balls[:2], balls[2:])
    with mpmath.workdps(50):
        flat = [x for row in numbers(units) for x in row]
        known = numbers(teacher)

        def along(*moves: tuple[int, Any]) -> Any:
            point = list(flat)
            for index, step in moves:
                point[index] += step
            return 2 * mpmath.pi * loss([point[:3], point[3:]], known)

        h = mpmath.mpf(10) ** -12
        assert contains(value * 2 * arb.pi(), along())
        for i in range(6):
            slope = (along((i, h)) - along((i, -h))) / (2 * h)
            assert contains(gradient[i], slope)
            for j in range(6):
                corners = along((i, h), (j, h)) - along((i, h), (j, -h)) - along((i, -h), (j, h))
                assert contains(hessian[i][j], (corners + along((i, -h), (j, -h))) / (4 * h * h))


@pytest.mark.parametrize("seed", range(3))
def test_boxes_enclose_what_happens_inside(seed: int) -> None:
    """Random points of a random box, evaluated alone."""
    chance = np.random.default_rng(seed)
    teacher = [[arb(1), arb(0)], [arb(0), arb(1)]]
    centre = [[-40, 48], [40, 56 + 4 * seed]]  # in fortieths
    radius = fmpq(1, 50)

    def at(moves: Any) -> list[list[arb]]:
        rows = zip(centre, moves, strict=True)
        return [[arb(fmpq(c, 40)) + m for c, m in zip(row, move, strict=True)] for row, move in rows]

    spread = arb(0, arb(radius))
    box = at([[spread] * 2] * 2)
    for _ in range(10):
        inside = at([[arb(radius * fmpq(int(m), 100)) for m in row] for row in chance.integers(-100, 101, size=(2, 2))])
        for enclose in (safran_shamir._gradient, _entries):
            pairs = zip(enclose(box, teacher), enclose(inside, teacher), strict=True)
            assert all(wide.overlaps(thin) and wide.contains(thin.mid()) for wide, thin in pairs)
        assert safran_shamir._value(box, teacher).contains(safran_shamir._value(inside, teacher).mid())


def _entries(units: Any, teacher: Any) -> list[arb]:
    entries: list[arb] = safran_shamir._hessian(units, teacher).entries()
    return entries


def test_nothing_near_is_lower() -> None:
    """Random moves of all 36 weights, at 40 digits."""
    chance = np.random.default_rng(0)
    with mpmath.workdps(40):
        weights, teacher = numbers(SIX.last()["weights"]), numbers(SIX.instance["data"]["inputs"])
        least = loss(weights, teacher)
        for k in range(60):
            step = mpmath.mpf(10) ** -(1 + k % 4)
            moves = chance.normal(size=(6, 6))
            moved = [[w + step * float(m) for w, m in zip(row, move, strict=True)]
                     for row, move in zip(weights, moves, strict=True)]  # fmt: skip
            assert loss(moved, teacher) > least
        assert abs(loss(teacher, teacher)) < mpmath.mpf(10) ** -15


def test_the_scale_and_the_order_do_not_matter() -> None:
    double = {"weights": [[str(2 * Fraction(v)) for v in row] for row in SIX.last()["weights"]], "radius": NARROW}
    teacher = {"data.inputs": [[str(2 * int(v)) for v in row] for row in SIX.instance["data"]["inputs"]]}
    assert abs(proposition(SIX, double, teacher).value - 4 * proposition(SIX).value) < fmpq(1, 10**7)
    assert proposition(SIX, {"weights": SIX.last()["weights"][::-1]}).value > fmpq(1, 40)


A, B = Fraction(6594530930381, 10**13), -Fraction(3181800696102, 10**13)
SADDLE = texts([[A, A, B], [B, A, A], [A, B, A]])
THREE = {
    "data.features": ["a", "b", "c"],
    "data.inputs": texts([[int(i == j) for j in range(3)] for i in range(3)]),
}
UNIT = texts([[int(i == j) for j in range(6)] for i in range(6)])

REJECTED: list[tuple[str, dict[str, Any], dict[str, Any], tuple[str, str]]] = [
    ("targets", {}, {"data.targets": [["1"]] * 6}, ("REJECTED", "SS01")),
    ("fewer units than the teacher", {"weights": SIX.last()["weights"][:5]}, {}, ("REJECTED", "SS02")),
    ("no units", {"weights": []}, {}, ("REJECTED", "SS02")),
    ("another dimension", {"weights": [row[:5] for row in SIX.last()["weights"]]}, {}, ("REJECTED", "SS02")),
    ("no radius", {"radius": "0"}, {}, ("REJECTED", "SS02")),
    ("a negative radius", {"radius": "-1/10"}, {}, ("REJECTED", "SS02")),
    ("the teacher itself", {"weights": UNIT}, {}, ("UNDECIDED", "SS03")),
    ("two equal units", {"weights.1": SIX.last()["weights"][0]}, {}, ("UNDECIDED", "SS03")),
    ("a unit without weights", {"weights.0": ["0"] * 6}, {}, ("UNDECIDED", "SS03")),
    ("a teacher without weights", {}, {"data.inputs.0": ["0"] * 6}, ("UNDECIDED", "SS03")),
    ("a box that contains 0", {"radius": "2"}, {}, ("UNDECIDED", "SS03")),
    ("no critical point", {"weights.0.0": "-601/1000"}, {}, ("REJECTED", "SS04")),
    ("off by twice the radius", {"weights.0.0": str(Fraction(SIX.last()["weights"][0][0]) + Fraction(2, 10**10))}, {},
     ("REJECTED", "SS04")),
    ("at the edge of the box", {"radius": "1/100000000000000000000"}, {}, ("REJECTED", "SS04")),
    ("a box too wide", {"radius": "1/100"}, {}, ("UNDECIDED", "SS04")),
    ("a saddle", {"weights": SADDLE}, THREE, ("REJECTED", "SS05")),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "instance", "answer"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(changes: dict[str, Any], instance: dict[str, Any], answer: tuple[str, str]) -> None:
    assert SIX.answer(changes, instance) == answer


UNKNOWN: list[tuple[str, Callable[..., object], str]] = [
    ("midpoint_inverse", lambda _: None, "SS04"),
    ("definiteness", lambda _: (Sign.UNKNOWN, fmpq(0)), "SS05"),
    ("_value", lambda *_: arb(0, 1), "SS06"),
]


@pytest.mark.parametrize(("name", "answer", "code"), UNKNOWN, ids=[u[0] for u in UNKNOWN])
def test_what_is_not_known_is_undecided(
    name: str, answer: Callable[..., object], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safran_shamir, name, answer)
    with pytest.raises(Undecided, match=code):
        LEMMA.check(read_instance(SIX.instance), (), Reader(SIX.last(), ""))


@pytest.mark.parametrize("changes", [{"weights": None}, {"radius": 1}, {"weights.0.0": "-0.6"}, {"value": "1"}])
def test_malformed(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        SIX.answer(changes)


def test_the_hessian_is_symmetric() -> None:
    weights = [[arb(fmpq(*Fraction(v).as_integer_ratio())) for v in row] for row in SIX.last()["weights"]]
    teacher = [[arb(int(v)) for v in row] for row in UNIT]
    difference = safran_shamir._hessian(weights, teacher)
    assert all(entry.contains(0) for entry in (difference - arb_mat(difference).transpose()).entries())
