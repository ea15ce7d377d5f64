"""Files that the real libraries wrote (make_files.py): the network that is read computes what theirs did."""

from __future__ import annotations

import json
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from flint import arb, fmpq

from certify.activation import resolve
from certify.errors import UsageError
from certify.models.keras import ACTIVATIONS
from certify.models.network import TrainedNetwork, read_network
from tests.models.files import WEIGHTS, pytorch
from tests.running import EXAMPLES, certify

DATA = Path(__file__).resolve().parent / "data"
OUTPUTS: dict[str, Any] = json.loads((DATA / "outputs.json").read_text("utf-8"))
INPUTS = OUTPUTS["inputs"]
KERAS = ["keras-tanh.keras", "keras-leaky.keras", "keras-probability.keras", "keras-double.keras"]

TOLD = {
    "torch-tanh.onnx": "tanh",
    "torch-gelu.onnx": "gelu",
    "torch-gelu-tanh.onnx": "gelu_tanh",
    "torch-silu.onnx": "silu",
    "torch-softplus-2.onnx": "(softplus((z*2))/2)",
    "torch-leaky.onnx": "leaky_relu:negative_slope=0.2",
    "torch-elu.onnx": "elu:alpha=1.5",
    "torch-selu.onnx": "selu",
    "torch-hardsigmoid.onnx": "hardsigmoid",
    "torch-hardswish.onnx": "hardswish",
    "torch-mish.onnx": "mish",
    "torch-softsign.onnx": "softsign",
    "torch-probability.onnx": "tanh",
    "torch-dynamo.onnx": "relu",
    "onnx-matmul.onnx": "sigmoid",
    "onnx-double.onnx": "sigmoid",
    "onnx-half.onnx": "sigmoid",
    "onnx-gemm.onnx": "min(max(0.3*z+0.25,0),1)",
    "keras-tanh.keras": "tanh",
    "keras-leaky.keras": "leaky_relu:negative_slope=0.2",
    "keras-probability.keras": "tanh",
    "keras-double.keras": "gelu",
}
STATES = ["torch-f64.pt", "torch-f32.pt", "torch-f16.pt", "torch-bf16.pt", "torch-checkpoint.pt"]
PRECISION = {"torch-f64.pt": 1e-14, "onnx-double.onnx": 1e-14, "torch-f16.pt": 2e-3, "onnx-half.onnx": 5e-3}
PRECISION |= {"torch-bf16.pt": 2e-2, "keras-double.keras": 1e-7}


def value(activation: str, at: arb) -> arb:
    return resolve(activation).value(at)


def computed(network: TrainedNetwork, activation: str) -> list[list[float]]:
    """The outputs of the network at INPUTS, by ball arithmetic."""
    rows = []
    for sample in INPUTS:
        values = [arb(fmpq(*v.as_integer_ratio())) for v in sample]
        for place, layer in enumerate(network.layers):
            values = [
                sum((arb(w) * v for w, v in zip(row, values, strict=True)), arb(b))
                for row, b in zip(layer.weights, layer.biases, strict=True)
            ]
            if place < len(network.layers) - 1:
                values = [value(activation, v) for v in values]
            elif network.output == "sigmoid":
                values = [value("sigmoid", v) for v in values]
        rows.append([float(v.mid()) for v in values])
    return rows


def needs_h5py(name: str) -> None:
    if name.endswith(".keras"):
        pytest.importorskip("h5py")


@pytest.mark.parametrize("name", [*TOLD, *STATES])
def test_the_network_computes_what_its_library_computed(name: str) -> None:
    needs_h5py(name)
    network = read_network(DATA / name)
    assert network.activation == TOLD.get(name)
    assert network.widths == ((2, 3, 1) if name.startswith("onnx") else (2, 3, 3, 1))
    found = computed(network, network.activation or "tanh")
    for row, expected in zip(found, OUTPUTS[name], strict=True):
        assert row == pytest.approx(expected, abs=PRECISION.get(name, 1e-6))


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_activations_of_keras(name: str) -> None:
    expected = OUTPUTS[f"keras {name}"]
    for row, outputs in zip(INPUTS, expected, strict=True):
        for z, y in zip(row, outputs, strict=True):
            exact = value(ACTIVATIONS[name], arb(fmpq(*z.as_integer_ratio())))
            assert float(exact.mid()) == pytest.approx(y, abs=1e-6)


def test_every_number_of_a_keras_file_is_kept(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    with zipfile.ZipFile(DATA / "keras-tanh.keras") as source:
        (tmp_path / "w.h5").write_bytes(source.read("model.weights.h5"))
    network = read_network(DATA / "keras-tanh.keras")
    with h5py.File(tmp_path / "w.h5") as file:
        for layer, group in zip(network.layers, ("dense", "dense_1", "dense_2"), strict=True):
            kernel, bias = (file[f"layers/{group}/vars/{k}"][()].astype(float).tolist() for k in (0, 1))
            assert [[Fraction(str(w)) for w in row] for row in layer.weights] == [
                [Fraction(w) for w in column] for column in zip(*kernel, strict=True)
            ]
            assert [Fraction(str(b)) for b in layer.biases] == [Fraction(b) for b in bias]


def test_what_the_files_say_of_the_training() -> None:
    pytest.importorskip("h5py")
    tanh = read_network(DATA / "keras-tanh.keras")
    assert tanh.names[0] == "first.kernel (by column), first.bias"
    kinds = ["first has a kernel_regularizer", "dropout is dropout", "compiled with the loss 'mse'"]
    assert [remark.startswith(kind) for remark, kind in zip(tanh.remarks, kinds, strict=True)] == [True] * 3
    assert "dropout" in read_network(DATA / "onnx-gemm.onnx").remarks[0]
    probability = read_network(DATA / "keras-probability.keras")
    assert (probability.output, probability.output_bias) == ("sigmoid", False)
    assert read_network(DATA / "torch-probability.onnx").output == "sigmoid"


REFUSED = {
    "torch-whole.pt": r"a whole object \(torch\.nn\.modules\.container\.Sequential\).*model\.state_dict\(\)",
    "torch-old.pt": "not a zip archive",
    "torch-tied.pt": "'0.weight' and '2.weight' share numbers",
    "keras-functional.keras": "a 'Functional'; expected Sequential",
}


@pytest.mark.parametrize("name", REFUSED)
def test_files_that_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match=REFUSED[name]):
        read_network(DATA / name)


WAVE = EXAMPLES / "trained" / "wave.csv"


def examine(model: Path, out: Path, *more: object, data: Path = WAVE) -> Any:
    return certify("examine", model, "--data", data, "--target", "y", "--out", out, *more)


def test_a_keras_model_is_examined_without_naming_its_activation(tmp_path: Path) -> None:
    pytest.importorskip("h5py")
    ended = examine(DATA / "wave.keras", tmp_path)
    assert (ended.code, "PROVED  strict local minimum" in ended.out) == (0, True), ended
    assert "layer 1  a.kernel (by column), a.bias: 1 -> 2, tanh" in ended.out
    assert examine(DATA / "wave.keras", tmp_path, "--activation", "tanh").code == 0
    other = examine(DATA / "wave.keras", tmp_path, "--activation", "relu")
    assert (other.code, "--activation relu: the hidden units in wave.keras are tanh" in other.err) == (2, True)


def test_what_follows_the_outputs_belongs_to_a_loss(tmp_path: Path) -> None:
    data = tmp_path / "d.csv"
    data.write_text("a,b,y\n" + "".join(f"{k % 5},{k % 7},{k % 2}\n" for k in range(12)), "utf-8")
    refused = examine(DATA / "torch-probability.onnx", tmp_path, data=data)
    assert refused.code == 2
    assert "--loss squared: torch-probability.onnx ends with sigmoid, which belongs to --loss logistic" in refused.err
    ended = examine(DATA / "torch-probability.onnx", tmp_path, "--loss", "logistic", data=data)
    assert (ended.code, "3 -> 1, linear (its sigmoid belongs to the loss)" in ended.out) == (3, True), ended


def test_the_user_says_what_files_do_not(tmp_path: Path) -> None:
    path = pytorch(tmp_path / "m.pt", WEIGHTS)
    refused = examine(path, tmp_path, "--features", "x")
    assert (refused.code, "--activation: expected the one of the hidden units" in refused.err) == (2, True)
    refused = examine(DATA / "torch-tanh.onnx", tmp_path, "--layers", "a,b")
    assert (refused.code, "says itself in which order" in refused.err) == (2, True)


def test_without_h5py(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "h5py", None)
    refused = examine(DATA / "wave.keras", tmp_path)
    assert (refused.code, "pip install 'certify-minima[keras]'" in refused.err) == (2, True)
