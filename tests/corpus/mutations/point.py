"""constant-point/1 and local-minimum/1: data, constants, levels, scales and signs, each moved by a small step."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from tests.corpus import oracle
from tests.corpus.corpus import PROVED, Answer, Case, rejected, undecided
from tests.corpus.subject import UNDECIDABLE, Draft, Subject, pattern_failure, tiny
from tests.proofs.build import MINIMUM, POINT

POWERS = (1, 3, 9, 40, 300)
LEVELS = ("0", "1/3", "-1/3", "3", "-3", "log(1/5)", "log(5)", "1/10000", "-1/10000")


def point(subject: Subject) -> Iterator[Case]:
    s = subject.lemmas[POINT]
    good = subject.arguments(POINT)
    for o, c in enumerate(good["constants"]):
        for power in POWERS:
            step = tiny(power) if power % 2 else -tiny(power)
            draft = subject.draft()
            draft.arguments(POINT)["constants"][o] = str(Fraction(c) + step)
            draft.consistent()
            yield draft.case(f"constant {o + 1} off by {_size(step)}", rejected(s, "CP03"), "<D,1> = N times that")
    for field in ("levels", "scales", "constants", "output_weights"):
        for change, edit in (("short", lambda v: v[:-1]), ("long", lambda v: [*v, "1"])):
            if field in good and edit(good[field]) != good[field]:
                draft = subject.draft()
                draft.arguments(POINT)[field] = edit(good[field])
                yield draft.case(f"{field} too {change}", rejected(s, "CP01"))
    for h in range(len(good["scales"])):
        draft = subject.draft()
        draft.arguments(POINT)["scales"][h] = "0"
        yield draft.case(f"scale {h + 2} is 0", rejected(s, "CP02"))
    if "output_weights" in good:
        draft = subject.draft()
        draft.arguments(POINT)["output_weights"] = ["0"] * len(good["output_weights"])
        if subject.has(MINIMUM):
            yield draft.case("V = 0", rejected(subject.lemmas[MINIMUM], "LM04"))
    if subject.inline:
        yield from _targets(subject, s)
        yield from _inputs(subject, s)
    yield from _dependent(subject, s)


def _size(step: Fraction) -> str:
    return f"{'-' if step < 0 else ''}1e-{len(str(step.denominator)) - 1}"


def _targets(subject: Subject, s: str) -> Iterator[Case]:
    targets = subject.targets
    last = len(targets) - 1
    for power, n, o in zip(POWERS, (0, last, last // 2, 0, last), (0, -1, 0, -1, 0), strict=True):
        draft = subject.draft()
        draft.instance["data"]["targets"][n][o] = str(targets[n][o] + tiny(power))
        draft.consistent()
        yield draft.case(f"target {n}, {o} off by 1e-{power}", rejected(s, "CP03"), "<D,1> is minus that")
    for k, power in enumerate(POWERS):
        n = k % last
        m = next(m for m in range(last, -1, -1) if subject.inputs[m] != subject.inputs[n])
        draft = subject.draft()
        draft.instance["data"]["targets"][n][0] = str(targets[n][0] + tiny(power))
        draft.instance["data"]["targets"][m][0] = str(targets[m][0] - tiny(power))
        draft.consistent()
        yield draft.case(f"targets {n}, {m} off by +-1e-{power}", rejected(s, "CP04"), "<D,x> changes, <D,1> does not")
    draft = subject.draft()
    draft.instance["data"]["targets"] = []
    yield draft.case("no targets", rejected(s, "CP01"))
    draft = subject.draft()
    for row in draft.instance["data"]["targets"]:
        row.append("0")
    yield draft.case("one output more", rejected(s, "CP01"))


def _inputs(subject: Subject, s: str) -> Iterator[Case]:
    residual = subject.residuals[0]
    used = [n for n, d in enumerate(residual) if d]
    for k, power in enumerate(POWERS):
        n, j = used[k % len(used)], k % len(subject.inputs[0])
        draft = subject.draft()
        draft.instance["data"]["inputs"][n][j] = str(subject.inputs[n][j] + tiny(power))
        draft.consistent()
        yield draft.case(f"input {n}, {j} off by 1e-{power}", rejected(s, "CP04"), "<D,x> changes by D_n times that")
    draft = subject.draft()
    inputs = draft.instance["data"]["inputs"]
    n = used[0]
    m = next(m for m in range(len(inputs)) if residual[m] != residual[n] and subject.inputs[m] != subject.inputs[n])
    inputs[n], inputs[m] = inputs[m], inputs[n]
    draft.consistent()
    yield draft.case(f"inputs {n} and {m} exchanged", rejected(s, "CP04"), "their D differ")
    draft = subject.draft()
    draft.instance["data"]["inputs"].append([str(v + 1) for v in subject.inputs[0]])
    draft.instance["data"]["targets"].append([str(v) for v in subject.targets[used[0]]])
    draft.consistent()
    yield draft.case("one sample more", rejected(s, "CP03"), "its D is not 0")
    draft = subject.draft()
    for which in ("inputs", "targets"):
        del draft.instance["data"][which][used[-1]]
    draft.consistent()
    yield draft.case("one sample less", rejected(s, "CP03"), "its D is not 0")


def _dependent(subject: Subject, s: str) -> Iterator[Case]:
    given, size = subject.arguments(POINT)["dependent"], len(subject.inputs[0])

    def case(change: str, dependent: list[dict[str, Any]], expected: Answer, because: str = "") -> Case:
        draft = subject.draft()
        draft.arguments(POINT)["dependent"] = dependent
        return draft.case(change, expected, because)

    def relation(feature: int, coefficients: list[str], constant: str) -> dict[str, Any]:
        return {"feature": feature, "coefficients": coefficients, "constant": constant}

    rank = len(subject.basis)
    for feature in (-1, size, 10**17):
        extra = relation(feature, ["0"] * rank, "0")
        yield case(f"feature {feature} is dependent", [*given, extra], rejected(s, "CP06"), "there is none")
    every = [relation(j, [], "0") for j in range(size)]
    yield case("every feature is dependent", every, rejected(s, "CP06"), "no basis is left")
    if rank > 1:
        j = subject.basis[0]
        kept = [{**item, "coefficients": item["coefficients"][1:]} for item in given]
        claimed = [*kept, relation(j, ["0"] * (rank - 1), "0")]
        yield case(f"feature {j} is dependent", claimed, rejected(s, "CP07"), "it is not constant 0")
        few = [*given, relation(j, ["0"] * rank, "0")]
        yield case(f"feature {j} is a function of itself", few, rejected(s, "CP06"), "not that many are independent")
    if not given:
        return
    yield case("a dependent feature twice", [*given, given[0]], rejected(s, "CP06"))
    minimum = rejected(subject.lemmas[MINIMUM], "LM02") if subject.has(MINIMUM) else PROVED
    yield case("no dependent feature", [], minimum, "M is singular")
    for power in (2, 50):
        for i, item in enumerate(given):
            wrong = {**item, "constant": str(Fraction(item["constant"]) + tiny(power))}
            changed = [wrong if k == i else other for k, other in enumerate(given)]
            yield case(f"relation {i}: constant off by 1e-{power}", changed, rejected(s, "CP07"))
            for k, c in enumerate(item["coefficients"]):
                wrong = {**item, "coefficients": [*item["coefficients"]]}
                wrong["coefficients"][k] = str(Fraction(c) - tiny(power))
                changed = [wrong if k == i else other for k, other in enumerate(given)]
                yield case(f"relation {i}: coefficient {k} off by 1e-{power}", changed, rejected(s, "CP07"))
    short = [{**given[0], "coefficients": given[0]["coefficients"][:-1]}, *given[1:]]
    yield case("a coefficient missing", short, rejected(s, "CP06"))


def minimum(subject: Subject) -> Iterator[Case]:
    if not subject.has(MINIMUM):
        return
    s = subject.lemmas[MINIMUM]
    good = subject.arguments(POINT)
    if "output_weights" in good:
        for o, v in enumerate(good["output_weights"]):
            draft = subject.draft().keep(POINT, MINIMUM)
            draft.arguments(POINT)["output_weights"][o] = str(-Fraction(v))
            yield _answered(subject, draft, f"V_{o + 1} has the other sign")
            draft = subject.draft().keep(POINT, MINIMUM)
            draft.arguments(POINT)["output_weights"][o] = "0"
            yield _answered(subject, draft, f"V_{o + 1} = 0")
    for h, scale in enumerate(good["scales"]):
        draft = subject.draft().keep(POINT, MINIMUM)
        draft.arguments(POINT)["scales"][h] = str(-Fraction(scale))
        yield _answered(subject, draft, f"s_{h + 2} has the other sign")
    for h in range(subject.depth):
        seen = set()
        for place in (*LEVELS, _mirrored(good["levels"][h])):
            draft = subject.draft().keep(POINT, MINIMUM)
            draft.arguments(POINT)["levels"][h] = place
            failure = pattern_failure(subject, draft.arguments(POINT))
            if failure not in seen:
                seen.add(failure)
                yield _answered(subject, draft, f"layer {h + 1} sits at {place}")
    if subject.inline:
        yield from _residuals(subject, s)


def _mirrored(level: str) -> str:
    return f"log({1 / Fraction(level[4:-1])})" if level.startswith("log(") else str(-Fraction(level))


def _answered(subject: Subject, draft: Draft, change: str, *, negated: bool = False) -> Case:
    failure = pattern_failure(subject, draft.arguments(POINT), negated=negated)
    if failure is None:
        return draft.case(change, PROVED, "the signs still fit")
    lemma, code = failure
    answer = (undecided if code in UNDECIDABLE else rejected)(subject.lemmas[lemma], code)
    return draft.case(change, answer, "sign pattern")


def _residuals(subject: Subject, s: str) -> Iterator[Case]:
    """Other targets, for which the point is critical too."""
    constants = [Fraction(c) for c in subject.arguments(POINT)["constants"]]

    def with_targets(residuals: oracle.Rows) -> Draft:
        draft = subject.draft().keep(POINT, MINIMUM)
        columns = [[str(c - d) for d in residual] for c, residual in zip(constants, residuals, strict=True)]
        draft.instance["data"]["targets"] = [list(row) for row in zip(*columns, strict=True)]
        draft.claim["loss"] = str(sum(d * d for residual in residuals for d in residual))
        return draft

    draft = with_targets([[-d for d in residual] for residual in subject.residuals])
    yield _answered(subject, draft, "D has the other sign", negated=True)
    draft = with_targets([[Fraction(0)] * len(residual) for residual in subject.residuals])
    yield draft.case("D = 0", rejected(s, "LM03"), "a global minimum")
    draft = with_targets([[2 * d for d in residual] for residual in subject.residuals])
    yield draft.case("D twice as large", PROVED, "the same signs")
    if len(subject.residuals) > 1:
        first, *others = subject.residuals
        yield with_targets([[-d for d in first], *others]).case("D_1 has the other sign", rejected(s, "LM04"))
        yield with_targets([[Fraction(0)] * len(first), *others]).case("D_1 = 0", PROVED, "the others suffice")
    for change, residual in indefinite(subject):
        draft = with_targets([residual, *subject.residuals[1:]])
        yield draft.case(change, rejected(s, "LM02"), "exactly")
        if subject.biased:
            point = draft.arguments(POINT)
            point["output_weights"] = [str(-Fraction(v)) for v in point["output_weights"]]
            yield draft.case(f"{change}, and V the other sign", rejected(s, "LM02"), "exactly")
    if not subject.biased:  # without an output bias V_o = c_o / sigma(a_H)
        draft = subject.draft().keep(POINT, MINIMUM)
        for row, before in zip(draft.instance["data"]["targets"], subject.targets, strict=True):
            row[:] = [str(y - 2 * c) for y, c in zip(before, constants, strict=True)]
        draft.arguments(POINT)["constants"] = [str(-c) for c in constants]
        yield _answered(subject, draft, "c has the other sign")
        draft = subject.draft().keep(POINT, MINIMUM)
        for row, before in zip(draft.instance["data"]["targets"], subject.targets, strict=True):
            row[:] = [str(y - c) for y, c in zip(before, constants, strict=True)]
        draft.arguments(POINT)["constants"] = ["0"] * len(constants)
        yield _answered(subject, draft, "c = 0")


def indefinite(subject: Subject) -> Iterator[tuple[str, list[Fraction]]]:
    """Residuals orthogonal to 1 and x whose M is indefinite, singular or zero."""
    if len(subject.inputs) > 20:
        return
    found = oracle.annihilators(subject.inputs)
    first = oracle.moment(found[0], subject.inputs, subject.basis)
    for vector in found:
        if not oracle.definite(oracle.moment(vector, subject.inputs, subject.basis)):
            yield "D has an M that is not definite", vector
            break
    for vector in found[1:]:  # a combination whose first moment vanishes
        other = oracle.moment(vector, subject.inputs, subject.basis)
        mixed = [other[0][0] * a - first[0][0] * b for a, b in zip(found[0], vector, strict=True)]
        if any(mixed):
            yield "D has an M with M_11 = 0", mixed
            nudged = [a + tiny(50) * b for a, b in zip(mixed, subject.residuals[0], strict=True)]
            if not oracle.definite(oracle.moment(nudged, subject.inputs, subject.basis)):
                yield "D has an M with M_11 = 1e-50", nudged
            break
