"""Readers of trained networks: exact numbers from every format, and refusal of everything else."""

from __future__ import annotations

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
from tests.models.files import WEIGHTS, archive, pickled, pytorch, safetensors, tensor


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
    "as exported, with a bias": ({"W1": np.eye(2), "b1": np.ones(2), "v": np.ones((1, 2)), "c": np.ones(1)}, True),
    "numbered": ({"W2": np.ones((1, 2)), "W1": np.eye(2), "b1": np.ones(2), "b2": np.ones(1)}, True),
    "a list": ({"arr_0": np.eye(2), "arr_1": np.ones(2), "arr_2": np.ones((1, 2)), "arr_3": np.ones(1)}, True),
    "by column": ({"W1": np.asfortranarray(np.eye(2)), "b1": np.ones(2), "v": np.ones((1, 2))}, False),
    "named": ({"a.weight": np.eye(2), "a.bias": np.ones(2), "b.weight": np.ones(2)}, False),
    "kernels": ({"a/kernel": np.eye(2), "a/bias": np.ones(2), "b/kernel": np.ones((2, 1))}, False),
    "a kernel that is a vector": ({"a/kernel": np.eye(2), "a/bias": np.ones(2), "b/kernel": np.ones(2)}, False),
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
    assert read_network(path).names[0] == "l2.weight (by row), l2.bias"
    assert read_network(path, ["l10", "l2"]).names[0] == "l10.weight (by row), l10.bias"
    with pytest.raises(UsageError, match="--layers"):
        read_network(path, ["l10"])
    with pytest.raises(UsageError, match="--layers"):
        read_network(path, ["l10", "l2", "l3"])


def test_a_strided_view_of_a_storage(tmp_path: Path) -> None:
    numbers = np.arange(9.0)
    state = OrderedDict(
        [
            ("a.weight", tensor("0", (2, 2), (1, 2), 1)),  # transposed, from the second number on
            ("a.bias", tensor("0", (2,), (5,), 0)),
            ("b.weight", tensor("0", (1, 2), (2, 1), 6)),
            ("b.bias", tensor("0", (1,), (1,), 8)),
        ]
    )
    network = read_network(archive(tmp_path / "m.pt", pickled(state), {"0": numbers.tobytes()}))
    assert rows(network) == [[[1, 3], [2, 4]], [[6, 7]]]
    wrapped = archive(tmp_path / "w.pt", pickled({"state_dict": state}), {"0": numbers.tobytes()})
    assert read_network(wrapped).layers == network.layers


SHAPES: dict[str, tuple[dict[str, Any], str]] = {
    "no layer": ({"l1.bias": np.ones(2)}, "belongs to no layer"),
    "no hidden layer": ({"l1.weight": np.eye(2), "l1.bias": np.ones(2)}, "no hidden layer"),
    "a convolution": ({"l1.weight": np.ones((2, 2, 3)), "l1.bias": np.ones(2), "l2.weight": np.eye(2)}, "no matrix"),
    "no biases": ({"l1.weight": np.eye(2), "l2.weight": np.eye(2)}, "has no biases"),
    "a bias too few": ({"l1.weight": np.eye(2), "l1.bias": np.ones(1), "l2.weight": np.eye(2)}, "2 numbers"),
    "layers that do not fit": ({"l1.weight": np.eye(2), "l1.bias": np.ones(2), "l2.weight": np.eye(3)}, "3 inputs"),
    "a batch norm": ({"l1.weight": np.eye(2), "l1.bias": np.ones(2), "l1.running_mean": np.ones(2)}, "seen: l1.weight"),
    "an empty matrix": ({"l1.weight": np.ones((0, 2)), "l1.bias": np.ones(2), "l2.weight": np.eye(2)}, "no numbers"),
    "a scalar": ({"l1.weight": np.eye(2), "l1.bias": np.ones(2), "c.weight": np.array(1.0)}, "is a single number"),
    "nan": ({"l1.weight": np.eye(2) * np.nan, "l1.bias": np.ones(2), "l2.weight": np.eye(2)}, "finite"),
    "infinity": ({"l1.weight": np.eye(2), "l1.bias": np.array([1, np.inf]), "l2.weight": np.eye(2)}, "finite"),
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
    "a shape of many dimensions": ({"header": _set("0.bias", "shape", [2**40] * 100_000)}, "has 100000 dimensions"),
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
        for length in range(len(content)):
            path.write_bytes(content[:length])
            with pytest.raises(UsageError):
                read_network(path)


def test_bombs_are_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("W1.npy", b"\0" * (MOST_BYTES + 1))
    with pytest.raises(UsageError, match="too large"):
        read_network(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("W1.npy", b"\0" * 10_000)
    for other in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        with zipfile.ZipFile(tmp_path / "other.npz", "w", other) as target:
            target.writestr("W1.npy", b"\0" * 10_000)
        with pytest.raises(UsageError, match="unusual way"):
            read_network(tmp_path / "other.npz")
    lying = path.read_bytes().replace((10_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path.write_bytes(lying)
    with pytest.raises(UsageError, match=r"not as long|damaged"):
        read_network(path)


def test_a_member_with_another_checksum(tmp_path: Path) -> None:
    np.savez(tmp_path / "m.npz", W1=np.eye(2), b1=np.ones(2), v=np.ones(2))
    content = bytearray((tmp_path / "m.npz").read_bytes())
    place = bytes(content).index(np.eye(2).tobytes())
    content[place + 7] ^= 1
    (tmp_path / "m.npz").write_bytes(content)
    with pytest.raises(UsageError, match="damaged"):
        read_network(tmp_path / "m.npz")


def test_names_of_members_are_names_and_no_paths(tmp_path: Path) -> None:
    path = pytorch(tmp_path / "m.pt", WEIGHTS)
    with zipfile.ZipFile(path, "a") as target:
        target.writestr("/etc/absolute", b"x")
        target.writestr("../above", b"x")
    assert read_network(path).widths == (2, 3, 1)
    assert [p.name for p in tmp_path.iterdir()] == ["m.pt"]
    assert not (tmp_path.parent / "above").exists()


def test_too_many_numbers(tmp_path: Path) -> None:
    half = np.zeros((MOST_NUMBERS // 2 + 1,), "<f4")
    np.savez(tmp_path / "m.npz", a=half, b=half)
    with pytest.raises(UsageError, match="the tensors hold"):
        read_network(tmp_path / "m.npz")


def test_too_many_tensors(tmp_path: Path) -> None:
    many = {f"l{k}.weight": np.eye(1) for k in range(20_000)}
    with pytest.raises(UsageError, match="holds 20,000 tensors; at most 200"):
        read_network(safetensors(tmp_path / "m.safetensors", many))


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
