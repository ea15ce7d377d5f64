"""Affine points: the three lemmas about them, and the claims. Everything is exact, so nothing is undecided."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from typing import Any

from proofs.activations import CATALOGUE
from tests.corpus import straight
from tests.corpus.corpus import MALFORMED, Answer, Case, Document, copied, rejected
from tests.corpus.mutations.beyond import blind_direction, shapes
from tests.corpus.mutations.claims import constant_claim, fitted_claim
from tests.corpus.subject import AFFINE, AFFINE_BETTER, AFFINE_OPTIMUM, EXCEPTIONAL, Draft, Subject, alternatives, tiny
from tests.proofs.build import POINT

STEPS = (tiny(60), Fraction(-1, 7), Fraction(10**6))


def affine(subject: Subject) -> Iterator[Case]:
    if not subject.has(AFFINE):
        return
    yield from chain(_layers(subject, AFFINE), _units(subject), _data(subject), _networks(subject))
    if subject.has(AFFINE_BETTER):
        yield from chain(_layers(subject, AFFINE_BETTER), _gaps(subject))
    if subject.has(AFFINE_OPTIMUM):
        yield from _directions(subject)
    yield from chain(_claims(subject), _other_kinds(subject), _two_points(subject), _strangers(subject))


def _answered(draft: Draft, change: str, because: str = "") -> Case:
    """The case with the answer that is true of it."""
    return draft.case(change, straight.expected(draft.instance, draft.certificate), because)


def _layers(subject: Subject, lemma: str) -> Iterator[Case]:
    """Every shape that does not fit, and a weight and a bias of every unit moved."""
    s = subject.lemmas[lemma]

    def case(change: str, expected: Answer, edit: Any, because: str = "") -> Case:
        draft = subject.draft()
        edit(draft.arguments(lemma))
        return draft.case(f"{lemma}: {change}", expected, because)

    yield from shapes(subject, case, s)
    for h, item in enumerate(subject.arguments(lemma)["layers"]):
        for i, (row, bias) in enumerate(zip(item["weights"], item["biases"], strict=True)):
            k = (h + i) % len(row)
            for step in STEPS:
                draft = subject.draft()
                draft.arguments(lemma)["layers"][h]["weights"][i][k] = str(Fraction(row[k]) + step)
                yield _answered(draft, f"{lemma}: layer {h + 1}, weight {i}, {k} moved by {str(step)[:5]}")
                draft = subject.draft()
                draft.arguments(lemma)["layers"][h]["biases"][i] = str(Fraction(bias) + step)
                yield _answered(draft, f"{lemma}: layer {h + 1}, bias {i} moved by {str(step)[:5]}")
            draft = subject.draft()
            unit = draft.arguments(lemma)["layers"][h]
            unit["weights"][i] = [str(-Fraction(w)) for w in row]
            unit["biases"][i] = str(-Fraction(bias))
            yield _answered(draft, f"{lemma}: layer {h + 1}, unit {i} negated")
    for foreign in ({"piece": 0}, {"loss": "0"}):
        draft = subject.draft()
        draft.arguments(lemma).update(foreign)
        yield draft.case(f"{lemma}: with {next(iter(foreign))}", MALFORMED, "an unknown field")


def _units(subject: Subject) -> Iterator[Case]:
    """One unit more with outgoing weights 0: it must be straight, and the claim must leave room for it."""
    layers = subject.arguments(AFFINE)["layers"]
    kink, *_, last = straight.KINKS[subject.activation] * 2
    for h in range(subject.depth):
        size = len(layers[h]["weights"][0])
        for change, row, bias in (
            ("a copy", layers[h]["weights"][0], layers[h]["biases"][0]),
            ("constant at the kink", ["0"] * size, str(kink)),
            ("constant near the kink", ["0"] * size, str(kink + tiny(60))),
            ("constant on the left", ["0"] * size, str(kink - 1)),
            ("constant on the right", ["0"] * size, str(last + 1)),
            ("constant in the middle", ["0"] * size, str((kink + last) / 2)),
            ("that bends", [str(10**9), *["0"] * (size - 1)], str(kink)),
        ):
            draft = subject.draft()
            wider = draft.arguments(AFFINE)["layers"]
            wider[h]["weights"].append(row)
            wider[h]["biases"].append(bias)
            for outgoing in wider[h + 1]["weights"]:
                outgoing.append("0")
            yield _answered(draft, f"layer {h + 1}: one more unit, {change}")
            draft.claim["least_widths"] = [width + 1 for width in draft.claim["least_widths"]]
            yield _answered(draft, f"layer {h + 1}: one more unit, {change}, and the claim knows")


def _data(subject: Subject) -> Iterator[Case]:
    """Samples moved: the normal equations fail, or they do not and the loss is another."""
    count = len(subject.inputs)
    for step in (tiny(60), Fraction(1, 3)):
        for change, moves in (
            ("one target", {count // 2: step}),
            ("two targets against each other", {0: step, count - 1: -step}),
            ("all targets alike", dict.fromkeys(range(count), step)),
        ):
            draft = subject.draft()
            for n, by in moves.items():
                row = draft.instance["data"]["targets"][n]
                row[-1] = str(Fraction(row[-1]) + by)
            yield _answered(draft, f"{change} moved by {str(step)[:3]}")
            yield _answered(_bare(draft), f"{change} moved by {str(step)[:3]}, and the claim knows")
        for n in (0, count - 1):
            draft = subject.draft()
            row = draft.instance["data"]["inputs"][n]
            row[0] = str(Fraction(row[0]) + step)
            yield _answered(draft, f"input of sample {n} moved by {str(step)[:3]}")
    outputs = straight.Network(subject.good.instance, subject.arguments(AFFINE)["layers"]).sums[-1]
    draft = subject.draft()
    draft.instance["data"]["targets"] = [[str(t) for t in row] for row in outputs]
    yield _answered(draft, "the targets are fitted", "a global minimum")
    draft.claim["loss"] = "0"
    yield _answered(draft, "the targets are fitted, and the claim knows", "a global minimum")
    draft = subject.draft()
    for rows in draft.instance["data"].values():
        rows.append(copied(rows[0])) if rows and isinstance(rows[0], list) else None
    yield _answered(draft, "the first sample twice")


def _bare(draft: Draft) -> Draft:
    """The minimum alone, with the loss that its network has."""
    draft.certificate["steps"] = [step for step in draft.steps if step["lemma"] == AFFINE]
    draft.claim.pop("gap", None)
    loss = straight.Network(draft.instance, draft.arguments(AFFINE)["layers"]).loss(draft.instance)
    draft.claim.update(kind="affine-minimum", loss=str(loss), optimum_widths=None, optimum=None)
    return draft


def _networks(subject: Subject) -> Iterator[Case]:
    """Every other activation, bias, loss, depth and fixed widths."""
    for name in CATALOGUE:
        if name != subject.activation:
            draft = subject.draft()
            draft.instance["network"]["activation"] = name
            yield _answered(draft, f"activation {name}")
    least = subject.claim["least_widths"]
    for change, edit in (
        ("the other output bias", {"output_bias": not subject.biased}),
        ("the least widths", {"widths": least}),
        ("widths 1", {"widths": [1] * subject.depth}),
        ("the last width one less", {"widths": [*least[:-1], max(1, least[-1] - 1)]}),
        ("widths 10^12", {"widths": [10**12] * subject.depth}),
        *(
            (f"another depth, {depth}", {"depth": depth, "widths": "every"})
            for depth in (1, 2, 3)
            if depth != subject.depth
        ),
    ):
        draft = subject.draft()
        draft.instance["network"] |= edit
        yield _answered(draft, change)
    for loss in ("logistic", "pseudo-huber", "poisson"):
        draft = subject.draft()
        draft.instance["loss"] = loss
        yield _answered(draft, f"{loss} loss")


def _gaps(subject: Subject) -> Iterator[Case]:
    good = Fraction(subject.arguments(AFFINE_BETTER)["gap"])
    better = straight.Network(subject.good.instance, subject.arguments(AFFINE_BETTER)["layers"])
    true = Fraction(subject.claim["loss"]) - better.loss(subject.good.instance)
    for change, gap in (
        ("zero", Fraction(0)),
        ("negative", -good),
        ("half", good / 2),
        ("the true one", true),
        ("more than the true one by 1e-60", true + tiny(60)),
        ("E*", Fraction(subject.claim["loss"])),
        ("more than E*", Fraction(subject.claim["loss"]) + 1),
    ):
        draft = subject.draft()
        draft.arguments(AFFINE_BETTER)["gap"] = str(gap)
        yield _answered(draft, f"gap {change}")
    draft = subject.draft()
    draft.arguments(AFFINE_BETTER)["layers"] = subject.arguments(AFFINE)["layers"]
    yield _answered(draft, "the minimum for the better point")


def _directions(subject: Subject) -> Iterator[Case]:
    good = subject.arguments(AFFINE_OPTIMUM)["direction"]
    directions = {
        "zero": ["0"] * len(good),
        "too short": good[:-1],
        "too long": [*good, "1"],
        "1e-60 times as long": [str(Fraction(g) * tiny(60)) for g in good],
        "turned round": [str(-Fraction(g)) for g in good],
    }
    if (blind := blind_direction(subject)) is not None:
        directions["that sees two inputs as one"] = [str(g) for g in blind]
    for change, direction in directions.items():
        draft = subject.draft()
        draft.arguments(AFFINE_OPTIMUM)["direction"] = direction
        yield _answered(draft, f"a direction {change}")
    draft = subject.draft()
    draft.arguments(AFFINE_OPTIMUM)["carriers"] = []
    yield draft.case("carriers, which are not needed", MALFORMED)


def _claims(subject: Subject) -> Iterator[Case]:
    claim = subject.claim
    widths, loss = claim["least_widths"], Fraction(claim["loss"])
    changes: dict[str, Document] = {
        "region affine": {"region": "affine"},
        "region constant": {"region": "constant"},
        "loss less": {"loss": str(loss - tiny(60))},
        "loss more": {"loss": str(loss + tiny(60))},
        "loss 0": {"loss": "0"},
        "no widths": {"least_widths": []},
        "a width too many": {"least_widths": [*widths, 9]},
        "a width too few": {"least_widths": widths[:-1]},
        "a million": {"least_widths": [10**6] * len(widths)},
    }
    for h, width in enumerate(widths):
        for wrong in (0, -1, width - 1, width + 1):
            changes[f"width {h + 1} is {wrong}"] = {"least_widths": alternatives(widths, h, wrong)}
    if "gap" in claim:
        gap = Fraction(claim["gap"])
        changes |= {
            f"gap {str(value)[:9]}": {"gap": str(value)}
            for value in (Fraction(0), -gap, gap / 3, gap + tiny(60), gap * 2, loss, loss + 1)
        }
    best, least = claim["optimum_widths"], claim["optimum"]
    if best is not None:
        changes["no optimum"] = {"optimum_widths": None, "optimum": None}
        for wrong in (best[:-1], [*best, 9], [*best[:-1], best[-1] - 1], [*best[:-1], best[-1] + 7], [0] * len(best)):
            changes[f"optimum widths {wrong}"] = {"optimum_widths": wrong}
        for value in (Fraction(least) + tiny(60), Fraction(least) - tiny(60), loss, Fraction(1, 3)):
            changes[f"optimum {str(value)[:9]}"] = {"optimum": str(value)}
    else:
        changes["an optimum"] = {"optimum_widths": [10**6] * len(widths), "optimum": "0"}
    for change, fields in changes.items():
        draft = subject.draft()
        draft.claim.update(fields)
        yield _answered(draft, f"claim: {change}")
    draft = subject.draft()
    if draft.claim.pop("gap", None) is not None:
        yield draft.case("claim: without its gap", MALFORMED)
        draft.claim["kind"] = "affine-minimum"
        yield _answered(draft, "claim: only a minimum")
    for region in ("", "Affine", "box"):
        draft = subject.draft()
        draft.claim["region"] = region
        yield draft.case(f"claim: region {region!r}", MALFORMED)
    for field in ("optimum", "optimum_widths"):
        draft = subject.draft()
        draft.claim[field] = {"optimum": "0", "optimum_widths": [9] * len(widths)}[field] if best is None else None
        yield draft.case(f"claim: {field} without the other", MALFORMED)


def _other_kinds(subject: Subject) -> Iterator[Case]:
    names = subject.good.instance["data"]["features"]
    for change, claim, code in (
        ("a constant point", constant_claim(subject), "CL01"),
        ("a fitted point", fitted_claim(subject), "CL01"),
        ("an obstruction", {"kind": "obstruction", "features": names}, "CL10"),
        ("an exceptional activation", {"kind": "exceptional-activation"}, "CL12"),
    ):
        draft = subject.draft()
        draft.certificate["claim"] = claim
        yield draft.case(f"claim: {change} instead", rejected("claim", code))
    for kind in ("local-minimum", "fitted-minimum", "obstruction", "affine", "global-affine-minimum"):
        draft = subject.draft()
        draft.claim["kind"] = kind
        yield draft.case(f"claim: its kind changed to {kind}", MALFORMED)


def _two_points(subject: Subject) -> Iterator[Case]:
    """A second affine minimum: the same once more, and with twice as many units."""
    for change, where in (("in front", 0), ("behind", len(subject.lemmas))):
        draft = subject.draft()
        step = {"id": "other", "lemma": AFFINE, "premises": [], "arguments": subject.arguments(AFFINE)}
        draft.steps.insert(where, step)
        yield _answered(draft, f"a second minimum {change}")
        for lemma in (AFFINE_BETTER, AFFINE_OPTIMUM):
            if subject.has(lemma) and where == 0:
                draft.step(lemma)["premises"] = ["other"]
                yield _answered(draft, f"{lemma} about another minimum")


def _strangers(subject: Subject) -> Iterator[Case]:
    """Lemmas that have nothing to do with this instance."""
    levels = ["-1"] * subject.depth
    count = len(subject.targets[0])
    point = {"levels": levels, "scales": levels[1:], "constants": [str(10**9)] * count, "dependent": []}
    point |= {"output_weights": ["1"] * count} if subject.biased else {}
    for lemma, arguments, code in ((POINT, point, "CP03"), (EXCEPTIONAL, {}, "EA01")):
        draft = subject.draft()
        draft.steps.insert(0, {"id": "more", "lemma": lemma, "premises": [], "arguments": arguments})
        yield draft.case(f"a step {lemma}", rejected("more", code))
