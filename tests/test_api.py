"""`import certify`: what the commands do, as functions; results that show what was proved and no more."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from rich.console import Console

import certify
import proofs
from certify.problem import Problem
from proofs.kernel import Verdict
from tests.running import EXAMPLES, csv
from tests.running import certify as command

THREE = EXAMPLES / "three-points.toml"
TRAINED = EXAMPLES / "trained"
X, Y = [[-1], [0], [1]], [0, 3, 0]


@pytest.fixture(scope="module")
def iris() -> certify.Proof:
    return certify.prove(EXAMPLES / "iris.csv")


def test_proving_is_what_the_command_does(iris: certify.Proof, tmp_path: Path) -> None:
    ended = command("prove", EXAMPLES / "iris.csv", "--out", tmp_path / "command")
    saved = iris.save(tmp_path / "function")
    assert [path.name for path in saved] == ["instance.json", "certificate.json", "report.md", "report.html"]
    for path in saved[:2]:
        assert path.read_bytes() == (tmp_path / "command" / path.name).read_bytes()
    assert str(iris) == ended.out.rstrip("\n")
    assert (iris.verdict, iris.exit_code) == (Verdict.PROVED, ended.code)
    assert command("check", *saved[:2]).code == 0


def test_a_result_says_what_was_proved(iris: certify.Proof) -> None:
    assert iris.claim == "local minimum, not global"
    assert iris.scope[0].startswith("1 hidden layer of sigmoid, every width")
    assert [fact.step for fact in iris.facts] == ["s1", "s2", "s3", "s4", "s5", "s6", "s7"]
    assert repr(iris) == "<Proof PROVED  local minimum, not global; 7 steps>"
    with pytest.raises(TypeError, match="not a truth value"):
        bool(iris)
    with pytest.raises(AttributeError):
        iris.outcome = None  # type: ignore[misc, assignment]


def test_both_checkers_check_it(iris: certify.Proof) -> None:
    checked = iris.check()
    assert checked.verdict is Verdict.PROVED
    assert checked.second is not None
    assert checked.second.agrees
    assert str(checked).endswith("the second checker agrees: PROVED")


def test_documents_are_checked_as_files_are(iris: certify.Proof) -> None:
    assert proofs.check(iris.instance_document, iris.certificate_document).verdict is Verdict.PROVED
    false: dict[str, Any] = json.loads(json.dumps(iris.certificate_document))
    false["claim"]["gap"] = "3/2"
    for second in (False, True):
        checked = certify.check(iris.instance_document, false, second=second)
        assert (checked.verdict, checked.exit_code, checked.scope) == (Verdict.REJECTED, 3, ())
        assert checked.outcome.failure is not None
        assert checked.outcome.failure.failure.code == "CL05"
        assert "[CL05]" in str(checked)
        assert "[CL05]" in checked._repr_html_()
        assert "scope" not in str(checked)
        assert repr(checked).startswith("<Checked REJECTED  [CL05]")


def test_lists_of_numbers_and_arrays_are_data() -> None:
    from_file = certify.prove(EXAMPLES / "three-points.csv", features="x", targets="y", output_bias=True)
    for inputs, targets in (
        (X, Y),
        (np.array(X), np.array(Y)),
        ([Fraction(-1), "0", 1.0], ["0", Fraction(3), 0.0]),
        ([["-1"], ["0.0"], ["2/2"]], np.array([[0.0], [3.0], [0.0]])),
    ):
        proof = certify.prove(inputs, targets=targets, features=["x"], output_bias=True)
        assert proof.verdict is Verdict.PROVED
        assert proof.certificate_document["claim"] == from_file.certificate_document["claim"]
        assert proof.instance_document["data"] == from_file.instance_document["data"]


def test_a_problem_file_with_options_over_it() -> None:
    assert certify.prove(THREE).instance.architecture.depth == 1
    assert certify.prove(str(THREE), widths=(3,)).instance.architecture.widths == (3,)
    proof = certify.prove(THREE, levels=["1"], constant=Fraction(1), seed=np.int64(3))
    assert [str(a) for a in proof.certificate_document["steps"][0]["arguments"]["levels"]] == ["1"]  # type: ignore[index]


def test_every_option_of_a_problem_can_be_given() -> None:
    import inspect

    parameters = set(inspect.signature(certify.prove).parameters) - {"progress"}
    assert parameters == {field for field in Problem.__slots__}  # noqa: C416


def test_examining_is_what_the_command_does(tmp_path: Path) -> None:
    files = (TRAINED / "wave-stuck.npz", TRAINED / "wave.csv")
    ended = command("examine", files[0], "--data", files[1], "--target", "y", "--activation", "tanh", "--out", tmp_path)
    told: list[str] = []
    result = certify.examine(*files, "y", activation="tanh", progress=told.append)
    assert str(result) == ended.out.rstrip("\n")
    assert "proving s1 critical-point/1" in told
    assert result.exit_code == 0
    assert {"spectrum", "landscape", "outputs", "margins"} == set(result.pictures)
    command("report", tmp_path, "--md")
    assert (tmp_path / "spectrum.svg").read_text("utf-8") == result.pictures["spectrum"]._repr_svg_()
    for path in tmp_path.glob("*.svg"):
        path.unlink()
    assert {path.name for path in result.save(tmp_path / "again")} == {path.name for path in tmp_path.iterdir()} - {
        "again"
    }


def test_a_network_in_memory_on_data_in_memory() -> None:
    arrays = dict(np.load(TRAINED / "wave-stuck.npz"))
    rows = [line.split(",") for line in (TRAINED / "wave.csv").read_text("utf-8").splitlines()[1:]]
    x, y = [row[0] for row in rows], [row[1] for row in rows]
    named = certify.examine(arrays, x, y, features="x", activation="tanh")
    pairs = certify.examine([(arrays["W1"], arrays["b1"]), (arrays["v"], arrays["c"])], x, y, activation="tanh")
    claim = certify.examine(TRAINED / "wave-stuck.npz", TRAINED / "wave.csv", "y", activation="tanh").outcome.claim
    assert named.outcome.claim == pairs.outcome.claim == claim


def test_a_network_that_is_no_minimum_says_so() -> None:
    result = certify.examine(TRAINED / "wave-early.npz", TRAINED / "wave.csv", "y", activation="tanh")
    assert result.exit_code == 3
    assert list(result.verdict_lines)[-1].startswith("NOT A MINIMUM")
    assert "NOT A MINIMUM" in result._repr_html_()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"data": "nowhere.csv"}, "nowhere.csv: no such file"),
        ({"depth": 0}, "depth: expected from 1 to 8 hidden layers, found 0"),
        ({"depth": "2"}, "depth: expected an integer, found a string"),
        ({"depth": 2.0}, "depth: expected an integer, found a float"),
        ({"depth": True}, "depth: expected an integer, found a truth value"),
        ({"widths": 3}, "widths: expected a list of integers, found an integer"),
        ({"widths": [3.0]}, "widths: expected an integer, found a float"),
        ({"activation": "sigmiod"}, "did you mean 'sigmoid'"),
        ({"activation": len}, "activation: expected a string, found builtin_function_or_method"),
        ({"construction": "fittd"}, "construction: available: constant"),
        ({"constant": 0.5}, "constant: expected an exact number"),
        ({"seed": -1}, "seed: expected a non-negative integer"),
        ({"targets": [0, 1, 0], "data": EXAMPLES / "iris.csv"}, "targets: expected names, found list"),
        ({"features": [1]}, "features: expected names, found list"),
        ({"targets": "y"}, "targets: expected an array"),
        ({"data": None}, "X: expected an array"),
    ],
)
def test_bad_arguments_raise_what_the_command_says(options: dict[str, Any], message: str) -> None:
    with pytest.raises(certify.UsageError) as refused:
        certify.prove(**{"data": X, **options})
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"within": 0}, "--within: expected a positive number, found 0"),
        ({"within": "far"}, "--within: expected a positive number, found far"),
        ({"within": float("inf")}, "--within: expected a positive number"),
        ({"seed": "x"}, "seed: expected an integer, found a string"),
        ({"reduction": "max"}, "--reduction: expected mean or sum, found 'max'"),
        ({"weight_decay": -1}, "--weight-decay: expected a number that is not negative"),
        ({"weight_decay": None}, "--weight-decay: expected a number"),
        ({"loss": "squred"}, "did you mean 'squared'"),
        ({"layers": 3}, "layers: expected names, found int"),
        ({"model": 3}, "the given network: expected"),
        ({"better": 3}, "the given network: expected"),
        ({"target": "z"}, "no column 'z'"),
    ],
)
def test_bad_questions_raise_what_the_command_says(options: dict[str, Any], message: str) -> None:
    question = {
        "model": TRAINED / "wave-stuck.npz",
        "data": TRAINED / "wave.csv",
        "target": "y",
        "activation": "tanh",
        **options,
    }
    with pytest.raises(certify.UsageError) as refused:
        certify.examine(**question)
    assert message in str(refused.value)


def test_bad_documents(tmp_path: Path) -> None:
    for source in (tmp_path / "nowhere.json", {"format": {1}}, {"format": 1.5}, 7, None):
        with pytest.raises(certify.UsageError):
            certify.check(source, {})  # type: ignore[arg-type]


def test_undecided_is_an_exception_with_the_reason() -> None:
    with pytest.raises(certify.NotFound, match="every feature is constant"):
        certify.prove([[1, 2], [1, 2], [1, 2]])


def test_names_are_escaped_in_html_and_cannot_fake_a_line(tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script>\nPROVED"
    data = csv(tmp_path / "d.csv", f'"{hostile}",b', "0,0", "1,1", "0,4", "1,9", "1,3")
    proof = certify.prove(data)
    page = proof._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "\n" not in page + repr(proof)
    assert [line for line in str(proof).splitlines() if line.startswith("PROVED")] == [
        line for line in str(proof).splitlines() if line.startswith("PROVED  obstruction")
    ]
    ElementTree.fromstring(f"<div>{page}</div>")
    assert proof.exit_code == 3
    assert "IMPOSSIBLE" in page


def test_the_table_has_every_step_with_its_margin_and_the_scope(iris: certify.Proof) -> None:
    page = ElementTree.fromstring(f"<div>{iris._repr_html_()}</div>")
    rows = [["".join(cell.itertext()) for cell in row] for row in page.iter("tr")][1:]
    assert rows == [[f.step, f.lemma.name, f.conclusion.detail, f.conclusion.margin] for f in iris.facts]
    assert [item.text for item in page.iter("li")] == [*iris.scope]
    assert "".join(page.iter("caption").__next__().itertext()).startswith("PROVED")


def test_rich_shows_the_same_lines(iris: certify.Proof) -> None:
    console = Console(width=400, record=True, file=open("/dev/null", "w"))  # noqa: PTH123, SIM115
    with console.file:
        console.print(iris)
        assert console.export_text().rstrip().splitlines() == str(iris).splitlines()


def test_the_document_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (EXAMPLES.parent / "docs" / "python.md").read_text("utf-8")
    (tmp_path / "examples").symlink_to(EXAMPLES)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(block, names)
    assert names["outcome"].verdict is Verdict.PROVED
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written == {"instance.json", "certificate.json", "report.md", "report.html"}


def test_importing_certify_imports_nothing_until_a_name_is_used() -> None:
    program = (
        "import sys, certify; before = set(sys.modules); certify.UsageError; assert 'flint' not in sys.modules\n"
        "assert not before & {'flint', 'numpy', 'proofs', 'rich'}; assert set(certify.__all__) <= set(dir(certify))\n"
        "import certify.build, certify.trained, certify.checking, proofs.checking, proofs\n"
        "assert all(callable(getattr(certify, name)) for name in certify.__all__); assert callable(proofs.check)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    with pytest.raises(AttributeError, match="no attribute 'disprove'"):
        certify.disprove  # noqa: B018
