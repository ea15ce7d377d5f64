"""Mutation testing of the trusted side: `python -m tests.mutation proofs/kernel.py [more files] [--part 0/2]`.

Every comparison, operator, sign, number, `and`/`or`, `min`/`max`, truth value, condition and `raise` of a module is
changed, one at a time, and the module's own tests run against it in a forked process; what they miss goes through the
tests given with `--also`. What survives is printed; the reasons why the known survivors are harmless stand in
docs/mutants.md. What only shapes messages is not changed, nor is `strict=True`, which guards against nothing that
can happen.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 120

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.Mod: ast.Mult, ast.Pow: ast.Mult,
}  # fmt: skip
_FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any", "abs": "int"}

Change = tuple[int, str, int]  # the number of the node in ast.walk order, the kind of change, which of several


def changes(tree: ast.Module) -> Iterator[Change]:
    """Every single change of a module."""
    wording = _wording(tree)
    for number, node in enumerate(ast.walk(tree)):
        if node in wording:
            continue
        match node:
            case ast.Compare():
                for k, operator in enumerate(node.ops):
                    if type(operator) in _COMPARISONS:
                        yield number, "comparison", k
            case ast.BinOp(op=operator) | ast.AugAssign(op=operator):
                text = isinstance(node, ast.BinOp) and any(_is_text(side) for side in (node.left, node.right))
                if type(operator) in _OPERATORS and not text:
                    yield number, "operator", 0
            case ast.UnaryOp(op=ast.USub() | ast.Not()):
                yield number, "sign", 0
            case ast.Constant(value=bool()):
                yield number, "truth", 0
            case ast.Constant(value=int()):
                yield number, "number", 1
                yield number, "number", -1
            case ast.BoolOp():
                yield number, "boolean", 0
            case ast.IfExp():
                yield number, "condition", 0
                yield number, "condition", 1
            case ast.Call(func=ast.Name(id=name)) if name in _FUNCTIONS:
                yield number, "function", 0
            case ast.Raise():
                yield number, "raise", 0


def _wording(tree: ast.Module) -> set[ast.AST]:
    """The nodes that decide nothing: f-strings, what is raised, decorators, `strict=`."""
    roots: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            roots.append(node)
        elif isinstance(node, ast.Raise) and node.exc is not None:
            roots.append(node.exc)
        elif isinstance(node, ast.ClassDef):
            roots.extend(node.decorator_list)
        elif isinstance(node, ast.keyword) and node.arg == "strict":
            roots.append(node)
    return {inner for root in roots for inner in ast.walk(root)}


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def changed(tree: ast.Module, change: Change) -> tuple[ast.Module, str]:
    """The module with one change, and a line that shows it."""
    number, kind, which = change
    result = copy.deepcopy(tree)
    node = list(ast.walk(result))[number]
    before = ast.unparse(node)
    match node:
        case ast.Compare():
            node.ops[which] = _COMPARISONS[type(node.ops[which])]()
        case ast.BinOp() | ast.AugAssign():
            node.op = _OPERATORS[type(node.op)]()
        case ast.UnaryOp(op=ast.USub()):
            node.op = ast.UAdd()
        case ast.UnaryOp():
            node.operand = ast.UnaryOp(ast.Not(), node.operand)
        case ast.Constant(value=bool(value)):
            node.value = not value
        case ast.Constant(value=int(value)):
            node.value = value + which
        case ast.BoolOp():
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case ast.IfExp():
            node.body, node.orelse = (node.body, node.body) if which == 0 else (node.orelse, node.orelse)
        case ast.Call(func=ast.Name() as function):
            function.id = _FUNCTIONS[function.id]
        case ast.Raise():
            _replace(result, node, ast.Pass())
    after = "pass" if kind == "raise" else ast.unparse(node)
    line = getattr(node, "lineno", 0)
    return ast.fix_missing_locations(result), f"line {line}: {before[:70]}  ->  {after[:70]}"


def _replace(tree: ast.Module, old: ast.stmt, new: ast.stmt) -> None:
    for parent in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(parent, field, None)
            if isinstance(block, list) and old in block:
                block[block.index(old)] = new


def survives(module: Path, tree: ast.Module, tests: Sequence[str]) -> bool:
    """Whether the tests pass against the changed module; they run in a forked process."""
    child = os.fork()
    if child == 0:
        _run_tests(module, tree, tests)
    _, status = os.waitpid(child, 0)
    return status == 0


def _run_tests(module: Path, tree: ast.Module, tests: Sequence[str]) -> None:
    import resource

    import pytest

    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))  # not wall time: a busy machine must find nothing
    _import_changed(module, tree)
    code = 1
    try:
        code = int(
            pytest.main(
                ["-n0", "-xq", "-p", "no:cacheprovider", "-p", "no:cov", "-W", "ignore", "-m", "not long", *tests]
            )
        )
    finally:
        os._exit(code)


def _import_changed(module: Path, tree: ast.Module) -> None:
    """From now on in this process the module is the changed one, whether it is imported by its name or by its path."""
    original = SourceFileLoader.get_code

    def get_code(loader: Any, name: str) -> CodeType | None:
        if Path(loader.path) == module:
            return compile(tree, str(module), "exec")
        return original(loader, name)

    SourceFileLoader.get_code = get_code  # type: ignore[assignment, method-assign]


def tests_of(module: Path) -> list[str]:
    """The mirrored test file of a module."""
    place = module.relative_to(ROOT)
    return [str(ROOT / "tests" / place.parent / f"test_{place.name}")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="+", type=Path)
    parser.add_argument("--part", default="0/1", help="which part of the changes, for several processes")
    parser.add_argument("--also", action="append", default=[], help="tests for what survives the module's own")
    arguments = parser.parse_args()
    part, parts = map(int, arguments.part.split("/"))
    for heavy in ("hypothesis", "mpmath", "pytest", "sympy"):  # paid once, not in every forked process
        importlib.import_module(heavy)
    for path in arguments.modules:
        module = path.resolve()
        tree = ast.parse(module.read_text("utf-8"))
        stages = [tests for tests in (tests_of(module), arguments.also) if tests]
        if not all(survives(module, tree, tests) for tests in stages):
            sys.exit(f"{path}: its tests fail without any change")
        chosen = list(changes(tree))[part::parts]
        survivors = 0
        for change in chosen:
            mutant, shown = changed(tree, change)
            if all(survives(module, mutant, tests) for tests in stages):
                survivors += 1
                print(f"{path}: {shown}", flush=True)
        print(f"{path}: {len(chosen) - survivors} of {len(chosen)} changes found", flush=True)


if __name__ == "__main__":
    main()
