"""The Coq file, and the commands around Coq, on a machine that need not have Coq."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flint import fmpq

from certify.coq import ask, run
from certify.coq.obstructed import sum_of_squares
from certify.coq.run import LIBRARY, CoqRefuses, Opinion, library_files, printed_axioms
from certify.coq.subject import COVERED
from proofs.activations import CATALOGUE
from proofs.formulas import read_activation
from tests.running import EXAMPLES, Written, certify, proved

THREE = EXAMPLES / "three-points.toml"
SOURCES = sorted(LIBRARY.glob("*.v"))


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return proved(tmp_path_factory.mktemp("three"), THREE)


def written_for(folder: Path) -> str:
    ended = certify("export", folder, "--format", "coq")
    assert ended.code == 0, ended
    return (folder / run.FILE).read_text("utf-8")


def check(folder: Path, *options: str) -> tuple[int, str]:
    ended = certify("check", folder / "instance.json", folder / "certificate.json", "--coq", *options)
    return ended.code, ended.out + ended.err


def test_the_library_has_no_axioms_and_no_gaps() -> None:
    for source in SOURCES:
        text = re.sub(r"\(\*.*?\*\)", "", source.read_text("utf-8"), flags=re.DOTALL)
        gaps = r"\b(Admitted|admit|Axioms?|Parameters?|Conjecture|Abort|Unset|bypass_check|give_up)\b"
        assert not re.search(gaps, text), source.name
        for section in re.findall(r"^(?:Variables?|Hypothes[ie]s|Context)\b", text, re.MULTILINE):
            assert re.search(r"^Section ", text, re.MULTILINE), (source.name, section)


def test_every_source_is_built_and_its_needs_come_first() -> None:
    names = library_files()
    assert sorted(names) == [source.name for source in SOURCES]
    for place, name in enumerate(names):
        text = (LIBRARY / name).read_text("utf-8")
        needs = [
            n for line in re.findall(r"From Minima Require (?:Import|Export) ([\w\s]+)\.", text) for n in line.split()
        ]
        assert {f"{need}.v" for need in needs} <= set(names[:place]), name


def test_the_definitions_are_short() -> None:
    assert len((LIBRARY / "Network.v").read_text("utf-8").splitlines()) <= 100


@pytest.mark.parametrize("name", COVERED)
def test_activations_of_the_library_are_in_the_catalogue(name: str) -> None:
    assert name in CATALOGUE or read_activation(name, "here").name == name
    assert f"Definition smooth_{COVERED[name]} " in (LIBRARY / "Activations.v").read_text("utf-8")


def test_the_data_and_the_claim_are_in_the_file(three: Written) -> None:
    text = written_for(three.folder)
    assert "Row [(-1)#1] (0#1);\n  Row [0#1] (3#1);\n  Row [1#1] (0#1)]" in text
    assert "bad_local_minimum sigmoid (data_of rows) 1 true widths (Q2R (6#1)) (Q2R (1#100))" in text
    theorems = re.findall(r"^Theorem (\w+)", text, re.MULTILINE)
    assert theorems == [
        "nothing_lower_in_the_jensen_region",
        "jensen_minimum",
        "local_minimum_of_every_width",
        "nothing_lower_in_the_box",
        "bad_local_minimum_of_every_width",
    ]
    assert f"Definition all_theorems := ({', '.join(theorems)})." in text
    assert text.endswith("Print Assumptions all_theorems.\n")


def test_what_is_left_out_is_said(three: Written) -> None:
    assert "not in it: exact-optimum/1, generic-data/1" in certify("export", three.folder, "--format", "coq").out


def test_the_box_of_several_layers_is_left_out(tmp_path: Path) -> None:
    folder = proved(tmp_path, EXAMPLES / "iris.csv", "--depth", 2).folder
    ended = certify("export", folder, "--format", "coq")
    assert "not in it: exact-optimum/1, generic-data/1, interval-region/1" in ended.out
    assert "box" not in (folder / run.FILE).read_text("utf-8")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--activation", "erf"), "does not cover erf"),
        (("--activation", "tanh", "--outputs", 2), "one output, not 2"),
        (
            (
                "--construction",
                "affine",
                "--activation",
                "relu",
                "--features",
                "sepal_length",
                "--target",
                "petal_width",
            ),
            "this is neither",
        ),
    ],
    ids=["activation", "outputs", "construction"],
)
def test_what_is_not_covered_is_refused(options: tuple[object, ...], words: str, tmp_path: Path) -> None:
    folder = proved(tmp_path, EXAMPLES / "iris.csv", *options).folder
    ended = certify("export", folder, "--format", "coq")
    assert ended.code == 2
    assert words in ended.err
    assert len(ended.err.splitlines()) == 1


def test_dependent_features_are_refused(tmp_path: Path) -> None:
    data = tmp_path / "data.csv"
    rows = [(a, b) for a in range(-2, 3) for b in range(-2, 3)]
    data.write_text("a,b,s\n" + "".join(f"{a},{b},{a + b}\n" for a, b in rows))
    folder = proved(tmp_path, data).folder
    ended = certify("export", folder, "--format", "coq")
    assert (ended.code, "dependent features" in ended.err) == (2, True)


@pytest.mark.parametrize("options", [("--format", "coq", "--widths", "3"), ("--format", "npz"), ()])
def test_widths_are_for_weights(three: Written, options: tuple[str, ...]) -> None:
    ended = certify("export", three.folder, *options)
    assert ended.code == 2
    assert "--widths is for the weights of a network" in ended.err


def test_without_coq(three: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    code, out = check(three.folder)
    assert code == 5
    assert "Coq is not installed" in out
    assert "apt-get install coq libcoq-coquelicot libcoq-interval" in out


def test_coq_agrees(three: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask, "coq_version", lambda: "8.16.1")
    monkeypatch.setattr(ask, "opinion", lambda _text: Opinion("8.16.1", ("minimum",), ("classic",)))
    code, out = check(three.folder)
    assert code == 0
    assert out.endswith(
        "Coq 8.16.1 agrees: minimum; assumes: classic; it says nothing about exact-optimum/1, generic-data/1\n"
    )
    code, out = check(three.folder, "--json")
    assert (code, json.loads(out)["coq"][:18]) == (0, "Coq 8.16.1 agrees:")


def test_coq_refuses(three: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_text: str) -> Opinion:
        raise CoqRefuses("line 3: no")

    monkeypatch.setattr(ask, "coq_version", lambda: "8.16.1")
    monkeypatch.setattr(ask, "opinion", refuse)
    code, out = check(three.folder)
    assert code == 4
    assert out.endswith("PROVED  local minimum, not global\nCoq does not confirm it: line 3: no\n")


def test_coq_has_no_opinion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask, "coq_version", lambda: "8.16.1")
    folder = proved(tmp_path, EXAMPLES / "iris.csv", "--activation", "erf").folder
    code, out = check(folder)
    assert code == 4
    assert "Coq has no opinion: the Coq library does not cover erf" in out


def test_coq_is_not_asked_about_what_is_refused(
    three: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ask, "coq_version", lambda: "8.16.1")
    document = json.loads((three.folder / "certificate.json").read_text("utf-8"))
    document["claim"]["gap"] = "5999/1000"
    (tmp_path / "instance.json").write_bytes((three.folder / "instance.json").read_bytes())
    (tmp_path / "certificate.json").write_text(json.dumps(document))
    code, out = check(tmp_path)
    assert (code, "Coq was not asked" in out) == (3, True)


def test_axioms_are_read() -> None:
    output = "Axioms:\nA.classic : forall P : Prop,\n    P \\/ ~ P\nB.long_name\n  : nat\n"
    assert printed_axioms(output) == ("A.classic", "B.long_name")
    assert printed_axioms("Closed under the global context\n") == ()
    with pytest.raises(CoqRefuses, match="does not say what it rests on"):
        printed_axioms("")


def test_a_semidefinite_matrix_is_a_sum_of_squares() -> None:
    matrix = [[fmpq(v) for v in row] for row in [[4, 2, 0], [2, 1, 0], [0, 0, 3]]]
    squares = sum_of_squares(matrix)
    assert len(squares) == 2
    for j in range(3):
        for k in range(3):
            assert sum((c * q[j] * q[k] for c, q in squares), fmpq(0)) == matrix[j][k]
