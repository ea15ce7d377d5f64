"""ONNX files: the graph as its nodes, and the tensors that it holds.

The field numbers are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, which never change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from certify.errors import UsageError, repeated, shown
from certify.files import read_bytes
from certify.models.protobuf import Malformed, Message
from certify.models.tensors import MOST_BYTES, decode

if TYPE_CHECKING:
    from certify.search.floats import Array

_MOST_NODES = 1000
_OLDEST_OPERATORS = 7
"""Before version 7 of the operators Add and Gemm broadcast by other rules."""

_KINDS = {1: "F32", 10: "F16", 11: "F64", 16: "BF16"}
_TYPED_DATA = {"F32": 4, "F64": 10}
"""The fields that hold numbers of a type if raw_data does not."""

_FLOAT, _INTEGER, _STRING, _TENSOR, _INTEGERS = 1, 2, 3, 4, 7


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """A tensor that the file holds: its name, its numbers, and their type (a key of ITEM_BYTES)."""

    name: str
    array: Array
    kind: str


Attribute = float | int | str | Constant | tuple[int, ...] | None
"""The value of an attribute; None if it is of a type that no operation of these networks has."""


@dataclass(frozen=True, slots=True)
class Node:
    """One operation."""

    kind: str
    inputs: tuple[str, ...]
    output: str
    attributes: Mapping[str, Attribute]


@dataclass(frozen=True, slots=True)
class Graph:
    """The operations in order, from one input to one output."""

    nodes: tuple[Node, ...]
    constants: Mapping[str, Constant]
    input: str
    output: str


def read_graph(path: Path) -> Graph:
    """The graph of an ``.onnx`` file.

    Raises:
        UsageError: damaged, too large, several inputs or outputs, tensors in other files, or operators of others.
    """
    content = read_bytes(path)
    if len(content) > MOST_BYTES:
        raise UsageError(f"{path}: {len(content):,} bytes; at most {MOST_BYTES:,} are read")
    try:
        model = Message(content)
        if model.has(25):
            raise Malformed("it defines functions; export it with them inlined")
        _demand_known_operators(model)
        return _graph(path, Message(model.content(7)))
    except Malformed as error:
        raise UsageError(f"{path}: not an ONNX model that is read: {error}") from None


def _demand_known_operators(model: Message) -> None:
    versions = [entry.integer(2) for entry in model.messages(8) if entry.text(1) in ("", "ai.onnx")]
    if len(versions) != 1 or versions[0] < _OLDEST_OPERATORS:
        raise Malformed(f"expected operators (opset) of version {_OLDEST_OPERATORS} or later, found {versions}")


def _graph(path: Path, graph: Message) -> Graph:
    if graph.has(15):
        raise Malformed("it holds sparse tensors")
    tensors = [_constant(path, tensor) for tensor in graph.messages(5)]
    constants = {tensor.name: tensor for tensor in tensors}
    if twice := repeated(tensor.name for tensor in tensors):
        raise Malformed(f"the tensor {shown(twice)} occurs twice")
    if len(graph.contents(1)) > _MOST_NODES:
        raise Malformed(f"{len(graph.contents(1))} operations; at most {_MOST_NODES} are read")
    nodes = tuple(_node(path, node) for node in graph.messages(1))
    inputs = [value.text(1) for value in graph.messages(11) if value.text(1) not in constants]
    outputs = [value.text(1) for value in graph.messages(12)]
    if len(inputs) != 1 or len(outputs) != 1:
        raise Malformed(f"expected one input and one output, found {len(inputs)} and {len(outputs)}")
    if twice := repeated([inputs[0], *constants, *(node.output for node in nodes)]):
        raise Malformed(f"the value {shown(twice)} is computed twice")
    return Graph(nodes, constants, inputs[0], outputs[0])


def _node(path: Path, node: Message) -> Node:
    kind = node.text(4)
    if node.text(7) not in ("", "ai.onnx"):
        raise Malformed(f"the operation {shown(kind)} is of {shown(node.text(7))}, not of ONNX")
    outputs = node.texts(2)
    if kind == "Dropout":  # its second result, the mask, is for training
        outputs = outputs[:1]
    if len(outputs) != 1 or not outputs[0]:
        raise Malformed(f"the operation {shown(kind)} has {len(outputs)} results; expected one")
    attributes = [_attribute(path, attribute) for attribute in node.messages(5)]
    if twice := repeated(name for name, _ in attributes):
        raise Malformed(f"the operation {shown(kind)} has two attributes {shown(twice)}")
    return Node(kind, tuple(node.texts(1)), outputs[0], dict(attributes))


def _attribute(path: Path, attribute: Message) -> tuple[str, Attribute]:
    name, kind = attribute.text(1), attribute.integer(20)
    if kind == _FLOAT:
        return name, attribute.single(2)
    if kind == _INTEGER:
        return name, attribute.integer(3)
    if kind == _STRING:
        return name, attribute.text(4)
    if kind == _TENSOR:
        return name, _constant(path, Message(attribute.content(5)))
    if kind == _INTEGERS:
        return name, tuple(attribute.integers(8))
    return name, None


def _constant(path: Path, tensor: Message) -> Constant:
    name, number = tensor.text(8), tensor.integer(2)
    if number not in _KINDS:
        raise Malformed(f"the tensor {shown(name)} has the type {number}; expected float, double, float16 or bfloat16")
    if tensor.integer(14) or tensor.has(13):
        raise Malformed(f"the tensor {shown(name)} is in another file; save with external_data=False")
    if tensor.has(3):
        raise Malformed(f"the tensor {shown(name)} comes in segments")
    kind, shape = _KINDS[number], tuple(tensor.integers(1))
    if any(length < 1 for length in shape):
        raise Malformed(f"the tensor {shown(name)} has the shape {shape}")
    if tensor.has(9) == tensor.has(_TYPED_DATA.get(kind, 5)):
        raise Malformed(f"the numbers of tensor {shown(name)} are missing, or there twice")
    if tensor.has(9):
        content = tensor.content(9)
    elif kind in _TYPED_DATA:
        content = b"".join(tensor.contents(_TYPED_DATA[kind]))
    else:  # the bits of 16-bit numbers, as integers
        bits = tensor.integers(5)
        if any(not 0 <= number < 2**16 for number in bits):
            raise Malformed(f"the tensor {shown(name)} holds more than 16 bits in a number")
        content = b"".join(number.to_bytes(2, "little") for number in bits)
    return Constant(name, decode(path, name, kind, shape, content), kind)
