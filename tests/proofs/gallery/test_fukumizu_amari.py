"""fukumizu-amari/1: accepted and rejected; minima are attacked, and saddles have a lower point nearby."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

from proofs.document import Reader
from proofs.exact import Malformed
from proofs.gallery.fukumizu_amari import LEMMA, SplitNeuron
from proofs.instance import read_instance
from proofs.kernel import Conclusion, Fact, Rejected
from tests.corpus.corpus import GOOD, load_good
from tests.proofs.build import MINIMUM, POINT, THREE
from tests.proofs.gallery.pieces import Piece, piece
from tests.proofs.oracle import real, sigma

MINIMA, SADDLE, INDEFINITE = (piece(f"fukumizu-amari/{name}") for name in ("minimum", "saddle", "indefinite"))


def split(entry: Piece, share: str) -> SplitNeuron:
    outcome = entry.outcome({"share": share})
    assert outcome.failure is None, outcome.failure
    proposition = outcome.facts[-1].conclusion.proposition
    assert isinstance(proposition, SplitNeuron)
    detail = outcome.facts[-1].conclusion.detail
    assert f"with shares {share} and " in detail
    assert detail.endswith(", is a local minimum") is proposition.minimum
    assert (", is a saddle, " in detail) is not proposition.minimum
    return proposition


SHARES = ("1/3", "1/2", "99/100", "1/1000000", "3/2", "-1", "1000", "-1/1000000")


@pytest.mark.parametrize("share", SHARES)
def test_with_a_positive_form_the_share_decides(share: str) -> None:
    inside = 0 < Fraction(share) < 1
    assert split(MINIMA, share) == split(SADDLE, share)
    assert split(MINIMA, share).minimum is inside


@pytest.mark.parametrize("share", SHARES)
def test_with_an_indefinite_form_every_split_is_a_saddle(share: str) -> None:
    assert split(INDEFINITE, share).minimum is False


def scaled(entry: Piece, factor: int) -> Piece:
    """The same fitted unit, with its residual D multiplied: the gradient is linear in D, so it stays critical (up to
    the rounding of the targets); B is multiplied, the Gauss-Newton part of the Hessian is not."""
    data, first = entry.instance["data"], entry.certificate["steps"][0]
    name = entry.instance["network"]["activation"]
    with mpmath.workdps(40):
        ys = [real(Fraction(y)) for (y,) in data["targets"]]
        w, b, v = critical(entry, ys)
        fitted = [v * sigma(name, w * real(Fraction(x)) + b) for (x,) in data["inputs"]]
        targets = [[decimal(t + factor * (y - t))] for t, y in zip(fitted, ys, strict=True)]
        chain = {"weights": [decimal(w)], "biases": [decimal(b)], "scales": [], "output_weight": decimal(v)}
    point = first["arguments"] | {"chain": chain, "target_radius": "1/100000000", "radii": ["1/1000000"] * 3}
    certificate = entry.certificate | {"steps": [first | {"arguments": point}, *entry.certificate["steps"][1:]]}
    return Piece(entry.instance | {"data": data | {"targets": targets}}, certificate)


def decimal(value: Any) -> str:
    """Twelve decimals, as a rational."""
    return str(Fraction(int(mpmath.nint(value * 10**12)), 10**12))


def critical(entry: Piece, targets: list[Any]) -> list[Any]:
    """The critical point w, b, V near that of the certificate, in high precision."""
    chain = entry.certificate["steps"][0]["arguments"]["chain"]
    name = entry.instance["network"]["activation"]
    xs = [real(Fraction(x)) for (x,) in entry.instance["data"]["inputs"]]
    start = [real(Fraction(c)) for c in (chain["weights"][0], chain["biases"][0], chain["output_weight"])]

    def gradient(w: Any, b: Any, v: Any) -> list[Any]:
        total = [mpmath.mpf(0)] * 3
        for x, y in zip(xs, targets, strict=True):
            state, slope = sigma(name, w * x + b), mpmath.diff(lambda z: sigma(name, z), w * x + b)
            d = v * state - y
            total = [t + d * g for t, g in zip(total, (v * slope * x, v * slope, state), strict=True)]
        return total

    return list(mpmath.findroot(gradient, start))


def losses_nearby(entry: Piece, share: str, step: float, count: int) -> tuple[Any, list[Any]]:
    """The loss at the split point, and at random points and along both directions of the difference of the units."""
    name = entry.instance["network"]["activation"]
    xs = [real(Fraction(x)) for (x,) in entry.instance["data"]["inputs"]]
    ys = [real(Fraction(y)) for (y,) in entry.instance["data"]["targets"]]
    w, b, v = critical(entry, ys)
    q = real(Fraction(share))
    point = [w, b, q * v, w, b, (1 - q) * v]

    def loss(p: list[Any]) -> Any:
        return sum(
            (p[2] * sigma(name, p[0] * x + p[1]) + p[5] * sigma(name, p[3] * x + p[4]) - y) ** 2
            for x, y in zip(xs, ys, strict=True)
        )

    chance = np.random.default_rng(3)
    found = []
    for _ in range(count):
        moves = chance.normal(size=6) * step
        found.append(loss([a + mpmath.mpf(float(m)) for a, m in zip(point, moves, strict=True)]))
    for angle in np.linspace(0, np.pi, 24):
        d = [mpmath.mpf(float(step * f(angle))) for f in (np.cos, np.sin)]
        moved = [(1 - q) * d[0], (1 - q) * d[1], 0, -q * d[0], -q * d[1], 0]
        found.append(loss([a + m for a, m in zip(point, moved, strict=True)]))
    return loss(point), found


@pytest.mark.parametrize(
    ("entry", "share"),
    [(MINIMA, "1/3"), (MINIMA, "99/100"), (SADDLE, "3/2"), (SADDLE, "-1"), (INDEFINITE, "1/2"), (INDEFINITE, "2")],
)
def test_the_loss_nearby_agrees(entry: Piece, share: str) -> None:
    with mpmath.workdps(30):
        for step in (1e-3, 1e-5):
            at, nearby = losses_nearby(entry, share, step, 60)
            slack = mpmath.mpf(10) ** -24
            if split(entry, share).minimum:
                assert min(nearby) > at - slack
            else:
                assert min(nearby) < at - slack
                assert max(nearby) > at + slack


def test_with_a_negative_form_it_is_the_other_way_round() -> None:
    """B < 0: shares between 0 and 1 give saddles, others minima."""
    reflected = scaled(MINIMA, -1)
    for share in SHARES:
        assert split(reflected, share).minimum is not (0 < Fraction(share) < 1)
    with mpmath.workdps(30):
        at, nearby = losses_nearby(reflected, "2", 1e-4, 60)
        assert min(nearby) > at - mpmath.mpf(10) ** -24
        at, nearby = losses_nearby(reflected, "1/2", 1e-4, 60)
        assert min(nearby) < at - mpmath.mpf(10) ** -24


def test_a_unit_that_is_no_minimum_itself() -> None:
    """With a large residual the critical point of the single unit is a saddle already."""
    assert scaled(INDEFINITE, 40).answer() == ("UNDECIDED", "FA04")


def test_a_perfect_fit_decides_nothing() -> None:
    """D = 0 up to the rounding of the targets: B may have any sign."""
    assert scaled(MINIMA, 0).answer() == ("UNDECIDED", "FA05")


REJECTED: list[tuple[str, dict[str, Any], dict[str, Any], tuple[str, str]]] = [
    ("share 0", {"share": "0"}, {}, ("REJECTED", "FA03")),
    ("share 1", {"share": "1"}, {}, ("REJECTED", "FA03")),
    ("one unit", {}, {"network.widths": [1]}, ("REJECTED", "FA02")),
    ("three units", {}, {"network.widths": [3]}, ("REJECTED", "FA02")),
    ("another instance", {}, {"data.targets.0.0": "9"}, ("REJECTED", "FP05")),
]


@pytest.mark.parametrize(("changes", "instance", "answer"), [r[1:] for r in REJECTED], ids=[r[0] for r in REJECTED])
def test_rejected(changes: dict[str, Any], instance: dict[str, Any], answer: tuple[str, str]) -> None:
    assert MINIMA.answer(changes, instance) == answer


def test_two_layers() -> None:
    deep = load_good(GOOD / "fitted-two-layers")
    steps = [deep.certificate["steps"][0], {**MINIMA.certificate["steps"][-1], "premises": ["s1"]}]
    assert Piece(deep.instance, MINIMA.certificate | {"steps": steps}).answer() == ("REJECTED", "FA02")


def test_flat_directions() -> None:
    """There fitted-point/1 keeps V fixed, and says nothing of the Hessian in V."""
    flat = load_good(GOOD / "fitted-exp")
    steps = [flat.certificate["steps"][0], {**MINIMA.certificate["steps"][-1], "premises": ["s1"]}]
    assert Piece(flat.instance, MINIMA.certificate | {"steps": steps}).answer() == ("REJECTED", "FA02")


def test_two_units_are_what_it_is_about() -> None:
    assert MINIMA.answer({}, {"network.widths": [2]}) == ("PROVED", "")


@pytest.mark.parametrize("changes", [{"share": None}, {"share": 0.5}, {"minimum": True}])
def test_malformed(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        MINIMA.answer(changes)


def test_a_stranger_as_a_premise() -> None:
    stranger = Fact("s1", LEMMA, Conclusion("a critical chain, believe me", ""))
    with pytest.raises(Rejected, match="FA01"):
        LEMMA.check(read_instance(MINIMA.instance), (stranger,), Reader({"share": "1/2"}, ""))
    assert THREE.facts(MINIMUM)[POINT.partition("/")[0]].lemma.name not in LEMMA.premises
