"""The convex problem behind the residual and its dual: Newton's method on the log-determinant barrier.

Over the positive definite forms S, minimise

    1/2 |P q(S)|^2 - log det S,        q(S)_n = z_n^T S z_n,

where P projects off the affine functions of the inputs. At a minimum the residual D = P q(S) has
sum_n D_n z_n z_n^T = S^{-1}, positive definite. There is no minimum exactly when some S >= 0, S != 0, has
P q(S) = 0, an obstruction; then S runs off towards the obstructions of largest rank. So either answer comes out of
the same iteration. The objective is self-concordant (Nesterov, Nemirovskii 1994): no step size needs tuning, and as
soon as the Newton decrement is below 1 the residual of the full Newton step is feasible.

Newton's equations are solved densely in low dimension, in time of order G r^4 + r^6. In high dimension they are solved
by conjugate gradients, which need only products with the Hessian, in time of order G r^2 each; they are well
conditioned unless there is an obstruction, or nearly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from certify.progress import Report, silent
from certify.search.points import Floats

MOST_FEATURES = 100
"""In higher dimension the dense equations, with r^4 / 4 entries, grow too large."""

_FEW_FEATURES = 40
"""Up to here the dense equations are solved at once; beyond, only if conjugate gradients find no residual."""

_WELL_CONDITIONED = 10.0
_DIVERGED = 1e7
_CONVERGED = 1e-4
_NEGLIGIBLE = 1e-13
_MOST_STEPS = 80
_LONGEST_STEP = 1e3
_MOST_INEXACT_STEPS = 40
_MOST_PRODUCTS = 60
_INEXACT = 0.1
_BLOCK_ENTRIES = 1 << 23


@dataclass(frozen=True, slots=True, eq=False)
class Centre:
    """Where the iteration ended.

    Attributes:
        form: r x r, the last S; long in the directions of the obstructions if there are any.
        residual: D for each point, orthogonal to the affine functions up to rounding.
        curvature: the least eigenvalue of sum_n m_n D_n z_n z_n^T; the residual serves when this is positive.
        freedom: the dimension of the space of quadratic forms that are affine on the points.
    """

    form: Floats
    residual: Floats
    curvature: float
    freedom: int


class _Forms:
    """Symmetric r x r matrices as vectors of length r(r+1)/2, with the Frobenius inner product."""

    def __init__(self, size: int) -> None:
        self.rows, self.columns = np.triu_indices(size)
        self.weight = np.where(self.rows == self.columns, 1.0, np.sqrt(2.0))
        self.size = size

    def vector(self, matrix: Floats) -> Floats:
        return matrix[self.rows, self.columns] * self.weight

    def matrix(self, vector: Floats) -> Floats:
        result = np.empty((self.size, self.size))
        result[self.rows, self.columns] = result[self.columns, self.rows] = vector / self.weight
        return result

    def quadratics(self, values: Floats) -> Floats:
        """For each point z the vector of z z^T."""
        return values[:, self.rows] * values[:, self.columns] * self.weight

    def barrier_hessian(self, inverse: Floats) -> Floats:
        """The matrix of S -> W S W, the Hessian of -log det at W^{-1}."""
        rows, columns = self.rows, self.columns
        symmetrised = inverse[np.ix_(rows, rows)] * inverse[np.ix_(columns, columns)]
        symmetrised += inverse[np.ix_(rows, columns)] * inverse[np.ix_(columns, rows)]
        factor = self.weight / np.sqrt(2.0)
        return symmetrised * np.outer(factor, factor)


def analytic_centre(values: Floats, affine: Floats, weights: Floats, report: Report = silent) -> Centre:
    """Run the iteration on whitened points ``values`` (G x r) with weights m (G).

    The start S = 1 is taken when it serves well already.
    ``affine`` (G x c) is an orthonormal basis of sqrt(m) times the functions to be orthogonal to.
    """
    forms = _Forms(values.shape[1])
    identity = np.eye(forms.size)
    residual, curvatures = _residual(identity, values, affine, weights)
    if _serves_well(curvatures):
        return Centre(identity, residual, curvatures[0], 0)
    if forms.size > _FEW_FEATURES:
        centre = _inexact_centre(values, affine, weights, report)
        if centre.curvature > 0 or forms.size > MOST_FEATURES:
            return centre

    gram = _gram(forms, values, affine, weights)
    freedom = int(np.count_nonzero(np.linalg.eigvalsh(gram) <= _NEGLIGIBLE))
    form = identity
    for iteration in range(1, _MOST_STEPS + 1):
        report(f"searching a residual: iteration {iteration}")
        point = forms.vector(form)
        try:
            root = np.linalg.inv(np.linalg.cholesky(form))
            inverse = root.T @ root
            gradient = gram @ point - forms.vector(inverse)
            step = -np.linalg.solve(gram + forms.barrier_hessian(inverse), gradient)
        except np.linalg.LinAlgError:
            break
        decrement = float(-gradient @ step)
        direction = forms.matrix(step)
        if 0 <= decrement < 1:
            residual, curvatures = _residual(form + direction, values, affine, weights)
        if decrement < _CONVERGED or np.linalg.eigvalsh(form)[-1] > _DIVERGED:
            break
        stretches = np.linalg.eigvalsh(root @ direction @ root.T)
        form = form + _step_length(float(step @ gram @ step), float(point @ gram @ step), stretches) * direction
    return Centre(form, residual, curvatures[0], freedom)


def _inexact_centre(values: Floats, affine: Floats, weights: Floats, report: Report) -> Centre:
    """The iteration by conjugate gradients, until a residual serves well; it does not tell the freedom."""
    scale = weights @ np.einsum("ni,ni->n", values, values) ** 2
    identity: Floats = np.eye(values.shape[1])
    form, root = identity, identity
    for iteration in range(1, _MOST_INEXACT_STEPS + 1):
        report(f"searching a residual: inexact iteration {iteration}")
        seen = values @ root  # in these coordinates S = 1, and so is the Hessian of the barrier

        def product(matrix: Floats, seen: Floats = seen) -> Floats:
            return np.asarray(_moment(_projected(matrix, seen, affine, weights), seen, weights) / scale)

        pull = product(identity)
        step = _conjugate_gradients(lambda matrix: product(matrix) + matrix, identity - pull)
        decrement = float(np.sum((identity - pull) * step))
        square, slope = float(np.sum(step * product(step))), float(np.sum(pull * step))
        length = _step_length(square, slope, np.linalg.eigvalsh(step))
        form = form + length * (root @ step @ root.T)
        form = (form + form.T) / 2
        residual, curvatures = _residual(form, values, affine, weights)
        if _serves_well(curvatures) or decrement < _CONVERGED or np.linalg.eigvalsh(form)[-1] > _DIVERGED:
            break
        try:
            root = np.linalg.cholesky(form)
        except np.linalg.LinAlgError:
            break
    return Centre(form, residual, curvatures[0], 0)


def _conjugate_gradients(operator: Callable[[Floats], Floats], wanted: Floats) -> Floats:
    """An approximate solution of operator(solution) = wanted for a positive definite operator."""
    solution, rest = np.zeros_like(wanted), wanted
    direction, square = rest, float(np.sum(rest * rest))
    target = _INEXACT**2 * square
    for _ in range(_MOST_PRODUCTS):
        if square <= target:
            break
        image = operator(direction)
        length = square / float(np.sum(direction * image))
        solution = solution + length * direction
        rest = rest - length * image
        before, square = square, float(np.sum(rest * rest))
        direction = rest + square / before * direction
    return solution


def _serves_well(curvatures: Floats) -> bool:
    return bool(curvatures[0] * _WELL_CONDITIONED > curvatures[-1])


def _residual(form: Floats, values: Floats, affine: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """D = P q(form), and the eigenvalues of sum_n m_n D_n z_n z_n^T in increasing order, less what rounding can do."""
    residual = _projected(form, values, affine, weights)
    quadratic = np.sqrt(weights) * np.einsum("ni,ni->n", values @ form, values)
    squares = np.sqrt(weights) * np.einsum("ni,ni->n", values, values)
    rounding = _NEGLIGIBLE * np.linalg.norm(quadratic) * np.linalg.norm(squares)
    return residual, np.linalg.eigvalsh(_moment(residual, values, weights)) - rounding


def _projected(form: Floats, values: Floats, affine: Floats, weights: Floats) -> Floats:
    """P q(form)."""
    root = np.sqrt(weights)
    quadratic = root * np.einsum("ni,ni->n", values @ form, values)
    return np.asarray((quadratic - affine @ (affine.T @ quadratic)) / root)


def _moment(residual: Floats, values: Floats, weights: Floats) -> Floats:
    """sum_n m_n D_n z_n z_n^T."""
    return np.asarray(values.T @ ((weights * residual)[:, None] * values))


def _gram(forms: _Forms, values: Floats, affine: Floats, weights: Floats) -> Floats:
    """The Gram matrix of the projected quadratics over the sum of |z|^4, in one pass over blocks of points."""
    size = len(forms.weight)
    total, overlap = np.zeros((size, size)), np.zeros((affine.shape[1], size))
    block = max(1, _BLOCK_ENTRIES // size)
    for start in range(0, len(values), block):
        rows = slice(start, start + block)
        quadratics = np.sqrt(weights[rows])[:, None] * forms.quadratics(values[rows])
        total += quadratics.T @ quadratics
        overlap += affine[rows].T @ quadratics
    scale = weights @ np.einsum("ni,ni->n", values, values) ** 2
    return np.asarray((total - overlap.T @ overlap) / scale)


def _step_length(square: float, slope: float, stretches: Floats) -> float:
    """Minimise t^2 square / 2 + t slope - sum log(1 + t stretches) over 0 <= t, by bisection of its derivative."""
    low, high = 0.0, _LONGEST_STEP
    if stretches[0] < 0:
        high = min(high, -0.99 / stretches[0])
    for _ in range(50):
        middle = (low + high) / 2
        if square * middle + slope > np.sum(stretches / (1 + middle * stretches)):
            high = middle
        else:
            low = middle
    return low
