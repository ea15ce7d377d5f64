"""Lemmas of other packages: found, told apart, and kept from doing harm."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from certify.errors import PluginError
from certify.library import Library, assumptions, every_lemma, library_for, library_of, missing_lemmas
from proofs.certificate import read_certificate
from proofs.checking import check
from proofs.exact import Malformed
from proofs.gallery import GALLERY
from proofs.kernel import Undecided
from proofs.lemmas import LEMMAS
from tests.packages import install, lemma_code
from tests.proofs.build import THREE


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder on the search path; modules imported from it are forgotten afterwards."""
    folder = tmp_path / "packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    before = set(sys.modules)
    yield folder
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and str(folder) in str(sys.modules[name].__file__):
            del sys.modules[name]


def good(packages: Path, name: str = "one-lemma", lemma: str = "plain/1", version: str = "1.0", body: str = "") -> None:
    code = lemma_code(lemma, body) if body else lemma_code(lemma)
    install(packages, name, version, {lemma: f"{name.replace('-', '_')}:LEMMA"}, code)


def certificate(lemma: str = "plain/1", uses: list[dict[str, str]] | None = None) -> object:
    document = {
        "format": "certify-certificate/1",
        "instance": THREE.instance.hash,
        "precision": 128,
        "claim": {"kind": "lemma", "step": "s1", "lemma": lemma},
        "steps": [{"id": "s1", "lemma": lemma, "premises": [], "arguments": {}}],
    }
    return document if uses is None else document | {"uses": uses}


def use(package: str = "one-lemma", version: str = "1.0", lemma: str = "plain/1") -> dict[str, str]:
    return {"lemma": lemma, "package": package, "version": version}


def test_a_lemma_is_found_with_its_package(packages: Path) -> None:
    good(packages)
    library = every_lemma()
    assert library.lemmas["plain/1"].statement == "A statement."
    assert library.origin("plain/1") == "one-lemma 1.0"
    assert library.origin("constant-point/1") == "certify"
    assert set(library.lemmas) == {*LEMMAS, *GALLERY, "plain/1"}
    assert library.faults == ()


def test_nothing_is_loaded_for_certify_s_own_lemmas(packages: Path) -> None:
    install(packages, "loud", "1", {"loud/1": "loud:LEMMA"}, "raise SystemError('loaded')")
    assert library_of(LEMMAS) == Library(LEMMAS)
    assert library_of({"other/1"}).faults == ()
    assert "loud" not in sys.modules
    assert "loaded" in library_of({"loud/1"}).faults[0]


BROKEN = {
    "does not import": ("import no_such_module", "broken:LEMMA", "no_such_module"),
    "raises": ("raise ValueError('why not')", "broken:LEMMA", "ValueError: why not"),
    "exits": ("raise SystemExit(0)", "broken:LEMMA", "SystemExit"),
    "is no Python": ("(", "broken:LEMMA", "SyntaxError"),
    "has no such attribute": ("X = 1", "broken:LEMMA", "LEMMA"),
    "is no lemma": ("LEMMA = 'believe me'", "broken:LEMMA", "is not a proofs.kernel.Lemma"),
    "has another name": (lemma_code("other/1"), "broken:LEMMA", "is the lemma other/1"),
    "has no statement": (lemma_code("broken/1").replace("A statement.", ""), "broken:LEMMA", "lacks"),
}


@pytest.mark.parametrize(("code", "target", "because"), BROKEN.values(), ids=BROKEN)
def test_a_broken_package_is_named_and_spoils_nothing(packages: Path, code: str, target: str, because: str) -> None:
    install(packages, "broken", "0.3", {"broken/1": target}, code)
    good(packages)
    library = every_lemma()
    (fault,) = library.faults
    assert fault.startswith("broken/1 of broken 0.3 is left out: ")
    assert because in fault
    assert "plain/1" in library.lemmas
    assert "broken/1" not in library.lemmas


@pytest.mark.parametrize("name", ["constant-point/1", *list(GALLERY)[:1]])
def test_certify_s_own_lemmas_cannot_be_replaced(packages: Path, name: str) -> None:
    install(packages, "thief", "1", {name: "thief:LEMMA"}, lemma_code(name))
    library = every_lemma()
    assert library.lemmas[name] is {**LEMMAS, **GALLERY}[name]
    assert "no package can replace" in library.faults[0]
    assert library.origin(name).startswith("certify")


def test_of_two_packages_with_one_name_neither_is_used(packages: Path) -> None:
    good(packages)
    good(packages, name="two-lemma", version="2.0")
    library = every_lemma()
    assert "plain/1" not in library.lemmas
    assert library.faults == (
        "plain/1 of one-lemma 1.0 and two-lemma 2.0 is left out: two packages offer it, so neither is used",
    )


@pytest.mark.parametrize("name", ["Plain/1", "plain", "plain/0", "plain/x", "plain one/1", "päin/1"])
def test_a_name_that_is_none(packages: Path, name: str) -> None:
    install(packages, "one-lemma", "1", {name: "one_lemma:LEMMA"}, lemma_code(name))
    assert name not in every_lemma().lemmas
    assert "has a name like" in every_lemma().faults[0]


def test_what_a_crash_inside_a_lemma_is(packages: Path) -> None:
    good(packages, body="return 1 / 0")
    library = every_lemma()
    with pytest.raises(PluginError, match=r"plain/1 of one-lemma 1\.0 crashed: ZeroDivisionError"):
        check(THREE.instance, read_certificate(certificate()), library.lemmas)


@pytest.mark.parametrize("body", ["return None", "return 'proved'", "return Conclusion(None, '')"])
def test_a_check_that_returns_no_conclusion(packages: Path, body: str) -> None:
    good(packages, body=body)
    with pytest.raises(PluginError, match="did not return a conclusion"):
        check(THREE.instance, read_certificate(certificate()), every_lemma().lemmas)


def test_failures_pass_as_they_are(packages: Path) -> None:
    good(packages, body='raise Undecided("PL01", "who knows")')
    outcome = check(THREE.instance, read_certificate(certificate()), every_lemma().lemmas)
    assert outcome.failure is not None
    assert isinstance(outcome.failure.failure, Undecided)
    good(packages, name="reader", lemma="reader/1", body='arguments.text("no such field")')
    with pytest.raises(Malformed):
        check(THREE.instance, read_certificate(certificate("reader/1")), every_lemma().lemmas)


def test_the_package_that_the_certificate_names_is_meant(packages: Path) -> None:
    good(packages)
    for package in ("one-lemma", "One_Lemma", "one.lemma"):
        assert "plain/1" in library_for(read_certificate(certificate(uses=[use(package)]))).lemmas
    named = read_certificate(certificate(uses=[use("another")]))
    library = library_for(named)
    assert "plain/1" not in library.lemmas
    (line,) = missing_lemmas(library, named)
    assert "another 1.0" in line
    assert "not with one-lemma" in line


def test_what_a_verdict_rests_on(packages: Path) -> None:
    good(packages)
    for written, expected in (
        (None, "plain/1 as one-lemma 1.0 checks it"),
        ([use()], "plain/1 as one-lemma 1.0 checks it"),
        ([use(version="0.9")], "plain/1 as one-lemma 1.0 checks it (the certificate was made with 0.9)"),
    ):
        read = read_certificate(certificate(uses=written))
        library = library_for(read)
        assert list(assumptions(library, read, ["plain/1", "constant-point/1", "plain/1"])) == [expected]
        assert list(missing_lemmas(library, read)) == []


def test_what_is_missing(packages: Path) -> None:
    silent, named = (read_certificate(certificate(uses=u)) for u in (None, [use()]))
    assert list(missing_lemmas(library_for(silent), silent)) == [
        "plain/1 is no lemma of certify; the certificate does not say which package has it"
    ]
    (line,) = missing_lemmas(library_for(named), named)
    assert line.startswith("plain/1 comes with the package one-lemma 1.0; install that if you trust it")
    install(packages, "one-lemma", "1.0", {"plain/1": "one_lemma:LEMMA"}, "import no_such_module")
    lines = list(missing_lemmas(library_for(named), named))
    assert len(lines) == 2
    assert "no_such_module" in lines[1]
