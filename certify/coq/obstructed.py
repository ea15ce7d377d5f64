"""The theorem of an obstruction: no residual for these inputs."""

from __future__ import annotations

from flint import fmpq

from certify.coq import terms
from certify.coq.pieces import Piece, computation, definition, theorem
from proofs.certificate import Certificate
from proofs.instance import Instance


def obstruction_theorem(instance: Instance, certificate: Certificate) -> list[Piece]:
    """S as a sum of squares c (q.x)^2 of functions that vary over the data; the others are constants, moved into l."""
    arguments = next(step.arguments for step in certificate.steps if step.lemma == "obstruction/1")
    constant = arguments.rational("constant")
    squares = []
    for coefficient, direction in sum_of_squares([list(row) for row in arguments.matrix("matrix")]):
        values = [_dot(direction, instance.inputs.row(n)) for n in range(instance.samples)]
        other = next((n for n, value in enumerate(values) if value != values[0]), None)
        if other is None:
            constant -= coefficient * values[0] * values[0]
        else:
            squares.append(f"QSquare {terms.argument(coefficient)} {terms.rationals(direction)} 0 {other}")
    data = f"inputs squares {terms.rationals(arguments.rationals('linear'))} {terms.argument(constant)}"
    statement = (
        "forall D, pairing (map reals inputs) D (fun _ => 1) = 0 ->\n"
        "    (forall w, pairing (map reals inputs) D (dot w) = 0) ->\n"
        "    (exists w, varies (map reals inputs) w /\\ pairing (map reals inputs) D (fun x => dot w x ^ 2) <= 0)\n"
        "    /\\ (exists w, varies (map reals inputs) w /\\ 0 <= pairing (map reals inputs) D (fun x => dot w x ^ 2))"
    )
    return [
        definition("inputs", "list (list Q)", terms.inputs(instance), "The inputs of each sample."),
        definition("squares", "list rational_square", terms.listed(squares, "  "), "Their sum is affine."),
        computation("obstruction_computed", f"obstruction_check {data}"),
        theorem(
            "no_residual",
            statement,
            f"fun D => obstruction_checked {data} D obstruction_computed",
            "No residual D has a definite form: the construction is impossible for these inputs.",
        ),
    ]


def sum_of_squares(matrix: list[list[fmpq]]) -> list[tuple[fmpq, list[fmpq]]]:
    """A positive semidefinite S as the sum of c q q^T with c > 0, by elimination."""
    squares = []
    size = len(matrix)
    for j in range(size):
        pivot = matrix[j][j]
        if pivot == 0:
            continue
        direction = [entry / pivot for entry in matrix[j]]
        squares.append((pivot, direction))
        matrix = [[matrix[a][b] - pivot * direction[a] * direction[b] for b in range(size)] for a in range(size)]
    return squares


def _dot(a: list[fmpq], b: list[fmpq]) -> fmpq:
    return sum((x * y for x, y in zip(a, b, strict=True)), fmpq(0))
