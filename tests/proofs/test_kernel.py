"""The loop: facts are made by lemmas only, and every way of cutting a corner has its code."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from proofs import standalone
from proofs.document import Reader
from proofs.exact import Malformed
from proofs.gallery import GALLERY
from proofs.instance import Extension, Instance, read_instance
from proofs.kernel import (
    Conclusion,
    Fact,
    Failure,
    Lemma,
    Rejected,
    Step,
    Undecided,
    Verdict,
    run_step,
    run_steps,
)
from proofs.lemmas import LEMMAS
from tests.proofs.build import THREE, changed
from tests.proofs.examined import BETTER, CRITICAL, OPTIMUM, SADDLE, SLOPE, SPECTRUM, STRICT

INSTANCE = THREE.instance


def _root(_: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    return Conclusion(arguments.text("say"), "said")


def _child(_: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    return Conclusion(premises[0].conclusion.proposition, "echoed")


def _crash(_: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
    raise ZeroDivisionError


def _lemma(name: str, premises: tuple[str, ...], check: Any) -> Lemma:
    return Lemma(name, name, "", "", premises, check)


TOY = {
    lemma.name: lemma
    for lemma in (
        _lemma("root/1", (), _root),
        _lemma("child/1", ("root/1",), _child),
        _lemma("pair/1", ("root/1", "child/1"), _child),
        _lemma("crash/1", (), _crash),
    )
}


def step(name: str, lemma: str, *premises: str, **arguments: Any) -> Step:
    return Step(name, lemma, premises, Reader(arguments, "arguments"))


A = step("a", "root/1", say="x")
B = step("b", "child/1", "a")


def test_steps_build_on_earlier_ones() -> None:
    facts, failure = run_steps(INSTANCE, [A, B, step("c", "pair/1", "a", "b")], TOY)
    assert failure is None
    assert [(fact.step, fact.lemma.name, fact.conclusion.proposition) for fact in facts] == [
        ("a", "root/1", "x"),
        ("b", "child/1", "x"),
        ("c", "pair/1", "x"),
    ]
    assert run_steps(INSTANCE, [], TOY) == ((), None)


LONGEST = "a" * 40
REFUSED: list[tuple[str, list[Step], type[Failure], str]] = [
    ("the same name twice", [A, step("a", "root/1", say="y")], Rejected, "KE02"),
    ("the same name for another lemma", [A, step("a", "child/1", "a")], Rejected, "KE02"),
    ("a premise that comes later", [B, A], Rejected, "KE04"),
    ("a premise that is the step itself", [A, step("b", "child/1", "b")], Rejected, "KE04"),
    ("a premise that does not exist", [A, step("b", "child/1", "z")], Rejected, "KE04"),
    ("a premise that is the name of a lemma", [A, step("b", "child/1", "root/1")], Rejected, "KE04"),
    ("no premise", [A, step("b", "child/1")], Rejected, "KE05"),
    ("a premise too many", [A, step("b", "child/1", "a", "a")], Rejected, "KE05"),
    ("a premise where none is wanted", [A, step("b", "root/1", "a", say="y")], Rejected, "KE05"),
    ("a premise of another kind", [A, B, step("c", "child/1", "b")], Rejected, "KE05"),
    ("premises in the wrong order", [A, B, step("c", "pair/1", "b", "a")], Rejected, "KE05"),
    ("a lemma that is not known", [A, step("b", "magic/1", "a")], Undecided, "KE03"),
    ("another version of a lemma", [step("a", "root/2", say="x")], Undecided, "KE03"),
    ("an empty lemma", [step("a", "", say="x")], Undecided, "KE03"),
    *(
        (f"the name {name[:20]!r}", [step(name, "root/1", say="x")], Rejected, "KE01")
        for name in ("", "A", "1", "-a", "a b", "a\n", "a_b", "ä", "a" * 41, "a/1", "\ud800", "٣a")
    ),
]


@pytest.mark.parametrize(("steps", "kind", "code"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_a_bad_step_stops_the_loop(steps: list[Step], kind: type[Failure], code: str) -> None:
    facts, failure = run_steps(INSTANCE, [*steps, step("last", "root/1", say="never")], TOY)
    assert failure is not None
    assert (type(failure.failure), failure.failure.code) == (kind, code)
    assert (failure.step, failure.lemma) == (steps[len(facts)].id, steps[len(facts)].lemma)
    assert "last" not in {fact.step for fact in facts}


def test_names_as_long_as_allowed() -> None:
    _, failure = run_steps(INSTANCE, [step(LONGEST, "root/1", say="x"), step("b-2", "child/1", LONGEST)], TOY)
    assert failure is None


def test_an_argument_that_no_lemma_asked_for_is_refused() -> None:
    with pytest.raises(Malformed, match="unknown field 'therefore'"):
        run_steps(INSTANCE, [step("a", "root/1", say="x", therefore="anything")], TOY)


def test_a_crash_inside_a_lemma_is_no_verdict() -> None:
    with pytest.raises(ZeroDivisionError):
        run_steps(INSTANCE, [A, step("b", "crash/1")], TOY)


def test_a_step_is_checked_against_the_facts_it_is_given() -> None:
    fact = run_step(INSTANCE, A, {}, TOY)
    assert run_step(INSTANCE, B, {"a": fact}, TOY).conclusion.proposition == "x"
    with pytest.raises(Rejected) as caught:
        run_step(INSTANCE, B, {"a": replace(fact, lemma=replace(fact.lemma, name="root/2"))}, TOY)
    assert caught.value.code == "KE05"


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_verdict_is_no_truth_value(verdict: Verdict) -> None:
    with pytest.raises(TypeError, match="a verdict is not a truth value"):
        bool(verdict)
    with pytest.raises(TypeError, match="a verdict is not a truth value"):
        _ = not verdict


def test_a_failure_shows_its_code() -> None:
    failure = Rejected("CP03", "why")
    assert (str(failure), failure.code, failure.detail) == ("[CP03] why", "CP03", "why")


def test_the_registry_is_consistent() -> None:
    for name, lemma in LEMMAS.items():
        assert name == lemma.name
        assert all(premise in LEMMAS for premise in lemma.premises)
        assert lemma.statement
        assert lemma.title
        assert lemma.source.startswith(f"docs/mathematics.md, {name}")
    assert len({lemma.title for lemma in LEMMAS.values()}) == len(LEMMAS)


COVERING = {CRITICAL, STRICT, SADDLE, SPECTRUM, SLOPE, BETTER}
STRANGE: dict[str, dict[str, Any]] = {
    "weight decay": {"weight_decay": {"weights": "1/1000", "biases": "0"}},
    "decay of biases alone": {"weight_decay": {"weights": "0", "biases": "1"}},
    "cross-entropy": {"loss": "cross-entropy"},
    "both": {"loss": "cross-entropy", "weight_decay": {"weights": "1/1000", "biases": "0"}},
}


def test_the_lemmas_that_cover_extensions() -> None:
    assert {lemma.name for lemma in {**LEMMAS, **GALLERY}.values() if lemma.covers} == {*COVERING, OPTIMUM}
    assert all(LEMMAS[name].covers == set(Extension) for name in COVERING)
    assert LEMMAS[OPTIMUM].covers == {Extension.COUPLED_OUTPUTS}
    assert set(standalone.ABOUT_DECAY) == COVERING
    assert set(standalone.ABOUT_CROSS_ENTROPY) == {*COVERING, OPTIMUM}


def _never(*_: Any) -> Conclusion:
    raise AssertionError("the check was run")


REFUSALS = [
    (name, strange)
    for name in sorted({*LEMMAS, *GALLERY} - COVERING)
    for strange in STRANGE
    if (name, strange) != (OPTIMUM, "cross-entropy")
]


@pytest.mark.parametrize(("name", "strange"), REFUSALS)
def test_every_other_lemma_refuses_such_an_instance_before_it_looks(name: str, strange: str) -> None:
    lemmas = {key: replace(lemma, check=_never) for key, lemma in {**LEMMAS, **GALLERY}.items()}
    document = changed(THREE.document, STRANGE[strange])
    facts = {f"p{k}": Fact(f"p{k}", lemmas[p], Conclusion(None, "")) for k, p in enumerate(lemmas[name].premises)}
    with pytest.raises(Rejected, match=r"\[KE06\]"):
        run_step(read_instance(document), step("last", name, *facts), facts, lemmas)
    if name in LEMMAS:
        premises = {f"p{k}": (p, object()) for k, p in enumerate(LEMMAS[name].premises)}
        with pytest.raises(standalone.Rejected, match="KE06"):
            standalone._run(
                standalone.read_instance(document), "last", name, list(premises), standalone.Fields({}, ""), premises
            )


@pytest.mark.parametrize("strange", STRANGE)
def test_lemmas_of_others_refuse_it_unless_they_say_that_they_cover_it(strange: str) -> None:
    instance = read_instance(changed(THREE.document, STRANGE[strange]))
    with pytest.raises(Rejected, match="KE06"):
        run_step(instance, A, {}, TOY)
    for extension in Extension:
        partly = {"root/1": replace(TOY["root/1"], covers=frozenset({extension}))}
        if instance.extensions == {extension}:
            assert run_step(instance, step("a", "root/1", say="x"), {}, partly).conclusion.proposition == "x"
        else:
            with pytest.raises(Rejected, match=r"root/1 is not about instances with"):
                run_step(instance, A, {}, partly)
