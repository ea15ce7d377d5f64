"""A job: the very result of `certify prove`, and every way in which one can end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from certify.build import build
from certify.output import json_text
from certify.plan import NotFound
from certify.problem import Problem
from certify.progress import silent
from certify.sweep import job as jobs
from certify.sweep.job import OUTCOMES, Job, Outcome, canonical, run
from certify.sweep.random_data import RandomInputs
from proofs import check
from proofs.kernel import Verdict


def job_of(samples: int = 8, seed: int = 0, **problem: object) -> Job:
    data = {"random": "gaussian", "dimension": 2, "samples": samples, "decimals": 2, "seed": seed}
    return Job(canonical({"data": data, "problem": problem}))


def test_proved_with_the_files_of_prove() -> None:
    outcome = run(job_of(activation="tanh"))
    bundle = build(Problem(data=RandomInputs("gaussian", 2, 8, 2, 0).draw(), activation="tanh"), silent)
    assert outcome.kind == "proved"
    assert outcome.cause == ""
    assert outcome.instance == json_text(bundle.instance_document)
    assert outcome.certificate == json_text(bundle.certificate_document)
    assert outcome.seconds > 0


def test_obstructed_has_a_certificate_too() -> None:
    outcome = next(o for seed in range(50) if (o := run(job_of(4, seed))).kind == "obstructed")
    assert outcome.instance is not None
    assert outcome.certificate is not None
    assert json.loads(outcome.certificate)["claim"]["kind"] == "obstruction"
    assert check(outcome.instance.decode(), outcome.certificate.decode()).verdict is Verdict.PROVED


def test_the_same_twice() -> None:
    first, second = run(job_of()), run(job_of())
    assert (first.instance, first.certificate) == (second.instance, second.certificate)


def test_undecided_says_why(tmp_path: Path) -> None:
    (tmp_path / "flat.csv").write_text("a,b\n1,2\n1,2\n", "utf-8")
    data = {"file": "flat.csv", "sha256": jobs.sha256_of(tmp_path / "flat.csv")}
    outcome = run(Job(canonical({"data": data, "problem": {}}), tmp_path / "flat.csv"))
    assert outcome.kind == "undecided"
    assert "every feature is constant" in outcome.cause
    assert outcome.instance is outcome.certificate is None


def test_an_incomplete_claim_is_undecided_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A local minimum without a better point is not yet what was wanted."""
    monkeypatch.setattr("certify.build.find_better", lambda *_: None)
    monkeypatch.setattr("certify.build.add_optimum", lambda *_: None)
    outcome = run(job_of())
    assert outcome.kind == "undecided"
    assert "no network with a smaller loss" in outcome.cause
    assert outcome.certificate is not None


def test_an_error_of_the_user_is_an_error() -> None:
    outcome = run(job_of(activation="no-such"))
    assert outcome.kind == "error"
    assert "no-such" in outcome.cause


@pytest.mark.parametrize(
    ("fault", "kind", "cause"),
    [
        (MemoryError(), "crashed", "out of memory"),
        (ZeroDivisionError("of a kind"), "crashed", "ZeroDivisionError: of a kind"),
        (NotFound("nothing there"), "undecided", "nothing there"),
    ],
)
def test_faults_end_no_sweep(fault: Exception, kind: str, cause: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise fault

    monkeypatch.setattr(jobs, "build", failing)
    outcome = run(job_of())
    assert (outcome.kind, outcome.cause) == (kind, cause)
    assert outcome.kind in OUTCOMES


def test_files_that_the_checker_refuses_are_never_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    real = jobs.json_text

    def falsified(document: dict[str, object]) -> bytes:
        claim = document.get("claim")
        return real({**document, "claim": {**claim, "gap": "1000000"}} if isinstance(claim, dict) else document)

    monkeypatch.setattr(jobs, "json_text", falsified)
    outcome = run(job_of())
    assert (outcome.kind, outcome.cause) == ("undecided", "checking the files ended with REJECTED")


def test_data_for_a_second_file_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certify.draft.LARGE", 10)
    assert run(job_of()) == Outcome("error", run(job_of()).cause, seconds=pytest.approx(0, abs=100))
    assert "too large for a sweep" in run(job_of()).cause
