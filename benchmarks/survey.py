"""What `certify examine` says of networks trained from random seeds: `python benchmarks/survey.py [COUNT]`.

COUNT (20) networks of tanh and as many of sigmoid, one hidden layer of width 2 to 6, on XOR, on the petal width of
iris and on random data in turn, are trained by Levenberg-Marquardt and then Newton's method until no entry of the
gradient of the loss exceeds 1e-8; runs that do not get there are counted and left out. Prints one line for each
network, and a table.
"""

from __future__ import annotations

import collections
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from flint import fmpq

from certify.data import read_dataset
from certify.decay import Training
from certify.errors import UsageError
from certify.plan import NotFound
from certify.report.text import summary
from certify.search.curvature import half_derivatives, weights_of
from certify.search.floats import Array
from certify.search.levenberg import Model
from certify.search.tables import to_floats
from certify.settle.case import Question
from certify.trained import examine

IRIS = Path(__file__).parents[1] / "examples" / "iris.csv"
GRADIENT = 1e-8
NEWTON_STEPS = 300


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as folder:
        data = data_sets(Path(folder))
        for activation in ("tanh", "sigmoid"):
            survey(activation, data, count, Path(folder))


def data_sets(folder: Path) -> list[tuple[str, Path, tuple[str, ...] | None, str]]:
    """Name, file, features and target of each."""
    xor, noise = folder / "xor.csv", folder / "random.csv"
    xor.write_text("x1,x2,y\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n", "utf-8")
    rows = np.random.default_rng(0).normal(size=(25, 3)).round(2)
    noise.write_text("x1,x2,y\n" + "\n".join(",".join(f"{v:g}" for v in row) for row in rows) + "\n", "utf-8")
    some = ("sepal_length", "sepal_width", "petal_length")
    return [("xor", xor, None, "y"), ("iris", IRIS, some, "petal_width"), ("random", noise, None, "y")]


def survey(
    activation: str, data: list[tuple[str, Path, tuple[str, ...] | None, str]], count: int, folder: Path
) -> None:
    tally: collections.Counter[str] = collections.Counter()
    examined, seed, unfinished = 0, 0, 0
    while examined < count:
        seed += 1
        name, path, features, target = data[seed % len(data)]
        width = 2 + seed % 5
        dataset = read_dataset(path, features, (target,))
        targets = to_floats(dataset.targets) if dataset.targets is not None else np.zeros((0, 0))
        trained = train(activation, to_floats(dataset.inputs), targets, width, seed)
        if trained is None:
            unfinished += 1
            continue
        examined += 1
        model = folder / "trained.npz"
        np.savez(model, W1=trained[0][0], b1=trained[0][1], v=trained[1][0], c=trained[1][1])
        start = time.perf_counter()
        answer = ask(
            Question(
                model,
                path,
                features,
                (target,),
                activation,
                "squared",
                (),
                1e-4,
                None,
                0,
                Training(fmpq(0), "sum", True),
            )
        )
        tally[answer.partition(":")[0]] += 1
        print(f"{activation:8} {name:7} width {width} seed {seed:3} {time.perf_counter() - start:5.1f} s  {answer}")
    print(
        f"{activation}: {examined} networks, {dict(tally)}; {unfinished} runs did not reach a gradient of {GRADIENT:g}"
    )


def ask(question: Question) -> str:
    try:
        outcome = examine(question, lambda _: None).bundle.outcome
    except (NotFound, UsageError) as reason:
        return f"UNDECIDED: {reason}"
    return f"{outcome.verdict.value} {summary(outcome)}"


def train(activation: str, inputs: Array, targets: Array, width: int, seed: int) -> list[tuple[Array, Array]] | None:
    """Trained until the gradient is small; None if it does not become so."""
    model, numbers = Model(activation, True, inputs, targets), np.random.default_rng(seed)
    spread = inputs.std(axis=0)
    first = numbers.normal(0, 1.5, (width, inputs.shape[1])) / spread
    layers = [
        (first, numbers.normal(0, 1, width) - first @ inputs.mean(axis=0)),
        (numbers.normal(0, 1, (1, width)), np.zeros(1)),
    ]
    layers, _ = model.improve(layers, 3000)
    sizes = (inputs.shape[1], width, 1)
    found = np.concatenate([np.column_stack([w, b]).ravel() for w, b in layers])
    for _ in range(NEWTON_STEPS):
        gradient, hessian = half_derivatives(model, weights_of(found, sizes, True))
        if 2 * np.abs(gradient).max() < GRADIENT:
            return weights_of(found, sizes, True)
        values, vectors = np.linalg.eigh(hessian)
        step = vectors @ ((vectors.T @ gradient) / np.maximum(np.abs(values), 1e-9 * values[-1]))
        before, size = model.loss(weights_of(found, sizes, True)), 1.0
        while model.loss(weights_of(found - size * step, sizes, True)) > before and size > 1e-6:
            size /= 2
        found = found - size * step
    return None


if __name__ == "__main__":
    main()
