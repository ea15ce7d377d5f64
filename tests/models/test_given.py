"""Networks in memory are read as those in files are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from certify.errors import UsageError
from certify.models.given import GivenModel
from certify.models.network import read_network

WEIGHTS = {"W1": np.array([[1.0, 0.1], [2.0, -3.0]]), "b1": np.array([0.5, 0.25]), "v": np.array([[1.0, 2.0]])}
PAIRS = [(WEIGHTS["W1"], WEIGHTS["b1"]), (WEIGHTS["v"], None)]


def test_a_dictionary_is_what_its_file_is(tmp_path: Path) -> None:
    for arrays in (WEIGHTS, {**WEIGHTS, "c": np.array([7.0])}):
        np.savez(tmp_path / "m.npz", **arrays)  # type: ignore[arg-type]
        file, memory = read_network(tmp_path / "m.npz"), read_network(GivenModel(arrays))
        assert (memory.layers, memory.names, memory.output_bias) == (file.layers, file.names, file.output_bias)
        assert memory.source == "the given network"


def test_pairs_are_layers_whose_rows_are_units() -> None:
    network = read_network(GivenModel(PAIRS))
    assert network.layers == read_network(GivenModel(WEIGHTS)).layers
    assert not network.output_bias
    assert read_network(GivenModel([PAIRS[0], (WEIGHTS["v"], [7])])).output_bias
    square = [(np.array([[1.0, 2.0], [3.0, 4.0]]), [0, 0]), (np.eye(2), [0, 0])]
    assert [str(w) for w in read_network(GivenModel(square)).layers[0].weights[0]] == ["1", "2"]


def test_lists_and_small_integers_are_numbers_too() -> None:
    network = read_network(GivenModel([([[1, 2]], [3]), ([[4]], [5])]))
    assert [str(w) for w in network.layers[0].weights[0]] == ["1", "2"]


def test_a_state_dict_with_its_names() -> None:
    state = {"fc1.weight": PAIRS[0][0], "fc1.bias": PAIRS[0][1], "out.weight": PAIRS[1][0], "out.bias": np.array([1.0])}
    assert read_network(GivenModel(state)).names == ("fc1.weight (by row), fc1.bias", "out.weight, out.bias")
    with pytest.raises(UsageError, match=r"the given network.*--layers should name each layer once"):
        read_network(GivenModel(state), ["fc1"])


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({}, "holds no tensor"),
        ([], "holds no tensor"),
        ([1, 2], r"expected a pair \(W, b\) for layer 1, found int"),
        ([(1, 2, 3)], r"expected a pair \(W, b\) for layer 1"),
        ({"W1": "text"}, "'W1' is no array of numbers"),
        ({"W1": np.array([[1j]])}, "'W1' holds complex128|'W1' is no array"),
        ({"W1": np.array([[2**60 + 1]])}, "'W1' holds int64; expected floats"),
        ({"W1": np.array([[2**64 - 1]], dtype=np.uint64)}, "'W1' holds uint64; expected floats"),
        ({"W1": np.array([[np.longdouble(1) / 3]])}, "'W1' holds .*; expected floats"),
        ({"W1": np.array([[True]])}, "'W1' holds bool"),
        ({"W1": np.array(1.0)}, "is a single number"),
        ({"W1": np.array([[np.nan, 1]]), "b1": [1], "v": [[1]]}, "holds nan; expected finite numbers"),
        ({"W1": np.array([[np.inf, 1]]), "b1": [1], "v": [[1]]}, "holds inf; expected finite numbers"),
    ],
)
@pytest.mark.filterwarnings("ignore:Casting complex values")
def test_what_is_no_network_is_refused(arrays: Any, message: str) -> None:
    with pytest.raises(UsageError, match=f"the given network: .*({message})"):
        read_network(GivenModel(arrays))
