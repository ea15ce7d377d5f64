"""The claim widened in every field, and narrowed, which must still be proved."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from tests.corpus.corpus import MALFORMED, PROVED, Answer, Case, Document, rejected
from tests.corpus.subject import Subject, alternatives, tiny
from tests.proofs.build import BETTER, BOX, GENERIC, JENSEN, OPTIMUM, POINT


def claims(subject: Subject) -> Iterator[Case]:
    claim = subject.claim
    if not subject.has(POINT):
        if claim["kind"] == "obstruction":
            yield from _other_kinds(subject)
        return

    def case(change: str, expected: Answer, because: str = "", **fields: Any) -> Case:
        draft = subject.draft()
        draft.claim.update(fields)
        return draft.case(f"claim: {change}", expected, because)

    def wrong(code: str) -> Answer:
        return rejected("claim", code)

    loss = Fraction(claim["loss"])
    for power in (1, 50):
        yield case(f"loss less by 1e-{power}", wrong("CL03"), loss=str(loss - tiny(power)))
        yield case(f"loss more by 1e-{power}", wrong("CL03"), loss=str(loss + tiny(power)))
    yield case("loss 0", wrong("CL03"), loss="0")
    yield case("loss negative", wrong("CL03"), loss=str(-loss))
    widths = claim["least_widths"]
    yield case("a width too few", wrong("CL04"), least_widths=widths[:-1])
    yield case("a width too many", wrong("CL04"), least_widths=[*widths, widths[-1]])
    yield case("no widths", wrong("CL04"), least_widths=[])
    for h, width in enumerate(widths):
        for bad in (0, -1, -(10**16)):
            yield case(f"width {h + 1} is {bad}", wrong("CL04"), least_widths=alternatives(widths, h, bad))
        wider = alternatives(widths, h, 10**6)
        fixed = subject.network["widths"] != "every"
        yield case(f"width {h + 1} is a million", wrong("CL04") if fixed else PROVED, least_widths=wider)
        if width > 1 and "gap" in claim:
            narrower = alternatives(widths, h, width - 1)
            shown = subject.shows_lower(narrower, Fraction(claim["gap"]))
            yield case(f"width {h + 1} less by one", PROVED if shown else wrong("CL05"), least_widths=narrower)
    if "gap" in claim:
        gap = Fraction(claim["gap"])
        for power in (3, 60):
            more = gap + tiny(power)
            yield case(
                f"gap more by 1e-{power}", PROVED if subject.shows_lower(widths, more) else wrong("CL05"), gap=str(more)
            )
        yield case("gap 0", wrong("CL05"), gap="0")
        yield case("gap negative", wrong("CL05"), gap=str(-gap))
        yield case("gap E* + 1", wrong("CL05"), gap=str(loss + 1))
        yield case("gap less", PROVED, gap=str(gap / 3))
        yield case("a local minimum with a gap", MALFORMED, "unknown field", kind="local-minimum")
        draft = subject.draft()
        draft.claim["kind"] = "local-minimum"
        del draft.claim["gap"]
        yield draft.case("claim: only a local minimum", PROVED)
    else:
        yield case("not global", MALFORMED, "the gap is missing", kind="suboptimal-local-minimum")
        for gap_text in ("1/1000000", "1", str(loss)):
            yield case(f"not global, gap {gap_text}", wrong("CL05"), kind="suboptimal-local-minimum", gap=gap_text)
    yield from _regions(subject, case, wrong)
    yield from _optimum(subject, case, wrong)
    yield from _other_kinds(subject)


def _regions(subject: Subject, case: Any, wrong: Any) -> Iterator[Case]:
    if subject.has(BOX):
        radius = Fraction(subject.arguments(BOX)["radius"])
        for power in (4, 60):
            yield case(f"radius more by 1e-{power}", wrong("CL06"), box_radius=str(radius + tiny(power)))
        yield case("ten times the radius", wrong("CL06"), box_radius=str(10 * radius))
        yield case("radius 0", wrong("CL06"), "a region has a positive radius", box_radius="0")
        yield case("radius negative", wrong("CL06"), box_radius=str(-radius))
        yield case("radius less", PROVED, box_radius=str(radius / 7))
        yield case("no radius", PROVED, box_radius=None)
    else:
        yield case("a radius", wrong("CL06"), box_radius="1/1000000000000")
    yield case(
        "the other Jensen",
        PROVED if subject.has(JENSEN) else wrong("CL07"),
        jensen_region=not subject.claim["jensen_region"],
    )
    yield case(
        "the other generic", PROVED if subject.has(GENERIC) else wrong("CL09"), generic=not subject.claim["generic"]
    )


def _optimum(subject: Subject, case: Any, wrong: Any) -> Iterator[Case]:
    ones = [1] * subject.depth
    if subject.has(OPTIMUM):
        distinct = len(subject.groups)
        shown = [*ones[1:], distinct]
        yield case("zero loss, last width less by one", wrong("CL08"), zero_loss_widths=[*ones[1:], distinct - 1])
        yield case("zero loss, every width 1", wrong("CL08"), zero_loss_widths=ones)
        for h in range(subject.depth - 1):
            yield case(f"zero loss, width {h + 1} 0", wrong("CL08"), zero_loss_widths=alternatives(shown, h, 0))
        yield case("zero loss, a width too few", wrong("CL08"), zero_loss_widths=shown[1:])
        yield case("zero loss, a width too many", wrong("CL08"), zero_loss_widths=[*shown, distinct])
        yield case("zero loss, no widths", wrong("CL08"), zero_loss_widths=[])
        wider = [*ones[1:], distinct + 5]
        fixed = subject.network["widths"] != "every"
        roomy = not fixed or subject.network["widths"][-1] >= distinct + 5
        yield case("zero loss from wider on", PROVED if roomy else wrong("CL08"), zero_loss_widths=wider)
        yield case("no zero loss", PROVED, zero_loss_widths=None)
    else:
        for widths in (ones, [10**6] * subject.depth, [*ones[1:], len(subject.inputs)]):
            yield case(f"zero loss from {widths[-1]} on", wrong("CL08"), zero_loss_widths=widths)


def fitted_claim(subject: Subject) -> Document:
    """The least that can be claimed of a fitted point."""
    return {
        "kind": "fitted-minimum",
        "lifts": "uniform",
        "target_radius": "0",
        "loss_lower": "-1000000",
        "loss_upper": "1000000",
        "least_widths": [10**6] * subject.depth,
        "region_radius": None,
        "optimum_widths": None,
    }


def constant_claim(subject: Subject) -> Document:
    """The least that can be claimed of a constant point of loss 0."""
    return {
        "kind": "local-minimum",
        "loss": "0",
        "least_widths": [1] * subject.depth,
        "box_radius": None,
        "jensen_region": False,
        "zero_loss_widths": None,
        "generic": False,
    }


def affine_claim(subject: Subject) -> Document:
    """The least that can be claimed of an affine point of loss 0."""
    return {
        "kind": "affine-minimum",
        "loss": "0",
        "region": "constant",
        "least_widths": [10**6] * subject.depth,
        "optimum_widths": None,
        "optimum": None,
    }


def _other_kinds(subject: Subject) -> Iterator[Case]:
    """The claim of another kind of theorem, from these steps."""
    draft = subject.draft()
    draft.certificate["claim"] = fitted_claim(subject)
    yield draft.case("claim: a fitted point instead", rejected("claim", "CL01"))
    draft = subject.draft()
    draft.certificate["claim"] = affine_claim(subject)
    yield draft.case("claim: an affine point instead", rejected("claim", "CL01"))
    draft = subject.draft()
    layers = [{"weights": [["0"]], "biases": ["0"]}] * (subject.depth + 1)
    draft.steps.append({"id": "more", "lemma": "affine-minimum/1", "premises": [], "arguments": {"layers": layers}})
    yield draft.case("a step affine-minimum/1", rejected("more", "AM01"), "the activation is smooth")
    draft = subject.draft()
    draft.certificate["claim"] = {"kind": "exceptional-activation"}
    yield draft.case("claim: an exceptional activation instead", rejected("claim", "CL12"))
    draft = subject.draft()
    if subject.claim["kind"] == "obstruction":
        draft.certificate["claim"] = constant_claim(subject)
        yield draft.case("claim: a local minimum instead", rejected("claim", "CL01"))
        draft = subject.draft()
        draft.certificate["claim"]["kind"] = "local-minimum"
        yield draft.case("claim: only its kind changed", MALFORMED)
        return
    nobody: list[str] = []
    for features in (nobody, subject.good.instance["data"]["features"]):
        draft = subject.draft()
        draft.certificate["claim"] = {"kind": "obstruction", "features": features}
        yield draft.case(f"claim: an obstruction by {len(features)} features", rejected("claim", "CL10"))
    draft = subject.draft()
    draft.certificate["claim"]["kind"] = "obstruction"
    yield draft.case("claim: only its kind changed", MALFORMED)
    if subject.has(POINT):
        draft = subject.draft().keep(POINT)
        yield draft.case("claim: from the critical point alone", rejected("claim", "CL02"))
        draft = subject.draft().keep(POINT, BETTER, OPTIMUM)
        yield draft.case("claim: without any local minimum", rejected("claim", "CL02"))
