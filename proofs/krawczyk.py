"""Krawczyk's operator: a zero of a differentiable map in a box, proved by ball arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb, arb_mat, fmpq

from proofs.balls import hull, is_bounded, lower_bound, upper_bound
from proofs.kernel import Rejected, Undecided


def midpoint_inverse(matrix: arb_mat) -> arb_mat | None:
    """An exact matrix near the inverse of the midpoint of a ball matrix; None if none is found.

    Nothing that is proved with it depends on how near it is.
    """
    try:
        inverse = matrix.mid().inv()
    except ZeroDivisionError:
        return None
    return inverse.mid() if all(map(is_bounded, inverse.entries())) else None


def krawczyk(
    preconditioner: arb_mat, steps: Sequence[arb], jacobian: arb_mat, radii: Sequence[fmpq]
) -> tuple[arb, ...]:
    """Krawczyk's operator on the box c +- radii: enclosures of K - c, one for each coordinate.

    With the preconditioner P, `steps` enclosing P F(c) and `jacobian` enclosing F' over the box, it is
    K = c - P F(c) + (1 - P F'(box)) (box - c). Every zero of F in the box lies in K. If K lies in the interior of the
    box, F has exactly one zero there, and F' is nonsingular on the whole box.
    """
    size = len(radii)
    product = (preconditioner * jacobian).tolist()
    box = [hull(-r, r) for r in radii]
    image = []
    for i, step in enumerate(steps):
        defects = ((arb(int(i == j)) - product[i][j]) * box[j] for j in range(size))
        image.append(sum(defects, -step))
    return tuple(image)


@dataclass(frozen=True, slots=True)
class Isolation:
    """The only zero of a map in a box around c is within `reaches` of c, each coordinate; `image` is what Krawczyk's
    operator leaves of the box, at most, in parts of its radius."""

    reaches: tuple[fmpq, ...]
    image: fmpq


def isolated(
    preconditioner: arb_mat, values: Sequence[arb], jacobian: arb_mat, radius: fmpq, code: str, what: str
) -> Isolation:
    """Prove that a map F has exactly one zero within `radius` of c, by Krawczyk's operator, and enclose it.

    `values` enclose F(c) and `jacobian` F' over the box. With s = |P F(c)| and q_i the sum of row i of |1 - P F'(box)|,
    the operator's image of the box is within s_i + q_i radius of c. A zero z in the box has, by the mean value theorem,
    |z - c|_i <= s_i + q_i |z - c|; so |z - c| <= max s / (1 - max q), which gives its coordinates anew.

    Raises:
        Rejected, Undecided: with the code; the image does not lie in the interior of the box. It is rejected if it is
            certainly disjoint from the box, for then there is no zero (`what`) in it.
    """
    size = len(values)
    product = (preconditioner * jacobian).tolist()
    steps = (preconditioner * arb_mat(size, 1, list(values))).entries()
    defects = [sum((abs(arb(int(i == j)) - p) for j, p in enumerate(row)), arb(0)) for i, row in enumerate(product)]
    if not all(map(is_bounded, [*steps, *defects])):
        raise Undecided(code, "Krawczyk's operator is not bounded on the box")
    rates = [upper_bound(defect) for defect in defects]
    if any(lower_bound(abs(s)) > (1 + q) * radius for s, q in zip(steps, rates, strict=True)):
        raise Rejected(code, f"there is no {what} in the box")
    moves = [upper_bound(abs(s)) for s in steps]
    image = max(s / radius + q for s, q in zip(moves, rates, strict=True))
    if image >= 1:
        raise Undecided(code, "Krawczyk's operator does not map the box into its interior")
    distance = max(moves) / (1 - max(rates))
    return Isolation(tuple(s + q * distance for s, q in zip(moves, rates, strict=True)), image)
