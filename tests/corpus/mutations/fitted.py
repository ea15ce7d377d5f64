"""Fitted points: fitted-point/1 and the lemmas about it, the claims about it, and exceptional-activation/1.

What a case must get follows from the critical chain, computed a second time with mpmath (`tests.proofs.fitted`). The
changes are so large that it is no matter of enclosures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import Any

import mpmath
import numpy as np

from proofs.activations import CATALOGUE
from proofs.formulas import ROWS
from tests.corpus import oracle
from tests.corpus.corpus import MALFORMED, PROVED, Answer, Case, Document, rejected, undecided
from tests.corpus.mutations.beyond import add_unit, blind_direction, flat_carriers, shapes
from tests.corpus.mutations.claims import affine_claim, constant_claim, fitted_claim
from tests.corpus.mutations.foreign import exceptional_answer
from tests.corpus.subject import (
    ANY,
    EXCEPTIONAL,
    FITTED,
    FITTED_BETTER,
    FITTED_OPTIMUM,
    REGION,
    UNIFORM,
    Draft,
    Subject,
    alternatives,
    layers_of,
    tiny,
)
from tests.proofs import fitted as chains
from tests.proofs.build import POINT
from tests.proofs.build import Case as Built
from tests.proofs.oracle import real, sigma

SMOOTH = ("sigmoid", "tanh", "softplus", "silu", "gelu", "erf", "arctan")
DOMAINS: dict[str, tuple[str, ...]] = {"logistic": ("0", "1", "-1/2", "3/2"), "poisson": ("0", "-1")}


def fitted(subject: Subject) -> Iterator[Case]:
    if subject.has(EXCEPTIONAL):
        yield from _exceptional(subject)
    if not subject.has(FITTED):
        return
    truth = Truth(subject)
    if subject.depth > 2:  # a check takes long
        yield from chain(_shape(subject), _moved(truth), _lifts(truth), _region(truth))
        return
    yield from chain(_shape(subject), _basis(subject), _instance(subject), _moved(truth), _targets(truth))
    yield from chain(_lifts(truth), _region(truth), _better(truth), _optimum(truth))
    yield from chain(_claims(truth), _other_kinds(subject), _two_points(subject), _strangers(subject))


class Truth:
    """The critical chain of a subject."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        steps = subject.good.certificate["steps"]
        arguments = {step["lemma"]: step["arguments"] for step in steps}
        self.case = Built(subject.good.instance, arguments, subject.claim)
        self.loss_name: str = subject.good.instance["loss"]
        self.radius = Fraction(arguments[FITTED]["target_radius"])
        self.radii = [Fraction(r) for r in arguments[FITTED]["radii"]]
        self.frame: oracle.Rows = oracle.numbers(arguments[FITTED]["frame"])
        self.centre = chains.centre_of(self.case)
        self.targets = chains.targets_of(self.case)
        self.ratios = chains.ratios_of(self.case)
        self.flat = subject.activation in chains.FLAT

    def rows(self, targets: list[Fraction]) -> list[list[str]]:
        """The targets of all outputs, for those of the first."""
        return chains.target_rows(self.case, targets)

    @cached_property
    def found(self) -> chains.Critical:
        return chains.critical(self.case, self.targets)

    @cached_property
    def rises(self) -> list[list[float]]:
        """The derivatives of the outputs along the columns of the frame, times those of -D in the targets."""
        chain_, step = self.found.chain, mpmath.mpf(10) ** -20
        with mpmath.workdps(chains.DIGITS):
            c = [real(v) for v in self.centre]
            at = chain_.outputs(c)
            half = chains.LOSS[self.loss_name][1]
            ways = [(half(t, real(y)) - half(t, real(y) + step)) / step for t, y in zip(at, self.targets, strict=True)]
            columns = []
            for j in range(len(self.radii)):
                moved = chain_.outputs([v + step * real(row[j]) for v, row in zip(c, self.frame, strict=True)])
                columns.append([float((b - a) / step * w) for a, b, w in zip(at, moved, ways, strict=True)])
        return columns

    def shifted(self, signs: list[int], by: Fraction) -> list[Fraction]:
        return [y + sign * by for y, sign in zip(self.targets, signs, strict=True)]

    def allowed(self, targets: list[Fraction], radius: Fraction) -> bool:
        """Whether the loss allows all targets within the radius."""
        if self.loss_name == "logistic":
            return all(radius < y < 1 - radius for y in targets)
        return self.loss_name != "poisson" or all(y > radius for y in targets)

    @cached_property
    def extremes(self) -> tuple[Any, Any]:
        """E* for two corners of the box of targets, at which it is nearly least and largest."""
        with mpmath.workdps(chains.DIGITS):
            value, step = chains.LOSS[self.loss_name][0], mpmath.mpf(10) ** -20
            outputs = self.found.chain.outputs(self.found.parameters)
            pairs = [(t, real(y)) for t, y in zip(outputs, self.targets, strict=True)]
            signs = [oracle.sign(value(t, y + step) - value(t, y)) for t, y in pairs]
        low = chains.critical(self.case, self.shifted([-s for s in signs], self.radius))
        high = chains.critical(self.case, self.shifted(signs, self.radius))
        with mpmath.workdps(chains.DIGITS):
            return low.loss, high.loss

    def advantage(self, layers: oracle.Layers) -> Any:
        """E* minus the loss of the network, for the targets of the instance."""
        with mpmath.workdps(chains.DIGITS):
            value = chains.LOSS[self.loss_name][0]
            outputs = oracle.outputs(self.subject.activation, layers, self.subject.inputs)
            pairs = [
                (t, real(e * y))
                for row, y in zip(outputs, self.targets, strict=True)
                for t, e in zip(row, self.ratios, strict=True)
            ]
            return self.found.loss - mpmath.fsum(value(t, y) for t, y in pairs)

    def as_it_is(self) -> oracle.Layers:
        """The chain as a network; its weights on dependent features are 0."""
        subject, args = self.subject, self.subject.arguments(FITTED)["chain"]
        weights = dict(zip(subject.basis, args["weights"], strict=True))
        row = [Fraction(weights.get(j, 0)) for j in range(len(subject.inputs[0]))]
        layers = [([row], [Fraction(args["biases"][0])])]
        layers += [([[Fraction(s)]], [Fraction(b)]) for s, b in zip(args["scales"], args["biases"][1:], strict=True)]
        top, offset = Fraction(args["output_weight"]), Fraction(args.get("output_bias", 0))
        return [*layers, ([[e * top] for e in self.ratios], [e * offset for e in self.ratios])]


def fraction(number: Any, digits: int = 40) -> Fraction:
    return Fraction(chains.decimals(number, digits))


def _documents(layers: oracle.Layers) -> list[Document]:
    return [{"weights": [[str(w) for w in row] for row in rows], "biases": [str(b) for b in bs]} for rows, bs in layers]


def _point_case(subject: Subject, change: str, expected: Answer, because: str = "", **arguments: Any) -> Case:
    draft = subject.draft()
    draft.arguments(FITTED).update(arguments)
    return draft.case(change, expected, because)


def _shape(subject: Subject) -> Iterator[Case]:
    """The chain, the frame and the radii do not fit each other or the instance."""
    s, good = subject.lemmas[FITTED], subject.arguments(FITTED)
    wrong, frame, radii = rejected(s, "FP02"), good["frame"], good["radii"]
    for j in (0, len(radii) - 1):
        for change, bad in (("0", "0"), ("negated", f"-{radii[j]}"), ("-1e-60", str(-tiny(60)))):
            new = alternatives(radii, j, bad)
            yield _point_case(subject, f"radius {j + 1} is {change}", wrong, radii=new)
    yield _point_case(subject, "a radius too few", wrong, radii=radii[:-1])
    yield _point_case(subject, "a radius too many", wrong, radii=[*radii, radii[0]])
    yield _point_case(subject, "no radii", wrong, radii=[])
    yield _point_case(subject, "no frame", wrong, frame=[])
    yield _point_case(subject, "a frame with a row too few", wrong, frame=frame[:-1])
    yield _point_case(subject, "a frame with a row too many", wrong, frame=[*frame, frame[0]])
    yield _point_case(subject, "a frame with a short row", wrong, frame=[*frame[:-1], frame[-1][:-1]])
    yield _point_case(subject, "a frame with a long row", wrong, frame=[[*frame[0], "0"], *frame[1:]])
    yield _point_case(
        subject, "a frame with a column too few", wrong, frame=[row[:-1] for row in frame], radii=radii[:-1]
    )
    for field in ("weights", "biases", "scales"):
        for change, edit in (("short", lambda v: v[:-1]), ("long", lambda v: [*v, "1"])):
            if edit(good["chain"][field]) != good["chain"][field]:
                edited = good["chain"] | {field: edit(good["chain"][field])}
                yield _point_case(subject, f"{field} too {change}", wrong, chain=edited)
    for wrong_radius in (str(-tiny(60)), "-1"):
        yield _point_case(subject, f"target radius {wrong_radius[:3]}", rejected(s, "FP03"), target_radius=wrong_radius)
    outputs = "output_bias" in good["chain"]
    other = {k: v for k, v in good["chain"].items() if k != "output_bias"} | ({} if outputs else {"output_bias": "0"})
    yield _point_case(subject, f"the chain with{'out its' if outputs else ' an'} output bias", MALFORMED, chain=other)


def _basis(subject: Subject) -> Iterator[Case]:
    s, given, rank = subject.lemmas[FITTED], subject.arguments(FITTED)["dependent"], len(subject.basis)
    size = len(subject.inputs[0])

    def relation(feature: int, coefficients: list[str], constant: str) -> Document:
        return {"feature": feature, "coefficients": coefficients, "constant": constant}

    def case(change: str, code: str, dependent: list[Document], because: str = "") -> Case:
        return _point_case(subject, change, rejected(s, code), because, dependent=dependent)

    for feature in (-1, size, 10**17):
        yield case(f"feature {feature} is dependent", "CP06", [*given, relation(feature, ["0"] * rank, "0")])
    yield case("every feature is dependent", "CP06", [relation(j, [], "0") for j in range(size)], "no basis is left")
    if rank > 1 and not given:
        claimed = [relation(0, ["1"] * (rank - 1), "0")]
        yield case("a feature that is not dependent", "CP07", claimed)
    if given:
        yield case("a dependent feature twice", "CP06", [*given, given[0]])
        yield case("no dependent feature", "FP02", [], "the chain has a weight too few")
        for power in (2, 50):
            wrong = given[0] | {"constant": str(Fraction(given[0]["constant"]) + tiny(power))}
            yield case(f"a relation off by 1e-{power}", "CP07", [wrong, *given[1:]])


def _instance(subject: Subject) -> Iterator[Case]:
    """Other outputs, losses and activations."""
    s, instance = subject.lemmas[FITTED], subject.good.instance
    loss, targets = instance["loss"], instance["data"]["targets"]
    wrong, gone = rejected(s, "FP01"), rejected(s, "FP05")
    draft = subject.draft()
    draft.instance["data"]["targets"] = []
    yield draft.case("no targets", wrong)
    yield from _ratios(subject)
    several = len(targets[0]) > 1
    draft = subject.draft()
    draft.instance["loss"] = "pseudo-huber" if loss == "squared" else "squared"
    yield draft.case("another loss", wrong if several else gone, "the chain is not critical for it")
    for loss_name, bad in DOMAINS.items() if not several else ():
        draft = subject.draft()
        draft.instance["loss"] = loss_name
        for n, text in enumerate(bad):
            draft.instance["data"]["targets"] = [["1/2"]] * len(targets)
            draft.instance["data"]["targets"][-n] = [text]
            yield draft.case(f"{loss_name} loss of a target {text}", rejected(s, "FP03"))
        radius = Fraction(subject.arguments(FITTED)["target_radius"])
        if radius:
            draft.instance["data"]["targets"] = [*([["1/2"]] * (len(targets) - 1)), [str(radius)]]
            yield draft.case(f"{loss_name} loss of a target that is the radius", rejected(s, "FP03"))
    for name in SMOOTH:
        if name != subject.activation:
            draft = subject.draft()
            draft.instance["network"]["activation"] = name
            flat = subject.activation in chains.FLAT
            yield draft.case(f"activation {name}", rejected(s, "FP02") if flat else gone, "the chain is not critical")
    if subject.activation not in chains.FLAT:
        for name in chains.FLAT:
            draft = subject.draft()
            draft.instance["network"]["activation"] = name
            yield draft.case(f"activation {name}", rejected(s, "FP02"), "its frame has fewer columns")


def _ratios(subject: Subject) -> Iterator[Case]:
    """Several outputs need targets in the stated ratios, and the squared loss."""
    wrong, targets = rejected(subject.lemmas[FITTED], "FP01"), subject.good.instance["data"]["targets"]

    def case(change: str, expected: Answer, ratios: list[str] | None, rows: list[list[str]]) -> Case:
        draft = subject.draft()
        draft.instance["data"]["targets"] = rows
        if ratios is not None:
            draft.arguments(FITTED)["ratios"] = ratios
        return draft.case(change, expected)

    given = subject.arguments(FITTED).get("ratios")
    if given is None:
        twice = [row * 2 for row in targets]
        yield case("two outputs", MALFORMED, None, twice)
        yield case("a ratio for one output", MALFORMED, ["1"], targets)
        for ratios in (["1", "2"], ["2", "2"], ["1"], ["1", "1", "1"], []):
            yield case(f"two equal outputs in ratios {ratios}", wrong, ratios, twice)
        return
    for k, ratio in enumerate(given):
        for new in ("0", str(-Fraction(ratio)), str(Fraction(ratio) + tiny(40))):
            yield case(f"ratio {k + 1} is {new[:9]}", wrong, alternatives(given, k, new), targets)
    yield case("a ratio too few", wrong, given[:-1], targets)
    yield case("a ratio too many", wrong, [*given, "1"], targets)
    moved = [alternatives(row, 1, str(Fraction(row[1]) + tiny(40))) if n == 1 else row for n, row in enumerate(targets)]
    yield case("a target off its ratio by 1e-40", wrong, given, moved)
    if len(given) > 2:
        yield case("outputs in another order", wrong, given, [row[::-1] for row in targets])


def _moved(truth: Truth) -> Iterator[Case]:
    """The box of the chain, moved, narrowed or widened too far."""
    subject, s = truth.subject, truth.subject.lemmas[FITTED]
    gone, unknown = rejected(s, "FP05"), undecided(s, "FP05")
    size = len(truth.radii)

    def at(change: str, expected: Answer, column: int, by: Fraction) -> Case:
        centre = [c + by * row[column] for c, row in zip(truth.centre, truth.frame, strict=True)]
        return _point_case(subject, change, expected, chain=_chain_document(subject, centre))

    for j in range(size):
        radius = truth.radii[j]
        yield at(f"the chain moved by ten radii, direction {j + 1}", gone, j, 10 * radius * (-1) ** j)
        if j % 2 == len(subject.name) % 2:
            yield at(f"the chain moved by a radius, direction {j + 1}", unknown, j, radius)
        zeroed = [alternatives(row, j, "0") for row in subject.arguments(FITTED)["frame"]]
        yield _point_case(subject, f"column {j + 1} of the frame is 0", unknown, "no Krawczyk operator", frame=zeroed)
    narrow = [str(r / 10) for r in truth.radii]
    yield _point_case(subject, "a tenth of the radii", unknown, "the image is wider", radii=narrow)
    features = len(subject.basis)
    places = {"V": features + 2 * subject.depth - 1, "s_2": features + 1} if subject.depth > 1 else {"V": features + 1}
    for name, place in places.items():
        reach = sum((abs(b) * r for b, r in zip(truth.frame[place], truth.radii, strict=True)), Fraction(0))
        if truth.flat:
            frame = subject.arguments(FITTED)["frame"]
            moving = alternatives(frame, place, alternatives(frame[place], 0, str(tiny(40))))
            yield _point_case(subject, f"a frame that moves {name}", rejected(s, "FP02"), frame=moving)
            continue
        factor = 1 + abs(truth.centre[place]) / reach
        wide = [str(r * factor) for r in truth.radii]
        yield _point_case(subject, f"the box contains {name} = 0", unknown, "the Hessian is singular there", radii=wide)


def _chain_document(subject: Subject, centre: list[Fraction]) -> Document:
    size, depth, numbers = len(subject.basis), subject.depth, [str(c) for c in centre]
    middle = numbers[size + 1 : size + 2 * depth - 1]
    document: Document = {
        "weights": numbers[:size],
        "biases": [numbers[size], *middle[1::2]],
        "scales": middle[::2],
        "output_weight": numbers[size + 2 * depth - 1],
    }
    return document | ({"output_bias": numbers[-1]} if subject.biased else {})


def _targets(truth: Truth) -> Iterator[Case]:
    """The targets of the instance, and how far they may be."""
    subject, s, radius = truth.subject, truth.subject.lemmas[FITTED], truth.radius
    if not radius:
        return
    gone, unknown = rejected(s, "FP05"), undecided(s, "FP05")
    for factor in (5, 100):
        if truth.allowed(truth.targets, factor * radius):
            yield _point_case(
                subject,
                f"target radius times {factor}",
                unknown,
                "they move the chain",
                target_radius=str(factor * radius),
            )
    half = str(radius / 2)
    yield _point_case(subject, "half the target radius, all claimed", rejected("claim", "CL11"), target_radius=half)
    draft = subject.draft()
    draft.arguments(FITTED)["target_radius"] = draft.claim["target_radius"] = half
    yield draft.case("half the target radius", PROVED, "a weaker claim")
    draft.arguments(FITTED)["target_radius"] = draft.claim["target_radius"] = "0"
    yield draft.case("target radius 0", PROVED, "a weaker claim")
    for j, rises in enumerate(truth.rises):
        signs = [oracle.sign(rise) for rise in rises]
        far = truth.shifted(signs, 20 * radius)
        if truth.allowed(far, radius):
            draft = subject.draft()
            draft.instance["data"]["targets"] = truth.rows(far)
            yield draft.case(f"targets 20 radii away, direction {j + 1}", gone, "the chain has left the box")
        near = truth.shifted(signs, radius / 2)
        draft = subject.draft().keep(FITTED, ANY, UNIFORM, REGION)
        draft.instance["data"]["targets"] = truth.rows(near)
        draft.arguments(FITTED)["target_radius"] = draft.claim["target_radius"] = str(radius / 2)
        if j % 2 == 0:
            yield draft.case(f"targets half a radius away, direction {j + 1}", PROVED, "a part of the same targets")


def _with(truth: Truth, built: Built, *lemmas: str) -> Draft:
    """A draft with another instance and chain, that claims a local minimum and no more."""
    draft = truth.subject.draft().keep(FITTED, *lemmas)
    draft.instance = built.document
    draft.step(FITTED)["arguments"] = built.arguments[FITTED]
    draft.claim.update(target_radius="0", loss_lower="-1000000", loss_upper="1000000")
    return draft


def _lifts(truth: Truth) -> Iterator[Case]:
    """any-lift/1 and uniform-lift/1 for other residuals along the same chain, and the wrong one of the two."""
    subject = truth.subject
    lemma = ANY if subject.has(ANY) else UNIFORM
    if not subject.has(lemma):
        return
    s, code = subject.lemmas[lemma], "AL02" if lemma == ANY else "UL02"
    for factor in (Fraction(-1), Fraction(-1, 20)):
        built = chains.scaled(truth.case, factor)
        if truth.allowed(chains.targets_of(built), Fraction(0)):
            yield _with(truth, built, lemma).case(f"D times {factor}", rejected(s, code), "the forms are negative")
            break
    if truth.loss_name in DOMAINS:
        for factor in (Fraction(2) ** power for power in range(1, 20)):
            built = chains.scaled(truth.case, factor)
            if not truth.allowed(chains.targets_of(built), Fraction(0)):
                beyond = rejected(subject.lemmas[FITTED], "FP03")
                yield _with(truth, built, lemma).case(f"D times {factor}", beyond, "targets outside the domain")
                break
    built = chains.scaled(truth.case, 0)
    yield _with(truth, built, lemma).case("D = 0", undecided(s, code), "a global minimum")
    if lemma == ANY:
        built = chains.scaled(truth.case, Fraction(1, 3))
        yield _with(truth, built, lemma).case("a third of D", PROVED, "the same signs")
        draft = subject.draft()
        index = draft.steps.index(draft.step(ANY))
        draft.steps[index]["lemma"] = UNIFORM
        if truth.flat:
            yield from _not_for_flat(subject, draft, s)
            return
        answer = PROVED if subject.claim["lifts"] == "uniform" or subject.has(REGION) else rejected("claim", "CL02")
        yield draft.case("uniform-lift/1 instead", answer, "it says less")
        draft.claim["lifts"] = "uniform"
        yield draft.case("uniform-lift/1 instead, claimed", PROVED, "it is implied")
    elif _least(truth.found) < -1e-3:
        yield from _not_any(truth, s)


def _not_for_flat(subject: Subject, draft: Draft, s: str) -> Iterator[Case]:
    """Lemmas that know of no flat direction."""
    yield draft.case("uniform-lift/1 instead", rejected(s, "UL01"), "a flat direction")
    draft = subject.draft()
    region = {"radius": str(tiny(12)), "rates": [str(tiny(3))] * (subject.depth - 1)}
    draft.steps.append({"id": "more", "lemma": REGION, "premises": [subject.lemmas[FITTED]], "arguments": region})
    yield draft.case("a region", rejected("more", "FR01"), "a flat direction")


def _least(found: chains.Critical) -> Any:
    """The smallest of the eigenvalues of the forms on U_h, relative to the Gram matrix."""
    with mpmath.workdps(chains.DIGITS):
        return min(chains.eigenvalues(layer.wide, layer.coefficients)[0] for layer in found.layers())


def _not_any(truth: Truth, s: str) -> Iterator[Case]:
    """Theorem 25 holds and Theorem 24 does not; and with larger residuals Theorem 25 neither."""
    subject = truth.subject
    draft = subject.draft()
    draft.step(UNIFORM)["lemma"] = ANY
    yield draft.case("any-lift/1 instead", rejected(s, "AL02"), "the form is indefinite on U_h")
    draft = subject.draft()
    region = {"radius": str(tiny(12)), "rates": [str(tiny(3))] * (subject.depth - 1)}
    draft.steps.append({"id": "more", "lemma": REGION, "premises": [subject.lemmas[FITTED]], "arguments": region})
    yield draft.case("a region", undecided("more", "FR03"), "its lifts are no minima")
    if truth.loss_name != "squared":
        return
    for factor in (2, 4, 16, 64, 256):
        built = chains.scaled(truth.case, factor)
        with mpmath.workdps(chains.DIGITS):
            found = chains.critical(built, chains.targets_of(built))
            hessian = found.chain.half_hessian(found.parameters, found.targets)
            root = mpmath.diag([1 / mpmath.sqrt(abs(hessian[j, j])) for j in range(hessian.rows)])
            least = mpmath.eigsy(root * (hessian + hessian.T) * root / 2, eigvals_only=True)[0]
        if least < -1e-2:
            draft = _with(truth, built, UNIFORM)
            yield draft.case(f"D times {factor}", undecided(s, "UL03"), "the chain itself is a saddle")
            return


def _region(truth: Truth) -> Iterator[Case]:
    subject = truth.subject
    if not subject.has(REGION):
        return
    s, good, depth = subject.lemmas[REGION], subject.arguments(REGION), subject.depth
    rates = good["rates"]

    def case(change: str, expected: Answer, because: str = "", **arguments: Any) -> Case:
        draft = subject.draft()
        draft.step(REGION)["arguments"] = good | arguments
        if expected == PROVED:
            draft.claim["region_radius"] = draft.arguments(REGION)["radius"]
        return draft.case(change, expected, because)

    wrong = rejected(s, "FR01")
    for text in ("0", "-1/777", f"-{good['radius']}", "1", "2", str(1 + tiny(25))):
        yield case(f"region of radius {text[:9]}", wrong, radius=text)
    for h in range(depth - 1):
        for bad in ("0", "1", "-1", "2", str(-tiny(40)), str(1 + tiny(40))):
            yield case(f"rate {h + 2} is {bad[:9]}", wrong, rates=alternatives(rates, h, bad))
        for extreme in (tiny(30), 1 - tiny(30)):
            new = alternatives(rates, h, str(extreme))
            if _left(truth, Fraction(good["radius"]), [Fraction(e) for e in new]) < -1e-9:
                yield case(f"rate {h + 2} is nearly {float(extreme):.1g}", undecided(s, "FR03"), rates=new)
    yield case("a rate too many", wrong, rates=[*rates, "1/2"])
    if rates:
        yield case("a rate too few", wrong, rates=rates[:-1])
    radius = Fraction(good["radius"])
    yield case("half the region", PROVED, "a smaller region", radius=str(radius / 2))
    for factor in (2, 4, 10, 100, 1000, 10**4):
        wide = radius * factor
        if wide < 1 and not _meets_kink(truth, wide, 2) and _left(truth, wide, [Fraction(e) for e in rates]) < -1e-3:
            yield case(f"region {factor} times as wide", undecided(s, "FR03"), "no form is left", radius=str(wide))
            break
    for text in ("1/10", "1/3", "9/10"):
        if _meets_kink(truth, Fraction(text), Fraction(1, 2)):
            yield case(f"region {text}", undecided(s, "FR02"), "a kink inside", radius=text)
            break


def _meets_kink(truth: Truth, radius: Fraction, share: Fraction | int) -> bool:
    """Whether 0 lies within this share of the range of the first layer, for a function with a kink there."""
    if truth.subject.activation not in oracle.KINKED:
        return False
    sums = truth.found.layers()[0].sums
    sizes = [1 + sum(map(abs, x)) for x in truth.subject.inputs]
    return any(abs(z) < float(radius * size * share) for z, size in zip(sums, sizes, strict=True))


def _left(truth: Truth, radius: Fraction, rates: list[Fraction]) -> float:
    """The smallest eigenvalue of the forms of Theorem 26, relative to the Gram matrix times the largest |a|, with every
    range replaced by nine of its points: when it is negative, no enclosure makes the forms positive."""
    subject, r, name = truth.subject, float(radius), truth.subject.activation
    layers = truth.found.layers()
    residual = np.array([float(d) for d in truth.found.residual])
    spread = r * np.array([1 + float(sum(map(abs, x))) for x in subject.inputs])
    scales = [float(Fraction(s)) for s in truth.subject.arguments(FITTED)["chain"]["scales"]]
    forms: list[Any] = []
    gammas: list[Any] = []
    for h, layer in enumerate(layers):
        sums = np.array([float(z) for z in layer.sums])
        points = [sums + spread * i / 4 for i in range(-4, 5)]
        slopes, bends = (
            np.array([[float(sigma(name, mpmath.mpf(z), order)) for z in row] for row in points]) for order in (1, 2)
        )
        a = np.min(residual * np.array([float(t) for t in layer.reach]) * bends, axis=0)
        rate = float(rates[h - 1]) if h else 0.0
        forms = [f - (1 + 1 / rate) * abs(a) * g for f, g in zip(forms, gammas, strict=True)]
        forms.append(a - rate * abs(a))
        if h + 1 < len(layers):
            bent = np.max(abs(bends), axis=0) ** 2 * spread**2
            factor = scales[h] ** 2 * (1 + r)
            gammas = [factor * (2 * slopes[4] ** 2 + bent) * g for g in gammas]
            gammas.append(factor * bent * (0.25 if h == 0 else 1))
            state = np.array([float(sigma(name, mpmath.mpf(z))) for z in sums])
            rise = np.max(abs(slopes), axis=0)
            spread = r * (abs(scales[h] * state) + 1) + (1 + r) * abs(scales[h]) * rise * spread
    found = []
    for layer, form in zip(layers, forms, strict=True):
        rows = np.array([[float(v) for v in row] for row in layer.wide])
        root = np.linalg.inv(np.linalg.cholesky(rows.T @ rows))
        matrix = root @ (rows.T @ (form[:, None] * rows)) @ root.T
        found.append(float(np.linalg.eigvalsh(matrix)[0]) / float(np.max(abs(form))))
    return min(found)


def _better(truth: Truth) -> Iterator[Case]:
    subject = truth.subject
    if not subject.has(FITTED_BETTER):
        return
    s, good = subject.lemmas[FITTED_BETTER], subject.arguments(FITTED_BETTER)

    def case(change: str, expected: Answer, edit: Callable[[Any], Any], because: str = "") -> Case:
        draft = subject.draft()
        edit(draft.arguments(FITTED_BETTER))
        if expected == PROVED:
            draft.claim["gap"] = draft.arguments(FITTED_BETTER)["gap"]
        return draft.case(change, expected, because)

    for wrong in ("0", "-7", str(-tiny(50)), f"-{good['gap']}"):
        draft = subject.draft()
        draft.arguments(FITTED_BETTER)["gap"] = wrong
        draft.claim["kind"] = "fitted-minimum"  # otherwise the claim would show it
        del draft.claim["gap"]
        yield draft.case(f"gap {wrong[:6]}", rejected(s, "FB01"))
    yield case("half the gap", PROVED, lambda a: a.update(gap=str(Fraction(good["gap"]) / 2)), "a weaker claim")
    yield from shapes(subject, case, s)
    true = truth.advantage(layers_of(good))
    gap = fraction(true)
    for factor, answer in ((Fraction(3, 2), rejected(s, "FB02")), (Fraction(1000), rejected(s, "FB02"))):
        wide = str(gap * factor)
        yield case(f"gap {factor} times the true one", answer, lambda a, g=wide: a.update(gap=g))
    if truth.radius:
        because = "for some of the targets it is smaller"
        yield case("gap the one of the middle", undecided(s, "FB02"), lambda a: a.update(gap=str(gap)), because)
    itself = _documents(truth.as_it_is())
    for gap_text, answer in ((str(tiny(40)), undecided(s, "FB02")), ("1", rejected(s, "FB02"))):
        yield case(
            f"the chain itself is better by {gap_text[:3]}",
            answer,
            lambda a, g=gap_text: a.update(gap=g, layers=itself),
        )
    for h in range(subject.depth + 1):
        arguments = subject.arguments(FITTED_BETTER)
        rows = arguments["layers"][h]["weights"]
        rows[0][-1] = str(-Fraction(rows[0][-1]))
        margin = truth.advantage(layers_of(arguments)) - real(Fraction(good["gap"]))
        if abs(margin) > real(Fraction(good["gap"])) / 4:
            answer = PROVED if margin > 0 else rejected(s, "FB02")
            yield case(f"layer {h + 1}: a weight negated", answer, lambda a, new=arguments: a.update(new))
    widths = subject.network["widths"]
    if widths != "every":
        for h in range(subject.depth):
            draft = subject.draft()
            for _ in range(widths[h] + 1 - len(draft.arguments(FITTED_BETTER)["layers"][h]["biases"])):
                add_unit(draft.arguments(FITTED_BETTER), h)
            yield draft.case(f"layer {h + 1} wider than it is", rejected(s, "BP04"))
    else:
        draft = subject.draft()
        add_unit(draft.arguments(FITTED_BETTER), 0)
        yield draft.case("a better point of one more unit", rejected("claim", "CL05"), "the least widths are too small")


def _optimum(truth: Truth) -> Iterator[Case]:
    subject = truth.subject
    distinct, ones = len(subject.groups), [1] * (subject.depth - 1)
    if not subject.has(FITTED_OPTIMUM):
        if subject.network["widths"] != "every":
            draft = subject.draft()
            arguments = {"direction": ["1"], "carriers": []}
            step = {"id": "more", "lemma": FITTED_OPTIMUM, "premises": [subject.lemmas[FITTED]], "arguments": arguments}
            draft.steps.append(step)
            yield draft.case("the optimum of a narrow network", rejected("more", "FO02"))
        return
    s, good = subject.lemmas[FITTED_OPTIMUM], subject.arguments(FITTED_OPTIMUM)

    def case(change: str, expected: Answer, because: str = "", **arguments: Any) -> Case:
        draft = subject.draft()
        draft.step(FITTED_OPTIMUM)["arguments"] = good | arguments
        return draft.case(change, expected, because)

    direction, carriers = good["direction"], good["carriers"]
    yield case("direction 0", rejected(s, "EO05"), direction=["0"] * len(direction))
    yield case("direction too short", rejected(s, "EO01"), direction=direction[:-1])
    yield case("direction too long", rejected(s, "EO01"), direction=[*direction, "1"])
    small = [str(Fraction(g) * tiny(70)) for g in direction]
    yield case("direction 1e-70 times as long", PROVED, "only the order counts", direction=small)
    if (blind := blind_direction(subject)) is not None:
        yield case("direction that sees two inputs as one", rejected(s, "EO05"), direction=[str(g) for g in blind])
    yield case("a carrier too many", rejected(s, "EO01"), carriers=[*carriers, {"lower": "1", "upper": "2"}])
    for h in range(len(carriers)):
        for change, lower, upper, answer in (
            ("empty", "1", "1", rejected(s, "EO01")),
            ("upside down", "2", "1", rejected(s, "EO01")),
            *flat_carriers(subject.activation, s),
        ):
            new = alternatives(carriers, h, {"lower": lower, "upper": upper})
            yield case(f"carrier {h + 1} {change}", answer, carriers=new)
    if carriers:
        yield case("a carrier too few", rejected(s, "EO01"), carriers=carriers[:-1])
    draft = subject.draft().keep(FITTED, ANY, UNIFORM, FITTED_OPTIMUM)
    draft.instance["network"]["widths"] = [7] * len(ones) + [distinct - 1]
    yield draft.case(f"d_H = {distinct - 1}", rejected(s, "FO02"), f"{distinct} distinct inputs")
    built = chains.scaled(truth.case, 0)
    draft = _with(truth, built, FITTED_OPTIMUM)
    yield draft.case("D = 0 and the exact optimum", undecided(s, "FO03"), "a global minimum")


def _claims(truth: Truth) -> Iterator[Case]:
    """Every item of the claim, widened and narrowed."""
    subject, claim = truth.subject, truth.subject.claim

    def case(change: str, expected: Answer, because: str = "", **fields: Any) -> Case:
        draft = subject.draft()
        draft.claim.update(fields)
        return draft.case(f"claim: {change}", expected, because)

    def wrong(code: str) -> Answer:
        return rejected("claim", code)

    if claim["lifts"] == "any":
        yield case("uniform lifts", PROVED, lifts="uniform")
    else:
        shown = subject.has(ANY) or subject.has(REGION)
        yield case("any lifts", PROVED if shown else wrong("CL02"), lifts="any")
    for lifts in ("every", "Any", ""):
        yield case(f"{lifts!r} lifts", MALFORMED, lifts=lifts)
    radius = truth.radius
    for change, new in (("1e-60 more", radius + tiny(60)), ("twice", 2 * radius), ("-1e-60", -tiny(60))):
        yield case(f"target radius {change}", wrong("CL11"), target_radius=str(new))
    yield case("target radius a third", PROVED, target_radius=str(radius / 3))
    yield case("target radius 0", PROVED, target_radius="0")
    low, high = truth.extremes
    for power in (5, 20):
        more, less = str(fraction(low) + tiny(power)), str(fraction(high) - tiny(power))
        yield case(f"loss above the least by 1e-{power}", wrong("CL03"), loss_lower=more)
        yield case(f"loss below the largest by 1e-{power}", wrong("CL03"), loss_upper=less)
    middle = str(fraction(truth.found.loss))
    yield case("loss of the middle", wrong("CL03"), loss_lower=middle, loss_upper=middle)
    turned = {"loss_lower": claim["loss_upper"], "loss_upper": claim["loss_lower"]}
    yield case("loss, upside down", wrong("CL03"), "", **turned)
    yield case("loss within wider bounds", PROVED, loss_lower="-1000000", loss_upper="1000000")
    yield from chain(_claimed_widths(subject, case, wrong), _claimed_region(subject, case, wrong))
    yield from chain(_claimed_gap(subject, case, wrong), _claimed_optimum(subject, case, wrong))


def _claimed_widths(subject: Subject, case: Any, wrong: Any) -> Iterator[Case]:
    widths, fixed = subject.claim["least_widths"], subject.network["widths"] != "every"
    yield case("a width too few", wrong("CL04"), least_widths=widths[:-1])
    yield case("a width too many", wrong("CL04"), least_widths=[*widths, widths[-1]])
    yield case("no widths", wrong("CL04"), least_widths=[])
    for h, width in enumerate(widths):
        for bad in (0, -1, -(10**16)):
            yield case(f"width {h + 1} is {bad}", wrong("CL04"), least_widths=alternatives(widths, h, bad))
        wider = alternatives(widths, h, 10**6)
        yield case(f"width {h + 1} is a million", wrong("CL04") if fixed else PROVED, least_widths=wider)
        if width > 1 and "gap" in subject.claim:
            narrower = alternatives(widths, h, width - 1)
            yield case(f"width {h + 1} less by one", wrong("CL05"), least_widths=narrower)


def _claimed_gap(subject: Subject, case: Any, wrong: Any) -> Iterator[Case]:
    claim = subject.claim
    if "gap" not in claim:
        yield case("not global", MALFORMED, "the gap is missing", kind="suboptimal-fitted-minimum")
        for text in ("1/1000000", "1"):
            if not subject.has(FITTED_OPTIMUM):
                yield case(f"not global, gap {text}", wrong("CL05"), kind="suboptimal-fitted-minimum", gap=text)
        return
    gap = Fraction(claim["gap"])
    if subject.has(FITTED_BETTER):
        for power in (3, 60):
            yield case(f"gap more by 1e-{power}", wrong("CL05"), gap=str(gap + tiny(power)))
    for bad in ("0", f"-{gap}", str(-tiny(60)), "1000000"):
        yield case(f"gap {bad[:9]}", wrong("CL05"), gap=bad)
    yield case("gap less", PROVED, gap=str(gap / 3))
    yield case("a fitted minimum with a gap", MALFORMED, "unknown field", kind="fitted-minimum")
    draft = subject.draft()
    draft.claim["kind"] = "fitted-minimum"
    del draft.claim["gap"]
    yield draft.case("claim: only a minimum", PROVED)
    if subject.network["widths"] == "every":
        draft.claim["least_widths"] = [1] * subject.depth
        yield draft.case("claim: only a minimum, of every width", PROVED)


def _claimed_region(subject: Subject, case: Any, wrong: Any) -> Iterator[Case]:
    if not subject.has(REGION):
        yield case("a region", wrong("CL06"), region_radius=str(tiny(12)))
        return
    radius = Fraction(subject.arguments(REGION)["radius"])
    for power in (4, 60):
        yield case(f"region wider by 1e-{power}", wrong("CL06"), region_radius=str(radius + tiny(power)))
    yield case("ten times the region", wrong("CL06"), region_radius=str(10 * radius))
    yield case("region 0", wrong("CL06"), "a region has a positive radius", region_radius="0")
    yield case("region negative", wrong("CL06"), region_radius=str(-radius))
    yield case("a smaller region", PROVED, region_radius=str(radius / 7))
    yield case("no region", PROVED, region_radius=None)


def _claimed_optimum(subject: Subject, case: Any, wrong: Any) -> Iterator[Case]:
    ones, distinct = [1] * subject.depth, len(subject.groups)
    if not subject.has(FITTED_OPTIMUM):
        for widths in (ones, [10**6] * subject.depth, [*ones[1:], distinct]):
            yield case(f"the optimum from {widths[-1]} on", wrong("CL08"), optimum_widths=widths)
        return
    shown = [*ones[1:], distinct]
    for change, widths in (
        ("last width less by one", [*ones[1:], distinct - 1]),
        ("every width 1", ones),
        ("a width too few", shown[1:]),
        ("a width too many", [*shown, distinct]),
        ("no widths", []),
        *((f"width {h + 1} 0", alternatives(shown, h, 0)) for h in range(subject.depth - 1)),
    ):
        yield case(f"the optimum, {change}", wrong("CL08"), optimum_widths=widths)
    yield case("the optimum from wider on", PROVED, optimum_widths=[*ones[1:], distinct + 5])
    yield case("no optimum", PROVED, optimum_widths=None)


def _other_kinds(subject: Subject) -> Iterator[Case]:
    """Claims of other kinds, from these steps."""
    names = subject.good.instance["data"]["features"]
    for change, claim, code in (
        ("a constant point", constant_claim(subject), "CL01"),
        ("an affine point", affine_claim(subject), "CL01"),
        ("an obstruction", {"kind": "obstruction", "features": names}, "CL10"),
        ("an exceptional activation", {"kind": "exceptional-activation"}, "CL12"),
    ):
        draft = subject.draft()
        draft.certificate["claim"] = claim
        yield draft.case(f"claim: {change} instead", rejected("claim", code))
    for kind in ("exceptional-activation", "obstruction", "local-minimum", "suboptimal-local-minimum"):
        draft = subject.draft()
        draft.claim["kind"] = kind
        yield draft.case(f"claim: its kind changed to {kind}", MALFORMED)
    draft = subject.draft().keep(FITTED)
    yield draft.case("claim: from the critical chain alone", rejected("claim", "CL02"))
    draft.claim["lifts"] = "uniform"
    yield draft.case("claim: from the critical chain alone, uniform", rejected("claim", "CL02"))
    draft = subject.draft().keep(FITTED, FITTED_BETTER, FITTED_OPTIMUM)
    yield draft.case("claim: without any local minimum", rejected("claim", "CL02"))


def _two_points(subject: Subject) -> Iterator[Case]:
    """A second critical chain in the same certificate, and steps about one lending their conclusion to the other."""
    other = subject.arguments(FITTED) | {"target_radius": "0"}
    step = {"id": "other", "lemma": FITTED, "premises": [], "arguments": other}
    for change, where in (("in front", 0), ("behind", len(subject.lemmas))):
        draft = subject.draft()
        draft.steps.insert(where, step)
        yield draft.case(f"a second critical chain {change}", rejected("claim", "CL01"))
    for lemma in (ANY, UNIFORM, REGION, FITTED_BETTER, FITTED_OPTIMUM):
        if subject.has(lemma):
            draft = subject.draft()
            draft.steps.insert(1, step)
            draft.step(lemma)["premises"] = ["other"]
            yield draft.case(f"{lemma} about another chain", rejected("claim", "CL01"))


def _strangers(subject: Subject) -> Iterator[Case]:
    """Lemmas that have nothing to do with this instance."""
    levels = ["-1"] * subject.depth
    zeros = ["0"] * len(subject.targets[0])
    point = {"levels": levels, "scales": levels[1:], "constants": zeros, "dependent": []}
    point |= {"output_weights": ["1"] * len(zeros)} if subject.biased else {}
    refused = "CP03" if subject.good.instance["loss"] == "squared" else "CP08"
    for lemma, arguments, code in ((POINT, point, refused), (EXCEPTIONAL, {}, "EA01")):
        draft = subject.draft()
        draft.steps.insert(0, {"id": "more", "lemma": lemma, "premises": [], "arguments": arguments})
        known = lemma == POINT or subject.activation in CATALOGUE
        yield draft.case(f"a step {lemma}", (rejected if known else undecided)("more", code))


def _exceptional(subject: Subject) -> Iterator[Case]:
    s = subject.lemmas[EXCEPTIONAL]
    for name in (*ROWS, "sin(z)", "z**2"):
        draft = subject.draft()
        draft.instance["network"]["activation"] = name
        yield draft.case(f"activation {name}", exceptional_answer(subject, name, s))
    draft = subject.draft()
    draft.arguments(EXCEPTIONAL)["equation"] = "0 = 0"
    yield draft.case("an equation of its own", MALFORMED)
    for change, claim, code in (
        ("a constant point", constant_claim(subject), "CL01"),
        ("an obstruction", {"kind": "obstruction", "features": []}, "CL10"),
        ("a fitted point", fitted_claim(subject), "CL01"),
    ):
        draft = subject.draft()
        draft.certificate["claim"] = claim
        yield draft.case(f"claim: {change} instead", rejected("claim", code))
    for kind in ("fitted-minimum", "local-minimum", "obstruction", "exceptional", "Exceptional-activation"):
        draft = subject.draft()
        draft.claim["kind"] = kind
        yield draft.case(f"claim: its kind changed to {kind}", MALFORMED)
