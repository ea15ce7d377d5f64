"""The wall: what the trusted side may import and say, and that its refusals are all tested."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import proofs
from tests.proofs.affine import RELU
from tests.proofs.build import BINARY, CASES, Case

ROOT = Path(proofs.__path__[0])
TESTS = Path(__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
CORE = [path for path in FILES if path.relative_to(ROOT).parts[0] not in ("derivations", "standalone.py")]
EACH = pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
EACH_OF_THE_CORE = pytest.mark.parametrize("path", CORE, ids=lambda p: p.relative_to(ROOT).as_posix())

HEAVY = {"sympy", "numpy", "mpmath", "scipy", "matplotlib", "rich"}
FORBIDDEN = {
    "certify",
    "numpy",
    "mpmath",
    "scipy",
    "matplotlib",
    "random",
    "logging",
    "tests",
    "pickle",
    "time",
}
ALLOWED = {
    "__future__", "collections", "contextlib", "dataclasses", "enum", "functools", "hashlib", "json", "pathlib", "re",
    "typing", "flint", "proofs", "itertools", "math",
}  # fmt: skip


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield node.module or ""


def test_there_is_something_to_look_at() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in CORE}
    assert {
        "kernel.py",
        "checking.py",
        "claim.py",
        "claims/fitted.py",
        "balls.py",
        "lemmas/interval_region.py",
    } <= names


@EACH
def test_the_trusted_side_imports_nothing_of_the_other(path: Path) -> None:
    packages = {name.partition(".")[0] for name in imported(path)}
    assert not packages & FORBIDDEN
    assert "sympy" not in packages or path.parent.name == "derivations"
    if path in CORE:
        assert packages <= (ALLOWED | {"importlib"} if path == LOADER else ALLOWED)


LOADER = ROOT / "on_demand.py"


@EACH
def test_one_file_alone_imports_by_name(path: Path) -> None:
    assert [name for name in imported(path) if name.startswith("importlib")] == ["importlib"] * (path == LOADER)


def test_what_is_imported_by_name_is_in_tables_of_constants() -> None:
    """So no text of a certificate is ever part of the name of a module."""
    calls = [(path, node) for path in CORE for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    names = [
        ast.unparse(node.args[0]) for path, node in calls if path == LOADER and "import_module" in ast.unparse(node)
    ]
    assert names == ["f'{self._package}.{self._files[name]}'"]
    tables = [(path, node) for path, node in calls if ast.unparse(node.func) == "OnDemand"]
    assert {path.parent.name for path, _ in tables} == {"lemmas", "gallery"}
    for path, node in tables:
        package, files = (ast.literal_eval(argument) for argument in node.args)
        assert package == f"proofs.{path.parent.name}"
        assert all(name.isidentifier() for name in files.values())


@EACH_OF_THE_CORE
def test_the_core_imports_no_derivations_and_no_second_checker(path: Path) -> None:
    assert not any(name.startswith(("proofs.derivations", "proofs.standalone")) for name in imported(path))


@EACH_OF_THE_CORE
def test_no_assert_statement(path: Path) -> None:
    """python -O strips them."""
    assert not [node.lineno for node in ast.walk(tree(path)) if isinstance(node, ast.Assert)]


@EACH_OF_THE_CORE
def test_no_floating_point_number(path: Path) -> None:
    for node in ast.walk(tree(path)):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float | complex)), node.lineno
        assert not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"), (
            node.lineno
        )


@EACH_OF_THE_CORE
def test_no_exception_is_swallowed_whole(path: Path) -> None:
    """`except:` and `except Exception` would turn a crash into a verdict."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, node.lineno
            assert ast.unparse(node.type) not in ("Exception", "BaseException"), node.lineno


@EACH_OF_THE_CORE
def test_no_code_is_made_at_run_time(path: Path) -> None:
    names = {node.id for node in ast.walk(tree(path)) if isinstance(node, ast.Name)}
    assert not names & {"eval", "exec", "compile", "__import__", "globals", "setattr", "print"}


def test_only_the_kernel_makes_facts() -> None:
    makers = {
        path.relative_to(ROOT).as_posix()
        for path in CORE
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Fact"
    }
    assert makers == {"kernel.py"}


CODE = re.compile(r'"([A-Z]{2}[0-9]{2})"')


def codes(paths: Iterator[Path]) -> set[str]:
    return {code for path in paths for code in CODE.findall(path.read_text(encoding="utf-8"))}


def test_every_code_is_tested() -> None:
    sources = codes(path for path in CORE)
    assert len(sources) > 40
    assert codes(TESTS.rglob("test_*.py")) >= sources


def test_a_code_belongs_to_one_file() -> None:
    """Those of claims to the files that are about claims."""
    claims = {*ROOT.glob("claims/*.py"), ROOT / "examined.py"}
    found = [code for path in set(CORE) - claims for code in codes(iter([path]))]
    assert len(found) == len(set(found))
    assert not codes(iter(claims)) & set(found)


def test_every_lemma_has_its_mirror() -> None:
    lemmas = {path.stem for path in (ROOT / "lemmas").glob("*.py")} - {"__init__"}
    mirrors = {path.stem.removeprefix("test_") for path in (TESTS / "lemmas").glob("test_*.py")}
    assert lemmas == mirrors


PROBE = """
import sys
from certify.cli import main
code = main(sys.argv[1:])
print(code, sorted({name.partition('.')[0] for name in sys.modules} & %r), file=sys.stderr)
""" % (HEAVY,)  # noqa: UP031


@pytest.mark.parametrize(
    "case", [*[*CASES.values()][:3], BINARY, RELU], ids=["three points", "bias", "depth 2", "obstruction", "affine"]
)
def test_checking_imports_nothing_heavy(case: Case, tmp_path: Path) -> None:
    instance, certificate = tmp_path / "instance.json", tmp_path / "certificate.json"
    instance.write_text(json.dumps(case.document), encoding="utf-8")
    certificate.write_text(json.dumps(case.certificate()), encoding="utf-8")
    arguments = [sys.executable, "-c", PROBE, "check", str(instance), str(certificate)]
    found = subprocess.run(arguments, capture_output=True, text=True, cwd=ROOT.parent, check=True)
    assert found.stderr.strip() == "0 []", found.stdout
    assert "PROVED" in found.stdout
