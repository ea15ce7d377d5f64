"""Readers of trained networks: exact numbers from every format, and refusal of everything else."""

from __future__ import annotations

import os
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from certify.errors import UsageError
from certify.models.network import TrainedNetwork, read_network
from certify.models.tensors import MOST_BYTES, MOST_NUMBERS
from tests.models.files import WEIGHTS, archive, call, named, pickled, pytorch, safetensors, tensor


def rows(network: TrainedNetwork) -> list[list[list[float]]]:
    return [[[float(Fraction(str(w))) for w in row] for row in layer.weights] for layer in network.layers]


def same(network: TrainedNetwork, tensors: dict[str, Any]) -> None:
    matrices = [a.tolist() for name, a in tensors.items() if name.endswith("weight")]
    vectors = [a.tolist() for name, a in tensors.items() if name.endswith("bias")]
    assert rows(network) == matrices
    assert [[float(Fraction(str(b))) for b in layer.biases] for layer in network.layers] == vectors


def rounded(kind: str) -> dict[str, Any]:
    if kind == "BF16":
        return {n: (a.astype("<f4").view("<u4") >> 16 << 16).view("<f4").astype(float) for n, a in WEIGHTS.items()}
    return {n: a.astype({"F64": "<f8", "F32": "<f4", "F16": "<f2"}[kind]).astype(float) for n, a in WEIGHTS.items()}


@pytest.mark.parametrize("kind", ["F64", "F32", "F16", "BF16"])
def test_every_number_is_the_dyadic_rational_of_the_file(tmp_path: Path, kind: str) -> None:
    shuffled = {name: WEIGHTS[name] for name in ("2.bias", "0.weight", "2.weight", "0.bias")}
    for network in (
        read_network(safetensors(tmp_path / "m.safetensors", shuffled, kind)),
        read_network(pytorch(tmp_path / "m.pt", WEIGHTS, kind)),
        read_network(pytorch(tmp_path / "p.pth", WEIGHTS, kind, parameter=True)),
    ):
        same(network, rounded(kind))
        assert network.output_bias
        assert network.widths == (2, 3, 1)
        assert network.names == ("0.weight, 0.bias", "2.weight, 2.bias")


NPZ: dict[str, tuple[dict[str, Any], bool]] = {
    "as exported": ({"W1": np.eye(2), "b1": np.ones(2), "v": np.ones((1, 2)), "X": np.eye(2), "Y": np.eye(2)}, False),
    "as exported, with a bias": ({"W1": np.eye(2), "b1": np.ones(2), "v": np.ones(2), "c": np.ones(1)}, True),
    "numbered": ({"W2": np.ones((1, 2)), "W1": np.eye(2), "b1": np.ones(2), "b2": np.ones(1)}, True),
    "a list": ({"arr_0": np.eye(2), "arr_1": np.ones(2), "arr_2": np.ones((1, 2)), "arr_3": np.ones(1)}, True),
    "by column": ({"W1": np.asfortranarray(np.eye(2)), "b1": np.ones(2), "v": np.ones(2)}, False),
}


@pytest.mark.parametrize("name", NPZ)
def test_npz(tmp_path: Path, name: str) -> None:
    arrays, bias = NPZ[name]
    for save in (np.savez, np.savez_compressed):
        save(tmp_path / "m.npz", **arrays)
        network = read_network(tmp_path / "m.npz")
        assert rows(network) == [np.eye(2).tolist(), [[1.0, 1.0]]]
        assert network.output_bias is bias


def test_matrices_by_column_keep_their_entries(tmp_path: Path) -> None:
    np.savez(tmp_path / "m.npz", W1=np.asfortranarray([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), b1=np.ones(2), v=np.ones(2))
    assert rows(read_network(tmp_path / "m.npz"))[0] == [[1, 2, 3], [4, 5, 6]]


def test_layers_ten_comes_after_layer_two_and_the_user_may_say_otherwise(tmp_path: Path) -> None:
    tensors = {f"l{k}.{part}": np.full(shape, k) for k in (10, 2) for part, shape in (("weight", (2, 2)), ("bias", 2))}
    path = safetensors(tmp_path / "m.safetensors", tensors)
    assert read_network(path).names[0] == "l2.weight, l2.bias"
    assert read_network(path, ["l10", "l2"]).names[0] == "l10.weight, l10.bias"
    with pytest.raises(UsageError, match="--layers"):
        read_network(path, ["l10"])
    with pytest.raises(UsageError, match="--layers"):
        read_network(path, ["l10", "l2", "l3"])


def test_a_strided_view_of_a_storage(tmp_path: Path) -> None:
    numbers = np.arange(8.0)
    state = OrderedDict(
        [
            ("a.weight", tensor("0", (2, 2), (1, 2), 1)),  # transposed, from the second number on
            ("a.bias", tensor("0", (2,), (3,), 0)),
            ("b.weight", tensor("0", (1, 2), (2, 1), 6)),
            ("b.bias", tensor("0", (1,), (1,), 7)),
        ]
    )
    network = read_network(archive(tmp_path / "m.pt", pickled(state), {"0": numbers.tobytes()}))
    assert rows(network) == [[[1, 3], [2, 4]], [[6, 7]]]
    wrapped = archive(tmp_path / "w.pt", pickled({"state_dict": state}), {"0": numbers.tobytes()})
    assert read_network(wrapped).layers == network.layers


SHAPES: dict[str, tuple[dict[str, Any], str]] = {
    "no layer": ({"a.bias": np.ones(2)}, "belongs to no layer"),
    "no hidden layer": ({"a.weight": np.eye(2), "a.bias": np.ones(2)}, "no hidden layer"),
    "a convolution": ({"a.weight": np.ones((2, 2, 3)), "a.bias": np.ones(2), "b.weight": np.eye(2)}, "no matrix"),
    "no biases": ({"a.weight": np.eye(2), "b.weight": np.eye(2)}, "has no biases"),
    "a bias too few": ({"a.weight": np.eye(2), "a.bias": np.ones(1), "b.weight": np.eye(2)}, "2 numbers"),
    "layers that do not fit": ({"a.weight": np.eye(2), "a.bias": np.ones(2), "b.weight": np.eye(3)}, "3 inputs"),
    "a batch norm": ({"a.weight": np.eye(2), "a.bias": np.ones(2), "a.running_mean": np.ones(2)}, "seen: a.weight"),
    "an empty matrix": ({"a.weight": np.ones((0, 2)), "a.bias": np.ones(0), "b.weight": np.eye(2)}, "no matrix"),
    "nan": ({"a.weight": np.eye(2) * np.nan, "a.bias": np.ones(2), "b.weight": np.eye(2)}, "finite"),
    "infinity": ({"a.weight": np.eye(2), "a.bias": np.array([1, np.inf]), "b.weight": np.eye(2)}, "finite"),
}


@pytest.mark.parametrize("name", SHAPES)
def test_what_is_not_a_fully_connected_network_is_refused_with_what_was_seen(tmp_path: Path, name: str) -> None:
    tensors, message = SHAPES[name]
    for path in (safetensors(tmp_path / "m.safetensors", tensors), pytorch(tmp_path / "m.pt", tensors, "F64")):
        with pytest.raises(UsageError, match=message):
            read_network(path)


def _set(name: str, key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda header: header[name].update({key: value})


SAFETENSORS: dict[str, tuple[dict[str, Any], str]] = {
    "a header longer than the file": ({"length": 10**6}, "longer than the file"),
    "a length of 2^64 - 1": ({"length": 2**64 - 1}, "longer than the file"),
    "no JSON": ({"text": b"{nothing"}, "not JSON"),
    "no UTF-8": ({"text": b"\xff{}"}, "not JSON"),
    "no object": ({"text": b"[]"}, "not a JSON object"),
    "nested without end": ({"text": b"[" * 100_000}, "not JSON"),
    "a key twice": ({"text": b'{"a": {}, "a": {}}'}, "twice"),
    "bytes after the last tensor": ({"tail": b"x"}, "end with the file"),
    "a gap": ({"header": _set("2.bias", "data_offsets", [104, 112])}, "gap"),
    "overlapping tensors": ({"header": _set("2.bias", "data_offsets", [0, 8])}, "overlap"),
    "offsets that fall": ({"header": _set("0.bias", "data_offsets", [48, 0])}, "increasing"),
    "negative offsets": ({"header": _set("0.bias", "data_offsets", [-1, 0])}, "increasing"),
    "offsets that are no integers": ({"header": _set("0.bias", "data_offsets", [0.0, True])}, "increasing"),
    "a shape that does not fit": ({"header": _set("0.bias", "shape", [4])}, "needs 32 bytes"),
    "a shape without end": ({"header": _set("0.bias", "shape", [2**40, 2**40])}, "at most"),
    "a negative shape": ({"header": _set("0.bias", "shape", [-3])}, "list of integers"),
    "integers": ({"header": _set("0.bias", "dtype", "I64")}, "expected one of F64"),
    "a type that is a list": ({"header": _set("0.bias", "dtype", [])}, "expected one of F64"),
    "another field": ({"header": _set("0.bias", "extra", 1)}, "nothing else"),
    "no tensor": ({"text": b"{}"}, "end with the file"),
}


@pytest.mark.parametrize("name", SAFETENSORS)
def test_malformed_safetensors(tmp_path: Path, name: str) -> None:
    changes, message = SAFETENSORS[name]
    with pytest.raises(UsageError, match=message):
        read_network(safetensors(tmp_path / "m.safetensors", WEIGHTS, **changes))


def test_every_truncation_of_a_file_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "m.npz", W1=np.eye(2), b1=np.ones(2), v=np.ones(2))
    safetensors(tmp_path / "m.safetensors", WEIGHTS)
    pytorch(tmp_path / "m.pt", WEIGHTS)
    for path in sorted(tmp_path.iterdir()):
        content = path.read_bytes()
        for length in range(0, len(content), 7):
            path.write_bytes(content[:length])
            with pytest.raises(UsageError):
                read_network(path)


HARMFUL = {
    "os.system": call(named("os", "system"), "touch harmed"),
    "builtins.eval": call(named("builtins", "eval"), "open('harmed', 'w')"),
    "builtins.getattr": call(named("builtins", "getattr"), "", "join"),
    "dotted torch name": call(named("torch", "FloatStorage.__init__"), "x"),
    "torch.load": call(named("torch", "load"), "x"),
    "_rebuild_tensor": call(named("torch._utils", "_rebuild_tensor"), "x"),
    "numpy": call(named("numpy.core.multiarray", "_reconstruct"), "x"),
}


@pytest.mark.parametrize("name", HARMFUL)
def test_nothing_is_executed(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for value in (HARMFUL[name], OrderedDict([("0.weight", HARMFUL[name])])):
        with pytest.raises(UsageError, match="which was not loaded"):
            read_network(archive(tmp_path / "m.pt", pickled(value), {}))
    assert os.listdir(tmp_path) == ["m.pt"]  # noqa: PTH208


STATES: dict[str, tuple[Any, str]] = {
    "a list": ([1, 2], "expected a state dict"),
    "numbers as names": ({1: tensor("0", (1,), (1,))}, "expected a state dict"),
    "a number among the tensors": ({"epoch": 3}, "is not a tensor"),
    "a missing storage": ({"a": tensor("9", (1,), (1,))}, "missing"),
    "beyond the storage": ({"a": tensor("0", (3,), (1,))}, "beyond"),
    "an offset beyond the storage": ({"a": tensor("0", (1,), (1,), 2)}, "beyond"),
    "a negative offset": ({"a": tensor("0", (1,), (1,), -1)}, "malformed"),
    "a stride too few": ({"a": tensor("0", (1, 1), (1,))}, "malformed"),
    "a tensor without end in a small storage": ({"a": tensor("0", (2**40, 2**40), (0, 0))}, "beyond"),
    "an unknown storage": ({"a": tensor("0", (1,), (1,), 0, "LongStorage")}, "not loaded"),
    "no storage": ({"a": call(named("torch._utils", "_rebuild_tensor_v2"), 1, 0, (1,), (1,))}, "malformed"),
    "too few arguments": ({"a": call(named("torch._utils", "_rebuild_tensor_v2"), 1)}, "damaged"),
    "nothing": ({}, "holds no tensor"),
}


@pytest.mark.parametrize("name", STATES)
def test_malformed_state_dicts(tmp_path: Path, name: str) -> None:
    state, message = STATES[name]
    with pytest.raises(UsageError, match=message):
        read_network(archive(tmp_path / "m.pt", pickled(state), {"0": b"\0" * 16}))


def test_other_archives(tmp_path: Path) -> None:
    path = tmp_path / "m.pt"
    with pytest.raises(UsageError, match="little-endian"):
        read_network(archive(path, pickled({}), {}, byteorder=b"big"))
    with pytest.raises(UsageError, match="damaged"):
        read_network(archive(path, b"\x80\x02}q\x00.garbage"[:3], {}))
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("model/version", b"3")
    with pytest.raises(UsageError, match=r"data\.pkl"):
        read_network(path)
    path.write_bytes(pickled({}))  # what torch.save wrote before 2020
    with pytest.raises(UsageError, match="not a zip archive"):
        read_network(path)


def test_bombs_are_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("W1.npy", b"\0" * (MOST_BYTES + 1))
    with pytest.raises(UsageError, match="too large"):
        read_network(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("W1.npy", b"\0" * 10_000)
    lying = path.read_bytes().replace((10_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path.write_bytes(lying)
    with pytest.raises(UsageError, match=r"not as long|damaged"):
        read_network(path)


def test_too_many_numbers(tmp_path: Path) -> None:
    half = np.zeros((MOST_NUMBERS // 2 + 1,), "<f4")
    np.savez(tmp_path / "m.npz", a=half, b=half)
    with pytest.raises(UsageError, match="the tensors hold"):
        read_network(tmp_path / "m.npz")


def test_other_arrays_of_npz(tmp_path: Path) -> None:
    for array, message in (
        (np.eye(2, dtype=int), "expected floats"),
        (np.eye(2, dtype=">f8"), "expected floats"),
        (np.eye(2, dtype=complex), "expected floats"),
    ):
        np.savez(tmp_path / "m.npz", W1=array)
        with pytest.raises(UsageError, match=message):
            read_network(tmp_path / "m.npz")
    with zipfile.ZipFile(tmp_path / "m.npz", "w") as target:
        target.writestr("W1.npy", b"no header")
    with pytest.raises(UsageError, match="no readable header"):
        read_network(tmp_path / "m.npz")
    with zipfile.ZipFile(tmp_path / "m.npz", "w") as target:
        target.writestr("a", b"")
        with pytest.warns(UserWarning, match="Duplicate"):
            target.writestr("a", b"")
    with pytest.raises(UsageError, match="twice"):
        read_network(tmp_path / "m.npz")


def test_unknown_kinds_and_missing_files(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unknown kind"):
        read_network(tmp_path / "m.h5")
    with pytest.raises(UsageError, match="no such file"):
        read_network(tmp_path / "m.npz")
    with pytest.raises(UsageError, match="no such file"):
        read_network(tmp_path / "m.safetensors")
