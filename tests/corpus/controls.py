"""Checkers that are wrong on purpose. The corpus must expose each of them: this measures the corpus.

The subtle ones are `proofs/standalone.py` with one line changed. They prove every good certificate, as they should, and
some bad one, as they should not.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from proofs import standalone
from tests.corpus.corpus import MALFORMED, PROVED, Answer, Case, Checker, Texts, rejected, second_checker

SOURCE = Path(standalone.__file__).read_text("utf-8")


def always_accept(texts: Texts) -> Answer:
    return PROVED


def always_reject(texts: Texts) -> Answer:
    return rejected("claim", "CL02")


def parse_only(texts: Texts) -> Answer:
    """Proves whatever is JSON."""
    try:
        for text in (texts.instance, texts.certificate):
            standalone.parse_json(text, "document")
    except standalone.Malformed:
        return MALFORMED
    return PROVED


def format_only(texts: Texts) -> Answer:
    """Proves whatever has the right fields, apart from the arguments of the steps."""
    try:
        with texts.folder() as folder:
            standalone.read_instance(standalone.parse_json(texts.instance, "instance"), folder)
        root = standalone.Fields(standalone.parse_json(texts.certificate, "certificate"), "certificate")
        standalone.read_claim(root.section("claim"))
        for step in root.sections("steps"):
            step.texts("premises")
    except (standalone.Malformed, FileNotFoundError):
        return MALFORMED
    return PROVED


BLUNT: dict[str, Checker] = {
    "accepts everything": always_accept,
    "rejects everything": always_reject,
    "parses only": parse_only,
    "reads the format only": format_only,
}


class Change(NamedTuple):
    """A change of the second checker's source.

    Attributes:
        expected: the verdict or code of the cases that expose it.
        old: the text to be replaced, which occurs once.
    """

    expected: str
    old: str
    new: str


SUBTLE: dict[str, Change] = {
    "takes any instance": Change("CE01", "if about != instance.hash:", "if False:"),
    "takes unknown fields": Change("malformed", "unknown = set(self.values) - self.taken", "unknown = set[str]()"),
    "takes a key twice": Change("malformed", "if len(dict(pairs)) != len(pairs):", "if False:"),
    "takes numbers in any spelling": Change("malformed", "if str(number) != value:", "if False:"),
    "takes forward premises": Change(
        "KE04",
        "for name, lemma, premises, arguments in steps:",
        'for name, lemma, premises, arguments in sorted(steps, key=lambda s: (s[2] != [], s[1] != "local-minimum/1")):',
    ),
    "takes more premises": Change(
        "KE05",
        "if [facts[premise][0] for premise in premises] != expected:",
        "if [facts[premise][0] for premise in premises][: len(expected)] != expected:",
    ),
    "takes a name twice": Change("KE02", "if name in facts:", "if False:"),
    "takes any name": Change("KE01", 'if not re.fullmatch("[a-z][a-z0-9-]{0,39}", name):', "if False:"),
    "takes the next version of a lemma": Change(
        "KE03",
        "    if lemma not in LEMMAS:",
        '    lemma = lemma.replace("/2", "/1")\n    if lemma not in LEMMAS:',
    ),
    "takes any lemma for a step that is claimed": Change(
        "CL13", "if claim not in done:", "if claim[0] not in {step for step, _ in done}:"
    ),
    "takes any step for a lemma that is claimed": Change(
        "CL13", "if claim not in done:", "if claim[1] not in {lemma for _, lemma in done}:"
    ),
    "takes any list of packages": Change(
        "malformed", 'if "uses" in root.values:', 'if root.values.pop("uses", None) and False:'
    ),
    "skips <D,1> = 0": Change(
        "CP03",
        'if sum(residual) != 0:\n            raise Rejected("CP03"',
        'if False:\n            raise Rejected("CP03"',
    ),
    "skips <D,x> = 0": Change(
        "CP04", "if sum(d * x for d, x in zip(residual, column, strict=True)) != 0:", "if False:"
    ),
    "has slopes at kinks": Change(
        "CP09", 'if not _attempt("CP09", partial(slope, instance.activation, place.enclosure())).bounded:', "if False:"
    ),
    "believes dependent features": Change("CP07", "if combination != inputs.entry(n, feature):", "if False:"),
    "skips definiteness": Change(
        "LM02",
        "if definite < 0 and not is_definite([[-entry for entry in row] for row in moment]):",
        "if False:",
    ),
    "takes a semidefinite M": Change(
        "LM02", "return min(found) if found and min(found) > 0 else None", "return Fraction(1) if found else None"
    ),
    "finds every matrix definite": Change(
        "LM02", "found, previous = [], 1\n", "found, previous = [], 1\n    return [Fraction(1)]\n"
    ),
    "takes D = 0": Change(
        "LM03",
        'raise Rejected("LM03", "the residual is zero: a global minimum")',
        "return Minimum(point, outputs, [])",
    ),
    "ignores the sign pattern": Change("LM06", "if bend != kappa:", "if False:"),
    "checks the signs of the last layer only": Change(
        "LM06", "if bend != kappa:", "if bend != kappa and h == instance.depth - 1:"
    ),
    "takes either sign of V": Change(
        "LM06",
        "kappa, bends = orientations.pop(), list[int]()",
        "kappa, bends = certain_sign(curvature, instance.activation, point.levels[-1].enclosure()), list[int]()",
    ),
    "lets the signs of V disagree": Change(
        "LM04",
        '    if len(orientations) != 1 or 0 in orientations:\n        raise Rejected("LM04"',
        '    if 0 in orientations:\n        raise Rejected("LM04"',
    ),
    "takes unknown signs for right": Change(
        "LM05",
        '        if bend == 0:\n            raise Undecided("LM05"',
        '        bend = bend or kappa\n        if bend == 0:\n            raise Undecided("LM05"',
    ),
    "forgets the rates of the box": Change(
        "IR04",
        "factors.append((low if shell.sign == definite else -high) - rates[h])",
        "factors.append(low if shell.sign == definite else -high)",
    ),
    "forgets the remainders of the box": Change(
        "IR05", ' > rates[0]:\n            raise Rejected("IR05"', ' < 0:\n            raise Rejected("IR05"'
    ),
    "forgets that shares move": Change(
        "IR05",
        "((1 + radius) * abs(rise).upper() * spread + radius * height) + radius",
        "abs(rise).upper() * spread",
    ),
    "takes any radius": Change("IR01", "or not 0 < radius < 1:", "or not 0 < radius:"),
    "skips the mean of a gap": Change("JR04", "!= inputs.rows[centre][j]:", "is None:"),
    "skips the sum of the shares": Change("JR03", "or sum(shares) != 1:", ":"),
    "skips the residual of the gaps": Change(
        "JR05", "if c - instance.targets.entry(n, o) != scale * total.get(n, 0):", "if False:"
    ),
    "takes gaps that cancel": Change(
        "JR06", "point.residuals, strict=True) if any(d)", "point.residuals, strict=True) if e"
    ),
    "ignores curvature on intervals": Change("JR08", "if shape[1] != kappa:", "if False:"),
    "ignores monotony on intervals": Change(
        "JR07",
        """            if shape[0] == 0:
                raise Rejected("JR07", "sigma is not known to be monotone there")
            kappa *= shape[0]""",
        "            kappa *= shape[0] or 1",
    ),
    "takes levels outside their interval": Change(
        "JR09", "                if place <= 0:", "                if False:"
    ),
    "takes a level at the end of its interval": Change(
        "JR09", "                if place <= 0:", "                if place < 0:"
    ),
    "takes a gap of 0": Change(
        "BP02", '    if gap <= 0:\n        raise Rejected("BP02"', '    if False:\n        raise Rejected("BP02"'
    ),
    "believes the better point": Change(
        "BP05",
        '    if decided <= 0:\n        raise (Rejected if decided else Undecided)("BP05"',
        '    if False:\n        raise (Rejected if decided else Undecided)("BP05"',
    ),
    "takes unknown for lower": Change(
        "BP05",
        '    if decided <= 0:\n        raise (Rejected if decided else Undecided)("BP05"',
        '    if decided < 0:\n        raise (Rejected if decided else Undecided)("BP05"',
    ),
    "lets the better point have an output bias": Change(
        "BP03", "or not (instance.output_bias or not any(layers[-1][1])):", ":"
    ),
    "ignores the widths of the instance": Change("CL04", "return self.widths is None or all(", "return True or all("),
    "takes any direction": Change(
        "EO05",
        'if not _separates(instance, groups, direction):\n        raise Rejected("EO05"',
        'if False:\n        raise Rejected("EO05"',
    ),
    "takes equal inputs with different targets": Change(
        "EO03", "if any(residual[n] != residual[group[0]]", "if any(residual[n] is None"
    ),
    "takes turning carriers": Change(
        "EO04", "if certain_sign(slope, name, interval(lower).hull(upper)) == 0:", "if False:"
    ),
    "interpolates by polynomials": Change(
        "EO06", 'if name in ("square", "cube", "quadratic", *LINES):', "if name in LINES:"
    ),
    "takes a row twice": Change(
        "GD02", "if len(set(chosen)) != len(chosen) or len(chosen) != expected:", "if len(chosen) < expected:"
    ),
    "takes a singular minor": Change(
        "GD03", 'raise Rejected("GD03", "the minor is singular modulo 2^61 - 1")', "return Generic()"
    ),
    "takes any quadric": Change("OB04", "if _dot(images[-1], x) != _dot(linear, x) + constant:", "if False:"),
    "takes an indefinite S": Change("OB03", "    if not is_positive_semidefinite(matrix):", "    if False:"),
    "takes a dependency for an obstruction": Change(
        "OB05", "if all(image == images[0] for image in images):", "if False:"
    ),
    "names any features": Change("CL10", "[instance.features[j] for j in f.features] == claim", "True"),
    "mixes two points": Change("CL01", "if len(points) != 1:", "if not points:"),
    "takes a point for a minimum": Change(
        "CL02", "if not any(isinstance(f, Minimum | Jensen) for f in facts):", "if False:"
    ),
    "believes the loss": Change("CL03", "if claim.loss != points[0].loss:", "if False:"),
    "believes the widths": Change("CL05", "return len(claimed) == len(shown) and all(", "return True or all("),
    "believes the gap": Change(
        "CL05", "if gap is not None and not any(0 < gap <= f.gap and", "if gap is not None and not any("
    ),
    "believes the radius": Change("CL06", "isinstance(f, Region) and 0 < radius <= f.radius", "isinstance(f, Region)"),
    "believes the Jensen region": Change("CL07", "if claim.jensen_region and", "if False and"),
    "takes a better point for the optimum": Change(
        "CL08", "if wide is not None and not any(f.optimal and", "if wide is not None and not any("
    ),
    "takes any loss for the squared one": Change(
        "CP08",
        'if instance.loss != "squared":\n        raise Rejected("CP08"',
        'if False:\n        raise Rejected("CP08"',
    ),
    "looks at the first output only": Change(
        "FP01", "if any(entry(n, o) != e * entry(n, 0) for", "if False and any(o > e for"
    ),
    "takes targets that the loss does not allow": Change(
        "FP03", "if any((least is not None and y - radius <= least)", "if False and any((least is not None and y < 0)"
    ),
    "takes any box for Krawczyk's": Change("FP05", "distances = [sign(abs(k) - r)", "distances = [-1"),
    "takes a box that Krawczyk's operator leaves": Change(
        "FP05", "if not all(distance < 0 for distance in distances):", "if False:"
    ),
    "forgets the radius of the targets": Change("FP05", "interval(y - radius).hull(y + radius)", "interval(y)"),
    "believes the forms of a chain": Change("AL02", "        if decided <= 0:\n", "        if False:\n"),
    "takes any lift for a uniform one": Change(
        "AL02",
        "if flat else _spaces(point),",
        "if flat else [[row[-2:] for row in rows] if h else rows for h, rows in enumerate(_spaces(point))],",
    ),
    "lets V move along a flat direction": Change("FP02", " or any(map(any, fixed)):", ":"),
    "skips the Hessian of the chain": Change(
        "UL03",
        '[a for n in point.samples for a in n.squares]) <= 0:\n        raise Undecided("UL03"',
        '[a for n in point.samples for a in n.squares]) < -1:\n        raise Undecided("UL03"',
    ),
    "takes any rates of a fitted region": Change("FR01", " or not all(0 < rate < 1 for rate in rates):", ":"),
    "believes the forms of a fitted region": Change(
        "FR03", "if any(form_sign(rows, form) <= 0", "if any(form_sign(rows, form) < -1"
    ),
    "forgets that the weights of a region move": Change(
        "FR03", "interval(radius * (1 + size)), list", "interval(0), list"
    ),
    "forgets the remainders of a fitted region": Change(
        "FR03", "form[n] = form[n] - (1 + 1 / rate) * abs(low) * gamma", "form[n] = form[n]"
    ),
    "takes a fitted gap of 0": Change("FB01", "    if not gap > 0:\n", "    if False:\n"),
    "believes the fitted better point": Change(
        "FB02",
        'if decided <= 0:\n        raise (Rejected if decided else Undecided)("FB02"',
        'if False:\n        raise (Rejected if decided else Undecided)("FB02"',
    ),
    "believes the bounds of the loss": Change(
        "CL03", "if claim.loss > point.loss.lower() or claim.most < point.loss.upper():", "if False:"
    ),
    "believes the radius of the targets": Change(
        "CL11", "if not 0 <= claim.target_radius <= point.target_radius:", "if False:"
    ),
    "takes uniform lifts for any": Change("CL02", 'if not shares & {"any", claim.lifts}:', "if not shares:"),
    "believes that data are generic": Change("CL09", "if claim.generic and", "if False and"),
    "takes any loss for the squared one of an affine fit": Change(
        "AM02",
        'if instance.loss != "squared":\n        raise Rejected("AM02"',
        'if False:\n        raise Rejected("AM02"',
    ),
    "takes units that bend": Change("AM03", "if place < len(kinks) and most >= kinks[place]:", "if False:"),
    "takes units at a kink": Change("AM03", "most >= kinks[place]:", "most > kinks[place] and least < kinks[place]:"),
    "skips <D,1> of an affine fit": Change(
        "AM04",
        'if sum(residual) != 0:\n            raise Rejected("AM04"',
        'if False:\n            raise Rejected("AM04"',
    ),
    "skips <D,x> of an affine fit": Change("AM05", "if not flat and any(moments):", "if False:"),
    "takes one flat unit for a flat layer": Change(
        "AM05", "flat = flat or not any(slopes)", "flat = flat or 0 in slopes"
    ),
    "takes an affine gap of 0": Change(
        "AB02", 'if gap <= 0:\n        raise Rejected("AB02"', 'if False:\n        raise Rejected("AB02"'
    ),
    "believes the affine better point": Change("AB03", "[-1])[1] > point.loss - gap:", "[-1])[1] < 0:"),
    "takes any direction of an affine optimum": Change(
        "AO04",
        'if not _separates(instance, groups, direction):\n        raise Rejected("AO04"',
        'if False:\n        raise Rejected("AO04"',
    ),
    "takes a global minimum for a bad one": Change("AO05", "if scatter >= point.loss:", "if False:"),
    "believes the region of an affine fit": Change("CL15", 'if claim.region == "affine" and point.flat:', "if False:"),
    "believes the optimum": Change("CL14", "and claim.optimum not in optima:", "and False:"),
    "believes the widths of an affine minimum": Change(
        "CL04", "for f in points if isinstance(f, Affine)):", "for f in points[:0]):"
    ),
    "takes any network for the examined one": Change(
        "CL16", "if any(sign(claim.distance - abs(p - v)) <= 0 for", "if False and any(v for"
    ),
    "takes a slope for one of any network": Change("CL16", "f.network == claim.network and 0 <=", "0 <="),
    "takes any number of symmetries": Change(
        "CL17", "if claim.symmetries != fixed and (claim.symmetries != 0 or claim.radius is not None):", "if False:"
    ),
    "believes the least loss": Change("CL18", "claim.least <= f.least and f.most <= claim.most and", "True and"),
    "takes an infimum for a minimum": Change("CL18", "and claim.attained == f.attained for", "for"),
    "believes the distance from the least loss": Change(
        "CL05", "below = any(gap < most or (gap == most and attained) for", "below = any(True for"
    ),
    "takes narrow networks for the least loss": Change(
        "XO02",
        'if not instance.admits(widths):\n        raise Rejected("XO02"',
        'if False:\n        raise Rejected("XO02"',
    ),
    "takes losses that are not bounded below": Change(
        "XO01",
        'if mean < 0 or (loss == "logistic" and mean > 1):',
        "if (mean := min(max(mean, Fraction(0)), Fraction(1) if loss == 'logistic' else mean)) < 0:",
    ),
    "proves what is undecided": Change(
        "LM05",
        '"REJECTED" if isinstance(failure, Rejected) else "UNDECIDED"',
        '"REJECTED" if isinstance(failure, Rejected) else "PROVED"',
    ),
}


def broken(name: str) -> Checker:
    """A checker with one of the changes."""
    _, old, new = SUBTLE[name]
    if SOURCE.count(old) != 1:
        raise ValueError(f"{name}: the text to be changed occurs {SOURCE.count(old)} times in standalone.py")
    module = ModuleType(f"{__name__}.broken")
    sys.modules[module.__name__] = module  # dataclasses look their module up
    exec(compile(SOURCE.replace(old, new), f"standalone that {name}", "exec"), module.__dict__)
    return partial(_verdict_only, module)


def _verdict_only(module: Any, texts: Texts) -> Answer:
    """The answer; a checker that proves says so whatever failure it ignored."""
    answer = second_checker(texts, module)
    return PROVED if answer.verdict == "PROVED" else answer


@dataclass(frozen=True, slots=True)
class Score:
    """How a checker does on the corpus.

    Attributes:
        accepted: bad certificates that it proves.
        refused: good certificates that it does not prove.
        crashed: certificates on which it ends with an exception.
        wrong: all certificates for which its answer is not the expected one.
        first: the first bad certificate that it proves.
    """

    bad: int
    good: int
    accepted: int
    refused: int
    crashed: int
    wrong: int
    first: str


def score(checker: Checker, cases: Iterable[Case]) -> Score:
    bad = good = accepted = refused = crashed = wrong = 0
    first = ""
    for case in cases:
        try:
            answer = checker(case.texts)
        except Exception:  # a broken checker may do anything
            answer = Answer("crashed")
        is_good = case.expected == PROVED
        good, bad = good + is_good, bad + (not is_good)
        crashed += answer.verdict == "crashed"
        wrong += answer != case.expected
        refused += is_good and answer != PROVED
        if not is_good and answer == PROVED:
            accepted += 1
            first = first or case.name
    return Score(bad, good, accepted, refused, crashed, wrong, first)
