"""The second checker on affine points: the same verdicts, steps and codes as the main one."""

from __future__ import annotations

from typing import Any

import pytest

from proofs import standalone
from proofs.exact import Malformed
from proofs.kernel import Verdict
from tests.proofs import build
from tests.proofs.affine import AFFINE, BETTER, MINIMUM, OPTIMUM, RELU
from tests.proofs.build import Case, changed
from tests.proofs.claims.test_affine import REFUSED, with_optimum
from tests.proofs.lemmas import test_affine_better_point, test_affine_minimum, test_affine_optimum

EACH = pytest.mark.parametrize("case", AFFINE.values(), ids=AFFINE)


def both(case: Case, changes: dict[str, Any] | None = None) -> tuple[Any, Any]:
    """(verdict, step, code) of the main checker, and of the second; the verdict alone if malformed."""
    try:
        found = case.check(changes)
        first: Any = (
            (found.verdict.value, found.failure.step, found.failure.failure.code)
            if found.failure
            else (found.verdict.value, "", "")
        )
    except Malformed:
        first = "malformed"
    try:
        result = standalone.check(standalone.read_instance(case.document), case.certificate(changes))
        second: Any = (result.verdict, result.stopped, result.failure.code if result.failure else "")
    except standalone.Malformed:
        second = "malformed"
    return first, second


@EACH
def test_the_second_checker_proves_them(case: Case) -> None:
    assert both(case) == ((Verdict.PROVED.value, "", ""),) * 2
    assert both(with_optimum(case)) == ((Verdict.PROVED.value, "", ""),) * 2


TABLES = {
    MINIMUM: test_affine_minimum.REJECTED,
    BETTER: test_affine_better_point.REJECTED,
    OPTIMUM: test_affine_optimum.REJECTED,
}
ROWS = [(f"{lemma}: {row[0]}", lemma, *row[1:]) for lemma, rows in TABLES.items() for row in rows]


@pytest.mark.parametrize(("lemma", "case", "changes", "code"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_it_rejects_what_the_main_one_rejects(lemma: str, case: Case, changes: dict[str, Any], code: str) -> None:
    arguments = {MINIMUM: case.arguments[MINIMUM], lemma: changed(case.arguments[lemma], changes)}
    edited = Case(case.document, arguments, case.claim)
    first, second = both(edited)
    assert first == second
    assert first[2] == code


@pytest.mark.parametrize(("case", "changes", "code"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_it_refuses_the_same_claims(case: Case, changes: dict[str, Any], code: str) -> None:
    first, second = both(case, changes)
    assert first == second == ("REJECTED", "claim", code)


@pytest.mark.parametrize("name", [*standalone.LINES, "silu"])
@pytest.mark.parametrize("case", [RELU, build.THREE, build.DEEP], ids=["affine", "constant", "deep"])
def test_both_say_the_same_of_another_activation(name: str, case: Case) -> None:
    first, second = both(case.about({"network.activation": name}))
    assert first == second


@pytest.mark.parametrize("name", standalone.LINES)
@pytest.mark.parametrize("level", ["0", "1/2", "-1", "1", "3", "-1/2", "log(2)"])
def test_no_constant_point_is_a_minimum_for_a_piecewise_affine_activation(name: str, level: str) -> None:
    """local-minimum/1 and jensen-region/1 are about smooth ones; both checkers stop there, or before, at a kink."""
    at_kink = level in standalone.LINES[name].split(" | ")[1::2]
    case = build.with_point(build.BIASED, {"levels": [level]}, {"network.activation": name})
    for lemma, code in ((build.MINIMUM, "LM05"), (build.JENSEN, "JR07")):
        steps = Case(case.document, {k: v for k, v in case.arguments.items() if k in (build.POINT, lemma)}, case.claim)
        first, second = both(steps)
        assert first == second
        assert first[0] != "PROVED"
        assert first[2] == ("CP09" if at_kink else code)


@pytest.mark.parametrize("name", standalone.LINES)
def test_the_lemmas_about_the_optimum_refuse_a_kink(name: str) -> None:
    case = build.BIASED.about({"network.activation": name})
    arguments = {lemma: case.arguments[lemma] for lemma in (build.POINT, build.OPTIMUM)}
    assert both(Case(case.document, arguments, case.claim)) == (("REJECTED", "exact-optimum", "EO06"),) * 2


@EACH
@pytest.mark.parametrize("changes", [{"claim.region": "box"}, {"claim.optimum": None}, {"claim.box": "1"}])
def test_malformed(case: Case, changes: dict[str, Any]) -> None:
    assert both(case, changes) == ("malformed", "malformed")


def test_premises_of_another_kind() -> None:
    """What is known about a constant point does not serve an affine one, nor the other way round."""
    constant, affine = build.THREE, RELU
    for case, extra in ((constant, BETTER), (affine, build.BETTER)):
        steps = case.certificate()["steps"]
        foreign = {"id": "more", "lemma": extra, "premises": [steps[0]["id"]], "arguments": {}}
        assert both(case, {"steps": [*steps, foreign]}) == (("REJECTED", "more", "KE05"),) * 2


@pytest.mark.parametrize(("lemma", "code"), [(BETTER, "AB01"), (OPTIMUM, "AO01")])
def test_a_premise_of_another_kind_by_hand(lemma: str, code: str) -> None:
    """The kernel refuses it before; the lemmas refuse it once more."""
    instance = standalone.read_instance(RELU.document)
    constant = standalone.constant_point(
        standalone.read_instance(build.THREE.document), [], standalone.Fields(build.THREE.arguments[build.POINT], "")
    )
    function, premises = standalone.LEMMAS[lemma]
    assert premises == [MINIMUM]
    with pytest.raises(standalone.Rejected) as refusal:
        function(instance, [constant], standalone.Fields(RELU.arguments[lemma], ""))
    assert refusal.value.code == code


@pytest.mark.parametrize("missing", ["optimum", "optimum_widths"])
def test_an_optimum_without_widths_or_widths_without_an_optimum(missing: str) -> None:
    claimed = with_optimum(RELU)
    edited = Case(claimed.document, claimed.arguments, claimed.claim | {missing: None})
    assert both(edited) == ("malformed", "malformed")
