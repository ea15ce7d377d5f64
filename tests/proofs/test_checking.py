"""instance + certificate -> verdict: nothing is believed, and a crash is no verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flint import ctx

from proofs.certificate import read_certificate
from proofs.checking import Outcome, check
from proofs.exact import Malformed
from proofs.instance import Instance, read_instance
from proofs.kernel import Conclusion, Fact, Rejected, Verdict
from proofs.lemmas import LEMMAS
from tests.proofs.build import BETTER, BINARY, CASES, MINIMUM, POINT, THREE, Case, changed, layer


def described(outcome: Outcome) -> tuple[Verdict, str, str, str]:
    failed = outcome.failure
    return (outcome.verdict, *((failed.step, failed.lemma, failed.failure.code) if failed else ("", "", "")))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_proved(case: Case) -> None:
    outcome = case.check()
    assert described(outcome) == (Verdict.PROVED, "", "", "")
    assert [fact.lemma.name for fact in outcome.facts] == list(case.arguments)
    assert outcome.precision == 128


@pytest.mark.parametrize("bits", [53, 64, 4096])
def test_the_precision_of_the_certificate_is_used_and_put_back(bits: int) -> None:
    before = ctx.prec
    seen = []

    def watch(instance: Instance, premises: tuple[Fact, ...], arguments: Any) -> Conclusion:
        seen.append(ctx.prec)
        return LEMMAS[POINT].check(instance, premises, arguments)

    certificate = read_certificate(THREE.certificate({"precision": bits}))
    outcome = check(THREE.instance, certificate, {**LEMMAS, POINT: replace(LEMMAS[POINT], check=watch)})
    assert outcome.verdict is Verdict.PROVED
    assert seen == [bits]
    assert ctx.prec == before


def test_a_certificate_for_another_instance_is_rejected() -> None:
    other = THREE.about({"provenance": "elsewhere"})
    outcome = check(other.instance, read_certificate(THREE.certificate()))
    assert described(outcome) == (Verdict.REJECTED, "certificate", "", "CE01")
    assert outcome.facts == ()
    for false in ("", "sha256:", THREE.instance.hash.upper(), THREE.instance.hash + " ", THREE.instance.hash[:-1]):
        assert described(THREE.check({"instance": false})) == (Verdict.REJECTED, "certificate", "", "CE01")


def test_a_certificate_without_steps_proves_nothing() -> None:
    for case in (THREE, BINARY):
        assert described(case.check({"steps": []})) == (Verdict.UNDECIDED, "certificate", "", "CE02")


def test_a_lemma_that_is_not_known_is_undecided_even_for_a_modest_claim() -> None:
    outcome = THREE.check({"steps.6.lemma": "generic-data/2", "claim.generic": False})
    assert described(outcome) == (Verdict.UNDECIDED, "generic-data", "generic-data/2", "KE03")
    assert len(outcome.facts) == 6


def test_a_step_that_is_rejected_stops_even_if_the_claim_does_not_need_it() -> None:
    outcome = THREE.check({"steps.4.arguments.gap": "6", "claim.gap": "1", "claim.least_widths": [3]})
    assert described(outcome) == (Verdict.REJECTED, "better-point", "better-point/1", "BP05")


def test_a_step_that_is_undecided_leaves_the_certificate_undecided() -> None:
    case = THREE.about({"network.activation": "tanh", "network.output_bias": True})
    case = Case(
        case.document, {POINT: THREE.arguments[POINT] | {"levels": ["0"], "output_weights": ["1"]}, MINIMUM: {}}
    )
    claim = {"kind": "local-minimum", "loss": "6", "least_widths": [1], "box_radius": None, "jensen_region": False,
             "zero_loss_widths": None, "generic": False}  # fmt: skip
    assert described(replace(case, claim=claim).check()) == (Verdict.UNDECIDED, MINIMUM[:-2], MINIMUM, "LM05")


def test_a_false_claim_is_rejected_after_all_steps_went_through() -> None:
    outcome = THREE.check({"claim.loss": "5"})
    assert described(outcome) == (Verdict.REJECTED, "claim", "", "CL03")
    assert len(outcome.facts) == len(THREE.arguments)


def test_an_argument_too_many_is_malformed_and_no_verdict() -> None:
    with pytest.raises(Malformed, match=r"steps\[1\]\.arguments: unknown field 'proved'"):
        THREE.check({"steps.1.arguments": {"proved": True}})


def test_a_crash_inside_a_lemma_is_no_verdict_and_restores_the_precision() -> None:
    before = ctx.prec

    def crash(*_: Any) -> Conclusion:
        raise IndexError("a bug")

    broken = {**LEMMAS, MINIMUM: replace(LEMMAS[MINIMUM], check=crash)}
    with pytest.raises(IndexError, match="a bug"):
        check(THREE.instance, read_certificate(THREE.certificate()), broken)
    assert ctx.prec == before


def test_a_conclusion_is_never_taken_from_the_certificate() -> None:
    """A lemma of the same name that rejects everything cannot be talked round."""

    def never(*_: Any) -> Conclusion:
        raise Rejected("XX00", "never")

    strict = {**LEMMAS, BETTER: replace(LEMMAS[BETTER], check=never)}
    outcome = check(THREE.instance, read_certificate(THREE.certificate()), strict)
    assert outcome.verdict is Verdict.REJECTED


def test_a_certificate_can_be_checked_twice() -> None:
    certificate = read_certificate(THREE.certificate())
    instance = THREE.instance
    assert check(instance, certificate).verdict is check(instance, certificate).verdict is Verdict.PROVED


def test_the_same_proof_fails_for_the_changed_instance_with_the_right_hash() -> None:
    """Every number of the instance matters: change one, sign the certificate for it, and some step is refused."""
    places = [f"data.inputs.{n}.0" for n in range(3)] + [f"data.targets.{n}.0" for n in range(3)]
    for place in places:
        for value in ("-7", "1/1000000", "12"):
            case = THREE.about({place: value})
            outcome = case.check()
            assert outcome.verdict is Verdict.REJECTED
            assert outcome.facts == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"network.activation": "tanh"},
        {"network.activation": "sin"},
        {"network.activation": "square"},
        {"network.depth": 2},
        {"network.output_bias": True},
        {"network.widths": [1]},
    ],
)
def test_the_architecture_is_part_of_what_is_proved(changes: dict[str, Any]) -> None:
    case = THREE.about(changes)
    try:
        verdict = case.check().verdict
    except Malformed:
        return
    assert verdict is not Verdict.PROVED


def test_huge_numbers_are_refused_or_decided_in_no_time_and_without_exhausting_memory() -> None:
    exponential = changed(THREE.document, {"network.activation": "exp", "network.output_bias": True})
    for level in (10**12, -(10**12), 10**300, -(10**300)):
        arguments = THREE.arguments | {
            POINT: THREE.arguments[POINT] | {"levels": [str(level)], "output_weights": ["1"]},
            BETTER: {"gap": "1", "layers": [layer([[10**12]], [0]), layer([[1]], [0])]},
        }
        outcome = Case(exponential, arguments, THREE.claim).check()
        assert outcome.verdict in (Verdict.REJECTED, Verdict.UNDECIDED)


def test_an_instance_read_from_its_document_is_the_same() -> None:
    assert read_instance(THREE.document).hash == THREE.instance.hash
