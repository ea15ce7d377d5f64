"""Which tensors are which layer: names and shapes must tell, or the user is asked."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from certify.errors import UsageError
from certify.models.network import TrainedNetwork, read_network
from tests.models.files import pytorch, safetensors


def layers(part: str, **shapes: tuple[int, int]) -> dict[str, Any]:
    """Weights of these shapes (as stored) and biases, filled with different numbers."""
    tensors: dict[str, Any] = {}
    for k, (name, shape) in enumerate(shapes.items()):
        units = shape[1] if part == "kernel" else shape[0]
        tensors[f"{name}.{part}"] = 100.0 * k + np.arange(float(shape[0] * shape[1])).reshape(shape)
        tensors[f"{name}.bias"] = 100.0 * k + 50 + np.arange(float(units))
    return tensors


def names(network: TrainedNetwork) -> list[str]:
    return [name.split(".")[0] for name in network.names]


def matrix(network: TrainedNetwork, layer: int) -> list[list[float]]:
    return [[float(Fraction(str(w))) for w in row] for row in network.layers[layer].weights]


FOUR = layers("weight", fc1=(3, 2), fc2=(3, 3), fc10=(3, 3), out=(1, 3))


@pytest.mark.parametrize("order", list(permutations(["fc1", "fc2", "fc10", "out"]))[::5])
def test_safetensors_are_sorted_by_numbers_and_shapes(tmp_path: Path, order: tuple[str, ...]) -> None:
    shuffled = {f"{name}.{part}": FOUR[f"{name}.{part}"] for name in order for part in ("weight", "bias")}
    assert names(read_network(safetensors(tmp_path / "m.safetensors", shuffled))) == ["fc1", "fc2", "fc10", "out"]


def test_shapes_tell_the_order_of_layers_without_numbers(tmp_path: Path) -> None:
    tensors = layers("weight", encoder=(3, 2), decoder=(2, 3), out=(1, 2))
    assert names(read_network(safetensors(tmp_path / "m.safetensors", tensors))) == ["encoder", "decoder", "out"]


def test_two_orders_that_fit_are_a_question(tmp_path: Path) -> None:
    tensors = layers("weight", first=(2, 2), second=(2, 2))
    path = safetensors(tmp_path / "m.safetensors", tensors)
    with pytest.raises(UsageError, match="--layers first,second or --layers second,first"):
        read_network(path)
    assert names(read_network(path, ["second", "first"])) == ["second", "first"]
    assert names(read_network(pytorch(tmp_path / "m.pt", tensors))) == ["first", "second"]


def test_a_file_whose_order_contradicts_the_numbers_is_a_question(tmp_path: Path) -> None:
    """Such as arrays that were saved sorted by name: fc1, fc10, fc2."""
    sorted_by_name = dict(sorted(FOUR.items()))
    np.savez(tmp_path / "m.npz", **sorted_by_name)
    for path in (pytorch(tmp_path / "m.pt", sorted_by_name), tmp_path / "m.npz"):
        with pytest.raises(UsageError, match=r"'fc10' comes before 'fc2'.*--layers fc1,fc2,fc10,out"):
            read_network(path)
        assert names(read_network(path, ["fc1", "fc2", "fc10", "out"])) == ["fc1", "fc2", "fc10", "out"]


def test_more_layers_than_are_examined_are_not_permuted(tmp_path: Path) -> None:
    many = layers("weight", **{chr(97 + k) * 3: (2, 2) for k in range(12)})
    assert len(read_network(safetensors(tmp_path / "m.safetensors", many)).layers) == 12


def test_the_names_of_layers_are_listed(tmp_path: Path) -> None:
    path = safetensors(tmp_path / "m.safetensors", FOUR)
    for order in (["fc1"], ["fc1", "fc2", "fc10", "out", "out"], ["fc1", "fc2", "fc10", "fc10"]):
        with pytest.raises(UsageError, match="this file has fc1, fc2, fc10, out"):
            read_network(path, order)
    np.savez(tmp_path / "m.npz", W1=np.eye(2), b1=np.ones(2), v=np.ones((1, 2)))
    with pytest.raises(UsageError, match="this file names none"):
        read_network(tmp_path / "m.npz", ["W1", "v"])


def test_rows_are_units_of_weights_and_columns_are_units_of_kernels(tmp_path: Path) -> None:
    square = [[0.0, 1.0], [2.0, 3.0]]
    by_row = read_network(safetensors(tmp_path / "r.safetensors", layers("weight", l1=(2, 2), l2=(1, 2))))
    by_column = read_network(safetensors(tmp_path / "c.safetensors", layers("kernel", l1=(2, 2), l2=(2, 1))))
    assert matrix(by_row, 0) == square
    assert matrix(by_column, 0) == [[0, 2], [1, 3]]
    assert matrix(by_column, 1) == [[100, 101]]
    assert by_row.names == ("l1.weight (by row), l1.bias", "l2.weight, l2.bias")
    assert by_column.names == ("l1.kernel (by column), l1.bias", "l2.kernel (by column), l2.bias")


UNTOLD: dict[str, dict[str, Any]] = {
    "letters": {"W1": np.eye(2), "b1": np.ones(2), "v": np.ones(2)},
    "square outputs": {"W1": np.eye(2), "b1": np.ones(2), "v": np.eye(2), "c": np.ones(2)},
    "a list": {"arr_0": np.eye(2), "arr_1": np.ones(2), "arr_2": np.eye(2)},
}


@pytest.mark.parametrize("name", UNTOLD)
def test_square_matrices_without_a_name_that_tells_are_a_question(tmp_path: Path, name: str) -> None:
    np.savez(tmp_path / "m.npz", **UNTOLD[name])
    with pytest.raises(UsageError, match=r"by row and by column; name them NAME\.weight"):
        read_network(tmp_path / "m.npz")


def test_what_certify_exports_is_read_by_row(tmp_path: Path) -> None:
    np.savez(tmp_path / "m.npz", **UNTOLD["square outputs"], X=np.eye(2), Y=np.eye(2))
    network = read_network(tmp_path / "m.npz")
    assert network.names[0] == "W1 (by row), b1"


@pytest.mark.parametrize("names", [("W1", "b1", "v", "c"), ("l1.weight", "l1.bias", "l2.weight", "l2.bias")])
def test_matrices_that_fit_the_other_way_round_are_not_turned(tmp_path: Path, names: tuple[str, ...]) -> None:
    shapes = ((2, 3), (3,), (3, 1), (1,))
    np.savez(tmp_path / "m.npz", **{name: np.ones(shape) for name, shape in zip(names, shapes, strict=True)})
    with pytest.raises(UsageError, match=r"the other way round only; name them .*NAME\.kernel"):
        read_network(tmp_path / "m.npz")


@pytest.mark.parametrize("stranger", ["l1.kernel", "l1/bias", "l3.bias", "l1.weight.bias", "x"])
def test_a_tensor_of_no_layer(tmp_path: Path, stranger: str) -> None:
    tensors = {**layers("weight", l1=(3, 2), l2=(1, 3)), stranger: np.ones(3)}
    with pytest.raises(UsageError, match="belongs to no layer"):
        read_network(safetensors(tmp_path / "m.safetensors", tensors))
