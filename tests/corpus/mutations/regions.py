"""interval-region/1 and jensen-region/1."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from tests.corpus import oracle
from tests.corpus.corpus import MALFORMED, PROVED, Answer, Case, rejected, undecided
from tests.corpus.subject import Draft, Subject, tiny
from tests.proofs.build import BOX, JENSEN, MINIMUM, POINT
from tests.proofs.oracle import real

MOST_SAMPLES = 20


def box(subject: Subject) -> Iterator[Case]:
    if not subject.has(BOX):
        return
    s = subject.lemmas[BOX]
    good = subject.arguments(BOX)

    def case(change: str, expected: Answer, because: str = "", **arguments: Any) -> Case:
        draft = subject.draft()
        draft.step(BOX)["arguments"] = good | arguments
        if expected == PROVED:
            draft.claim["box_radius"] = draft.arguments(BOX)["radius"]
        return draft.case(change, expected, because)

    for radius in (
        "0",
        "-1/1000",
        f"-{good['radius']}",
        "1",
        "2",
        "10000000000000000000000001/10000000000000000000000000",
    ):
        yield case(f"radius {radius[:9]}", rejected(s, "IR01"), radius=radius)
    rates = [Fraction(rate) for rate in good["rates"]]
    for h in range(len(rates)):
        for wrong in ("0", "-1", str(-tiny(40))):
            yield case(f"rate {h + 1} is {wrong[:5]}", rejected(s, "IR01"), rates=_with(rates, h, Fraction(wrong)))
    yield case("a rate too few", rejected(s, "IR01"), rates=good["rates"][:-1])
    yield case("a rate too many", rejected(s, "IR01"), rates=[*good["rates"], good["rates"][0]])
    yield case("half the radius", PROVED, "a smaller region", radius=str(Fraction(good["radius"]) / 2))
    if len(subject.inputs) > MOST_SAMPLES:
        return
    yield from _false_rates(subject, case, s, rates)
    yield from _false_radii(subject, case, s, rates)


def _with(rates: list[Fraction], h: int, rate: Fraction) -> list[str]:
    return [str(rate if i == h else other) for i, other in enumerate(rates)]


def _model(subject: Subject, radius: Fraction) -> oracle.Box:
    point = subject.arguments(POINT)
    return oracle.Box(subject.activation, point["levels"], oracle.numbers(point["scales"]), radius)


def _above(value: float) -> Fraction:
    """A short number a little above."""
    return Fraction(f"{value * (1 + 1e-5):.7e}") if value > 0 else tiny(30)


def _false_rates(subject: Subject, case: Any, s: str, rates: list[Fraction]) -> Iterator[Case]:
    model = _model(subject, Fraction(subject.arguments(BOX)["radius"]))
    at_work = next(residual for residual in subject.residuals if any(residual))
    for h, largest in enumerate(model.largest_rates(at_work, subject.inputs, subject.basis)):
        wrong = _with(rates, h, _above(largest))
        yield case(f"rate {h + 1} just too large", rejected(s, "IR04"), f"above {largest:.3g}", rates=wrong)
        yield case(f"rate {h + 1} is 10^30", rejected(s, "IR04"), rates=_with(rates, h, Fraction(10**30)))
    size = float(max(subject.sizes))
    for h in range(1, len(rates)):  # K_h grows as beta_h falls
        small = tiny(60)
        if (
            model.absorbed(size, [float(rate if i != h else small) for i, rate in enumerate(rates)])
            > float(rates[0]) * 1.01
        ):
            yield case(f"rate {h + 1} is 1e-60", rejected(s, "IR05"), rates=_with(rates, h, small))
    if len(rates) > 1:
        needed = model.absorbed(size, [float(rate) for rate in rates])
        if 0 < needed * 0.99 < float(rates[0]):
            small = Fraction(f"{needed * 0.99:.7e}")
            yield case(
                "rate 1 just too small", rejected(s, "IR05"), f"below {needed:.3g}", rates=_with(rates, 0, small)
            )


def _false_radii(subject: Subject, case: Any, s: str, rates: list[Fraction]) -> Iterator[Case]:
    """The next one-digit radius for which the hypotheses are false, and the next power of ten."""
    shown = Fraction(subject.arguments(BOX)["radius"])
    digits = [Fraction(digit) * Fraction(10) ** power for power in range(-8, 0) for digit in range(1, 10)]
    wrong = next(((r, code) for r in digits if r > shown and (code := _refusal(subject, r, rates))), None)
    if wrong is not None:
        radius, code = wrong
        yield case(f"radius {radius}", rejected(s, code), "Theorem 8 is false there", radius=str(radius))
    large = Fraction(99, 100)
    if subject.activation == "exp" and subject.depth > 1:
        return  # the ranges grow beyond all bounds: IR02 or IR04, depending on the enclosure
    if code := _refusal(subject, large, rates):
        yield case(f"radius {large}", rejected(s, code), "Theorem 8 is false there", radius=str(large))


def _refusal(subject: Subject, radius: Fraction, rates: list[Fraction]) -> str | None:
    """IR02, IR03 or IR04 if the hypotheses are certainly false at this radius, and for that reason first."""
    model = _model(subject, radius)
    size = max(float(size) for size in subject.sizes)
    ranges = model.ranges(size)
    if subject.activation in oracle.KINKED:
        reached = any(abs(place) < reach for place, (reach, _, _) in zip(model.levels, ranges, strict=True))
        return "IR02" if reached else None
    if subject.activation == "square":  # sigma'' = 2: no enclosure is too wide, and IR04 is no danger
        constant = model.ranges(0.0)
        vanishing = any(abs(a) < reach for a, (reach, _, _) in list(zip(model.levels, constant, strict=True))[1:])
        return "IR03" if vanishing and all(rate < 2 for rate in rates) else None
    at_work = next(residual for residual in subject.residuals if any(residual))
    largest = model.largest_rates(at_work, subject.inputs, subject.basis)
    if any(
        float(rate) > most * (1 + 1e-6 * (1 if most > 0 else -1)) for rate, most in zip(rates, largest, strict=True)
    ):
        return "IR04"
    return None


def jensen(subject: Subject) -> Iterator[Case]:
    if not subject.has(JENSEN):
        return
    s = subject.lemmas[JENSEN]
    good = subject.arguments(JENSEN)

    def case(change: str, expected: Answer, because: str = "", **arguments: Any) -> Case:
        draft = subject.draft()
        draft.step(JENSEN)["arguments"] = good | arguments
        return draft.case(change, expected, because)

    gaps, samples = good["gaps"], len(subject.inputs)
    yield case("no gap", rejected(s, "JR02"), gaps=[])
    yield case("a gap twice", rejected(s, "JR05"), "twice the residual", gaps=[*gaps, gaps[0]])
    if len(gaps) > 1:
        yield case("a gap less", rejected(s, "JR05"), gaps=gaps[1:])
    for g, gap in enumerate(gaps):
        for change, code, wrong in _wrong_gaps(subject, gap, samples):
            yield case(f"gap {g}: {change}", rejected(s, code), gaps=[*gaps[:g], gap | wrong, *gaps[g + 1 :]])
    scales = [Fraction(e) for e in good["output_scales"]]
    yield case("an output scale too few", rejected(s, "JR01"), output_scales=good["output_scales"][:-1])
    yield case("an output scale too many", rejected(s, "JR01"), output_scales=[*good["output_scales"], "1"])
    for o, e in enumerate(scales):
        for other in (e + tiny(25), -e, Fraction(0)):
            changed = [str(other if i == o else same) for i, same in enumerate(scales)]
            yield case(f"output scale {o + 1} is {str(other)[:6]}", rejected(s, "JR05"), output_scales=changed)
    intervals = good["intervals"]
    yield case("an interval too few", rejected(s, "JR01"), intervals=intervals[:-1])
    yield case("an interval too many", rejected(s, "JR01"), intervals=[*intervals, intervals[0]])
    yield from _intervals(subject, case, s)
    yield from _orientation(subject, s)


def _wrong_gaps(subject: Subject, gap: dict[str, Any], samples: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    weight, vertices, shares = Fraction(gap["weight"]), gap["vertices"], [Fraction(c) for c in gap["coefficients"]]
    for power in (4, 45):
        yield f"weight off by 1e-{power}", "JR05", {"weight": str(weight + tiny(power))}
        yield (
            f"shares sum to 1 + 1e-{power}",
            "JR03",
            {"coefficients": [str(shares[0] + tiny(power)), *map(str, shares[1:])]},
        )
        if len(shares) > 1:
            k = next(
                (k for k in range(1, len(shares)) if subject.inputs[vertices[k]] != subject.inputs[vertices[0]]), None
            )
            if k is not None:
                moved = [*shares]
                moved[0], moved[k] = moved[0] + tiny(power), moved[k] - tiny(power)
                yield f"shares off by +-1e-{power}", "JR04", {"coefficients": [str(c) for c in moved]}
    for wrong in ("0", str(-weight)):
        yield f"weight {wrong[:5]}", "JR03", {"weight": wrong}
    yield "a negative share", "JR03", {"coefficients": [str(shares[0] + 2), "-1", *map(str, shares[2:])][: len(shares)]}
    yield "a share of 0", "JR03", {"coefficients": [str(sum(shares[:2])), "0", *map(str, shares[2:])][: len(shares)]}
    yield "a share too few", "JR02", {"coefficients": [str(c) for c in shares[:-1]]}
    yield "a vertex too few", "JR02", {"vertices": vertices[:-1]}
    yield (
        "a vertex and a share too few",
        "JR03",
        {"vertices": vertices[:-1], "coefficients": [str(c) for c in shares[:-1]]},
    )
    yield "no vertex", "JR03", {"vertices": [], "coefficients": []}
    for wrong_sample in (-1, samples, 10**17):
        yield f"centre {wrong_sample}", "JR02", {"centre": wrong_sample}
        yield f"vertex {wrong_sample}", "JR02", {"vertices": [*vertices[:-1], wrong_sample]}
    for n in range(samples):
        if subject.inputs[n] != subject.inputs[gap["centre"]]:
            yield f"centre {n}", "JR04", {"centre": n}
            break
    yield "centre is its own mean", "JR05", {"vertices": [gap["centre"]], "coefficients": ["1"]}


def _intervals(subject: Subject, case: Any, s: str) -> Iterator[Case]:
    """Intervals on which sigma is not what it must be, or which do not hold the level."""
    good, point = subject.arguments(JENSEN)["intervals"], subject.arguments(POINT)
    activation = subject.activation
    candidates = [
        (None, None), (None, "0"), ("0", None), ("-1/10", "1/10"), ("-3/2", "3/2"), ("-239/100", "239/100"),
        ("-4", "4"), (None, "-3"), ("5", None), ("-5", "-4"), (None, "1/1000000"), ("-1/1000000", None),
        ("-1/4", "0"), ("0", "1/4"),
    ]  # fmt: skip
    for h in range(subject.depth):
        intervals = [*good[:h], {"lower": "1/2", "upper": "1/2"}, *good[h + 1 :]]
        yield case(f"interval {h + 1} is empty", MALFORMED, intervals=intervals)
        seen = set[Answer]()
        level = point["levels"][h]
        for lower, upper in [*candidates, (level, None), (None, level)]:
            if any(end is not None and end.startswith("log(") for end in (lower, upper)):
                continue
            intervals = [*good[:h], {"lower": lower, "upper": upper}, *good[h + 1 :]]
            answer = interval_answer(subject, intervals, s)
            if answer not in seen:
                seen.add(answer)
                shown = f"({lower}, {upper})".replace("None", "inf")
                yield case(f"interval {h + 1} is {shown}", answer, activation, intervals=intervals)


def interval_answer(subject: Subject, intervals: list[dict[str, Any]], s: str) -> Answer:
    """What the sign pattern on these intervals calls for; the levels and scales are the good ones."""
    point, good = subject.arguments(POINT), subject.arguments(JENSEN)
    ends = [[None if item[key] is None else Fraction(item[key]) for key in ("lower", "upper")] for item in intervals]
    known = [
        [None if item[key] is None else Fraction(item[key]) for key in ("lower", "upper")] for item in good["intervals"]
    ]
    top = oracle.shape_on(subject.activation, *known[-1])
    kappa = top[1] if top else 0  # the good certificate has the right orientation
    for h in reversed(range(subject.depth)):
        shape = oracle.shape_on(subject.activation, *ends[h])
        if shape is None:
            return rejected(s, "JR07")
        slope, curvature = shape
        if curvature != kappa:
            return rejected(s, "JR08")
        for end, side in zip(ends[h], (1, -1), strict=True):
            place = 1 if end is None else side * oracle.sign(oracle.level(point["levels"][h]) - real(end))
            if place <= 0:
                return (rejected if place else undecided)(s, "JR09")
        if h > 0:
            if slope == 0:
                return rejected(s, "JR07")
            kappa *= slope * oracle.sign(Fraction(point["scales"][h - 1]))
    return PROVED


def _orientation(subject: Subject, s: str) -> Iterator[Case]:
    """The sign of V, without the step local-minimum/1 in between."""
    if "output_weights" not in subject.arguments(POINT):
        return
    weights = [Fraction(v) for v in subject.arguments(POINT)["output_weights"]]

    def case(change: str, new: list[Fraction], code: str) -> Case:
        draft: Draft = subject.draft().keep(POINT, JENSEN)
        draft.arguments(POINT)["output_weights"] = [str(v) for v in new]
        return draft.case(change, rejected(s, code))

    yield case("V has the other sign (Jensen)", [-v for v in weights], "JR08")
    yield case("V = 0 (Jensen)", [Fraction(0) for _ in weights], "JR06")
    if len(weights) > 1:
        yield case("V_1 has the other sign (Jensen)", [-weights[0], *weights[1:]], "JR06")
        yield case("V_1 = 0 (Jensen)", [Fraction(0), *weights[1:]], "JR06")
    if subject.has(MINIMUM):
        yield subject.draft().keep(POINT, JENSEN).case("only the Jensen region", PROVED, "Theorem 9 needs no Theorem 7")
