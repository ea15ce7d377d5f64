"""The TOML problem file: what it says is what is proved, and nothing is guessed."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from certify.data import read_dataset
from certify.errors import UsageError
from certify.problem import _READERS, Problem, read_problem

EXAMPLES = Path(__file__).parent.parent / "examples"


def read(folder: Path, text: str | bytes) -> Problem:
    path = folder / "problem.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_problem(path)


def test_the_three_points() -> None:
    problem = read_problem(EXAMPLES / "three-points.toml")
    assert problem == Problem(
        data=EXAMPLES / "three-points.csv",
        features=("x",),
        targets=("y",),
        activation="sigmoid",
        depth=1,
        levels=("log(1/2)",),
        constant="1",
        output_bias=True,
    )
    data = read_dataset(problem.data, problem.features, problem.targets)
    assert data.targets is not None
    assert [str(value) for value in data.inputs.column(0)] == ["-1", "0", "1"]
    assert [str(value) for value in data.targets.column(0)] == ["0", "3", "0"]


def test_only_the_data_is_needed(tmp_path: Path) -> None:
    assert read(tmp_path, 'data = "sub/a.csv"') == Problem(data=tmp_path / "sub" / "a.csv")
    assert read(tmp_path, '\ufeffdata = "/a.csv"').data == Path("/a.csv")


def test_every_field_can_be_written(tmp_path: Path) -> None:
    assert list(_READERS) == [field.name for field in fields(Problem)]
    text = """
        data = "a.npz"
        features = ["a", "b"]
        targets = ["y", "z"]
        activation = "tanh"
        depth = 2
        widths = [3, 1_000_000]
        outputs = 2
        output_bias = true
        loss = "squared"
        construction = "constant"
        standardise = true
        levels = ["-1/2", "log(2.5)"]
        constant = 3
        seed = 7
        digits = 4
        budget = 2.5
    """
    problem = read(tmp_path, text)
    expected = Problem(
        tmp_path / "a.npz", ("a", "b"), ("y", "z"), "tanh", 2, (3, 1_000_000), 2, True, "squared", "constant", True,
        ("-1/2", "log(2.5)"), "3", 7, 4, 2.5,
    )  # fmt: skip
    assert problem == expected
    default = Problem(tmp_path / "a.npz")
    assert all(getattr(problem, name) != getattr(default, name) for name in _READERS if name not in SINGLE)


SINGLE = {"data", "loss", "construction", "piece"}
"""Fields that are at their default here, or have none."""


def test_a_piece_is_for_the_affine_construction(tmp_path: Path) -> None:
    text = 'data = "a.csv"\ntargets = ["y"]\nactivation = "relu"\nconstruction = "affine"\npiece = 1'
    assert read(tmp_path, text).piece == 1
    for construction in ("constant", "fitted"):
        with pytest.raises(UsageError, match="piece: only the affine construction"):
            Problem(tmp_path / "a.csv", construction=construction, piece=1)


def test_depth_follows_from_one_value_per_layer(tmp_path: Path) -> None:
    assert read(tmp_path, 'data = "a"\nwidths = [3, 4, 5]').depth == 3
    assert read(tmp_path, 'data = "a"\nlevels = ["0", 1]').depth == 2


# lines beside `data`, and what the message must contain besides the path
REFUSED = {
    "unknown key": ("dept = 2", ["'dept'", "did you mean 'depth'"]),
    "unknown section": ("[network]\ndepth = 1", ["'network'"]),
    "depth zero": ("depth = 0", ["depth", "1 to 8", "found 0"]),
    "depth nine": ("depth = 9", ["depth", "1 to 8", "found 9"]),
    "depth as text": ('depth = "2"', ["depth", "an integer", "a string"]),
    "depth as truth": ("depth = true", ["depth", "an integer", "a truth value"]),
    "depth as float": ("depth = 2.0", ["depth", "an integer", "a float"]),
    "no width": ("widths = []", ["depth", "found 0"]),
    "zero width": ("widths = [3, 0]", ["widths", "positive", "found 0"]),
    "one width": ("widths = 3", ["widths", "a list of integers", "an integer"]),
    "widths of a float": ("widths = [3.5]", ["widths", "an integer", "a float"]),
    "widths of another depth": ("depth = 1\nwidths = [3, 4]", ["widths", "1", "found 2"]),
    "levels of another depth": ('depth = 3\nlevels = ["1"]', ["levels", "3", "found 1"]),
    "widths against levels": ('widths = [1, 2]\nlevels = ["1"]', ["levels", "2", "found 1"]),
    "no outputs": ("outputs = 0", ["outputs", "positive", "found 0"]),
    "outputs against targets": ('outputs = 3\ntargets = ["y", "z"]', ["outputs", "2 target columns", "3"]),
    "features as text": ('features = "a,b"', ["features", "a list of strings", "a string"]),
    "features as numbers": ("features = [1]", ["features", "a list of strings"]),
    "no features": ("features = []", ["features", "at least one"]),
    "feature twice": ('features = ["a", "a"]', ["features", "'a'", "twice"]),
    "target twice": ('targets = ["a", "a"]', ["targets", "'a'", "twice"]),
    "feature as target": ('features = ["a"]\ntargets = ["a"]', ["targets", "'a'", "features"]),
    "activation as a number": ("activation = 1", ["activation", "a string", "an integer"]),
    "no activation": ('activation = " "', ["activation", "a string"]),
    "loss": ('loss = "hinge"', ["loss", "squared", "'hinge'"]),
    "construction": ('construction = "fited"', ["construction", "constant, fitted", "'fited'"]),
    "loss of the constant construction": ('loss = "logistic"', ["loss", "squared", "logistic", "fitted"]),
    "fitted with targets": ('construction = "fitted"\ntargets = ["y"]', ["targets", "fitted"]),
    "fitted with outputs": ('construction = "fitted"\noutputs = 2\nloss = "poisson"', ["outputs", "squared", "2"]),
    "fitted with levels": ('construction = "fitted"\nlevels = ["1"]', ["levels", "constant construction"]),
    "fitted with a constant": ('construction = "fitted"\nconstant = 1', ["constant", "leave it out"]),
    "many digits": ("digits = 31", ["digits", "0 to 30", "31"]),
    "negative digits": ("digits = -1", ["digits", "-1"]),
    "no budget": ("budget = 0", ["budget", "positive", "0"]),
    "endless budget": ("budget = inf", ["budget", "positive", "inf"]),
    "budget as text": ('budget = "1"', ["budget", "a number of seconds", "a string"]),
    "bias as text": ('output_bias = "yes"', ["output_bias", "true or false", "a string"]),
    "bias as number": ("output_bias = 1", ["output_bias", "true or false", "an integer"]),
    "level as float": ("levels = [0.5]", ["levels", "exact number", '"0.5"', "a float"]),
    "level as one string": ('levels = "1/2"', ["levels", "a list", "a string"]),
    "level as date": ("levels = [1979-05-27]", ["levels", "exact number", "a date or time"]),
    "level as words": ('levels = ["log 2"]', ["levels", "'log 2'"]),
    "level of another function": ('levels = ["exp(2)"]', ["levels", "'exp(2)'"]),
    "logarithm of zero": ('levels = ["log(0)"]', ["levels", "positive", "'log(0)'"]),
    "logarithm of a negative number": ('levels = ["log(-1/2)"]', ["levels", "positive"]),
    "logarithm of a logarithm": ('levels = ["log(log(2))"]', ["levels", "'log(2)'"]),
    "level not a number": ('levels = ["nan"]', ["levels", "'nan'"]),
    "constant as float": ("constant = 1.0", ["constant", "exact number", "a float"]),
    "constant as infinity": ("constant = inf", ["constant", "exact number", "a float"]),
    "constant as words": ('constant = "one"', ["constant", "'one'"]),
    "constant over zero": ('constant = "1/0"', ["constant", "zero"]),
    "constant as list": ('constant = ["1"]', ["constant", "exact number", "a list"]),
    "negative seed": ("seed = -1", ["seed", "non-negative", "-1"]),
    "monstrous seed": (f"seed = 0x{'f' * 9000}", ["seed", "18 digits"]),
    "monstrous decimal": (f"seed = {'9' * 9000}", ["not well-formed"]),
    "key twice": ("seed = 1\nseed = 2", ["not well-formed", "line 3"]),
    "syntax": ("depth 1", ["not well-formed", "line 2"]),
    "deep nesting": ("features = " + "[" * 100_000, ["not well-formed"]),
}


@pytest.mark.parametrize(("text", "needles"), REFUSED.values(), ids=REFUSED.keys())
def test_refused_with_its_key(tmp_path: Path, text: str, needles: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        read(tmp_path, f'data = "a.csv"\n{text}\n')
    message = str(caught.value)
    assert message.startswith(str(tmp_path / "problem.toml"))
    for needle in needles:
        assert needle in message.removeprefix(str(tmp_path))
    assert len(message) < 400 + len(str(tmp_path))


def test_refused_files(tmp_path: Path) -> None:
    for path, needle in ((tmp_path / "absent.toml", "no such file"), (tmp_path, "directory")):
        with pytest.raises(UsageError, match=needle):
            read_problem(path)
    with pytest.raises(UsageError, match="line 2: byte 0xe9 is not UTF-8"):
        read(tmp_path, b'data = "a"\nactivation = "\xe9"')
    with pytest.raises(UsageError, match="data: expected the name of the data file"):
        read(tmp_path, "depth = 1")
    with pytest.raises(UsageError, match="data: expected a string, found an integer"):
        read(tmp_path, "data = 1")


def test_a_strange_file_name_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_dataset(read(tmp_path, r'data = "a\u0000b"').data)


def test_the_same_checks_without_a_file() -> None:
    with pytest.raises(UsageError, match=r"^depth: expected from 1 to 8 hidden layers, found 0$"):
        Problem(Path("a.csv"), depth=0)
    with pytest.raises(UsageError, match=r"^widths: expected as many as hidden layers, 2, found 1$"):
        Problem(Path("a.csv"), depth=2, widths=(3,))
