"""safran-shamir/1: ReLU networks on Gaussian inputs have local minima that are not global."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb, arb_mat, fmpq

from proofs.balls import Sign, hull, is_bounded, lower_bound, sign, square, upper_bound
from proofs.document import Reader
from proofs.exact import show
from proofs.forms import definiteness
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Lemma, Rejected, Undecided
from proofs.krawczyk import krawczyk, midpoint_inverse

Vector = Sequence[arb]


@dataclass(frozen=True, slots=True)
class GaussianMinimum:
    """A strict local minimum within `radius` of the certificate's weights in each entry, of value at least `value`."""

    units: int
    radius: fmpq
    value: fmpq


def _check(instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    if instance.targets.columns:
        raise Rejected("SS01", "expected an instance without targets: its inputs are the weight vectors of the teacher")
    teacher = [[arb(x) for x in instance.inputs.row(n)] for n in range(instance.samples)]
    weights, radius = arguments.matrix("weights"), arguments.rational("radius")
    if len(weights) < len(teacher) or any(len(row) != len(teacher[0]) for row in weights) or radius <= 0:
        raise Rejected("SS02", "expected at least as many units as the teacher has, of its dimension, and radius > 0")
    centre = [[arb(x) for x in row] for row in weights]
    box = [[hull(x - radius, x + radius) for x in row] for row in weights]
    hessian = _hessian(box, teacher)
    inverse = midpoint_inverse(hessian)
    if inverse is None:
        raise Undecided("SS04", "the Hessian has no inverse at the midpoint")
    gradient = _gradient(centre, teacher)
    steps = (inverse * arb_mat(len(gradient), 1, gradient)).entries()
    image = krawczyk(inverse, steps, hessian, [radius] * len(gradient))
    if any(is_bounded(k) and lower_bound(abs(k)) > radius for k in image):
        raise Rejected("SS04", "there is no critical point in the box")
    if not all(is_bounded(k) and upper_bound(abs(k)) < radius for k in image):
        raise Undecided("SS04", "Krawczyk's operator does not map the box into its interior")
    definite, margin = definiteness(hessian)
    if definite is Sign.NEGATIVE:
        raise Rejected("SS05", "the Hessian has a negative eigenvalue in the whole box")
    if definite is Sign.UNKNOWN:
        raise Undecided("SS05", "cannot tell that the Hessian is positive definite")
    value = _value(box, teacher)
    if sign(value) is not Sign.POSITIVE:
        raise Undecided("SS06", "cannot tell that the value is positive: this may be a global minimum")
    least = lower_bound(value)
    return Conclusion(
        GaussianMinimum(len(weights), radius, least),
        f"half the expected squared error of {len(weights)} ReLU units against the teacher with these {len(teacher)} "
        f"weight vectors, for standard Gaussian inputs, has a strict local minimum of value ≥ {show(least)}, while its "
        "least value is 0",
        f"Gershgorin margin ≥ {show(margin)}",
    )


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two vectors w, v that are not parallel: their lengths n, m, the cosine c and sine s of their angle, and pi minus
    the angle."""

    w: Vector
    v: Vector
    n: arb
    m: arb
    c: arb
    s: arb
    rest: arb

    @staticmethod
    def of(w: Vector, v: Vector) -> _Pair:
        squares = [sum((square(x) for x in vector), arb(0)) for vector in (w, v)]
        if any(sign(x) is not Sign.POSITIVE for x in squares):
            raise Undecided("SS03", "a weight vector may be 0")
        n, m = (x.sqrt() for x in squares)
        c = sum((x * y for x, y in zip(w, v, strict=True)), arb(0)) / (n * m)
        if sign(1 - square(c)) is not Sign.POSITIVE:
            raise Undecided("SS03", "two weight vectors may be parallel, where the loss is not twice differentiable")
        return _Pair(w, v, n, m, c, (1 - square(c)).sqrt(), arb.pi() - c.acos())

    def kernel(self) -> arb:
        """2 pi E[relu(w.x) relu(v.x)] = n m (s + (pi - angle) c)."""
        return self.n * self.m * (self.s + self.rest * self.c)

    def slope(self) -> list[arb]:
        """The gradient of the kernel in w: (m s / n) w + (pi - angle) v."""
        factor = self.m * self.s / self.n
        return [factor * x + self.rest * y for x, y in zip(self.w, self.v, strict=True)]

    def bend(self) -> list[list[arb]]:
        """Its Hessian in w: (m s / n) (1 - w w^T / n^2) + (n m / s) p p^T, p = v / (n m) - c w / n^2."""
        n, m, s, w = self.n, self.m, self.s, self.w
        p = [y / (n * m) - self.c * x / (n * n) for x, y in zip(w, self.v, strict=True)]
        size = range(len(w))
        return [
            [m * s / n * (int(i == j) - w[i] * w[j] / (n * n)) + n * m / s * p[i] * p[j] for j in size] for i in size
        ]

    def mixed(self) -> list[list[arb]]:
        """Its derivative in w (rows) and v (columns), q = w / (n m) - c v / m^2:
        (w / n) (s v / m - (m c / s) q)^T + (pi - angle) 1 + v q^T / s."""
        n, m, c, s, w, v = self.n, self.m, self.c, self.s, self.w, self.v
        q = [x / (n * m) - c * y / (m * m) for x, y in zip(w, v, strict=True)]
        size = range(len(w))
        return [
            [
                w[i] / n * (s * v[j] / m - m * c / s * q[j]) + self.rest * int(i == j) + v[i] * q[j] / s
                for j in size
            ]
            for i in size
        ]  # fmt: skip


def _pairs(units: Sequence[Vector], teacher: Sequence[Vector], i: int) -> list[tuple[int, _Pair]]:
    """Unit i with each other unit (sign +1) and with each of the teacher's (sign -1)."""
    others = [(1, _Pair.of(units[i], unit)) for k, unit in enumerate(units) if k != i]
    return others + [(-1, _Pair.of(units[i], vector)) for vector in teacher]


def _gradient(units: Sequence[Vector], teacher: Sequence[Vector]) -> list[arb]:
    """2 pi times the gradient: pi w_i from the unit with itself, and the slopes of its pairs."""
    gradient = []
    for i, unit in enumerate(units):
        slopes = [(side, pair.slope()) for side, pair in _pairs(units, teacher, i)]
        gradient += [sum((side * slope[a] for side, slope in slopes), arb.pi() * x) for a, x in enumerate(unit)]
    return gradient


def _hessian(units: Sequence[Vector], teacher: Sequence[Vector]) -> arb_mat:
    """2 pi times the Hessian, unit by unit."""
    size = len(units[0])
    rows = [[arb(0)] * (size * len(units)) for _ in range(size * len(units))]
    for i in range(len(units)):
        bends = [(side, pair.bend()) for side, pair in _pairs(units, teacher, i)]
        for a in range(size):
            for b in range(size):
                own = arb.pi() * int(a == b)
                rows[i * size + a][i * size + b] = sum((side * bend[a][b] for side, bend in bends), own)
        for k in range(i):
            mixed = _Pair.of(units[i], units[k]).mixed()
            for a in range(size):
                for b in range(size):
                    rows[i * size + a][k * size + b] = rows[k * size + b][i * size + a] = mixed[a][b]
    return arb_mat(rows)


def _value(units: Sequence[Vector], teacher: Sequence[Vector]) -> arb:
    """Half the expected squared error."""
    total = arb(0)
    for family in (units, teacher):
        for i, w in enumerate(family):
            total += arb.pi() / 2 * sum((square(x) for x in w), arb(0))  # half the kernel of w with itself
            total += sum((_Pair.of(w, v).kernel() for v in family[:i]), arb(0))
    total -= sum((_Pair.of(w, v).kernel() for w in units for v in teacher), arb(0))
    return total / (2 * arb.pi())


LEMMA = Lemma(
    name="safran-shamir/1",
    title="ReLU units, Gaussian inputs",
    statement=(
        "Let the rows v_j of the instance's inputs be the teacher's k weight vectors, x a standard Gaussian vector and "
        "F(W) = 1/2 E (Σ_{i≤n} relu(w_i.x) - Σ_{j≤k} relu(v_j.x))^2, n ≥ k. With θ the angle of w and v, "
        "E relu(w.x) relu(v.x) = |w| |v| (sin θ + (π - θ) cos θ) / (2π). On a box of W where no w_i is 0 or parallel "
        "to another or to a v_j, let Krawczyk's operator of the gradient of F map the box into its interior, the "
        "Hessian be positive definite and F be positive. Then F has exactly one critical point in the box, and it is a "
        "strict local minimum that is not global: F = 0 at the teacher's weights (and zeros). Of the instance's "
        "network nothing is used."
    ),
    source="docs/gallery/safran-shamir.md (after I. Safran, O. Shamir 2018)",
    premises=(),
    check=_check,
)
