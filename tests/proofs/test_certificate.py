"""The certificate format: parse and refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import proofs.certificate
from proofs.certificate import load_certificate, read_certificate
from proofs.claims.minimum import MinimumClaim
from proofs.claims.obstruction import ObstructionClaim
from proofs.document import TooLarge
from proofs.exact import Malformed
from tests.corpus.mutations.lemma_claims import BAD_USES, USE
from tests.proofs.build import BINARY, NULL, THREE


def test_a_certificate_is_read(tmp_path: Path) -> None:
    document = THREE.certificate()
    certificate = read_certificate(document)
    assert isinstance(certificate.claim, MinimumClaim)
    assert certificate.instance == THREE.instance.hash
    assert certificate.precision == 128
    assert [step.lemma for step in certificate.steps] == list(THREE.arguments)
    assert certificate.steps[1].premises == ("constant-point",)
    path = tmp_path / "certificate.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert load_certificate(path).claim == certificate.claim
    path.write_text('{"format": "x", "format": "y"}', encoding="utf-8")
    with pytest.raises(Malformed, match="twice"):
        load_certificate(path)


def test_an_obstruction_certificate_is_read() -> None:
    assert read_certificate(BINARY.certificate()).claim == ObstructionClaim(("sex",))


MALFORMED: list[tuple[dict[str, Any], str]] = [
    ({"format": "certify-certificate/2"}, "format"),
    ({"format": "certify-instance/1"}, "format"),
    ({"format": None}, "'format' is missing"),
    ({"extra": 0}, "unknown field 'extra'"),
    ({"verdict": "PROVED"}, "unknown field 'verdict'"),
    ({"precision": None}, "'precision' is missing"),
    ({"precision": 52}, "53 to 4096"),
    ({"precision": 4097}, "53 to 4096"),
    ({"precision": 0}, "53 to 4096"),
    ({"precision": -128}, "53 to 4096"),
    ({"precision": True}, "integer"),
    ({"precision": "128"}, "integer"),
    ({"instance": None}, "'instance' is missing"),
    ({"instance": 5}, "instance"),
    ({"claim": None}, "'claim' is missing"),
    ({"claim": []}, "claim"),
    ({"steps": None}, "'steps' is missing"),
    ({"steps": {}}, "steps"),
    ({"steps.0": "constant-point/1"}, r"steps\[0\]"),
    ({"steps.0.id": None}, "'id' is missing"),
    ({"steps.0.id": 1}, r"steps\[0\]\.id"),
    ({"steps.0.lemma": None}, "'lemma' is missing"),
    ({"steps.0.lemma": 1}, r"steps\[0\]\.lemma"),
    ({"steps.0.premises": None}, "'premises' is missing"),
    ({"steps.0.premises": "s1"}, r"steps\[0\]\.premises"),
    ({"steps.1.premises": [0]}, r"steps\[1\]\.premises\[0\]"),
    ({"steps.0.arguments": None}, "'arguments' is missing"),
    ({"steps.0.arguments": []}, r"steps\[0\]\.arguments"),
    ({"steps.0.conclusion": "true"}, r"steps\[0\]: unknown field 'conclusion'"),
    ({"claim": {"kind": "lemma", "step": "point"}}, "'lemma' is missing"),
    ({"claim": {"kind": "lemma", "lemma": "constant-point/1"}}, "'step' is missing"),
    ({"claim": {"kind": "lemma", "step": "point", "lemma": 1}}, "claim.lemma"),
    ({"claim": {"kind": "lemma", "step": "p", "lemma": "l/1", "says": "E = 0"}}, "unknown field 'says'"),
    ({"claim.kind": "global-minimum"}, "unknown claim 'global-minimum'"),
    ({"claim.kind": None}, "'kind' is missing"),
    ({"claim.kind": 1}, "claim.kind"),
    ({"claim.kind": "local-minimum"}, "unknown field 'gap'"),
    ({"claim.kind": "obstruction"}, "'features' is missing"),
    ({"claim.features": ["x1"]}, "unknown field 'features'"),
    ({"claim.loss": None}, "'loss' is missing"),
    ({"claim.loss": 6}, "claim.loss"),
    ({"claim.loss": "12/2"}, "lowest terms"),
    ({"claim.gap": None}, "'gap' is missing"),
    ({"claim.gap": NULL}, "claim.gap"),
    ({"claim.gap": "5.99"}, "claim.gap"),
    ({"claim.least_widths": None}, "'least_widths' is missing"),
    ({"claim.least_widths": NULL}, "claim.least_widths"),
    ({"claim.least_widths": ["2"]}, "claim.least_widths"),
    ({"claim.least_widths": [True]}, "claim.least_widths"),
    ({"claim.box_radius": None}, "'box_radius' is missing"),
    ({"claim.box_radius": "0.1"}, "claim.box_radius"),
    ({"claim.jensen_region": None}, "'jensen_region' is missing"),
    ({"claim.jensen_region": "false"}, "claim.jensen_region"),
    ({"claim.jensen_region": NULL}, "claim.jensen_region"),
    ({"claim.zero_loss_widths": None}, "'zero_loss_widths' is missing"),
    ({"claim.zero_loss_widths": 3}, "claim.zero_loss_widths"),
    ({"claim.generic": None}, "'generic' is missing"),
    ({"claim.generic": 1}, "claim.generic"),
    ({"claim.strict": True}, "unknown field 'strict'"),
]


@pytest.mark.parametrize(("changes", "message"), MALFORMED, ids=lambda v: str(v)[:40])
def test_a_malformed_certificate_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(Malformed, match=message):
        read_certificate(THREE.certificate(changes))


@pytest.mark.parametrize("features", [None, "sex", [1], NULL])
def test_a_malformed_obstruction_claim_is_refused(features: Any) -> None:
    with pytest.raises(Malformed, match="features"):
        read_certificate(BINARY.certificate({"claim.features": features}))


@pytest.mark.parametrize("bits", [53, 4096])
def test_the_ends_of_the_range_of_precisions(bits: int) -> None:
    assert read_certificate(THREE.certificate({"precision": bits})).precision == bits


def test_packages_are_read() -> None:
    assert read_certificate(THREE.certificate()).uses == ()
    (use,) = read_certificate(THREE.certificate({"uses": [USE]})).uses
    assert (use.lemma, use.package, use.version) == ("nobody/1", "certify-example", "1.0")


@pytest.mark.parametrize("uses", BAD_USES.values(), ids=BAD_USES)
def test_packages_that_are_not_well_written(uses: Any) -> None:
    with pytest.raises(Malformed, match="uses"):
        read_certificate({**THREE.certificate(), "uses": uses})


def test_too_many_steps_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs.certificate, "MAX_STEPS", len(THREE.arguments))
    read_certificate(THREE.certificate())
    monkeypatch.setattr(proofs.certificate, "MAX_STEPS", len(THREE.arguments) - 1)
    with pytest.raises(TooLarge, match="steps"):
        read_certificate(THREE.certificate())
