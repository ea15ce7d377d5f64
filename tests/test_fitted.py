"""Construction II from the command line, and attacks in floating point on what it proves."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests import network
from tests.network import Array
from tests.running import EXAMPLES, Written, certify, proved

IRIS, WINE, DIABETES = (EXAMPLES / f"{name}.csv" for name in ("iris", "wine", "diabetes"))
FITTED = ("--construction", "fitted")
CASES = {
    "iris-silu-1": (IRIS, "--activation", "silu", "--digits", 4),
    "iris-sigmoid-1-bias": (IRIS, "--activation", "sigmoid", "--output-bias"),
    "iris-silu-2": (IRIS, "--activation", "silu", "--depth", 2),
    "iris-silu-3-uniform": (IRIS, "--activation", "silu", "--depth", 3),
    "wine-elu-1": (WINE, "--activation", "elu"),
}
WIDTHS: dict[int, list[tuple[int, ...]]] = {
    1: [(1,), (2,), (7,)],
    2: [(1, 1), (3, 4), (6, 2)],
    3: [(1, 1, 1), (2, 3, 2), (5, 1, 3)],
}
Parameters = dict[str, Array]


@pytest.fixture(scope="module", params=CASES)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Written:
    return proved(tmp_path_factory.mktemp(request.param), *CASES[request.param], *FITTED)


def name_of(written: Written) -> str:
    return str(written.instance["network"]["activation"])


def floats(written: Written) -> tuple[Array, Array]:
    return np.array(written.inputs, dtype=float), np.array(written.targets, dtype=float)


def lift(written: Written, widths: tuple[int, ...], generator: np.random.Generator | None) -> Parameters:
    """The exported chain, lifted with equal shares or with random ones."""
    ended = certify("export", written.folder, "--widths", ",".join(map(str, widths)))
    assert ended.code == 0, ended
    with np.load(written.folder / "network.npz") as arrays:
        parameters = {name: array for name, array in arrays.items() if name not in "XY"}
    if generator is not None:
        for name in [*(f"W{h}" for h in range(2, len(widths) + 1)), "v"]:
            shares = generator.dirichlet(np.full(parameters[name].shape[1], 0.7), size=len(parameters[name]))
            parameters[name] = parameters[name].sum(axis=1, keepdims=True) * shares
    return parameters


def excess(written: Written, parameters: Parameters, base: Parameters) -> float:
    """<D, T - T*> over |D| |T - T*|: what the theorems bound from below by 0, free of the rounding of the loss."""
    inputs, targets = floats(written)
    start = network.outputs(name_of(written), base, inputs)
    change = network.outputs(name_of(written), parameters, inputs) - start
    residual = start - targets
    return float(np.sum(residual * change) / (np.linalg.norm(residual) * np.linalg.norm(change) + 1e-300))


def test_the_gradient_is_zero_at_every_lift(written: Written) -> None:
    inputs, targets = floats(written)
    generator = np.random.default_rng(1)
    for widths in WIDTHS[written.instance["network"]["depth"]]:
        for shares in (None, generator):
            parameters = lift(written, widths, shares)
            slopes = network.gradient(name_of(written), parameters, inputs, targets)
            size = max(float(np.abs(slope).max()) for slope in slopes.values())
            assert size < 1e-9 * float(np.abs(inputs).sum())


def test_the_loss_lies_between_its_bounds(written: Written) -> None:
    inputs, targets = floats(written)
    for widths in WIDTHS[written.instance["network"]["depth"]]:
        value = network.loss(name_of(written), lift(written, widths, np.random.default_rng(2)), inputs, targets)
        assert written.fraction("loss_lower") < Fraction(value) < written.fraction("loss_upper")


def test_the_targets_are_short_and_their_box_is_open(written: Written) -> None:
    assert written.fraction("target_radius") > 0
    assert all((10**15 * y).denominator == 1 for (y,) in written.targets)


def region_point(written: Written, base: Parameters, share: float, generator: np.random.Generator) -> Parameters:
    """A random point of the region, mostly on its boundary, for the lift `base`."""
    radius = share * float(written.fraction("region_radius"))

    def moves(shape: tuple[int, ...]) -> Array:
        spread = generator.uniform(-1, 1, size=shape)
        return radius * (np.sign(spread) if generator.random() < 0.6 else spread)

    moved = dict(base)
    moved["W1"] = base["W1"] + moves(base["W1"].shape)
    for h in range(1, network.depth(base) + 1):
        moved[f"b{h}"] = base[f"b{h}"] + moves(base[f"b{h}"].shape)
        if h > 1:
            scale = base[f"W{h}"].sum(axis=1, keepdims=True)
            shares = generator.dirichlet(np.full(base[f"W{h}"].shape[1], 0.5), size=len(base[f"W{h}"]))
            moved[f"W{h}"] = scale * shares * (1 + moves((len(scale), 1)))
    moved["v"] = base["v"] * generator.exponential(size=base["v"].shape)
    if "c" in base:
        moved["c"] = base["c"] + generator.normal()
    return moved


def test_nothing_is_lower_in_the_region(written: Written) -> None:
    if written.claim["region_radius"] is None:
        assert written.claim["lifts"] == "uniform"
        return
    generator = np.random.default_rng(3)
    for widths in WIDTHS[written.instance["network"]["depth"]]:
        base = lift(written, widths, generator)
        for _ in range(60):
            assert excess(written, region_point(written, base, 1.0, generator), base) > -1e-9


def test_the_hessian_has_no_negative_eigenvalue_where_a_minimum_is_claimed(written: Written) -> None:
    generator = np.random.default_rng(4)
    inputs, targets = floats(written)
    for widths in WIDTHS[written.instance["network"]["depth"]]:
        for shares in (None, generator) if written.claim["lifts"] == "any" else (None,):
            matrix = network.hessian(name_of(written), lift(written, widths, shares), inputs, targets)
            values = np.linalg.eigvalsh(matrix)
            assert values[0] > -1e-7 * values[-1]


def test_gradient_descent_stays_where_it_is_and_the_better_point_is_lower(written: Written) -> None:
    """From 50 starts in the region, descent never gets below E* while it is in the region."""
    if written.claim["region_radius"] is None or written.instance["network"]["depth"] > 2:
        return
    inputs, targets = floats(written)
    generator = np.random.default_rng(6)
    widths = WIDTHS[written.instance["network"]["depth"]][1]
    base = lift(written, widths, generator)
    least = network.loss(name_of(written), base, inputs, targets)
    for _ in range(50):
        point = region_point(written, base, 0.3, generator)
        for _ in range(20):
            slopes = network.gradient(name_of(written), point, inputs, targets)
            rate = 1e-4 / max(float(np.abs(s).max()) for s in slopes.values())
            moved = {name: value - rate * slopes[name] if name in slopes else value for name, value in point.items()}
            if not in_region(written, moved, base):
                break
            point = moved
            assert network.loss(name_of(written), point, inputs, targets) > least * (1 - 1e-12)
    better = layers_of(written)
    value = network.loss(name_of(written), better, inputs, targets)
    assert Fraction(value) < written.fraction("loss_lower") - written.fraction("gap") / 2
    slopes = network.gradient(name_of(written), better, inputs, targets)
    rate = 1e-9 / max(1.0, *(float(np.abs(s).max()) for s in slopes.values()))
    down = {name: array - rate * slopes.get(name, np.zeros_like(array)) for name, array in better.items()}
    assert network.loss(name_of(written), down, inputs, targets) <= value * (1 + 1e-12)


def in_region(written: Written, point: Parameters, base: Parameters) -> bool:
    radius = float(written.fraction("region_radius"))
    inside = np.abs(point["W1"] - base["W1"]).max() <= radius and float((point["v"] / base["v"]).min()) >= 0
    for h in range(1, network.depth(base) + 1):
        inside = inside and np.abs(point[f"b{h}"] - base[f"b{h}"]).max() <= radius
        if h > 1:
            scale = base[f"W{h}"].sum(axis=1, keepdims=True)
            shares = point[f"W{h}"] / scale
            inside = inside and shares.min() >= 0 and np.abs(shares.sum(axis=1) - 1).max() <= radius
    return bool(inside)


def layers_of(written: Written) -> Parameters:
    """The better network of the certificate."""
    *hidden, last = written.arguments("fitted-better-point")["layers"]
    parameters: Parameters = {}
    for h, item in enumerate(hidden, 1):
        parameters[f"W{h}"] = np.array([[float(Fraction(w)) for w in row] for row in item["weights"]])
        parameters[f"b{h}"] = np.array([float(Fraction(b)) for b in item["biases"]])
    parameters["v"] = np.array([[float(Fraction(w)) for w in row] for row in last["weights"]])
    if written.instance["network"]["output_bias"]:
        parameters["c"] = np.array([float(Fraction(b)) for b in last["biases"]])
    return parameters


def test_it_is_checked_again_and_says_its_scope(written: Written) -> None:
    ended = certify("check", "--second", written.folder / "instance.json", written.folder / "certificate.json")
    assert ended.code == 0
    assert ended.out.splitlines()[-1] == "the second checker agrees: PROVED"
    assert ended.out.splitlines()[-2].startswith("PROVED  local minimum for every target within")
    assert f"{written.claim['lifts']} lifts, not global" in ended.out
    report = (written.folder / "report.md").read_text("utf-8")
    assert "The chain has one neuron in each hidden layer" in report
    assert "fitted-point/1" in report


def test_digits_are_kept(tmp_path: Path) -> None:
    ended = certify("prove", IRIS, *FITTED, "--activation", "silu", "--digits", 3, "--out", tmp_path, "--json")
    assert ended.code == 0
    assert json.loads(ended.out)["verdict"] == "PROVED"
    written = Written(tmp_path, ended)
    assert all((1000 * y).denominator == 1 for (y,) in written.targets)
    assert any((100 * y).denominator != 1 for (y,) in written.targets)


@pytest.mark.parametrize("loss", ["logistic", "pseudo-huber", "poisson"])
def test_other_losses(tmp_path: Path, loss: str) -> None:
    written = proved(tmp_path, IRIS, *FITTED, "--activation", "gelu", "--loss", loss)
    assert written.instance["loss"] == loss
    assert written.claim["kind"] == "suboptimal-fitted-minimum"
    assert written.fraction("target_radius") > 0
    values = [float(y) for (y,) in written.targets]
    assert loss == "pseudo-huber" or min(values) > 0
    assert loss != "logistic" or max(values) < 1


@pytest.mark.parametrize(
    "options", [("erf",), ("arctan",), ("sin",), ("square", "--output-bias"), ("square", "--depth", 2)], ids=str
)
def test_exceptional_activations_are_reported_with_a_proof(tmp_path: Path, options: tuple[str, ...]) -> None:
    ended = certify("prove", IRIS, *FITTED, "--activation", *options, "--out", tmp_path)
    assert ended.code == 3
    assert "IMPOSSIBLE" in ended.out
    assert "exceptional-activation/1" in ended.out
    assert certify("check", tmp_path / "instance.json", tmp_path / "certificate.json").code == 0


@pytest.mark.parametrize(
    "options",
    [
        ("exp",),
        ("exp", "--depth", 2, "--output-bias"),
        ("square",),
        ("silu", "--outputs", 3, "--output-bias"),
        ("exp", "--outputs", 2),
    ],
    ids=str,
)
def test_flat_directions_and_several_outputs(tmp_path: Path, options: tuple[str, ...]) -> None:
    """The exported network is critical, its loss is the one claimed, and random networks near it are not lower."""
    written = proved(tmp_path, IRIS, *FITTED, "--activation", *options)
    ended = certify("check", "--second", written.folder / "instance.json", written.folder / "certificate.json")
    assert ended.out.splitlines()[-1] == "the second checker agrees: PROVED"
    assert ("for every target of output 1 within" in ended.out) == ("--outputs" in options)  # the others follow it
    report = (written.folder / "report.md").read_text("utf-8").replace("\\", "")
    (chain,) = [line for line in report.splitlines() if line.startswith("The chain has one neuron")]
    assert (", T_o = e_o (V σ(z_H)" if "--outputs" in options else ", T = V σ(z_H)") in chain
    assert ("V σ(z_H) + c" in chain) == ("--output-bias" in options)
    inputs, targets = floats(written)
    generator = np.random.default_rng(7)
    widths = WIDTHS[written.instance["network"]["depth"]][1]
    base = lift(written, widths, None)
    slopes = network.gradient(name_of(written), base, inputs, targets)
    assert max(float(np.abs(slope).max()) for slope in slopes.values()) < 1e-9 * float(np.abs(inputs).sum())
    value = network.loss(name_of(written), base, inputs, targets)
    assert written.fraction("loss_lower") < Fraction(value) < written.fraction("loss_upper")
    for _ in range(200):
        moved = {name: array + 1e-5 * generator.normal(size=array.shape) for name, array in base.items()}
        assert excess(written, moved, base) > -1e-7
    better = network.loss(name_of(written), layers_of(written), inputs, targets)
    assert Fraction(better) < written.fraction("loss_lower") - written.fraction("gap") / 2


def test_a_search_out_of_time_is_undecided(tmp_path: Path) -> None:
    few = tmp_path / "few.csv"
    few.write_text("x\n" + "\n".join(map(str, range(4))) + "\n")
    ended = certify("prove", few, *FITTED, "--budget", "0.1", "--out", tmp_path / "out")
    assert ended.code == 4
    assert "--budget" in ended.out
    assert not (tmp_path / "out").exists()
    few.write_text("x\n1\n2\n4\n")
    ended = certify("prove", few, *FITTED, "--out", tmp_path / "out")
    assert ended.code == 4
    assert "3 samples are too few" in ended.out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((*FITTED, "--target", "petal_width"), "leave the target columns out"),
        ((*FITTED, "--outputs", "2", "--loss", "poisson"), "several need the squared loss"),
        (("--loss", "logistic"), "needs the fitted one"),
        ((*FITTED, "--digits", "-1"), "digits: expected 0 to 30"),
        (("--construction", "fited"), "available: constant, fitted"),
        ((*FITTED, "--budget", "nan"), "budget: expected a positive number"),
    ],
)
def test_bad_requests(tmp_path: Path, options: tuple[str, ...], message: str) -> None:
    ended = certify("prove", IRIS, *options, "--out", tmp_path / "out")
    assert ended.code == 2
    assert message in ended.err
    assert len(ended.err.splitlines()) == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.long
@pytest.mark.parametrize(
    ("data", "activation", "depth"),
    [
        *((data, name, 1) for data in (IRIS, WINE, DIABETES)
          for name in ("sigmoid", "tanh", "softplus", "silu", "gelu", "softsign", "elu")),
        *((IRIS, name, depth) for name, most in (("sigmoid", 3), ("softplus", 3), ("tanh", 2), ("silu", 4), ("gelu", 4))
          for depth in range(2, most + 1)),
        *((data, name, 2) for data in (WINE, DIABETES) for name in ("silu", "gelu")),
    ],
    ids=lambda value: value.stem if isinstance(value, Path) else str(value),
)  # fmt: skip
def test_all_data_activations_and_depths(tmp_path: Path, data: Path, activation: str, depth: int) -> None:
    written = proved(tmp_path, data, *FITTED, "--activation", activation, "--depth", depth)
    assert written.claim["kind"] == "suboptimal-fitted-minimum"
    assert written.fraction("target_radius") > 0
    assert written.claim["optimum_widths"] is not None
    assert math.isfinite(float(written.fraction("loss_upper")))


def test_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    first, second = (proved(tmp_path / name, IRIS, *FITTED, "--activation", "silu", "--seed", 3) for name in "ab")
    assert first.instance == second.instance
    assert first.certificate == second.certificate
