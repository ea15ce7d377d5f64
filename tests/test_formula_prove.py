"""From a formula to a proof, a report and an exported network, by the commands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.running import EXAMPLES, certify, csv, prove, proved

MISH = "z*tanh(log(1+exp(z)))"


@pytest.mark.parametrize(
    "activation",
    [
        MISH,
        "softplus:beta=5",
        "mish",
        "hardswish",
        "relu_squared",
        "gaussian",
        "siren:omega=2",
        "cloglog",
        "exp(sin(z))",
    ],
)
@pytest.mark.parametrize("depth", [1, 2])
def test_a_constant_network(activation: str, depth: int, tmp_path: Path) -> None:
    written = proved(
        tmp_path, EXAMPLES / "three-points.csv", "--activation", activation, "--depth", depth, "--features", "x"
    )
    assert written.check("--second").out.endswith("the second checker agrees: PROVED\n")
    assert {"constant-point", "local-minimum", "better-point"} <= set(written.lemmas)


def test_iris_as_in_the_readme(tmp_path: Path) -> None:
    written = proved(tmp_path, EXAMPLES / "iris.csv", "--activation", " z * tanh(log(1+exp(z))) ", "--depth", 2)
    assert written.instance["network"]["activation"] == MISH
    assert f"2 hidden layers of {MISH}, every width" in written.ended.out
    assert "not claimed: the global optimum: nothing is proved about interpolation" in written.ended.out
    report = (tmp_path / "report.md").read_text("utf-8")
    assert f"depth 2, `σ(z) = {MISH}`, every choice of widths" in report
    assert "z\\*tanh(log(1+exp(z))), every width" in report
    ended = certify("export", tmp_path, "--widths", "3,4")
    assert ended.code == 0
    weights = np.load(tmp_path / "network.npz")

    def activate(z: np.ndarray) -> np.ndarray:
        return np.asarray(z * np.tanh(np.log1p(np.exp(z))))

    hidden = activate(activate(weights["X"] @ weights["W1"].T + weights["b1"]) @ weights["W2"].T + weights["b2"])
    residual = hidden @ weights["v"].T - weights["Y"]
    assert abs(float((residual**2).sum()) - float(written.fraction("loss"))) < 1e-9
    assert np.abs(weights["X"].T @ residual).max() < 1e-9


def test_a_fitted_network(tmp_path: Path) -> None:
    points = ("2", "3/2", "-1/2", "-3/2", "0", "-1/2", "7/4", "-5/4", "-1/4")
    data = csv(tmp_path / "line.csv", "x", *points)
    written = proved(tmp_path / "out", data, "--construction", "fitted", "--activation", MISH, "--budget", 20)
    assert written.claim["kind"] == "suboptimal-fitted-minimum"
    assert written.check("--second").out.endswith("the second checker agrees: PROVED\n")
    assert certify("export", tmp_path / "out", "--widths", "5").code == 0


@pytest.mark.parametrize("activation", ["gaussian", "asinh", "quadratic", "sinh"])
def test_the_fitted_construction_is_impossible_for_these(activation: str, tmp_path: Path) -> None:
    options = (EXAMPLES / "iris.csv", "--construction", "fitted", "--activation", activation)
    written = prove(tmp_path, *options)
    assert written.ended.code == 3
    assert f"IMPOSSIBLE  the fitted construction cannot work with 1 hidden layer of {activation}" in written.ended.out
    assert written.check("--second").code == 0


@pytest.mark.parametrize("activation", ["z", "2*z-1"])
def test_without_curvature_nothing_is_found(activation: str, tmp_path: Path) -> None:
    written = prove(tmp_path, EXAMPLES / "three-points.csv", "--features", "x", "--activation", activation)
    assert written.ended.code == 4
    assert "no level with the needed signs was found" in written.ended.out


@pytest.mark.parametrize("activation", ["relu(z)", "abs(z)", "max(z,z/3)"])
def test_piecewise_affine_formulas_have_a_construction_of_their_own(activation: str, tmp_path: Path) -> None:
    written = prove(tmp_path, EXAMPLES / "three-points.csv", "--features", "x", "--activation", activation)
    assert written.ended.code == 2
    assert "is piecewise affine" in written.ended.err
    assert "--construction affine" in written.ended.err


@pytest.mark.parametrize("omega", [3, 30])
def test_a_better_point_is_found_for_an_activation_that_bends_often(omega: int, tmp_path: Path) -> None:
    """There always is one next to the plateau (Proposition 11): within about 1/omega of it."""
    ended = certify("prove", EXAMPLES / "iris.csv", "--activation", f"siren:omega={omega}", "--out", tmp_path / "out")
    assert ended.code == 0, ended
    assert "PROVED  local minimum, not global" in ended.out
