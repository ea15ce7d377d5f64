"""The certificates of `examples/gallery`, taken apart: one lemma run with some of its arguments changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proofs.certificate import read_certificate
from proofs.checking import Outcome, check
from proofs.document import digest
from proofs.gallery import GALLERY
from proofs.instance import read_instance
from proofs.lemmas import LEMMAS
from tests.proofs.build import changed

ROOT = Path(__file__).resolve().parents[3] / "examples" / "gallery"


@dataclass(frozen=True)
class Piece:
    """An instance document and a certificate document."""

    instance: Any
    certificate: Any

    def outcome(self, arguments: dict[str, Any] | None = None, instance: dict[str, Any] | None = None) -> Outcome:
        """The check with changes to the arguments of the last step, and to the instance (the hash follows)."""
        about = changed(self.instance, instance or {})
        document = changed(
            self.certificate, {f"steps.{len(self.certificate['steps']) - 1}.arguments": self.last(arguments)}
        )
        document["instance"] = digest(about)
        return check(read_instance(about), read_certificate(document), {**LEMMAS, **GALLERY})

    def last(self, changes: dict[str, Any] | None = None) -> Any:
        """The arguments of the last step, with changes."""
        return changed(self.certificate["steps"][-1]["arguments"], changes or {})

    def answer(
        self, arguments: dict[str, Any] | None = None, instance: dict[str, Any] | None = None
    ) -> tuple[str, str]:
        """("PROVED", "") or the verdict and the code."""
        found = self.outcome(arguments, instance)
        return found.verdict.value, found.failure.failure.code if found.failure else ""


def piece(name: str) -> Piece:
    """The certificate in this folder of the gallery."""
    folder = ROOT / name
    return Piece(*(json.loads((folder / f"{kind}.json").read_text("utf-8")) for kind in ("instance", "certificate")))
