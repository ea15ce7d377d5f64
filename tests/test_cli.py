"""The command line: exit codes, messages, and what is left on the disk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.running import EXAMPLES, Ended, Written, certify, csv, proved

ROOT = Path(__file__).resolve().parent.parent
THREE = EXAMPLES / "three-points.toml"
GOOD = ("a,b", "0,0", "1,1", "-1,1", "0,-1", "2,2", "1,-2", "-2,0", "0,2")


def process(*arguments: object, **environment: str) -> Ended:
    """`python -m certify.cli ARGUMENTS` as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "certify.cli", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def refused(ended: Ended, *words: str) -> None:
    """Exit code 2, nothing on stdout, and one line on stderr that says what is wrong."""
    assert ended.code == 2, ended
    assert ended.out == ""
    (line,) = ended.err.splitlines()
    assert line.startswith("certify: error: ")
    assert len(line) < 300
    for word in words:
        assert word in line


BAD_FILES: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "missing": (None, ("no such file",)),
    "empty": ("", ("empty",)),
    "blank": ("\n\n", ("empty",)),
    "no samples": ("a,b\n", ("no samples",)),
    "one sample": ("a,b\n1,2\n", ("one sample",)),
    "text in a numeric column": ("a,b\n1,2\n2,two\n3,4\n", ("line 3", "'b'", "'two'")),
    "an empty cell": ("a,b\n1,2\n2,\n3,4\n", ("line 3", "'b'", "an empty cell")),
    "nan": ("a,b\n1,2\nnan,3\n3,4\n", ("line 3", "'a'", "not a finite number")),
    "inf": ("a,b\n1,2\n2,-inf\n3,4\n", ("line 3", "'b'", "not a finite number")),
    "division by zero": ("a,b\n1,2\n2,3/0\n3,4\n", ("line 3", "divides by zero")),
    "duplicate header": ("a,a\n1,2\n2,3\n3,4\n", ("'a'", "two columns")),
    "no header": ("1.5,2\n2,3\n3,4\n", ("header",)),
    "a short row": ("a,b\n1,2\n2\n3,4\n", ("line 3", "found 1")),
    "only text": ("a,b\nx,y\ny,x\n", ("no numeric column",)),
    "semicolons": ("a;b\n1;2\n2;3\n", ("semicolons",)),
}


@pytest.mark.parametrize("fault", BAD_FILES)
def test_bad_data(fault: str, tmp_path: Path) -> None:
    content, words = BAD_FILES[fault]
    data = tmp_path / "data.csv"
    if content is not None:
        data.write_text(content, "utf-8")
    refused(certify("prove", data, "--out", tmp_path / "out"), "data.csv", *words)
    assert not (tmp_path / "out").exists()


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_bytes(b"a,b\n1,2\n2,\xff\n")
    refused(certify("prove", tmp_path / "data.csv", "--out", tmp_path / "out"), "line 3", "UTF-8")
    (tmp_path / "data.npz").write_bytes(b"PK not really")
    refused(certify("prove", tmp_path / "data.npz", "--out", tmp_path / "out"), "data.npz", "not a NumPy file")
    refused(certify("prove", tmp_path, "--out", tmp_path / "out"), "is a directory")
    assert not (tmp_path / "out").exists()


BAD_OPTIONS: dict[str, tuple[tuple[object, ...], tuple[str, ...]]] = {
    "a misspelt activation": (("--activation", "sigmiod"), ("did you mean 'sigmoid'", "certify activations")),
    "relu in capitals": (("--activation", "ReLU"), ("did you mean", "'relu'")),
    "relu": (("--activation", "relu"), ("piecewise affine", "--construction affine")),
    "abs, fitted": (("--activation", "abs", "--construction", "fitted"), ("σ''", "--construction affine")),
    "affine without targets": (("--activation", "relu", "--construction", "affine"), ("targets", "--target")),
    "affine with a smooth activation": (
        ("--activation", "tanh", "--construction", "affine", "--target", "a"),
        ("tanh is not piecewise affine", "relu, leaky_relu"),
    ),
    "affine with the default activation": (("--construction", "affine", "--target", "a"), ("sigmoid", "relu")),
    "affine with another loss": (
        ("--activation", "relu", "--construction", "affine", "--target", "a", "--loss", "poisson"),
        ("loss: the affine construction", "squared"),
    ),
    "a piece that does not exist": (
        ("--activation", "relu", "--construction", "affine", "--target", "a", "--piece", 2),
        ("piece: expected 0 to 1", "found 2"),
    ),
    "a piece without the affine construction": (("--piece", 0), ("piece: only the affine construction",)),
    "no formula": (("--activation", "exp(x)"), ("activation", "unknown name 'x' in a formula")),
    "code": (("--activation", "__import__('os')"), ("activation", "no formula in z")),
    "a division by zero": (("--activation", "z+1/0"), ("'1/0' has no bounded value",)),
    "a bad parameter": (("--activation", "softplus:beta=0"), ("beta", "not 0")),
    "linear": (("--activation", "linear"), ("outside the theorem", "σ''")),
    "identity": (("--activation", "identity"), ("outside the theorem",)),
    "depth 0": (("--depth", 0), ("depth", "from 1 to 8", "found 0")),
    "depth 9": (("--depth", 9), ("depth", "from 1 to 8", "found 9")),
    "depth below 0": (("--depth", -3), ("depth", "found -3")),
    "an unknown feature": (("--features", "a,bb"), ("no column 'bb'", "did you mean 'b'", "a, b")),
    "a feature twice": (("--features", "a,b,a"), ("'a'", "twice")),
    "no feature": (("--features", ""), ("no column ''",)),
    "an unknown target": (("--target", "y"), ("no column 'y'", "a, b")),
    "target and feature": (("--target", "a", "--features", "a"), ("'a'",)),
    "nothing but targets": (("--target", "a,b"), ("no numeric column is left",)),
    "width 0": (("--widths", "3,0"), ("positive integers, found 0",)),
    "widths against depth": (("--widths", "3,4", "--depth", 3), ("widths", "3, found 2")),
    "no outputs": (("--outputs", 0), ("outputs",)),
    "outputs beside targets": (("--outputs", 2, "--target", "a"), ("outputs",)),
    "a negative seed": (("--seed", -1), ("seed",)),
}


@pytest.mark.parametrize("fault", BAD_OPTIONS)
def test_bad_options(fault: str, tmp_path: Path) -> None:
    options, words = BAD_OPTIONS[fault]
    data = csv(tmp_path / "data.csv", *GOOD)
    refused(certify("prove", data, *options, "--out", tmp_path / "out"), *words)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("demonstrate",), ("unknown command 'demonstrate'", "(see certify --help)")),
        (("chek", "x.json"), ("unknown command 'chek'", "did you mean 'check'?")),
        (("--verbose",), ("unknown option '--verbose'",)),
        (("prove",), ("required: DATA", "(see certify prove --help)")),
        (("prove", "x.csv", "--depth", "two"), ("--depth: expected an integer, found 'two'",)),
        (("prove", "x.csv", "--budget", "long"), ("--budget: expected a number, found 'long'",)),
        (("prove", "x.csv", "--widths", "3,wide"), ("--widths: expected", "such as 200,50, found '3,wide'")),
        (("prove", "x.csv", "--frobnicate"), ("unknown option '--frobnicate'", "(see certify prove --help)")),
        (("prove", "x.csv", "--activaton", "tanh"), ("did you mean '--activation'?",)),
        (("examine", "--taget=y"), ("unknown option '--taget'", "did you mean '--target' or")),
        (("prove", "x.csv", "y.csv"), ("unknown argument 'y.csv'",)),
        (("prove", "x.csv", "--out"), ("--out: expected one argument",)),
        (("check", "x.json"), ("CERTIFICATE", "(see certify check --help)")),
        (("export", "out", "--widths", "3", "--format", "onnx"), ("--format: invalid choice: 'onnx'", "npz")),
        (("examine", "m.npz", "--data", "d.csv", "--target", "y", "--seed", "-1"), ("--seed", "non-negative")),
        (("examine", "m.npz", "--data", "d.csv", "--target", "y", "--within", "0"), ("--within", "positive")),
        (("examine", "m.npz", "--data", "d.csv", "--target", "y", "--within", "nan"), ("--within", "positive")),
    ],
    ids=" ".join,
)
def test_bad_usage(arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    refused(certify(*arguments), *words)


BAD_PROBLEMS = {
    'data = "data.csv"\nactivaton = "tanh"': "did you mean 'activation'",
    'data = "data.csv"\ndepth = "2"': "depth: expected an integer, found a string",
    'data = "data.csv"\nconstant = 0.5': "found a float",
    'data = "data.csv"\nlevels = ["log(-1)"]': "logarithm of a positive number",
    'data = "data.csv"\nlevels = ["0"]': "levels",
    'data = "data.csv"\nlevels = ["1"]\ndepth = 2': "levels: expected as many as hidden layers, 2, found 1",
    'data = "data.csv"\nconstant = "0"': "needs an output bias",
    'data = "data.csv"\nlevels = ["0.25x"]': "levels",
    'data = "data.csv"\nconstant = "1e400"': "constant: expected 0 or a number from",
    'data = "data.csv"\nloss = "hinge"': "loss: available: squared",
    'data = "nowhere.csv"': "nowhere.csv: no such file",
    "activation = 'tanh'": "data",
    "data = ": "not well-formed TOML",
}


@pytest.mark.parametrize("text", BAD_PROBLEMS)
def test_bad_problem_files(text: str, tmp_path: Path) -> None:
    csv(tmp_path / "data.csv", *GOOD)
    (tmp_path / "problem.toml").write_text(text, "utf-8")
    refused(certify("prove", tmp_path / "problem.toml", "--out", tmp_path / "out"), BAD_PROBLEMS[text])
    assert not (tmp_path / "out").exists()


def test_bad_input_leaves_earlier_results_alone(tmp_path: Path) -> None:
    written = proved(tmp_path / "out", THREE)
    before = {path.name: path.read_bytes() for path in written.folder.iterdir()}
    refused(certify("prove", THREE, "--activation", "linear", "--out", written.folder))
    refused(certify("prove", tmp_path / "missing.csv", "--out", written.folder))
    assert certify("prove", THREE, "--depth", "0", "--out", written.folder).code == 2
    assert {path.name: path.read_bytes() for path in written.folder.iterdir()} == before


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    in_its_place = tmp_path / "out"
    in_its_place.write_text("a file", "utf-8")
    for folder in (in_its_place, in_its_place / "below"):
        ended = certify("prove", THREE, "--out", folder)
        assert ended.code == 5
        assert "PROVED" not in ended.out
        (line,) = ended.err.splitlines()
        assert line.startswith("certify: error: ")
        assert "out" in line
    assert in_its_place.read_text("utf-8") == "a file"


@pytest.fixture
def iris(tmp_path: Path) -> Written:
    return proved(tmp_path / "iris", EXAMPLES / "iris.csv")


def test_check_prints_every_step_with_its_margin(iris: Written) -> None:
    out = iris.check().out
    for number, lemma in enumerate(iris.lemmas, 1):
        (line,) = [line for line in out.splitlines() if line.startswith(f"s{number} ")]
        assert f" {lemma}/1 " in line
        assert "  ok   " in line
    assert iris.certificate["instance"] in out
    assert "assumes: none" in out
    assert out.splitlines()[-1] == "PROVED  local minimum, not global"


def test_prove_and_check_print_the_same_steps(iris: Written) -> None:
    shown = iris.ended.out.splitlines()
    for line in iris.check().out.splitlines()[1:]:
        assert line in shown


def damaged(written: Written, change: Callable[[Any], object]) -> Written:
    """The same files with a change made to the certificate."""
    certificate = written.certificate
    change(certificate)
    (written.folder / "certificate.json").write_text(json.dumps(certificate), "utf-8")
    return written


def _set(*path: str | int, value: object) -> Callable[[Any], object]:
    def change(document: Any) -> None:
        for key in path[:-1]:
            document = document[key]
        assert document[path[-1]] != value
        document[path[-1]] = value

    return change


MUTATIONS: dict[str, tuple[Callable[[Any], object], str, str]] = {
    "another constant": (_set("steps", 0, "arguments", "constants", value=["-2"]), "s1", "CP03"),
    "a level of the other sign": (_set("steps", 0, "arguments", "levels", value=["-5/4"]), "s2", "LM06"),
    "a radius too large": (_set("steps", 2, "arguments", "radius", value="9/10"), "s3", "IR0"),
    "an interval over the inflection": (
        _set("steps", 3, "arguments", "intervals", value=[{"lower": "-1", "upper": None}]), "s4", "JR07",
    ),
    "another gap": (_set("steps", 3, "arguments", "gaps", 0, "weight", value="1"), "s4", "JR05"),
    "a larger gain": (_set("steps", 4, "arguments", "gap", value="3/2"), "s5", "BP05"),
    "a direction that does not separate": (
        _set("steps", 5, "arguments", "direction", value=["1", "0", "0", "0"]), "s6", "EO05",
    ),
    "fewer rows": (_set("steps", 6, "arguments", "rows", value=[0, 1, 2]), "s7", "GD02"),
    "a smaller loss": (_set("claim", "loss", value="1"), "claim", "CL03"),
    "a larger gap": (_set("claim", "gap", value="3/2"), "claim", "CL05"),
    "narrower networks": (_set("claim", "least_widths", value=[1]), "claim", "CL05"),
    "a larger box": (_set("claim", "box_radius", value="1/3"), "claim", "CL06"),
    "an earlier optimum": (_set("claim", "zero_loss_widths", value=[148]), "claim", "CL08"),
    "no steps but the first": (lambda c: c["steps"].__delitem__(slice(1, None)), "claim", "CL02"),
    "a premise from the future": (_set("steps", 1, "premises", value=["s5"]), "s2", "KE04"),
    "another lemma": (_set("steps", 1, "lemma", value="generic-data/1"), "s2", "KE05"),
    "a step twice": (_set("steps", 1, "id", value="s1"), "s1", "KE02"),
    "another instance": (_set("instance", value="sha256:" + 64 * "0"), "certificate", "CE01"),
}  # fmt: skip


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_false_certificate_is_rejected_with_step_and_code(mutation: str, iris: Written) -> None:
    change, step, code = MUTATIONS[mutation]
    mutated = damaged(iris, change)
    ended = mutated.check()
    assert ended.code == 3, ended
    (line,) = [line for line in ended.out.splitlines() if f"[{code}" in line and line.startswith(step)]
    assert " NO " in line
    assert ended.out.splitlines()[-1].startswith("REJECTED")
    assert "PROVED" not in ended.out
    assert "scope" not in ended.out
    document = json.loads(mutated.check("--json").out)
    assert document["verdict"] == "REJECTED"
    assert document["failure"]["step"] == step
    assert document["failure"]["code"].startswith(code)
    assert document["failure"]["detail"] in ended.out
    assert document["scope"] == []


def test_an_unknown_lemma_is_undecided_not_proved(iris: Written) -> None:
    ended = damaged(iris, _set("steps", 1, "lemma", value="local-minimum/2")).check()
    assert ended.code == 4
    assert "[KE03]" in ended.out
    assert ended.out.splitlines()[-1].startswith("UNDECIDED")


def test_no_steps_prove_nothing(iris: Written) -> None:
    ended = damaged(iris, lambda c: c["steps"].clear()).check()
    assert ended.code == 4
    assert "[CE02]" in ended.out


def test_a_certificate_for_another_instance_is_rejected(iris: Written, tmp_path: Path) -> None:
    other = proved(tmp_path / "other", THREE)
    ended = certify("check", other.folder / "instance.json", iris.folder / "certificate.json")
    assert ended.code == 3
    assert "[CE01]" in ended.out


def test_the_instance_is_what_is_checked(iris: Written) -> None:
    """One digit of one target is enough."""
    path = iris.folder / "instance.json"
    instance = json.loads(path.read_text("utf-8"))
    instance["data"]["targets"][3] = ["-99/100"]
    path.write_text(json.dumps(instance), "utf-8")
    assert iris.check().code == 3
    from proofs.document import digest

    ended = damaged(iris, _set("instance", value=digest(instance))).check()
    assert ended.code == 3
    assert "[CP03]" in ended.out


MALFORMED = {
    "not JSON": ("{oops", "not JSON"),
    "empty": ("", "not JSON"),
    "no object": ("[]", "expected an object"),
    "another format": ('{"format": "x"}', "format"),
    "a float": ('{"format": 1.5}', "floating point"),
    "a key twice": ('{"format": "x", "format": "x"}', "twice"),
    "too deep": ("[" * 100_000, "nested too deeply"),
}


@pytest.mark.parametrize("fault", MALFORMED)
@pytest.mark.parametrize("name", ["instance.json", "certificate.json"])
def test_malformed_documents(name: str, fault: str, tmp_path: Path) -> None:
    written = proved(tmp_path, THREE)
    (tmp_path / name).write_text(MALFORMED[fault][0], "utf-8")
    for options in ((), ("--json",)):
        refused(written.check(*options), MALFORMED[fault][1])


def test_unknown_keys_and_wrong_types_are_malformed(iris: Written) -> None:
    refused(damaged(iris, lambda c: c.update(note="x")).check(), "unknown field 'note'")
    refused(damaged(iris, lambda c: c.pop("note") and c.update(precision="128")).check(), "precision")


def test_missing_documents(tmp_path: Path) -> None:
    written = proved(tmp_path, THREE)
    (tmp_path / "certificate.json").unlink()
    refused(written.check(), "certificate.json", "no such file")
    (tmp_path / "certificate.json").mkdir()
    refused(written.check(), "certificate.json")
    refused(certify("export", tmp_path / "nowhere", "--widths", "3"), "nowhere")


def test_names_cannot_fake_a_line(tmp_path: Path) -> None:
    """A column, a file or a digest with line breaks or terminal escapes in it stays inside its line."""
    hostile = "a\nPROVED  local minimum, not global\n\x1b[2J"
    data = tmp_path / "data.csv"
    data.write_text(f'"{hostile}",b\n0,0\n1,1\n0,4\n1,9\n1,3\n', "utf-8")
    ended = certify("prove", data, "--out", tmp_path / "out")
    assert ended.code == 3
    check = certify("check", tmp_path / "out" / "instance.json", tmp_path / "out" / "certificate.json")
    refusal = certify("prove", data, "--features", "c", "--out", tmp_path / "out")
    assert refusal.code == 2
    for text in (ended.out, check.out, refusal.err):
        assert not any(line.startswith("PROVED  local") for line in text.splitlines())
        assert "\x1b" not in text
    written = proved(tmp_path / "three", THREE)
    faked = damaged(written, _set("instance", value="\nPROVED  local minimum"))
    for line in faked.check().out.splitlines():
        assert not line.startswith("PROVED")
    for line in (tmp_path / "out" / "report.md").read_text("utf-8").splitlines():
        assert not line.startswith("PROVED")
    renamed = damaged(
        proved(tmp_path / "again", THREE), _set("steps", 0, "id", value="x\nPROVED  local minimum, not global\n")
    )
    for ended in (renamed.check(), renamed.check("--second")):
        assert ended.code == 3
        assert not any(line.startswith("PROVED") for line in ended.out.splitlines())


def test_a_level_of_astronomic_size_is_proved_by_nobody(tmp_path: Path) -> None:
    """Found by fuzzing: signs below 2^-1000000 are called unknown by both checkers, so that neither sees further."""
    written = proved(tmp_path, THREE)
    damaged(written, _set("steps", 0, "arguments", "levels", value=["9" * 24]))
    for ended in (written.check(), written.check("--second")):
        assert ended.code == 4
        assert "PROVED" not in ended.out


def test_undecided_says_why_and_writes_nothing(tmp_path: Path) -> None:
    data = csv(tmp_path / "data.csv", "a,b", "1,2", "1,2", "1,2")
    plain = certify("prove", data, "--out", tmp_path / "out")
    assert plain.code == 4
    (line,) = plain.out.splitlines()
    assert line.startswith("UNDECIDED  every feature is constant")
    document = json.loads(certify("prove", data, "--out", tmp_path / "out", "--json").out)
    assert document["verdict"] == "UNDECIDED"
    assert document["reason"] in line
    assert not (tmp_path / "out").exists()


def test_a_crash_is_not_a_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(arguments: object) -> int:
        raise RuntimeError("a bug")

    monkeypatch.setattr("certify.commands.prove.run", crash)
    with pytest.raises(RuntimeError, match="a bug"):
        certify("prove", "x.csv")


def test_a_crash_exits_with_1_in_a_process(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import certify.commands.prove as p\ndef run(a): raise RuntimeError('a bug')\np.run = run\n", "utf-8"
    )
    ended = process("prove", THREE, "--out", tmp_path / "out", PYTHONPATH=os.pathsep.join((str(tmp_path), str(ROOT))))
    assert ended.code == 1
    assert ended.out == ""
    assert "RuntimeError: a bug" in ended.err


@pytest.mark.parametrize(
    ("error", "message"), [(MemoryError(), "out of memory"), (OSError(28, "No space left", "x"), "x: No space left")]
)
def test_exhausted_resources_exit_with_5(
    error: Exception, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(problem: object, report: object) -> None:
        raise error

    monkeypatch.setattr("certify.api.build", fail)
    ended = certify("prove", THREE, "--out", tmp_path)
    assert (ended.code, ended.out) == (5, "")
    assert ended.err == f"certify: error: {message}\n"


def test_exit_codes_of_the_process(tmp_path: Path) -> None:
    three = tmp_path / "three"
    done = process("prove", THREE, "--out", three)
    assert done.code == 0
    assert "PROVED" in done.out
    check = ("check", three / "instance.json", three / "certificate.json")
    assert process(*check).code == 0
    assert process("prove", THREE, "--activation", "linear", "--out", tmp_path / "x").code == 2
    text = (three / "certificate.json").read_text("utf-8")
    (three / "certificate.json").write_text(text.replace('"loss": "6"', '"loss": "7"'), "utf-8")
    assert process(*check).code == 3


def test_a_terminal_without_greek(tmp_path: Path) -> None:
    done = process("prove", THREE, "--out", tmp_path, PYTHONIOENCODING="ascii", LC_ALL="C", PYTHONUTF8="0")
    assert done.code == 0
    assert done.err.count("\n") == 1
    assert done.out.splitlines()[-1].startswith("PROVED")


def test_a_closed_pipe_is_no_traceback(tmp_path: Path) -> None:
    written = proved(tmp_path, EXAMPLES / "iris.csv")
    command = (
        f'"{sys.executable}" -m certify.cli check "{written.folder}/instance.json" "{written.folder}/certificate.json"'
    )
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} | true"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 5)


def test_help_and_version() -> None:
    overview = certify("--help")
    assert overview.code == 0
    for command in ("prove", "check", "export", "lemmas"):
        assert command in overview.out
        assert certify(command, "--help").code == 0
    assert certify("--version").out == f"certify {certify_version()}\n"


def certify_version() -> str:
    from certify import __version__

    return __version__


@pytest.mark.parametrize(
    ("arguments", "forbidden"),
    [
        (("--help",), {"flint", "numpy", "sympy", "rich", "certify.build"}),
        (("check",), {"numpy", "sympy", "mpmath", "scipy", "matplotlib", "certify.build", "certify.search"}),
        (("prove",), {"sympy", "mpmath", "scipy", "matplotlib", "rich"}),
    ],
)
def test_commands_import_only_what_they_need(arguments: tuple[str, ...], forbidden: set[str], tmp_path: Path) -> None:
    written = proved(tmp_path, THREE)
    real: dict[str, list[object]] = {
        "--help": ["--help"],
        "check": ["check", written.folder / "instance.json", written.folder / "certificate.json"],
        "prove": ["prove", THREE, "--out", tmp_path / "again"],
    }
    program = (
        "import sys\nfrom certify.cli import main\n"
        f"try: main({[str(a) for a in real[arguments[0]]]!r})\nexcept SystemExit: pass\n"
        "print('\\nMODULES', *sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    loaded = set(done.stdout.split("\nMODULES ")[1].split())
    assert loaded & forbidden == set()


def test_lemmas_lists_statements_and_sources() -> None:
    from proofs.lemmas import LEMMAS

    out = " ".join(certify("lemmas").out.split())
    for lemma in LEMMAS.values():
        assert f"{lemma.name}: {lemma.title}" in out
        assert " ".join(lemma.statement.split()) in out
        assert lemma.source in out


def test_one_lemma() -> None:
    out = certify("lemmas", "obstruction/1").out
    assert "obstruction/1" in out
    assert "constant-point/1" not in out
    refused(certify("lemmas", "obstruction/2"), "did you mean 'obstruction/1'")


def test_deriving_a_lemma() -> None:
    ended = certify("lemmas", "constant-point/1", "--derive")
    assert ended.code == 0
    assert "derived: " in ended.out
    assert "NOT DERIVED" not in ended.out
