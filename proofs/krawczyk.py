"""Krawczyk's operator: a zero of a differentiable map in a box, proved by ball arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb, arb_mat, fmpq

from proofs.balls import hull, is_bounded


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
