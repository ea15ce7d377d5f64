"""The chain of steps: names, lemmas, premises and order."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from tests.corpus.corpus import MALFORMED, PROVED, Answer, Case, copied, rejected, undecided
from tests.corpus.mutations.examined import unsupported
from tests.corpus.straight import expected
from tests.corpus.subject import (
    AFFINE,
    AFFINE_BETTER,
    AFFINE_OPTIMUM,
    ALONE,
    ANY,
    EXCEPTIONAL,
    FITTED,
    FITTED_BETTER,
    FITTED_OPTIMUM,
    REGION,
    UNIFORM,
    Subject,
)
from tests.proofs.build import BETTER, BOX, GENERIC, JENSEN, MINIMUM, OBSTRUCTION, OPTIMUM, POINT
from tests.proofs.examined import BETTER as EXAMINED_BETTER
from tests.proofs.examined import CRITICAL, EXACT, FIT, REPLICATED, REPLICATED_SADDLE, SADDLE, SLOPE, SPECTRUM, STRICT
from tests.proofs.examined import OPTIMUM as EXAMINED_OPTIMUM

UNKNOWN = (
    "constant-point/2",
    "constant-point",
    "Constant-point/1",
    "constant-point/1 ",
    "",
    "trust-me/1",
    "constant-point/01",
)
BAD_NAMES = ("", "1", "S1", "-s", "s_1", "s 1", "s1\n", "s.1", "\u0455", "s\u0661", "s" * 41, "claim!", "\ud800")
PREMISES = {
    POINT: [], MINIMUM: [POINT], BOX: [MINIMUM], JENSEN: [POINT], BETTER: [POINT], OPTIMUM: [POINT], GENERIC: [MINIMUM],
    OBSTRUCTION: [], FITTED: [], ANY: [FITTED], UNIFORM: [FITTED], REGION: [FITTED], FITTED_BETTER: [FITTED],
    FITTED_OPTIMUM: [FITTED], EXCEPTIONAL: [], AFFINE: [], AFFINE_BETTER: [AFFINE], AFFINE_OPTIMUM: [AFFINE],
    CRITICAL: [], STRICT: [CRITICAL], SADDLE: [CRITICAL], SLOPE: [], EXACT: [], EXAMINED_OPTIMUM: [], FIT: [],
    EXAMINED_BETTER: [CRITICAL], SPECTRUM: [CRITICAL], REPLICATED: [STRICT], REPLICATED_SADDLE: [CRITICAL],
}  # fmt: skip


def steps(subject: Subject) -> Iterator[Case]:
    for index, step in enumerate(subject.good.certificate["steps"]):
        yield from _names(subject, index, step["id"])
        yield from _premises(subject, index, step["id"], step["premises"])
        yield _removed(subject, index)
        draft = subject.draft()
        draft.steps.insert(index + 1, copied(step))
        yield draft.case(f"{step['id']} twice", rejected(step["id"], "KE02"))
        draft = subject.draft()
        draft.steps.append({**copied(step), "id": "again"})
        twice = rejected("claim", "CL01") if step["lemma"] in ALONE else PROVED
        yield draft.case(f"{step['id']} again under another name", twice)
        others = [lemma for lemma in subject.lemmas if lemma != step["lemma"]]
        for other in others[index % 3 :: 3]:
            draft = subject.draft()
            draft.steps[index]["lemma"] = other
            alike = PREMISES[other] == PREMISES[step["lemma"]]  # then only its arguments are others
            answer = MALFORMED if alike else rejected(step["id"], "KE05")
            yield draft.case(f"{step['id']} is called {other}", answer)
    yield from _orders(subject)
    if subject.has(POINT):
        yield from _two_points(subject)
    for lemma in UNKNOWN[len(subject.name) % 3 :: 3]:
        draft = subject.draft()
        draft.steps.append({"id": "more", "lemma": lemma, "premises": [], "arguments": {"anything": 0}})
        yield draft.case(f"a step {lemma!r}", undecided("more", "KE03"))


def _names(subject: Subject, index: int, name: str) -> Iterator[Case]:
    bad = BAD_NAMES[(len(subject.name) + index) % len(BAD_NAMES)]
    draft = subject.draft()
    draft.steps[index]["id"] = bad
    yield draft.case(f"{name} is named {bad[:9]!r}", rejected(bad, "KE01"))
    draft = subject.draft()
    draft.steps[index]["lemma"] = draft.steps[index]["lemma"].replace("/1", "/2")
    yield draft.case(f"{name}: another version of the lemma", undecided(name, "KE03"))
    draft = subject.draft()
    draft.steps[index]["id"] = "renamed"
    using = next((s["id"] for s in draft.steps if name in s["premises"]), None)
    yield draft.case(f"{name} renamed", rejected(using, "KE04") if using else PROVED, "who uses it does not find it")


def _premises(subject: Subject, index: int, name: str, good: list[str]) -> Iterator[Case]:
    steps = subject.good.certificate["steps"]
    before, after = [s["id"] for s in steps[:index]], [s["id"] for s in steps[index + 1 :]]

    def case(change: str, premises: list[str], code: str) -> Case:
        draft = subject.draft()
        draft.steps[index]["premises"] = premises
        return draft.case(f"{name}: {change}", rejected(name, code))

    yield case("a premise that does not exist", [*good, "nobody"], "KE04")
    yield case("itself as a premise", [*good, name], "KE04")
    yield case("the claim as a premise", [*good, "claim"], "KE04")
    if after:
        yield case("a later step as a premise", [*good, after[-1]], "KE04")
        yield case("a later step as the premise", [after[0]], "KE04")
    if good:
        yield case("no premise", [], "KE05")
        yield case("its premise twice", good * 2, "KE05")
    for other in before:
        if [other] != good:
            yield case(f"{other} as the premise", [other], "KE05")
            break


def _removed(subject: Subject, index: int) -> Case:
    draft = subject.draft()
    step = draft.steps.pop(index)
    name, lemma = step["id"], step["lemma"]
    change = f"{name} removed"
    using = next((s["id"] for s in draft.steps if name in s["premises"]), None)
    if using is not None:
        return draft.case(change, rejected(using, "KE04"))
    if not draft.steps:
        return draft.case(change, undecided("certificate", "CE02"))
    return draft.case(change, _unsupported(subject, lemma))


def _unsupported(subject: Subject, lemma: str) -> Answer:
    """What the claim lacks without this lemma, which no other step uses."""
    if subject.trained:
        return unsupported(subject, lemma)
    claim, left = subject.claim, [other for other in subject.lemmas if other != lemma]
    if subject.has(FITTED):
        return _unsupported_fitted(subject, lemma, left)
    if subject.has(AFFINE):
        steps = [step for step in subject.good.certificate["steps"] if step["lemma"] != lemma]
        return expected(subject.good.instance, {**subject.good.certificate, "steps": steps})
    if lemma == POINT:
        return rejected("claim", "CL01")
    if not {MINIMUM, JENSEN} & set(left):
        return rejected("claim", "CL02")
    if "gap" in claim and not subject.shows_lower(claim["least_widths"], Fraction(claim["gap"]), without=lemma):
        return rejected("claim", "CL05")
    code = {BOX: "CL06", JENSEN: "CL07", OPTIMUM: "CL08", GENERIC: "CL09"}.get(lemma)
    claimed = {BOX: "box_radius", JENSEN: "jensen_region", OPTIMUM: "zero_loss_widths", GENERIC: "generic"}
    return rejected("claim", code) if code and claim[claimed[lemma]] else PROVED


def _unsupported_fitted(subject: Subject, lemma: str, left: list[str]) -> Answer:
    claim = subject.claim
    if not {ANY, REGION} & set(left) and (claim["lifts"] == "any" or UNIFORM not in left):
        return rejected("claim", "CL02")
    if lemma == REGION and claim["region_radius"]:
        return rejected("claim", "CL06")
    if lemma == FITTED_BETTER or (lemma == FITTED_OPTIMUM and FITTED_BETTER not in left):
        return rejected("claim", "CL05")
    return rejected("claim", "CL08") if lemma == FITTED_OPTIMUM and claim["optimum_widths"] else PROVED


def _orders(subject: Subject) -> Iterator[Case]:
    """Each step moved before its premise, everything reversed, and what depends on nothing else moved to the end."""
    good = subject.good.certificate["steps"]
    for index, step in enumerate(good):
        if step["premises"]:
            draft = subject.draft()
            draft.steps.insert(0, draft.steps.pop(index))
            yield draft.case(f"{step['id']} first", rejected(step["id"], "KE04"))
    if len(good) > 1:
        draft = subject.draft()
        draft.steps.reverse()
        names = [s["id"] for s in draft.steps]
        early = [s["id"] for i, s in enumerate(draft.steps) if not set(s["premises"]) <= set(names[:i])]
        yield draft.case("the steps reversed", rejected(early[0], "KE04") if early else PROVED)
        free = [i for i, s in enumerate(good) if not any(s["id"] in other["premises"] for other in good)]
        draft = subject.draft()
        draft.steps.append(draft.steps.pop(free[0]))
        yield draft.case(f"{good[free[0]]['id']} last", PROVED, "nothing depends on it")


def _two_points(subject: Subject) -> Iterator[Case]:
    """A second critical point in the same certificate, and steps about one lending their conclusion to the other."""
    point = subject.arguments(POINT)
    other = {**point, "scales": [str(3 * Fraction(s)) for s in point["scales"]], "levels": ["1/7"] * subject.depth}
    for change, where in (("in front", 0), ("behind", None)):
        draft = subject.draft()
        step = {"id": "other", "lemma": POINT, "premises": [], "arguments": other}
        draft.steps.insert(len(draft.steps) if where is None else where, step)
        yield draft.case(f"a second critical point {change}", rejected("claim", "CL01"))
    for lemma in (BETTER, OPTIMUM):
        if subject.has(lemma):
            draft = subject.draft()
            step = {"id": "other", "lemma": POINT, "premises": [], "arguments": other}
            draft.steps.insert(1, step)
            draft.step(lemma)["premises"] = ["other"]
            yield draft.case(f"{lemma} about another point", rejected("claim", "CL01"))
