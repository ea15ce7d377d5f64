"""Known answers for both checkers: small instances, and changes to their certificates that must be refused."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files

from proofs import standalone
from proofs.certificate import read_certificate
from proofs.checking import check
from proofs.document import parse_json
from proofs.exact import Malformed
from proofs.instance import read_instance

Place = tuple[str | int, ...]
PROVED = "PROVED"


@dataclass(frozen=True, slots=True)
class Known:
    """A certificate of one of the instances with one value replaced, and what a checker must answer.

    Attributes:
        path: where in the certificate; empty for no change.
        answer: PROVED, or the code of the refusal.
    """

    instance: str
    path: Place
    value: object
    answer: str


def _argument(step: int, *rest: str | int) -> Place:
    return ("steps", step - 1, "arguments", *rest)


KNOWN = (
    Known("three-points", (), None, PROVED),
    Known("three-points", ("claim", "gap"), "6", "CL05"),
    Known("three-points", ("claim", "least_widths"), [1], "CL05"),
    Known("three-points", ("claim", "box_radius"), "4/10", "malformed"),
    Known("three-points", ("claim", "box_radius"), "2/5", "CL06"),
    Known("three-points", _argument(1, "constants"), ["2"], "CP03"),
    Known("three-points", _argument(1, "output_weights"), ["-3"], "LM06"),
    Known("three-points", _argument(1, "levels"), ["log(2)"], "LM06"),
    Known("three-points", _argument(3, "radius"), "2/5", "IR04"),
    Known("three-points", _argument(4, "intervals", 0, "upper"), "1", "JR07"),
    Known("three-points", _argument(5, "gap"), "6", "BP05"),
    Known("three-points", _argument(6, "direction"), ["0"], "EO05"),
    Known("three-points", _argument(7, "rows"), [0, 1, 1], "GD02"),
    Known("three-points", ("claim",), {"kind": "lemma", "step": "s2", "lemma": "local-minimum/1"}, PROVED),
    Known("three-points", ("claim",), {"kind": "lemma", "step": "s1", "lemma": "local-minimum/1"}, "CL13"),
    Known("fitted", (), None, PROVED),
    Known("fitted", ("claim", "target_radius"), "1/1000", "CL11"),
    Known("fitted", _argument(1, "target_radius"), "1/10", "FP05"),
    Known("fitted", _argument(1, "radii", 0), "0", "FP02"),
    Known("fitted", _argument(3, "radius"), "9/10", "FR03"),
    Known("fitted", _argument(4, "gap"), "6", "FB02"),
    Known("uniform", (), None, PROVED),
    Known("uniform", ("claim", "lifts"), "any", "CL02"),
    Known("uniform", ("steps", 1, "lemma"), "any-lift/1", "AL02"),
    Known("exceptional", (), None, PROVED),
    Known("affine", (), None, PROVED),
    Known("affine", ("claim", "loss"), "4", "CL03"),
    Known("affine", ("claim", "optimum"), "0", "CL14"),
    Known("affine", ("claim", "optimum_widths"), [2], "CL08"),
    Known("affine", _argument(1, "layers", 0, "biases", 0), "0", "AM03"),
    Known("affine", _argument(1, "layers", 0, "biases", 0), "2", "AM04"),
    Known("affine", _argument(1, "layers", 0, "weights", 0, 0), "1/2", "AM04"),
    Known("affine", _argument(2, "gap"), "9/2", "AB03"),
    Known("affine", _argument(3, "direction", 0), "0", "AO04"),
    Known("two-valued", (), None, PROVED),
    Known("two-valued", _argument(1, "matrix"), [["-1"]], "OB03"),
    Known("two-valued", _argument(1, "constant"), "1", "OB04"),
    Known("two-valued", ("claim", "features"), [], "CL10"),
)


def main_answer(instance: object, certificate: object) -> str:
    """What `proofs.check` says: PROVED, a code, or `malformed`."""
    try:
        outcome = check(read_instance(instance), read_certificate(certificate))
    except Malformed:
        return "malformed"
    return outcome.failure.failure.code if outcome.failure is not None else outcome.verdict.value


def second_answer(instance: object, certificate: object) -> str:
    """What the second checker says."""
    try:
        result = standalone.check(standalone.read_instance(instance), certificate)
    except standalone.Malformed:
        return "malformed"
    return result.failure.code if result.failure is not None else result.verdict


CHECKERS: dict[str, Callable[[object, object], str]] = {"main": main_answer, "second": second_answer}


def wrong_answers() -> Iterator[str]:
    """Run both checkers on everything known; a line for each wrong answer."""
    for known in KNOWN:
        instance, certificate = document(known.instance, "instance"), document(known.instance, "certificate")
        changed = _changed(certificate, known.path, known.value)
        for name, answer in CHECKERS.items():
            found = answer(instance, changed)
            if found != known.answer:
                yield f"{name} checker: {known.instance} {list(known.path)}: expected {known.answer}, found {found}"


def document(name: str, kind: str) -> object:
    """The parsed instance or certificate of a known answer."""
    return parse_json(files(__package__).joinpath(f"{name}.{kind}.json").read_bytes(), name)


def _changed(document: object, path: Place, value: object) -> object:
    if not path:
        return document
    result = copy.deepcopy(document)
    place = result
    for key in path[:-1]:
        place = place[key]  # type: ignore[index]
    place[path[-1]] = value  # type: ignore[index]
    return result
