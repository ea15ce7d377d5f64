"""A trained network is settled: the steps that prove it a minimum, or not one, and the claim that they support."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from flint import arb, arb_mat, fmpq

from certify.decay import Training
from certify.draft import Draft
from certify.errors import UsageError
from certify.least import add_optimum, claimed_optimum, room_above_optimum
from certify.models.network import TrainedNetwork, read_network
from certify.plan import NotFound
from certify.search.curvature import half_hessian_at
from certify.search.doubts import doubts
from certify.search.downhill import directions, falling_axis
from certify.search.exact_fit import exact_fit
from certify.search.floats import Array
from certify.search.one_digit import largest_one_digit, power_of_ten
from certify.search.polish import floats, gradient_at, polished
from certify.search.replicas import Merged, merged
from certify.search.same_shape import better_of_same_shape, loss_of
from certify.search.symmetries import Slice, slice_at
from certify.search.tables import to_floats
from certify.short import below, near, rounded_down, significant, texts, widened
from proofs.balls import upper_bound
from proofs.exact import show
from proofs.examined import ExaminedClaim, ExaminedMinimum, ExaminedPoint, ExaminedSaddle, ExaminedSlope
from proofs.full_network import Shape, evaluate, flat, half_hessian, residuals, shape_of
from proofs.kernel import Failure
from proofs.krawczyk import midpoint_inverse
from proofs.layers import Layer
from proofs.lemmas.critical_point import CriticalPoint
from proofs.lemmas.examined_better_point import ExaminedBetterPoint
from proofs.lemmas.replicated_minimum import ReplicatedMinimum
from proofs.lemmas.replicated_saddle import ReplicatedSaddle
from proofs.lemmas.saddle import Saddle
from proofs.lemmas.strict_minimum import StrictMinimum
from proofs.lemmas.zero_loss import ZeroLoss

MOST_PARAMETERS = 600
_START = fmpq(1, 10**4)
_SMALLEST = fmpq(1, 10**20)
_LARGEST = fmpq(1000)
"""Of a network that is constant near it, boxes of any size can be proved."""
_INNER = fmpq(1, 10**12)
"""The part of a box in which its critical point is enclosed."""
_SPARE = fmpq(6, 5)
"""Boxes are proved for radii larger by this, so that a checker with other enclosures proves the stated ones too."""
_TINY = tuple(fmpq(1, 10**k) for k in (18, 15, 12, 9))
_PROBE = 1e-9
_DIRECTIONS = 3
_FINE = 60
"""Networks of more parameters have boxes of a power of ten, which takes fewer attempts."""
_MOST_FOR_SPECTRUM = 100
"""Larger Hessians would take the second checker minutes."""
_FITTED = 1e-3
"""A loss below this part of that of the zero function suggests that all targets can be fitted exactly."""
_ANYWHERE = 1e6
"""Of a better network it is of no interest how far it has to be moved to fit all targets."""
_PARTS = (0.99, 0.9, 0.5, 0.1)
Report = Callable[[str], None]
Proposed = tuple[str, tuple[str, ...], dict[str, object]]
"""A step: lemma, premises, arguments."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the user asks about a trained network.

    Attributes:
        model: the file with the network.
        order: prefixes of its layers, in order, if the user gives them.
        within: how far from the network, in each parameter, its local minimum may be.
        activation: of the hidden units; None if the file tells it.
        better: a file with another network of the same shape, to be shown to be better.
        training: how the weights decayed.
    """

    model: Path
    data: Path
    features: tuple[str, ...] | None
    targets: tuple[str, ...]
    activation: str | None
    loss: str
    order: tuple[str, ...]
    within: float
    better: Path | None
    seed: int
    training: Training


@dataclass(frozen=True, slots=True)
class Case:
    """A trained network with its data, about to be settled."""

    question: Question
    network: TrainedNetwork
    draft: Draft
    shape: Shape
    report: Report

    @property
    def parameters(self) -> list[fmpq]:
        return flat(self.network.layers, self.shape.output_bias)

    def settle(self) -> ExaminedClaim:
        """Prove what can be proved, in the order in which an answer says most."""
        if self.shape.parameters > MOST_PARAMETERS:
            raise NotFound(f"{self.shape.parameters} parameters; networks of at most {MOST_PARAMETERS} are examined")
        if self._looks_exact() and self._fit_exactly("zero-loss/1", self.parameters, self.question.within):
            return self._minimum_claim()
        self.report("looking for the critical point")
        reason = self._at_minimum_or_saddle()
        if reason is None:
            return self._critical_claim()
        reason = "; ".join([reason, *doubts(self.draft.instance, self.shape, self.parameters, self.question.within)])
        self.draft.notes.append(f"a minimum: {reason}")
        slope = self._fall()
        if slope is None:
            raise NotFound(f"{reason}; and no direction was found along which the loss certainly falls there")
        if float(arb(slope.point.distance).mid()) < self.question.within:
            raise NotFound(
                f"{reason}; and critical points are excluded only within {show(slope.point.distance)} of the network, "
                f"not within {self.question.within:g} (no network with rounded weights is exactly critical; a smaller "
                "--within asks for less, a larger one admits minima farther away)"
            )
        add_optimum(self.draft, self.question.seed)
        return replace(slope, optimum=claimed_optimum(self.draft))

    def _at_minimum_or_saddle(self) -> str | None:
        """Add the steps about the critical point to which Newton's method leads; the reason if that is not possible.

        Replicated units are merged where the network has no other symmetries, and no decay, which ties their shares.
        """
        instance = self.draft.instance
        cut = slice_at(instance, self.shape, self.parameters)
        merge = merged(self.network.layers) if not cut.fixed and instance.weight_decay is None else None
        reduced = list(self.network.layers) if merge is None else list(merge.layers)
        shape = shape_of(instance, reduced)
        start = [arb(v) for v in flat(reduced, shape.output_bias)]
        found = polished(instance, shape, start, cut.fixed)
        if found is None:
            return (
                "Newton's method finds no isolated critical point at the network (a flat direction, as with "
                "saturated or replicated units; or a kink)"
            )
        reached = found[0] if merge is None else list(merge.replicas.lifted(evaluate(instance, shape, found[0])))
        distance = max(float(abs(a - arb(b)).mid()) for a, b in zip(reached, self.parameters, strict=True))
        if not distance <= self.question.within:
            return (
                f"the critical point to which Newton's method leads is {distance:.2g} away, farther than --within "
                f"{self.question.within:g}"
            )
        return self._at_critical_point(shape, *found, merge, cut)

    def _may_fit(self) -> bool:
        """Whether a loss of 0 is a fit, and there are enough parameters to fit all targets."""
        if self.draft.instance.weight_decay is not None or self.question.loss not in ("squared", "pseudo-huber"):
            return False
        return self.shape.parameters >= to_floats(self.draft.instance.targets).size

    def _looks_exact(self) -> bool:
        """Whether the network nearly fits all targets, and may be moved to fit them all."""
        targets = to_floats(self.draft.instance.targets)
        return self._may_fit() and loss_of(self.draft.instance, self.network.layers) <= _FITTED * float(
            np.sum(targets**2)
        )

    def _fit_exactly(self, lemma: str, start: Sequence[fmpq], within: float) -> bool:
        """Add this lemma about a network that fits exactly, if it goes through within this distance of the start."""
        self.report("looking for a network that fits exactly")
        found = exact_fit(self.draft.instance, self.shape, [arb(v) for v in start])
        if found is None or found.distance > within:
            return False

        for radius in _TINY:
            centre = [near(c, radius / 50) for c in found.parameters]
            layers, free = _documents(self.shape, centre), list(found.free)
            arguments: dict[str, object] = {"layers": layers, "free": free, "radius": str(radius)}
            if self._goes_through((lemma, (), arguments)):
                self.draft.add(lemma, (), arguments)
                return True
        return False

    def _at_critical_point(
        self, shape: Shape, parameters: Sequence[arb], hessian: arb_mat, merge: Merged | None, cut: Slice
    ) -> str | None:
        """Add the steps about the critical point; the reason if they do not go through."""
        free = [k for k in range(shape.parameters) if k not in cut.fixed]
        values, vectors = np.linalg.eigh(floats(hessian)[np.ix_(free, free)])
        convex = float(values[0]) > 0
        kind: list[Proposed] = []
        if convex:
            kind = [("strict-minimum/1", ("s1",), {})]
        elif merge is None:
            vector = np.zeros(shape.parameters)
            vector[free] = vectors[:, 0]
            kind = [("saddle/1", ("s1",), {"direction": _direction(vector)})]

        def steps_for(radius: fmpq) -> list[Proposed]:
            step = _INNER * radius
            centre = [self.parameters[k] if k in cut.fixed else near(c, step) for k, c in enumerate(parameters)]
            arguments: dict[str, object] = {
                "layers": _documents(shape, centre),
                "radius": str(radius),
                "symmetries": list(cut.documents),
            }
            return [("critical-point/1", (), arguments), *kind]

        def attempt(radius: fmpq) -> list[Proposed] | None:
            return steps_for(radius) if self._failure(steps_for(_SPARE * radius)) is None else None

        self.report("enlarging the box")
        steps = self._largest(attempt, shape, parameters, free)
        if steps is None:
            failure = self._failure(steps_for(_SMALLEST))
            if failure is not None and failure.code in ("CR05", "CR06", "CR07", "CR08"):
                return str(failure)
            return (
                "the critical point is not certainly isolated: the Hessian there is too near to a singular one "
                f"(smallest eigenvalue {2 * float(values[0]):.2g} of {2 * float(values[-1]):.2g}: a flat direction, as "
                "with saturated or replicated units)"
            )
        if merge is not None:
            chosen = self._with_replicas(steps, shape, parameters, merge, convex)
            if isinstance(chosen, str):
                return chosen
            steps = chosen
        for step in steps:
            self.draft.add(*step)
        add_optimum(self.draft, self.question.seed)
        minimum = convex and self.draft.proposition(ReplicatedSaddle) is None
        if minimum and (self.question.better is not None or room_above_optimum(self.draft) is None):
            self._add_better()
        if merge is None and not cut.fixed and self.shape.parameters <= _MOST_FOR_SPECTRUM:
            self._add_spectrum(2 * values)
        return None

    def _with_replicas(
        self, steps: list[Proposed], shape: Shape, parameters: Sequence[arb], merge: Merged, convex: bool
    ) -> list[Proposed] | str:
        """The steps with one that says what the network with replicated units is; the reason if none does."""
        replicas = merge.replicas
        document = [
            {"copies": list(c), "shares": texts(s)} for c, s in zip(replicas.copies, replicas.shares, strict=True)
        ]
        reason = "the network that has each replicated unit once is at a saddle"
        if convex:
            minimum: Proposed = ("replicated-minimum/1", ("s2",), {"replicas": document})
            if (failure := self._failure([*steps, minimum])) is None:
                return [*steps, minimum]
            reason = str(failure)
        lifted = replicas.lifted(evaluate(self.draft.instance, shape, parameters))
        wider = half_hessian_at(self.draft.instance, replicas.shape(shape), lifted)
        direction = _direction(np.linalg.eigh(wider)[1][:, 0])
        saddle: Proposed = ("replicated-saddle/1", ("s1",), {"replicas": document, "direction": direction})
        if self._goes_through(steps[0], saddle):
            return [steps[0], saddle]
        return f"units are replicated, and certainly neither at a minimum nor at a saddle: {reason}"

    def _add_spectrum(self, eigenvalues: Array) -> None:
        """The eigenvalues as far as float64 knows them, which spectrum/1 decides."""
        slack = max(map(abs, eigenvalues.tolist())) * 1e-12

        def bounds(value: float) -> list[str]:
            spread = fmpq(*(abs(value) * 1e-6 + slack).as_integer_ratio())
            middle = fmpq(*value.as_integer_ratio())
            return texts((below(middle - spread), -below(-middle - spread)))

        arguments: dict[str, object] = {
            "smallest": bounds(float(eigenvalues[0])),
            "largest": bounds(float(eigenvalues[-1])),
            "negative": int(np.sum(eigenvalues < 0)),
        }
        if (failure := self._failure([("spectrum/1", ("s1",), arguments)])) is None:
            self.draft.add("spectrum/1", ("s1",), arguments)
        else:
            self.draft.notes.append(f"eigenvalues of the Hessian: {failure}")

    def _goes_through(self, *steps: Proposed) -> bool:
        return self._failure(steps) is None

    def _failure(self, steps: Sequence[Proposed]) -> Failure | None:
        """Why the steps do not go through, if so."""
        try:
            self.draft.probe(steps)
        except Failure as failure:
            return failure
        return None

    def _largest(
        self, attempt: Callable[[fmpq], list[Proposed] | None], shape: Shape, parameters: Sequence[arb], free: list[int]
    ) -> list[Proposed] | None:
        """What `attempt` returns for the largest radius of one digit, or for large networks power of ten."""
        start = self._first_radius(shape, parameters, free)
        if self.shape.parameters <= _FINE:
            return largest_one_digit(attempt, start, _SMALLEST, _LARGEST)
        radius = start
        while radius > _SMALLEST:
            if (found := attempt(radius)) is not None:
                return found
            radius /= 10
        return None

    def _first_radius(self, shape: Shape, parameters: Sequence[arb], free: list[int]) -> fmpq:
        """About how large the box can be: the rows of |1 - P F'(box)| grow in proportion to its radius."""
        box = [p + arb(0, _PROBE) if k in free else p for k, p in enumerate(parameters)]
        values = evaluate(self.draft.instance, shape, box)
        whole = half_hessian(values, *residuals(self.draft.instance, values)[:2])
        hessian = arb_mat([[whole[i, j] for j in free] for i in free])
        inverse = midpoint_inverse(hessian)
        if inverse is None:
            return _START
        rows = (inverse * hessian).tolist()
        defect = max(sum(float(abs(int(i == j) - p).upper()) for j, p in enumerate(row)) for i, row in enumerate(rows))
        return power_of_ten(_PROBE / defect, _START)

    def _add_better(self) -> None:
        """A network of the same shape with a smaller loss, if the user gives one or the search finds one."""
        point = self.draft.proposition(CriticalPoint)
        if point is None:
            return
        instance, loss = self.draft.instance, float(arb(point.loss[0]).mid())
        layers: Sequence[Layer] | None
        if self.question.better is not None:
            layers = self._given_better(self.question.better)
        else:
            self.report("looking for a better network")
            layers = better_of_same_shape(instance, loss, self.question.seed, self.report)
        if layers is None:
            self.draft.notes.append("sub-optimality: the search found no network with a smaller loss; it may be global")
            return
        if self._may_fit() and claimed_optimum(self.draft) is None:
            better = flat(layers, self.shape.output_bias)
            if self._fit_exactly("zero-optimum/1", better, _ANYWHERE) and room_above_optimum(self.draft) is not None:
                return
        gain = loss - loss_of(instance, layers)
        documents = [
            {"weights": [texts(row) for row in layer.weights], "biases": texts(layer.biases)} for layer in layers
        ]
        for part in _PARTS:
            if part * gain > 0:
                arguments: dict[str, object] = {"gap": str(rounded_down(part * gain)), "layers": documents}
                if self._goes_through(("examined-better-point/1", ("s1",), arguments)):
                    self.draft.add("examined-better-point/1", ("s1",), arguments)
                    return
        self.draft.notes.append("sub-optimality: the other network is not certainly better")

    def _given_better(self, path: Path) -> Sequence[Layer]:
        other = read_network(path, self.question.order)
        if other.widths != self.network.widths or other.output_bias != self.network.output_bias:
            raise UsageError(
                f"{path}: a network {'-'.join(map(str, other.widths))}; expected the shape of the examined one, "
                f"{'-'.join(map(str, self.network.widths))}"
            )
        return other.layers

    def _fall(self) -> ExaminedSlope | None:
        """not-critical/1 for the direction that excludes critical points from the largest box."""
        self.report("looking for a direction of descent")
        exact = self.parameters
        best: tuple[fmpq, dict[str, object]] | None = None
        for estimate, direction in self._directions(exact):
            if best is not None and estimate < float(arb(best[0])):
                break
            fixed = {
                "layers": _documents(self.shape, exact),
                "direction": [str(significant(arb(v), 6)) for v in direction],
            }

            def attempt(radius: fmpq, fixed: dict[str, object] = fixed) -> tuple[fmpq, dict[str, object]] | None:
                wider = {**fixed, "radius": str(_SPARE * radius)}
                through = self._goes_through(("not-critical/1", (), wider))
                return (radius, {**fixed, "radius": str(radius)}) if through else None

            reached = largest_one_digit(attempt, power_of_ten(estimate, _START), _SMALLEST)
            if reached is not None and (best is None or reached[0] > best[0]):
                best = reached
        if best is None:
            return None
        self.draft.add("not-critical/1", (), best[1])
        return ExaminedSlope(ExaminedPoint(tuple(exact), best[0]))

    def _directions(self, exact: Sequence[fmpq]) -> list[tuple[float, Array]]:
        """Directions along which the loss may fall, those that may exclude the largest boxes first."""
        instance, shape = self.draft.instance, self.shape
        axis = falling_axis(instance, shape, exact, _SPARE * fmpq(*self.question.within.as_integer_ratio()))
        alone = [] if axis is None else [(np.inf, axis)]
        if alone and shape.parameters > _FINE:
            return alone
        gradient = np.array([float(g) for g in gradient_at(instance, shape, [arb(v) for v in exact])])
        hessian = half_hessian_at(instance, shape, [arb(v) for v in exact])
        if not (np.isfinite(gradient).all() and np.isfinite(hessian).all()):  # as at kinks
            return alone
        found = sorted(directions(gradient, hessian), key=lambda pair: -pair[0])
        return found[:_DIRECTIONS] if shape.parameters > _FINE else [*alone, *found]

    def _critical_claim(self) -> ExaminedClaim:
        saddle, lift = self.draft.proposition(Saddle), self.draft.proposition(ReplicatedSaddle)
        if saddle is not None:
            point = saddle.point
            near, symmetries, radius = self._near(point.parameters), len(point.symmetries), point.radius
            return ExaminedSaddle(near, *widened(point.loss), symmetries, radius, claimed_optimum(self.draft))
        if lift is not None:
            near = self._near(lift.parameters)
            return ExaminedSaddle(near, *widened(lift.point.loss), 0, None, claimed_optimum(self.draft))
        return self._minimum_claim()

    def _minimum_claim(self) -> ExaminedMinimum:
        """The strongest claim that the steps support."""
        point, zero = self.draft.proposition(CriticalPoint), self.draft.proposition(ZeroLoss)
        lift, better = self.draft.proposition(ReplicatedMinimum), self.draft.proposition(ExaminedBetterPoint)
        if zero is not None:
            return ExaminedMinimum(self._near(zero.parameters), False, fmpq(0), fmpq(0), 0, None, None, True)
        if point is None:
            raise NotFound("no critical point was established")
        lower, upper = widened(point.loss)
        alone = lift is None and self.draft.proposition(StrictMinimum) is not None
        gaps = [better.gap] if better is not None else []
        gaps += [room] if (room := room_above_optimum(self.draft)) is not None else []
        return ExaminedMinimum(
            self._near(point.parameters if lift is None else lift.parameters),
            alone and not point.symmetries,
            lower,
            upper,
            len(point.symmetries),
            point.radius if alone else None,
            max(gaps, default=None),
            False,
            claimed_optimum(self.draft),
        )

    def _near(self, parameters: Sequence[arb]) -> ExaminedPoint:
        """The examined network, and a bound of its distance from these parameters with a little to spare."""
        exact = self.parameters
        distance = max(upper_bound(abs(p - arb(v))) for p, v in zip(parameters, exact, strict=True))
        return ExaminedPoint(tuple(exact), -below(-distance * fmpq(101, 100) - _SMALLEST, 2))


def _direction(vector: Array) -> list[str]:
    """Scaled to a largest entry of 1, in six decimals."""
    scaled = vector / np.abs(vector).max()
    return [str(fmpq(round(float(v) * 10**6), 10**6)) for v in scaled]


def _documents(shape: Shape, parameters: Sequence[fmpq]) -> list[dict[str, object]]:
    """The parameters as `layers` of a step."""
    documents: list[dict[str, object]] = []
    starts = shape.starts
    for h, (inputs, units) in enumerate(zip(shape.sizes, shape.sizes[1:], strict=False)):
        each = (starts[h + 1] - starts[h]) // units
        rows = [parameters[starts[h] + i * each :][:each] for i in range(units)]
        biases = [row[inputs] if each > inputs else fmpq(0) for row in rows]
        documents.append({"weights": [texts(row[:inputs]) for row in rows], "biases": texts(biases)})
    return documents
