"""What Coq's kernel says: the library's theorems, those of instances, and that changed instances are refused."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from certify.coq.run import EXPECTED, FILE, CoqRefuses, build_library, compile_text
from tests.running import EXAMPLES, certify, proved

pytestmark = pytest.mark.coq

IRIS = EXAMPLES / "iris.csv"
THEOREMS = {
    "ConstantPoint": ("nothing_lower_in_box", "local_minimum_constant"),
    "DeepMinimum": ("local_minimum_deep",),
    "BetterPoint": ("better_exists",),
    "Jensen": ("nothing_lower_in_jensen_region", "local_minimum_jensen"),
    "FittedPoint": ("nothing_lower_in_fitted_box", "local_minimum_fitted"),
    "Obstruction": ("obstruction_excludes",),
    "Widths": ("wider", "constant_exists"),
}
INSTANCES: dict[str, tuple[object, ...]] = {
    "three-points": (EXAMPLES / "three-points.toml",),
    "iris-sigmoid": (IRIS,),
    "iris-arctan": (IRIS, "--activation", "arctan"),
    "iris-silu": (IRIS, "--activation", "silu"),
    "iris-tanh-2": (IRIS, "--activation", "tanh", "--depth", 2),
    "obstructed": (EXAMPLES / "diabetes.csv",),
}


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    build_library(folder)
    return folder


@pytest.fixture(scope="session")
def text_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """The Coq file of an instance."""

    def text(name: str) -> str:
        folder = tmp_path_factory.mktemp(name)
        code = 3 if name == "obstructed" else 0
        assert certify("prove", *INSTANCES[name], "--out", folder).code == code
        assert certify("export", folder, "--format", "coq").code == 0
        return (folder / FILE).read_text("utf-8")

    return text


@pytest.mark.parametrize(("file", "names"), THEOREMS.items(), ids=THEOREMS)
def test_the_theorems_rest_on_the_axioms_of_the_reals(file: str, names: tuple[str, ...], library: Path) -> None:
    theorems = ", ".join(f"@{name}" for name in names)
    text = f"From Minima Require Import {file}.\nDefinition all := ({theorems}).\nPrint Assumptions all.\n"
    assert set(compile_text(library, text)) <= EXPECTED


@pytest.mark.parametrize("name", INSTANCES)
def test_instances(name: str, library: Path, text_of: Callable[[str], str]) -> None:
    assert set(compile_text(library, text_of(name))) <= EXPECTED


@pytest.mark.parametrize("seed", range(2))
def test_random_instances_with_three_features(seed: int, library: Path, tmp_path: Path) -> None:
    generator = random.Random(seed)
    activation, depth = generator.choice(["softplus", "exp", "square"]), generator.choice([1, 2, 3])
    rows = [",".join(f"{generator.gauss(0, 1):.2f}" for _ in range(3)) for _ in range(30)]
    data = tmp_path / "data.csv"
    data.write_text("a,b,c\n" + "\n".join(rows) + "\n")
    folder = proved(tmp_path, data, "--activation", activation, "--depth", depth).folder
    assert certify("export", folder, "--format", "coq").code == 0
    assert set(compile_text(library, (folder / FILE).read_text("utf-8"))) <= EXPECTED


TAMPERED: dict[str, tuple[str, str, str]] = {
    "a target": ("three-points", r"Row \[0#1\] \(3#1\)", "Row [0#1] (31#10)"),
    "an input": ("three-points", r"Row \[1#1\] \(0#1\)", "Row [2#1] (0#1)"),
    "the radius": ("three-points", r"\(3#10\)", "(9#10)"),
    "the smaller loss": ("three-points", r"\(1#100\)", "(1#100000)"),
    "the loss": ("three-points", r"\(6#1\)", "(5#1)"),
    "the interval": ("three-points", r"None \(Some \(0#1\)\)", "None (Some (1#1))"),
    "the activation": ("three-points", r"sigmoid", "tanh"),
    "the sign of the weights": ("three-points", r"\(Q2R \(1#1\)\) 1 net", "(Q2R (1#1)) (-1) net"),
    "the level": ("three-points", r"Logarithm \(1#2\)", "Logarithm (3#2)"),
    "the widths": ("three-points", r"\[2%nat\]", "[1%nat]"),
    "the quadric": ("obstructed", r"\[0#1; 3#1;", "[0#1; 4#1;"),
    "a constant direction": ("obstructed", r"(QSquare .*\]) (\d+) \d+", r"\1 \2 \2"),
}


@pytest.mark.parametrize(("name", "old", "new"), TAMPERED.values(), ids=TAMPERED)
def test_changed_files_are_refused(name: str, old: str, new: str, library: Path, text_of: Callable[[str], str]) -> None:
    text, changes = re.subn(old, new, text_of(name))
    assert changes
    with pytest.raises(CoqRefuses):
        compile_text(library, text)


def test_an_axiom_is_refused(library: Path) -> None:
    text = "Axiom cheat : False.\nTheorem wrong : 0 = 1.\nProof. destruct cheat. Qed.\nPrint Assumptions wrong.\n"
    with pytest.raises(CoqRefuses, match="it rests on cheat"):
        compile_text(library, text)


def test_check_from_scratch(tmp_path: Path) -> None:
    folder = proved(tmp_path, EXAMPLES / "three-points.toml").folder
    ended = certify("check", folder / "instance.json", folder / "certificate.json", "--coq")
    assert ended.code == 0, ended
    last = ended.out.splitlines()[-1]
    assert re.match(r"Coq 8\.\d+\.\d+ agrees: .*bad_local_minimum_of_every_width; assumes: ", last)
