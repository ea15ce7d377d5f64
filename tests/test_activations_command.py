"""`certify activations`: what it says is true, and no more than what is proved."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import pairwise
from typing import Any

import mpmath
import pytest

from certify.activation import FAMILIES
from certify.facts import REACH
from proofs.activations import Span
from proofs.formulas import ROWS
from proofs.lemmas.jensen_region import show_interval
from tests.console import ROOT
from tests.proofs.oracle import sigma
from tests.running import certify

PAGE = (ROOT / "docs" / "activations.md").read_text("utf-8")


@pytest.fixture(scope="module")
def table() -> dict[str, Any]:
    ended = certify("activations", "--json")
    assert ended.code == 0
    return {row["name"]: row for row in json.loads(ended.out)}


def number(text: str) -> Any:
    value = Fraction(text)
    return mpmath.mpf(value.numerator) / value.denominator


def points(interval: list[str | None]) -> list[Any]:
    low, high = (number(end or far) for end, far in zip(interval, ("-12", "12"), strict=True))
    return [low + (high - low) * k / 160 for k in range(161)]


def demand_true(row: dict[str, Any]) -> int:
    """Differences of values, which no kink escapes, on each interval; how many intervals there are."""
    with mpmath.workdps(50):
        slack = mpmath.mpf(10) ** -30
        for kind, order, side in (("rising", 1, 1), ("falling", 1, -1), ("convex", 2, 1), ("concave", 2, -1)):
            for interval in row[kind]:
                values = [sigma(row["name"], z) for z in points(interval)]
                for _ in range(order):
                    values = [b - a for a, b in pairwise(values)]
                assert all(side * v >= -slack * (1 + abs(v)) for v in values), (row["name"], kind, interval)
    return sum(len(row[kind]) for kind in ("rising", "falling", "convex", "concave"))


@pytest.mark.parametrize("name", ROWS)
def test_the_intervals_of_the_catalogue(name: str, table: dict[str, Any]) -> None:
    assert demand_true(table[name]) >= 1
    assert table[name]["kinks"] == [str(kink) for kink in ROWS[name].kinks]
    assert (table[name]["equation"] is None) == (ROWS[name].equation is None)


@pytest.mark.parametrize("name", ROWS)
def test_the_witnesses_of_the_catalogue(name: str, table: dict[str, Any]) -> None:
    witness = table[name]["witness"]
    if ROWS[name].piecewise is not None:
        assert witness is None
        return
    with mpmath.workdps(50):
        z, slope, bend = (number(witness[key]) for key in ("point", "slope", "bend"))
        assert abs(sigma(name, z, 1)) >= slope > 0.09
        assert abs(sigma(name, z, 2)) >= bend > 0.09


@pytest.mark.parametrize(
    "formula", ["z*tanh(log(1+exp(z)))", "abs(z-1)+z**2/9", "max(sin(z),z/4)", "piecewise(z<1/2,z,z-1)", "exp(-abs(z))"]
)
def test_the_intervals_of_a_formula(formula: str) -> None:
    ended = certify("activations", formula, "--json")
    assert ended.code == 0
    assert demand_true(json.loads(ended.out)) >= 1


def test_convexity_does_not_cross_a_corner() -> None:
    row = json.loads(certify("activations", "max(z**2,3-(z-1)**2)", "--json").out)
    assert row["other_breaks"] is True
    assert row["not_smooth"]
    assert demand_true(row) > 0
    hat = json.loads(certify("activations", "--json", "z**2/9-abs(z)").out)
    assert hat["convex"] == [["-8", "-1/64"], ["1/64", "8"]]
    roof = json.loads(certify("activations", "--json", "--", "-abs(z)").out)
    assert roof["convex"] == [[None, "0"], ["0", None]]
    assert roof["concave"] == [[None, None]]


def test_the_table() -> None:
    ended = certify("activations")
    assert ended.code == 0
    lines = {line.split()[0]: line for line in ended.out.splitlines() if line}
    assert set(ROWS) <= set(lines)
    assert "impossible: σ'' + (2 z) σ' = 0" in lines["erf"]
    assert "impossible: σ'' = 0; see --construction affine" in lines["relu"]
    assert "flat along a scale" in lines["cube"]
    assert "increasing" in lines["tanh"]
    assert "-3, 3" in lines["hardswish"]
    assert "unknown on [-0.125, 0.125]" in lines["sinc"]
    assert "z*tanh(softplus(z))" in lines["mish"]
    assert "softplus:beta=1" in ended.out


def test_a_description() -> None:
    ended = certify("activations", "z*tanh(log(1+exp(z)))")
    assert ended.code == 0
    assert ended.out.startswith("σ(z) = z*tanh(log(1+exp(z)))\n")
    assert f"smooth on            [-{REACH}, {REACH}]\n" in ended.out
    assert "convex on            [-2.25, 1.484375]" in ended.out
    assert "constant network     applies: at z = 1/4, |σ'| ≥ 0.754 and |σ''| ≥ 0.582" in ended.out
    assert "exact optimum        not proved" in ended.out
    assert sum("*" in line for line in ended.out.splitlines()) > 10


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("hardswish", "kinks                -3, 3: no σ'' is claimed there"),
        ("hardswish", "Jensen regions       on [-3/2, 3], [-3, -3/2], [3, inf), (-inf, -3], [-3, 3]"),
        ("gaussian", "fitted network       impossible, for σ'' + (2 z) σ' + (2) σ = 0"),
        ("sech", "exact optimum        wide networks fit any targets: bump units"),
        ("cube", "exact optimum        not for polynomials"),
        ("silu:beta=2", "σ(z) = z*sigmoid(2*z)"),
        ("2*z+1", "constant network     no point with σ' ≠ 0 and σ'' ≠ 0 was found"),
        ("2*z+1", "convex on            [-8, 8]"),
        ("log(z)", "smooth on            [-8, 8] but for [-8, 0.015625]"),
        ("relu6", "convex on            (-inf, 6] [6, inf)"),
        ("relu", "constant network     not offered: its proof needs σ''"),
        ("relu", "fitted network       impossible: σ'' = 0 wherever it exists, so no form is definite"),
        ("softshrink", "affine network       applies, with your own targets (--construction affine)"),
        ("exp", "not excluded: no equation is known that forbids it; its units are exactly flat along a shift"),
        ("abs(z**2-1)", "kinks                where pieces of the formula meet, at points that are not known exactly"),
    ],
)
def test_lines_of_descriptions(name: str, line: str) -> None:
    ended = certify("activations", name)
    assert ended.code == 0
    assert line in ended.out


def test_bad_names() -> None:
    for name in ("sigmoit", "1/0", "__import__('os')", "9**9**9", "softplus:beta=0"):
        ended = certify("activations", name)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.startswith("certify: error: activation: ")


@pytest.mark.parametrize("name", ROWS)
def test_the_page_says_the_same_as_the_catalogue(name: str) -> None:
    row = ROWS[name]
    (line,) = [line for line in PAGE.splitlines() if line.startswith(f"| {name} | `")]
    _, _, formula, _, shapes, interpolation, equation, _ = (cell.strip() for cell in line.split("|"))
    assert formula == f"`{row.formula}`"
    flat = f"none; flat along a {row.flat.value}" if row.flat else "none found"
    assert equation == (f"`{row.equation}`" if row.equation else "`σ'' = 0`" if row.piecewise else flat)
    spans = {None: "not proved", Span.POLYNOMIAL: "no (polynomial)", Span.KINK: "by affine-optimum/1"}
    assert interpolation == spans.get(row.span, row.span.value if row.span else "")
    assert row.piecewise or len(shapes.split("; ")) == max(1, len(row.shapes))
    for shape in row.shapes:
        interval = show_interval(shape.lower, shape.upper).replace("inf", "∞").replace("-", "−")
        assert f"{interval} {'−0+'[shape.slope + 1]}{'−0+'[shape.curvature + 1]}" in shapes


def test_the_page_lists_the_families() -> None:
    for name, family in FAMILIES.items():
        defaults = ",".join(f"{key}={value}" for key, value in family.parameters.items())
        assert f"| `{name}:{defaults}` | `{family.formula}` |" in PAGE
    assert f"one of {len(ROWS)} names" in (ROOT / "README.md").read_text("utf-8")
