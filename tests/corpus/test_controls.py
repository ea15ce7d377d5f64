"""The corpus exposes every broken checker: a test of the corpus."""

from __future__ import annotations

from itertools import chain

import pytest

from tests.corpus.controls import BLUNT, SUBTLE, broken, score
from tests.corpus.corpus import MALFORMED, PROVED, Case, Good, all_good, main_checker
from tests.corpus.mutations import is_quick, mutations
from tests.corpus.mutations.affine import affine
from tests.corpus.mutations.examined import examined
from tests.corpus.mutations.fitted import fitted
from tests.corpus.running import sample
from tests.corpus.subject import Subject
from tests.corpus.verdicts import verdicts

MOST = 300
FITTED = (
    "fitted-exp",
    "fitted-silu-two-outputs",
    "fitted-logistic-region-only",
    "fitted-poisson",
    "fitted-pseudo-huber-bare",
    "fitted-two-layers",
    "fitted-uniform",
)


AFFINE = ("affine-hand-abs", "affine-hand-dead", "affine-hand-repeated", "affine-hardtanh-dead", "affine-relu-bare")
TRAINED = ("examined-exact", "examined-wide", "examined-wide-deep", "examined-wide-logistic")


@pytest.fixture(scope="module")
def goods() -> list[Good]:
    return [good for good in all_good() if is_quick(Subject(good))]


@pytest.fixture(scope="module")
def cases(goods: list[Good]) -> list[Case]:
    chains = chain.from_iterable(fitted(Subject(good)) for good in goods if good.name in FITTED)
    fits = chain.from_iterable(affine(Subject(good)) for good in goods if good.name in AFFINE)
    trained = chain.from_iterable(examined(Subject(good)) for good in goods if good.name in TRAINED)
    others = [good for good in goods if good.name not in FITTED and not good.name.startswith(("affine", "examined"))]
    return [*(verdict.case for verdict in verdicts()), *sample(mutations(others[::2]), 4), *chains, *fits, *trained]


def test_accepting_everything(cases: list[Case]) -> None:
    found = score(BLUNT["accepts everything"], cases)
    assert found.accepted == found.bad > 2000
    assert found.refused == 0


def test_rejecting_everything(cases: list[Case]) -> None:
    found = score(BLUNT["rejects everything"], cases)
    assert found.accepted == 0
    assert found.refused == found.good > 100


def test_parsing_only(cases: list[Case]) -> None:
    found = score(BLUNT["parses only"], cases)
    assert found.refused == 0
    assert 0.5 * found.bad < found.accepted < found.bad
    stricter = score(BLUNT["reads the format only"], cases)
    assert stricter.refused == 0
    assert 0.3 * found.bad < stricter.accepted < found.accepted


@pytest.mark.parametrize("name", SUBTLE)
def test_subtle_mistakes(name: str, cases: list[Case], goods: list[Good]) -> None:
    """It proves the good certificates, and one of the bad ones whose verdict or code it has forgotten."""
    checker, expected = broken(name), SUBTLE[name].expected
    constant = [good for good in goods if not good.name.startswith(("affine", "fitted", "exceptional", "examined"))]
    constant = [good for good in constant if "negative" not in good.name]  # some controls take every sign for +
    for good in (*constant[::9], *(good for good in goods if good.name in (*FITTED, *AFFINE, *TRAINED))):
        assert checker(good.texts) == PROVED
    relevant = [case for case in cases if expected in (case.expected.code, case.expected.verdict)]
    assert any(score(checker, [case]).accepted for case in relevant)


def test_the_main_checker_passes_the_same_test(cases: list[Case]) -> None:
    found = score(main_checker, [case for case in cases if case.expected != MALFORMED][:MOST])
    assert (found.accepted, found.refused, found.crashed, found.wrong) == (0, 0, 0, 0)
