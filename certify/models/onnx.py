"""ONNX models that are fully connected networks: affine maps with one activation in between."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from certify.errors import UsageError, repeated, shown
from certify.models.described import LINEAR, SIGMOID, SOFTMAX, Described
from certify.models.elementwise import IDENTITY, Function, binary, number, unary
from certify.models.names import LayerNames
from certify.models.onnx_file import Constant, Graph, Node, read_graph
from certify.models.protobuf import Malformed
from certify.models.tensors import checked

if TYPE_CHECKING:
    from certify.search.floats import Array

_MOST_LAYERS = 100
_DROPOUT = "the file has dropout, which belongs to the training: the loss examined here is without it"


@dataclass(frozen=True, slots=True, eq=False)
class _Affine:
    """An affine map: below it the values that it is applied to, and its weights and biases."""

    below: _Units
    weights: Constant
    by_column: bool
    biases: Constant | None

    @property
    def units(self) -> int:
        return int(self.weights.array.shape[1 if self.by_column else 0])


@dataclass(frozen=True, slots=True, eq=False)
class _Units:
    """Values in the graph: a function of each output of an affine map, or of each input of the network."""

    layer: _Affine | None
    function: Function
    softmax: bool = False


def read_onnx(path: Path) -> Described:
    """The network of an ``.onnx`` file.

    Raises:
        UsageError: a damaged file, or a graph that is not a chain of affine maps (Gemm, or MatMul and Add) with one
            activation of all hidden units and a linear, sigmoid or softmax output.
    """
    graph = read_graph(path)
    try:
        return _described(path, graph, _result(graph))
    except Malformed as error:
        seen = ", ".join(node.kind for node in graph.nodes[:12]) + (", ..." if len(graph.nodes) > 12 else "")
        raise UsageError(f"{path}: not a fully connected network: {error}; operations: {seen}") from None


def _result(graph: Graph) -> _Units:
    values: dict[str, _Units | Constant] = {**graph.constants, graph.input: _Units(None, Function(IDENTITY))}
    for node in graph.nodes:
        missing = next((name for name in node.inputs if name and name not in values), None)
        if missing is not None:
            raise Malformed(f"{shown(missing)} is used before it is computed")
        values[node.output] = _applied(node, [values[name] for name in node.inputs if name])
    result = values.get(graph.output)
    if not isinstance(result, _Units):
        raise Malformed("the output is not computed from the input")
    return result


def _described(path: Path, graph: Graph, result: _Units) -> Described:
    layers: list[_Affine] = []
    layer = result.layer
    while layer is not None:
        layers.insert(0, layer)
        layer = layer.below.layer
        if len(layers) > _MOST_LAYERS:
            raise Malformed(f"more than {_MOST_LAYERS} layers")
    functions = [above.below.function.spelled for above in layers[1:]]
    if not functions:
        raise Malformed("there is no hidden layer")
    other = next((function for function in functions if function != functions[0]), None)
    if other is not None:
        raise Malformed(f"the hidden layers have two activations, {functions[0]} and {other}")
    tensors = [tensor for layer in layers for tensor in (layer.weights, layer.biases) if tensor is not None]
    if twice := repeated(tensor.name for tensor in tensors):
        raise Malformed(f"the tensor {shown(twice)} is used twice (tied weights)")
    names = [LayerNames(m.weights.name, m.biases.name if m.biases else None, m.by_column) for m in layers]
    return Described(
        checked(path, {tensor.name: tensor.array for tensor in tensors}),
        names,
        functions[0],
        _output(result),
        (_DROPOUT,) if any(node.kind == "Dropout" for node in graph.nodes) else (),
    )


def _output(result: _Units) -> str:
    if result.softmax:
        return SOFTMAX
    known = {IDENTITY: LINEAR, "sigmoid(z)": SIGMOID}
    if result.function.formula not in known:
        raise Malformed(f"the outputs are {result.function.spelled} of an affine map; expected the map itself")
    return known[result.function.formula]


def _applied(node: Node, inputs: list[_Units | Constant]) -> _Units | Constant:
    """What the operation makes of its inputs.

    Raises:
        Malformed: an operation that no fully connected network needs, or other inputs or attributes than it takes.
    """
    match node.kind, inputs:
        case "Constant", [] if (
            isinstance(value := node.attributes.get("value"), Constant) and len(node.attributes) == 1
        ):
            return Constant(node.output, value.array, value.kind)
        case "Identity", [value] if not node.attributes:
            return value
        case "Transpose", [Constant() as tensor] if tensor.array.ndim == 2 and node.attributes in (
            {},
            {"perm": (1, 0)},
        ):
            return replace(tensor, array=tensor.array.T)
        case "Dropout", [_Units() as units, *rest] if all(isinstance(value, Constant) for value in rest):
            return units
        case "Flatten", [_Units() as units] if node.attributes.get("axis", 1) == 1:
            return units
        case "Gemm", [_Units() as units, Constant() as weights, *rest]:
            return _gemm(node, units, weights, rest)
        case "MatMul", [_Units() as units, Constant() as weights] if not node.attributes:
            return _affine(units, weights, by_column=True, biases=None)
        case "Softmax" | "LogSoftmax", [_Units() as units] if node.attributes.get("axis", 1) in (1, -1):
            if units.function.formula == IDENTITY and units.layer is not None and not units.softmax:
                return replace(units, softmax=True)
    return _elementwise(node, inputs)


def _gemm(node: Node, units: _Units, weights: Constant, rest: list[_Units | Constant]) -> _Units:
    """alpha A B + beta C."""
    defaults: dict[str, object] = {"alpha": 1.0, "beta": 1.0, "transA": 0, "transB": 0}
    values = {**defaults, **node.attributes}
    alpha, beta = values["alpha"], values["beta"]
    if values.keys() != defaults.keys() or values["transA"] != 0 or values["transB"] not in (0, 1) or len(rest) > 1:
        raise Malformed("the operation Gemm has unusual attributes or inputs")
    if not isinstance(alpha, float) or not isinstance(beta, float) or not alpha:
        raise Malformed("the operation Gemm has an alpha or beta that is 0 or no number")
    biases = rest[0] if rest and beta else None
    if isinstance(biases, _Units):
        raise Malformed("the operation Gemm adds values that are not constant")
    scaled = _scaled(weights, alpha)
    return _affine(units, scaled, not values["transB"], None if biases is None else _scaled(biases, beta))


def _scaled(tensor: Constant, factor: float) -> Constant:
    """The tensor times a float32: exact in float64 for numbers of 24 bits or fewer, and refused for others."""
    if factor == 1:
        return tensor
    if tensor.kind == "F64":
        raise Malformed(f"the tensor {shown(tensor.name)} times {factor:g} is not exact in float64")
    return replace(tensor, array=tensor.array * factor)


def _affine(below: _Units, weights: Constant, by_column: bool, biases: Constant | None) -> _Units:
    if below.softmax or (below.layer is None) != (below.function.formula == IDENTITY):
        raise Malformed("an affine map follows something else than the input or an activation")
    if weights.array.ndim != 2:
        raise Malformed(f"the weights {shown(weights.name)} are no matrix")
    layer = _Affine(below, weights, by_column, None)
    inputs = weights.array.shape[0 if by_column else 1]
    if below.layer is not None and below.layer.units != inputs:
        raise Malformed(f"the weights {shown(weights.name)} have {inputs} inputs, below are {below.layer.units} units")
    return _Units(layer if biases is None else _with_biases(layer, biases), Function(IDENTITY))


def _with_biases(layer: _Affine, biases: Constant) -> _Affine:
    if biases.array.shape not in ((layer.units,), (1, layer.units)):
        raise Malformed(f"the biases {shown(biases.name)} of shape {biases.array.shape} are not {layer.units} numbers")
    return replace(layer, biases=replace(biases, array=biases.array.reshape(-1)))


def _elementwise(node: Node, inputs: list[_Units | Constant]) -> _Units:
    units = next((value for value in inputs if isinstance(value, _Units)), None)
    if units is None or any(isinstance(value, _Units) and value.layer is not units.layer for value in inputs):
        raise Malformed(f"the operation {shown(node.kind)} is not one of these networks, or is applied to other values")
    if node.kind == "Add" and units.layer is not None and units.layer.biases is None and len(inputs) == 2:
        constant = next((value for value in inputs if isinstance(value, Constant)), None)
        if constant is not None and constant.array.ndim and units.function.formula == IDENTITY and not units.softmax:
            return replace(units, layer=_with_biases(units.layer, constant))
    formulas = [_formula(node, value) for value in inputs]
    function = unary(node.kind, formulas[0], node.attributes) if len(inputs) == 1 else None
    if len(inputs) == 2 and not node.attributes:
        function = binary(node.kind, *formulas)
    if function is None or units.softmax or units.layer is None:
        raise Malformed(f"the operation {shown(node.kind)} is not one of these networks, or is applied to other values")
    return _Units(units.layer, function)


def _formula(node: Node, value: _Units | Constant) -> str:
    if isinstance(value, _Units):
        return value.function.formula
    if value.array.size != 1 or value.array.ndim > 2:
        raise Malformed(f"the operation {shown(node.kind)} takes {shown(value.name)}, which is not one number")
    return number(_only(value.array), single=value.kind != "F64")


def _only(array: Array) -> float:
    return float(array.reshape(-1)[0])
