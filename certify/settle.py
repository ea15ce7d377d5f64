"""A trained network is settled: the steps that prove it a minimum, or not one, and the claim that they support."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from flint import arb, arb_mat, fmpq

from certify.draft import Draft
from certify.errors import UsageError
from certify.models.network import TrainedNetwork, read_network
from certify.plan import NotFound
from certify.search.doubts import doubts
from certify.search.downhill import directions
from certify.search.exact_fit import exact_fit
from certify.search.one_digit import largest_one_digit
from certify.search.polish import Slopes, floats, polished, slopes_at
from certify.search.replicas import Merged, merged
from certify.search.same_shape import better_of_same_shape, loss_of
from certify.search.symmetries import Slice, slice_at
from certify.search.tables import to_floats
from certify.short import below, near, rounded_down, significant, texts
from proofs.balls import upper_bound
from proofs.exact import show
from proofs.examined import ExaminedClaim, ExaminedMinimum, ExaminedPoint, ExaminedSaddle, ExaminedSlope
from proofs.full_network import Shape, flat, shape_of
from proofs.kernel import Failure
from proofs.layers import Layer
from proofs.lemmas.critical_point import CriticalPoint
from proofs.lemmas.examined_better_point import ExaminedBetterPoint
from proofs.lemmas.replicated_minimum import ReplicatedMinimum
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
_FINE = 60
"""Networks of more parameters have boxes of a power of ten, which takes fewer attempts."""
_FITTED = 1e-3
"""A loss below this part of that of the zero function suggests that all targets can be fitted exactly."""
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
        better: a file with another network of the same shape, to be shown to be better.
    """

    model: Path
    data: Path
    features: tuple[str, ...] | None
    targets: tuple[str, ...]
    activation: str
    loss: str
    order: tuple[str, ...]
    within: float
    better: Path | None
    seed: int


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
        if self._looks_exact() and self._fit_exactly():
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
        return slope

    def _at_minimum_or_saddle(self) -> str | None:
        """Add the steps about the critical point to which Newton's method leads; the reason if that is not possible.

        Replicated units are merged where the network has no other symmetries.
        """
        instance = self.draft.instance
        cut, merge = slice_at(instance, self.shape, self.parameters), merged(self.network.layers)
        merge = None if cut.fixed else merge
        reduced = list(self.network.layers) if merge is None else list(merge.layers)
        shape = shape_of(instance, reduced)
        start = [arb(v) for v in flat(reduced, shape.output_bias)]
        found = polished(instance, shape, start, cut.fixed)
        if found is None:
            return (
                "Newton's method finds no isolated critical point at the network (a flat direction, as with "
                "saturated or replicated units; or a kink)"
            )
        distance = max(float(abs(a - b).mid()) for a, b in zip(start, found[0], strict=True))
        if not distance <= self.question.within:
            return (
                f"the critical point to which Newton's method leads is {distance:.2g} away, farther than --within "
                f"{self.question.within:g}"
            )
        return self._at_critical_point(shape, *found, merge, cut)

    def _looks_exact(self) -> bool:
        """Whether the network nearly fits all targets, and has enough parameters to fit them all."""
        targets = to_floats(self.draft.instance.targets)
        if self.shape.parameters < targets.size or self.question.loss not in ("squared", "pseudo-huber"):
            return False
        loss = loss_of(self.draft.instance, self.network.layers)
        return loss <= _FITTED * float(np.sum(targets**2))

    def _fit_exactly(self) -> bool:
        """Add zero-loss/1, if it goes through within the distance asked for."""
        self.report("looking for a network that fits exactly")
        found = exact_fit(self.draft.instance, self.shape, [arb(v) for v in self.parameters])
        if found is None or found.distance > self.question.within:
            return False

        for radius in _TINY:
            centre = [near(c, radius / 50) for c in found.parameters]
            layers, free = _documents(self.shape, centre), list(found.free)
            arguments: dict[str, object] = {"layers": layers, "free": free, "radius": str(radius)}
            if self._goes_through(("zero-loss/1", (), arguments)):
                self.draft.add("zero-loss/1", (), arguments)
                return True
        return False

    def _at_critical_point(
        self, shape: Shape, parameters: Sequence[arb], hessian: arb_mat, merge: Merged | None, cut: Slice
    ) -> str | None:
        """Add the steps about the critical point; the reason if they do not go through."""
        free = [k for k in range(shape.parameters) if k not in cut.fixed]
        values, vectors = np.linalg.eigh(floats(hessian)[np.ix_(free, free)])
        least = float(values[0])
        convex = least > 0
        if convex:
            lemma, more = "strict-minimum/1", dict[str, object]()
        else:
            vector = np.zeros(shape.parameters)
            vector[free] = vectors[:, 0] / np.abs(vectors[:, 0]).max()
            lemma, more = "saddle/1", {"direction": [str(fmpq(round(float(v) * 1000), 1000)) for v in vector]}
            if merge is not None:
                return "the network that has each replicated unit once is at a saddle"

        def steps_for(radius: fmpq, inner: fmpq) -> list[Proposed]:
            centre = [self.parameters[k] if k in cut.fixed else near(c, inner / 50) for k, c in enumerate(parameters)]
            arguments: dict[str, object] = {
                "layers": _documents(shape, centre),
                "radius": str(radius),
                "inner_radius": str(inner),
                "symmetries": list(cut.documents),
            }
            return [("critical-point/1", (), arguments), (lemma, ("s1",), more)]

        def attempt(radius: fmpq) -> list[Proposed] | None:
            wider = steps_for(_SPARE * radius, _INNER * radius)
            return steps_for(radius, _INNER * radius) if self._failure(wider) is None else None

        self.report("enlarging the box")
        steps = self._largest(attempt)
        if steps is None:
            failure = self._failure(steps_for(_SMALLEST, _INNER * _SMALLEST))
            if failure is not None and failure.code in ("CR05", "CR06", "CR07", "CR08"):
                return str(failure)
            return (
                "the critical point is not certainly isolated: the Hessian there is too near to a singular one "
                f"(smallest eigenvalue {2 * least:.2g} of {2 * float(values[-1]):.2g}: a flat direction, as with "
                "saturated or replicated units)"
            )
        if merge is not None:
            steps.append(
                ("replicated-minimum/1", ("s2",), {"copies": list(merge.copies), "shares": texts(merge.shares)})
            )
        if (failure := self._failure(steps)) is not None:
            return f"units are replicated, and not certainly at a minimum: {failure}" if merge else str(failure)
        for step in steps:
            self.draft.add(*step)
        if convex:
            self._add_better()
        return None

    def _goes_through(self, *steps: Proposed) -> bool:
        return self._failure(steps) is None

    def _failure(self, steps: Sequence[Proposed]) -> Failure | None:
        """Why the steps do not go through, if so."""
        try:
            self.draft.probe(steps)
        except Failure as failure:
            return failure
        return None

    def _largest(self, attempt: Callable[[fmpq], list[Proposed] | None]) -> list[Proposed] | None:
        """What `attempt` returns for the largest radius of one digit, or for large networks power of ten."""
        if self.shape.parameters <= _FINE:
            return largest_one_digit(attempt, _START, _SMALLEST, _LARGEST)
        radius = _START
        while radius > _SMALLEST:
            if (found := attempt(radius)) is not None:
                return found
            radius /= 10
        return None

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
        slopes: Slopes = slopes_at(self.draft.instance, self.shape, [arb(v) for v in exact])
        best: tuple[fmpq, dict[str, object]] | None = None
        for direction in directions(slopes):
            fixed = {
                "layers": _documents(self.shape, exact),
                "direction": [str(significant(arb(v), 6)) for v in direction],
            }

            def attempt(radius: fmpq, fixed: dict[str, object] = fixed) -> tuple[fmpq, dict[str, object]] | None:
                wider = {**fixed, "radius": str(_SPARE * radius)}
                through = self._goes_through(("not-critical/1", (), wider))
                return (radius, {**fixed, "radius": str(radius)}) if through else None

            found = largest_one_digit(attempt, _START, _SMALLEST)
            if found is not None and (best is None or found[0] > best[0]):
                best = found
        if best is None:
            return None
        self.draft.add("not-critical/1", (), best[1])
        return ExaminedSlope(ExaminedPoint(tuple(exact), best[0]))

    def _critical_claim(self) -> ExaminedClaim:
        point = self.draft.proposition(CriticalPoint)
        if self.draft.proposition(Saddle) is None or point is None:
            return self._minimum_claim()
        lower, upper = _rounded(point.loss)
        return ExaminedSaddle(self._near(point.parameters), lower, upper, len(point.symmetries), point.radius)

    def _minimum_claim(self) -> ExaminedMinimum:
        """The strongest claim that the steps support."""
        point, zero = self.draft.proposition(CriticalPoint), self.draft.proposition(ZeroLoss)
        lift, better = self.draft.proposition(ReplicatedMinimum), self.draft.proposition(ExaminedBetterPoint)
        if zero is not None:
            return ExaminedMinimum(self._near(zero.parameters), False, fmpq(0), fmpq(0), 0, None, None, True)
        if point is None:
            raise NotFound("no critical point was established")
        lower, upper = _rounded(point.loss)
        alone = lift is None and self.draft.proposition(StrictMinimum) is not None
        return ExaminedMinimum(
            self._near(point.parameters if lift is None else lift.parameters),
            alone and not point.symmetries,
            lower,
            upper,
            len(point.symmetries),
            point.radius if alone else None,
            better.gap if better is not None else None,
            False,
        )

    def _near(self, parameters: Sequence[arb]) -> ExaminedPoint:
        """The examined network, and a bound of its distance from these parameters with a little to spare."""
        exact = self.parameters
        distance = max(upper_bound(abs(p - arb(v))) for p, v in zip(parameters, exact, strict=True))
        return ExaminedPoint(tuple(exact), -below(-distance * fmpq(101, 100) - _SMALLEST, 2))


def _rounded(bounds: tuple[fmpq, fmpq]) -> tuple[fmpq, fmpq]:
    """A little wider, in few digits: to the last bit, a claim would depend on the precision of the checker."""
    return below(bounds[0], 6), -below(-bounds[1], 6)


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
