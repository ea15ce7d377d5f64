"""Writes `good`: `python -m tests.corpus.make` proves every problem below and saves what `certify prove` would save.

The problems are small, so that thousands of changed copies can be checked, and different from each other in everything
that a certificate can differ in. Searches have fixed seeds: the files come out the same every time. Those of fitted
points are searches in floating point, whose result depends on the processor; they were made once, with
`certify prove --construction fitted`, and are kept in `fitted` here and in `tests/proofs/data_fitted`.
"""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from fractions import Fraction
from math import floor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from certify.build import build
from certify.output import json_text
from certify.problem import Problem, read_problem
from proofs.document import digest
from tests.corpus.corpus import CHECKERS, GOOD, PROVED, Document, Good
from tests.proofs import fitted
from tests.proofs.affine import AFFINE as HAND_AFFINE
from tests.proofs.build import CASES, instance_document
from tests.proofs.claims.test_affine import with_optimum
from tests.running import EXAMPLES

FITTED = Path(__file__).resolve().parent / "fitted", fitted.FOLDER

DATA = {
    "three": "x\n-1\n0\n1",
    "line": "x\n-2\n-1\n0\n1/2\n3/2\n2",
    "repeated": "x\n-1\n-1\n0\n0\n1\n1\n3",
    "plane": "x,y\n1,0\n-1,0.5\n0,1\n0,-1\n0,0\n0.5,0.3\n-0.7,-0.4",
    "hull": "x,y\n2,0\n1,2\n-1,2\n-2,0\n-1,-1\n1,-3\n0,5/2",  # no point is a mean of others
    "space": "x,y,z\n0,0,2\n2,0,1\n-2,1,0\n0,-2,1\n1,2,-1\n1,-1,-2\n-1,-1,-1\n-1,2,2\n2,2,2\n2,-2,0\n-2,-2,1\n0,1,-2",
    "dependent": "x,double,y,one\n1,2,0,7\n-1,-2,0.5,7\n0,0,1,7\n0,0,-1,7\n0,0,0,7\n0.5,1,0.3,7",
    "long": "x\n-1.0000000000000000000001\n1/3\n0.0000000000000000000000000002\n9876543210987654/12345678901234567",
    "valley": "x,y\n-1,3\n0,0\n1,3",  # M is negative
    "valleys": "x,y,z\n-1,3,-1\n0,0,5\n1,3,-1\n2,2,1\n-2,2,1",
    "two-valued": "sex,age\n1,40\n2,35\n2,61\n1,18",
    "circle": "x,y\n1,0\n0,1\n-1,0\n3/5,4/5\n-4/5,3/5\n5/13,-12/13",
    "paraboloid": "a,b,c\n0,0,0\n1,0,1\n0,1,1\n-1,2,5\n2,-1,5\n3,1,10\n1,-2,5",
    "flat-circle": "x,y,sum\n1,0,1\n0,1,1\n-1,0,-1\n3/5,4/5,7/5\n-4/5,3/5,-1/5",
    "twice": "x,u,y,z\n0,1,1,0\n0,1,2,0\n1,0,3,1/3\n2,2,4,-1\n3,1,0,2\n3,1,1,2\n4,5,0.7,1\n-1,2,3,3",
}

LOSS_DIGITS = 8
OPTIMUM_GAP = "9/10"

AFFINE = {"construction": "affine"}

# The name of the good certificate: the data set (or example), and what the problem says.
PROBLEMS: dict[str, tuple[str, dict[str, Any]]] = {
    "affine-abs-2-bias": (
        "space",
        {**AFFINE, "activation": "abs", "targets": ("y", "z"), "depth": 2, "output_bias": True},
    ),
    "affine-hardsigmoid": ("hull", {**AFFINE, "activation": "hardsigmoid", "targets": ("y",)}),
    "affine-hardtanh-dead": ("plane", {**AFFINE, "activation": "hardtanh", "targets": ("y",), "piece": 0}),
    "affine-leaky-relu-3": ("twice", {**AFFINE, "activation": "leaky_relu", "targets": ("z",), "depth": 3}),
    "affine-prelu-left": ("twice", {**AFFINE, "activation": "prelu", "targets": ("y", "z"), "piece": 0}),
    "affine-relu": ("space", {**AFFINE, "activation": "relu", "targets": ("z",)}),
    "affine-relu6-2-widths": (
        "twice",
        {**AFFINE, "activation": "relu6", "targets": ("y",), "depth": 2, "widths": (1, 3)},
    ),
    "affine-softshrink": ("space", {**AFFINE, "activation": "softshrink", "targets": ("x",), "standardise": True}),
    "arctan-1": ("space", {"activation": "arctan"}),
    "arctan-2-widths": ("plane", {"activation": "arctan", "depth": 2, "widths": (3, 7)}),
    "arctan-4": ("line", {"activation": "arctan", "depth": 4}),
    "circle": ("circle", {"activation": "tanh"}),
    "elu-1-widths": ("three", {"activation": "elu", "widths": (2,)}),
    "elu-2-bias": ("line", {"activation": "elu", "depth": 2, "output_bias": True}),
    "elu-4": ("three", {"activation": "elu", "depth": 4}),
    "erf-1-two-outputs": ("plane", {"activation": "erf", "outputs": 2, "output_bias": True}),
    "erf-2-dependent": ("dependent", {"activation": "erf", "depth": 2, "output_bias": True}),
    "exp-1": ("line", {"activation": "exp"}),
    "exp-2": ("three", {"activation": "exp", "depth": 2}),
    "exp-3-log": ("three", {"activation": "exp", "depth": 3, "levels": ("log(1/2)", "log(1/3)", "log(2/3)")}),
    "formula-1-kinked-bias": ("line", {"activation": "relu(z)**2+tanh(z)", "output_bias": True}),
    "formula-2": ("plane", {"activation": "z*tanh(log(1+exp(z)))", "depth": 2}),
    "flat-circle": ("flat-circle", {"activation": "gelu", "depth": 2, "widths": (4, 4)}),
    "gelu-1-negative": ("valley", {"activation": "gelu", "targets": ("y",)}),
    "gelu-2": ("line", {"activation": "gelu", "depth": 2}),
    "gelu-4-bias": ("three", {"activation": "gelu", "depth": 4, "output_bias": True}),
    "iris-sigmoid-3": ("iris.csv", {"activation": "sigmoid", "depth": 3}),
    "iris-tanh-1": ("iris.csv", {"activation": "tanh"}),
    "paraboloid": ("paraboloid", {"activation": "sin", "depth": 3}),
    "sech-2": ("plane", {"activation": "sech", "depth": 2}),
    "sigmoid-1-log-bias": ("three-points.toml", {}),
    "sigmoid-2-three-outputs": ("plane", {"activation": "sigmoid", "depth": 2, "outputs": 3, "output_bias": True}),
    "sigmoid-3-long": ("long", {"activation": "sigmoid", "depth": 3}),
    "sigmoid-5-widths": ("three", {"activation": "sigmoid", "depth": 5, "widths": (1, 2, 1, 2, 3)}),
    "silu-1-hull": ("hull", {"activation": "silu"}),
    "silu-1-left": ("three", {"activation": "silu", "levels": ("-3",)}),
    "silu-2-repeated": ("repeated", {"activation": "silu", "depth": 2}),
    "silu-3": ("plane", {"activation": "silu", "depth": 3}),
    "sin-1-repeated": ("repeated", {"activation": "sin"}),
    "sin-2-bias": ("line", {"activation": "sin", "depth": 2, "output_bias": True}),
    "softplus-1-hull-bias": ("hull", {"activation": "softplus", "output_bias": True}),
    "softplus-2-standard": ("plane", {"activation": "softplus", "depth": 2, "standardise": True}),
    "softplus-5": ("three", {"activation": "softplus", "depth": 5}),
    "softsign-1-dependent": ("dependent", {"activation": "softsign"}),
    "softsign-2": ("plane", {"activation": "softsign", "depth": 2, "outputs": 2}),
    "square-1": ("plane", {"activation": "square"}),
    "square-2": ("line", {"activation": "square", "depth": 2, "levels": ("1/2", "1/3")}),
    "square-3-falling": ("three", {"activation": "square", "depth": 3, "levels": ("1/2", "-1/2", "-1/3")}),
    "tanh-1-negative-bias": (
        "valleys",
        {"activation": "tanh", "features": ("x",), "targets": ("y", "z"), "output_bias": True},
    ),
    "tanh-2": ("line", {"activation": "tanh", "depth": 2}),
    "tanh-3-hull": ("hull", {"activation": "tanh", "depth": 3, "levels": ("-1/2", "1/2", "-3/4")}),
    "tanh-5-bias": ("three", {"activation": "tanh", "depth": 5, "output_bias": True}),
    "two-valued": ("two-valued", {"activation": "sigmoid"}),
    "wine-silu-2": (
        "wine.csv",
        {"activation": "silu", "depth": 2, "features": ("alcohol", "malic_acid", "ash", "hue"), "standardise": True},
    ),
}


def searched() -> Iterator[Good]:
    """What `certify prove` finds for the problems above."""
    with TemporaryDirectory() as folder:
        for name, (data, fields) in PROBLEMS.items():
            path = EXAMPLES / data
            if data in DATA:
                path = Path(folder) / f"{data}.csv"
                path.write_text(DATA[data] + "\n", "utf-8")
            problem = read_problem(path) if path.suffix == ".toml" else Problem(path, **fields)
            bundle = build(problem, lambda message: None)
            yield Good(name, bundle.instance_document, bundle.certificate_document)


def by_hand() -> Iterator[Good]:
    """The documents of `tests.proofs.build`, which were written by hand."""
    for name, case in CASES.items():
        yield Good(f"hand-{name.replace(' ', '-')}", case.document, case.certificate())


def affine() -> Iterator[Good]:
    """The affine points of `tests.proofs.affine`, with everything claimed that they support."""
    for name, case in HAND_AFFINE.items():
        yield Good(f"affine-hand-{name}", case.document, with_optimum(case).certificate())


def stored() -> Iterator[Good]:
    """The fitted points that were kept. The bounds of the loss are rounded outwards: another precision may give bounds
    that are wider in the last bits."""
    for folder in FITTED:
        for path in sorted(folder.glob("*.json")):
            document = json.loads(path.read_text("utf-8"))
            claim = document["certificate"]["claim"]
            for key, side in (("loss_lower", 1), ("loss_upper", -1)):
                claim[key] = str(Fraction(side * floor(side * Fraction(claim[key]) * 10**LOSS_DIGITS), 10**LOSS_DIGITS))
            yield Good(f"fitted-{path.stem}", document["instance"], document["certificate"])


def less(certificate: Document) -> None:
    """Only a local minimum is claimed, and its two regions."""
    claim = certificate["claim"]
    del claim["gap"]
    claim |= {"kind": "local-minimum", "least_widths": [1] * len(claim["least_widths"]), "zero_loss_widths": None}
    certificate["claim"] = claim | {"generic": False}
    certificate["steps"] = [s for s in certificate["steps"] if s["lemma"].startswith(("con", "loc", "int", "jen"))]


def bare(certificate: Document) -> None:
    """The least that can be claimed."""
    less(certificate)
    certificate["claim"] |= {"box_radius": None, "jensen_region": False}
    certificate["steps"] = certificate["steps"][:2]


def optimum_only(certificate: Document) -> None:
    """The exact optimum serves as the better point."""
    steps = [s for s in certificate["steps"] if not s["lemma"].startswith("better")]
    claim = certificate["claim"]
    certificate["claim"] = {**claim, "least_widths": claim["zero_loss_widths"], "gap": claim["loss"]}
    certificate["steps"] = steps


def only(*lemmas: str) -> Callable[[Document], None]:
    """Of a fitted point, fitted-point/1 and these steps, and what they support."""

    def edit(certificate: Document) -> None:
        claim, every = certificate["claim"], (fitted.POINT, *lemmas)
        certificate["steps"] = [s for s in certificate["steps"] if s["lemma"] in every]
        if fitted.ANY not in lemmas and fitted.REGION not in lemmas:
            step = {"id": "uniform", "lemma": fitted.UNIFORM, "premises": ["s1"], "arguments": {}}
            certificate["steps"].insert(1, step)
            claim["lifts"] = "uniform"
        if fitted.REGION not in lemmas:
            claim["region_radius"] = None
        if fitted.BETTER not in lemmas:
            del claim["gap"]
            claim |= {"kind": "fitted-minimum", "least_widths": [1] * len(claim["least_widths"])}
        if fitted.OPTIMUM not in lemmas:
            claim["optimum_widths"] = None

    return edit


def affine_bare(certificate: Document) -> None:
    """The minimum alone."""
    claim = certificate["claim"]
    del claim["gap"]
    claim |= {"kind": "affine-minimum", "optimum_widths": None, "optimum": None}
    certificate["steps"] = certificate["steps"][:1]


def affine_optimum_only(certificate: Document) -> None:
    """The exact optimum serves as the better point."""
    certificate["steps"] = [s for s in certificate["steps"] if s["lemma"] != "affine-better-point/1"]
    claim = certificate["claim"]
    gap = Fraction(claim["loss"]) - Fraction(claim["optimum"])
    claim |= {"least_widths": claim["optimum_widths"], "gap": str(gap)}


def fitted_optimum_only(certificate: Document) -> None:
    """The exact optimum serves as the better point; its gap is a little less than what it shows."""
    certificate["steps"] = [s for s in certificate["steps"] if s["lemma"] != fitted.BETTER]
    claim = certificate["claim"]
    claim |= {"least_widths": claim["optimum_widths"], "gap": OPTIMUM_GAP}


def at_bits(bits: int) -> Callable[[Document], None]:
    return lambda certificate: certificate.update(precision=bits)


def as_lemma(certificate: Document) -> None:
    """The conclusion of the last step is claimed as it stands."""
    last = certificate["steps"][-1]
    certificate["claim"] = {"kind": "lemma", "step": last["id"], "lemma": last["lemma"]}


EDITED: dict[str, tuple[str, Callable[[Document], None]]] = {
    "tanh-2-local-minimum": ("tanh-2", less),
    "gelu-1-negative-bare": ("gelu-1-negative", bare),
    "sin-1-optimum-only": ("sin-1-repeated", optimum_only),
    "arctan-1-53-bits": ("arctan-1", at_bits(53)),
    "exp-1-4096-bits": ("exp-1", at_bits(4096)),
    "erf-2-256-bits": ("erf-2-dependent", at_bits(256)),
    "affine-relu-bare": ("affine-relu", affine_bare),
    "affine-hand-repeated-optimum-only": ("affine-hand-repeated", affine_optimum_only),
    "fitted-elu-uniform": ("fitted-elu", only(fitted.BETTER)),
    "fitted-logistic-region-only": ("fitted-logistic", only(fitted.REGION)),
    "fitted-pseudo-huber-bare": ("fitted-pseudo-huber", only(fitted.ANY)),
    "fitted-kinked-200-bits": ("fitted-kinked", at_bits(200)),
    "exceptional-erf-as-lemma": ("exceptional-erf", as_lemma),
    "fitted-repeated-optimum-only": ("fitted-repeated", fitted_optimum_only),
}


def edited(good: dict[str, Good]) -> Iterator[Good]:
    """Certificates that say less, or the same at another precision."""
    for name, (origin, edit) in EDITED.items():
        certificate = copy.deepcopy(good[origin].certificate)
        edit(certificate)
        yield Good(name, good[origin].instance, certificate)


def jensen_only() -> Good:
    """D is one gap on a segment of the plane, so M is singular and only jensen-region/1 applies; the kink is inside."""
    instance = copy.deepcopy(CASES["two features"].document)
    instance["data"] = {
        "features": ["x", "y"],
        "inputs": [["-1", "-2"], ["0", "0"], ["1", "2"], ["3", "1"]],
        "targets": [["0"], ["3"], ["0"], ["1"]],
    }
    instance["network"] = {"activation": "elu", "depth": 1, "widths": "every", "output_bias": True}
    steps = [
        {
            "id": "point",
            "lemma": "constant-point/1",
            "premises": [],
            "arguments": {
                "levels": ["-1/2"], "scales": [], "constants": ["1"], "output_weights": ["2"], "dependent": [],
            },
        },
        {
            "id": "jensen",
            "lemma": "jensen-region/1",
            "premises": ["point"],
            "arguments": {
                "gaps": [{"weight": "2", "centre": 1, "vertices": [0, 2], "coefficients": ["1/2", "1/2"]}],
                "output_scales": ["1"],
                "intervals": [{"lower": None, "upper": None}],
            },
        },
    ]  # fmt: skip
    claim = {
        "kind": "local-minimum",
        "loss": "6",
        "least_widths": [1],
        "box_radius": None,
        "jensen_region": True,
        "zero_loss_widths": None,
        "generic": False,
    }
    return Good("jensen-only", instance, _certificate(instance, claim, steps))


def exceptional() -> Iterator[Good]:
    """Activations with an equation of their own; there need not be any targets."""
    for name, activation, targets in (
        ("exceptional-erf", "erf", []),
        ("exceptional-arctan-2", "arctan", [[0], [3], [1]]),
        ("exceptional-cosh", "cosh", []),
    ):
        instance = instance_document([[-1], [0], [2]], targets, activation, depth=1 + len(targets) // 3)
        steps = [{"id": "s1", "lemma": "exceptional-activation/1", "premises": [], "arguments": {}}]
        yield Good(name, instance, _certificate(instance, {"kind": "exceptional-activation"}, steps))


def _certificate(instance: Document, claim: Document, steps: list[Document]) -> Document:
    return {
        "format": "certify-certificate/1",
        "instance": digest(instance),
        "precision": 128,
        "claim": claim,
        "steps": steps,
    }


def beside(good: Good, name: str) -> Good:
    """The same with the data in a file beside the instance; the inputs and targets of `good` must be integers."""
    data = good.instance["data"]
    rows = [x + y for x, y in zip(data["inputs"], data["targets"], strict=True)]
    content = "\n".join(",".join(row) for row in [["1"] * len(rows[0]), *rows]).encode() + b"\n"
    described = {
        "features": data["features"],
        "file": "samples.data",
        "sha256": hashlib.sha256(content).hexdigest(),
        "outputs": len(data["targets"][0]),
    }
    instance = {**good.instance, "data": described}
    return Good(name, instance, {**good.certificate, "instance": digest(instance)}, {"samples.data": content})


def everything() -> dict[str, Good]:
    found = {g.name: g for g in (*searched(), *by_hand(), *affine(), jensen_only(), *stored(), *exceptional())}
    found |= {g.name: g for g in edited(found)}
    return found | {name: beside(found["hand-two-outputs"], name) for name in ("hand-data-beside",)}


def main() -> None:
    good = everything()
    shutil.rmtree(GOOD, ignore_errors=True)
    for name, each in good.items():
        folder = GOOD / name
        folder.mkdir(parents=True)
        (folder / "instance.json").write_bytes(json_text(each.instance))
        (folder / "certificate.json").write_bytes(json_text(each.certificate))
        for file, content in each.files.items():
            (folder / file).write_bytes(content)
        answers = {checker: check(each.texts) for checker, check in CHECKERS.items()}
        print(name, *answers.values(), sep="  " if set(answers.values()) == {PROVED} else "  WRONG  ")


if __name__ == "__main__":
    main()
