"""`certify.prove` and `certify.examine`: what the command line and programs call."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from certify.build import build
from certify.certified import Examination, Proof
from certify.decay import read_training
from certify.errors import UsageError
from certify.given_data import GivenData
from certify.models.given import GivenModel
from certify.problem import Problem, checked_fields, read_problem
from certify.progress import Report, silent
from certify.settle.case import Question
from certify.trained import examine as examine_question

if TYPE_CHECKING:
    from certify.given_data import Numbers

    Data = str | os.PathLike[str] | Numbers
    Names = str | Sequence[str]
    Model = str | os.PathLike[str] | Mapping[str, Any] | Sequence[tuple[Any, Any]]


def prove(
    data: Data,
    *,
    features: Names | None = None,
    targets: Names | Numbers | None = None,
    activation: str | None = None,
    depth: int | None = None,
    widths: Sequence[int] | None = None,
    outputs: int | None = None,
    output_bias: bool | None = None,
    loss: str | None = None,
    construction: str | None = None,
    standardise: bool | None = None,
    levels: Sequence[str | int | Fraction] | None = None,
    constant: str | int | Fraction | None = None,
    digits: int | None = None,
    piece: int | None = None,
    budget: float | None = None,
    seed: int | None = None,
    progress: Report = silent,
) -> Proof:
    """Construct a sub-optimal local minimum for data, and prove it; or prove that the construction is impossible.

    None stands for the default of `certify prove --help`, or for what a problem file says.

    Args:
        data: a .csv, .npz, .npy or .toml file; or N x d numbers: a NumPy array, or rows of ints, Fractions, Decimals,
            floats (the dyadic rationals that they store) and strings such as "0.1" or "3/5".
        features: the columns to use; for numbers, names of the d columns.
        targets: your own target columns; for numbers, N or N x m numbers. None to construct targets.
        depth: the number of hidden layers, 1 to 8; without it, the number of widths or levels.
        widths: fixed ones; None for every choice of widths.
        levels, constant: where the constant construction sits; see docs/mathematics.md, section 2.
        budget: seconds after which the search for a fitted chain gives up.
        progress: is told what is being done, a line at a time.

    Raises:
        UsageError: malformed data or options.
        NotFound: undecided; nothing was proved, and the message says why.
    """
    given = {
        "activation": activation,
        "depth": depth,
        "widths": widths,
        "outputs": outputs,
        "output_bias": output_bias,
        "loss": loss,
        "construction": construction,
        "standardise": standardise,
        "levels": levels,
        "constant": constant,
        "digits": digits,
        "piece": piece,
        "budget": budget,
        "seed": seed,
    }
    fields = checked_fields({key: value for key, value in given.items() if value is not None})
    problem = _problem(data, features, targets, fields)
    return Proof.of(build(problem, progress), problem.standardise)


def examine(
    model: Model,
    data: Data,
    target: Names | Numbers,
    *,
    features: Names | None = None,
    activation: str | None = None,
    loss: str = "squared",
    weight_decay: str | float | Fraction = 0,
    reduction: str = "mean",
    decay_biases: bool = True,
    layers: Names = (),
    within: float = 1e-4,
    better: Model | None = None,
    seed: int = 0,
    progress: Report = silent,
) -> Examination:
    """Prove whether a trained network is at a local minimum of its training loss, or that it certainly is not.

    Args:
        model: a .safetensors, .pt, .npz, .onnx or .keras file; or arrays by name, such as a PyTorch `state_dict()`; or
            a pair (W, b) for each layer, W of units x inputs.
        data: a .csv, .npz or .npy file, or N x d numbers; see `prove`.
        target: the columns that the network predicts; for numbers, N or N x m numbers.
        features: the input columns, in order; for numbers, names of the d columns.
        activation: of the hidden units; files of .onnx and .keras tell it.
        loss: squared, cross-entropy, logistic, ...; `certify examine` says which are known.
        weight_decay: as in PyTorch; a float means the decimal that Python prints for it.
        reduction: of the loss that the decay was added to, mean or sum.
        layers: names of the layers in order, where names and shapes leave a choice.
        within: how far away, in each parameter, a minimum may be.
        better: another network of the same shape, to be shown to be better.
        progress: is told what is being done, a line at a time.

    Raises:
        UsageError: malformed files or options.
        NotFound: undecided; nothing was proved, and the message says why, and what would help.
    """
    if isinstance(within, bool) or not isinstance(within, int | float) or not 0 < within < float("inf"):
        raise UsageError(f"--within: expected a positive number, found {within}")
    if checked_fields({"seed": seed})["seed"] < 0:
        raise UsageError(f"--seed: expected a non-negative integer, found {seed}")
    columns, targets = _columns(data, features, target)
    question = Question(
        model=_model(model),
        data=columns,
        features=None if features is None else _names("features", features),
        targets=targets,
        activation=activation,
        loss=loss,
        order=_names("layers", layers),
        within=float(within),
        better=None if better is None else _model(better),
        seed=seed,
        training=read_training(str(weight_decay), reduction, decay_biases),
    )
    examined = examine_question(question, progress)
    return Examination.of(examined.bundle, examined.network)


def _problem(data: Data, features: Names | None, targets: Names | Numbers | None, fields: dict[str, Any]) -> Problem:
    """The problem, where the fields override those of a TOML file."""
    for per_layer in ("widths", "levels"):
        if per_layer in fields:
            fields.setdefault("depth", len(fields[per_layer]))
    columns, names = _columns(data, features, targets)
    if features is not None:
        fields["features"] = _names("features", features)
    if targets is not None:
        fields["targets"] = names
    if isinstance(columns, Path) and columns.suffix.lower() == ".toml":
        return replace(read_problem(columns), **fields)
    return Problem(data=columns, **fields)


def _columns(
    data: Data, features: Names | None, targets: Names | Numbers | None
) -> tuple[Path | GivenData, tuple[str, ...]]:
    """Where the columns are, and which are targets: of a file they have names, else they are numbers themselves."""
    if isinstance(data, str | os.PathLike):
        return Path(data), () if targets is None else _names("targets", targets)
    given = GivenData(data, targets, None if features is None else _names("features", features))
    return given, given.targets


def _names(what: str, names: object) -> tuple[str, ...]:
    """A name, or several."""
    if isinstance(names, str):
        return (names,)
    if not isinstance(names, Sequence) or not all(isinstance(name, str) for name in names):
        raise UsageError(f"{what}: expected names, found {type(names).__name__}; of a file, name the columns")
    return tuple(names)


def _model(model: Model) -> Path | GivenModel:
    return Path(model) if isinstance(model, str | os.PathLike) else GivenModel(model)
