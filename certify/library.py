"""The lemmas at hand: certify's own, its gallery, and those of other packages."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from certify.progress import Report
from proofs.certificate import Certificate, Use
from proofs.kernel import Lemma
from proofs.lemmas import LEMMAS


@dataclass(frozen=True, slots=True)
class Library:
    """Lemmas by name, and where those that are not certify's own come from.

    Attributes:
        lemmas: for `proofs.checking.check`.
        uses: one for each lemma of another package.
        faults: why lemmas that some package offers are not here, one line each.
    """

    lemmas: Mapping[str, Lemma]
    uses: dict[str, Use] = field(default_factory=dict)
    faults: tuple[str, ...] = ()

    def origin(self, name: str) -> str:
        """Where the lemma comes from: `certify`, `certify, gallery`, or a package and its version."""
        if name in self.uses:
            return f"{self.uses[name].package} {self.uses[name].version}"
        return "certify" if name in LEMMAS else "certify, gallery"


@dataclass(frozen=True, slots=True)
class Watched(Mapping[str, Lemma]):
    """The same lemmas; `report` is told which one is about to check a step."""

    lemmas: Mapping[str, Lemma]
    report: Report

    def __getitem__(self, name: str) -> Lemma:
        self.report(f"checking {name}")
        return self.lemmas[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.lemmas)

    def __len__(self) -> int:
        return len(self.lemmas)

    def __contains__(self, name: object) -> bool:
        return name in self.lemmas


def every_lemma() -> Library:
    """Everything that is installed."""
    return _library(None)


def library_of(names: Collection[str]) -> Library:
    """Enough for these lemmas; no other package is looked at when they are all certify's own."""
    return _library({name for name in names if name not in LEMMAS})


def library_for(certificate: Certificate) -> Library:
    """The lemmas for a certificate, without those that come from another package than it says: they may mean
    something else."""
    library = library_of({step.lemma for step in certificate.steps})
    named = {use.lemma: use for use in certificate.uses}
    others = {n for n, use in library.uses.items() if n in named and _other(use.package, named[n].package)}
    if not others:
        return library
    return replace(library, lemmas={name: lemma for name, lemma in library.lemmas.items() if name not in others})


def assumptions(library: Library, certificate: Certificate, names: Sequence[str]) -> Iterator[str]:
    """What a verdict rests on when these lemmas were used: the code of other packages, and which versions of it."""
    named = {use.lemma: use for use in certificate.uses}
    for name in dict.fromkeys(names):
        if name in library.uses:
            here, then = library.uses[name], named.get(name)
            made = f" (the certificate was made with {then.version})" if then and then.version != here.version else ""
            yield f"{name} as {here.package} {here.version} checks it{made}"


def missing_lemmas(library: Library, certificate: Certificate) -> Iterator[str]:
    """For each lemma that the certificate needs and nobody has: what is known about it, and what can be done."""
    named = {use.lemma: use for use in certificate.uses}
    for name in dict.fromkeys(step.lemma for step in certificate.steps):
        if name in library.lemmas:
            continue
        if name not in named:
            yield f"{name} is no lemma of certify; the certificate does not say which package has it"
            continue
        use = named[name]
        here = f", not with {library.uses[name].package}, which is installed" if name in library.uses else ""
        yield (
            f"{name} comes with the package {use.package} {use.version}{here}; "
            "install that if you trust it: its code becomes part of the check"
        )
    yield from library.faults


def _other(package: str, named: str) -> bool:
    """Whether these are names of different packages; case and the kind of dash do not count."""
    return re.sub(r"[-_.]+", "-", package).lower() != re.sub(r"[-_.]+", "-", named).lower()


def _library(wanted: Collection[str] | None) -> Library:
    """certify's lemmas and, of the others, the wanted ones (None: all)."""
    if wanted is not None and not wanted:
        return Library(LEMMAS)
    from certify.plugins import installed
    from proofs.gallery import GALLERY

    own = {**LEMMAS, **GALLERY}
    lemmas, uses, faults = installed(wanted, own)
    return Library({**own, **lemmas}, uses, tuple(faults))
