"""Certificates beside instances that they were not made for, with and without their hash."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from proofs.activations import CATALOGUE
from tests.corpus.corpus import MALFORMED, PROVED, Answer, Case, Document, copied, rejected, undecided
from tests.corpus.straight import SIGMA, expected
from tests.corpus.subject import AFFINE, ANY, EXCEPTIONAL, FITTED, UNDECIDABLE, UNIFORM, Subject, pattern_failure
from tests.proofs.build import MINIMUM, OBSTRUCTION, POINT
from tests.proofs.fitted import FLAT
from tests.proofs.oracle import NAMES

EXCEPTIONS = ("sin", "erf", "arctan")
EXCEPTIONAL_FORMULAS = (
    *("sinh", "cosh", "cos", "gaussian", "isru", "asinh", "multiquadric", "squareplus", "quadratic"),
)

_NO_FORMULAS = (" {}", "({})", "{}\n", "{}*z*(2-2)**-1", "{}+1/0", "{}+sqrt(-1)", "{}+1.0", "{}+x", "{}+z**(2/4)")
_HOSTILE = (
    *("__import__('os')", "9**9**9", "2", "", "z**65", "z**0", "-" * 41 + "z", "1" * 41 + "*z"),
    *("(" * 99 + "z" + ")" * 99, "z" + "+z" * 200),
)
"""What no activation may be; the first with the formula of the good certificate in it."""


def hashes(subject: Subject) -> Iterator[Case]:
    """The hash alone: nothing else is wrong."""
    other = rejected("certificate", "CE01")
    good = subject.good.certificate["instance"]
    for change, value in (
        ("a digit changed", good[:-1] + ("0" if good[-1] != "0" else "1")),
        ("in capitals", good.upper()),
        ("without its prefix", good.removeprefix("sha256:")),
        ("shortened", good[:-2]),
        ("empty", ""),
        ("with a line end", good + "\n"),
        ("all zeros", "sha256:" + "0" * 64),
    ):
        draft = subject.draft()
        draft.certificate["instance"] = value
        yield draft.case(f"hash {change}", other, rehash=False)
    network = subject.good.instance["network"]
    edits: dict[str, Document] = {
        "provenance": {"provenance": "somewhere else"},
        "output bias": {"network": {**network, "output_bias": not network["output_bias"]}},
        "activation": {"network": {**network, "activation": "tanh" if network["activation"] != "tanh" else "erf"}},
        "widths": {"network": {**network, "widths": [10**12] * subject.depth}},
    }
    for change, edit in edits.items():
        draft = subject.draft()
        draft.instance |= edit
        yield draft.case(f"another {change}, hash kept", other, rehash=False)


def foreign(subject: Subject, others: list[Subject]) -> Iterator[Case]:
    yield from _networks(subject)
    for other in others:
        if other.name != subject.name and (answer := _beside(subject, other)) is not None:
            draft = subject.draft()
            draft.instance, draft.files = copied(other.good.instance), dict(other.good.files)
            yield draft.case(f"the instance of {other.name}", answer, "hash recomputed")


def _networks(subject: Subject) -> Iterator[Case]:
    """Another network or loss on the same data."""
    network = subject.network
    for loss in ("logistic", "pseudo-huber", "poisson"):
        if not subject.has(FITTED) and not subject.has(AFFINE):
            draft = subject.draft()
            draft.instance["loss"] = loss
            yield draft.case(f"{loss} loss", rejected(subject.lemmas[POINT], "CP08") if subject.point else PROVED)
    for depth in (subject.depth - 1, subject.depth + 1):
        if 1 <= depth <= 8 and network["widths"] == "every":
            draft = subject.draft()
            draft.instance["network"]["depth"] = depth
            code = {POINT: "CP01", FITTED: "FP02", AFFINE: "BP03"}.get(subject.point)
            answer = rejected(subject.lemmas[subject.point], code) if code else PROVED
            yield draft.case(f"depth {depth}", answer)
    if subject.point and not subject.has(AFFINE):
        draft = subject.draft()
        draft.instance["network"]["output_bias"] = not network["output_bias"]
        yield draft.case("the other output bias", _other_bias(subject))
    if network["widths"] == "every":
        draft = subject.draft()
        draft.instance["network"]["widths"] = [10**12] * subject.depth
        yield draft.case("all widths 10^12", PROVED, "a special case")
        if subject.has(MINIMUM) or subject.has(FITTED):
            draft = subject.draft().keep(POINT, MINIMUM, FITTED, ANY, UNIFORM)
            if subject.claim["least_widths"] != [1] * subject.depth:
                draft.instance["network"]["widths"] = [1] * subject.depth
                yield draft.case("all widths 1", rejected("claim", "CL04"), "the claim is about wider ones")
    if subject.activation not in CATALOGUE:
        text = subject.activation
        for change in (*(edit.format(text) for edit in _NO_FORMULAS), text.upper(), *_HOSTILE):
            draft = subject.draft()
            draft.instance["network"]["activation"] = change
            yield draft.case(f"activation {change[:40]!r}", MALFORMED)
    if subject.has(MINIMUM):
        for name in NAMES:
            if name != subject.activation:
                draft = subject.draft().keep(POINT, MINIMUM)
                draft.instance["network"]["activation"] = name
                answer = _signs(Subject(subject.good, activation=name))
                yield draft.case(f"activation {name}", answer, "sign pattern")


def _other_bias(subject: Subject) -> Answer:
    """The field output_weights is missing, or one too many; without an output bias sigma(a_H) counts first."""
    if subject.has(POINT) and subject.biased and Subject(subject.good, biased=False).top == 0:
        return undecided(subject.lemmas[POINT], "CP05")
    return MALFORMED


def _signs(subject: Subject) -> Answer:
    failure = pattern_failure(subject, subject.arguments(POINT))
    if failure is None:
        return PROVED
    lemma, code = failure
    return (undecided if code in UNDECIDABLE else rejected)(subject.lemmas[lemma], code)


def exceptional_answer(subject: Subject, activation: str, s: str) -> Answer:
    """What exceptional-activation/1 must say of this activation in the network of the subject: of most formulas nothing
    is known."""
    degenerate = activation == "square" and (subject.depth > 1 or subject.biased)
    if degenerate or activation in (*EXCEPTIONS, *EXCEPTIONAL_FORMULAS):
        return PROVED
    return (rejected if activation in CATALOGUE else undecided)(s, "EA01")


def _beside(subject: Subject, other: Subject) -> Answer | None:
    """What the certificate of `subject` must get for the data of `other`; None when that is not plain to see."""
    first = subject.good.certificate["steps"][0]["id"]
    if subject.has(OBSTRUCTION):
        size = len(subject.arguments(OBSTRUCTION)["linear"])
        return rejected(first, "OB01") if size != len(other.inputs[0]) else None
    if subject.has(EXCEPTIONAL):
        return exceptional_answer(other, other.activation, first)
    if subject.has(FITTED):
        return _beside_fitted(subject, other, first)
    if subject.has(AFFINE):
        return _beside_affine(subject, other, first)
    if other.good.instance["loss"] != "squared":
        return rejected(first, "CP08")
    point = subject.arguments(POINT)
    outputs = len(other.targets[0]) if other.targets else 0
    if subject.depth != other.depth or len(point["constants"]) != outputs:
        return rejected(first, "CP01")
    means = [sum(column) / len(column) for column in zip(*other.targets, strict=True)]
    if [str(mean) for mean in means] != point["constants"]:
        return rejected(first, "CP03")
    return None


def _beside_affine(subject: Subject, other: Subject, first: str) -> Answer | None:
    if "inputs" not in other.good.instance["data"]:
        return None if other.activation in SIGMA else rejected(first, "AM01")
    found = expected(other.good.instance, {"steps": subject.good.certificate["steps"][:1], "claim": subject.claim})
    return found if found.step == first else None


def _beside_fitted(subject: Subject, other: Subject, first: str) -> Answer | None:
    outputs = len(other.targets[0]) if other.targets else 0
    if not outputs:
        return rejected(first, "FP01")
    ratios = subject.arguments(FITTED).get("ratios")
    if ratios is None and outputs > 1:
        return MALFORMED
    if ratios and outputs == 1:
        return None
    if ratios and (other.good.instance["loss"] != "squared" or not _in_ratios(other, ratios)):
        return rejected(first, "FP01")
    if subject.arguments(FITTED)["dependent"]:
        return None
    if subject.biased != other.biased:
        return MALFORMED
    alike = subject.depth == other.depth and len(subject.basis) == len(other.inputs[0])
    flat = (subject.activation in FLAT) == (other.activation in FLAT)
    return None if alike and flat else rejected(first, "FP02")


def _in_ratios(other: Subject, ratios: list[str]) -> bool:
    exact = [Fraction(e) for e in ratios]
    return all(row == [e * row[0] for e in exact] for row in other.targets)
