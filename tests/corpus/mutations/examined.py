"""Trained networks: claims that say more than the steps, steps about another network or data, and the least loss.

What each must be answered is plain without the network's derivatives; arguments that need them are changed in
tests/proofs/test_examined.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import mpmath

from tests.corpus import oracle
from tests.corpus.corpus import MALFORMED, PROVED, Answer, Case, copied, rejected
from tests.corpus.mutations.beyond import blind_direction
from tests.corpus.mutations.claims import affine_claim, constant_claim, fitted_claim
from tests.corpus.straight import SIGMA
from tests.corpus.subject import Subject, alternatives, tiny
from tests.proofs.examined import BETTER, CRITICAL, FIT, OPTIMUM, SLOPE, SPECTRUM
from tests.proofs.oracle import real


def examined(subject: Subject) -> Iterator[Case]:
    yield from _claims(subject)
    yield from _losses(subject)
    yield from _other_kinds(subject)
    yield from _networks(subject)
    if subject.has(OPTIMUM):
        yield from _optimum(subject)
    elif subject.has(FIT):
        yield from _least_losses(subject)
    else:
        yield _claimed(subject, "a least loss", "CL18", optimum={"lower": "0", "upper": "9", "attained": True})


def unsupported(subject: Subject, lemma: str) -> Answer:
    """What the claim lacks without this lemma, which no other step uses."""
    if lemma == SPECTRUM:
        return PROVED
    if lemma == SLOPE:
        return rejected("claim", "CL16")
    if lemma in (BETTER, OPTIMUM, FIT):
        return rejected("claim", "CL05" if subject.claim.get("gap") else "CL18")
    replicas = lemma.startswith("replicated")  # then what is left is about a narrower network
    return rejected("claim", "CL04" if replicas else "CL02")


def _claimed(subject: Subject, change: str, code: str, **fields: Any) -> Case:
    draft = subject.draft()
    draft.claim.update(fields)
    return draft.case(f"claim: {change}", rejected("claim", code) if code else PROVED)


def _claims(subject: Subject) -> Iterator[Case]:
    """Where the point is, and how it is alone there."""
    claim = subject.claim
    network, distance = claim["network"], Fraction(claim["distance"])
    falling = claim["kind"] == "examined-slope"
    yield _claimed(subject, "a network without its last parameter", "CL16", network=network[:-1])
    yield _claimed(subject, "a network of one parameter more", "CL16", network=[*network, "0"])
    yield _claimed(subject, "a distance below 0", "CL16", distance=str(-distance - 1))
    yield _claimed(subject, "at no distance", "" if falling else "CL16", distance="0")
    yield _claimed(subject, "a larger distance", "CL16" if falling else "", distance=str(distance * 2))
    for k in (0, len(network) - 1):
        far = alternatives(network, k, str(Fraction(network[k]) + 2 * distance + 1))
        yield _claimed(subject, f"another parameter {k}", "CL16", network=far)
    if falling:
        near = alternatives(network, 0, str(Fraction(network[0]) + tiny(60)))
        yield _claimed(subject, "another network, nearer than any float", "CL16", network=near)
        return
    radius = claim["box_radius"]
    yield _claimed(subject, "a box of radius 0", "CL06", box_radius="0")
    yield _claimed(subject, "a box of a negative radius", "CL06", box_radius="-1")
    yield _claimed(subject, "no box", "", box_radius=None)
    if radius is None:
        yield _claimed(subject, "a box", "CL06", box_radius=str(tiny(60)))
    else:
        yield _claimed(subject, "a larger box", "CL06", box_radius=str(Fraction(radius) + tiny(60)))
        yield _claimed(subject, "a smaller box", "", box_radius=str(Fraction(radius) / 2))
    found = claim["symmetries"]
    yield _claimed(subject, "a symmetry more", "CL17", symmetries=found + 1)
    yield _claimed(subject, "a negative number of symmetries", "CL17", symmetries=-1)
    if claim["kind"] == "examined-minimum":
        if not claim["optimal"]:
            yield _claimed(subject, "loss 0", "CL08", optimal=True)
        strict = not claim["strict"]
        yield _claimed(subject, f"strict {strict}", "CL02" if strict else "", strict=strict)


def _losses(subject: Subject) -> Iterator[Case]:
    claim = subject.claim
    if "loss_lower" not in claim:
        return
    lower, upper = Fraction(claim["loss_lower"]), Fraction(claim["loss_upper"])
    yield _claimed(subject, "a loss above the true one", "CL03", loss_lower=str(upper + 1), loss_upper=str(upper + 2))
    yield _claimed(subject, "a loss below it", "CL03", loss_lower=str(lower - 2), loss_upper=str(lower - 1))
    yield _claimed(subject, "bounds the wrong way round", "CL03", loss_lower=str(upper + 1), loss_upper=str(lower - 1))
    yield _claimed(subject, "wide bounds", "", loss_lower=str(lower - 1), loss_upper=str(upper + 1))
    if claim["kind"] == "examined-minimum":
        for change, gap in (("no gap to speak of", "0"), ("a negative gap", "-1"), ("more than the loss", upper + 1)):
            yield _claimed(subject, change, "CL05", gap=str(gap))
        yield _claimed(subject, "no gap", "", gap=None)


def _other_kinds(subject: Subject) -> Iterator[Case]:
    claims = {
        "a constant point": (constant_claim(subject), "CL01"),
        "a fitted point": (fitted_claim(subject), "CL01"),
        "an affine point": (affine_claim(subject), "CL01"),
        "an obstruction": ({"kind": "obstruction", "features": subject.good.instance["data"]["features"]}, "CL10"),
        "an exceptional activation": ({"kind": "exceptional-activation"}, "CL12"),
    }
    claim = subject.claim
    point = {"network": claim["network"], "distance": claim["distance"]}
    bounds = {key: claim.get(key) for key in ("loss_lower", "loss_upper")} | {"symmetries": 0, "box_radius": None}
    if claim["kind"] == "examined-slope":
        bounds |= {"loss_lower": "-1000", "loss_upper": "100000"}
        claims["a saddle"] = ({"kind": "examined-saddle", **point, **bounds}, "CL01")
    else:
        claims["a slope"] = ({"kind": "examined-slope", **point}, "CL16")
        if claim["kind"] == "examined-minimum":
            claims["a saddle"] = ({"kind": "examined-saddle", **point, **bounds}, "CL02")
        else:
            rest = {"strict": False, "gap": None, "optimal": False}
            claims["a minimum"] = ({"kind": "examined-minimum", **point, **bounds, **rest}, "CL02")
    for change, (other, code) in claims.items():
        draft = subject.draft()
        draft.certificate["claim"] = other
        yield draft.case(f"claim: {change} instead", rejected("claim", code))
    draft = subject.draft()
    draft.claim["kind"] = "examined-critical-point"
    yield draft.case("claim: of a kind that there is not", MALFORMED)


def _networks(subject: Subject) -> Iterator[Case]:
    """Instances for which the first step is about a network of another shape, or about nothing."""
    first = subject.good.certificate["steps"][0]
    code = {CRITICAL: "CR01", SLOPE: "NC01"}.get(first["lemma"], "ZL01")
    draft = subject.draft()
    draft.instance["data"]["targets"] = []
    yield draft.case("no targets", rejected(first["id"], code))
    draft = subject.draft()
    draft.instance["network"] |= {"depth": subject.depth + 1, "widths": "every"}
    yield draft.case("another depth", rejected(first["id"], "BP03"))
    layers = first["arguments"]["layers"]
    if any(b != "0" for b in layers[-1]["biases"]):
        draft = subject.draft()
        draft.instance["network"]["output_bias"] = False
        yield draft.case("no output bias", rejected(first["id"], "BP03"))
    if (units := len(layers[0]["biases"])) > 1:
        draft = subject.draft()
        draft.instance["network"]["widths"][0] = units - 1
        yield draft.case("narrower than the network", rejected(first["id"], "BP04"))
    wider = subject.draft()
    wider.instance["network"]["widths"] = [w + 1 for w in subject.network["widths"]]
    code = "CL16" if subject.has(SLOPE) else "CL04"
    replicas = next((s["id"] for s in subject.good.certificate["steps"] if s["lemma"].startswith("replicated")), None)
    if replicas is None:
        yield wider.case("wider than the network", rejected("claim", code))


def _optimum(subject: Subject) -> Iterator[Case]:
    step, good = subject.lemmas[OPTIMUM], subject.arguments(OPTIMUM)

    def case(change: str, expected: Answer, **arguments: Any) -> Case:
        draft = subject.draft()
        draft.step(OPTIMUM)["arguments"] = good | arguments
        return draft.case(f"least loss: {change}", expected)

    direction = good["direction"]
    yield case("direction 0", rejected(step, "EO05"), direction=["0"] * len(direction))
    yield case("direction too long", rejected(step, "EO01"), direction=[*direction, "1"])
    yield case("no direction", rejected(step, "EO01"), direction=[])
    yield case("direction turned round", PROVED, direction=[str(-Fraction(g)) for g in direction])
    yield case("direction 1e-60 times as long", PROVED, direction=[str(Fraction(g) * tiny(60)) for g in direction])
    yield case("a carrier too many", rejected(step, "EO01"), carriers=[*good["carriers"], {"lower": "1", "upper": "2"}])
    if (blind := blind_direction(subject)) is not None:
        yield case("a blind direction", rejected(step, "EO05"), direction=[str(g) for g in blind])
    units = len(subject.groups)
    if subject.activation in SIGMA and subject.biased:
        units = max(1, units - 1)
    draft = subject.draft()
    draft.certificate["steps"] = [copied(draft.step(OPTIMUM))]
    draft.certificate["claim"] = {"kind": "lemma", "step": step, "lemma": OPTIMUM}
    for width, expected in ((units, PROVED), (units - 1, rejected(step, "XO02"))):
        draft.instance["network"]["widths"] = [1] * (subject.depth - 1) + [width]
        if width > 0:
            yield draft.case(f"a last hidden layer of {width} units", expected)
    draft.instance["network"]["widths"] = subject.network["widths"]
    draft.instance["data"]["targets"] = []
    yield draft.case("a least loss without targets", rejected(step, "XO01"))
    rows = subject.good.instance["data"]["targets"]
    for target in ("-9", "9") if subject.good.instance["loss"] == "logistic" else ("-9",):
        draft.instance["data"]["targets"] = [[target, *rows[0][1:]], *rows[1:]]
        bounded = subject.good.instance["loss"] in ("squared", "pseudo-huber")
        yield draft.case(f"a target {target}, least loss", PROVED if bounded else rejected(step, "XO01"))
    yield from _least_losses(subject)


def _least_losses(subject: Subject) -> Iterator[Case]:
    """The claim about the least loss, from its definition."""
    with mpmath.workdps(oracle.DIGITS):
        value, attained = least_loss(subject)
        near = Fraction(mpmath.nstr(value, 40, strip_zeros=False))
    little = tiny(6)

    def case(change: str, code: str, lower: Fraction, upper: Fraction, attained: bool) -> Case:
        optimum = {"lower": str(lower), "upper": str(upper), "attained": attained}
        return _claimed(subject, f"least loss {change}", code, optimum=optimum)

    yield case("within 1e-6", "", near - little, near + little, attained)
    yield case("that is too large", "CL18", near + little, near + 1, attained)
    yield case("that is too small", "CL18", near - 1, near - little, attained)
    yield case("the other way round", "CL18", near + little, near - little, attained)
    yield case("attained or not", "CL18", near - little, near + little, not attained)
    if subject.claim["kind"] == "examined-minimum":
        room = Fraction(subject.claim["loss_lower"]) - near
        yield _claimed(subject, "nearly all that is above the least loss", "", gap=str(room * (1 - little)))
        yield _claimed(subject, "more than that", "CL05", gap=str(room + tiny(3)))


def least_loss(subject: Subject) -> tuple[Any, bool]:
    """The infimum of the loss of all functions of the inputs, by one search for each group of equal inputs and each
    output (together for the cross-entropy, where the best outputs are known), and whether it is attained."""
    total, attained = mpmath.mpf(0), True
    for group in subject.groups:
        rows = [[real(y) for y in subject.targets[n]] for n in group]
        means = [mpmath.fsum(column) / len(rows) for column in zip(*rows, strict=True)]
        if subject.good.instance["loss"] == "cross-entropy":
            best = [mpmath.log(m) if m else mpmath.mpf(-200) for m in means]
            total += mpmath.fsum(oracle_cross_entropy(best, row) for row in rows)
            attained = attained and all(means)
            continue
        for o, mean in enumerate(means):
            loss, reached = _one_output(subject.good.instance["loss"], [row[o] for row in rows], mean)
            total, attained = total + loss, attained and reached
    return total, attained


def oracle_cross_entropy(outputs: list[Any], targets: list[Any]) -> Any:
    return mpmath.log(mpmath.fsum(map(mpmath.exp, outputs))) - mpmath.fdot(outputs, targets)


LOSSES = {
    "squared": lambda t, y: (t - y) ** 2,
    "logistic": lambda t, y: mpmath.log1p(mpmath.exp(t)) - y * t,
    "pseudo-huber": lambda t, y: mpmath.sqrt(1 + (t - y) ** 2) - 1,
    "poisson": lambda t, y: mpmath.exp(t) - y * t,
}
END = 100


def _one_output(loss: str, targets: list[Any], mean: Any) -> tuple[Any, bool]:
    """By ternary search: the functions are convex."""
    low, high = mpmath.mpf(-END), mpmath.mpf(END)

    def value(t: Any) -> Any:
        return mpmath.fsum(LOSSES[loss](t, y) for y in targets)

    for _ in range(300):
        third = (high - low) / 3
        low, high = (low, high - third) if value(low + third) < value(high - third) else (low + third, high)
    return value((low + high) / 2), abs(low) < END - 1
