"""Writes tests/models/data with the libraries that users write their files with, and what those networks compute.

    pip install torch==2.13.0 onnx==1.23.2 onnxscript keras==3.15.1 h5py
    KERAS_BACKEND=torch python -m tests.models.make_files

The files are kept in the repository, so the tests need none of these but h5py.
"""

# mypy: ignore-errors
from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np

DATA = Path(__file__).resolve().parent / "data"
WAVE = Path(__file__).resolve().parent.parent.parent / "examples" / "trained" / "wave-stuck.npz"
INPUTS = np.array([[0.5, -1.0], [2.0, 0.25], [-3.0, 1.5]])


def torch_files() -> dict[str, object]:
    """State dicts, and models that PyTorch exports to ONNX."""
    import torch
    from torch import nn

    torch.manual_seed(1)
    outputs = {}

    def network(activation: object, *end: object) -> object:
        return nn.Sequential(nn.Linear(2, 3), activation, nn.Linear(3, 3), activation, nn.Linear(3, 1), *end)

    def note(name: str, model: object) -> None:
        outputs[name] = model(torch.tensor(INPUTS, dtype=next(model.parameters()).dtype)).double().tolist()

    for name, kind in (
        ("f64", torch.float64),
        ("f32", torch.float32),
        ("f16", torch.float16),
        ("bf16", torch.bfloat16),
    ):
        model = network(nn.Tanh()).to(kind)
        torch.save(model.state_dict(), DATA / f"torch-{name}.pt")
        note(f"torch-{name}.pt", model)
    model = network(nn.Tanh())
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.tensor(INPUTS, dtype=torch.float32)).sum().backward()
    optimizer.step()
    checkpoint = {"epoch": 3, "model_state_dict": model.state_dict(), "optimizer_state_dict": optimizer.state_dict()}
    torch.save(checkpoint, DATA / "torch-checkpoint.pt")
    note("torch-checkpoint.pt", model)
    torch.save(nn.Sequential(nn.Linear(1, 1)), DATA / "torch-whole.pt")
    torch.save(nn.Linear(1, 1).state_dict(), DATA / "torch-old.pt", _use_new_zipfile_serialization=False)
    tied = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 2))
    tied[2].weight = tied[0].weight
    torch.save(tied.state_dict(), DATA / "torch-tied.pt")

    activations = {
        "tanh": nn.Tanh(),
        "gelu": nn.GELU(),
        "gelu-tanh": nn.GELU(approximate="tanh"),
        "silu": nn.SiLU(),
        "softplus-2": nn.Softplus(beta=2),
        "leaky": nn.LeakyReLU(0.2),
        "elu": nn.ELU(1.5),
        "selu": nn.SELU(),
        "hardsigmoid": nn.Hardsigmoid(),
        "hardswish": nn.Hardswish(),
        "mish": nn.Mish(),
        "softsign": nn.Softsign(),
    }
    for name, activation in activations.items():
        model = network(activation).eval()
        torch.onnx.export(model, (torch.zeros(3, 2),), DATA / f"torch-{name}.onnx", dynamo=False)
        note(f"torch-{name}.onnx", model)
    model = network(nn.Tanh(), nn.Sigmoid()).eval()
    torch.onnx.export(model, (torch.zeros(3, 2),), DATA / "torch-probability.onnx", dynamo=False)
    note("torch-probability.onnx", model)
    model = network(nn.ReLU()).eval()
    program = torch.onnx.export(model, (torch.zeros(3, 2),), dynamo=True)
    exported = program.model_proto
    graph = exported.graph
    graph.ClearField("value_info")
    for part in (exported, graph, *graph.node, *graph.initializer, *graph.input, *graph.output):
        part.ClearField("metadata_props")  # the lines of this script
    (DATA / "torch-dynamo.onnx").write_bytes(exported.SerializeToString())
    note("torch-dynamo.onnx", model)
    return outputs


def onnx_files() -> dict[str, object]:
    """What other exporters write: MatMul and Add, Gemm with alpha and beta, Transpose, numbers in other fields."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    from onnx.reference import ReferenceEvaluator

    outputs = {}
    generator = np.random.default_rng(1)
    w1, w2 = generator.normal(size=(2, 3)), generator.normal(size=(3, 1))
    b1, b2 = generator.normal(size=3), generator.normal(size=1)

    def write(name: str, nodes: list[object], tensors: list[object], kind: int = TensorProto.FLOAT) -> None:
        graph = helper.make_graph(
            nodes,
            "network",
            [helper.make_tensor_value_info("x", kind, ["n", 2])],
            [helper.make_tensor_value_info("y", kind, ["n", 1])],
            tensors,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
        onnx.checker.check_model(model)
        onnx.save(model, DATA / name)
        numbers = INPUTS.astype(helper.tensor_dtype_to_np_dtype(kind))
        outputs[name] = ReferenceEvaluator(model).run(None, {"x": numbers})[0].astype(float).tolist()

    def stored(kind: int, raw: bool, **arrays: object) -> list[object]:
        numbers = {name: array.astype(helper.tensor_dtype_to_np_dtype(kind)) for name, array in arrays.items()}
        if raw:
            return [numpy_helper.from_array(array, name) for name, array in numbers.items()]
        return [helper.make_tensor(name, kind, array.shape, array.reshape(-1)) for name, array in numbers.items()]

    node = helper.make_node
    chain = [
        node("MatMul", ["x", "w1"], ["m"]),
        node("Add", ["b1", "m"], ["z"]),
        node("Sigmoid", ["z"], ["a"]),
        node("MatMul", ["a", "w2"], ["n"]),
        node("Add", ["n", "b2"], ["y"]),
    ]
    arrays = {"w1": w1, "b1": b1, "w2": w2, "b2": b2}
    write("onnx-matmul.onnx", chain, stored(TensorProto.FLOAT, True, **arrays))
    write("onnx-double.onnx", chain, stored(TensorProto.DOUBLE, False, **arrays), TensorProto.DOUBLE)
    write("onnx-half.onnx", chain, stored(TensorProto.FLOAT16, False, **arrays), TensorProto.FLOAT16)
    gemm = [
        node("Transpose", ["w1t"], ["w1"], perm=[1, 0]),
        node("Gemm", ["x", "w1", "b1"], ["z"], alpha=0.3, beta=2.0),
        node("Dropout", ["z"], ["d"]),
        node("HardSigmoid", ["d"], ["a"], alpha=0.3, beta=0.25),
        node("Gemm", ["a", "w2t"], ["y"], transB=1),
    ]
    write("onnx-gemm.onnx", gemm, stored(TensorProto.FLOAT, False, w1t=w1.T, b1=b1[None], w2t=w2.T))
    return outputs


def keras_files() -> dict[str, object]:
    """Sequential models. The archives are compressed afterwards: Keras stores mostly zeros."""
    import keras

    outputs = {}
    keras.utils.set_random_seed(1)

    def write(name: str, model: object) -> None:
        model.save(DATA / name)
        outputs[name] = np.asarray(model.predict(INPUTS, verbose=0), dtype=float).tolist()
        compress(DATA / name)

    def compress(path: Path) -> None:
        with zipfile.ZipFile(path) as source:
            members = {member: source.read(member) for member in source.namelist()}
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for member, content in members.items():
                target.writestr(zipfile.ZipInfo(member), content, zipfile.ZIP_DEFLATED)

    def dense(activation: str, *end: object, **more: object) -> object:
        layers = keras.layers
        model = keras.Sequential(
            [
                keras.Input((2,)),
                layers.Dense(3, activation=activation, name="first", bias_initializer="random_normal", **more),
                layers.Dropout(0.5),
                layers.Dense(3, activation=activation, bias_initializer="random_normal"),
                *(end or [layers.Dense(1, name="out")]),
            ]
        )
        model.compile(loss="mse", optimizer="sgd")
        return model

    from certify.models.keras import ACTIVATIONS

    for activation in ACTIVATIONS:
        outputs[f"keras {activation}"] = np.asarray(keras.activations.get(activation)(INPUTS), dtype=float).tolist()
    write("keras-tanh.keras", dense("tanh", kernel_regularizer="l2"))
    write("keras-leaky.keras", dense("leaky_relu"))
    write("keras-probability.keras", dense("tanh", keras.layers.Dense(1, activation="sigmoid", use_bias=False)))
    keras.config.set_floatx("float64")
    write("keras-double.keras", dense("gelu"))
    keras.config.set_floatx("float32")
    wave = dict(np.load(WAVE))
    model = keras.Sequential(
        [keras.Input((1,)), keras.layers.Dense(2, "tanh", name="a"), keras.layers.Dense(1, name="b")]
    )
    model.set_weights([wave["W1"].T, wave["b1"], wave["v"].T, wave["c"]])
    model.save(DATA / "wave.keras")
    compress(DATA / "wave.keras")
    branches = keras.Input((2,))
    keras.Model(branches, keras.layers.Dense(1)(branches)).save(DATA / "keras-functional.keras")
    compress(DATA / "keras-functional.keras")
    return outputs


def main() -> None:
    DATA.mkdir(exist_ok=True)
    outputs = {"inputs": INPUTS.tolist(), **torch_files(), **onnx_files(), **keras_files()}
    lines = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in outputs.items()]
    (DATA / "outputs.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()
