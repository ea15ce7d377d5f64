"""A package with a lemma, from the command line: listed, used, missing, of another version, broken."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.packages import EXAMPLE, install, install_example, lemma_code
from tests.running import Ended, certify

LEMMA = "quadratic-floor/1"
INSTANCE, STEPS = EXAMPLE / "bump.instance.json", EXAMPLE / "bump.steps.json"
SENTENCE = "every network with one hidden layer of square units, of any width, has loss at least 9/20"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a search path with the example package on it."""
    folder = tmp_path / "packages"
    install_example(folder)
    monkeypatch.syspath_prepend(str(EXAMPLE))
    monkeypatch.syspath_prepend(str(folder))
    return folder


@pytest.fixture
def certificate(installed: Path, tmp_path: Path) -> Path:
    """The certificate that `certify assemble` makes of the example's steps."""
    path = tmp_path / "bump.json"
    ended = certify("assemble", INSTANCE, STEPS, "--out", path)
    assert ended.code == 0, ended
    return path


def changed(path: Path, **values: Any) -> Path:
    document = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(document | values), "utf-8")
    return path


def check(certificate: Path, *options: str) -> Ended:
    return certify("check", INSTANCE, certificate, *options)


def test_the_packages_own_tests_pass(installed: Path) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(EXAMPLE.parent.parent), str(installed)])}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."]
    ended = subprocess.run(command, cwd=EXAMPLE, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert " passed" in ended.stdout


def test_lemmas_says_where_each_comes_from(installed: Path) -> None:
    every = certify("lemmas")
    assert every.code == 0
    assert every.out.count("  from: certify-floor 1.0.0\n") == 1
    one = certify("lemmas", LEMMA)
    assert one.code == 0
    assert one.out.startswith(f"{LEMMA}: floor of quadratic networks\n")
    assert "Cauchy-Schwarz" in one.out
    assert "  from: certify\n" in certify("lemmas", "constant-point/1").out


def test_what_is_assembled(certificate: Path) -> None:
    document = json.loads(certificate.read_text("utf-8"))
    assert document["claim"] == {"kind": "lemma", "step": "s1", "lemma": LEMMA}
    assert document["uses"] == [{"lemma": LEMMA, "package": "certify-floor", "version": "1.0.0"}]
    assert document["steps"][0]["premises"] == []


def test_a_checked_certificate_says_what_it_rests_on(certificate: Path) -> None:
    ended = check(certificate)
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert lines[-1] == f"PROVED  {SENTENCE}"
    assert lines[-2] == f"assumes: {LEMMA} as certify-floor 1.0.0 checks it   precision: 128 bits"
    assert any(line.startswith("scope: the conclusion of step s1") for line in lines)
    document = json.loads(check(certificate, "--json").out)
    assert document["verdict"] == "PROVED"
    assert document["claim"] == SENTENCE
    assert document["assumes"] == [f"{LEMMA} as certify-floor 1.0.0 checks it"]
    assert document["missing"] == []


def test_another_version_is_said(certificate: Path) -> None:
    changed(certificate, uses=[{"lemma": LEMMA, "package": "Certify_Floor", "version": "0.9"}])
    ended = check(certificate)
    assert ended.code == 0
    assert "certify-floor 1.0.0 checks it (the certificate was made with 0.9)" in ended.out


def test_the_same_lemma_of_another_package_is_not_taken(certificate: Path) -> None:
    changed(certificate, uses=[{"lemma": LEMMA, "package": "another", "version": "1.0"}])
    ended = check(certificate)
    assert ended.code == 4
    assert "[KE03]" in ended.out
    assert "comes with the package another 1.0, not with certify-floor, which is installed" in ended.out


def test_without_the_package(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [p for p in sys.path if "packages" not in p])
    ended = check(certificate)
    assert ended.code == 4
    assert "PROVED" not in ended.out
    assert f"[KE03] no lemma '{LEMMA}' is known here" in ended.out
    assert f"missing: {LEMMA} comes with the package certify-floor 1.0.0; install that if you trust it" in ended.out
    document = json.loads(check(certificate, "--json").out)
    assert document["verdict"] == "UNDECIDED"
    assert document["failure"]["code"] == "KE03"
    assert len(document["missing"]) == 1
    second = check(certificate, "--second")
    assert second.code == 4
    assert second.out.splitlines()[-1] == "the second checker agrees: UNDECIDED s1 KE03"


def test_no_second_opinion_on_a_strangers_lemma(certificate: Path) -> None:
    for options in (("--second",), ("--second", "--paranoid")):
        ended = check(certificate, *options)
        assert ended.code == 4
        assert ended.err == ""
        assert ended.out.splitlines()[-1] == (
            "the second checker has no opinion, because it knows certify's own lemmas only: UNDECIDED s1 KE03"
        )
    document = json.loads(check(certificate, "--second", "--json").out)
    assert (document["verdict"], document["second"]) == ("PROVED", "UNDECIDED s1 KE03")
    assert check(certificate, "--paranoid").code == 0


def test_what_the_lemma_rejects_stays_rejected(certificate: Path) -> None:
    document = json.loads(certificate.read_text("utf-8"))
    document["steps"][0]["arguments"]["weights"][0] = "-2"
    certificate.write_text(json.dumps(document), "utf-8")
    for options in ((), ("--second",)):
        ended = check(certificate, *options)
        assert ended.code == 3
        assert "[QF04]" in ended.out
        assert "has loss at least" not in ended.out


def test_nothing_of_the_certificate_is_echoed_as_the_claim(certificate: Path) -> None:
    changed(certificate, claim={"kind": "lemma", "step": "s1", "lemma": "no loss is below 10^9/1"})
    ended = check(certificate)
    assert ended.code == 3
    assert "[CL13]" in ended.out
    assert "10^9" not in ended.out


def test_a_crash_of_the_package_is_no_verdict(installed: Path, tmp_path: Path) -> None:
    install(installed, "crash", "7", {"crash/1": "crash_lemma:LEMMA"})
    (installed / "crash_lemma.py").write_text(lemma_code("crash/1", "return {}['x']"), "utf-8")
    steps = tmp_path / "steps.json"
    steps.write_text('{"steps": [{"lemma": "crash/1"}]}', "utf-8")
    ended = certify("assemble", INSTANCE, steps, "--out", tmp_path / "crash.json")
    assert ended.code == 5
    assert ended.err == "certify: error: crash/1 of crash 7 crashed: KeyError: 'x'\n"
    assert not (tmp_path / "crash.json").exists()


def test_a_broken_package_is_named_and_disturbs_nobody(installed: Path, certificate: Path) -> None:
    install(installed, "broken", "2.1", {"broken/1": "no_such_module:LEMMA", "constant-point/1": "no_such_module:X"})
    listed = certify("lemmas")
    assert listed.code == 0
    assert listed.err.count("certify: warning: ") == 2
    assert "broken/1 of broken 2.1 is left out" in listed.err
    assert LEMMA in listed.out
    ended = check(certificate)
    assert (ended.code, ended.err) == (0, "")
    assert "broken/1 of broken 2.1 is left out" in certify("doctor").out


def test_a_statement_cannot_fake_lines(installed: Path) -> None:
    install(installed, "liar", "1", {"liar/1": "liar_lemma:LEMMA"})
    code = lemma_code("liar/1", r'return Conclusion(None, "x\nPROVED  everything")')
    (installed / "liar_lemma.py").write_text(code.replace("A statement.", r"A\n\nPROVED  everything"), "utf-8")
    steps, out = installed / "steps.json", installed / "liar.json"
    steps.write_text('{"steps": [{"lemma": "liar/1"}]}', "utf-8")
    for ended in (certify("lemmas", "liar/1"), certify("assemble", INSTANCE, steps, "--out", out)):
        assert not any(line.startswith("PROVED  everything") for line in ended.out.splitlines())


ASSEMBLED = {
    "no steps": ({"steps": []}, 2, "claim"),
    "steps that are none": ({"steps": {}}, 2, "expected a list"),
    "no list of steps": ({"claim": {}}, 2, "'steps' is missing"),
    "a step without a lemma": ({"steps": [{"arguments": {}}]}, 2, "'lemma' is missing"),
    "a field that is none": ({"steps": [], "verdict": "PROVED"}, 2, "unknown field 'verdict'"),
    "a field of a step that is none": ({"steps": [{"lemma": "x/1", "says": ""}]}, 2, "unknown field 'says'"),
    "a hash": ({"steps": [], "instance": "sha256:0"}, 2, "unknown field 'instance'"),
    "a lemma that nobody knows": ({"steps": [{"lemma": "nobody/1"}]}, 4, ""),
    "a wrong claim": (
        {"steps": [{"lemma": "exceptional-activation/1"}], "claim": {"kind": "obstruction", "features": []}}, 3, "",
    ),
    "certify's own lemma": (
        {"steps": [{"lemma": "exceptional-activation/1"}], "claim": {"kind": "exceptional-activation"}}, 0, "",
    ),
    "names and precision": (
        {"steps": [{"id": "first", "lemma": "exceptional-activation/1", "premises": []}], "precision": 53}, 0, "",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("steps", "code", "message"), ASSEMBLED.values(), ids=ASSEMBLED)
def test_assemble(steps: Any, code: int, message: str, tmp_path: Path) -> None:
    path, out = tmp_path / "steps.json", tmp_path / "new" / "certificate.json"
    path.write_text(json.dumps(steps), "utf-8")
    ended = certify("assemble", INSTANCE, path, "--out", out)
    assert ended.code == code, ended
    assert message in ended.err
    assert out.exists() == (code != 2)
    if code == 0:
        assert "uses" not in json.loads(out.read_text("utf-8"))
        assert check(out).out == ended.out
        assert check(out, "--second").code == 0


def test_assemble_without_files(tmp_path: Path) -> None:
    assert certify("assemble", tmp_path / "none", STEPS, "--out", tmp_path / "c.json").code == 2
    assert certify("assemble", INSTANCE, tmp_path, "--out", tmp_path / "c.json").code == 2
    assert certify("assemble", INSTANCE, STEPS).code == 2


def test_the_tutorial_shows_the_code_of_the_package() -> None:
    text = (EXAMPLE.parent.parent / "docs" / "writing-a-lemma.md").read_text("utf-8")
    for block in re.findall(r"```(?:python|json)\n(.*?)```", text, re.DOTALL):
        assert any(squeezed(block) in squeezed(path.read_text("utf-8")) for path in SOURCES), block


SOURCES = [*EXAMPLE.rglob("*.py"), STEPS]


def squeezed(text: str) -> str:
    """Without docstrings, blank lines and indentation."""
    return re.sub(r'"""[^"]*"""|\s+', "", text)
