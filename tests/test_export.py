"""`certify export`: the network it writes is the proved point, and that point is what was proved about it."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from tests.lift import Point, point_of
from tests.network import Array, gradient, hessian, loss, outputs, packed, weight_names
from tests.running import EXAMPLES, Written, certify, csv, proved

IRIS = EXAMPLES / "iris.csv"
CASES = {
    "sigmoid-1": (IRIS, "--activation", "sigmoid"),
    "gelu-2": (IRIS, "--activation", "gelu", "--depth", 2),
    "tanh-2-bias": (IRIS, "--activation", "tanh", "--depth", 2, "--output-bias", "--outputs", 2),
    "silu-3": (IRIS, "--activation", "silu", "--depth", 3, "--standardise"),
    "arctan-3": (IRIS, "--activation", "arctan", "--depth", 3),
    "three-points": (EXAMPLES / "three-points.toml",),
    "wine-elu-1": (EXAMPLES / "wine.csv", "--activation", "elu", "--standardise"),
}
WIDTHS = {1: (7,), 2: (3, 4), 3: (2, 3, 2)}


@pytest.fixture(scope="module", params=CASES)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Written:
    return proved(tmp_path_factory.mktemp(request.param), *CASES[request.param])


def exported(written: Written) -> dict[str, Array]:
    widths = ",".join(map(str, WIDTHS[written.instance["network"]["depth"]]))
    ended = certify("export", written.folder, "--widths", widths)
    assert ended.code == 0, ended
    assert "rounded to float64" in ended.out
    with np.load(written.folder / "network.npz") as arrays:
        return dict(arrays)


def test_names_shapes_and_types(written: Written) -> None:
    arrays = exported(written)
    network = written.instance["network"]
    widths = WIDTHS[network["depth"]]
    samples, features, targets = len(written.inputs), len(written.inputs[0]), len(written.targets[0])
    shapes: dict[str, tuple[int, ...]] = {"X": (samples, features), "Y": (samples, targets), "v": (targets, widths[-1])}
    for h, (below, width) in enumerate(zip((features, *widths), widths, strict=False), 1):
        shapes |= {f"W{h}": (width, below), f"b{h}": (width,)}
    if network["output_bias"]:
        shapes["c"] = (targets,)
    assert {name: array.shape for name, array in arrays.items()} == shapes
    assert {array.dtype for array in arrays.values()} == {np.dtype(np.float64)}


def test_the_data_are_those_of_the_instance(written: Written) -> None:
    arrays = exported(written)
    assert arrays["X"].tolist() == [[float(v) for v in row] for row in written.inputs]
    assert arrays["Y"].tolist() == [[float(v) for v in row] for row in written.targets]


def test_it_is_the_uniform_lift_of_the_certificate(written: Written) -> None:
    arrays = exported(written)
    for name, expected in point_of(written).lift(WIDTHS[written.instance["network"]["depth"]]).items():
        np.testing.assert_allclose(arrays[name], expected, rtol=1e-14, atol=1e-15, err_msg=name)


def flatness(point: Point, parameters: dict[str, Array]) -> float:
    """The largest entry of the gradient over what its terms would add up to without cancellation."""
    names = weight_names(parameters)
    size = gradient(point.activation, parameters, np.abs(point.inputs), point.targets)
    terms = np.abs(packed(size, names)).max() + np.abs(point.residuals).sum()
    slope = gradient(point.activation, parameters, point.inputs, point.targets)
    return float(np.abs(packed(slope, names)).max() / terms)


@pytest.mark.parametrize("shares", ["equal", "random"])
def test_the_gradient_vanishes_and_nothing_curves_down(written: Written, shares: str) -> None:
    point = point_of(written)
    widths = WIDTHS[len(point.levels)]
    parameters = exported(written) if shares == "equal" else point.lift(widths, np.random.default_rng(7))
    np.testing.assert_allclose(
        outputs(point.activation, parameters, point.inputs),
        np.broadcast_to(point.constants, point.targets.shape),
        rtol=1e-12,
    )
    assert loss(point.activation, parameters, point.inputs, point.targets) == pytest.approx(
        float(written.fraction("loss")), rel=1e-12
    )
    assert flatness(point, parameters) < 1e-13
    curvature = np.linalg.eigvalsh(hessian(point.activation, parameters, point.inputs, point.targets))
    assert curvature[0] > -1e-8 * curvature[-1]
    assert curvature[0] < 1e-6 * curvature[-1], "the Hessian should be singular: shares are flat"


def test_another_point_is_not_flat(written: Written) -> None:
    """The measure of flatness can tell: it is large as soon as one first weight moves."""
    point = point_of(written)
    parameters = point.lift(WIDTHS[len(point.levels)])
    parameters["W1"] = parameters["W1"] + 0.3 / np.abs(point.inputs).max()
    assert flatness(point, parameters) > 1e-7


def test_the_wrong_sign_curves_down(written: Written) -> None:
    """The measure of curvature can tell: with the residual's sign reversed the same point is a saddle."""
    point = point_of(written)
    parameters = point.lift(WIDTHS[len(point.levels)])
    mirrored = 2 * point.constants - point.targets
    curvature = np.linalg.eigvalsh(hessian(point.activation, parameters, point.inputs, mirrored))
    assert curvature[0] < -1e-5 * curvature[-1]


def test_levels_and_constants_of_the_user(tmp_path: Path) -> None:
    toml = tmp_path / "problem.toml"
    toml.write_text(
        f'data = "{IRIS}"\nlevels = ["log(3)", "-1/2"]\nactivation = "tanh"\nconstant = "7/2"\n', encoding="utf-8"
    )
    written = proved(tmp_path / "out", toml)
    assert certify("export", written.folder, "--widths", "3,4").code == 0
    with np.load(written.folder / "network.npz") as arrays:
        assert arrays["b1"] == pytest.approx(np.log(3), rel=1e-15)
        assert abs(outputs("tanh", arrays, arrays["X"])) == pytest.approx(3.5, rel=1e-14)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--widths", "3,4"), "expected 1 positive integer, found 3,4"),
        (("--widths", "0"), "expected 1 positive integer, found 0"),
        (("--widths", "30000000"), "weights; at most"),
        (("--widths", "a"), "expected positive integers"),
        (("--widths", "3", "--format", "onnx"), "invalid choice"),
        ((), "needed for npz and pt"),
    ],
)
def test_bad_requests(tmp_path: Path, options: tuple[str, ...], message: str) -> None:
    proved(tmp_path / "out", EXAMPLES / "three-points.toml")
    before = sorted((tmp_path / "out").iterdir())
    ended = certify("export", tmp_path / "out", *options)
    assert ended.code == 2
    assert message in ended.err.splitlines()[-1]
    assert sorted((tmp_path / "out").iterdir()) == before


def test_fixed_widths_are_kept(tmp_path: Path) -> None:
    written = proved(tmp_path, IRIS, "--widths", "3")
    assert certify("export", written.folder, "--widths", "3").code == 0
    refused = certify("export", written.folder, "--widths", "4")
    assert refused.code == 2
    assert "widths 3" in refused.err


def test_nothing_is_exported_from_an_obstruction(tmp_path: Path) -> None:
    data = csv(tmp_path / "two.csv", "a,b", "0,1", "1,2", "0,4", "1,9")
    assert certify("prove", data, "--out", tmp_path / "out").code == 3
    ended = certify("export", tmp_path / "out", "--widths", "3")
    assert ended.code == 2
    assert "no point to export" in ended.err
    assert not (tmp_path / "out" / "network.npz").exists()


def test_nothing_is_exported_from_a_false_certificate(tmp_path: Path) -> None:
    written = proved(tmp_path, EXAMPLES / "three-points.toml")
    path = tmp_path / "certificate.json"
    path.write_text(path.read_text("utf-8").replace('"loss": "6"', '"loss": "5"'), "utf-8")
    ended = certify("export", written.folder, "--widths", "3")
    assert ended.code == 2
    assert "not proved" in ended.err
    assert not (tmp_path / "network.npz").exists()


def test_pt_without_torch_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proved(tmp_path, EXAMPLES / "three-points.toml")
    monkeypatch.setitem(sys.modules, "torch", None)
    ended = certify("export", tmp_path, "--widths", "3", "--format", "pt")
    assert ended.code == 2
    assert "PyTorch" in ended.err
    assert not (tmp_path / "network.pt").exists()


def test_pt_holds_the_same_arrays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a stand-in for torch, which is not a dependency: what is saved are the arrays of the .npz file."""
    import types

    saved: dict[str, Array] = {}
    stand_in = types.ModuleType("torch")
    stand_in.from_numpy = lambda array: array  # type: ignore[attr-defined]
    stand_in.save = lambda state, stream: (saved.update(state), stream.write(b"pt"))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch", stand_in)
    proved(tmp_path, EXAMPLES / "three-points.toml")
    assert certify("export", tmp_path, "--widths", "3", "--format", "pt").code == 0
    assert certify("export", tmp_path, "--widths", "3").code == 0
    assert (tmp_path / "network.pt").read_bytes() == b"pt"
    with np.load(tmp_path / "network.npz") as arrays:
        assert set(saved) == set(arrays)
        assert all((saved[name] == arrays[name]).all() for name in saved)
