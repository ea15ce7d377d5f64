"""The lemmas at hand: certify's own, its gallery, and those that other packages bring by entry points.

A package offers a lemma in the group `certify.lemmas`, under the lemma's own name; so its code is loaded only when a
certificate asks for that very lemma, and a package that does not work spoils nothing but its own lemmas.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from certify.errors import PluginError
from proofs.certificate import Certificate, Use
from proofs.document import Reader, TooLarge
from proofs.exact import Malformed
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Failure, Lemma
from proofs.lemmas import LEMMAS

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "certify.lemmas"
NAME = re.compile(r"[a-z][a-z0-9-]{0,59}/[1-9][0-9]{0,2}")


@dataclass(frozen=True, slots=True)
class Library:
    """Lemmas by name, and where those that are not certify's own come from.

    Attributes:
        lemmas: for `proofs.check.check`.
        uses: one for each lemma of another package.
        faults: why lemmas that some package offers are not here, one line each.
    """

    lemmas: dict[str, Lemma]
    uses: dict[str, Use] = field(default_factory=dict)
    faults: tuple[str, ...] = ()

    def origin(self, name: str) -> str:
        """Where the lemma comes from: `certify`, `certify, gallery`, or a package and its version."""
        if name in self.uses:
            return f"{self.uses[name].package} {self.uses[name].version}"
        return "certify" if name in LEMMAS else "certify, gallery"


def every_lemma() -> Library:
    """Everything that is installed."""
    return _library(None)


def library_of(names: Collection[str]) -> Library:
    """Enough for these lemmas; nothing is loaded, and no time is lost, when they are all certify's own."""
    return _library({name for name in names if name not in LEMMAS})


def library_for(certificate: Certificate) -> Library:
    """The lemmas for a certificate, without those that come from another package than it says: they may mean
    something else."""
    library = library_of({step.lemma for step in certificate.steps})
    named = {use.lemma: use for use in certificate.uses}
    others = {n for n, use in library.uses.items() if n in named and _other(use.package, named[n].package)}
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
    from importlib.metadata import entry_points

    from proofs.gallery import GALLERY

    own = {**LEMMAS, **GALLERY}
    offers: dict[str, list[EntryPoint]] = {}
    for entry in entry_points(group=GROUP):
        offers.setdefault(entry.name, []).append(entry)
    lemmas, uses, faults = dict(own), dict[str, Use](), list[str]()
    for name, entries in offers.items():
        if wanted is not None and name not in wanted:
            continue
        packages = " and ".join(sorted(_package(entry) for entry in entries))
        try:
            if name in own:
                raise PluginError("certify has a lemma of that name, which no package can replace")
            if len(entries) > 1:
                raise PluginError("two packages offer it, so neither is used")
            lemmas[name] = _load(entries[0])
            uses[name] = Use(name, *_origin(entries[0]))
        except PluginError as error:
            faults.append(f"{name} of {packages} is left out: {error}")
    return Library(lemmas, uses, tuple(faults))


def _origin(entry: EntryPoint) -> tuple[str, str]:
    return (entry.dist.name, entry.dist.version) if entry.dist is not None else ("unknown", "0")


def _package(entry: EntryPoint) -> str:
    return " ".join(_origin(entry))


def _load(entry: EntryPoint) -> Lemma:
    """The lemma behind an entry point.

    Raises:
        PluginError: it cannot be loaded, or it is no lemma of the name under which it is offered.
    """
    if not NAME.fullmatch(entry.name):
        raise PluginError("a lemma has a name like example-lemma/1")
    try:
        lemma = entry.load()
    except (Exception, SystemExit) as error:  # whatever its code does must not stop the others
        raise PluginError(f"{entry.value} does not load: {type(error).__name__}: {error}") from None
    if not isinstance(lemma, Lemma):
        raise PluginError(f"{entry.value} is not a proofs.kernel.Lemma")
    if lemma.name != entry.name:
        raise PluginError(f"{entry.value} is the lemma {lemma.name}")
    if not (lemma.title and lemma.statement and lemma.source):
        raise PluginError("it lacks a title, a statement or the source of its proof")
    return replace(lemma, check=_Guarded(lemma, _package(entry)))


@dataclass(frozen=True, slots=True)
class _Guarded:
    """The check of another package's lemma: whatever goes wrong inside is that package's fault, and no verdict."""

    lemma: Lemma
    package: str

    def __call__(self, instance: Instance, premises: tuple[Fact, ...], arguments: Reader) -> Conclusion:
        try:
            conclusion = self.lemma.check(instance, premises, arguments)
        except (Failure, Malformed, TooLarge, MemoryError):
            raise
        except Exception as error:
            raise PluginError(
                f"{self.lemma.name} of {self.package} crashed: {type(error).__name__}: {error}"
            ) from error
        if not isinstance(conclusion, Conclusion) or not conclusion.detail:
            raise PluginError(f"{self.lemma.name} of {self.package} did not return a conclusion with a detail")
        return conclusion
