"""The published JSON Schemas: every good document fits, and what is malformed by its structure does not."""

from __future__ import annotations

import json
import re
from collections import Counter
from importlib.resources import files
from math import gcd
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from proofs.activations import CATALOGUE
from proofs.formulas import ROWS
from proofs.lemmas import LEMMAS
from tests.corpus.corpus import Good, all_good
from tests.corpus.mutations.fields import fields, places
from tests.corpus.mutations.lemma_claims import BAD_USES, USE
from tests.corpus.subject import Subject

GOOD = all_good()
SMALL = [good for good in GOOD if len(Subject(good).inputs) <= 20]


def _schema(kind: str) -> Any:
    return json.loads(files("proofs").joinpath("schema", f"{kind}.schema.json").read_text("utf-8"))


VALIDATORS = {kind: Draft202012Validator(_schema(kind)) for kind in ("instance", "certificate")}


@pytest.mark.parametrize("kind", VALIDATORS)
def test_the_schema_is_a_schema(kind: str) -> None:
    Draft202012Validator.check_schema(_schema(kind))


@pytest.mark.parametrize("good", GOOD, ids=lambda good: good.name)
def test_good_documents_fit(good: Good) -> None:
    VALIDATORS["instance"].validate(good.instance)
    VALIDATORS["certificate"].validate(good.certificate)


@pytest.mark.parametrize("uses", [[], [USE]])
def test_packages_fit(uses: list[Any]) -> None:
    VALIDATORS["certificate"].validate({**SMALL[0].certificate, "uses": uses})


@pytest.mark.parametrize("uses", [uses for change, uses in BAD_USES.items() if "twice" not in change])
def test_packages_that_do_not_fit(uses: Any) -> None:
    assert not VALIDATORS["certificate"].is_valid({**SMALL[0].certificate, "uses": uses})


def test_structural_changes_do_not_fit() -> None:
    """Removed, renamed and unknown fields, wrong types and misspelt numbers, at every place."""
    counted: Counter[str] = Counter()
    for subject in map(Subject, SMALL):
        for case in fields(subject, thorough=1):
            which = case.change.partition(".")[0].partition(" ")[0]
            text = case.texts.instance if which == "instance" else case.texts.certificate
            if _is_beyond_a_schema(case.change, text):
                counted["beyond a schema"] += 1
                continue
            assert not VALIDATORS[which].is_valid(json.loads(text)), case.name
            counted[which] += 1
    assert counted["instance"] > 700
    assert counted["certificate"] > 3000
    assert counted["beyond a schema"] < sum(counted.values()) / 5


def _is_beyond_a_schema(change: str, text: bytes) -> bool:
    """A key written twice, fractions not in lowest terms, floats that are integers, what is no JSON; and whether there
    are output weights or the output bias of a chain depends on the instance."""
    if change.endswith(("written twice", "output_weights removed", "chain.output_bias removed")):
        return True
    try:
        document = json.loads(text, parse_float=_float)
    except ValueError:
        return True
    return any(isinstance(v, _Whole) or (isinstance(v, str) and _is_reducible(v)) for _, v in places(document))


class _Whole(float):
    """A float that JSON Schema takes for an integer."""


def _float(token: str) -> float:
    value = float(token)
    return _Whole(value) if value.is_integer() else value


def _is_reducible(text: str) -> bool:
    found = re.fullmatch(r"(?:log\()?-?([0-9]{1,99})/([0-9]{1,99})\)?", text)
    return found is not None and gcd(int(found[1]), int(found[2])) > 1


def test_the_schemas_know_all_lemmas_and_activations() -> None:
    step = _schema("certificate")["$defs"]["step"]
    known = [rule["if"]["properties"]["lemma"]["const"] for rule in step["allOf"]]
    assert sorted(known) == sorted(LEMMAS)
    names, formulas = _schema("instance")["properties"]["network"]["properties"]["activation"]["anyOf"]
    assert names["enum"] == list(ROWS)
    for text in (*(row.formula for row in ROWS.values() if row.name not in CATALOGUE), "z", "piecewise(z<-1/2,z,0)"):
        assert re.search(formulas["pattern"], text), text
    for text in ("relu", "2+3", "z\n", "z*x_1", "__import__('os')", "z z", "z^2", "σ(z)"):
        assert not re.search(formulas["pattern"], text), text
