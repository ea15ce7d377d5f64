"""Lemmas that other packages bring by entry points: found, and kept from doing harm.

A package offers a lemma in the group `certify.lemmas`, under the lemma's own name; so its code is loaded only when a
certificate asks for that very lemma, and a package that does not work spoils nothing but its own lemmas.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points

from certify.errors import PluginError
from proofs.certificate import Use
from proofs.document import Reader, TooLarge
from proofs.exact import Malformed
from proofs.instance import Instance
from proofs.kernel import Conclusion, Fact, Failure, Lemma

GROUP = "certify.lemmas"
NAME = re.compile(r"[a-z][a-z0-9-]{0,59}/[1-9][0-9]{0,2}")


def installed(
    wanted: Collection[str] | None, taken: Collection[str]
) -> tuple[dict[str, Lemma], dict[str, Use], list[str]]:
    """The lemmas of other packages.

    Args:
        wanted: names of lemmas; None for all that are offered.
        taken: names that no package may use.

    Returns:
        the lemmas by name, where each comes from, and why others are left out, one line each.
    """
    offers: dict[str, list[EntryPoint]] = {}
    for entry in entry_points(group=GROUP):
        if wanted is None or entry.name in wanted:
            offers.setdefault(entry.name, []).append(entry)
    lemmas, uses, faults = dict[str, Lemma](), dict[str, Use](), list[str]()
    for name, entries in offers.items():
        try:
            if name in taken:
                raise PluginError("certify has a lemma of that name, which no package can replace")
            if len(entries) > 1:
                raise PluginError("two packages offer it, so neither is used")
            lemmas[name] = _load(entries[0])
            uses[name] = Use(name, *_origin(entries[0]))
        except PluginError as error:
            faults.append(f"{name} of {' and '.join(sorted(map(_package, entries)))} is left out: {error}")
    return lemmas, uses, faults


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
