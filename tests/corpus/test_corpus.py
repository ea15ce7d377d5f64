"""Both checkers over the corpus: they prove what is good and refuse what is bad, with one code at one step."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

import proofs
from proofs import standalone
from proofs.activations import CATALOGUE
from proofs.losses import LOSSES
from tests.corpus.corpus import CHECKERS, PROVED, Answer, Case, Good, all_good, main_checker, second_checker
from tests.corpus.mutations import is_quick, mutations
from tests.corpus.mutations.values import values
from tests.corpus.running import run, sample
from tests.corpus.subject import (
    AFFINE,
    AFFINE_BETTER,
    AFFINE_OPTIMUM,
    ANY,
    EXCEPTIONAL,
    FITTED,
    FITTED_BETTER,
    FITTED_OPTIMUM,
    REGION,
    UNIFORM,
    Subject,
)
from tests.corpus.verdicts import Verdict, verdicts
from tests.corpus.wild import wild
from tests.proofs.build import BOX, JENSEN, MINIMUM, OPTIMUM, POINT
from tests.proofs.examined import BETTER as EXAMINED_BETTER
from tests.proofs.examined import CRITICAL, EXACT, REPLICATED, REPLICATED_SADDLE, SLOPE, STRICT
from tests.proofs.examined import OPTIMUM as EXAMINED_OPTIMUM
from tests.proofs.oracle import NAMES
from tests.running import certify

EVERY, EVERY_LONG = 20, 8
Record = Callable[[str, object], None]
GOOD = all_good()
VERDICTS = list(verdicts())

UNREACHABLE = {
    "LM01": "the kernel demands the premise constant-point/1 first",
    "BP01": "the kernel demands the premise constant-point/1 first",
    "GD01": "the kernel demands the premise local-minimum/1 first",
    "EO08": "the kernel demands the premise constant-point/1 first",
    "AL01": "the kernel demands the premise fitted-point/1 first",
    "FO01": "the kernel demands the premise fitted-point/1 first",
    "AB01": "the kernel demands the premise affine-minimum/1 first",
    "AO01": "the kernel demands the premise affine-minimum/1 first",
    "FP04": "where the loss has no bound, the Hessian has none either, and FP05 is first",
    "FP06": "where V or a scale is 0 the Hessian is singular, and FP05 is first",
    "XX01": "the second checker's last resort for enclosures: every lemma decides about its own first",
}


EXAMINED = "KE06", "CR", "SM", "SA", "NC", "RM", "RS", "SP", "ZL", "XB"
"""Codes that need the derivatives of a trained network: tests/proofs/test_examined.py changes what they depend on."""


BESIDE = Subject(next(good for good in GOOD if good.files))


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return list(sample(mutations(GOOD), EVERY))


@pytest.mark.parametrize("good", GOOD, ids=lambda good: good.name)
@pytest.mark.parametrize("checker", CHECKERS)
def test_good_certificates_are_proved(checker: str, good: Good) -> None:
    answer = CHECKERS[checker](good.texts)
    assert answer == PROVED
    assert answer.passed == len(good.certificate["steps"])


def test_bad_certificates_are_refused(cases: list[Case], record_property: Record) -> None:
    tally = run(cases)
    record_property("corpus: one certificate in twenty", "\n".join(tally.lines()))
    assert not tally.wrong, "\n".join(tally.wrong[:20])
    assert tally.bad >= 2000
    assert tally.good >= 200


def test_data_files() -> None:
    assert not run(values(BESIDE)).wrong


def _seen(cases: Iterable[Case], names: set[str]) -> Iterator[Case]:
    for case in cases:
        names.add(case.name)
        yield case


@pytest.mark.long
def test_more_bad_certificates_are_refused(record_property: Record) -> None:
    tally = run(sample(mutations(GOOD), EVERY_LONG))
    record_property("corpus: one certificate in eight", "\n".join(tally.lines()))
    assert not tally.wrong, "\n".join(tally.wrong[:20])
    assert tally.bad >= 6_000


@pytest.mark.whole
def test_all_bad_certificates_are_refused(record_property: Record) -> None:
    names = set[str]()
    tally = run(_seen(mutations(GOOD), names))
    record_property("corpus: everything", "\n".join(tally.lines()))
    assert len(names) == tally.bad + tally.good, "two cases of one name"
    assert not tally.wrong, "\n".join(tally.wrong[:20])
    assert tally.bad >= 40_000


def test_every_code_occurs(cases: list[Case]) -> None:
    occurring = {case.expected.code for case in (*cases, *(verdict.case for verdict in VERDICTS))}
    missing = _codes() - occurring
    assert {code for code in missing if not code.startswith(EXAMINED)} == set(UNREACHABLE)


def _codes(folder: str = "") -> set[str]:
    """All rejection codes in the sources of the checkers, or in those of one folder; the gallery is apart."""
    root = Path(proofs.__file__).parent / folder
    paths = [path for path in root.rglob("*.py") if folder or "gallery" not in path.parts]
    return {code for path in paths for code in re.findall(r'"([A-Z]{2}[0-9]{2})"', path.read_text("utf-8"))}


def test_every_code_is_in_the_published_format() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "certificate-format.md").read_text("utf-8")
    assert {code for code in _codes() if code not in text} <= set(UNREACHABLE)


def test_every_code_of_the_gallery_is_on_its_pages() -> None:
    pages = (Path(__file__).resolve().parents[2] / "docs" / "gallery").glob("*.md")
    text = "".join(page.read_text("utf-8") for page in pages)
    assert {code for code in _codes("gallery") if code not in text} == set()


@pytest.mark.parametrize("verdict", VERDICTS, ids=lambda verdict: verdict.case.change)
def test_instances_with_a_verdict_of_their_own(verdict: Verdict) -> None:
    for checker in CHECKERS.values():
        assert checker(verdict.case.texts) == verdict.case.expected


WITNESSED = [verdict for verdict in VERDICTS if verdict.witness is not None]


@pytest.mark.parametrize("verdict", WITNESSED, ids=lambda verdict: verdict.case.change)
def test_saddles_are_saddles(verdict: Verdict) -> None:
    assert verdict.witness is not None
    assert verdict.witness.is_lower()
    assert verdict.case.expected != PROVED


EXIT_CODES = {"PROVED": 0, "malformed": 2, "REJECTED": 3, "UNDECIDED": 4, "too large": 5}


@pytest.mark.parametrize("verdict", EXIT_CODES)
def test_exit_codes_of_the_commands(verdict: str, cases: list[Case], tmp_path: Path) -> None:
    for case in [case for case in cases if case.expected.verdict == verdict and not case.texts.files][:12]:
        files = tmp_path / "instance.json", tmp_path / "certificate.json"
        for file, text in zip(files, (case.texts.instance, case.texts.certificate), strict=True):
            file.write_bytes(text)
        ended = certify("check", *files, "--second")
        assert ended.code == EXIT_CODES[verdict], (case.name, ended)
        if verdict == "PROVED":
            assert ended.out.splitlines()[-1] == "the second checker agrees: PROVED"
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            assert standalone.main([str(file) for file in files]) == EXIT_CODES[verdict], case.name


def test_a_disagreement_is_an_error_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    good = next(good for good in GOOD if good.name == "sigmoid-1-log-bias")
    files = tmp_path / "instance.json", tmp_path / "certificate.json"
    for file, text in zip(files, (good.texts.instance, good.texts.certificate), strict=True):
        file.write_bytes(text)
    for second in (rejecting, refusing):
        monkeypatch.setattr(standalone, "check", second)
        ended = certify("check", *files, "--second")
        assert ended.code == 5
        assert "the checkers disagree: the main one says PROVED, the second" in ended.err


def rejecting(instance: standalone.Instance, certificate: object) -> standalone.Result:
    return standalone.Result("REJECTED", [], "s1", standalone.Rejected("CP03", "no"))


def refusing(instance: standalone.Instance, certificate: object) -> standalone.Result:
    raise standalone.Malformed("a field is missing")


def test_the_checkers_agree_about_anything() -> None:
    quick = [good for good in GOOD if is_quick(Subject(good))]
    for origin, texts in wild(quick, seed=1, count=500):
        first, second = main_checker(texts), second_checker(texts)
        assert _agree(first, second), (origin, first, second, texts.certificate)


def _agree(first: Answer, second: Answer) -> bool:
    """Equal, or one has sharper enclosures, where the other is undecided, refuses a box (IR02 to IR05) or bounds of the
    loss of a fitted point (CL03)."""
    sharp = ("IR", "CL03")
    return first == second or any(a.verdict == "UNDECIDED" or a.code.startswith(sharp) for a in (first, second))


FORMULAS_OF_MINIMA = ("sech", "relu(z)**2+tanh(z)", "z*tanh(log(1+exp(z)))")
FORMULAS_OF_POINTS = ("z*tanh(log(1+exp(z)))",)


def test_the_good_ones_are_of_all_kinds() -> None:
    subjects = [Subject(good) for good in GOOD]
    minima = [subject for subject in subjects if subject.has(POINT)]
    assert len(GOOD) >= 40
    assert {subject.activation for subject in minima} == {*NAMES, *FORMULAS_OF_MINIMA}
    assert {subject.depth for subject in minima} == {1, 2, 3, 4, 5}
    assert {len(subject.residuals) for subject in minima} == {1, 2, 3}
    assert {subject.biased for subject in minima} == {True, False}
    assert len([subject for subject in minima if subject.network["widths"] != "every"]) >= 3
    assert len([subject for subject in minima if subject.arguments(POINT)["dependent"]]) >= 3
    assert len([subject for subject in minima if any(len(group) > 1 for group in subject.groups)]) >= 3
    assert len([s for s in minima if any("log" in level for level in s.arguments(POINT)["levels"])]) >= 3
    assert len([subject for subject in minima if subject.has(BOX) and not subject.has(JENSEN)]) >= 3
    assert len([subject for subject in minima if subject.has(JENSEN) and not subject.has(MINIMUM)]) >= 1
    assert len([subject for subject in minima if subject.has(MINIMUM) and not subject.has(OPTIMUM)]) >= 3
    assert len([subject for subject in subjects if subject.claim["kind"] == "obstruction"]) >= 3
    assert len([subject for subject in subjects if subject.claim["kind"] == "local-minimum"]) >= 2
    assert len({subject.good.certificate["precision"] for subject in subjects}) >= 4
    assert any(not subject.inline for subject in subjects)
    assert len(list(_negative(minima))) >= 3


def test_the_good_fitted_points_are_of_all_kinds() -> None:
    subjects = [Subject(good) for good in GOOD]
    points = [subject for subject in subjects if subject.has(FITTED)]
    exceptions = {name for name, activation in CATALOGUE.items() if activation.equation is not None}
    assert len(points) >= 20
    assert {subject.activation for subject in points} == {*NAMES, *FORMULAS_OF_POINTS} - exceptions
    assert {subject.good.instance["loss"] for subject in points} == set(LOSSES)
    assert {subject.depth for subject in points} == {1, 2, 3}
    assert {len(subject.inputs[0]) for subject in points} == {1, 2, 3}
    assert {subject.biased for subject in points} == {True, False}
    assert {subject.claim["lifts"] for subject in points} == {"any", "uniform"}
    assert {subject.claim["kind"] for subject in points} == {"fitted-minimum", "suboptimal-fitted-minimum"}
    assert {subject.claim["region_radius"] is None for subject in points} == {True, False}
    assert {subject.claim["optimum_widths"] is None for subject in points} == {True, False}
    assert any(subject.network["widths"] == [1] for subject in points)
    assert len([subject for subject in points if subject.network["widths"] != "every"]) >= 2
    assert len([subject for subject in points if subject.arguments(FITTED)["dependent"]]) >= 1
    assert len([subject for subject in points if any(len(group) > 1 for group in subject.groups)]) >= 3
    assert len([subject for subject in points if subject.has(UNIFORM)]) >= 3
    assert len([subject for subject in points if subject.has(FITTED_OPTIMUM) and not subject.has(FITTED_BETTER)]) >= 1
    assert len([subject for subject in points if subject.has(REGION) and not subject.has(ANY)]) >= 1
    assert {len(subject.targets[0]) for subject in points} == {1, 2, 3}
    assert {len(s.targets) for s in subjects if s.has(EXCEPTIONAL)} == {0, 3}


def test_the_good_affine_points_are_of_all_kinds() -> None:
    points = [subject for subject in map(Subject, GOOD) if subject.has(AFFINE)]
    assert {subject.activation for subject in points} == set(CATALOGUE) - set(NAMES)
    assert {subject.depth for subject in points} == {1, 2, 3}
    assert {len(subject.targets[0]) for subject in points} == {1, 2}
    assert {subject.biased for subject in points} == {True, False}
    assert {subject.claim["region"] for subject in points} == {"affine", "constant"}
    assert {subject.claim["kind"] for subject in points} == {"affine-minimum", "suboptimal-affine-minimum"}
    assert {subject.network["widths"] == "every" for subject in points} == {True, False}
    assert {subject.claim["optimum"] in (None, "0") for subject in points} == {True, False}
    assert any(subject.has(AFFINE_OPTIMUM) and not subject.has(AFFINE_BETTER) for subject in points)
    assert any(subject.has(AFFINE_BETTER) and not subject.has(AFFINE_OPTIMUM) for subject in points)


def test_the_good_trained_networks_are_of_all_kinds() -> None:
    trained = [subject for subject in map(Subject, GOOD) if subject.trained]
    kinds = {"examined-minimum", "examined-saddle", "examined-slope"}
    assert len(trained) >= 15
    assert {subject.claim["kind"] for subject in trained} == kinds
    assert {subject.good.instance["loss"] for subject in trained} == {*LOSSES, "cross-entropy"}
    assert {subject.depth for subject in trained} == {1, 2}
    assert {subject.biased for subject in trained} == {True, False}
    assert {len(subject.targets[0]) for subject in trained} == {1, 2, 3}
    least = [subject for subject in trained if "optimum" in subject.claim]
    assert {subject.claim["kind"] for subject in least} == kinds
    assert {subject.claim["optimum"]["attained"] for subject in least} == {True, False}
    assert {subject.claim["optimum"]["lower"] == subject.claim["optimum"]["upper"] for subject in least} == {
        True,
        False,
    }
    lemmas = {lemma for subject in trained for lemma in subject.lemmas}
    assert lemmas >= {CRITICAL, STRICT, SLOPE, REPLICATED, REPLICATED_SADDLE, EXACT, EXAMINED_BETTER, EXAMINED_OPTIMUM}


def _negative(minima: list[Subject]) -> Iterator[str]:
    """Those with a negative definite moment."""
    for subject in minima:
        for residual in subject.residuals:
            if sum(d * x[0] * x[0] for d, x in zip(residual, subject.inputs, strict=True)) < 0:
                yield subject.name
                break
