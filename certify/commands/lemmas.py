"""`certify lemmas`."""

from __future__ import annotations

import argparse
import textwrap

from certify.errors import UsageError, did_you_mean
from proofs.kernel import Lemma
from proofs.lemmas import LEMMAS


def run(arguments: argparse.Namespace) -> int:
    """List lemmas; with `derive`, verify the identities they rest on. Returns the exit code."""
    if arguments.name is not None and arguments.name not in LEMMAS:
        known = did_you_mean(arguments.name, LEMMAS) or f"; known: {', '.join(LEMMAS)}"
        raise UsageError(f"no lemma {arguments.name!r}{known}")
    chosen = [LEMMAS[arguments.name]] if arguments.name else list(LEMMAS.values())
    verified = True
    for lemma in chosen:
        _describe(lemma)
        if arguments.derive:
            verified = _derive(lemma) and verified
        print()
    return 0 if verified else 3


def _describe(lemma: Lemma) -> None:
    after = f"  (after {', '.join(lemma.premises)})" if lemma.premises else ""
    print(f"{lemma.name}: {lemma.title}{after}")
    print(textwrap.fill(lemma.statement, 100, initial_indent="  ", subsequent_indent="  "))
    print(f"  source: {lemma.source}")


def _derive(lemma: Lemma) -> bool:
    """Print every identity behind the lemma with its verdict by SymPy."""
    from proofs.derivations import derivations_for

    verified = True
    for derivation in derivations_for(lemma.name):
        holds = derivation.holds()
        verified = verified and holds
        print(f"  {'derived' if holds else 'NOT DERIVED'}: {derivation.title}")
        print(textwrap.fill(derivation.statement, 100, initial_indent="    ", subsequent_indent="    "))
        if derivation.hypotheses:
            print(f"    given {'; '.join(h.text for h in derivation.hypotheses)}")
    return verified
