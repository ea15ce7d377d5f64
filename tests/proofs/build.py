"""Instances small enough to check by hand, each with arguments that prove everything there is to prove about it.

A case is taken apart in the tests: `case.step` runs one lemma with some of its arguments changed, `case.check` a whole
certificate with some items of its claim changed.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from proofs.balls import precision
from proofs.certificate import read_certificate
from proofs.checking import Outcome, check
from proofs.document import Reader
from proofs.instance import Instance, read_instance
from proofs.kernel import Conclusion, Fact, Failure, Step, run_step
from proofs.lemmas import LEMMAS

BITS = 128

POINT = "constant-point/1"
MINIMUM = "local-minimum/1"
BOX = "interval-region/1"
JENSEN = "jensen-region/1"
BETTER = "better-point/1"
OPTIMUM = "exact-optimum/1"
GENERIC = "generic-data/1"
OBSTRUCTION = "obstruction/1"


def texts(values: Any) -> Any:
    """Nested lists of numbers as the strings that documents hold."""
    return [texts(v) for v in values] if isinstance(values, list | tuple) else str(values)


def instance_document(
    inputs: Any,
    targets: Any,
    activation: str = "sigmoid",
    depth: int = 1,
    widths: Any = "every",
    bias: bool = False,
    features: list[str] | None = None,
) -> dict[str, Any]:
    return {
        "format": "certify-instance/1",
        "data": {
            "features": features or [f"x{j + 1}" for j in range(len(inputs[0]))],
            "inputs": texts(inputs),
            "targets": texts(targets),
        },
        "network": {"activation": activation, "depth": depth, "widths": widths, "output_bias": bias},
        "loss": "squared",
        "provenance": "by hand",
    }


def changed(document: Any, changes: dict[str, Any]) -> Any:
    """A deep copy with the values at dotted places replaced: {"gaps.0.weight": "3"}; None deletes a key."""
    result = copy.deepcopy(document)
    for place, value in changes.items():
        *path, last = [int(part) if part.isdigit() else part for part in place.split(".")]
        target = result
        for part in path:
            target = target[part]
        if value is None and isinstance(target, dict):
            del target[last]
        else:
            target[last] = value
    return result


class _Null(Enum):
    null = "null"


NULL = _Null.null
"""Stands for JSON null in `changed`, where None deletes. An enum: names of tests must be the same in every process."""


def _with_nulls(document: Any) -> Any:
    if document is NULL:
        return None
    if isinstance(document, dict):
        return {key: _with_nulls(value) for key, value in document.items()}
    if isinstance(document, list):
        return [_with_nulls(value) for value in document]
    return document


@dataclass(frozen=True)
class Case:
    """An instance document, and the accepted arguments of each lemma that applies to it."""

    document: dict[str, Any]
    arguments: dict[str, dict[str, Any]] = field(default_factory=dict)
    claim: dict[str, Any] = field(default_factory=dict)

    @property
    def instance(self) -> Instance:
        return read_instance(self.document)

    def about(self, changes: dict[str, Any]) -> Case:
        """The same arguments for another instance."""
        return Case(changed(self.document, changes), self.arguments, self.claim)

    def facts(self, lemma: str, bits: int = BITS) -> dict[str, Fact]:
        """The facts that `lemma` needs, with the accepted arguments."""
        facts: dict[str, Fact] = {}
        for premise in LEMMAS[lemma].premises:
            facts |= self.facts(premise, bits)
            facts[premise.partition("/")[0]] = self._run(premise, self.arguments[premise], facts, bits)
        return facts

    def step(self, lemma: str, changes: dict[str, Any] | None = None, bits: int = BITS) -> Conclusion:
        """Run one lemma (and its premises before) with some arguments changed."""
        arguments = _with_nulls(changed(self.arguments[lemma], changes or {}))
        return self._run(lemma, arguments, self.facts(lemma, bits), bits).conclusion

    def code(self, lemma: str, changes: dict[str, Any] | None = None, bits: int = BITS) -> tuple[str, str]:
        """How the lemma refuses the changed arguments: the kind of failure and its code; ("", "") if it does not."""
        try:
            self.step(lemma, changes, bits)
        except Failure as failure:
            return type(failure).__name__, failure.code
        return "", ""

    def certificate(self, changes: dict[str, Any] | None = None) -> dict[str, Any]:
        """A certificate of everything, with some of it changed."""
        document = {
            "format": "certify-certificate/1",
            "instance": self.instance.hash,
            "precision": BITS,
            "claim": self.claim,
            "steps": [
                {
                    "id": lemma.partition("/")[0],
                    "lemma": lemma,
                    "premises": [premise.partition("/")[0] for premise in LEMMAS[lemma].premises],
                    "arguments": arguments,
                }
                for lemma, arguments in self.arguments.items()
            ],
        }
        return _with_nulls(changed(document, changes or {}))

    def check(self, changes: dict[str, Any] | None = None) -> Outcome:
        return check(self.instance, read_certificate(self.certificate(changes)))

    def _run(self, lemma: str, arguments: dict[str, Any], facts: dict[str, Fact], bits: int) -> Fact:
        premises = tuple(premise.partition("/")[0] for premise in LEMMAS[lemma].premises)
        with precision(bits):
            step = Step(lemma.partition("/")[0], lemma, premises, Reader.of(arguments, "arguments"))
            return run_step(self.instance, step, facts, LEMMAS)


def with_point(case: Case, point: dict[str, Any], instance: dict[str, Any] | None = None) -> Case:
    """The case with other arguments of constant-point/1, and with changes to its instance."""
    arguments = case.arguments | {POINT: changed(case.arguments[POINT], point)}
    return Case(changed(case.document, instance or {}), arguments, case.claim)


def point(
    levels: list[str], constants: list[str], scales: list[str] | None = None, weights: list[str] | None = None
) -> dict[str, Any]:
    """Arguments of constant-point/1."""
    arguments: dict[str, Any] = {"levels": levels, "scales": scales or [], "constants": constants, "dependent": []}
    return arguments | ({"output_weights": weights} if weights is not None else {})


def gap(weight: object, centre: int, vertices: list[int], coefficients: list[object]) -> dict[str, Any]:
    """One Jensen gap of jensen-region/1."""
    return {"weight": str(weight), "centre": centre, "vertices": vertices, "coefficients": texts(coefficients)}


def layer(weights: Any, biases: Any) -> dict[str, Any]:
    """One layer of better-point/1."""
    return {"weights": texts(weights), "biases": texts(biases)}


def interval(lower: object, upper: object) -> dict[str, Any]:
    return {
        "lower": NULL if lower is None else str(lower),
        "upper": NULL if upper is None else str(upper),
    }


def _claim(loss: object, widths: list[int], gap: object, radius: str, zero: list[int] | None, jensen: bool) -> Any:
    return {
        "kind": "suboptimal-local-minimum",
        "loss": str(loss),
        "least_widths": widths,
        "gap": str(gap),
        "box_radius": radius,
        "jensen_region": jensen,
        "zero_loss_widths": zero,
        "generic": True,
    }


_THREE = [gap(2, 1, [0, 2], ["1/2", "1/2"])]
_HAT = [layer([[20], [20]], [10, -10]), layer([["30003/10000", "-30003/10000"]], [0])]

# X = (-1, 0, 1), Y = (0, 3, 0): the example of docs/mathematics.md, section 10. D = (1, -2, 1), E* = 6.
THREE = Case(
    instance_document([[-1], [0], [1]], [[0], [3], [0]]),
    {
        POINT: point(["log(1/2)"], ["1"]),
        MINIMUM: {},
        BOX: {"radius": "1/10", "rates": ["1/100"]},
        JENSEN: {"gaps": _THREE, "output_scales": ["1"], "intervals": [{"lower": None, "upper": "0"}]},
        BETTER: {"gap": "599/100", "layers": _HAT},
        OPTIMUM: {"direction": ["1"], "carriers": []},
        GENERIC: {"rows": [0, 1, 2]},
    },
    _claim(6, [2], "599/100", "1/10", [3], jensen=True),
)

# The same with an output bias: the sum V of the last weights is free.
BIASED = Case(
    instance_document([[-1], [0], [1]], [[0], [3], [0]], bias=True),
    THREE.arguments | {POINT: point(["log(1/2)"], ["1"], weights=["3"])},
    THREE.claim,
)

# Two hidden layers of tanh at levels -1 and -1/2, where tanh is convex and increasing.
DEEP = Case(
    instance_document([[-1], [0], [1]], [[0], [3], [0]], "tanh", depth=2, bias=True),
    {
        POINT: point(["-1", "-1/2"], ["1"], ["2"], ["5"]),
        MINIMUM: {},
        BOX: {"radius": "1/500", "rates": ["1/10", "1/10"]},
        JENSEN: {
            "gaps": _THREE,
            "output_scales": ["1"],
            "intervals": [{"lower": None, "upper": "0"}, {"lower": "-3", "upper": "0"}],
        },
        BETTER: {
            "gap": "5",
            "layers": [
                layer([[10], [10]], [5, -5]),
                layer([[1, -1]], [0]),
                layer([["389/125"]], [0]),
            ],
        },
        OPTIMUM: {"direction": ["-2"], "carriers": [{"lower": "-1/4", "upper": "1/4"}]},
        GENERIC: {"rows": [2, 0, 1]},
    },
    _claim(6, [2, 1], "5", "1/500", [1, 3], jensen=True),
)

# Three hidden layers of softplus, convex and increasing everywhere.
DEEPER = Case(
    instance_document([[-1], [0], [1]], [[0], [3], [0]], "softplus", depth=3),
    {
        POINT: point(["0", "0", "0"], ["1"], ["1", "1"]),
        MINIMUM: {},
        BOX: {"radius": "1/100", "rates": ["1/10", "1/10", "1/10"]},
        JENSEN: {"gaps": _THREE, "output_scales": ["1"], "intervals": [{"lower": None, "upper": None}] * 3},
        BETTER: {
            "gap": "5",
            "layers": [
                layer([[40], [40]], [40, 0]),
                layer([["1/2", -1]], [0]),
                layer([[1]], [0]),
                layer([["3/20"]], [0]),
            ],
        },
        OPTIMUM: {"direction": ["1"], "carriers": [{"lower": "0", "upper": "1"}, {"lower": "-1", "upper": "0"}]},
        GENERIC: {"rows": [0, 1, 2]},
    },
    _claim(6, [2, 1, 1], "5", "1/100", [1, 1, 3], jensen=True),
)

# Two features: the corners of a square, its centre, and a sixth sample that does nothing but make the data generic.
# D = (1, 1, 1, 1, -4, 0), E* = 20, arctan at level -1.
SQUARE = Case(
    instance_document(
        [[1, 0], [-1, 0], [0, 1], [0, -1], [0, 0], ["1/2", "1/3"]], [[0], [0], [0], [0], [5], [1]], "arctan", bias=True
    ),
    {
        POINT: point(["-1"], ["1"], weights=["2"]),
        MINIMUM: {},
        BOX: {"radius": "1/10", "rates": ["1/100"]},
        JENSEN: {
            "gaps": [gap(2, 4, [0, 1], ["1/2", "1/2"]), gap(2, 4, [2, 3], ["1/2", "1/2"])],
            "output_scales": ["1"],
            "intervals": [{"lower": None, "upper": "0"}],
        },
        BETTER: {"gap": "1", "layers": [layer([[1, 0], [-1, 0]], [-1, -1]), layer([["-3", "-3"]], ["-3"])]},
        OPTIMUM: {"direction": ["1", "3"], "carriers": []},
        GENERIC: {"rows": [0, 1, 2, 3, 4, 5]},
    },
    _claim(20, [2], "1", "1/10", [6], jensen=True),
)

# Two outputs of opposite sign: D_2 = -2 D_1.
TWO_OUTPUTS = Case(
    instance_document([[-1], [0], [1]], [[0, 4], [3, -2], [0, 4]], bias=True),
    {
        POINT: point(["log(1/2)"], ["1", "2"], weights=["3", "-1"]),
        MINIMUM: {},
        BOX: {"radius": "1/10", "rates": ["1/100"]},
        JENSEN: {"gaps": _THREE, "output_scales": ["1", "-2"], "intervals": [{"lower": None, "upper": "0"}]},
        BETTER: {
            "gap": "299/10",
            "layers": [_HAT[0], layer([["30003/10000", "-30003/10000"], ["-30003/5000", "30003/5000"]], [0, 4])],
        },
        OPTIMUM: {"direction": ["1"], "carriers": []},
        GENERIC: {"rows": [0, 1, 2]},
    },
    _claim(30, [2], "299/10", "1/10", [3], jensen=True),
)

# The second feature is 2 x + 1, so its weights are flat; the matrix of quadratics is singular.
DEPENDENT = Case(
    instance_document([[-1, -1], [0, 1], [1, 3]], [[0], [3], [0]]),
    {lemma: arguments for lemma, arguments in THREE.arguments.items() if lemma != GENERIC}
    | {
        POINT: point(["log(1/2)"], ["1"]) | {"dependent": [{"feature": 1, "coefficients": ["2"], "constant": "1"}]},
        BETTER: {"gap": "599/100", "layers": [layer([[20, 0], [0, 10]], [10, -20]), _HAT[1]]},
        OPTIMUM: {"direction": ["-1", "1"], "carriers": []},
    },
    THREE.claim | {"generic": False},
)

# The middle sample twice: D = (1, -1, -1, 1), E* = 4, three distinct inputs.
REPEATED = Case(
    instance_document([[-1], [0], [0], [1]], [[0], [2], [2], [0]]),
    {
        **THREE.arguments,
        JENSEN: THREE.arguments[JENSEN]
        | {"gaps": [gap(1, 1, [0, 3], ["1/2", "1/2"]), gap(1, 2, [0, 3], ["1/2", "1/2"])]},
        BETTER: {"gap": "399/100", "layers": [_HAT[0], layer([["10001/5000", "-10001/5000"]], [0])]},
        GENERIC: {"rows": [0, 2, 3]},
    },
    _claim(4, [2], "399/100", "1/10", [3], jensen=True),
)

# Nothing is an integer: X = (-1/2, 0, 1/2), c = 7/5, D = (1/3, -2/3, 1/3), E* = 2/3.
FRACTIONS = Case(
    instance_document([["-1/2"], [0], ["1/2"]], [["16/15"], ["31/15"], ["16/15"]]),
    {
        **THREE.arguments,
        POINT: point(["log(1/2)"], ["7/5"]),
        JENSEN: THREE.arguments[JENSEN] | {"gaps": [gap("2/3", 1, [0, 2], ["1/2", "1/2"])]},
        BETTER: {
            "gap": "13/20",
            "layers": [layer([[40], [40], [0]], [10, -10, 0]), layer([["10001/10000", "-10001/10000", "32/15"]], [0])],
        },
    },
    _claim("2/3", [3], "13/20", "1/10", [3], jensen=True),
)

# Two values only: x^2 = 1. No residual has a definite M.
BINARY = Case(
    instance_document([[-1, 0], [-1, 1], [1, 2], [1, 5]], [], features=["sex", "age"]),
    {OBSTRUCTION: {"matrix": texts([[1, 0], [0, 0]]), "linear": ["0", "0"], "constant": "1"}},
    {"kind": "obstruction", "features": ["sex"]},
)

CASES = {
    "three points": THREE,
    "output bias": BIASED,
    "depth 2": DEEP,
    "depth 3": DEEPER,
    "two features": SQUARE,
    "two outputs": TWO_OUTPUTS,
    "dependent features": DEPENDENT,
    "repeated inputs": REPEATED,
    "fractions": FRACTIONS,
    "obstruction": BINARY,
}
