"""The reader of ONNX files: what it takes, and what strangers may send."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flint import arb

from certify.activation import resolve
from certify.errors import UsageError
from certify.models.elementwise import _SIMPLE, IDENTITY, binary, unary
from certify.models.network import TrainedNetwork, read_network
from certify.models.protobuf import Malformed, Message
from tests.models.files import field, onnx_model, onnx_node, onnx_tensor, varint
from tests.models.test_described import DATA
from tests.models.test_pytorch import spoiled

W1, B1, W2, B2 = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5.0, 6.0]), np.array([[7.0, 8.0]]), np.array([9.0])
TENSORS = [onnx_tensor(name, array) for name, array in (("w1", W1), ("b1", B1), ("w2", W2), ("b2", B2))]
FIRST = onnx_node("Gemm", ["x", "w1", "b1"], "z", transB=1)
TANH = onnx_node("Tanh", ["z"], "a")
LAST = onnx_node("Gemm", ["a", "w2", "b2"], "y", transB=1)

GOOD = [FIRST, TANH, LAST]


def read(path: Path, content: bytes) -> TrainedNetwork:
    path = path / "m.onnx"
    path.write_bytes(content)
    return read_network(path)


def weights(network: TrainedNetwork) -> list[Any]:
    return [[[int(w) for w in row] for row in layer.weights] for layer in network.layers]


def test_gemm_and_matmul_and_their_orientations(tmp_path: Path) -> None:
    straight = read(tmp_path, onnx_model(GOOD, TENSORS))
    assert (weights(straight), straight.activation) == ([W1.tolist(), W2.tolist()], "tanh")
    assert straight.names == ("w1 (by row), b1", "w2, b2")
    turned = read(tmp_path, onnx_model([onnx_node("Gemm", ["x", "w1", "b1"], "z"), TANH, LAST], TENSORS))
    assert weights(turned)[0] == W1.T.tolist()
    assert turned.names[0] == "w1 (by column), b1"
    twice = [onnx_node("Transpose", ["w1"], "t", perm=[1, 0]), onnx_node("MatMul", ["x", "t"], "m")]
    added = read(tmp_path, onnx_model([*twice, onnx_node("Add", ["m", "b1"], "z"), TANH, LAST], TENSORS))
    assert added.layers == straight.layers


def test_gemm_scales_its_tensors(tmp_path: Path) -> None:
    network = read(tmp_path, onnx_model([FIRST, TANH, _gemm(alpha=2.0, beta=3.0)], TENSORS))
    assert weights(network)[1] == [[14, 16]]
    assert [int(b) for b in network.layers[1].biases] == [27]
    without = read(tmp_path, onnx_model([FIRST, TANH, _gemm(beta=0.0)], TENSORS))
    assert not without.output_bias


def _gemm(**attributes: Any) -> bytes:
    return onnx_node("Gemm", ["a", "w2", "b2"], "y", transB=1, **attributes)


HUGE = field(1, 2**40) * 2 + field(2, 1) + field(8, "w1") + field(9, b"")
GRAPHS: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "opset"),
    "no graph": (field(8, field(2, 20)), "one input and one output"),
    "old operators": (onnx_model(GOOD, TENSORS, versions=field(8, field(2, 6))), "version 7"),
    "operators of others": (
        onnx_model([FIRST, onnx_node("Tanh", ["z"], "a", field(7, "com.microsoft")), LAST], TENSORS), "not of ONNX",
    ),
    "functions": (onnx_model(GOOD, TENSORS, model=field(25, b"")), "functions"),
    "two opsets": (onnx_model(GOOD, TENSORS, model=field(8, field(2, 21))), "opset"),
    "two graphs": (onnx_model(GOOD, TENSORS, model=field(7, b"")), "occurs 2 times"),
    "two inputs": (onnx_model(GOOD, TENSORS, graph=field(11, field(1, "u"))), "found 2 and 1"),
    "two outputs": (onnx_model(GOOD, TENSORS, graph=field(12, field(1, "z"))), "found 1 and 2"),
    "an output of nothing": (onnx_model(GOOD, TENSORS, output="u"), "not computed"),
    "an output that is a tensor": (onnx_model(GOOD, TENSORS, output="w1"), "not computed"),
    "the input": (onnx_model(GOOD, TENSORS, output="x"), "no hidden layer"),
    "sparse tensors": (onnx_model(GOOD, TENSORS, graph=field(15, b"")), "sparse"),
    "a tensor twice": (onnx_model(GOOD, [*TENSORS, TENSORS[0]]), "'w1' occurs twice"),
    "a value twice": (onnx_model([FIRST, TANH, TANH, LAST], TENSORS), "'a' is computed twice"),
    "a value that hides the input": (onnx_model(GOOD, TENSORS, input="z"), "'z' is computed twice"),
    "a cycle": (onnx_model([onnx_node("Tanh", ["y"], "a"), LAST], TENSORS), "before it is computed"),
    "out of order": (onnx_model([TANH, FIRST, LAST], TENSORS), "before it is computed"),
    "too many operations": (onnx_model([TANH] * 1001, TENSORS), "at most 1000"),
    "no activation": (
        onnx_model([FIRST, onnx_node("Gemm", ["z", "w2", "b2"], "y", transB=1)], TENSORS), "something else",
    ),
    "an activation of the input": (
        onnx_model([onnx_node("Tanh", ["x"], "t"), FIRST, TANH, LAST], TENSORS), "applied to other values",
    ),
    "one layer": (onnx_model([onnx_node("Gemm", ["x", "w1", "b1"], "y")], TENSORS), "no hidden layer"),
    "another output": (
        onnx_model([FIRST, TANH, onnx_node("Gemm", ["a", "w2", "b2"], "o", transB=1), onnx_node("Tanh", ["o"], "y")],
                   TENSORS),
        "the outputs are tanh",
    ),
    "two activations": (
        onnx_model(
            [FIRST, TANH, onnx_node("Gemm", ["a", "w3", "b3"], "z2"), onnx_node("Relu", ["z2"], "a2"),
             onnx_node("Gemm", ["a2", "w2", "b2"], "y", transB=1)],
            [*TENSORS, onnx_tensor("w3", W1), onnx_tensor("b3", B1)],
        ),
        "two activations, tanh and relu",
    ),
    "tied weights": (
        onnx_model(
            [FIRST, TANH, onnx_node("Gemm", ["a", "w1", "b3"], "z2"), onnx_node("Tanh", ["z2"], "a2"),
             onnx_node("Gemm", ["a2", "w2", "b2"], "y", transB=1)],
            [*TENSORS, onnx_tensor("b3", B1)],
        ),
        "'w1' is used twice",
    ),
    "a residual connection": (
        onnx_model([FIRST, TANH, onnx_node("MatMul", ["a", "w1"], "m"), onnx_node("Add", ["m", "a"], "r"), LAST],
                   TENSORS),
        "other values",
    ),
    "the values before the biases": (
        onnx_model(
            [onnx_node("MatMul", ["x", "w1"], "m"), onnx_node("Add", ["m", "b1"], "z"),
             onnx_node("Mul", ["m", "z"], "a"), LAST],
            TENSORS,
        ),
        "other values",
    ),
    "a vector that is no bias": (
        onnx_model([FIRST, onnx_node("Mul", ["z", "b1"], "a"), LAST], TENSORS), "not one number",
    ),
    "biases of a column": (
        onnx_model([onnx_node("MatMul", ["x", "w1"], "m"), onnx_node("Add", ["m", "c"], "z"), TANH, LAST],
                   [*TENSORS, onnx_tensor("c", B1[:, None])]),
        "not 2 numbers",
    ),
    "one bias for all": (
        onnx_model([onnx_node("Gemm", ["x", "w1", "b2"], "z"), TANH, LAST], TENSORS), "not 2 numbers",
    ),
    "no biases": (onnx_model([onnx_node("Gemm", ["x", "w1"], "z"), TANH, LAST], TENSORS), "has no biases"),
    "layers that do not fit": (
        onnx_model([FIRST, TANH, onnx_node("Gemm", ["a", "w2", "b2"], "y")], TENSORS), "1 inputs, below are 2 units",
    ),
    "a matrix of three dimensions": (
        onnx_model(GOOD, [onnx_tensor("w1", W1[None]), *TENSORS[1:]]), "no matrix",
    ),
    "a transposed input": (
        onnx_model([onnx_node("Gemm", ["x", "w1", "b1"], "z", transA=1), TANH, LAST], TENSORS), "unusual",
    ),
    "a gemm of nothing": (
        onnx_model([onnx_node("Gemm", ["x", "w1", "b1"], "z", alpha=0.0), TANH, LAST], TENSORS), "is 0",
    ),
    "an attribute that gemm lacks": (
        onnx_model([onnx_node("Gemm", ["x", "w1", "b1"], "z", broadcast=1), TANH, LAST], TENSORS), "unusual",
    ),
    "an attribute of another type": (
        onnx_model([FIRST, onnx_node("Elu", ["z"], "a", alpha=1), LAST], TENSORS), "names or types",
    ),
    "an attribute that tanh lacks": (
        onnx_model([FIRST, onnx_node("Tanh", ["z"], "a", axis=1), LAST], TENSORS), "not one of these",
    ),
    "an alpha that is nan": (
        onnx_model([FIRST, onnx_node("Elu", ["z"], "a", alpha=float("nan")), LAST], TENSORS), "finite number",
    ),
    "a convolution": (
        onnx_model([FIRST, onnx_node("Conv", ["z", "w1"], "a"), LAST], TENSORS), "'Conv'.*operations: Gemm, Conv",
    ),
    "softmax inside": (onnx_model([FIRST, onnx_node("Softmax", ["z"], "a"), LAST], TENSORS), "something else"),
    "a formula without end": (
        onnx_model([FIRST, *(onnx_node("Mul", [f"{k}"] * 2, f"{k + 1}") for k in range(60)), LAST],
                   TENSORS).replace(field(2, "z"), field(2, "0")),
        "more than 400 letters",
    ),
    "nan": (onnx_model(GOOD, [onnx_tensor("w1", W1 * np.nan), *TENSORS[1:]]), "'w1' holds nan"),
    "integers": (onnx_model(GOOD, [onnx_tensor("w1", W1, 6), *TENSORS[1:]]), "'w1' has the type 6"),
    "no numbers": (onnx_model(GOOD, [onnx_tensor("w1", W1[:0]), *TENSORS[1:]]), "the shape"),
    "numbers in another file": (
        onnx_model(GOOD, [onnx_tensor("w1", W1, more=field(14, 1)), *TENSORS[1:]]), "in another file",
    ),
    "the path of another file": (
        onnx_model(GOOD, [onnx_tensor("w1", W1, more=field(13, b"")), *TENSORS[1:]]), "in another file",
    ),
    "a segment": (onnx_model(GOOD, [onnx_tensor("w1", W1, more=field(3, b"")), *TENSORS[1:]]), "segments"),
    "numbers twice": (
        onnx_model(GOOD, [onnx_tensor("w1", W1, more=field(4, b"\0" * 16)), *TENSORS[1:]]), "there twice",
    ),
    "numbers too few": (
        onnx_model(GOOD, [onnx_tensor("w1", W1, more=field(1, 2)), *TENSORS[1:]]), "needs 32 bytes",
    ),
    "a shape without end": (onnx_model(GOOD, [HUGE, *TENSORS[1:]]), "at most 1,000,000"),
    "many dimensions": (
        onnx_model(GOOD, [onnx_tensor("w1", W1, more=field(1, 1) * 50_000), *TENSORS[1:]]), "dimensions",
    ),
    "a name that is no text": (onnx_model([FIRST.replace(b"Gemm", b"Ge\xffm"), TANH, LAST], TENSORS), "UTF-8"),
    "many fields": (field(3, 1) * 100_001, "more than 100,000 fields"),
}  # fmt: skip


@pytest.mark.parametrize("name", GRAPHS)
def test_what_is_no_fully_connected_network_is_refused(tmp_path: Path, name: str) -> None:
    content, message = GRAPHS[name]
    with pytest.raises(UsageError, match=message):
        read(tmp_path, content)


MESSAGES = {
    "a tag cut off": b"\x80",
    "a length beyond the end": b"\x0a\x05ab",
    "a length without end": b"\x0a" + b"\xff" * 11,
    "an integer of 11 bytes": b"\x08" + b"\x80" * 10 + b"\x01",
    "a group": b"\x0b\x0c",
    "field 0": b"\x00\x01",
    "a double cut off": b"\x09\0\0\0",
}


@pytest.mark.parametrize("name", MESSAGES)
def test_malformed_messages(name: str) -> None:
    with pytest.raises(Malformed):
        Message(MESSAGES[name])


def test_fields_of_messages() -> None:
    message = Message(field(1, -5) + field(2, "a") + field(2, "b") + field(3, 0.5) + field(4, varint(7) + varint(300)))
    assert message.integer(1) == -5
    assert message.texts(2) == ["a", "b"]
    assert message.single(3) == 0.5
    assert message.integers(4) == [7, 300]
    assert Message(field(4, 7) + field(4, 300)).integers(4) == [7, 300]
    assert (message.integer(9), message.text(9), message.has(9), message.has(1)) == (0, "", False, True)
    for wrong in (lambda: message.integer(2), lambda: message.content(1), lambda: message.text(2)):
        with pytest.raises(Malformed):
            wrong()
    with pytest.raises(Malformed):
        Message(field(1, 1) + field(1, 2)).integer(1)
    with pytest.raises(Malformed):
        Message(field(3, "abc")).single(3)


NAMED = [(kind, {}) for kind in _SIMPLE] + [
    ("Elu", {}), ("Elu", {"alpha": 2.5}), ("Celu", {}), ("Celu", {"alpha": 0.5}), ("LeakyRelu", {}),
    ("LeakyRelu", {"alpha": -0.3}), ("Selu", {}), ("HardSigmoid", {"alpha": float(np.float32(1 / 6))}), ("Swish", {}),
    ("HardSigmoid", {}), ("Gelu", {}), ("Gelu", {"approximate": "tanh"}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "attributes"), NAMED)
def test_the_name_of_an_activation_means_its_formula(kind: str, attributes: dict[str, object]) -> None:
    function = unary(kind, IDENTITY, attributes)
    assert function is not None
    named, written = resolve(function.spelled), resolve(function.formula)
    for z in ("0.5", "2", "7") if kind in ("Log", "Sqrt") else ("-4.5", "-1", "-0.25", "0.5", "2", "7"):
        difference = abs(named.value(arb(z)) - written.value(arb(z)))
        assert difference < 1e-6


def test_a_formula_keeps_its_order_of_operations() -> None:
    total = binary("Add", "z", "2")
    assert total is not None
    for outer, expected in (("Neg", "-5"), ("HardSwish", "5"), ("Softsign", "5/6")):
        function = unary(outer, total.formula, {})
        assert function is not None
        value = resolve(function.spelled).value(arb(3))
        assert value.overlaps(arb(eval_fraction(expected)))
    product = binary("Mul", total.formula, total.formula)
    assert product is not None
    assert resolve(product.spelled).value(arb(3)).overlaps(arb(25))


def eval_fraction(text: str) -> Any:
    from flint import fmpq

    numerator, _, denominator = text.partition("/")
    return fmpq(int(numerator), int(denominator or 1))


def test_every_truncation_is_refused(tmp_path: Path) -> None:
    """A message that ends between two fields is still a message; what is left is no network any more."""
    content = (DATA / "onnx-gemm.onnx").read_bytes()
    for length in range(len(content)):
        if content[length:].startswith(field(8, field(1, "") + field(2, 20))):
            continue
        with pytest.raises(UsageError):
            read(tmp_path, content[:length])


def test_spoiled_files_are_refused_or_read(tmp_path: Path) -> None:
    generator = random.Random(2)
    good = [(DATA / name).read_bytes() for name in ("onnx-gemm.onnx", "onnx-matmul.onnx", "torch-softplus-2.onnx")]
    read_ones = 0
    for attempt in range(1200):
        try:
            read(tmp_path, spoiled(good[attempt % 3], generator))
            read_ones += 1
        except UsageError:
            pass
    assert 30 < read_ones < 900
