"""Krawczyk's operator: a zero of a differentiable map in a box, proved by ball arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

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


def demand_inside(image: Sequence[arb], radius: fmpq, code: str, what: str) -> tuple[fmpq, ...]:
    """Bounds of |K - c| for each coordinate, for a box of one radius.

    Raises:
        Rejected, Undecided: with the code; the image does not lie in the interior of the box. It is rejected if it is
            certainly disjoint from the box, for then there is no zero (`what`) in it.
    """
    if not all(map(is_bounded, image)):
        raise Undecided(code, "Krawczyk's operator is not bounded on the box")
    if any(lower_bound(abs(k)) > radius for k in image):
        raise Rejected(code, f"there is no {what} in the box")
    reaches = tuple(upper_bound(abs(k)) for k in image)
    if not all(reach < radius for reach in reaches):
        raise Undecided(code, "Krawczyk's operator does not map the box into its interior")
    return reaches
