"""Lemmas that are imported from their files when they are asked for: a check loads those that its certificate names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from proofs.kernel import Lemma


class OnDemand(Mapping[str, Lemma]):
    """Lemmas by name.

    Args:
        package: where their files are.
        files: for each name the file of the package, without `.py`, that defines it as `LEMMA`.
    """

    def __init__(self, package: str, files: Mapping[str, str]) -> None:
        self._package, self._files = package, dict(files)

    def __getitem__(self, name: str) -> Lemma:
        lemma: Lemma = import_module(f"{self._package}.{self._files[name]}").LEMMA
        return lemma

    def __contains__(self, name: object) -> bool:
        return name in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)
