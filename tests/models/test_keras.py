"""The reader of Keras files: what it takes, and what strangers may send."""

from __future__ import annotations

import json
import random
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from certify.errors import UsageError
from certify.models.keras_weights import Unusual, tensors_of
from certify.models.network import TrainedNetwork, read_network
from tests.models.test_described import DATA
from tests.models.test_pytorch import spoiled

h5py = pytest.importorskip("h5py")

METADATA = {"keras_version": "3.15.1"}


def layer(kind: str, name: str, module: str = "keras.layers", **settings: Any) -> dict[str, Any]:
    return {"module": module, "class_name": kind, "config": {"name": name, "trainable": True, **settings}}


def dense(name: str, units: int, activation: Any, **settings: Any) -> dict[str, Any]:
    return layer("Dense", name, **{"units": units, "activation": activation, "use_bias": True, **settings})


def config(*layers: Any, kind: str = "Sequential") -> dict[str, Any]:
    return {"class_name": kind, "config": {"layers": list(layers)}}


FIRST, LAST = dense("first", 2, "tanh"), dense("last", 1, "linear")
GOOD = config(layer("InputLayer", "input"), FIRST, LAST)


def plain(file: Any) -> None:
    """The weights of GOOD."""
    arrays = {"dense": ([[1, 2], [3, 4], [5, 6]], [7, 8]), "dense_1": ([[9], [10]], [11])}
    for (group, tensors), name in zip(arrays.items(), ("first", "last"), strict=True):
        held = file.create_group(f"layers/{group}/vars")
        held.attrs["name"] = name
        for key, tensor in enumerate(tensors):
            held[str(key)] = np.array(tensor, "<f4")


def read(
    folder: Path,
    described: Any = GOOD,
    write: Callable[[Any], None] = plain,
    metadata: Any = METADATA,
    **members: bytes,
) -> TrainedNetwork:
    weights = BytesIO()
    with h5py.File(weights, "w") as file:
        write(file)
    contents = {
        "metadata.json": json.dumps(metadata).encode(),
        "config.json": json.dumps(described).encode(),
        "model.weights.h5": weights.getvalue(),
        **members,
    }
    with zipfile.ZipFile(folder / "m.keras", "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return read_network(folder / "m.keras")


def test_the_least_that_is_read(tmp_path: Path) -> None:
    network = read(tmp_path)
    assert network.widths == (3, 2, 1)
    assert [[int(w) for w in row] for row in network.layers[0].weights] == [[1, 3, 5], [2, 4, 6]]
    assert [int(b) for b in network.layers[0].biases] == [7, 8]
    assert (network.activation, network.output, network.remarks) == ("tanh", "linear", ())


def test_an_activation_in_a_layer_of_its_own(tmp_path: Path) -> None:
    described = config(dense("first", 2, "linear"), layer("Activation", "a", activation="softplus"), LAST)
    assert read(tmp_path, described).activation == "softplus"


def test_layers_that_were_not_trained_are_noted(tmp_path: Path) -> None:
    described = config(dense("first", 2, "tanh", trainable=False), LAST)
    assert read(tmp_path, described).remarks[0].startswith("first was not trained")


CONFIGURATIONS: dict[str, tuple[Any, str]] = {
    "a list": ([], "not a JSON object"),
    "nothing": ({}, "expected Sequential"),
    "no layers": (config(), "no hidden layer"),
    "layers that are no list": ({"class_name": "Sequential", "config": {"layers": {}}}, "no list of layers"),
    "a configuration that is no object": ({"class_name": "Sequential", "config": []}, "no config"),
    "a layer that is no object": (config(1), "not of keras.layers"),
    "a layer of a stranger": (config(layer("Dense", "a", "os"), FIRST, LAST), "not of keras.layers"),
    "a lambda": (config(FIRST, layer("Lambda", "f", function="..."), LAST), "'f' is a 'Lambda'"),
    "a convolution": (config(FIRST, layer("Conv1D", "c"), LAST), "a 'Conv1D'"),
    "a class that is a list": (config(FIRST, {**LAST, "class_name": []}), "expected Dense"),
    "a name that is a number": (config({**FIRST, "config": {"name": 1}}, LAST), "no name"),
    "two layers of one name": (config(FIRST, dense("first", 1, "linear")), "the same name"),
    "one layer": (config(LAST), "no hidden layer"),
    "two activations": (config(FIRST, dense("b", 2, "relu"), LAST), "two activations, tanh and relu"),
    "an unknown activation": (config(dense("first", 2, "tanj"), LAST), "the activation 'tanj'"),
    "an activation with parameters": (config(dense("first", 2, {"class_name": "LeakyReLU"}), LAST), "no activation"),
    "linear hidden units": (config(dense("first", 2, "linear"), LAST), "the activation 'linear'"),
    "an activation of activations": (
        config(FIRST, layer("Activation", "a", activation="tanh"), LAST),
        "an 'Activation'|a 'Activation'",
    ),
    "other outputs": (config(FIRST, dense("last", 1, "relu")), "the outputs have"),
    "units that are text": (config(dense("first", "2", "tanh"), LAST), "no units"),
    "a truth as units": (config(dense("first", True, "tanh"), LAST), "no units"),
    "biases that are text": (config(dense("first", 2, "tanh", use_bias="no"), LAST), "no use_bias"),
    "quantised": (config(dense("first", 2, "tanh", quantization_config={}), LAST), "quantised"),
    "more units than weights": (config(dense("first", 3, "tanh"), LAST), "not those of 3 units"),
    "fewer biases than there are": (config(dense("first", 2, "tanh", use_bias=False), LAST), "does not have 1 tensors"),
    "more layers than weights": (config(FIRST, dense("b", 2, "tanh"), LAST), "belong to 'last'"),
    "another name": (config(dense("other", 2, "tanh"), LAST), "belong to 'first'"),
}


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_other_configurations(tmp_path: Path, name: str) -> None:
    described, message = CONFIGURATIONS[name]
    with pytest.raises(UsageError, match=message):
        read(tmp_path, described)


MEMBERS: dict[str, tuple[dict[str, Any], str]] = {
    "an old version": ({"metadata": {"keras_version": "2.15.0"}}, "version '2.15.0' of Keras"),
    "no version": ({"metadata": {}}, "version 'None'"),
    "no JSON": ({"config.json": b"{"}, "config.json is not JSON"),
    "no UTF-8": ({"metadata.json": b"\xff"}, "metadata.json is not JSON"),
    "nested without end": ({"config.json": b"[" * 100_000}, "not JSON"),
    "no HDF5": ({"model.weights.h5": b"weights"}, "damaged"),
    "empty weights": ({"model.weights.h5": b""}, "damaged"),
}


@pytest.mark.parametrize("name", MEMBERS)
def test_damaged_members(tmp_path: Path, name: str) -> None:
    changes, message = MEMBERS[name]
    with pytest.raises(UsageError, match=message):
        read(tmp_path, **changes)


@pytest.mark.parametrize("missing", ["metadata.json", "config.json", "model.weights.h5"])
def test_missing_members(tmp_path: Path, missing: str) -> None:
    read(tmp_path)
    with zipfile.ZipFile(tmp_path / "m.keras") as source, zipfile.ZipFile(tmp_path / "n.keras", "w") as target:
        for name in source.namelist():
            if name != missing:
                target.writestr(name, source.read(name))
    with pytest.raises(UsageError, match=r"it has no member|the weights are missing"):
        read_network(tmp_path / "n.keras")


def _replaced(data: Any, **options: Any) -> Callable[[Any], None]:
    def write(file: Any) -> None:
        plain(file)
        del file["layers/dense/vars/0"]
        file["layers/dense/vars"].create_dataset("0", data=data, **options)

    return write


def _linked(place: str, link: Callable[[Any], Any]) -> Callable[[Any], None]:
    def write(file: Any) -> None:
        plain(file)
        file.move(place, "elsewhere")
        file[place] = link(file)

    return write


def _external(file: Any) -> None:
    plain(file)
    del file["layers/dense/vars/0"]
    file["layers/dense/vars"].create_dataset("0", (3, 2), "<f4", external=[("/etc/passwd", 0, 24)])


def _virtual(file: Any) -> None:
    plain(file)
    layout = h5py.VirtualLayout((3, 2), "<f4")
    layout[...] = h5py.VirtualSource("/etc/passwd", "x", (3, 2))
    del file["layers/dense/vars/0"]
    file["layers/dense/vars"].create_virtual_dataset("0", layout)


def _unwritten(file: Any) -> None:
    plain(file)
    del file["layers/dense/vars/0"]
    file["layers/dense/vars"].create_dataset("0", (2**40, 2), "<f4")


def _bomb(file: Any) -> None:
    plain(file)
    del file["layers/dense/vars/0"]
    file["layers/dense/vars"].create_dataset("0", data=np.zeros((1000, 2), "<f4"), compression="gzip")


WEIGHTS: dict[str, tuple[Callable[[Any], None], str]] = {
    "nothing": (lambda file: None, "'first' are missing"),
    "a link to another file": (
        _linked("layers/dense/vars/0", lambda _: h5py.ExternalLink("/etc/passwd", "x")), "not stored plainly",
    ),
    "a group in another file": (
        _linked("layers/dense", lambda _: h5py.ExternalLink("/etc/passwd", "x")), "are missing",
    ),
    "a soft link": (_linked("layers/dense/vars/0", lambda _: h5py.SoftLink("/elsewhere")), "not stored plainly"),
    "numbers in another file": (_external, "not stored plainly"),
    "a virtual data set": (_virtual, "not stored plainly"),
    "a compressed data set": (_bomb, "not stored plainly"),
    "numbers that were never written": (_unwritten, "has the shape"),
    "a group for a tensor": (_linked("layers/dense/vars/0", lambda file: file.create_group("g")), "not stored plainly"),
    "a tensor for a group": (_linked("layers/dense/vars", lambda file: file["elsewhere/0"]), "are missing"),
    "integers": (_replaced(np.ones((3, 2), "<i4")), "holds int32"),
    "big-endian numbers": (_replaced(np.ones((3, 2), ">f4")), "holds >f4"),
    "a single number": (_replaced(np.float32(1)), "has the shape"),
    "no numbers": (_replaced(np.ones((0, 2), "<f4")), "has the shape|not stored plainly"),
    "text": (_replaced("text"), "holds object"),
    "a vector": (_replaced(np.ones(2, "<f4")), "not those of 2 units"),
    "nan": (_replaced(np.full((3, 2), np.nan, "<f4")), "'first.kernel' holds nan"),
}  # fmt: skip


@pytest.mark.parametrize("name", WEIGHTS)
def test_hostile_weights(tmp_path: Path, name: str) -> None:
    write, message = WEIGHTS[name]
    with pytest.raises(UsageError, match=message):
        read(tmp_path, write=write)


def test_truncations_are_refused(tmp_path: Path) -> None:
    content = (DATA / "keras-tanh.keras").read_bytes()
    for length in range(len(content)):
        (tmp_path / "m.keras").write_bytes(content[:length])
        with pytest.raises(UsageError):
            read_network(tmp_path / "m.keras")


def test_spoiled_configurations_are_refused_or_read(tmp_path: Path) -> None:
    generator = random.Random(3)
    text, refused = json.dumps(GOOD).encode(), 0
    for _ in range(100):
        try:
            read(tmp_path, **{"config.json": spoiled(text, generator)})
        except UsageError:
            refused += 1
    assert refused > 80


def test_weights_on_which_libhdf5_hangs_or_crashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that reads them is another one, which is not waited for without end."""
    monkeypatch.setattr("certify.models.keras._PATIENCE", 1e-3)
    with pytest.raises(UsageError, match="does not come to an end"):
        read(tmp_path)
    monkeypatch.undo()
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(UsageError, match="does not come to an end"):
        read(tmp_path)


def test_spoiled_weights_are_refused_or_read() -> None:
    """In this process, where an answer comes; what makes libhdf5 hang is rare, and not among these."""
    with zipfile.ZipFile(DATA / "keras-tanh.keras") as source:
        content = source.read("model.weights.h5")
    layers = [("first", "dense", True), ("dense", "dense_1", True), ("out", "dense_2", True)]
    generator = random.Random(1)
    for _ in range(300):
        try:
            tensors = tensors_of(spoiled(content, generator), layers)
        except Unusual:
            continue
        assert len(tensors) == 6
