"""The residual that makes several quadratic forms definite by the widest margin: a small semidefinite program.

For the forms F_h(D) = sum_n D_n k_h(n) u_h(n) u_h(n)^T and a space of residuals with projector P, maximise t with

    F_h(D) >= t 1 for all h,   D = P D,   |D|_2 = 1.

The dual minimises |P q(S)|_2 over S_h >= 0 with sum_h tr S_h = 1, where q(S)_n = sum_h k_h(n) u_h(n)^T S_h u_h(n); the
best D is P q(S), normalised. Newton's method follows the minima of

    1/2 |P q(S)|^2 - p sum_h tr S_h - sum_h log det S_h,

at which F_h(P q(S)) = p 1 + S_h^{-1}, from p = 0 to a pull p that leaves a small gap. With S_h = L_h L_h^T the steps
are taken in L_h^{-1} S_h L_h^{-T}: there the barrier's Hessian is 1 and the matrix of P q need not be squared, so that
margins down to the rounding of floats, not just to its root, can be told from none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from certify.search.floats import Array

_GAP = 1.1
_PULL = 4.0
_NEARLY_CENTRED = 0.5
_MOST_STEPS = 60
_LONGEST_STEP = 1e3
_HALVINGS = 25


@dataclass(frozen=True, slots=True, eq=False)
class Forms:
    """The forms, and the conditions on the residual.

    Attributes:
        bases: for each form the rows u_h(n), N x r_h.
        weights: for each form k_h, length N.
        conditions: N x k with orthonormal columns, to which the residual is orthogonal.
    """

    bases: tuple[Array, ...]
    weights: tuple[Array, ...]
    conditions: Array

    def project(self, columns: Array) -> Array:
        """Off the conditions; twice, since the rounding of the first time is relative to what is taken away."""
        for _ in range(2):
            columns = columns - self.conditions @ (self.conditions.T @ columns)
        return columns

    def least_eigenvalue(self, residual: Array) -> float:
        """The least eigenvalue of all forms at D."""
        moments = [(k * residual * b.T) @ b for b, k in zip(self.bases, self.weights, strict=True)]
        return min(float(np.linalg.eigvalsh(moment)[0]) for moment in moments)


def widest_margin(forms: Forms, floor: float = 0.0) -> tuple[Array, float] | None:
    """D with |D|_2 = 1 and its t > 0, within a tenth of the best t.

    None as soon as the best t is known to be at most ``floor``, or when floats see no positive one.
    """
    unit = _vector([np.eye(basis.shape[1]) for basis in forms.bases])
    roots = _start(forms, unit)
    best, margin, pull = None, 0.0, 0.0
    for _ in range(_MOST_STEPS):
        system = forms.project(_quadratics(forms, roots))
        residual = system @ unit
        bound = float(np.linalg.norm(residual)) / sum(float(np.sum(root * root)) for root in roots)
        if not floor < bound < np.inf or bound <= _GAP * margin:
            break
        pulled = pull * _vector([root.T @ root for root in roots])
        step = _solve(system, unit + pulled - system.T @ residual)
        change = system @ step
        if change @ change + step @ step < _NEARLY_CENTRED:
            centred = forms.project(residual + change)
            least, length = forms.least_eigenvalue(centred), float(np.linalg.norm(centred))
            if not least > 0:
                break
            if least > margin * length:
                best, margin = centred / length, least / length
            pull = _PULL * max(pull, least)
        roots = _move(roots, step, float(change @ change), float(residual @ change - pulled @ step))
    return None if best is None or margin <= floor else (best, margin)


def _start(forms: Forms, unit: Array) -> list[Array]:
    """The multiple of S = 1 that minimises the barrier without a pull."""
    roots = [np.eye(basis.shape[1]) for basis in forms.bases]
    length = float(np.linalg.norm(forms.project(_quadratics(forms, roots) @ unit)))
    return [root * (unit @ unit) ** 0.25 / np.sqrt(length) for root in roots]


def _move(roots: list[Array], step: Array, square: float, slope: float) -> list[Array]:
    """Along S = L (1 + t step) L^T as far as the objective falls, square t^2 / 2 + slope t without the barrier."""
    parts = [np.linalg.eigh(matrix) for matrix in _matrices(step, [len(root) for root in roots])]
    stretches = np.concatenate([values for values, _ in parts])
    low, high = 0.0, min(_LONGEST_STEP, 0.99 / max(-stretches.min(), 1e-300))
    for _ in range(_HALVINGS):
        t = (low + high) / 2
        if square * t + slope > np.sum(stretches / (1 + t * stretches)):
            high = t
        else:
            low = t
    return [root @ (vectors * np.sqrt(1 + low * values)) for root, (values, vectors) in zip(roots, parts, strict=True)]


def _solve(system: Array, target: Array) -> Array:
    """(system^T system + 1)^{-1} target, without squaring the system."""
    triangle = np.asarray(np.linalg.qr(np.concatenate([system, np.eye(len(target))]), mode="r"), np.float64)
    return np.asarray(np.linalg.solve(triangle, np.linalg.solve(triangle.T, target)), np.float64)


@cache
def _triangle(size: int) -> tuple[NDArray[np.intp], NDArray[np.intp], Array]:
    """Symmetric matrices as vectors with the same inner product: the rows, columns and weights of the entries."""
    rows, columns = np.triu_indices(size)
    return rows, columns, np.where(rows == columns, 1.0, np.sqrt(2.0))


def _vector(matrices: list[Array]) -> Array:
    parts = []
    for matrix in matrices:
        rows, columns, weights = _triangle(len(matrix))
        parts.append(matrix[rows, columns] * weights)
    return np.concatenate(parts)


def _matrices(vector: Array, sizes: list[int]) -> list[Array]:
    result, start = [], 0
    for size in sizes:
        rows, columns, weights = _triangle(size)
        matrix = np.empty((size, size))
        entries = vector[start : start + len(rows)] / weights
        matrix[rows, columns] = matrix[columns, rows] = entries
        result.append(matrix)
        start += len(rows)
    return result


def _quadratics(forms: Forms, roots: list[Array]) -> Array:
    """The matrix of S -> q(S) in the scaled coordinates, N x sum_h r_h (r_h + 1) / 2."""
    blocks = []
    for basis, k, root in zip(forms.bases, forms.weights, roots, strict=True):
        rows, columns, weights = _triangle(basis.shape[1])
        values = basis @ root
        blocks.append((k[:, None] * values)[:, rows] * values[:, columns] * weights)
    return np.concatenate(blocks, axis=1)
