"""Construction III from the command line, on real targets, and attacks in floating point on what it proves."""

from __future__ import annotations

import json
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tests.running import EXAMPLES, Written, certify, csv, prove, proved
from tests.straight import KINKS, Array, Layers, forward

IRIS, WINE, DIABETES = (EXAMPLES / f"{name}.csv" for name in ("iris", "wine", "diabetes"))
AFFINE = ("--construction", "affine")
CASES = {
    "diabetes-relu-1": (DIABETES, "--target", "progression", "--activation", "relu"),
    "diabetes-relu-2-bias": (
        DIABETES, "--target", "progression", "--activation", "relu", "--depth", 2, "--output-bias",
    ),
    "wine-relu-1": (WINE, "--target", "alcohol", "--activation", "relu"),
    "wine-relu-2": (WINE, "--target", "alcohol", "--activation", "relu", "--depth", 2),
    "wine-relu-2-narrow": (WINE, "--target", "alcohol", "--activation", "relu", "--widths", "1,3"),
    "iris-leaky-relu-3": (IRIS, "--target", "petal_width", "--activation", "leaky_relu", "--depth", 3),
    "iris-hardtanh-2": (IRIS, "--target", "petal_width,sepal_width", "--activation", "hardtanh", "--depth", 2),
    "iris-abs-2": (IRIS, "--target", "petal_width,sepal_width", "--activation", "abs", "--standardise"),
    "wine-relu-dead": (WINE, "--target", "alcohol", "--activation", "relu", "--output-bias", "--piece", 0),
}  # fmt: skip
WIDTHS: dict[int, list[tuple[int, ...]]] = {1: [(3,), (4,), (50,)], 2: [(3, 3), (7, 4)], 3: [(2, 3, 2), (9, 2, 5)]}


@pytest.fixture(scope="module", params=CASES)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Written:
    return proved(tmp_path_factory.mktemp(request.param), *CASES[request.param], *AFFINE)


@cache
def name_of(written: Written) -> str:
    return str(written.instance["network"]["activation"])


@cache
def floats(written: Written) -> tuple[Array, Array]:
    return np.array(written.inputs, dtype=float), np.array(written.targets, dtype=float)


def widths_of(written: Written) -> list[tuple[int, ...]]:
    network = written.instance["network"]
    return [tuple(network["widths"])] if network["widths"] != "every" else WIDTHS[network["depth"]]


def exported(written: Written, widths: tuple[int, ...], which: str = "network") -> Layers:
    ended = certify("export", written.folder, "--widths", ",".join(map(str, widths)))
    assert ended.code == 0, ended
    with np.load(written.folder / f"{which}.npz") as arrays:
        layers = [(arrays[f"W{h}"], arrays[f"b{h}"]) for h in range(1, len(widths) + 1)]
        biases = arrays["c"] if "c" in arrays else np.zeros(len(arrays["v"]))
        assert [len(b) for _, b in layers] == list(widths)
        return [*layers, (arrays["v"], biases)]


def loss_of(written: Written, layers: Layers) -> float:
    inputs, targets = floats(written)
    return float(np.sum((forward(name_of(written), layers, inputs)[0] - targets) ** 2))


def sits_on(written: Written, layers: Layers) -> list[Array]:
    """The number of the piece of each unit at each sample."""
    name = name_of(written)
    return [np.searchsorted(KINKS[name], z) for z in forward(name, layers, floats(written)[0])[1]]


def test_the_loss_is_that_of_the_least_squares_fit(written: Written) -> None:
    inputs, targets = floats(written)
    constant = written.claim["region"] == "constant"
    scaled = (inputs - inputs.mean(axis=0)) / inputs.std(axis=0)
    columns = np.concatenate([scaled[:, : 0 if constant else None], np.ones((len(inputs), 1))], axis=1)
    fit = columns @ np.linalg.lstsq(columns, targets, rcond=None)[0]
    least = float(np.sum((fit - targets) ** 2))
    assert abs(float(written.fraction("loss")) - least) <= 1e-9 * least
    for widths in widths_of(written):
        layers = exported(written, widths)
        assert abs(loss_of(written, layers) - least) <= 1e-7 * least
        assert all((pieces == pieces[0]).all() for pieces in sits_on(written, layers))


def test_nothing_near_is_lower_and_nothing_with_straight_units(written: Written) -> None:
    """Random steps, small and large, also along one layer only; what leaves the region is not counted."""
    rng, least = np.random.default_rng(1), float(written.fraction("loss"))
    for widths in widths_of(written):
        layers = exported(written, widths)
        start, inside = sits_on(written, layers), 0
        for size in 10.0 ** rng.uniform(-9, 0, size=300):
            chosen = rng.integers(len(layers) + 1)
            moved: Layers = []
            for h, (weights, biases) in enumerate(layers):
                step = size if chosen in (h, len(layers)) else 0.0
                scales = np.abs(weights).max() + 1e-3, np.abs(biases).max() + 1e-3
                noise = [rng.normal(size=a.shape) * step * s for a, s in zip((weights, biases), scales, strict=True)]
                if h == len(layers) - 1 and not written.instance["network"]["output_bias"]:
                    noise[1] *= 0
                moved.append((weights + noise[0], biases + noise[1]))
            pieces = sits_on(written, moved)
            if all((a == b[0]).all() for a, b in zip(pieces, start, strict=True)):
                inside += 1
                assert loss_of(written, moved) >= least * (1 - 1e-7)
        assert inside >= 60


def test_the_better_point_is_better(written: Written) -> None:
    least, gap = float(written.fraction("loss")), float(written.fraction("gap"))
    for widths in widths_of(written):
        better = loss_of(written, exported(written, widths, "better"))
        assert better <= (least - gap) * (1 + 1e-7)
        assert better < least


def test_the_better_point_bends(written: Written) -> None:
    (widths, *_) = widths_of(written)
    pieces = sits_on(written, exported(written, widths, "better"))
    if written.claim["region"] == "affine":
        assert any((column != column[0]).any() for table in pieces for column in table.T)


def test_both_checkers_prove_it(written: Written) -> None:
    ended = written.check("--second")
    assert ended.code == 0
    assert ended.out.splitlines()[-1] == "the second checker agrees: PROVED"


def test_the_optimum_is_the_scatter(written: Written) -> None:
    if written.claim["optimum"] is None:
        assert written.instance["network"]["widths"] != "every"
        return
    groups: dict[tuple[Fraction, ...], list[list[Fraction]]] = {}
    for x, y in zip(written.inputs, written.targets, strict=True):
        groups.setdefault(tuple(x), []).append(y)
    scatter = Fraction(0)
    for rows in groups.values():
        for column in zip(*rows, strict=True):
            mean = sum(column, Fraction(0)) / len(column)
            scatter += sum(((v - mean) ** 2 for v in column), Fraction(0))
    assert written.fraction("optimum") == scatter
    assert written.claim["optimum_widths"][-1] == len(groups) - written.instance["network"]["output_bias"]


def test_the_report_says_it(written: Written) -> None:
    report = (written.folder / "report.md").read_text("utf-8")
    fit = "the mean of the targets" if written.claim["region"] == "constant" else "the least-squares affine fit"
    assert fit in report
    constant = written.claim["region"] == "constant"
    assert ("among constants nothing is better than the mean" in report) == constant
    assert ("among affine functions nothing is better than the fit" in report) != constant
    assert "copies of these units" in report
    assert "nothing is lower while every unit has all samples on one piece of σ" in report
    assert "not global" in report


def test_exported_networks_are_no_narrower_than_the_point(tmp_path: Path) -> None:
    written = proved(tmp_path, *CASES["iris-hardtanh-2"], *AFFINE)
    ended = certify("export", tmp_path, "--widths", "1,1")
    assert ended.code == 2
    assert "at least 2,2" in ended.err
    least = written.claim["least_widths"]
    if least != [2, 2]:
        ended = certify("export", tmp_path, "--widths", "2,2")
        assert "better.npz" not in ended.out


def small(folder: Path, *rows: str) -> Path:
    return csv(folder / "data.csv", "x,y", *rows)


def test_data_that_an_affine_function_fits(tmp_path: Path) -> None:
    data = small(tmp_path, "0,1", "1,3", "2,5")
    ended = prove(tmp_path / "out", data, "--target", "y", "--activation", "relu", *AFFINE).ended
    assert ended.code == 4
    assert "the minimum is global, not bad" in ended.out


def test_a_fit_that_is_the_best_function_of_repeated_inputs(tmp_path: Path) -> None:
    data = small(tmp_path, "0,1", "0,3", "1,7", "1,9")
    ended = prove(tmp_path / "out", data, "--target", "y", "--activation", "abs", *AFFINE).ended
    assert ended.code == 4
    assert "no function of these inputs has a smaller loss" in ended.out


def test_networks_that_are_too_narrow(tmp_path: Path) -> None:
    data = csv(tmp_path / "data.csv", "x,u,y,z", "0,1,1,0", "1,0,3,1", "2,2,4,0", "3,1,0,0", "4,5,0,1")
    options = (data, "--target", "y,z", "--activation", "relu", *AFFINE)
    ended = prove(tmp_path / "out", *options, "--widths", 1).ended
    assert ended.code == 4
    assert "d_1 ≥ 2" in ended.out or "d_1 ≥ 3" in ended.out


def test_dead_units_without_a_value(tmp_path: Path) -> None:
    data = small(tmp_path, "0,1", "1,3", "2,4")
    ended = prove(tmp_path / "out", data, "--target", "y", "--activation", "relu", "--piece", 0, *AFFINE).ended
    assert ended.code == 4
    assert "--output-bias" in ended.out
    written = proved(tmp_path / "out", data, "--target", "y", "--activation", "hardtanh", "--piece", 0, *AFFINE)
    assert written.claim["region"] == "constant"
    assert written.fraction("loss") == Fraction(14, 3)


def test_a_single_relu_may_have_nothing_better(tmp_path: Path) -> None:
    ended = prove(tmp_path, *CASES["wine-relu-1"], "--widths", 1, *AFFINE).ended
    assert ended.code == 4
    assert "INCOMPLETE" in ended.out


def test_a_problem_file_and_json(tmp_path: Path) -> None:
    small(tmp_path, "0,0", "1,3", "2,4", "3,3")
    problem = (
        'data = "data.csv"\ntargets = ["y"]\nactivation = "prelu"\nconstruction = "affine"\npiece = 0\ndepth = 2\n'
    )
    (tmp_path / "problem.toml").write_text(problem, "utf-8")
    ended = certify("prove", tmp_path / "problem.toml", "--json", "--out", tmp_path / "out")
    assert ended.code == 0, ended
    found = json.loads(ended.out)
    assert found["verdict"] == "PROVED"
    assert found["claim"].startswith("local minimum where the network is the best affine fit, not global")
    written = Written(tmp_path / "out", ended)
    assert written.fraction("loss") == 4
    assert written.fraction("optimum") == 0
    assert found["steps"][0]["lemma"] == "affine-minimum/1"


def test_the_same_seed_writes_the_same_certificate(tmp_path: Path) -> None:
    first, second = (proved(tmp_path / name, *CASES["wine-relu-2"], *AFFINE) for name in "ab")
    assert first.certificate == second.certificate


def test_inputs_are_never_needed_apart(tmp_path: Path) -> None:
    """A constant feature and a doubled one: any least-squares solution serves."""
    data = csv(tmp_path / "data.csv", "x,twice,one,y", "0,0,7,0", "1,2,7,3", "2,4,7,4", "3,6,7,3")
    written = proved(tmp_path / "out", data, "--target", "y", "--activation", "relu", *AFFINE)
    assert written.fraction("loss") == 4


@pytest.mark.parametrize(
    ("activation", "formula"),
    [
        ("leaky_relu:negative_slope=1/5", "piecewise(z<0,1/5*z,z)"),
        ("hardtanh:min_val=-2,max_val=1", "min(max(z,-2),1)"),
        ("softshrink:lambd=1/4", "max(z-1/4,0)+min(z+1/4,0)"),
        ("max(z,z/3)+abs(z-1)/7", "max(z,z/3)+abs(z-1)/7"),
    ],
)
def test_formulas_that_are_piecewise_affine(tmp_path: Path, activation: str, formula: str) -> None:
    options = ("--target", "petal_width", "--activation", activation, "--construction", "affine")
    written = proved(tmp_path, EXAMPLES / "iris.csv", *options)
    assert written.instance["network"]["activation"] == formula
    ended = certify("check", "--second", tmp_path / "instance.json", tmp_path / "certificate.json")
    assert ended.out.splitlines()[-1] == "the second checker agrees: PROVED"
    assert certify("export", tmp_path, "--widths", "3").code == 0
